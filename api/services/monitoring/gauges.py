"""What is so now, worked out of tables when somebody asks: bounded queries, each by an index."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.finding import Tier
from api.domain.alerts.status import CLOSED, AlertStatus
from api.domain.delivery.limits import LONGEST_SILENCE
from api.domain.delivery.messages import BY_MACHINE, Channel, MessageState
from api.models.alert import Alert
from api.models.outbox import ChannelStop, Heartbeat, OutboxMessage
from api.models.patient import Trajectory
from api.services.messages import draining, faults
from api.services.messages.delivery import LATE
from api.services.monitoring.exposition import MetricFamily, MetricSample
from api.services.monitoring.figures import by_channel, gauge, one
from api.services.scoring import rejected_items
from api.services.scoring.unscored import NOT_SCORED

DEAD_FOR = timedelta(days=7)
"""How far back what died is counted."""

_MACHINES = tuple(sorted(BY_MACHINE))
_WAITING = tuple(status for status in AlertStatus if status not in CLOSED)


def of_outbox(session: Session, *, now: datetime) -> list[MetricFamily]:
    """Measure what waits, by channel, and what died lately."""
    due, late = OutboxMessage.not_before <= now, OutboxMessage.not_before <= now - LATE
    counted = func.count(OutboxMessage.id)
    rows = session.execute(
        select(
            OutboxMessage.channel,
            counted,
            counted.filter(late),
            func.min(OutboxMessage.not_before, type_=UtcDateTime).filter(due),
            func.min(OutboxMessage.due_at, type_=UtcDateTime),
        )
        .where(OutboxMessage.state == MessageState.PENDING)
        .group_by(OutboxMessage.channel)
    ).all()
    waiting, behind, oldest, unsent = ({row[0]: row[place] for row in rows} for place in range(1, 5))
    return [
        by_channel("aimss_outbox_waiting", waiting, _MACHINES),
        by_channel("aimss_outbox_late", behind, _MACHINES),
        by_channel("aimss_outbox_oldest_due_seconds", _ages(oldest, now), _MACHINES),
        by_channel("aimss_outbox_oldest_unsent_seconds", _ages(unsent, now), _MACHINES),
        by_channel("aimss_outbox_dead", _dead(session, now), tuple(Channel)),
        by_channel("aimss_channel_stopped", _stops(session), _MACHINES),
        by_channel("aimss_channel_broken", _faults(session), _MACHINES),
        one("aimss_planning_paused", draining.is_planning_paused(session, now=now)),
    ]


def of_workers(session: Session, *, now: datetime) -> list[MetricFamily]:
    """Measure how many workers live, and how long ago they ticked."""
    ticks = session.scalars(select(Heartbeat.ticked_at)).all()
    ages = [max((now - tick).total_seconds(), 0.0) for tick in ticks]
    live = [age for age in ages if age <= LONGEST_SILENCE.total_seconds()]
    return [
        one("aimss_workers", len(live)),
        one("aimss_worker_newest_tick_seconds", min(ages, default=-1.0)),
        one("aimss_worker_oldest_tick_seconds", max(live, default=-1.0)),
    ]


def of_alerts(session: Session) -> list[MetricFamily]:
    """Measure how many alerts wait for the teams."""
    rows = session.execute(
        select(Alert.tier, Alert.status, func.count())
        .where(Alert.closed_at.is_(None))
        .group_by(Alert.tier, Alert.status)
    )
    found = {(tier, status): float(count) for tier, status, count in rows}
    samples = (
        MetricSample(found.get((tier, status), 0.0), {"tier": tier, "status": status})
        for tier in Tier
        for status in _WAITING
    )
    return [gauge("aimss_alerts_waiting", samples)]


def of_patients(session: Session) -> list[MetricFamily]:
    """Measure what has come in, and what could not be scored: one row a patient is looked at."""
    received = session.scalar(select(func.sum(Trajectory.change_seq))) or 0
    not_scored = session.scalar(select(func.count()).where(Trajectory.status == NOT_SCORED)) or 0
    refused = rejected_items.waiting(session)
    return [
        one("aimss_entries_received", received),
        one("aimss_patients_not_scored", not_scored),
        one("aimss_patients_with_refused_items", refused.patients),
        one("aimss_refused_items_waiting", refused.items),
    ]


def _dead(session: Session, now: datetime) -> Mapping[str, Any]:
    """Count by ``not_before``, which has an index and is at most one lease from when a message died."""
    lately = (OutboxMessage.state == MessageState.DEAD, OutboxMessage.not_before >= now - DEAD_FOR)
    rows = session.execute(
        select(OutboxMessage.channel, func.count()).where(*lately).group_by(OutboxMessage.channel)
    )
    return {channel: count for channel, count in rows}  # noqa: C416 - rows are no pairs to mypy


def _stops(session: Session) -> Mapping[str, Any]:
    return dict.fromkeys(session.scalars(select(ChannelStop.channel)), 1)


def _faults(session: Session) -> Mapping[str, Any]:
    return Counter(fault.channel for fault in faults.broken(session))


def _ages(moments: Mapping[str, Any], now: datetime) -> Mapping[str, float]:
    return {
        channel: max((now - moment).total_seconds(), 0.0)
        for channel, moment in moments.items()
        if moment is not None
    }
