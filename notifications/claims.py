"""Claims messages from the outbox under a lease, and records their outcomes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from api.domain.delivery.messages import MessageState
from api.models.outbox import ChannelStop, OutboxMessage
from api.services.messages.faults import PROBED_EVERY
from notifications import claimed_messages, metrics
from notifications.channels.registry import CHANNELS
from notifications.channels.results import Broken, Delivered, Gone, Rehearsed, Retry
from notifications.delivery_results import (
    Cancelled,
    ClaimedMessage,
    DeliveryResult,
    Postponed,
    next_attempt_at,
)
from notifications.fallback import fall_back, lock_alert_or_recipient, waits_for_repair
from notifications.retry_policy import Backoff

Channels = frozenset[str]

Changes = tuple[tuple[str, Any], ...]
"""New values of a row, by column."""

_SETTLED: dict[type, MessageState] = {
    Delivered: MessageState.DELIVERED,
    Rehearsed: MessageState.REHEARSED,
    Cancelled: MessageState.CANCELLED,
}


def is_due(session: Session, *, now: datetime, waiting: Channels = frozenset()) -> bool:
    """Return whether any message is due; takes no lock."""
    return bool(session.scalar(select(exists().where(*_due(now, waiting)))))


def claim(
    session: Session, *, now: datetime, limit: int, lease: timedelta, waiting: Channels = frozenset()
) -> list[ClaimedMessage]:
    """Lease the oldest due messages to this worker, those about alerts first.

    Messages of stopped channels and of ``waiting`` channels are left. A lease moves ``not_before``
    ahead, so it expires by itself. The next claim increments ``attempts``, so a late result of the
    first worker no longer matches.
    """
    due = (
        select(OutboxMessage.id)
        .where(*_due(now, waiting))
        .order_by(OutboxMessage.alert_id.is_(None), OutboxMessage.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    leased = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(due.c.id)))
        .values(not_before=now + lease, attempts=OutboxMessage.attempts + 1, tried_at=now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return claimed_messages.claimed(session, session.scalars(leased).all())


def settle(
    session: Session,
    results: Iterable[DeliveryResult],
    *,
    now: datetime,
    backoff: Backoff,
    worker: str = "",
    wait: bool = False,
) -> Collection[UUID]:
    """Record outcomes other than permanent failures.

    Messages that another worker has claimed since are left alone. A locked row is skipped: it may be
    in cancellation, and waiting for the transaction that answers its alert could deadlock. ``wait``
    is for a single result, which holds no other lock: its receipt may hold the row, and then the
    message was delivered.

    Returns:
        The ids of the recorded messages.
    """
    groups: defaultdict[tuple[Changes, int], dict[UUID, DeliveryResult]] = defaultdict(dict)
    for result in results:
        changes = _changes(result, now=now, backoff=backoff)
        groups[changes, result.message.attempts][result.message.id] = result
    recorded: list[tuple[datetime | None, DeliveryResult]] = []
    for (changes, attempts), by_id in groups.items():  # one statement for all equal outcomes
        free = (
            select(OutboxMessage.id).where(OutboxMessage.id.in_(by_id)).with_for_update(skip_locked=not wait)
        )
        written = (
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(select(free.cte("free").c.id)))
            .where(OutboxMessage.state == MessageState.PENDING, OutboxMessage.attempts == attempts)
            .values(**dict(changes))
            .returning(OutboxMessage.id, OutboxMessage.due_at)
        )
        recorded += [(row.due_at, by_id[row.id]) for row in session.connection().execute(written)]
    metrics.count(session, recorded, worker=worker, now=now)
    return [result.message.id for _, result in recorded]


def settle_failed(session: Session, result: DeliveryResult, *, now: datetime, worker: str = "") -> bool:
    """Record a permanent failure, retire the address if it is gone, and start the fallback.

    One message per transaction: `lock_alert_or_recipient` comes before the lock of the message.

    Returns:
        Whether the message was still leased to this worker.
    """
    message, outcome = result.message, result.outcome
    alert = lock_alert_or_recipient(session, message.alert_id, message.recipient_id)
    row = session.get_one(OutboxMessage, message.id, with_for_update=True)
    if row.state != MessageState.PENDING or row.attempts != message.attempts:
        return False
    if isinstance(outcome, Broken) and waits_for_repair(session, row, now=now):
        row.not_before, row.attempts, row.last_outcome = now + PROBED_EVERY, row.attempts - 1, _reason(result)
        return True
    row.state, row.settled_at, row.last_outcome = MessageState.DEAD, now, _reason(result)
    if isinstance(outcome, Gone) and message.target is not None:
        CHANNELS[message.channel].retire(
            session, message.target, recipient_id=message.recipient_id, reason=outcome.reason, now=now
        )
    session.flush()
    fall_back(session, row, alert, now=now)
    metrics.count(session, [(row.due_at, result)], worker=worker, now=now)
    return True


def _due(now: datetime, waiting: Channels) -> tuple[ColumnElement[bool], ...]:
    due = (
        OutboxMessage.state == MessageState.PENDING,
        OutboxMessage.not_before <= now,
        OutboxMessage.channel.not_in(select(ChannelStop.channel)),
    )
    return (*due, OutboxMessage.channel.not_in(waiting)) if waiting else due


def _changes(result: DeliveryResult, *, now: datetime, backoff: Backoff) -> Changes:
    outcome, reason = result.outcome, ("last_outcome", _reason(result))
    if isinstance(outcome, Postponed):
        # not an attempt: a message that waits all day keeps its number of attempts
        attempts = ("attempts", result.message.attempts - 1)
        return reason, attempts, ("not_before", outcome.until), ("due_at", outcome.until)
    if isinstance(outcome, Retry):
        again_at = next_attempt_at(outcome, result.message.attempts, now=now, backoff=backoff)
        return reason, ("not_before", again_at)
    return reason, ("state", _SETTLED[type(outcome)]), ("settled_at", now)


def _reason(result: DeliveryResult) -> str:
    return str(getattr(result.outcome, "reason", "delivered"))[:200]
