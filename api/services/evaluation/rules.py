"""Simple threshold rules for comparison, on the same diaries and with 28 days between two alerts.

The engine is worth only its advantage over these.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.domain.constants import DAYS_PER_WEEK
from api.services.evaluation.outcomes import BASELINE_DAYS, Ints, PatientRecord

AGAIN_AFTER_DAYS = 28

_HIGH, _VERY_HIGH, _RISE = 4.0, 7.0, 2.0
_SLACK, _LIMIT_SDS, _LEAST_SD = 1.2, 10.0, 0.5


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Rule that alerts: a short name, a description, and the function that gives its days."""

    name: str
    description: str
    alerts: Callable[[PatientRecord], list[int]]


def space_alerts(days: Iterable[int]) -> list[int]:
    """Return the days with an alert, of those on which a rule holds: at least 28 days apart.

    >>> space_alerts([5, 6, 32, 33, 70])
    [5, 33, 70]
    """
    alerts: list[int] = []
    for day in days:
        if not alerts or day - alerts[-1] >= AGAIN_AFTER_DAYS:
            alerts.append(day)
    return alerts


def any_high(record: PatientRecord) -> list[int]:
    """Alert on any answer of 4 or more."""
    return _space(record.worst_pain.days[record.worst_pain.values >= _HIGH])


def any_rise(record: PatientRecord) -> list[int]:
    """Alert, after the first 28 days, on any answer 2 above their mean, or of 7 or more."""
    baseline = record.worst_pain.baseline(record.first)
    if not len(baseline):
        return []
    high = (record.worst_pain.values >= baseline.mean() + _RISE) | (record.worst_pain.values >= _VERY_HIGH)
    return _space(record.worst_pain.days[high & _after_baseline(record)])


def weekly_mean(record: PatientRecord, rise: float = _RISE) -> list[int]:
    """Alert, after the first 28 days, when the mean of the last 7 days is 2 above their mean."""
    baseline = record.worst_pain.baseline(record.first)
    if not len(baseline):
        return []
    days, total = record.worst_pain.days, np.concatenate([[0.0], np.cumsum(record.worst_pain.values)])
    begins = np.searchsorted(days, days - DAYS_PER_WEEK, side="right")
    ends = np.arange(1, len(days) + 1)
    means = (total[ends] - total[begins]) / (ends - begins)
    return _space(days[(means >= baseline.mean() + rise) & _after_baseline(record)])


def cusum(record: PatientRecord, limit: float = _LIMIT_SDS) -> list[int]:
    """Alert when the excess over the baseline plus 1.2 points sums to 10 SDs of the patient.

    Baseline and SD (at least 0.5) are those of the first 28 days. The sum never falls below 0, and
    starts again after an alert.
    """
    baseline = record.worst_pain.baseline(record.first)
    if len(baseline) <= 1:
        return []
    allowance, most = baseline.mean() + _SLACK, limit * max(float(baseline.std(ddof=1)), _LEAST_SD)
    alerts: list[int] = []
    total = 0.0
    later = _after_baseline(record)
    for day, value in zip(
        record.worst_pain.days[later].tolist(), record.worst_pain.values[later].tolist(), strict=True
    ):
        total = max(0.0, total + value - allowance)
        if total > most and (not alerts or day - alerts[-1] >= AGAIN_AFTER_DAYS):
            alerts.append(day)
            total = 0.0
    return alerts


def engine(record: PatientRecord) -> list[int]:
    """Return the days of the engine's findings of worsening."""
    return record.days_of(FindingKind.WORSENING)


def probability_above(record: PatientRecord, least: float) -> list[int]:
    """Alert whenever the engine's probability of worsening is at least ``least``."""
    return _space(record.p_worsening.days[record.p_worsening.values >= least])


RULES = (
    AlertRule("engine", "worsening finding of the engine", engine),
    AlertRule("any_4", "any answer of 4 or more", any_high),
    AlertRule("any_rise", "any answer 2 above the first 28 days, or of 7 or more", any_rise),
    AlertRule("weekly_mean", "7-day mean 2 above the first 28 days", weekly_mean),
    AlertRule("cusum", "CUSUM: slack 1.2 points, limit 10 SD", cusum),
)


def _after_baseline(record: PatientRecord) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    later: np.ndarray[tuple[int], np.dtype[np.bool_]] = record.worst_pain.days >= record.first + BASELINE_DAYS
    return later


def _space(days: Ints) -> list[int]:
    return space_alerts(days.tolist())
