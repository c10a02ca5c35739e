"""Where a claimed message goes, as things stand now; and what becomes of an address that is no more."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from api.domain.messages import Channel
from api.models.outbox import OutboxMessage, Subscription, Webhook
from api.models.patient import Patient
from api.models.staff import Staff
from notifications.channels.base import Address, AnyAddress, Hook, Mailbox
from notifications.endings import Claimed


def address_of(
    row: OutboxMessage, told: Subscription | None, reader: Patient | Staff | None, webhook: Webhook | None
) -> AnyAddress | None:
    """Return where a message goes now; what was retired, withdrawn or refused meanwhile is nowhere."""
    if row.channel == Channel.EMAIL:
        return mailbox_of(reader)
    if row.channel == Channel.WEBHOOK:
        return Hook(webhook.url, webhook.secret) if webhook and webhook.retired_at is None else None
    if told is None or told.retired_at is not None:
        return None
    return Address(told.endpoint, told.p256dh, told.auth, told.vapid_key)


def mailbox_of(reader: Patient | Staff | None) -> Mailbox | None:
    """Return where somebody may be written to by e-mail; the same that `outbox.mailboxes` asks for."""
    if reader is None or reader.email is None or reader.email_gone_at is not None:
        return None
    if isinstance(reader, Staff) and not (reader.active and reader.email_notices):
        return None
    return Mailbox(reader.email)


def retire(session: Session, message: Claimed, address: AnyAddress, *, because: str, now: datetime) -> None:
    """Retire the address a message went to, unless there is another one in its place since."""
    if isinstance(address, Mailbox):
        for people in (Patient, Staff):
            hers = (people.id == message.recipient_id, people.email == address.email)
            session.execute(update(people).where(*hers).values(email_gone_at=now))
        return
    table: type[Webhook | Subscription] = Webhook if isinstance(address, Hook) else Subscription
    same: tuple[Any, ...] = (
        (Webhook.id == message.recipient_id, Webhook.url == address.url)
        if isinstance(address, Hook)
        else (Subscription.id == message.subscription_id, Subscription.endpoint == address.endpoint)
    )
    live = update(table).where(*same, table.retired_at.is_(None))
    session.execute(live.values(retired_at=now, retired_because=because))
