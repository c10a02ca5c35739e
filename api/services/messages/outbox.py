"""The one way a message is born: rows in the transaction of the fact that caused them."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select, true, union_all, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.delivery.messages import (
    ALWAYS_BY_EMAIL,
    DEFAULT_WAYS,
    FOR_STAFF,
    Channel,
    MessageKind,
    MessageState,
)
from api.models.outbox import OutboxMessage, Subscription, Webhook
from api.models.patient import Patient
from api.models.staff import Staff

TOPIC_LENGTH = 32  # RFC 8030, section 5.4


@dataclass(frozen=True, slots=True)
class Notification:
    """What is to be told, to whom about what; ids only."""

    kind: MessageKind
    site_id: UUID
    purpose: str
    """Purpose and slot, such as ``alert:<id>:2``; with recipient and address it makes the row unique."""
    topic_of: str
    """What a later message about the same thing shares, so that it replaces the first on the screen."""
    not_before: datetime
    expires_at: datetime
    patient_id: UUID | None = None
    alert_id: UUID | None = None


class DeliveryRoute(NamedTuple):
    """One address of one recipient; without a subscription it is the only one of its channel."""

    channel: Channel
    recipient: UUID
    subscription: UUID | None = None


class FirstReachable(NamedTuple):
    """The messages of attempts to notify, up to the first that reaches a machine address."""

    rows: list[dict[str, Any]]
    attempts: int
    """How many attempts the messages belong to."""
    addresses: int
    """How many machine addresses of people the last of them has; 0 means none in any attempt."""


def post(
    session: Session,
    notice: Notification,
    *,
    recipients: list[UUID],
    now: datetime,
    ways: Sequence[Channel] = DEFAULT_WAYS,
) -> int:
    """Put one message per address of each recipient in the outbox; the same again adds nothing.

    Each recipient is told by the first of ``ways`` that leads to an address, on all devices where that
    is push; who has only devices that never answer is told by the next way too. Where a message dies,
    delivery goes on with the way after, and at last with the call list. ``ways`` without the call
    list skip who has no address; ``ways=(Channel.EMAIL,)`` writes to those with a mailbox only. A
    site's webhooks hear of what its team is told, whoever can be reached.

    Returns:
        How many machine addresses of people will be tried; 0 means that nobody can be reached by machine.
    """
    first = first_reachable(session, [(notice, recipients)], now=now, ways=ways)
    insert(session, first.rows)
    return first.addresses


def first_reachable(
    session: Session,
    attempts: Sequence[tuple[Notification, Sequence[UUID]]],
    *,
    now: datetime,
    ways: Sequence[Channel] = DEFAULT_WAYS,
) -> FirstReachable:
    """Return the messages of attempts to notify, in order, up to the first that reaches a machine address.

    All attempts are of one kind and site. The addresses of all their recipients are loaded at once,
    as `post` describes; `insert` puts the messages in the outbox.
    """
    notice, _ = attempts[0]
    everyone = list(dict.fromkeys(each for _, recipients in attempts for each in recipients))
    addresses = _addresses(session, everyone, ways, notice.kind)
    webhooks = _webhooks(session, notice.site_id) if notice.kind in FOR_STAFF else []
    rows: list[dict[str, Any]] = []
    for number, (each, recipients) in enumerate(attempts, start=1):
        of_people = [_row(each, way, now) for recipient in recipients for way in addresses[recipient]]
        rows += [*of_people, *(_row(each, way, now) for way in webhooks)]
        if reached := sum(row["channel"] is not Channel.CALL_LIST for row in of_people):
            return FirstReachable(rows, number, reached)
    return FirstReachable(rows, len(attempts), 0)


def insert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Put messages in the outbox; the same again adds nothing."""
    if rows:
        insert_once(session, OutboxMessage, values=rows)


def post_each(
    session: Session,
    notices: Mapping[UUID, Notification],
    *,
    now: datetime,
    ways: Sequence[Channel] = DEFAULT_WAYS,
) -> None:
    """Put a notice of their own in the outbox for each of many recipients: as `post` does, all at once."""
    addresses = _addresses(session, list(notices), ways)
    rows = [_row(notice, way, now) for who, notice in notices.items() for way in addresses[who]]
    if rows:
        insert_once(session, OutboxMessage, values=rows)


def post_letter(
    session: Session, notice: Notification, *, recipient: UUID, message_id: UUID, now: datetime
) -> None:
    """Put one e-mail in the outbox under an id its link is derived from, whatever the recipient chose."""
    row = _row(notice, DeliveryRoute(Channel.EMAIL, recipient), now) | {"id": message_id}
    insert_once(session, OutboxMessage, values=[row])


def mailboxes(recipients: Sequence[UUID], kind: MessageKind | None = None) -> Any:
    """Return the query for those of ``recipients`` who may be written to by e-mail about this."""
    wants = true() if kind in ALWAYS_BY_EMAIL else Staff.email_notices
    staff = select(Staff.id).where(
        Staff.id.in_(recipients), Staff.active, wants, Staff.email_gone_at.is_(None)
    )
    patients = select(Patient.id).where(
        Patient.id.in_(recipients), Patient.email.is_not(None), Patient.email_gone_at.is_(None)
    )
    return union_all(staff, patients)


def _addresses(
    session: Session, recipients: Sequence[UUID], ways: Sequence[Channel], kind: MessageKind | None = None
) -> dict[UUID, list[DeliveryRoute]]:
    """Return where each recipient is told: by the first way there is, and the next if that is not trusted."""
    found: dict[UUID, list[DeliveryRoute]] = {recipient: [] for recipient in recipients}
    unsettled = set(recipients)
    for channel in ways:
        trusted = set()
        left = [each for each in recipients if each in unsettled]
        for way, is_trusted in _by(session, channel, left, kind):
            found[way.recipient].append(way)
            trusted |= {way.recipient} if is_trusted else set()
        unsettled -= trusted
    return found


def _by(
    session: Session, channel: Channel, recipients: Sequence[UUID], kind: MessageKind | None
) -> list[tuple[DeliveryRoute, bool]]:
    """Return the addresses of one channel, each with whether it is enough by itself."""
    if not recipients:
        return []
    if channel is Channel.WEB_PUSH:
        live = select(Subscription.recipient_id, Subscription.id, Subscription.distrusted_at).where(
            Subscription.recipient_id.in_(recipients), Subscription.retired_at.is_(None)
        )
        return [
            (DeliveryRoute(channel, who, device), since is None)
            for who, device, since in session.execute(live)
        ]
    if channel is Channel.EMAIL:
        return [(DeliveryRoute(channel, who), True) for who in session.scalars(mailboxes(recipients, kind))]
    return [(DeliveryRoute(channel, who), True) for who in recipients]


def _webhooks(session: Session, site_id: UUID) -> list[DeliveryRoute]:
    live = select(Webhook.id).where(Webhook.site_id == site_id, Webhook.retired_at.is_(None))
    return [DeliveryRoute(Channel.WEBHOOK, webhook) for webhook in session.scalars(live)]


def key_of(notice_and_recipient: str, way: DeliveryRoute) -> str:
    """Return what makes a row unique: what is told, to whom, and by which address."""
    places = {Channel.EMAIL: "email", Channel.WEBHOOK: "webhook", Channel.CALL_LIST: "call"}
    return f"{notice_and_recipient}:{way.subscription or places[way.channel]}"


def _row(notice: Notification, way: DeliveryRoute, now: datetime) -> dict[str, Any]:
    unreachable = way.channel is Channel.CALL_LIST
    return {
        "id": uuid4(),
        "dedupe_key": key_of(f"{notice.purpose}:{way.recipient}", way),
        "site_id": notice.site_id,
        "kind": notice.kind,
        "recipient_id": way.recipient,
        "channel": way.channel,
        "subscription_id": way.subscription,
        "patient_id": notice.patient_id,
        "alert_id": notice.alert_id,
        "topic": topic(notice.topic_of, way.recipient),
        "state": MessageState.DEAD if unreachable else MessageState.PENDING,
        "created_at": now,
        "not_before": notice.not_before,
        "expires_at": notice.expires_at,
        "due_at": notice.not_before,
        "attempts": 0,
        "last_outcome": "no address" if unreachable else None,
        "settled_at": now if unreachable else None,
    }


def topic(about: str, recipient: UUID) -> str:
    """Return a push topic: the same for the same thing and person, and it tells nobody what."""
    digest = hashlib.sha256(f"{about}:{recipient}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOPIC_LENGTH]


def cancel_for_alert(session: Session, alert_id: UUID, *, now: datetime) -> None:
    """Take back what still waits about an alert that somebody has answered or that was retracted."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.alert_id == alert_id, OutboxMessage.state == MessageState.PENDING)
        .values(state=MessageState.CANCELLED, settled_at=now, last_outcome="answered")
    )
