"""Extra check-ins that the engine asks a simulated patient for, and the answers to them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

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
        answer: Returns the row of a day of the diary; None where the patient does not answer. The
            engine sees the answers to earlier extra check-ins.
    """
    known = read_patient_row(list(PATIENT_COLUMNS), patient.facts)
    diary: dict[date, tuple[Entry, Row]] = {}

    def add(row: Row) -> None:
        fields = list(row[1:])
        entry = read_entry_row(patient.name, list(columns[1:]), fields, known=known, dates=_ANY_DATE)
        diary.setdefault(entry.local_date, (entry, row))

    for row in rows:
        add(row)
    begun: set[date] = set()
    while True:
        scores = _ENGINE.begin(known.facts).add([entry for entry, _ in diary.values()]).scores
        first = next((s for s in scores if s.extra_check_ins and s.local_date not in begun), None)
        if first is None:
            return [row for _, (_, row) in sorted(diary.items())]
        begun.add(first.local_date)
        for after in DAYS_AFTER[first.extra_check_ins]:
            day = first.local_date + timedelta(days=after)
            given = None if day in diary else answer((day - patient.first_day).days)
            if given is not None:
                add(given)
