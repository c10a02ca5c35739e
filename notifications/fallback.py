"""Continues with the next channel, and the next rung, when a message cannot be delivered."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from api.db.bulk import insert_once
from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import FOR_STAFF, Channel, MessageKind, MessageState
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.models.staff import Staff
from api.services.alerts import escalate
from api.services.messages.addresses import ADDRESSES, DeliveryRoute, dedupe_key, purpose_of
from api.services.messages.faults import PROBED_EVERY
from notifications.channels.registry import CHANNELS

WITHOUT_FALLBACK = frozenset({MessageKind.PROBE, MessageKind.ACCOUNT_CHANGED, MessageKind.INVITATION})
"""Kinds that need no call: an admin sees that an invitation was not used."""

_DELIVERED = (MessageState.DELIVERED, MessageState.REHEARSED)
_LIVE = (MessageState.PENDING, *_DELIVERED)


def lock_alert_or_recipient(session: Session, alert_id: UUID | None, recipient_id: UUID) -> Alert | None:
    """Lock the alert of a dead message, or else its recipient, before the message itself.

    Answering an alert and ending monitoring lock in the same order, so there is no deadlock. If two
    devices of one person die at once, the second worker waits here, finds the first message dead,
    and continues with the next channel.
    """
    if alert_id is not None:
        return session.get(Alert, alert_id, with_for_update=True)
    for people in (Patient, Staff):  # FOR NO KEY UPDATE: does not block rows that reference the person
        session.get(people, recipient_id, with_for_update={"key_share": True})
    return None


def fall_back(session: Session, dead: OutboxMessage, alert: Alert | None, *, now: datetime) -> None:
    """Enqueue the next channel if no other address of the recipient got the message.

    The call list comes last, and once per request to a patient. Webhooks and `WITHOUT_FALLBACK` kinds
    have no next channel. If no recipient of an open alert can still receive it, its next rung is due
    at once.
    """
    if not _fallbacks(dead) or dead.kind in WITHOUT_FALLBACK:
        return
    is_unreachable = alert is not None and _is_unreachable(session, dead, alert, now=now)
    if not _reached_elsewhere(session, dead) and not _has_left(session, dead):
        for route in _next_routes(session, dead, now=now):
            if route.channel != Channel.CALL_LIST or not _was_requested_before(session, dead):
                insert_once(session, OutboxMessage, values=[_row(dead, route, now=now)])
    if alert is not None and is_unreachable:  # e-mail is read later than a push: the rung does not wait
        alert.next_rung_at = now


def waits_for_repair(session: Session, message: OutboxMessage, *, now: datetime) -> bool:
    """Return whether a message to a patient waits until a broken channel works again.

    It does if only the call list is left: a wrong setting must not make a whole clinic call patients
    about check-ins. Messages to staff fall back at once.
    """
    if message.kind in FOR_STAFF or not _fallbacks(message):
        return False
    if now + PROBED_EVERY >= message.expires_at:
        return False
    return all(route.channel == Channel.CALL_LIST for route in _next_routes(session, message, now=now))


def _fallbacks(message: OutboxMessage) -> tuple[str, ...]:
    return CHANNELS[message.channel].fallbacks() if message.channel in CHANNELS else ()


def _reached_elsewhere(session: Session, dead: OutboxMessage) -> bool:
    """Return whether the same notification reached the recipient on another device, or still may."""
    same = (
        OutboxMessage.recipient_id == dead.recipient_id,
        OutboxMessage.topic == dead.topic,
        OutboxMessage.created_at == dead.created_at,
        OutboxMessage.state.in_(_LIVE),
    )
    return bool(session.scalar(select(exists().where(*same))))


def _has_left(session: Session, dead: OutboxMessage) -> bool:
    """Return whether the recipient is deactivated staff, who must not be on the call list."""
    gone = select(Staff.id).where(Staff.id == dead.recipient_id, ~Staff.active)
    return session.scalar(gone) is not None


def _next_routes(session: Session, dead: OutboxMessage, *, now: datetime) -> list[DeliveryRoute]:
    """Return the routes of the next channel with an address; an expired message is only called about."""
    for channel in _fallbacks(dead):
        if dead.expires_at > now or channel == Channel.CALL_LIST:
            routes = ADDRESSES[channel].find(session, [dead.recipient_id])
            if routes:
                return routes
    return []


def _was_requested_before(session: Session, dead: OutboxMessage) -> bool:
    """Return whether a reminder repeats one that was delivered, or is on the call list already.

    The follow-up steps of reminders inform the team about patients without entries.
    """
    purpose = purpose_of(dead.dedupe_key, dead.recipient_id)
    due_at = select(func.max(Reminder.due_at)).where(
        Reminder.patient_id == dead.recipient_id, Reminder.message == purpose
    )
    before = (
        OutboxMessage.recipient_id == dead.recipient_id,
        OutboxMessage.topic == dead.topic,
        OutboxMessage.created_at < dead.created_at,
        OutboxMessage.due_at >= due_at.scalar_subquery(),
        or_(OutboxMessage.state.in_(_DELIVERED), OutboxMessage.channel == Channel.CALL_LIST),
    )
    return bool(session.scalar(select(exists().where(*before))))


def _row(dead: OutboxMessage, route: DeliveryRoute, *, now: datetime) -> dict[str, Any]:
    """Return the row that replaces a dead one."""
    is_call = route.channel == Channel.CALL_LIST
    return {
        "id": uuid4(),
        "dedupe_key": dedupe_key(purpose_of(dead.dedupe_key, dead.recipient_id), route),
        "site_id": dead.site_id,
        "kind": dead.kind,
        "recipient_id": dead.recipient_id,
        "channel": route.channel,
        "subscription_id": route.subscription_id,
        "patient_id": dead.patient_id,
        "alert_id": dead.alert_id,
        "topic": dead.topic,
        "state": MessageState.DEAD if is_call else MessageState.PENDING,
        "created_at": dead.created_at,
        "not_before": now,
        "expires_at": dead.expires_at,
        "due_at": dead.due_at if is_call else now,
        "last_outcome": "no device could be reached" if is_call else None,
        "settled_at": now if is_call else None,
    }


def _is_unreachable(session: Session, dead: OutboxMessage, alert: Alert, *, now: datetime) -> bool:
    """Return whether an open alert has a rung left and no recipient of the present one can receive it.

    At the top rung the ladder keeps its pace, or it would turn as fast as messages can die.
    """
    is_open = alert.status == AlertStatus.OPEN and alert.next_rung_at is not None
    if not is_open or escalate.is_at_top(session, alert, now=now):
        return False
    before = aliased(OutboxMessage)
    personal = {name: channel.fallbacks() for name, channel in CHANNELS.items() if channel.fallbacks()}
    took_over = exists().where(
        before.alert_id == alert.id,
        before.recipient_id == OutboxMessage.recipient_id,
        before.created_at == OutboxMessage.created_at,
        before.state == MessageState.DEAD,
        or_(
            *(
                and_(before.channel == name, OutboxMessage.channel.in_(later))
                for name, later in personal.items()
            )
        ),
    )
    live = (
        OutboxMessage.alert_id == alert.id,
        OutboxMessage.created_at >= dead.created_at,
        OutboxMessage.state.in_(_LIVE),
        OutboxMessage.channel.in_(personal),
        ~took_over,
    )
    return not session.scalar(select(exists().where(*live)))
