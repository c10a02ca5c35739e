"""Metrics of this server for Prometheus: gauges read from tables, counters counted in tables.

Labels hold channels, outcomes, tiers and states only, each with every value there is, so that no
series appears or vanishes with the data and no label identifies a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import AUTOMATIC_CHANNELS
from api.domain.delivery.send_outcomes import ACKNOWLEDGED_S, BEYOND, LATENESS_S, SUM, SendOutcome
from api.services import counters
from api.services.monitoring import gauges

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4

MACHINES = tuple(sorted(AUTOMATIC_CHANNELS))
TEAM_TIERS = (Tier.SAME_DAY, Tier.ROUTINE)
"""Tiers whose alerts are sent to the team."""


_Counter = tuple[str, str, Mapping[str, Sequence[str]]]
_Histogram = tuple[str, str, str, Sequence[str], Sequence[float]]

COUNTERS: Sequence[_Counter] = (
    (
        counters.SENDS,
        "Attempts to deliver a message, by outcome.",
        {"channel": MACHINES, "outcome": tuple(SendOutcome)},
    ),
    (counters.ESCALATIONS, "Rungs escalated to because the alert had no answer.", {"tier": TEAM_TIERS}),
    (
        counters.SIGN_INS,
        "Attempts to sign in that were not throttled, by outcome.",
        {"who": ("staff", "patient"), "outcome": ("started", "failed")},
    ),
    (counters.DENIED, "Requests answered with 401, 403 or 429.", {"status": ("401", "403", "429")}),
)
"""Counts of events by name and description, for every combination of the values of their labels."""

_LATENESS = "From the moment a message was meant to go until it was taken."
_ANSWERED = "From the notification of the team until its answer."
HISTOGRAMS: Sequence[_Histogram] = (
    (counters.LATENESS, _LATENESS, "channel", MACHINES, LATENESS_S),
    (counters.ACKNOWLEDGED, _ANSWERED, "tier", TEAM_TIERS, ACKNOWLEDGED_S),
)
"""Times in seconds by name and description, for each value of a label, and the bounds of their buckets."""


class ServerCollector(Collector):
    """Collector of every metric of this server, over all its sites together."""

    def __init__(self, session: Session, *, now: datetime) -> None:
        """Read from ``session`` at each collection; ages are measured at ``now``."""
        self._session = session
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with its samples."""
        counted = counters.totals(self._session)
        yield from gauges.of_outbox(self._session, now=self._now)
        yield from gauges.of_workers(self._session, now=self._now)
        yield from gauges.of_alerts(self._session)
        yield from gauges.of_patients(self._session)
        yield from (_counter(each, counted) for each in COUNTERS)
        yield from (_histogram(each, counted) for each in HISTOGRAMS)


def exposition(session: Session, *, now: datetime) -> bytes:
    """Return every metric in Prometheus' text format, of ``MEDIA_TYPE``.

    Nothing is registered: the library's global registry, with its metrics of the process, stays unused.
    """
    return generate_latest(ServerCollector(session, now=now))


def _counter(counter: _Counter, counted: counters.Counts) -> Metric:
    name, description, labels = counter
    family = CounterMetricFamily(name, description, labels=list(labels))
    for values in product(*labels.values()):
        family.add_metric(values, counted.get((name, " ".join(values)), 0.0))
    return family


def _histogram(histogram: _Histogram, counted: counters.Counts) -> Metric:
    name, description, label, values, bounds = histogram
    family = HistogramMetricFamily(name, description, labels=[label])
    for value in values:
        buckets, cumulative = [], 0.0
        for bound in [*(f"{each:g}" for each in bounds), BEYOND]:
            cumulative += counted.get((name, f"{value} {bound}"), 0.0)
            buckets.append((bound, cumulative))
        family.add_metric([value], buckets, counted.get((name, f"{value} {SUM}"), 0.0))
    return family
