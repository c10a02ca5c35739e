"""Enqueues messages in the caller's transaction (transactional outbox)."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Update, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.delivery.messages import (
    DEFAULT_CHANNELS,
    FOR_STAFF,
    LIFETIME,
    Channel,
    MessageKind,
    MessageState,
)
from api.models.outbox import OutboxMessage
from api.services.messages.addresses import ADDRESSES, DeliveryRoute, dedupe_key

TOPIC_LENGTH = 32  # RFC 8030, section 5.4


@dataclass(frozen=True, slots=True)
class Notification:
    """A message before it is addressed; it holds ids only."""

    kind: MessageKind
    site_id: UUID
    purpose: str
    """Purpose and slot, such as ``alert:<id>:2``; with recipient and address it makes the row unique."""
    topic_of: str
    """Shared with later messages about the same thing, so that one replaces the other on the screen."""
    not_before: datetime
    expires_at: datetime | None = None
    """None: after the lifetime of its kind."""
    patient_id: UUID | None = None
    alert_id: UUID | None = None


class FirstReachable(NamedTuple):
    """The messages of attempts to notify, up to the first that has an automatic address."""

    rows: list[dict[str, Any]]
    attempts: int
    """The number of attempts that the messages belong to."""
    addresses: int
    """The number of automatic addresses of people in the last of them; 0 means none in any attempt."""


def post(
    session: Session,
    notification: Notification,
    *,
    recipients: list[UUID],
    now: datetime,
    channels: Sequence[str] = DEFAULT_CHANNELS,
) -> int:
    """Enqueue one message for each address of each recipient; repeating the call adds nothing.

    The first of ``channels`` that has an address for the recipient is used, on all devices for push;
    where none of these addresses is reliable, the next channel is used too. If a message cannot be
    delivered, delivery continues by the channel after it and at last by the call list. Without the
    call list in ``channels``, recipients without an address are skipped. Messages to staff also go
    to the webhooks of the site.

    Returns:
        The number of automatic addresses of people; 0 means that only a call can reach them.
    """
    first = first_reachable(session, [(notification, recipients)], now=now, channels=channels)
    insert(session, first.rows)
    return first.addresses


def first_reachable(
    session: Session,
    attempts: Sequence[tuple[Notification, Sequence[UUID]]],
    *,
    now: datetime,
    channels: Sequence[str] = DEFAULT_CHANNELS,
) -> FirstReachable:
    """Return the messages of attempts to notify, in order, up to the first with an automatic address.

    All attempts are of one kind and site. The addresses of all their recipients are loaded at once,
    as `post` describes; `insert` puts the messages in the outbox.
    """
    kind, site_id = attempts[0][0].kind, attempts[0][0].site_id
    everyone = list(dict.fromkeys(each for _, recipients in attempts for each in recipients))
    routes = _routes(session, everyone, channels, kind)
    at_site = (
        [each for addresses in ADDRESSES.values() for each in addresses.find_at_site(session, site_id)]
        if kind in FOR_STAFF
        else []
    )
    rows: list[dict[str, Any]] = []
    for number, (notification, recipients) in enumerate(attempts, start=1):
        to_people = [route for recipient in recipients for route in routes[recipient]]
        rows += [_row(notification, route, now) for route in (*to_people, *at_site)]
        reached = sum(1 for route in to_people if route.channel != Channel.CALL_LIST)
        if reached:
            return FirstReachable(rows, number, reached)
    return FirstReachable(rows, len(attempts), 0)


def insert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Put messages in the outbox; repeating the call adds nothing."""
    if rows:
        insert_once(session, OutboxMessage, values=rows)


def post_each(
    session: Session,
    notifications: Mapping[UUID, Notification],
    *,
    now: datetime,
    channels: Sequence[str] = DEFAULT_CHANNELS,
) -> None:
    """Enqueue one notification per recipient, with the same queries for all of them; see `post`."""
    routes = _routes(session, list(notifications), channels)
    rows = [
        _row(notification, each, now)
        for recipient, notification in notifications.items()
        for each in routes[recipient]
    ]
    insert(session, rows)


def post_by(
    session: Session,
    notification: Notification,
    route: DeliveryRoute,
    *,
    now: datetime,
    message_id: UUID | None = None,
) -> None:
    """Enqueue one message by a given route, whatever the recipient chose; ``message_id`` sets its id."""
    row = _row(notification, route, now)
    insert(session, [row | ({"id": message_id} if message_id else {})])


def _routes(
    session: Session, recipients: Sequence[UUID], channels: Sequence[str], kind: MessageKind | None = None
) -> dict[UUID, list[DeliveryRoute]]:
    """Return the routes of each recipient, up to the first channel with a reliable address."""
    found: dict[UUID, list[DeliveryRoute]] = {recipient: [] for recipient in recipients}
    left = list(recipients)
    for channel in channels:
        if not left:
            break
        routes = ADDRESSES[channel].find(session, left, kind)
        for route in routes:
            found[route.recipient_id].append(route)
        reached = {route.recipient_id for route in routes if route.is_reliable}
        left = [recipient for recipient in left if recipient not in reached]
    return found


def _row(notification: Notification, route: DeliveryRoute, now: datetime) -> dict[str, Any]:
    is_call = route.channel == Channel.CALL_LIST
    return {
        "id": uuid4(),
        "dedupe_key": dedupe_key(notification.purpose, route),
        "site_id": notification.site_id,
        "kind": notification.kind,
        "recipient_id": route.recipient_id,
        "channel": route.channel,
        "subscription_id": route.subscription_id,
        "patient_id": notification.patient_id,
        "alert_id": notification.alert_id,
        "topic": topic(notification.topic_of, route.recipient_id),
        "state": MessageState.DEAD if is_call else MessageState.PENDING,
        "created_at": now,
        "not_before": notification.not_before,
        "expires_at": notification.expires_at or notification.not_before + LIFETIME[notification.kind],
        "due_at": notification.not_before,
        "attempts": 0,
        "last_outcome": "no address" if is_call else None,
        "settled_at": now if is_call else None,
    }


def topic(subject: str, recipient_id: UUID) -> str:
    """Return a push topic: equal for the same subject and recipient, and it reveals neither."""
    digest = hashlib.sha256(f"{subject}:{recipient_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOPIC_LENGTH]


def cancel_for_alert(session: Session, alert_id: UUID, *, now: datetime) -> None:
    """Cancel the pending messages about an alert that was answered or retracted."""
    session.execute(cancellation(OutboxMessage.alert_id == alert_id, because="answered", now=now))


def cancellation(*of: ColumnElement[bool], because: str, now: datetime) -> Update:
    """Return the statement that cancels the pending messages that meet all conditions ``of``."""
    pending = update(OutboxMessage).where(OutboxMessage.state == MessageState.PENDING, *of)
    return pending.values(state=MessageState.CANCELLED, settled_at=now, last_outcome=because)
