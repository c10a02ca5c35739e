"""Taking messages out of the outbox under a lease, and writing down how each one ended."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from api.domain.enrolment import PatientStatus
from api.domain.findings import Tier
from api.domain.messages import MessageKind, MessageState
from api.domain.schedule import Quiet
from api.models.alert import Alert
from api.models.identity import Grant
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from notifications.channels.base import Address, Delivered, Gone, Retry
from notifications.endings import Cancelled, Claimed, Postponed, Reader, Result, next_try_at
from notifications.fallback import fall_back
from notifications.pace import Backoff

_SETTLED: dict[type, MessageState] = {
    Delivered: MessageState.DELIVERED,
    Cancelled: MessageState.CANCELLED,
}


def is_due(session: Session, *, now: datetime) -> bool:
    """Say whether anything waits to be sent; a look that takes no lock."""
    return bool(session.scalar(select(exists().where(*_due(now)))))


def claim(session: Session, *, now: datetime, limit: int, lease: timedelta) -> list[Claimed]:
    """Lease the oldest due messages to this worker, those about alerts first.

    A lease is nothing but ``not_before`` moved ahead: it runs out by itself, and whoever claims the
    message then counts ``attempts`` up, so that a late word of the first worker no longer counts.
    """
    due = (
        select(OutboxMessage.id)
        .where(*_due(now))
        .order_by(OutboxMessage.alert_id.is_(None), OutboxMessage.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    leased = (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(due.c.id)))
        .values(not_before=now + lease, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return _read(session, session.scalars(leased).all())


def settle(session: Session, results: Iterable[Result], *, now: datetime, backoff: Backoff) -> int:
    """Write down how messages ended, but for those that failed for good.

    What somebody else has claimed since is left alone. A row that another transaction holds is
    skipped rather than waited for: it is being taken back, and to wait for whoever answers its
    alert could be a deadlock.

    Returns:
        How many were written.
    """
    by_id = {result.message.id: result for result in results}
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id.in_(by_id), OutboxMessage.state == MessageState.PENDING)
        .with_for_update(skip_locked=True)
    )
    ours = [row for row in rows if row.attempts == by_id[row.id].message.attempts]
    for row in ours:
        _write(row, by_id[row.id], now=now, backoff=backoff)
    session.flush()
    return len(ours)


def settle_failed(session: Session, result: Result, *, now: datetime) -> bool:
    """Write down that a message cannot be brought, and do what follows from that.

    One message a transaction; the alert is locked before the message as whoever answers it does, and
    so is the patient as whoever ends her monitoring does: one order, no deadlock.

    Returns:
        Whether the message was still this worker's.
    """
    message, ending = result.message, result.ending
    alert = None
    if message.alert_id is not None:
        alert = session.get(Alert, message.alert_id, with_for_update=True)
    if message.patient is not None:
        # FOR SHARE: a weaker FOR KEY SHARE would not wait for who changes her
        session.get(Patient, message.patient.id, with_for_update={"read": True})
    row = session.get_one(OutboxMessage, message.id, with_for_update=True)
    if row.state != MessageState.PENDING or row.attempts != message.attempts:
        return False
    row.state, row.settled_at, row.last_outcome = MessageState.DEAD, now, _words(result)
    if isinstance(ending, Gone) and message.address is not None:
        _retire(session, message, message.address, because=ending.reason, now=now)
    session.flush()
    fall_back(session, row, alert, now=now)
    return True


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return OutboxMessage.state == MessageState.PENDING, OutboxMessage.not_before <= now


def _read(session: Session, ids: Sequence[UUID]) -> list[Claimed]:
    rows = session.execute(
        select(OutboxMessage, Subscription, Alert.tier, Grant.revoked_at, Patient)
        .outerjoin(Subscription, Subscription.id == OutboxMessage.subscription_id)
        .outerjoin(Grant, Grant.id == Subscription.grant_id)
        .outerjoin(Alert, Alert.id == OutboxMessage.alert_id)
        .outerjoin(Patient, Patient.id == OutboxMessage.recipient_id)
        .where(OutboxMessage.id.in_(ids))
        .order_by(OutboxMessage.alert_id.is_(None), OutboxMessage.created_at)
        .execution_options(populate_existing=True)
    )
    return [
        _claimed(row, subscription, tier=tier, revoked_at=revoked_at, patient=patient)
        for row, subscription, tier, revoked_at, patient in rows
    ]


def _claimed(
    row: OutboxMessage,
    subscription: Subscription | None,
    *,
    tier: str | None,
    revoked_at: datetime | None,
    patient: Patient | None,
) -> Claimed:
    live = subscription if subscription and subscription.retired_at is None else None
    return Claimed(
        id=row.id,
        kind=MessageKind(row.kind),
        topic=row.topic,
        expires_at=row.expires_at,
        attempts=row.attempts,
        alert_id=row.alert_id,
        tier=Tier(tier) if tier else None,
        subscription_id=row.subscription_id,
        address=Address(live.endpoint, live.p256dh, live.auth) if live else None,
        signed_out=revoked_at is not None,
        patient=_reader(patient) if patient else None,
    )


def _reader(patient: Patient) -> Reader:
    quiet = Quiet(patient.quiet_from, patient.quiet_until)
    return Reader(patient.id, PatientStatus(patient.status), quiet, patient.timezone)


def _write(row: OutboxMessage, result: Result, *, now: datetime, backoff: Backoff) -> None:
    ending, row.last_outcome = result.ending, _words(result)
    if isinstance(ending, Postponed):
        row.not_before = ending.until
    elif isinstance(ending, Retry):
        row.not_before = next_try_at(ending, row.attempts, now=now, backoff=backoff)
    else:
        row.state, row.settled_at = _SETTLED[type(ending)], now


def _words(result: Result) -> str:
    return str(getattr(result.ending, "reason", "delivered"))[:200]


def _retire(session: Session, message: Claimed, address: Address, *, because: str, now: datetime) -> None:
    """Retire the address a message went to, unless the device has another one since."""
    same: tuple[Any, ...] = (
        Subscription.id == message.subscription_id,
        Subscription.endpoint == address.endpoint,
        Subscription.retired_at.is_(None),
    )
    session.execute(update(Subscription).where(*same).values(retired_at=now, retired_because=because))
