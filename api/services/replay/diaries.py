"""Diaries from files, one patient after the other, for replay, evaluation and calibration."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date
from operator import attrgetter
from uuid import uuid5

from api.domain.entries.questions import Entry
from api.services.files.inputs import AnyInput
from api.services.replay import diary_csv
from api.services.replay.cells import read_moment
from api.services.replay.diary_csv import PatientRow, UnreadableRow
from api.services.replay.file_dates import NO_CLOCK, FileDates, FileToday, find_file_dates
from api.services.replay.joins import FilePatients, describe_unmatched
from api.services.replay.replay_files import PATIENT, OpenTable, RejectedRow, open_table

_BETWEEN_FIELDS = "\n"
"""Separator of fields, none of which holds a line break: a row as one string needs a tenth of the memory."""


@dataclass(frozen=True, slots=True)
class Diary:
    """Entries of one patient.

    Attributes:
        name: Id in the file.
        known: Facts about the patient.
        entries: The entries.
        present: Present day of the file in UTC, the same for all patients.
    """

    name: str
    known: PatientRow
    entries: list[Entry]
    present: date = date.min


def read_patients(
    path: AnyInput | None, rejects: list[RejectedRow], notes: list[str] | None = None
) -> dict[str, PatientRow]:
    """Read patients.csv; a bad row is rejected, and nothing is known of its patient.

    Args:
        path: The file; None: there are no facts.
        rejects: Receives the rows that cannot be used.
        notes: Receives remarks on the file for the user.

    Raises:
        UnusableFile: It cannot be read, or has other columns.
    """
    patients: dict[str, PatientRow] = {}
    unread: dict[str, PatientRow] = {}
    if path is None:
        return patients
    with open_table(path, required=(PATIENT,), optional=diary_csv.PATIENT_COLUMNS) as table:
        for line, name, fields in table.rows():
            if name in patients:
                table.reject(line, fields, [(PATIENT, "is listed twice")], name)
                continue
            try:
                patients[name] = diary_csv.read_patient_row(table.columns, fields)
            except UnreadableRow as error:
                table.reject(line, fields, error.problems, name)
                unread[name] = diary_csv.UNKNOWN_PATIENT
        rejects += table.rejects
        _note(notes, table)
    return unread | patients


def read_diaries(
    path: AnyInput,
    patients: dict[str, PatientRow],
    rejects: list[RejectedRow],
    today: FileToday = NO_CLOCK,
    *,
    notes: list[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[Diary]:
    """Yield the diaries of entries.csv in the order of the ids; rows may come in any order.

    Args:
        path: The file.
        patients: Facts by patient; empty: there is no such file.
        rejects: Receives the rows that cannot be used.
        today: The day of the command; rows dated after it are rejected, see ``find_file_dates``.
        notes: Receives remarks for the user, such as patients of one file missing in the other.
        progress: Called after each patient with the number of rows done, and of all.

    Raises:
        UnusableFile: It cannot be read, has other columns, or no patient of it is in ``patients``.
    """
    with open_table(path, required=(PATIENT, "recorded_at"), optional=diary_csv.ENTRY_COLUMNS) as table:
        waiting, days = _by_patient(table)
        dates = find_file_dates(days, today)
        known = FilePatients("patients", patients)
        _note(notes, table, describe_unmatched(FilePatients("entries", waiting), known) if patients else ())
        done, of = 0, sum(map(len, waiting.values()))
        for name in sorted(waiting):
            rows = waiting.pop(name)
            done += len(rows)
            facts = patients.get(name, diary_csv.UNKNOWN_PATIENT)
            entries = list(_entries(table, name, rows, known=facts, dates=dates))
            yield Diary(name, facts, entries, dates.present)
            if progress is not None:
                progress(done, of)
        rejects += sorted(table.rejects, key=attrgetter("line"))


def _note(notes: list[str] | None, table: OpenTable, more: Iterable[str] = ()) -> None:
    if notes is not None:
        notes += [*table.notes, *more]


def _by_patient(table: OpenTable) -> tuple[dict[str, list[tuple[int, str]]], Counter[int]]:
    """Return the rows by patient, and the number of rows of each day in UTC."""
    rows: dict[str, list[tuple[int, str]]] = {}
    days: Counter[int] = Counter()
    when = table.columns.index("recorded_at")
    for line, name, fields in table.rows():
        rows.setdefault(name, []).append((line, _BETWEEN_FIELDS.join(fields)))
        days.update(_day(fields[when]))
    return rows, days


def _day(text: str) -> tuple[int, ...]:
    try:
        return (read_moment(text.strip()).astimezone(UTC).toordinal(),)
    except (ValueError, OverflowError):
        return ()  # rejected with its reason when the row is read


def _entries(
    table: OpenTable, name: str, rows: list[tuple[int, str]], *, known: PatientRow, dates: FileDates
) -> Iterator[Entry]:
    copies: Counter[object] = Counter()
    for line, row in rows:
        fields = row.split(_BETWEEN_FIELDS)
        try:
            entry = diary_csv.read_entry_row(name, table.columns, fields, known=known, dates=dates)
        except UnreadableRow as error:
            table.reject(line, fields, error.problems, name)
            continue
        copies[entry.id] += 1
        if copies[entry.id] > 1:  # an identical row is another entry
            entry = replace(entry, id=uuid5(entry.id, str(copies[entry.id])))
        yield entry
