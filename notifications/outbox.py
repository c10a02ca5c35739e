"""Taking messages out of the outbox under a lease, and writing down how each one ended."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, load_only

from api.domain.answering import AlertStatus
from api.domain.enrolment import Language, PatientStatus
from api.domain.findings import Tier
from api.domain.messages import BY_MACHINE, Channel, MessageKind, MessageState
from api.domain.schedule import Quiet
from api.models.alert import Alert
from api.models.identity import Grant
from api.models.outbox import ChannelStop, OutboxMessage, Subscription, Webhook
from api.models.patient import Patient
from api.models.staff import Staff
from notifications import counting
from notifications.addresses import address_of, retire
from notifications.channels.base import AnyAddress, Delivered, Gone, Rehearsed, Retry
from notifications.endings import Cancelled, Claimed, Postponed, Reader, Result, next_try_at
from notifications.fallback import fall_back, lock_above
from notifications.pace import Backoff

Ways = frozenset[Channel]
"""The channels a worker can send by."""

Changes = tuple[tuple[str, Any], ...]
"""What is written to a row, by column."""

_SETTLED: dict[type, MessageState] = {
    Delivered: MessageState.DELIVERED,
    Rehearsed: MessageState.REHEARSED,
    Cancelled: MessageState.CANCELLED,
}


_LOADED = (
    load_only(
        OutboxMessage.kind, OutboxMessage.channel, OutboxMessage.site_id, OutboxMessage.recipient_id,
        OutboxMessage.topic, OutboxMessage.created_at, OutboxMessage.expires_at, OutboxMessage.attempts,
        OutboxMessage.alert_id, OutboxMessage.subscription_id, raiseload=True,
    ),
    load_only(
        Subscription.endpoint, Subscription.p256dh, Subscription.auth, Subscription.vapid_key,
        Subscription.retired_at, raiseload=True,
    ),
    load_only(
        Patient.status, Patient.quiet_from, Patient.quiet_until, Patient.timezone, Patient.language,
        Patient.discreet, Patient.email, Patient.email_gone_at, raiseload=True,
    ),
    load_only(
        Staff.language, Staff.active, Staff.email, Staff.email_notices, Staff.email_gone_at, raiseload=True
    ),
    load_only(Webhook.url, Webhook.secret, Webhook.retired_at, raiseload=True),
    load_only(Alert.tier, Alert.status, raiseload=True),
)  # fmt: skip
"""What a claim needs to know: every column more costs as much as sending does."""


def is_due(session: Session, *, now: datetime, ways: Ways = BY_MACHINE) -> bool:
    """Say whether anything waits to be sent; a look that takes no lock."""
    return bool(session.scalar(select(exists().where(*_due(now, ways)))))


def claim(
    session: Session, *, now: datetime, limit: int, lease: timedelta, ways: Ways = BY_MACHINE
) -> list[Claimed]:
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
    return _read(session, session.scalars(leased).all())


def settle(
    session: Session,
    results: Iterable[Result],
    *,
    now: datetime,
    backoff: Backoff,
    worker: str = "",
    wait: bool = False,
) -> int:
    """Write down how messages ended, but for those that failed for good.

    What somebody else has claimed since is left alone. A row that another transaction holds is
    skipped rather than waited for: it may be being taken back, and to wait for whoever answers its
    alert could be a deadlock. ``wait`` is for one result by itself, which holds nothing anybody
    could wait for: the row may as well be held by its receipt, and was then brought.

    Returns:
        How many were written.
    """
    by_id = {result.message.id: result for result in results}
    rows = session.execute(
        select(OutboxMessage.id, OutboxMessage.attempts, OutboxMessage.channel, OutboxMessage.due_at)
        .where(OutboxMessage.id.in_(by_id), OutboxMessage.state == MessageState.PENDING)
        .with_for_update(skip_locked=not wait)
    )
    ours = [row for row in rows if row.attempts == by_id[row.id].message.attempts]
    alike: defaultdict[Changes, list[UUID]] = defaultdict(list)
    for row in ours:
        alike[_changes(by_id[row.id], now=now, backoff=backoff)].append(row.id)
    for changes, ids in alike.items():  # one statement for all that were delivered
        written = update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(**dict(changes))
        session.execute(written.execution_options(synchronize_session=False))
    counting.count(session, [(row, by_id[row.id]) for row in ours], worker=worker, now=now)
    return len(ours)


def settle_failed(session: Session, result: Result, *, now: datetime, worker: str = "") -> bool:
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
    row.state, row.settled_at, row.last_outcome = MessageState.DEAD, now, _words(result)
    if isinstance(ending, Gone) and message.address is not None:
        retire(session, message, message.address, because=ending.reason, now=now)
    session.flush()
    fall_back(session, row, alert, now=now)
    counting.count(session, [(row, result)], worker=worker, now=now)
    return True


def _due(now: datetime, ways: Ways) -> tuple[ColumnElement[bool], ...]:
    waits = OutboxMessage.state == MessageState.PENDING, OutboxMessage.not_before <= now
    not_stopped = OutboxMessage.channel.not_in(select(ChannelStop.channel))
    if ways == BY_MACHINE:  # the usual: whatever waits goes by a machine
        return *waits, not_stopped
    return *waits, not_stopped, OutboxMessage.channel.in_(ways)


def _read(session: Session, ids: Sequence[UUID]) -> list[Claimed]:
    rows = session.execute(
        select(OutboxMessage, Subscription, Alert, Grant.revoked_at, Patient, Staff, Webhook)
        .outerjoin(Subscription, Subscription.id == OutboxMessage.subscription_id)
        .outerjoin(Grant, Grant.id == Subscription.grant_id)
        .outerjoin(Alert, Alert.id == OutboxMessage.alert_id)
        .outerjoin(Patient, Patient.id == OutboxMessage.recipient_id)
        .outerjoin(Staff, Staff.id == OutboxMessage.recipient_id)
        .outerjoin(Webhook, Webhook.id == OutboxMessage.recipient_id)
        .where(OutboxMessage.id.in_(ids))
        .order_by(OutboxMessage.alert_id.is_(None), OutboxMessage.created_at)
        .options(*_LOADED)
        .execution_options(populate_existing=True)
    )
    return [
        _claimed(
            row, address_of(row, told, reader, webhook), alert=alert, revoked_at=revoked_at, reader=reader
        )
        for row, told, alert, revoked_at, reader, webhook in (
            (row, told, alert, revoked_at, patient or staff, webhook)
            for row, told, alert, revoked_at, patient, staff, webhook in rows
        )
    ]


def _claimed(
    row: OutboxMessage,
    address: AnyAddress | None,
    *,
    alert: Alert | None,
    revoked_at: datetime | None,
    reader: Patient | Staff | None,
) -> Claimed:
    patient = reader if isinstance(reader, Patient) else None
    return Claimed(
        id=row.id,
        kind=MessageKind(row.kind),
        channel=Channel(row.channel),
        site_id=row.site_id,
        recipient_id=row.recipient_id,
        topic=row.topic,
        created_at=row.created_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        alert_id=row.alert_id,
        tier=Tier(alert.tier) if alert else None,
        is_answered=alert is not None and alert.status != AlertStatus.OPEN,
        subscription_id=row.subscription_id,
        address=address,
        signed_out=revoked_at is not None,
        patient=_reader(patient) if patient else None,
        language=Language(reader.language) if reader else Language.ENGLISH,
        discreet=patient is not None and patient.discreet,
    )


def _reader(patient: Patient) -> Reader:
    quiet = Quiet(patient.quiet_from, patient.quiet_until)
    return Reader(patient.id, PatientStatus(patient.status), quiet, patient.timezone)


def _changes(result: Result, *, now: datetime, backoff: Backoff) -> Changes:
    ending, words = result.ending, ("last_outcome", _words(result))
    if isinstance(ending, Postponed):
        # it was no try: who waits for room all day has as many left as before
        attempts = ("attempts", result.message.attempts - 1)
        return words, attempts, ("not_before", ending.until), ("due_at", ending.until)
    if isinstance(ending, Retry):
        again_at = next_try_at(ending, result.message.attempts, now=now, backoff=backoff)
        return words, ("not_before", again_at)
    return words, ("state", _SETTLED[type(ending)]), ("settled_at", now)


def _words(result: Result) -> str:
    return str(getattr(result.ending, "reason", "delivered"))[:200]
