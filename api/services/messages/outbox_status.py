"""State of the outbox, the delivery log of a patient, and requeuing of dead messages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.domain.delivery.messages import REMINDERS, Channel, MessageState
from api.models.outbox import Heartbeat, OutboxMessage
from api.models.reminder import Reminder
from api.services import audit
from api.services.access.visibility import find_patient
from api.services.paging import Page, cut

LATE = timedelta(minutes=1)
"""The time after which a due message counts as late."""

TRIED_AGAIN_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OutboxSummary:
    """Counts of messages in the outbox."""

    waiting: int
    """Due or not yet due."""
    late: int
    dead: int
    """Dead messages of automatic channels; the call list is counted separately."""
    to_call: int
    oldest_due_at: datetime | None


def count(session: Session, *, now: datetime) -> OutboxSummary:
    """Count pending, late and dead messages."""
    pending = OutboxMessage.state == MessageState.PENDING
    dead = OutboxMessage.state == MessageState.DEAD
    to_call = OutboxMessage.channel == Channel.CALL_LIST
    counted = func.count(OutboxMessage.id)
    waiting, late, died, calls, oldest = session.execute(
        select(
            counted.filter(pending),
            counted.filter(pending, OutboxMessage.not_before <= now - LATE),
            counted.filter(dead, ~to_call),
            counted.filter(dead, to_call),
            func.min(OutboxMessage.not_before, type_=UtcDateTime).filter(
                pending, OutboxMessage.not_before <= now
            ),
        ).where(OutboxMessage.state.in_([MessageState.PENDING, MessageState.DEAD]))
    ).one()
    return OutboxSummary(waiting, late, died, calls, oldest)


def list_dead(session: Session, *, limit: int) -> list[OutboxMessage]:
    """Return dead messages, newest first."""
    query = select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
    return list(session.scalars(query.order_by(OutboxMessage.settled_at.desc()).limit(limit)))


def list_sent(session: Session, *, limit: int) -> list[OutboxMessage]:
    """Return delivered messages, newest first."""
    query = select(OutboxMessage).where(OutboxMessage.state == MessageState.DELIVERED)
    return list(session.scalars(query.order_by(OutboxMessage.not_before.desc()).limit(limit)))


def list_waiting(session: Session, *, limit: int, before: datetime | None = None) -> Sequence[OutboxMessage]:
    """Return pending messages, the next attempt first; ``before`` limits them to those due by then."""
    query = select(OutboxMessage).where(OutboxMessage.state == MessageState.PENDING)
    if before is not None:
        query = query.where(OutboxMessage.not_before <= before)
    return session.scalars(query.order_by(OutboxMessage.not_before).limit(limit)).all()


def list_workers(session: Session) -> Sequence[Heartbeat]:
    """Return the delivery workers of the last day, the newest heartbeat first."""
    return session.scalars(select(Heartbeat).order_by(Heartbeat.ticked_at.desc())).all()


def requeue(
    session: Session, *, now: datetime, ids: Iterable[UUID] | None = None, since: datetime | None = None
) -> int:
    """Requeue dead messages with all their attempts; ``ids`` None means all of them.

    Messages older than ``since`` are left, and so are reminders that a newer one replaced or whose task
    is done. The call list is left too: its recipients have no address.

    Returns:
        The number of requeued messages.
    """
    chosen = update(OutboxMessage).where(
        OutboxMessage.state == MessageState.DEAD, OutboxMessage.channel != Channel.CALL_LIST
    )
    chosen = chosen.where(OutboxMessage.kind.not_in(REMINDERS) | _is_current_reminder())
    if ids is not None:
        chosen = chosen.where(OutboxMessage.id.in_(list(ids)))
    if since is not None:
        chosen = chosen.where(OutboxMessage.created_at >= since)
    again = chosen.values(
        state=MessageState.PENDING,
        not_before=now,
        due_at=now,
        expires_at=now + TRIED_AGAIN_FOR,
        attempts=0,
        settled_at=None,
        last_outcome="requeued",
    ).returning(OutboxMessage.id)
    return len(session.scalars(again).all())


def _is_current_reminder() -> ColumnElement[bool]:
    """Return the condition that a reminder is the newest about an open task."""
    is_of_message = OutboxMessage.dedupe_key.startswith(Reminder.message + ":")
    return exists().where(
        Reminder.patient_id == OutboxMessage.recipient_id,
        Reminder.closed_at.is_(None),
        (Reminder.message.is_(None) & Reminder.step.is_not(None)) | is_of_message,
    )


def log_of(
    session: Session,
    principal: Principal,
    *,
    patient_id: UUID,
    now: datetime,
    limit: int,
    cursor: str | None = None,
) -> Page[OutboxMessage]:
    """Return the messages to and about a patient, newest first; the access is audited.

    Raises:
        UnknownPatient: The caller may not see such a patient.
        InvalidCursor: The cursor was not issued by this server.
    """
    patient = find_patient(session, principal, patient_id)
    query = select(OutboxMessage).where(OutboxMessage.patient_id == patient.id)
    if cursor is not None:
        created_at, key = cursors.decode_as(cursor, cursors.moment, UUID)
        position = tuple_(OutboxMessage.created_at, OutboxMessage.id)
        query = query.where(
            position < tuple_(literal(created_at, UtcDateTime), literal(key, OutboxMessage.id.type))
        )
    newest_first = query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
    found = session.scalars(newest_first.limit(limit + 1)).all()
    audit.record(session, "messages.read", by=principal, now=now, patient_id=patient_id)
    return cut(
        found, limit=limit, cursor_of=lambda row: cursors.encode(row.created_at.isoformat(), str(row.id))
    )
