"""Rules a child could write, on the same diaries and with the same 28 days between two alerts.

What the product does is worth only what it does better than these.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.services.evaluation.outcomes import QUIET_DAYS, Ints, PatientRecord

AGAIN_AFTER_DAYS = 28

_HIGH, _VERY_HIGH, _RISE, _WEEK = 4.0, 7.0, 2.0, 7
_SLACK, _LIMIT_SDS, _LEAST_SD = 1.2, 10.0, 0.5


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A way to alert: a short name, what it does in words, and the days it alerts on."""

    name: str
    words: str
    alerts: Callable[[PatientRecord], list[int]]


def spaced(days: Iterable[int]) -> list[int]:
    """Return the days that alert, of those on which a rule holds: none within 28 days of the one before.

    >>> spaced([5, 6, 32, 33, 70])
    [5, 33, 70]
    """
    told: list[int] = []
    for day in days:
        if not told or day - told[-1] >= AGAIN_AFTER_DAYS:
            told.append(day)
    return told


def any_high(record: PatientRecord) -> list[int]:
    """Alert on any answer of 4 or more."""
    return _spaced(record.worst.days[record.worst.values >= _HIGH])


def any_rise(record: PatientRecord) -> list[int]:
    """Alert, after the first 28 days, on any answer 2 above their mean, or of 7 or more."""
    usual = record.worst.first_days(record.first)
    if not len(usual):
        return []
    high = (record.worst.values >= usual.mean() + _RISE) | (record.worst.values >= _VERY_HIGH)
    return _spaced(record.worst.days[high & _watched(record)])


def weekly_mean(record: PatientRecord, rise: float = _RISE) -> list[int]:
    """Alert, after the first 28 days, when the mean of the last 7 days is 2 above their mean."""
    usual = record.worst.first_days(record.first)
    if not len(usual):
        return []
    days, total = record.worst.days, np.concatenate([[0.0], np.cumsum(record.worst.values)])
    begins = np.searchsorted(days, days - _WEEK, side="right")
    ends = np.arange(1, len(days) + 1)
    means = (total[ends] - total[begins]) / (ends - begins)
    return _spaced(days[(means >= usual.mean() + rise) & _watched(record)])


def cusum(record: PatientRecord, limit: float = _LIMIT_SDS) -> list[int]:
    """Alert when what exceeds the usual by more than 1.2 points adds up to 10 of her own SDs.

    Usual and SD (at least 0.5) are those of the first 28 days; the sum never falls below 0, and
    begins anew after an alert.
    """
    usual = record.worst.first_days(record.first)
    if len(usual) <= 1:
        return []
    allowance, most = usual.mean() + _SLACK, limit * max(float(usual.std(ddof=1)), _LEAST_SD)
    told: list[int] = []
    total = 0.0
    watched = _watched(record)
    for day, value in zip(
        record.worst.days[watched].tolist(), record.worst.values[watched].tolist(), strict=True
    ):
        total = max(0.0, total + value - allowance)
        if total > most and (not told or day - told[-1] >= AGAIN_AFTER_DAYS):
            told.append(day)
            total = 0.0
    return told


def engine(record: PatientRecord) -> list[int]:
    """Return the days of the product's own worsening findings."""
    return record.found_of(FindingKind.WORSENING)


def probable(record: PatientRecord, least: float) -> list[int]:
    """Alert whenever the engine's probability of worsening is at least this."""
    return _spaced(record.p.days[record.p.values >= least])


RULES = (
    AlertRule("engine", "this product's worsening finding", engine),
    AlertRule("any_4", "any answer of 4 or more", any_high),
    AlertRule("any_rise", "any answer 2 above the first 28 days, or of 7 or more", any_rise),
    AlertRule("weekly_mean", "7-day mean 2 above the first 28 days", weekly_mean),
    AlertRule("cusum", "CUSUM: slack 1.2 points, limit 10 SD", cusum),
)


def _watched(record: PatientRecord) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    watched: np.ndarray[tuple[int], np.dtype[np.bool_]] = record.worst.days >= record.first + QUIET_DAYS
    return watched


def _spaced(days: Ints) -> list[int]:
    return spaced(days.tolist())
