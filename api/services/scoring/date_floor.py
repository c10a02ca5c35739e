"""Rejects entries and questionnaires about days too long before enrolment and the first tablet."""

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
    """Reject an entry about too early a day.

    An entry recorded before the limit moved, as when a wrong first day of the tablets is corrected,
    may be sent again, and corrected if its day stays.

    Args:
        session: The transaction.
        locked: The patient.
        entry: The entry.
        was_about: The day of the entry before its correction; None for a new entry.

    Raises:
        InvalidEntry: It lies too early.
    """
    problems = too_early(locked.earliest_day, local_date=entry.local_date, recorded_at=entry.recorded_at)
    if not problems or entry.local_date == was_about:
        return
    if was_about is None and session.get(EntryRow, (locked.patient_id, entry.id)) is not None:
        return
    raise InvalidEntry(_sentence(problems), problems)


def check_assessment(locked: LockedPatient, assessment: Assessment, *, was_about: date | None = None) -> None:
    """Reject a questionnaire about too early a day, unless that is its present one, ``was_about``.

    Raises:
        InvalidMoment: It lies too early.
    """
    problems = too_early(
        locked.earliest_day, local_date=assessment.local_date, recorded_at=assessment.recorded_at
    )
    if problems and assessment.local_date != was_about:
        raise InvalidMoment(_sentence(problems), problems)


def _sentence(problems: dict[str, str]) -> str:
    return "; ".join(f"{name}: {what}" for name, what in problems.items())
