"""Escalates unanswered alerts, reopens those set aside, and expires unsent messages."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import MessageState
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.services import counters
from api.services.alerts import budget, escalate, events
from notifications.fallback import fall_back, lock_alert_or_recipient
from notifications.jobs.each_alone import each_alone

MOST = 500
"""Changes per run; the rest follow in the next."""


def escalate_overdue(database: Database, *, now: datetime) -> int:
    """Notify the next rung of every open alert that is overdue; return the number of alerts."""
    overdue = (Alert.status == AlertStatus.OPEN, Alert.times_notified > 0, Alert.next_rung_at <= now)
    return _each_alert(database, overdue, lambda session, alert: _escalate(session, alert, now=now))


def reopen_unresolved(database: Database, *, now: datetime) -> int:
    """Reopen alerts whose snooze is over, or that were not resolved in time; return the number."""
    over = (Alert.status.in_((AlertStatus.SNOOZED, AlertStatus.ACKNOWLEDGED)), Alert.reopens_at <= now)
    return _each_alert(
        database, over, lambda session, alert: events.reopen(session, alert, "reopened", now=now)
    )


def release_held_back(database: Database, *, now: datetime) -> int:
    """Notify teams of alerts that were held back and now fit into the budget; return the number."""
    held = select(Alert.site_id).where(Alert.closed_at.is_(None), budget.IS_HELD).distinct()
    with database.read() as session:
        sites = session.scalars(held).all()
    return each_alone(
        database,
        sites,
        lambda session, site_id: budget.release_held(session, site_id, now=now),
        what="held-back alerts could not be released",
        label="site_id",
        check=lambda session, site_id: budget.has_releasable(session, site_id, now=now),
    )


def expire_unsent(database: Database, *, now: datetime) -> int:
    """Give up messages that were not sent in time, so that fallbacks and escalation go on.

    A relay does so with messages it claims. This is for those it may not claim, such as messages of a
    channel that is stopped or not configured. Messages about alerts come first.

    Returns:
        The number of messages given up.
    """
    pending = (OutboxMessage.state == MessageState.PENDING, OutboxMessage.not_before <= now)  # not leased
    expired = (*pending, OutboxMessage.expires_at <= now)
    alerts_first = select(OutboxMessage.id).where(*expired).order_by(OutboxMessage.alert_id.is_(None))
    with database.read() as session:
        ids = session.scalars(alerts_first).all()
    return each_alone(
        database,
        ids,
        lambda session, message_id: _expire(session, message_id, expired, now=now),
        what="message could not be given up",
        label="message_id",
        most=MOST,
    )


def _each_alert(
    database: Database, condition: tuple[ColumnElement[bool], ...], step: Callable[[Session, Alert], None]
) -> int:
    """Run a step for alerts that meet a condition, oldest first; return the number."""

    def locked(session: Session, alert_id: UUID) -> bool:
        query = select(Alert).where(Alert.id == alert_id, *condition).with_for_update(skip_locked=True)
        alert = session.scalar(query)
        if alert is not None:  # else another worker has it, or it was answered
            step(session, alert)
        return alert is not None

    with database.read() as session:
        ids = session.scalars(select(Alert.id).where(*condition).order_by(Alert.opened_at)).all()
    return each_alone(database, ids, locked, what="alert could not be escalated", label="alert_id", most=MOST)


def _escalate(session: Session, alert: Alert, *, now: datetime) -> None:
    escalate.notify_next_rung(session, alert, now=now)
    counters.add(session, {(counters.ESCALATIONS, alert.tier): 1}, source=counters.once())


def _expire(
    session: Session, message_id: UUID, expired: tuple[ColumnElement[bool], ...], *, now: datetime
) -> bool:
    context = select(OutboxMessage.alert_id, OutboxMessage.recipient_id)
    alert_id, recipient_id = session.execute(context.where(OutboxMessage.id == message_id)).one()
    alert = lock_alert_or_recipient(session, alert_id, recipient_id)
    query = select(OutboxMessage).where(OutboxMessage.id == message_id, *expired)
    row = session.scalar(query.with_for_update(skip_locked=True))
    if row is not None:  # else it was answered, or a relay has it
        row.state, row.settled_at, row.last_outcome = MessageState.DEAD, now, "expired"
        session.flush()
        fall_back(session, row, alert, now=now)
        counters.add(session, {(counters.SENDS, f"{row.channel} dead"): 1}, source=counters.once())
    return row is not None
