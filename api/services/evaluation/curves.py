"""Operating curves: what the same method does when its threshold moves."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from api.services.evaluation import rules
from api.services.evaluation.detection import (
    NEVER,
    Detection,
    delay_quantile,
    detect,
    false_per_year,
    sensitivity,
)
from api.services.evaluation.outcomes import PatientRecord

FOUND_BY_DAYS = 90


@dataclass(frozen=True, slots=True)
class Sweep:
    """A method whose threshold is moved."""

    name: str
    words: str
    alerts: Callable[[PatientRecord, float], list[int]]
    thresholds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """What one threshold gives."""

    sweep: Sweep
    threshold: float
    sensitivity_60d: float
    median_delay: float
    false_per_year: float


SWEEPS = (
    Sweep(
        "p_worsening",
        "engine's probability of worsening",
        rules.probable,
        (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
    ),
    Sweep(
        "weekly_mean", "7-day mean above the first 28 days", rules.weekly_mean, (1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
    ),
    Sweep("cusum", "CUSUM limit, in SDs", rules.cusum, (2.0, 4.0, 6.0, 10.0, 15.0, 25.0)),
)


def operating_points(records: Sequence[PatientRecord]) -> Iterator[Point]:
    """Yield every threshold of every sweep; none where nobody truly worsened."""
    if all(record.onset is None for record in records):
        return
    for sweep in SWEEPS:
        for threshold in sweep.thresholds:
            found = detect(records, partial(_alerts, sweep, threshold))
            yield Point(
                sweep, threshold, sensitivity(found, 60), delay_quantile(found, 0.5), false_per_year(found)
            )


def found_by_day(found: Detection) -> list[float]:
    """Return the share of onsets found by each day after onset, from 0 to 90."""
    return [sensitivity(found, day) for day in range(FOUND_BY_DAYS + 1)]


def is_known(point: Point) -> bool:
    """Say whether a point can be drawn."""
    return point.median_delay < NEVER


def _alerts(sweep: Sweep, threshold: float, record: PatientRecord) -> list[int]:
    return sweep.alerts(record, threshold)
