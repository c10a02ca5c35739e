"""How far the present level lies above the usual one, and how sure that is."""

import math
from typing import NamedTuple

from api.domain.onset.autocorrelation import adjacent_pairs, correlated_pairs
from api.domain.policy import Policy
from api.domain.trajectory.baseline import BaselineEstimate
from api.domain.trajectory.level import Answered

Z95 = 1.96
CLOSE = 1e-9
"""Points within which two means count as equal, so that rounding of sums decides nothing."""


class LevelChange(NamedTuple):
    """The present level of worst pain against the usual one; points, positive is worse.

    ``error`` is the standard error of ``points``.
    """

    window: Answered
    level: float
    usual: BaselineEstimate
    points: float
    error: float


def level_change(
    window: Answered, level: float | None, usual: BaselineEstimate | None, policy: Policy
) -> LevelChange | None:
    """Weigh the present level against the usual one.

    Args:
        window: The answered days the present level is made of, oldest first.
        level: Their mean, 0 to 10, higher is worse; None when not known.
        usual: The usual level, with its noise; None when not known.
        policy: The memory from day to day.

    Returns:
        The change; None when either level is not known, which proves nothing. Its error joins those of
        both means; that the two share a little memory is left out, which makes it larger, never smaller.

    Source:
        Standard errors: see ``noise.correlated_pairs``.

    >>> usual = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> week = tuple((day, 4.0) for day in range(101, 108))
    >>> found = level_change(week, 4.0, usual, Policy())
    >>> found.points, round(found.error, 2)  # error: root of 0.64 squared + 0.30 squared
    (2.0, 0.71)
    """
    if level is None or usual is None:
        return None
    days = len(window)
    memory = policy.noise_autocorrelation.value
    if window[-1][0] - window[0][0] == days - 1:
        pairs = adjacent_pairs(days, memory)
    else:
        pairs = correlated_pairs([day for day, _ in window], memory)
    error = math.sqrt(usual.error + usual.variance * pairs / (days * days))
    return LevelChange(window, level, usual, level - usual.mean, error)


def change_interval(change: LevelChange) -> tuple[float, float]:
    """Return the 95% interval of a change in points, normal about it.

    >>> before = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> change_interval(LevelChange((), 4.0, before, 2.0, 0.5))
    (1.02, 2.98)
    """
    return change.points - Z95 * change.error, change.points + Z95 * change.error
