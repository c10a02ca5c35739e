"""CSV files of a replay, read row by row, so that a bad row affects no other."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from operator import attrgetter
from pathlib import Path
from typing import Any

from api.domain.alerts.finding import Finding
from api.domain.trajectory.outcome import DailyScore
from api.services.files.atomic_output import UnusableFile, write_whole
from api.services.files.inputs import AnyInput, as_input, open_lines
from api.services.replay import csv_layout
from api.services.replay.cells import read_id, with_decimal_point
from api.services.replay.csv_layout import CsvLayout, describe_error, find_layout

ALERT_COLUMNS = ("patient", "raised_at", "kind", "tier", "reason")
_NUMBERS = ("pain_level", "pain_baseline", "pain_change", "p_worsening", "self_reported_pdc_28d", "risk_90d")
_LEVELS = (
    "pain_level_low",
    "pain_level_high",
    "stiffness_level",
    "stiffness_level_low",
    "stiffness_level_high",
)
SCORE_COLUMNS = ("patient", "date", "severity", *_NUMBERS, "status", "engine", "extra_check_ins", *_LEVELS)
PATIENT = "patient"
_numbers_of, _levels_of = attrgetter(*_NUMBERS), attrgetter(*_LEVELS)
REJECT_COLUMNS = ("file", "line", "column", "problem", "row")


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A rejected row: file, line, problems by column, text, and patient."""

    file: str
    line: int
    problems: tuple[tuple[str, str], ...]
    row: str
    patient: str = ""

    def csv_row(self) -> tuple[object, ...]:
        """Return the row of ``REJECT_COLUMNS``."""
        columns, problems = zip(*self.problems, strict=True)
        return self.file, self.line, "; ".join(columns), "; ".join(problems), self.row

    def sentences(self) -> list[str]:
        """Return each problem as one line."""
        return [f"{self.file}:{self.line}: {column}: {problem}" for column, problem in self.problems]


@dataclass
class OpenTable:
    """An open CSV file with valid columns; ``rejects`` grows while it is read."""

    file: str
    layout: CsvLayout
    lines: Iterator[tuple[int, str]]
    rejects: list[RejectedRow] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """Columns that are read, in the order of the fields of ``rows``."""
        return self.layout.columns

    @property
    def notes(self) -> list[str]:
        """Remarks on the file for the user."""
        ignored = ", ".join(repr(name) for name in self.layout.ignored)
        return [f"{self.file}: column {ignored} is not known, and was not read"] if ignored else []

    def rows(self) -> Iterator[tuple[int, str, list[str]]]:
        """Yield line number, patient and the fields of ``columns`` of every complete row.

        The patient's id is in NFC and not blank. Empty rows are skipped.
        """
        for number, line, found in csv_layout.read_records(self.lines, self.layout.delimiter):
            if isinstance(found, Exception):
                self.reject(number, line, [("row", f"cannot be read: {describe_error(found)}")])
                continue
            fields, problems = self._fields(line, found)
            patient = ""
            if not problems:
                try:
                    patient = read_id(fields[self._patient_index].strip())
                except ValueError as wrong:
                    problems = [(PATIENT, str(wrong))]
            if problems:
                self.reject(number, line, problems)
            else:
                yield number, patient, fields

    def reject(
        self, line: int, row: str | list[str], problems: Iterable[tuple[str, str]], patient: str = ""
    ) -> None:
        """Add a rejected row with its problems."""
        text = row if isinstance(row, str) else self._as_line(row)
        readable = text.rstrip("\r\n").encode(errors="replace").decode()
        self.rejects.append(RejectedRow(self.file, line, tuple(problems), readable, patient))

    @cached_property
    def _patient_index(self) -> int:
        return self.columns.index(PATIENT)

    def _fields(self, line: str, fields: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
        """Return the fields of ``columns``, with decimal points, and the problems of the row."""
        layout = self.layout
        if len(fields) != layout.width or not layout.is_plain:
            if problems := self._fit(fields):
                return [], problems
            fields = [fields[index] for index in layout.indices]
        if "\0" in line or "\n" in line[:-1] or "\r" in line[:-2]:
            return fields, _unprintable(layout.columns, fields)
        if layout.delimiter != ",":
            fields = [
                each if index == self._patient_index or "," not in each else with_decimal_point(each)
                for index, each in enumerate(fields)
            ]
        return fields, []

    def _fit(self, fields: list[str]) -> list[tuple[str, str]]:
        """Remove empty fields beyond the header; return the problems of the number of fields."""
        width = self.layout.width
        if len(fields) > width and not any(each.strip() for each in fields[width:]):
            del fields[width:]
        if len(fields) != width:
            hint = _hint_for_width(fields, width, self.layout.delimiter)
            return [("row", f"has {len(fields)} fields, the header has {width}{hint}")]
        for index in self.layout.unnamed:
            if fields[index].strip():
                return [("row", f"has a value in field {index + 1}, for which the header has no name")]
        return []

    def _as_line(self, fields: list[str]) -> str:
        line = StringIO()
        csv.writer(line, delimiter=self.layout.delimiter, lineterminator="").writerow(fields)
        return line.getvalue()


def _hint_for_width(fields: list[str], width: int, delimiter: str) -> str:
    if len(fields) == width + 1 and fields[0].strip().isdecimal():
        return "; R's write.table names no column for row names: write with row.names = FALSE"
    if delimiter == "," and len(fields) > width:
        return "; a decimal comma? separate the columns by semicolons, or write a point"
    return ""


def _unprintable(columns: Sequence[str], fields: Sequence[str]) -> list[tuple[str, str]]:
    """Return the columns that hold a NUL or a line break, which are not allowed."""
    return [
        (column, "holds a NUL character" if "\0" in each else "holds a line break")
        for column, each in zip(columns, fields, strict=True)
        if "\0" in each or "\n" in each or "\r" in each
    ]


@contextmanager
def open_table(
    path: AnyInput, *, required: tuple[str, ...], optional: tuple[str, ...]
) -> Iterator[OpenTable]:
    """Open a CSV file and check its header; ``required`` begins with ``patient``.

    Raises:
        UnusableFile: It cannot be read, is not text, is empty, or a column is missing, mistyped or named
            twice.
    """
    source = as_input(path)
    with open_lines(source) as text:
        lines = ((number, line) for number, line in enumerate(text, 1) if line.strip())
        header = next(lines, None)
        delimiter = csv_layout.separator_line(header[1]) if header else None
        header = next(lines, None) if delimiter else header
        if header is None:
            raise UnusableFile(f"{source}: is empty; a header with {', '.join(required)} is needed")
        layout = find_layout(
            str(source), header[1], required=required, optional=optional, delimiter=delimiter
        )
        yield OpenTable(source.name, layout, lines)


@contextmanager
def open_writer(path: Path, columns: tuple[str, ...]) -> Iterator[Any]:
    """Open a CSV file that appears when complete; yield the csv writer after the header.

    Raises:
        UnusableFile: It cannot be written.
    """
    with write_whole(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        yield writer


def score_row(patient: str, score: DailyScore, version: str) -> tuple[object, ...]:
    """Return one row of scores.csv: numbers to four decimals, blank where not known."""
    day, severity = score.local_date.isoformat(), score.severity or ""
    return (
        patient,
        day,
        severity,
        *_rounded(_numbers_of(score)),
        score.status.value,
        version,
        score.extra_check_ins,
        *_rounded(_levels_of(score)),
    )


def _rounded(numbers: Iterable[float | None]) -> Iterator[float | str]:
    return ("" if number is None else round(number, 4) for number in numbers)


def alert_row(finding: Finding, patient: str) -> tuple[str, ...]:
    """Return one row of alerts.csv."""
    return (patient, finding.raised_at.isoformat(), finding.kind.value, finding.tier.value, finding.reason)
