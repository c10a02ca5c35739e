"""Receipts of devices, and probes of devices that send none."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.domain.delivery.messages import TEST_LIFETIME, Channel, MessageKind, MessageState, ReceiptEvent
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.services.messages import outbox
from api.services.messages.addresses import DeliveryRoute

_ACCEPTED = (MessageState.PENDING, MessageState.DELIVERED)
"""Pending too: a phone may answer before the delivery is recorded."""


def is_known(session: Session, message_id: UUID) -> bool:
    """Return whether a push of this id was sent."""
    sent = exists().where(OutboxMessage.id == message_id, OutboxMessage.channel == Channel.WEB_PUSH)
    return bool(session.scalar(select(sent)))


def take(session: Session, message_id: UUID, event: ReceiptEvent, *, at: datetime, now: datetime) -> bool:
    """Store the first receipt of each event of a push; return whether the push is known.

    A device that sends a receipt counts as reliable again. An impossible time is moved into range.
    """
    pushed = select(OutboxMessage).where(
        OutboxMessage.id == message_id,
        OutboxMessage.channel == Channel.WEB_PUSH,
        OutboxMessage.state.in_(_ACCEPTED),
    )
    message = session.scalar(pushed.with_for_update())
    if message is None:
        return False
    moment = min(max(at, message.created_at), now)
    column = f"{event.value}_at"
    if getattr(message, column) is None:
        setattr(message, column, moment)
    session.flush()
    # a locked address is being retired or registered again, and waiting for it could deadlock
    address = select(Subscription).where(Subscription.id == message.subscription_id)
    subscription = session.scalar(address.with_for_update(skip_locked=True))
    if subscription is not None:
        subscription.last_receipt_at = now
        subscription.probed_at = subscription.distrusted_at = None
        session.flush()
    return True


def send_test(session: Session, subscription: Subscription, *, now: datetime) -> OutboxMessage:
    """Send the owner of a device a test notification, by the same way as every message; return it."""
    patient = session.get(Patient, subscription.recipient_id)
    message_id = uuid4()
    notification = outbox.Notification(
        MessageKind.PROBE,
        subscription.site_id,
        f"test:{message_id}",
        topic_of=f"test:{subscription.id}",
        not_before=now,
        expires_at=now + TEST_LIFETIME,
        patient_id=patient.id if patient else None,
    )
    route = DeliveryRoute(Channel.WEB_PUSH, subscription.recipient_id, subscription.id)
    outbox.post_by(session, notification, route, now=now, message_id=message_id)
    return session.get_one(OutboxMessage, message_id)


def last_test(session: Session, subscription: Subscription) -> OutboxMessage | None:
    """Return the newest test notification to a device, its owner's or the server's own; None: none."""
    of_device = select(OutboxMessage).where(
        OutboxMessage.subscription_id == subscription.id, OutboxMessage.kind == MessageKind.PROBE
    )
    return session.scalar(of_device.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id).limit(1))


def probe(session: Session, subscription: Subscription, *, now: datetime) -> None:
    """Send a probe that tests whether a device shows messages; repeating the call adds nothing."""
    patient = session.get(Patient, subscription.recipient_id)
    purpose = f"probe:{subscription.id}:{now:%Y-%m-%dT%H}"
    notification = outbox.Notification(
        MessageKind.PROBE,
        subscription.site_id,
        purpose,
        topic_of=purpose,
        not_before=now,
        patient_id=patient.id if patient else None,
    )
    route = DeliveryRoute(Channel.WEB_PUSH, subscription.recipient_id, subscription.id)
    outbox.post_by(session, notification, route, now=now)
    subscription.probed_at = now
    session.flush()
