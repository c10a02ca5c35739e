"""Alerts nobody answered climb, those set aside come back: on the worker's time, not on new traffic."""

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import MessageState
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.services import counters
from api.services.alerts import budget, escalate, events
from notifications.fallback import fall_back, lock_above

log = logging.getLogger(__name__)

AT_ONCE = 500
"""How many alerts one tick lets climb; the rest come with the next."""


def escalate_overdue(database: Database, *, now: datetime) -> int:
    """Tell the next rung of every open alert whose time has come; return how many climbed."""
    overdue = (Alert.status == AlertStatus.OPEN, Alert.times_notified > 0, Alert.next_rung_at <= now)
    return _each_alert(database, overdue, lambda session, alert: _climb(session, alert, now=now))


def climb_over_expired(database: Database, *, now: datetime) -> int:
    """Give up messages that nobody sent in time, so that ladders climb and the next way is tried.

    A relay does so with what it claims; this is for what it may not claim, such as the messages of a
    channel that is stopped, or has no key. Those about alerts come first.

    Returns:
        How many were given up.
    """
    alerts_first = select(OutboxMessage.id).where(*_expired(now)).order_by(OutboxMessage.alert_id.is_(None))
    return _each(database, alerts_first, lambda message_id: _give_up(database, message_id, now=now))


def tell_held_back(database: Database, *, now: datetime) -> int:
    """Tell the teams of what was held back and now has its place in the budget; return how much."""
    held = select(Alert.site_id).where(Alert.closed_at.is_(None), budget.IS_HELD).distinct()
    with database.read() as session:
        sites = session.scalars(held).all()
    return sum(_at_site(database, site, now=now) for site in sites)


def reopen_unsettled(database: Database, *, now: datetime) -> int:
    """Open the alerts again whose snooze is over, or that nobody resolved in time; return how many."""
    set_aside = (AlertStatus.SNOOZED, AlertStatus.ACKNOWLEDGED)
    over = (Alert.status.in_(set_aside), Alert.reopens_at <= now)
    return _each_alert(
        database, over, lambda session, alert: events.reopen(session, alert, "reopened", now=now)
    )


def _each_alert(
    database: Database,
    condition: tuple[ColumnElement[bool], ...],
    step: Callable[[Session, Alert], None],
) -> int:
    oldest_first = select(Alert.id).where(*condition).order_by(Alert.opened_at)
    return _each(database, oldest_first, lambda alert_id: _one(database, alert_id, condition, step))


def _each(database: Database, waiting: Select[UUID], step: Callable[[UUID], bool]) -> int:
    """Take a step with each, in a transaction of its own, until ``AT_ONCE`` are done; return how many.

    One that fails holds up no other: it is passed over, and not counted.
    """
    with database.read() as session:
        ids = session.scalars(waiting).all()
    return len(list(islice(filter(step, ids), AT_ONCE)))


def _one(
    database: Database,
    alert_id: UUID,
    condition: tuple[ColumnElement[bool], ...],
    step: Callable[[Session, Alert], None],
) -> bool:
    try:
        with database.begin() as session:
            alert = session.scalar(
                select(Alert).where(Alert.id == alert_id, *condition).with_for_update(skip_locked=True)
            )
            if alert is not None:  # else another worker has it, or somebody has answered
                step(session, alert)
            return alert is not None
    except Exception:
        log.exception("alert could not climb", extra={"alert_id": alert_id})
        return False


def _climb(session: Session, alert: Alert, *, now: datetime) -> None:
    escalate.notify_next_rung(session, alert, now=now)
    counters.add(session, {(counters.ESCALATIONS, alert.tier): 1}, source=counters.once())


def _expired(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Ask for messages that wait past their end; one under way has its lease."""
    waits = (OutboxMessage.state == MessageState.PENDING, OutboxMessage.not_before <= now)
    return *waits, OutboxMessage.expires_at <= now


def _give_up(database: Database, message_id: UUID, *, now: datetime) -> bool:
    try:
        with database.begin() as session:
            of_it = select(OutboxMessage.alert_id, OutboxMessage.recipient_id)
            about, whom = session.execute(of_it.where(OutboxMessage.id == message_id)).one()
            alert = lock_above(session, about, whom)
            query = select(OutboxMessage).where(OutboxMessage.id == message_id, *_expired(now))
            row = session.scalar(query.with_for_update(skip_locked=True))
            if row is not None:  # else it was answered, or a relay has it
                row.state, row.settled_at, row.last_outcome = MessageState.DEAD, now, "expired"
                session.flush()
                fall_back(session, row, alert, now=now)
                counters.add(session, {(counters.SENDS, f"{row.channel} dead"): 1}, source=counters.once())
            return row is not None
    except Exception:
        log.exception("message could not be given up", extra={"message_id": message_id})
        return False


def _at_site(database: Database, site_id: UUID, *, now: datetime) -> int:
    try:
        with database.read() as session:
            if not budget.has_releasable(session, site_id, now=now):
                return 0  # the writer's lock is not even asked for
        with database.begin() as session:
            return budget.release_held(session, site_id, now=now)
    except Exception:
        log.exception("what is held back could not be told", extra={"site_id": site_id})
        return 0
