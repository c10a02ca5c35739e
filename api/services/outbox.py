"""The one way a message is born: rows in the transaction of the fact that caused them."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.messages import Channel, MessageKind, MessageState
from api.models.outbox import OutboxMessage, Subscription

TOPIC_LENGTH = 32  # RFC 8030, section 5.4


@dataclass(frozen=True, slots=True)
class Notice:
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


def post(session: Session, notice: Notice, *, recipients: list[UUID], now: datetime) -> int:
    """Put one message per live address of each recipient in the outbox; the same again adds nothing.

    A recipient without any address gets a row on the call list, so that nobody is silently skipped.

    Returns:
        How many machine addresses will be tried; 0 means that nobody can be reached by machine.
    """
    live = select(Subscription.recipient_id, Subscription.id).where(
        Subscription.recipient_id.in_(recipients), Subscription.retired_at.is_(None)
    )
    addresses = [(recipient, subscription) for recipient, subscription in session.execute(live)]
    reached = {recipient for recipient, _ in addresses}
    rows = [_row(notice, recipient, subscription, now) for recipient, subscription in addresses]
    rows += [_row(notice, recipient, None, now) for recipient in recipients if recipient not in reached]
    if rows:
        insert_once(session, OutboxMessage, values=rows)
    return len(addresses)


def _row(notice: Notice, recipient: UUID, subscription: UUID | None, now: datetime) -> dict[str, Any]:
    unreachable = subscription is None
    return {
        "id": uuid4(),
        "dedupe_key": f"{notice.purpose}:{recipient}:{subscription or 'call'}",
        "site_id": notice.site_id,
        "kind": notice.kind,
        "recipient_id": recipient,
        "channel": Channel.CALL_LIST if unreachable else Channel.WEB_PUSH,
        "subscription_id": subscription,
        "patient_id": notice.patient_id,
        "alert_id": notice.alert_id,
        "topic": topic(notice.topic_of, recipient),
        "state": MessageState.DEAD if unreachable else MessageState.PENDING,
        "created_at": now,
        "not_before": notice.not_before,
        "expires_at": notice.expires_at,
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
