"""Sends the reminders that are due: one message for all tasks that are due for a patient."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.delivery.messages import DEFAULT_CHANNELS, LIFETIME, PERSONAL_CHANNELS, Channel, MessageKind
from api.domain.enrolment import PatientStatus
from api.domain.reminders import ReminderStep
from api.domain.schedule import latest_check_in, next_allowed, zone_of
from api.models.patient import Patient, Trajectory
from api.models.reminder import Reminder
from api.services.messages import outbox
from api.services.reminders import close
from api.services.reminders.check_ins import check_in_times, next_reminder_check, quiet_hours
from api.services.reminders.context import PlannedQuestionnaires, load_contexts
from api.services.reminders.decide import (
    CHECK_INS,
    ReminderDecision,
    apply_to_patient,
    apply_to_reminders,
    decide,
)

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(hours=1)
"""Delay before the next try for a patient whose reminders could not be planned."""

OTHER_CHANNELS = PERSONAL_CHANNELS[1:]
"""Channels of the reminder that follows when the first channel brought no answer."""


def send_due_reminders(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Send the reminders that are due; two schedulers at the same time send nothing twice.

    After a long stop of the scheduler a patient is prompted once, and not in quiet hours. The diary is
    locked with the patient: an entry that arrives meanwhile waits, and then cancels the prompt for it. A
    patient whose reminders cannot be planned is tried again in an hour, and does not delay others.

    Returns:
        The number of patients checked; as many as ``limit`` means that more may be due.
    """
    patients = session.scalars(
        select(Patient)
        .join(Trajectory, Trajectory.patient_id == Patient.id)
        .where(_is_due(now))
        .order_by(func.coalesce(Patient.next_reminder_check_at, Patient.check_in_due_at))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=(Patient, Trajectory))
        .execution_options(populate_existing=True)
    ).all()
    if patients:
        _prompt(session, patients, now)
    return len(patients)


def schedule_missing(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Plan a reminder check for active patients without one; return their number."""
    patients = session.scalars(
        select(Patient)
        .where(Patient.next_reminder_check_at.is_(None), Patient.status == PatientStatus.ACTIVE)
        .where(or_(Patient.check_in_due_at.is_(None), Patient.check_in_due_at > now))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for patient in patients:
        try:
            patient.next_reminder_check_at = next_reminder_check(patient, now=now)
        except Exception:
            log.exception("reminders not planned", extra={"patient_id": patient.id})
            patient.next_reminder_check_at = now + RETRY_AFTER
    session.flush()
    return len(patients)


def _is_due(now: datetime) -> ColumnElement[bool]:
    is_new = and_(Patient.next_reminder_check_at.is_(None), Patient.check_in_due_at <= now)
    return or_(Patient.next_reminder_check_at <= now, is_new)


def _prompt(session: Session, patients: Sequence[Patient], now: datetime) -> None:
    """Plan patients together; if that fails, in halves, until the patient that fails is alone."""
    if _is_planned(session, patients, now) or len(patients) == 1:
        return
    half = len(patients) // 2
    _prompt(session, patients[:half], now)
    _prompt(session, patients[half:], now)


def _is_planned(session: Session, patients: Sequence[Patient], now: datetime) -> bool:
    """Plan patients, and return whether it worked; a patient who fails alone is postponed."""
    try:
        with session.begin_nested():
            _plan(session, patients, now)
    except Exception:  # such as a time zone unknown to this machine
        if len(patients) == 1:
            log.exception("reminders not planned", extra={"patient_id": patients[0].id})
            patients[0].next_reminder_check_at = now + RETRY_AFTER
            session.flush()
        return False
    return True


def _plan(session: Session, patients: Sequence[Patient], now: datetime) -> None:
    plans = PlannedQuestionnaires(session, patients, now=now)
    slots = {slot for patient in patients for slot in _slots_in_question(patient, plans, now)}
    known = load_contexts(session, patients, slots=slots, now=now)
    looked = [(patient, decide(patient, known[patient.id], plans, now=now)) for patient in patients]
    told = [
        (patient, _notice(patient, found, now), _channels({step for _, step in found.prompted}))
        for patient, found in looked
        if found.purpose is not None
    ]
    for patient, found in looked:
        apply_to_reminders(patient, found, now=now)
    insert_once(
        session,
        Reminder,
        values=[
            {column.key: getattr(each, column.key) for column in Reminder.__mapper__.column_attrs}
            for _, found in looked
            for each in found.new
        ],
    )
    for patient, *_ in told:
        if patient.is_prompted:
            close.cancel_messages(session, patient.id, because="a newer one took its place", now=now)
    for channels in (DEFAULT_CHANNELS, PERSONAL_CHANNELS, OTHER_CHANNELS):
        notices = {patient.id: notice for patient, notice, used in told if channels in used}
        outbox.post_each(session, notices, now=now, channels=channels)
    for patient, found in looked:
        apply_to_patient(patient, found)
    session.flush()


def _slots_in_question(patient: Patient, plans: PlannedQuestionnaires, now: datetime) -> set[str]:
    found = {slot.id for slot in plans.slots(patient)} if plans.may_ask(patient) else set()
    if patient.check_in_due_at is not None and patient.check_in_due_at <= now:
        found.add(latest_check_in(check_in_times(patient), by=now).isoformat())
    return found


def _notice(patient: Patient, found: ReminderDecision, now: datetime) -> outbox.Notification:
    due_at = next_allowed(now, quiet_hours(patient), zone_of(patient.timezone))
    has_check_in = any(each.purpose in CHECK_INS for each, _ in found.prompted)
    return outbox.Notification(
        kind=found.kind,
        site_id=patient.site_id,
        purpose=str(found.purpose),
        topic_of=topic_of(patient),
        not_before=due_at,
        expires_at=due_at + LIFETIME[MessageKind.CHECK_IN if has_check_in else MessageKind.REASSESSMENT],
        patient_id=patient.id,
    )


def _channels(steps: set[ReminderStep]) -> list[Sequence[Channel]]:
    """Return the channels for these steps; follow-ups put no patient on the call list again."""
    found: list[Sequence[Channel]] = [OTHER_CHANNELS] if ReminderStep.OTHER_CHANNEL in steps else []
    if ReminderStep.PROMPTED in steps:
        return [DEFAULT_CHANNELS, *found]
    return [PERSONAL_CHANNELS, *found] if steps - {ReminderStep.OTHER_CHANNEL} else found


def topic_of(patient: Patient) -> str:
    """Return the topic of all reminders of a patient: a later one replaces an earlier one on the screen."""
    return f"reminder:{patient.id}"
