"""Refuses what lies too far before a patient's enrolment and the start of the tablets."""

from datetime import date

from sqlalchemy.orm import Session

from api.domain.assessments.assessment import Assessment
from api.domain.entries.date_floor import too_early
from api.domain.entries.questions import Entry
from api.domain.errors import InvalidEntry, InvalidMoment
from api.models.entry import EntryRow
from api.services.scoring.patient_lock import LockedPatient


def check_entry(
    session: Session, locked: LockedPatient, entry: Entry, *, was_about: date | None = None
) -> None:
    """Refuse an entry about too early a day.

    An entry that was recorded before the floor rose, as when a wrong first day of the tablets is
    corrected, may be sent again, and corrected on its day.

    Args:
        session: The transaction.
        locked: The patient.
        entry: What was read.
        was_about: The day the entry was about before it was corrected; None for what is sent.

    Raises:
        InvalidEntry: It lies too early.
    """
    problems = too_early(locked.earliest_day, local_date=entry.local_date, recorded_at=entry.recorded_at)
    if not problems or entry.local_date == was_about:
        return
    if was_about is None and session.get(EntryRow, (locked.patient_id, entry.id)) is not None:
        return
    raise InvalidEntry(_sentence(problems), problems)


def check_assessment(locked: LockedPatient, said: Assessment, *, was_about: date | None = None) -> None:
    """Refuse a questionnaire about too early a day; ``was_about`` is its day so far, which it may keep.

    Raises:
        InvalidMoment: It lies too early.
    """
    problems = too_early(locked.earliest_day, local_date=said.local_date, recorded_at=said.recorded_at)
    if problems and said.local_date != was_about:
        raise InvalidMoment(_sentence(problems), problems)


def _sentence(problems: dict[str, str]) -> str:
    return "; ".join(f"{name}: {what}" for name, what in problems.items())
