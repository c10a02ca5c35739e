"""Closes the reminders of what a patient has done, and opens them again where that is taken back."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.assessments.assessment import AssessmentStatus
from api.domain.delivery.messages import REMINDERS, MessageState
from api.domain.enrolment import PatientStatus
from api.domain.reminders import ClosedReason, ReminderStep
from api.domain.schedule import latest_check_in, local_day, zone_of
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.reminders import check_ins
from api.services.reminders.context import (
    ENTRIES_READ_BACK,
    PlannedQuestionnaires,
    ReminderContext,
    load_contexts,
)
from api.services.reminders.decide import closure_reasons, closures


def close_done(session: Session, patient_id: UUID, *, has_responded: bool, now: datetime) -> None:
    """Close what a patient has done, and take back what asks for nothing else.

    The caller holds her diary's or her own lock, so that no look at her runs beside it; the patient must
    have been prompted, else there is nothing to do. ``has_responded``: something has come from her.
    """
    session.flush()
    patient = session.get_one(Patient, patient_id)
    plans = PlannedQuestionnaires(session, [patient], now=now)
    known = load_contexts(session, [patient], slots=(), now=now)[patient.id]
    closed = dict(closures(patient, known, plans, now=now))
    if has_responded:
        unheard = (
            each for each in known.reminders if each.step == ReminderStep.UNREACHABLE and each not in closed
        )
        closed |= dict.fromkeys(unheard, ClosedReason.RESPONDED)
    for reminder, because in closed.items():
        reminder.closed_at, reminder.closed_because = now, because
    still_asked = {each.message for each in known.reminders if each.closed_at is None}
    over = {each.message for each in closed if each.message is not None} - still_asked
    session.flush()
    if over:
        cancel_messages(
            session, patient_id, because="done", now=now, messages=[each for each in over if each]
        )


def lock_patient(session: Session, patient_id: UUID) -> None:
    """Lock the patient's own row, before the diary's: ``follow`` writes to it, and others lock it first."""
    own = select(Patient.id).where(Patient.id == patient_id)
    session.execute(own.with_for_update(key_share=True))


def reopen_after_change(
    session: Session, patient_id: UUID, *, lost: date, has_responded: bool, now: datetime
) -> None:
    """Let reminders follow what survives after an entry or questionnaire was corrected or withdrawn.

    What was closed because it was done, or because something had come, is waited for again where nothing
    that survives says so; a check-in that was never asked for, because the entry had answered it, is asked
    for. What survives may also answer what is still open. The caller holds the patient's row and the diary's.

    Args:
        session: The transaction.
        patient_id: The patient.
        lost: The day the entry or questionnaire was about before.
        has_responded: Whether the patient has said something else instead, as by a correction.
        now: The time.
    """
    session.flush()
    patient = session.get_one(Patient, patient_id)
    if patient.status != PatientStatus.ACTIVE:
        return
    plans = PlannedQuestionnaires(session, [patient], now=now)
    known = load_contexts(session, [patient], slots=(), now=now)[patient.id]
    done = session.scalars(_closed_as_done(patient_id, now)).all()
    heard_at = _last_received_at(session, patient_id)
    for reminder, because in closure_reasons(patient, known, plans, [*known.reminders, *done], now=now):
        if reminder.closed_at is None or because == reminder.closed_because:
            continue
        if reminder.closed_because == ClosedReason.RESPONDED and _has_responded(reminder, heard_at):
            continue
        reminder.closed_because = because
        reminder.closed_at = None if because is None else reminder.closed_at
    _plan_missed_check_in(session, patient, known, lost=lost, now=now)
    session.flush()
    close_done(session, patient_id, has_responded=has_responded, now=now)
    patient.is_prompted = session.scalar(_any_prompted(patient_id)) or False
    session.flush()


def _closed_as_done(patient_id: UUID, now: datetime) -> Select[Reminder]:
    """Return the query for what was closed by something that came, as far back as entries are looked for."""
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


def _any_prompted(patient_id: UUID) -> Select[bool]:
    asked = select(Reminder.id).where(
        Reminder.patient_id == patient_id, Reminder.closed_at.is_(None), Reminder.step.is_not(None)
    )
    return select(asked.exists())


def _last_received_at(session: Session, patient_id: UUID) -> datetime | None:
    """Return when the newest of what survives came in."""
    written = select(func.max(EntryRow.received_at)).where(
        EntryRow.patient_id == patient_id, EntryRow.withdrawn.is_(False)
    )
    answered = select(func.max(AssessmentRow.received_at)).where(
        AssessmentRow.patient_id == patient_id, AssessmentRow.status == AssessmentStatus.COMPLETE
    )
    return max(filter(None, (session.scalar(written), session.scalar(answered))), default=None)


def _has_responded(reminder: Reminder, heard_at: datetime | None) -> bool:
    """Say whether something that survives came after the patient was listed as unheard from."""
    return heard_at is not None and reminder.stepped_on is not None and heard_at.date() >= reminder.stepped_on


def _plan_missed_check_in(
    session: Session, patient: Patient, known: ReminderContext, *, lost: date, now: datetime
) -> None:
    """Plan the check-in that was never asked for, as the day ``lost`` had answered it; the next look asks."""
    if patient.check_in_due_at is None or patient.check_in_due_at <= now:
        return  # the next look plans it
    slot = latest_check_in(check_ins.check_in_times(patient), by=now)
    enrolled_on = local_day(patient.enrolled_at, zone_of(patient.timezone))
    was_answered = check_ins.is_answered(lost, slot) and not check_ins.is_answered(known.newest_day, slot)
    if slot <= enrolled_on or not was_answered:
        return
    row = {
        "id": uuid4(),
        "site_id": patient.site_id,
        "patient_id": patient.id,
        "purpose": check_ins.PURPOSE,
        "slot": slot.isoformat(),
        "due_at": now,
        "created_at": now,
        "times": 0,
    }
    insert_once(session, Reminder, values=[row])


def close_all(session: Session, patient_id: UUID, *, now: datetime) -> None:
    """Close everything a patient was asked for: she has left monitoring."""
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
    """Cancel the reminders that wait to be brought to a patient, or those of some ``messages`` of hers.

    What a worker has claimed is cancelled too: if it could not be brought, it is not tried again.
    """
    waiting: list[ColumnElement[bool]] = [
        OutboxMessage.recipient_id == patient_id,
        OutboxMessage.state == MessageState.PENDING,
        OutboxMessage.kind.in_(REMINDERS),
    ]
    if messages is not None:
        keys = [
            OutboxMessage.dedupe_key.startswith(f"{each}:{patient_id}:", autoescape=True) for each in messages
        ]
        waiting.append(or_(*keys))
    session.execute(
        update(OutboxMessage)
        .where(*waiting)
        .values(state=MessageState.CANCELLED, settled_at=now, last_outcome=because)
        .execution_options(synchronize_session=False)
    )
