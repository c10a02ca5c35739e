"""95% interval of the present level of a symptom."""

import math
from functools import lru_cache

from api.domain.constants import Z95
from api.domain.onset.autocorrelation import pairs_of_ages
from api.domain.policy import Policy
from api.domain.trajectory.level import Answered

_HIGHEST = 10.0
_DRIFT = 0.003
"""Points squared a day by which a level moves; chosen on simulated diaries."""

_TREND_A_DAY, _MOST_TREND = 0.075, 0.3
"""Part of the distance from the level to the newest answer by which the level may have moved since, for
each day of age, and at the most; chosen on simulated diaries."""

_BELOW, _ABOVE = 1.1, 0.95
"""Factors of the half-width: flares raise answers and not the level, so that it is more often below
their mean. Chosen on simulated diaries, for about as many misses on either side."""


def level_interval(
    window: Answered, level: float | None, variance: float, today: int, *, policy: Policy
) -> tuple[float, float] | tuple[None, None]:
    """Return the ends of the 95% interval of the true mean level of the 7 days up to today.

    Args:
        window: Answered days of the level, oldest first.
        level: Their mean, 0 to 10, higher is worse; None when not known.
        variance: The patient's day-to-day variance, points squared.
        today: Ordinal of the day scored.
        policy: The autocorrelation, and the answers that ``variance`` is worth.

    Returns:
        ``level`` minus 1.1 and plus 0.95 times t √(v pairs / n² + drift), within 0 to 10; None twice
        when the level is not known. v is the variance of the n answers about their mean, with
        ``variance`` worth 7 more of them; t is the quantile of its n + 6 degrees of freedom. Where the
        answers are older than those of a whole week, 3 days in the mean, there is drift, and the
        interval reaches farther on the side of the newest answer, as a rise may be in progress.

    Source:
        Variance of a mean of autocorrelated days, see ``autocorrelation.correlated_pairs``; coverage
        on simulated diaries: docs/explanation/engine.md.

    >>> week = tuple((day, 4.0) for day in range(101, 108))
    >>> [round(end, 2) for end in level_interval(week, 4.0, 1.44, 107, policy=Policy())]
    [2.88, 4.97]
    """
    if level is None:
        return None, None
    ages = tuple([today - day for day, _ in window])
    weight = policy.noise_weight.value
    scale, drift, trend = _scales(ages, policy.noise_autocorrelation.value, weight, policy.level_days.value)
    squares = 0.0
    for _, answer in window:
        squares += (answer - level) * (answer - level)
    half_width = math.sqrt((weight * variance + squares) * scale + drift)
    low, high = level - _BELOW * half_width, level + _ABOVE * half_width
    if trend:
        moved = trend * (window[-1][1] - level)
        low, high = low + min(moved, 0.0), high + max(moved, 0.0)
    return low if low > 0.0 else 0.0, high if high < _HIGHEST else _HIGHEST


@lru_cache(maxsize=4096)
def _scales(
    ages: tuple[int, ...], autocorrelation: float, weight: float, level_days: float
) -> tuple[float, float, float]:
    """Return what depends on the ages alone.

    Returns:
        The factor of the sum of squares and the term of the drift in a squared half-width, and the
        part of the distance to the newest answer.
    """
    n = len(ages)
    freedom = weight + n - 1
    t_squared = _t_quantile(freedom) ** 2
    pairs = pairs_of_ages(ages, autocorrelation)
    older = max(sum(ages) / n - (level_days - 1) / 2, 0.0)
    trend = min(older * _TREND_A_DAY, _MOST_TREND)
    return t_squared * pairs / (n * n * freedom), t_squared * _DRIFT * older, trend


def _t_quantile(freedom: float) -> float:
    """Return the 97.5% quantile of Student's t, by its expansion about the normal one.

    Source:
        Abramowitz and Stegun, formula 26.7.5; exact to 0.01 from 6 degrees of freedom on.

    >>> [round(_t_quantile(freedom), 2) for freedom in (6, 9, 13)]
    [2.43, 2.26, 2.16]
    """
    z = Z95
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
