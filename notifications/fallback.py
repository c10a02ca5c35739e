"""What follows when a message cannot be brought: the next rung, or a name on the call list."""

from datetime import datetime
from uuid import uuid4

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.answering import AlertStatus
from api.domain.escalation import LADDERS
from api.domain.findings import Tier
from api.domain.messages import Channel, MessageState
from api.models.alert import Alert
from api.models.outbox import OutboxMessage

_LIVE = (MessageState.PENDING, MessageState.DELIVERED)


def fall_back(session: Session, dead: OutboxMessage, alert: Alert | None, *, now: datetime) -> None:
    """Put the recipient on the call list if no other device got the message, and hurry its alert."""
    if not _got_elsewhere(session, dead):
        _call(session, dead, now=now)
    if alert is not None and _nobody_knows(session, dead, alert):
        alert.next_rung_at = now


def _got_elsewhere(session: Session, dead: OutboxMessage) -> bool:
    """Say whether the same notice has reached the recipient, or still may, on another device."""
    same = (
        OutboxMessage.recipient_id == dead.recipient_id,
        OutboxMessage.topic == dead.topic,
        OutboxMessage.created_at == dead.created_at,
        OutboxMessage.state.in_(_LIVE),
    )
    return bool(session.scalar(select(exists().where(*same))))


def _call(session: Session, dead: OutboxMessage, *, now: datetime) -> None:
    values = {
        "id": uuid4(),
        "dedupe_key": dead.dedupe_key.removesuffix(str(dead.subscription_id)) + "call",
        "site_id": dead.site_id,
        "kind": dead.kind,
        "recipient_id": dead.recipient_id,
        "channel": Channel.CALL_LIST,
        "patient_id": dead.patient_id,
        "alert_id": dead.alert_id,
        "topic": dead.topic,
        "state": MessageState.DEAD,
        "created_at": dead.created_at,
        "not_before": now,
        "expires_at": dead.expires_at,
        "last_outcome": "no device could be reached",
        "settled_at": now,
    }
    insert_once(session, OutboxMessage, values=[values])


def _nobody_knows(session: Session, dead: OutboxMessage, alert: Alert) -> bool:
    """Say whether an open alert has a rung left and nobody of the present one can still hear of it.

    At the top the ladder keeps its pace: it would otherwise turn as fast as messages can die.
    """
    is_open = alert.status == AlertStatus.OPEN and alert.next_rung_at is not None
    if not is_open or alert.rung >= len(LADDERS[Tier(alert.tier)].rungs):
        return False
    told = (
        OutboxMessage.alert_id == alert.id,
        OutboxMessage.created_at >= dead.created_at,
        OutboxMessage.state.in_(_LIVE),
    )
    return not session.scalar(select(exists().where(*told)))
