"""Taking messages out of the outbox under a lease, and writing down how each one ended."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from api.domain.delivery.messages import BY_MACHINE, Channel, MessageState
from api.models.outbox import ChannelStop, OutboxMessage
from api.services.messages.faults import PROBED_EVERY
from notifications import claimed_messages, metrics
from notifications.channels.base import Broken, Delivered, Gone, Rehearsed, Retry
from notifications.delivery import Cancelled, ClaimedMessage, DeliveryResult, Postponed, next_try_at
from notifications.fallback import fall_back, is_better_kept, lock_above
from notifications.retire_address import retire
from notifications.retry_policy import Backoff

Ways = frozenset[Channel]
"""The channels a worker can send by."""

Changes = tuple[tuple[str, Any], ...]
"""What is written to a row, by column."""

_SETTLED: dict[type, MessageState] = {
    Delivered: MessageState.DELIVERED,
    Rehearsed: MessageState.REHEARSED,
    Cancelled: MessageState.CANCELLED,
}


def is_due(session: Session, *, now: datetime, ways: Ways = BY_MACHINE) -> bool:
    """Say whether anything waits to be sent; a look that takes no lock."""
    return bool(session.scalar(select(exists().where(*_due(now, ways)))))


def claim(
    session: Session, *, now: datetime, limit: int, lease: timedelta, ways: Ways = BY_MACHINE
) -> list[ClaimedMessage]:
    """Lease the oldest due messages to this worker, those about alerts first, but for stopped channels.

    A lease is nothing but ``not_before`` moved ahead: it runs out by itself, and whoever claims the
    message then counts ``attempts`` up, so that a late word of the first worker no longer counts.
    """
    due = (
        select(OutboxMessage.id)
        .where(*_due(now, ways))
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
    """Write down how messages ended, but for those that failed for good.

    What somebody else has claimed since is left alone. A row that another transaction holds is
    skipped rather than waited for: it may be being taken back, and to wait for whoever answers its
    alert could be a deadlock. ``wait`` is for one result by itself, which holds nothing anybody
    could wait for: the row may as well be held by its receipt, and was then brought.

    Returns:
        Which were written.
    """
    alike: defaultdict[tuple[Changes, int], dict[UUID, DeliveryResult]] = defaultdict(dict)
    for result in results:
        changes = _changes(result, now=now, backoff=backoff)
        alike[changes, result.message.attempts][result.message.id] = result
    ours: list[tuple[metrics.CountedMessage, DeliveryResult]] = []
    for (changes, attempts), by_id in alike.items():  # one statement for all that were delivered at once
        free = (
            select(OutboxMessage.id).where(OutboxMessage.id.in_(by_id)).with_for_update(skip_locked=not wait)
        )
        written = (
            update(OutboxMessage)
            .where(OutboxMessage.id.in_(select(free.cte("free").c.id)))
            .where(OutboxMessage.state == MessageState.PENDING, OutboxMessage.attempts == attempts)
            .values(**dict(changes))
            .returning(OutboxMessage.id, OutboxMessage.channel, OutboxMessage.due_at)
        )
        rows = session.connection().execute(written)
        ours += [(row, by_id[row.id]) for row in rows]
    metrics.count(session, ours, worker=worker, now=now)
    return [result.message.id for _, result in ours]


def settle_failed(session: Session, result: DeliveryResult, *, now: datetime, worker: str = "") -> bool:
    """Write down that a message cannot be brought, and do what follows from that.

    One message a transaction, for `lock_above` is to come before the message's own lock.

    Returns:
        Whether the message was still this worker's.
    """
    message, ending = result.message, result.ending
    alert = lock_above(session, message.alert_id, message.recipient_id)
    row = session.get_one(OutboxMessage, message.id, with_for_update=True)
    if row.state != MessageState.PENDING or row.attempts != message.attempts:
        return False
    if isinstance(ending, Broken) and is_better_kept(session, row, now=now):
        row.not_before, row.attempts, row.last_outcome = now + PROBED_EVERY, row.attempts - 1, _words(result)
        return True
    row.state, row.settled_at, row.last_outcome = MessageState.DEAD, now, _words(result)
    if isinstance(ending, Gone) and message.address is not None:
        retire(session, message, message.address, because=ending.reason, now=now)
    session.flush()
    fall_back(session, row, alert, now=now)
    metrics.count(session, [(row, result)], worker=worker, now=now)
    return True


def _due(now: datetime, ways: Ways) -> tuple[ColumnElement[bool], ...]:
    waits = OutboxMessage.state == MessageState.PENDING, OutboxMessage.not_before <= now
    not_stopped = OutboxMessage.channel.not_in(select(ChannelStop.channel))
    if ways == BY_MACHINE:  # the usual: whatever waits goes by a machine
        return *waits, not_stopped
    return *waits, not_stopped, OutboxMessage.channel.in_(ways)


def _changes(result: DeliveryResult, *, now: datetime, backoff: Backoff) -> Changes:
    ending, words = result.ending, ("last_outcome", _words(result))
    if isinstance(ending, Postponed):
        # it was no try: who waits for room all day has as many left as before
        attempts = ("attempts", result.message.attempts - 1)
        return words, attempts, ("not_before", ending.until), ("due_at", ending.until)
    if isinstance(ending, Retry):
        again_at = next_try_at(ending, result.message.attempts, now=now, backoff=backoff)
        return words, ("not_before", again_at)
    return words, ("state", _SETTLED[type(ending)]), ("settled_at", now)


def _words(result: DeliveryResult) -> str:
    return str(getattr(result.ending, "reason", "delivered"))[:200]
