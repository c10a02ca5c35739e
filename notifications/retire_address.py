"""What becomes of an address that is no more."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from api.models.outbox import Subscription, Webhook
from api.models.patient import Patient
from api.models.staff import Staff
from notifications.channels.base import MailTarget, Target, WebhookTarget
from notifications.delivery import ClaimedMessage


def retire(
    session: Session, message: ClaimedMessage, address: Target, *, because: str, now: datetime
) -> None:
    """Retire the address a message went to, unless there is another one in its place since."""
    if isinstance(address, MailTarget):
        for people in (Patient, Staff):
            hers = (people.id == message.recipient_id, people.email == address.email)
            session.execute(update(people).where(*hers).values(email_gone_at=now))
        return
    table: type[Webhook | Subscription] = Webhook if isinstance(address, WebhookTarget) else Subscription
    same: tuple[Any, ...] = (
        (Webhook.id == message.recipient_id, Webhook.url == address.url)
        if isinstance(address, WebhookTarget)
        else (Subscription.id == message.subscription_id, Subscription.endpoint == address.endpoint)
    )
    live = update(table).where(*same, table.retired_at.is_(None))
    session.execute(live.values(retired_at=now, retired_because=because))
