"""What devices say became of a message; and asking those that never say anything."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.domain.delivery.messages import Channel, MessageKind, MessageState, ReceiptEvent
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.services.messages import outbox
from api.services.messages.addresses import DeliveryRoute
from api.services.messages.outbox import Notification

PROBE_KEPT_FOR = timedelta(days=2)
"""As long as it has to answer."""

_BELIEVED = (MessageState.PENDING, MessageState.DELIVERED)
"""Pending too: a phone may be quicker than we write down that it was reached."""


def is_known(session: Session, message_id: UUID) -> bool:
    """Return whether a push of this id was sent."""
    sent = exists().where(OutboxMessage.id == message_id, OutboxMessage.channel == Channel.WEB_PUSH)
    return bool(session.scalar(select(sent)))


def take(session: Session, message_id: UUID, event: ReceiptEvent, *, at: datetime, now: datetime) -> bool:
    """Keep what a device says of a push, the first time of each event; return whether the push is known.

    A device whose receipt comes in is trusted again. A moment that cannot be is moved to one that can.
    """
    pushed = select(OutboxMessage).where(
        OutboxMessage.id == message_id,
        OutboxMessage.channel == Channel.WEB_PUSH,
        OutboxMessage.state.in_(_BELIEVED),
    )
    message = session.scalar(pushed.with_for_update())
    if message is None:
        return False
    moment = min(max(at, message.created_at), now)
    column = f"{event.value}_at"
    if getattr(message, column) is None:
        setattr(message, column, moment)
    session.flush()
    # whoever holds the address is retiring it or registering it anew: to wait for it could be a deadlock
    address = select(Subscription).where(Subscription.id == message.subscription_id)
    subscription = session.scalar(address.with_for_update(skip_locked=True))
    if subscription is not None:
        subscription.last_receipt_at = now
        subscription.probed_at = subscription.distrusted_at = None
        session.flush()
    return True


def probe(session: Session, subscription: Subscription, *, now: datetime) -> None:
    """Ask a device whether what is sent shows there; the same again adds nothing."""
    patient = session.get(Patient, subscription.recipient_id)
    purpose = f"probe:{subscription.id}:{now:%Y-%m-%dT%H}"
    notification = Notification(
        MessageKind.PROBE,
        subscription.site_id,
        purpose,
        topic_of=purpose,
        not_before=now,
        expires_at=now + PROBE_KEPT_FOR,
        patient_id=patient.id if patient else None,
    )
    route = DeliveryRoute(Channel.WEB_PUSH, subscription.recipient_id, subscription.id)
    outbox.post_by(session, notification, route, now=now)
    subscription.probed_at = now
    session.flush()
