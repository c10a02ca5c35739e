"""Extra check-ins that the engine asks a simulated patient for, and the answers to them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.extra_check_ins import DAYS_AFTER
from api.services.replay.diary_csv import PATIENT_COLUMNS, read_entry_row, read_patient_row
from api.services.replay.file_dates import FileDates
from api.services.simulation.patients import SimulatedPatient

Row = tuple[str, ...]

_ENGINE = Engine()
_ANY_DATE = FileDates(date.max, date.max)


def with_extra_check_ins(
    patient: SimulatedPatient,
    columns: Sequence[str],
    rows: Sequence[Row],
    answer: Callable[[int], Row | None],
) -> list[Row]:
    """Return the rows with those that answer an extra check-in.

    Args:
        patient: The patient.
        columns: The columns of a row.
        rows: The diary without extra check-ins.
        answer: Returns the row of a day of the diary; None where the patient does not answer.
    """
    known = read_patient_row(list(PATIENT_COLUMNS), patient.facts)
    row_of: dict[UUID, Row] = {}

    def entry_of(row: Row) -> Entry:
        fields = list(row[1:])
        entry = read_entry_row(patient.name, list(columns[1:]), fields, known=known, dates=_ANY_DATE)
        row_of[entry.id] = row
        return entry

    def answer_on(day: date) -> Entry | None:
        given = answer((day - patient.first_day).days)
        return None if given is None else entry_of(given)

    entries = with_extra_entries(known.facts, map(entry_of, rows), answer_on)
    return [row_of[entry.id] for entry in entries]


def with_extra_entries(
    known: PatientFactors, entries: Iterable[Entry], answer: Callable[[date], Entry | None]
) -> list[Entry]:
    """Return the entries with those that answer an extra check-in, in the order of days.

    Args:
        known: Facts about the patient.
        entries: The diary without extra check-ins, one entry a day.
        answer: Returns the entry about a day; None where the patient does not answer. The engine sees
            the answers to earlier extra check-ins.
    """
    diary = {entry.local_date: entry for entry in entries}
    begun: set[date] = set()
    while True:
        scores = _ENGINE.begin(known).add([*diary.values()]).scores
        first = next((s for s in scores if s.extra_check_ins and s.local_date not in begun), None)
        if first is None:
            return [diary[day] for day in sorted(diary)]
        begun.add(first.local_date)
        for after in DAYS_AFTER[first.extra_check_ins]:
            day = first.local_date + timedelta(days=after)
            given = None if day in diary else answer(day)
            if given is not None:
                diary[day] = given
