"""Extra check-ins of patients: days on which they are asked for, and how many were answered.

They are derived from the daily scores. So a correction that leaves no reason for them ends them,
and nothing has to be kept in step.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.alerts.finding import FindingKind
from api.domain.entries.optional_questions import USUAL_QUESTION
from api.domain.entries.questions import NO_REPORT
from api.domain.reminders import EXTRA_CHECK_IN, ClosedReason
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.extra_check_ins import DAYS_AFTER
from api.models.alert import Alert
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.models.score import ScoreRow

REASON = "A few more answers in these days help to see whether this lasts."

SHOWN_FOR = timedelta(days=28)
"""Time for which the team sees how many were answered."""

_A_WEEK_AND_A_DAY = timedelta(days=8)  # days of the server and of the patient may differ
_ENOUGH = (FindingKind.WORSENING, FindingKind.RED_FLAG)


@dataclass(frozen=True, slots=True)
class ExtraCheckIns:
    """Extra check-ins of the last weeks, as the team sees them.

    Attributes:
        since: Day of the first.
        asked: Number of days on which they were asked for.
        answered: Number of those days with an entry; the reason for a gap alone is no answer.
        is_this_usual: Newest answer to the question that comes with them; None where there is none.
    """

    since: date
    asked: int
    answered: int
    is_this_usual: str | None


def extra_days(
    session: Session, patients: Iterable[Patient], *, now: datetime
) -> dict[UUID, tuple[date, ...]]:
    """Return the days of the present extra check-ins of each patient who has some.

    There are none for patients who do not want them, or while an alert of worsening or a red flag
    is open.
    """
    asked = [patient.id for patient in patients if patient.extra_check_ins]
    begun = select(ScoreRow.patient_id, ScoreRow.local_date, ScoreRow.extra_check_ins).where(
        ScoreRow.patient_id.in_(asked),
        ScoreRow.local_date >= (now - _A_WEEK_AND_A_DAY).date(),
        ScoreRow.extra_check_ins > 0,
    )
    begun = begun.order_by(ScoreRow.local_date)  # the last to begin stands
    found = {
        patient_id: tuple(day + timedelta(days=after) for after in DAYS_AFTER[number])
        for patient_id, day, number in session.execute(begun)
    }
    if not found:
        return found
    is_open = (Alert.patient_id.in_(found), Alert.kind.in_(_ENOUGH), Alert.closed_at.is_(None))
    known = set(session.scalars(select(Alert.patient_id).where(*is_open)))
    return {patient_id: days for patient_id, days in found.items() if patient_id not in known}


def is_due(
    today: date, days: Sequence[date], *, asked: AbstractSet[date], answered: AbstractSet[date]
) -> bool:
    """Return whether an extra check-in is to be asked for today.

    One of the first two days begins them: where neither was asked for or answered, as during a
    pause, the others are not asked for.
    """
    if today not in days or today in answered or today in asked:
        return False
    return today in days[:2] or not (answered | asked).isdisjoint(days)


def closed_reason(
    slot: str, days: Sequence[date], *, answered: AbstractSet[date], today: date
) -> ClosedReason | None:
    """Return the reason to close an extra check-in; None: it stays open."""
    day = date.fromisoformat(slot)
    if day in answered:
        return ClosedReason.DONE
    if day < today:
        return ClosedReason.MISSED
    return None if day in days else ClosedReason.LAPSED


def due_extra_check_in(session: Session, patient: Patient, *, now: datetime) -> datetime | None:
    """Return since when today's extra check-in is due; None where none is."""
    today = local_day(now, zone_of(patient.timezone))
    due_at: datetime | None = session.scalar(
        select(Reminder.due_at).where(
            Reminder.patient_id == patient.id,
            Reminder.purpose == EXTRA_CHECK_IN,
            Reminder.slot == today.isoformat(),
            Reminder.due_at <= now,
            Reminder.closed_at.is_(None),
        )
    )
    return due_at


def extra_check_ins_of(session: Session, patient: Patient, *, now: datetime) -> ExtraCheckIns | None:
    """Return the extra check-ins of the last four weeks; None where none was asked for."""
    today = local_day(now, zone_of(patient.timezone))
    slots = session.scalars(
        select(Reminder.slot).where(
            Reminder.patient_id == patient.id,
            Reminder.purpose == EXTRA_CHECK_IN,
            Reminder.slot > (today - SHOWN_FOR).isoformat(),
            Reminder.asked_on.is_not(None),
            Reminder.closed_because.is_distinct_from(ClosedReason.LAPSED),
        )
    )
    asked = {date.fromisoformat(slot) for slot in slots}
    if not asked:
        return None
    since = min(asked)
    entries = session.execute(
        select(EntryRow.local_date, EntryRow.answers)
        .where(EntryRow.patient_id == patient.id, EntryRow.withdrawn.is_(False))
        .where(EntryRow.local_date >= since)
        .order_by(EntryRow.recorded_at.desc(), EntryRow.id)
    ).all()
    question = USUAL_QUESTION.name
    usual = next((answers[question] for _, answers in entries if question in answers), None)
    answered = {day for day, answers in entries if not answers.keys() <= NO_REPORT}
    return ExtraCheckIns(since, len(asked), len(asked & answered), usual)
