"""Gauges read from tables at each scrape: bounded queries, each served by an index."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.finding import Tier
from api.domain.alerts.status import CLOSED, AlertStatus
from api.domain.delivery.limits import LONGEST_SILENCE
from api.domain.delivery.messages import AUTOMATIC_CHANNELS, Channel, MessageState
from api.models.alert import Alert
from api.models.outbox import ChannelStop, Heartbeat, OutboxMessage
from api.models.patient import Trajectory
from api.services.messages import draining, faults
from api.services.messages.outbox_status import LATE
from api.services.scoring import rejected_items
from api.services.scoring.unscored import NOT_SCORED

DEAD_FOR = timedelta(days=7)
"""Period in which undeliverable messages are counted."""

_MACHINES = tuple(sorted(AUTOMATIC_CHANNELS))
_WAITING = tuple(status for status in AlertStatus if status not in CLOSED)


def of_outbox(session: Session, *, now: datetime) -> list[Metric]:
    """Measure waiting and recently failed messages, by channel."""
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
    waiting, late_ones, oldest, unsent = ({row[0]: row[column] for row in rows} for column in range(1, 5))
    return [
        _by_channel("aimss_outbox_waiting", "Messages not yet sent, due or not.", waiting),
        _by_channel(
            "aimss_outbox_late", "Messages due for more than a minute that no worker has taken.", late_ones
        ),
        _by_channel(
            "aimss_outbox_oldest_due_seconds",
            "Time the oldest due message has waited for a worker.",
            _ages(oldest, now),
        ),
        _by_channel(
            "aimss_outbox_oldest_unsent_seconds",
            "The same, with messages in delivery or tried without success.",
            _ages(unsent, now),
        ),
        _by_channel(
            "aimss_outbox_dead",
            "Messages of 7 days that could not be delivered; call_list: a person must call.",
            _dead(session, now),
            tuple(Channel),
        ),
        _by_channel(
            "aimss_channel_stopped",
            "1: an operator has stopped the channel.",
            dict.fromkeys(session.scalars(select(ChannelStop.channel)), 1),
        ),
        _by_channel(
            "aimss_channel_broken",
            "Destinations of the channel that fail by a fault of this server: check its settings.",
            Counter(fault.channel for fault in faults.list_broken(session)),
        ),
        _single(
            "aimss_planning_paused",
            "1: an operator drains the outbox, no reminder is planned.",
            draining.is_planning_paused(session, now=now),
        ),
    ]


def of_workers(session: Session, *, now: datetime) -> list[Metric]:
    """Measure the number of live workers and the age of their ticks."""
    ticks = session.scalars(select(Heartbeat.ticked_at)).all()
    ages = [max((now - tick).total_seconds(), 0.0) for tick in ticks]
    live = [age for age in ages if age <= LONGEST_SILENCE.total_seconds()]
    return [
        _single("aimss_workers", "Delivery workers that have ticked in the last two minutes.", len(live)),
        _single(
            "aimss_worker_newest_tick_seconds",
            "Since any worker ticked; -1: none in a day.",
            min(ages, default=-1.0),
        ),
        _single(
            "aimss_worker_oldest_tick_seconds",
            "Since the oldest tick of a live worker; -1: there is none.",
            max(live, default=-1.0),
        ),
    ]


def of_alerts(session: Session) -> list[Metric]:
    """Measure the alerts that wait for the teams."""
    rows = session.execute(
        select(Alert.tier, Alert.status, func.count())
        .where(Alert.closed_at.is_(None))
        .group_by(Alert.tier, Alert.status)
    )
    found = {(tier, status): float(count) for tier, status, count in rows}
    family = GaugeMetricFamily(
        "aimss_alerts_waiting", "Alerts that are not closed.", labels=["tier", "status"]
    )
    for tier, status in product(Tier, _WAITING):
        family.add_metric([tier, status], found.get((tier, status), 0.0))
    return [family]


def of_patients(session: Session) -> list[Metric]:
    """Measure received entries, unscored patients and rejected items; one row a patient is read."""
    received = session.scalar(select(func.sum(Trajectory.change_seq))) or 0
    not_scored = session.scalar(select(func.count()).where(Trajectory.status == NOT_SCORED)) or 0
    rejected = rejected_items.count_unreviewed(session)
    return [
        _single("aimss_entries_received", "Entries, corrections and withdrawals received.", received),
        _single("aimss_patients_not_scored", "Patients whose entries could not be scored.", not_scored),
        _single(
            "aimss_patients_with_refused_items",
            "Patients with rejected items that the team has not reviewed.",
            rejected.patients,
        ),
        _single(
            "aimss_refused_items_waiting", "Rejected items that the team has not reviewed.", rejected.items
        ),
    ]


def _single(name: str, description: str, value: float) -> Metric:
    return GaugeMetricFamily(name, description, value=float(value))


def _by_channel(
    name: str, description: str, found: Mapping[str, Any], channels: Iterable[str] = _MACHINES
) -> Metric:
    """Return a gauge with a value for every channel; 0 where ``found`` has none."""
    family = GaugeMetricFamily(name, description, labels=["channel"])
    for channel in channels:
        family.add_metric([channel], float(found.get(channel, 0)))
    return family


def _dead(session: Session, now: datetime) -> Mapping[str, Any]:
    """Count by ``not_before``: it has an index and differs from the time of death by at most a lease."""
    lately = (OutboxMessage.state == MessageState.DEAD, OutboxMessage.not_before >= now - DEAD_FOR)
    rows = session.execute(
        select(OutboxMessage.channel, func.count()).where(*lately).group_by(OutboxMessage.channel)
    )
    return {channel: count for channel, count in rows}  # noqa: C416 - rows are no pairs to mypy


def _ages(moments: Mapping[str, Any], now: datetime) -> Mapping[str, float]:
    return {
        channel: max((now - moment).total_seconds(), 0.0)
        for channel, moment in moments.items()
        if moment is not None
    }
