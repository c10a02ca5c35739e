"""The CSV files of a replay: read row by row, so that one bad row costs no other."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.domain.findings import Finding
from api.domain.trajectory.outcome import Score
from api.services.replaying.whole_files import UnusableFile, whole

__all__ = [
    "ALERT_COLUMNS",
    "REJECT_COLUMNS",
    "SCORE_COLUMNS",
    "Reject",
    "Table",
    "UnusableFile",
    "alert_row",
    "opened",
    "score_row",
    "split",
    "writing",
]

ALERT_COLUMNS = ("patient", "raised_at", "kind", "tier", "reason")
SCORE_COLUMNS = (
    "patient",
    "date",
    "severity",
    "pain_level",
    "pain_baseline",
    "pain_change",
    "p_worsening",
    "self_reported_pdc_28d",
    "risk_90d",
    "status",
    "engine",
)
REJECT_COLUMNS = ("file", "line", "column", "problem", "row")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that could not be used: where it is, what is wrong with which columns, and the row."""

    file: str
    line: int
    problems: tuple[tuple[str, str], ...]
    row: str

    def sentences(self) -> list[str]:
        """Say each problem as one line for a person."""
        return [f"{self.file}:{self.line}: {column}: {problem}" for column, problem in self.problems]


@dataclass(slots=True)
class Table:
    """A CSV file that was opened and whose columns are right; ``rejects`` fills while it is read."""

    path: Path
    columns: list[str]
    lines: Iterator[tuple[int, str]]
    rejects: list[Reject]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line number and fields of every row that has as many fields as there are columns."""
        for number, line in self.lines:
            try:
                fields = split(line)
            except (csv.Error, UnicodeEncodeError) as error:
                self.reject(number, line, [("row", f"cannot be read: {error}")])
                continue
            if len(fields) != len(self.columns):
                many = f"has {len(fields)} fields, the header has {len(self.columns)}"
                self.reject(number, line, [("row", many)])
            else:
                yield number, fields

    def reject(self, line: int, row: str | list[str], problems: Iterable[tuple[str, str]]) -> None:
        """Keep a bad row, with what is wrong with it."""
        text = row if isinstance(row, str) else ",".join(row)
        readable = text.rstrip("\r\n").encode(errors="replace").decode()
        self.rejects.append(Reject(self.path.name, line, tuple(problems), readable))


def split(line: str) -> list[str]:
    """Return the fields of one line of CSV.

    A line is a row: a quote that is never closed spoils its own line, not the rest of the file.

    Raises:
        csv.Error: The quotes do not match.
        UnicodeEncodeError: The line is not UTF-8.

    >>> split('P1,"2026-03-01T08:00:00Z",5')
    ['P1', '2026-03-01T08:00:00Z', '5']
    """
    if not line.isascii():
        line.encode()  # refuses what surrogateescape let through
    if '"' not in line:
        return line.rstrip("\r\n").split(",")
    return next(csv.reader((line.rstrip("\r\n"),), strict=True))


@contextmanager
def opened(path: Path, *, required: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[Table]:
    """Open a CSV file and check its header.

    Raises:
        UnusableFile: It cannot be read, is empty, or a column is missing, unknown or named twice.
    """
    try:
        file = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be read: {error.strerror}") from error
    with file:
        lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
        header = next(lines, None)
        if header is None:
            raise UnusableFile(f"{path}: is empty; a header with {', '.join(required)} is needed")
        columns = _columns(path, header[1], required, optional)
        yield Table(path, columns, lines, [])


def _columns(path: Path, header: str, required: tuple[str, ...], optional: tuple[str, ...]) -> list[str]:
    try:
        columns = [name.strip() for name in split(header)]
    except (csv.Error, UnicodeEncodeError) as error:
        raise UnusableFile(f"{path}: the header cannot be read: {error}") from error
    known = required + optional
    problems = [f"column {name!r} is missing" for name in required if name not in columns]
    problems += [f"column {name!r} is not known" for name in columns if name not in known]
    problems += [f"column {name!r} is named twice" for name in known if columns.count(name) > 1]
    if problems:
        raise UnusableFile(f"{path}: {'; '.join(problems)}; the columns are {', '.join(known)}")
    return columns


@contextmanager
def writing(path: Path, columns: tuple[str, ...]) -> Iterator[Any]:
    """Write a CSV file, which appears when it is complete; yield the csv writer, past the header.

    Raises:
        UnusableFile: It cannot be written.
    """
    with whole(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        yield writer


def score_row(patient: str, score: Score, version: str) -> tuple[object, ...]:
    """Return one row of scores.csv: numbers to four decimals, blank where not known."""
    numbers = (
        score.pain_level,
        score.pain_baseline,
        score.pain_change,
        score.p_worsening,
        score.self_reported_pdc_28d,
        score.risk_90d,
    )
    rounded = ("" if number is None else round(number, 4) for number in numbers)
    return (
        patient,
        score.local_date.isoformat(),
        score.severity or "",
        *rounded,
        score.status.value,
        version,
    )


def alert_row(finding: Finding, patient: str) -> tuple[str, ...]:
    """Return one row of alerts.csv."""
    raised_at = finding.raised_at.isoformat()
    return (patient, raised_at, finding.kind.value, finding.tier.value, finding.reason)
