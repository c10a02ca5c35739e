"""Change: present level of worst pain minus the baseline, with its standard error."""

import math
from typing import NamedTuple

from api.domain.constants import Z95
from api.domain.onset.autocorrelation import pairs_of_ages
from api.domain.policy import Policy
from api.domain.trajectory.baseline import BaselineEstimate
from api.domain.trajectory.level import Answered

CLOSE = 1e-9
"""Points within which two means count as equal, so that rounding of sums decides nothing."""


class LevelChange(NamedTuple):
    """Present level of worst pain against the baseline; ``points`` above 0 are worse.

    ``window`` holds the answered days of the present level.
    """

    window: Answered
    level: float
    baseline: BaselineEstimate
    points: float
    standard_error: float


def level_change(
    window: Answered, level: float | None, baseline: BaselineEstimate | None, policy: Policy
) -> LevelChange | None:
    """Return the present level against the baseline.

    Args:
        window: Answered days of the present level, oldest first.
        level: Their mean, 0 to 10, higher is worse; None when not known.
        baseline: The baseline with its noise; None when not known.
        policy: The autocorrelation.

    Returns:
        The change; None when either level is not known, which proves nothing. Its variance is the
        sum of the variances of both means. Their small covariance is left out, which never makes
        the error too small.

    Source:
        Standard errors: see ``autocorrelation.correlated_pairs``.

    >>> baseline = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> week = tuple((day, 4.0) for day in range(101, 108))
    >>> found = level_change(week, 4.0, baseline, Policy())
    >>> found.points, round(found.standard_error, 2)  # root of 0.64 squared + 0.30 squared
    (2.0, 0.71)
    """
    if level is None or baseline is None:
        return None
    days, newest = len(window), window[-1][0]
    ages = tuple([newest - day for day, _ in window])
    pairs = pairs_of_ages(ages, policy.noise_autocorrelation.value)
    standard_error = math.sqrt(baseline.squared_error + baseline.variance * pairs / (days * days))
    return LevelChange(window, level, baseline, level - baseline.mean, standard_error)


def change_interval(change: LevelChange) -> tuple[float, float]:
    """Return the 95% interval of a change in points, normal about it.

    >>> baseline = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> change_interval(LevelChange((), 4.0, baseline, 2.0, 0.5))
    (1.02, 2.98)
    """
    return change.points - Z95 * change.standard_error, change.points + Z95 * change.standard_error
