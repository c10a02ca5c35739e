"""Reads diaries from files, one patient after the other: for replay, evaluation and calibration alike."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid5

from api.domain.report import Entry
from api.services.replaying.replay_files import Reject, Table, opened
from api.services.replaying.replay_rows import (
    ENTRY_COLUMNS,
    NOBODY_KNOWN,
    PATIENT_COLUMNS,
    Known,
    Unreadable,
    read_entry_row,
    read_known,
)

_BETWEEN_FIELDS = "\n"
"""A row is one line, so no field holds it: rows wait as one string each, a tenth of a list's memory."""


@dataclass(frozen=True, slots=True)
class Diary:
    """One patient's entries, and how many rows of the file are behind them and all before."""

    name: str
    known: Known
    entries: list[Entry]
    done: int
    of: int


def read_patients(path: Path | None, rejects: list[Reject]) -> dict[str, Known]:
    """Read patients.csv; a bad row is rejected, and its patient is one of whom nothing is known.

    Raises:
        UnusableFile: It cannot be read, or has other columns.
    """
    patients: dict[str, Known] = {}
    if path is None:
        return patients
    with opened(path, required=("patient",), optional=PATIENT_COLUMNS) as table:
        at = table.columns.index("patient")
        for line, fields in table.rows():
            name = fields[at].strip()
            if not name or name in patients:
                table.reject(line, fields, [("patient", "is listed twice" if name else "is blank")])
                continue
            try:
                patients[name] = read_known(table.columns, fields)
            except Unreadable as error:
                table.reject(line, fields, error.problems)
        rejects += sorted(table.rejects, key=_line)
    return patients


def read_diaries(path: Path, patients: dict[str, Known], rejects: list[Reject]) -> Iterator[Diary]:
    """Yield the diaries of entries.csv by patient's name; rows may come in any order.

    Raises:
        UnusableFile: It cannot be read, or has other columns.
    """
    with opened(path, required=("patient", "recorded_at"), optional=ENTRY_COLUMNS) as table:
        waiting = _by_patient(table)
        done, of = 0, sum(map(len, waiting.values()))
        for name in sorted(waiting):
            rows = waiting.pop(name)
            done += len(rows)
            known = patients.get(name, NOBODY_KNOWN)
            yield Diary(name, known, list(_entries(table, name, rows, known)), done, of)
        rejects += sorted(table.rejects, key=_line)


def _by_patient(table: Table) -> dict[str, list[tuple[int, str]]]:
    rows: dict[str, list[tuple[int, str]]] = {}
    at = table.columns.index("patient")
    for line, fields in table.rows():
        if name := fields[at].strip():
            rows.setdefault(name, []).append((line, _BETWEEN_FIELDS.join(fields)))
        else:
            table.reject(line, fields, [("patient", "is blank")])
    return rows


def _entries(table: Table, name: str, rows: list[tuple[int, str]], known: Known) -> Iterator[Entry]:
    seen: Counter[object] = Counter()
    for line, row in rows:
        fields = row.split(_BETWEEN_FIELDS)
        try:
            entry = read_entry_row(name, table.columns, fields, known.zone)
        except Unreadable as error:
            table.reject(line, fields, error.problems)
            continue
        seen[entry.id] += 1
        if seen[entry.id] > 1:  # the very same row again is one more entry
            entry = replace(entry, id=uuid5(entry.id, str(seen[entry.id])))
        yield entry


def _line(reject: Reject) -> int:
    return reject.line
