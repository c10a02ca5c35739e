"""What follows when a message cannot be brought: e-mail, a name on the call list, and the next rung."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import exists, func, or_, select
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
from api.services.messages.faults import PROBED_EVERY
from api.services.messages.outbox import DeliveryRoute, key_of, mailboxes

NO_NEXT_WAY = frozenset({MessageKind.PROBE, MessageKind.ACCOUNT_CHANGED, MessageKind.INVITATION})
"""Kinds that nobody is called about; an admin sees that an invitation was not used."""

_BROUGHT = (MessageState.DELIVERED, MessageState.REHEARSED)
_LIVE = (MessageState.PENDING, *_BROUGHT)


def lock_above(session: Session, alert_id: UUID | None, recipient_id: UUID) -> Alert | None:
    """Lock what is to be locked before a message that died: its alert, else the person it went to.

    Whoever answers the alert, or ends her monitoring, does it in the same order: no deadlock. Two workers
    to whom two devices of one person die at once are thereby one after the other: the second finds the
    first dead, and goes on by the next way.
    """
    if alert_id is not None:
        return session.get(Alert, alert_id, with_for_update=True)
    for people in (Patient, Staff):  # FOR NO KEY UPDATE: rows that only point at them are let through
        session.get(people, recipient_id, with_for_update={"key_share": True})
    return None


def fall_back(session: Session, dead: OutboxMessage, alert: Alert | None, *, now: datetime) -> None:
    """Go on by the next way if no other address of the recipient got the message, and hurry its alert.

    After push comes e-mail, after e-mail the call list, once for what a patient is asked. A webhook is
    nobody's way, and a probe asks for nothing: they have no next. What is told of an
    account goes by every way at once.
    """
    if dead.channel == Channel.WEBHOOK or dead.kind in NO_NEXT_WAY:
        return
    hurries = alert is not None and _nobody_knows(session, dead, alert, now=now)
    if not _got_elsewhere(session, dead) and not _has_left(session, dead):
        way = _next_way(session, dead, now=now)
        if way.channel is not Channel.CALL_LIST or not _was_asked_before(session, dead):
            insert_once(session, OutboxMessage, values=[_row(dead, way, now=now)])
    if alert is not None and hurries:  # e-mail is read later than a push: the next rung does not wait for it
        alert.next_rung_at = now


def is_better_kept(session: Session, message: OutboxMessage, *, now: datetime) -> bool:
    """Say whether a message to a patient waits until a broken way works again.

    It does where nothing but the call list is left: a wrong setting of ours must not have a whole clinic
    called about check-ins. What the team is to hear goes on at once.
    """
    if message.kind in FOR_STAFF or message.channel == Channel.WEBHOOK:
        return False
    in_time = now + PROBED_EVERY < message.expires_at
    return in_time and _next_way(session, message, now=now).channel is Channel.CALL_LIST


def _got_elsewhere(session: Session, dead: OutboxMessage) -> bool:
    """Say whether the same notice has reached the recipient, or still may, on another device."""
    same = (
        OutboxMessage.recipient_id == dead.recipient_id,
        OutboxMessage.topic == dead.topic,
        OutboxMessage.created_at == dead.created_at,
        OutboxMessage.state.in_(_LIVE),
    )
    return bool(session.scalar(select(exists().where(*same))))


def _has_left(session: Session, dead: OutboxMessage) -> bool:
    """Say whether the recipient was deactivated: nobody is asked to call somebody who works there no more."""
    gone = select(Staff.id).where(Staff.id == dead.recipient_id, ~Staff.active)
    return session.scalar(gone) is not None


def _next_way(session: Session, dead: OutboxMessage, *, now: datetime) -> DeliveryRoute:
    """Return by which way a dead message goes on."""
    by_mail = dead.channel == Channel.WEB_PUSH and dead.expires_at > now and _has_mailbox(session, dead)
    return DeliveryRoute(Channel.EMAIL if by_mail else Channel.CALL_LIST, dead.recipient_id)


def _was_asked_before(session: Session, dead: OutboxMessage) -> bool:
    """Say whether a reminder only repeats what was brought before, or what she is on the call list for.

    Where nothing comes, her team hears of it by the steps of asking; a nudge that dies tells nothing new.
    """
    purpose = dead.dedupe_key.rpartition(f":{dead.recipient_id}:")[0]
    asked_since = select(func.max(Reminder.due_at)).where(
        Reminder.patient_id == dead.recipient_id, Reminder.message == purpose
    )
    before = (
        OutboxMessage.recipient_id == dead.recipient_id,
        OutboxMessage.topic == dead.topic,
        OutboxMessage.created_at < dead.created_at,
        OutboxMessage.due_at >= asked_since.scalar_subquery(),
        or_(OutboxMessage.state.in_(_BROUGHT), OutboxMessage.channel == Channel.CALL_LIST),
    )
    return bool(session.scalar(select(exists().where(*before))))


def _row(dead: OutboxMessage, way: DeliveryRoute, *, now: datetime) -> dict[str, Any]:
    """Return the row that takes a dead one's place."""
    purpose = dead.dedupe_key.rpartition(":")[0]
    by_mail = way.channel is Channel.EMAIL
    return {
        "id": uuid4(),
        "dedupe_key": key_of(purpose, way),
        "site_id": dead.site_id,
        "kind": dead.kind,
        "recipient_id": dead.recipient_id,
        "channel": way.channel,
        "patient_id": dead.patient_id,
        "alert_id": dead.alert_id,
        "topic": dead.topic,
        "state": MessageState.PENDING if by_mail else MessageState.DEAD,
        "created_at": dead.created_at,
        "not_before": now,
        "expires_at": dead.expires_at,
        "due_at": now if by_mail else dead.due_at,
        "last_outcome": None if by_mail else "no device could be reached",
        "settled_at": None if by_mail else now,
    }


def _has_mailbox(session: Session, dead: OutboxMessage) -> bool:
    return session.execute(mailboxes([dead.recipient_id])).first() is not None


def _nobody_knows(session: Session, dead: OutboxMessage, alert: Alert, *, now: datetime) -> bool:
    """Say whether an open alert has a rung left and nobody of the present one can still hear of it.

    At the top the ladder keeps its pace: it would otherwise turn as fast as messages can die.
    """
    is_open = alert.status == AlertStatus.OPEN and alert.next_rung_at is not None
    if not is_open or escalate.is_at_top(session, alert, now=now):
        return False
    theirs = aliased(OutboxMessage)
    died_too = exists().where(
        theirs.alert_id == alert.id,
        theirs.recipient_id == OutboxMessage.recipient_id,
        theirs.created_at == OutboxMessage.created_at,
        theirs.channel == Channel.WEB_PUSH,
        theirs.state == MessageState.DEAD,
    )
    told = (
        OutboxMessage.alert_id == alert.id,
        OutboxMessage.created_at >= dead.created_at,
        OutboxMessage.state.in_(_LIVE),
        OutboxMessage.channel != Channel.WEBHOOK,
        or_(OutboxMessage.channel != Channel.EMAIL, ~died_too),
    )
    return not session.scalar(select(exists().where(*told)))
