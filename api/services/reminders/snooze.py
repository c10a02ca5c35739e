"""Snoozes of reminders for hours, and pauses for a holiday."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import InvalidMoment
from api.domain.reminders import PROMPTS, ReminderStep
from api.domain.schedule import latest_check_in, local_day, next_allowed, next_at, this_evening, zone_of
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services import audit
from api.services.access.visibility import find_patient
from api.services.reminders import check_ins, close
from api.services.reminders.due_now import newest_entry_day

SHORT_SNOOZE = timedelta(hours=2)
LONGEST_PAUSE = timedelta(days=42)
"""Long enough for a long holiday; a longer pause needs a talk with the team. Judgement."""


class SnoozeEnd(StrEnum):
    """End of a snooze."""

    TWO_HOURS = "two_hours"
    TONIGHT = "tonight"
    HOLIDAY = "holiday"


def snooze(
    session: Session, by: Principal, *, wanted: SnoozeEnd, until: date | None = None, now: datetime
) -> Patient:
    """Snooze the reminders of a patient; open tasks are prompted again afterwards.

    Pending messages are cancelled. Entries are scored as before: a pause is not an entry, and the team is
    notified of silence as without it, together with the pause.

    Args:
        session: The transaction.
        by: The patient.
        wanted: Two hours; this evening (in an hour, where it is evening); or a holiday.
        until: For a holiday, the first local date with reminders again.
        now: The time.

    Raises:
        InvalidMoment: The day is not ahead, or too far.
    """
    patient = find_patient(session, by, by.id, to_change=True)
    zone = zone_of(patient.timezone)
    patient.snoozed_until = patient.paused_until = None
    if wanted is SnoozeEnd.HOLIDAY:
        _check(until, local_day(now, zone))
        patient.paused_until = until
    elif wanted is SnoozeEnd.TONIGHT:
        patient.snoozed_until = this_evening(now, check_ins.quiet_hours(patient), zone)
    else:
        patient.snoozed_until = next_allowed(now + SHORT_SNOOZE, check_ins.quiet_hours(patient), zone)
    check_ins.wait_for_end_of_pause(patient, now=now)
    is_open = (Reminder.patient_id == patient.id, Reminder.closed_at.is_(None))
    for reminder in session.scalars(select(Reminder).where(*is_open, Reminder.step.in_(sorted(PROMPTS)))):
        reminder.step = ReminderStep.SNOOZED
    session.flush()  # reminders before messages, as an entry that comes meanwhile does: no deadlock
    close.cancel_messages(session, patient.id, because="put off by the patient", now=now)
    detail = {"for": wanted} | ({"until": str(until)} if until else {})
    audit.record(session, "reminders.put_off", by=by, now=now, patient_id=patient.id, detail=detail)
    return patient


def resume(session: Session, by: Principal, *, now: datetime) -> Patient:
    """End a snooze or pause; tasks that became due meanwhile are prompted at the next prompt time."""
    patient = find_patient(session, by, by.id, to_change=True)
    if patient.snoozed_until is None and patient.paused_until is None:
        return patient
    patient.snoozed_until = patient.paused_until = None
    patient.next_reminder_check_at = check_ins.next_reminder_check(patient, now=now)
    if patient.check_in_due_at is not None and patient.check_in_due_at > now:
        patient.check_in_due_at = _next_check_in(session, patient, now)
    session.flush()
    audit.record(session, "reminders.resumed", by=by, now=now, patient_id=patient.id)
    return patient


def _check(until: date | None, today: date) -> None:
    if until is None or until <= today:
        raise InvalidMoment("the day is not ahead", {"until": f"must be after {today}, the local date today"})
    latest = today + LONGEST_PAUSE
    if until > latest:
        too_late = f"must be {latest} at the latest"
        raise InvalidMoment(f"a pause lasts {LONGEST_PAUSE.days} days at most", {"until": too_late})


def _next_check_in(session: Session, patient: Patient, now: datetime) -> datetime:
    """Return when the next check-in is due; one that became due in the pause is not lost."""
    zone = zone_of(patient.timezone)
    slot = latest_check_in(check_ins.check_in_times(patient), by=now)
    reminded = select(Reminder.id).where(
        Reminder.patient_id == patient.id,
        Reminder.purpose == check_ins.PURPOSE,
        Reminder.slot == slot.isoformat(),
    )
    is_settled = (
        slot <= local_day(patient.enrolled_at, zone)
        or check_ins.is_answered(newest_entry_day(session, patient.id), slot)
        or session.scalar(reminded) is not None
    )
    if is_settled:
        return check_ins.first_check_in(patient, now=now)
    return next_at(patient.check_in_at, zone, after=now)
