"""Closes reminders that are done, and opens them again after a correction or withdrawal."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, exists, func, or_, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.assessments.assessment import AssessmentStatus
from api.domain.delivery.messages import REMINDERS
from api.domain.enrolment import PatientStatus
from api.domain.reminders import ClosedReason, ReminderStep
from api.domain.schedule import latest_check_in, local_day, zone_of
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.messages import outbox
from api.services.reminders import check_ins
from api.services.reminders.context import (
    ENTRIES_READ_BACK,
    PlannedQuestionnaires,
    ReminderContext,
    load_contexts,
)
from api.services.reminders.decide import closure_reasons, closures


def close_done(session: Session, patient_id: UUID, *, has_responded: bool, now: datetime) -> None:
    """Close the reminders a patient has done, and cancel messages that are only about them.

    The caller holds the lock of the patient's row or diary, so that no reminder check runs meanwhile.
    Call it only for a patient who was prompted. ``has_responded``: the patient has sent something.
    """
    session.flush()
    patient = session.get_one(Patient, patient_id)
    plans = PlannedQuestionnaires(session, [patient], now=now)
    known = load_contexts(session, [patient], slots=(), now=now)[patient.id]
    closed = dict(closures(patient, known, plans, now=now))
    if has_responded:
        unanswered = (
            each for each in known.reminders if each.step == ReminderStep.UNREACHABLE and each not in closed
        )
        closed |= dict.fromkeys(unanswered, ClosedReason.RESPONDED)
    for reminder, because in closed.items():
        reminder.closed_at, reminder.closed_because = now, because
    still_asked = {each.message for each in known.reminders if each.closed_at is None}
    over = {each.message for each in closed if each.message} - still_asked
    session.flush()
    if over:
        cancel_messages(session, patient_id, because="done", now=now, messages=over)


def lock_patient(session: Session, patient_id: UUID) -> None:
    """Lock the patient's row, before the diary's: `reopen_after_change` writes to it."""
    session.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update(key_share=True))


def reopen_after_change(
    session: Session, patient_id: UUID, *, lost: date, has_responded: bool, now: datetime
) -> None:
    """Update reminders after an entry or questionnaire was corrected or withdrawn.

    A reminder that was closed as done or responded to is opened again unless the remaining entries still
    answer it. A check-in without a prompt, because the entry had answered it, is planned. Open reminders
    that the remaining entries answer are closed. The caller holds the patient's row and the diary's.

    Args:
        session: The transaction.
        patient_id: The patient.
        lost: Local date of the entry or questionnaire before the change.
        has_responded: Whether the patient has sent something else instead, as by a correction.
        now: The time.
    """
    session.flush()
    patient = session.get_one(Patient, patient_id)
    if patient.status != PatientStatus.ACTIVE:
        return
    plans = PlannedQuestionnaires(session, [patient], now=now)
    known = load_contexts(session, [patient], slots=(), now=now)[patient.id]
    done = session.scalars(_closed_as_done(patient_id, now)).all()
    received_at = _last_received_at(session, patient_id)
    for reminder, because in closure_reasons(patient, known, plans, [*known.reminders, *done], now=now):
        if reminder.closed_at is None or because == reminder.closed_because:
            continue
        if reminder.closed_because == ClosedReason.RESPONDED and _has_responded(reminder, received_at):
            continue
        reminder.closed_because = because
        reminder.closed_at = None if because is None else reminder.closed_at
    _plan_missed_check_in(session, patient, known, lost=lost, now=now)
    session.flush()
    close_done(session, patient_id, has_responded=has_responded, now=now)
    is_open = (Reminder.patient_id == patient_id, Reminder.closed_at.is_(None), Reminder.step.is_not(None))
    patient.is_prompted = session.scalar(select(exists().where(*is_open))) or False
    session.flush()


def _closed_as_done(patient_id: UUID, now: datetime) -> Select[Reminder]:
    """Return the query for reminders closed by an entry, as far back as entries are read."""
    return (
        select(Reminder)
        .where(
            Reminder.patient_id == patient_id,
            Reminder.closed_because.in_([ClosedReason.DONE, ClosedReason.RESPONDED]),
        )
        .where(Reminder.created_at > now - ENTRIES_READ_BACK + timedelta(days=check_ins.FRESH_DAYS))
        .order_by(Reminder.purpose, Reminder.slot)
        .with_for_update()
    )


def _last_received_at(session: Session, patient_id: UUID) -> datetime | None:
    """Return when the newest remaining entry or questionnaire was received."""
    written = select(func.max(EntryRow.received_at)).where(
        EntryRow.patient_id == patient_id, EntryRow.withdrawn.is_(False)
    )
    answered = select(func.max(AssessmentRow.received_at)).where(
        AssessmentRow.patient_id == patient_id, AssessmentRow.status == AssessmentStatus.COMPLETE
    )
    return max(filter(None, (session.scalar(written), session.scalar(answered))), default=None)


def _has_responded(reminder: Reminder, received_at: datetime | None) -> bool:
    """Return whether a remaining entry was received after the patient was listed as unreachable."""
    return (
        received_at is not None
        and reminder.stepped_on is not None
        and received_at.date() >= reminder.stepped_on
    )


def _plan_missed_check_in(
    session: Session, patient: Patient, known: ReminderContext, *, lost: date, now: datetime
) -> None:
    """Plan the check-in without a prompt that the day ``lost`` had answered."""
    if patient.check_in_due_at is None or patient.check_in_due_at <= now:
        return  # the next reminder check plans it
    slot = latest_check_in(check_ins.check_in_times(patient), by=now)
    enrolled_on = local_day(patient.enrolled_at, zone_of(patient.timezone))
    was_answered = check_ins.is_answered(lost, slot) and not check_ins.is_answered(known.newest_day, slot)
    if slot <= enrolled_on or not was_answered:
        return
    check_in = {"id": uuid4(), "purpose": check_ins.PURPOSE, "slot": slot.isoformat()}
    of_patient = {"site_id": patient.site_id, "patient_id": patient.id}
    insert_once(session, Reminder, values=[check_in | of_patient | {"due_at": now, "created_at": now}])


def close_all(session: Session, patient_id: UUID, *, now: datetime) -> None:
    """Close every reminder of a patient who has left monitoring."""
    session.execute(
        update(Reminder)
        .where(Reminder.patient_id == patient_id, Reminder.closed_at.is_(None))
        .values(closed_at=now, closed_because=ClosedReason.LEFT)
    )


def cancel_messages(
    session: Session,
    patient_id: UUID,
    *,
    because: str,
    now: datetime,
    messages: Collection[str] | None = None,
) -> None:
    """Cancel the pending reminder messages of a patient, or those of some ``messages``.

    A message claimed by a worker is cancelled too: if it cannot be delivered, it is not tried again.
    """
    of_patient = (OutboxMessage.recipient_id == patient_id, OutboxMessage.kind.in_(REMINDERS))
    cancelled = outbox.cancellation(*of_patient, because=because, now=now)
    if messages is not None:
        key = OutboxMessage.dedupe_key
        prefixes = (f"{each}:{patient_id}:" for each in messages)
        cancelled = cancelled.where(or_(*(key.startswith(each, autoescape=True) for each in prefixes)))
    session.execute(cancelled.execution_options(synchronize_session=False))
