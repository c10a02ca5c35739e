"""The operator's figures together: gauges worked out of tables when asked, counters counted in tables.

Labels are channels, outcomes, tiers and states only, each with every value there is, so that a series
never appears or vanishes with the data, and nobody can be told from a label.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sqlalchemy.orm import Session

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import BY_MACHINE
from api.domain.delivery.metrics import ACKNOWLEDGED_S, BEYOND, LATENESS_S, SUM, SendOutcome
from api.services import counters
from api.services.monitoring import gauges
from api.services.monitoring.exposition import MetricFamily, MetricSample
from api.services.monitoring.figures import WORDS

MACHINES = tuple(sorted(BY_MACHINE))
TEAM_TIERS = (Tier.SAME_DAY, Tier.ROUTINE)
"""Tiers the team is told of."""


@dataclass(frozen=True, slots=True)
class _Histogram:
    """A metric that sorts times into classes."""

    name: str
    label: str
    values: Sequence[str]
    bounds: Sequence[float]


COUNTERS: Mapping[str, Mapping[str, Sequence[str]]] = {
    counters.SENDS: {"channel": MACHINES, "outcome": tuple(SendOutcome)},
    counters.ESCALATIONS: {"tier": TEAM_TIERS},
    counters.SIGN_INS: {"who": ("staff", "patient"), "outcome": ("started", "failed")},
    counters.DENIED: {"status": ("401", "403", "429")},
}
HISTOGRAMS = (
    _Histogram(counters.LATENESS, "channel", MACHINES, LATENESS_S),
    _Histogram(counters.ACKNOWLEDGED, "tier", TEAM_TIERS, ACKNOWLEDGED_S),
)


def measure(session: Session, *, now: datetime) -> list[MetricFamily]:
    """Return every metric of this server, over all its sites together."""
    counted = counters.totals(session)
    return [
        *gauges.of_outbox(session, now=now),
        *gauges.of_workers(session, now=now),
        *gauges.of_alerts(session),
        *gauges.of_patients(session),
        *(_counter(name, labels, counted) for name, labels in COUNTERS.items()),
        *(_histogram(each, counted) for each in HISTOGRAMS),
    ]


def _counter(name: str, labels: Mapping[str, Sequence[str]], counted: counters.Counts) -> MetricFamily:
    samples = (
        MetricSample(counted.get((name, " ".join(values)), 0.0), dict(zip(labels, values, strict=True)))
        for values in product(*labels.values())
    )
    return MetricFamily(name, "counter", WORDS[name], tuple(samples))


def _histogram(histogram: _Histogram, counted: counters.Counts) -> MetricFamily:
    samples = (sample for value in histogram.values for sample in _classes(histogram, value, counted))
    return MetricFamily(histogram.name, "histogram", WORDS[histogram.name], tuple(samples))


def _classes(histogram: _Histogram, value: str, counted: counters.Counts) -> Iterator[MetricSample]:
    labels, so_far = {histogram.label: value}, 0.0
    for bound in [*(f"{each:g}" for each in histogram.bounds), BEYOND]:
        so_far += counted.get((histogram.name, f"{value} {bound}"), 0.0)
        yield MetricSample(so_far, labels | {"le": bound}, "_bucket")
    yield MetricSample(counted.get((histogram.name, f"{value} {SUM}"), 0.0), labels, "_sum")
    yield MetricSample(so_far, labels, "_count")
