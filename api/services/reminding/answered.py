"""What a patient has done is asked for no more: reminders are closed, and what still waits is taken back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, update
from sqlalchemy.orm import Session

from api.domain.messages import REMINDERS, MessageState
from api.domain.reminding import Closed, Step
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.reminding.asking import Questionnaires, known_of
from api.services.reminding.looking import closings


def settle(session: Session, patient_id: UUID, *, is_heard: bool, now: datetime) -> None:
    """Close what a patient has done, and take back what asks for nothing else.

    The caller holds her diary's or her own lock, so that no look at her runs beside it; the patient must
    have been prompted, else there is nothing to do. ``is_heard``: something has come from her.
    """
    session.flush()
    patient = session.get_one(Patient, patient_id)
    plans = Questionnaires(session, [patient], now=now)
    known = known_of(session, [patient], slots=(), now=now)[patient.id]
    closed = dict(closings(patient, known, plans, now=now))
    if is_heard:
        unheard = (each for each in known.reminders if each.step == Step.UNHEARD and each not in closed)
        closed |= dict.fromkeys(unheard, Closed.HEARD)
    for reminder, because in closed.items():
        reminder.closed_at, reminder.closed_because = now, because
    still_asked = {each.message for each in known.reminders if each.closed_at is None}
    over = {each.message for each in closed if each.message is not None} - still_asked
    session.flush()
    if over:
        take_back(session, patient_id, because="done", now=now, messages=[each for each in over if each])


def close_all(session: Session, patient_id: UUID, *, now: datetime) -> None:
    """Close everything a patient was asked for: she has left monitoring."""
    session.execute(
        update(Reminder)
        .where(Reminder.patient_id == patient_id, Reminder.closed_at.is_(None))
        .values(closed_at=now, closed_because=Closed.LEFT)
    )


def take_back(
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
