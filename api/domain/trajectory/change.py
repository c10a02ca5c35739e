"""How far the present level lies above the usual one, and how likely that is more than chance."""

import math
from typing import NamedTuple

from api.domain.policy import Policy
from api.domain.trajectory.baseline import Usual
from api.domain.trajectory.level import Answered
from api.domain.trajectory.noise import adjacent_pairs, correlated_pairs

CLOSE = 1e-9
"""Points within which two means count as equal, so that rounding of sums decides nothing."""


class Change(NamedTuple):
    """The present level of worst pain against the usual one; points, positive is worse.

    ``holds`` is the rise that remains when the one day that speaks loudest for it is left out: the
    highest of the window, or the lowest of the baseline. ``error`` is the standard error of
    ``points``; ``p`` the probability that the true rise is at least the one that matters.
    """

    window: Answered
    level: float
    usual: Usual
    points: float
    holds: float
    error: float
    p: float


def change_of(window: Answered, level: float | None, usual: Usual | None, policy: Policy) -> Change | None:
    """Weigh the present level against the usual one.

    Args:
        window: The answered days the present level is made of, oldest first.
        level: Their mean, 0 to 10, higher is worse; None when not known.
        usual: The usual level, with its noise; None when not known.
        policy: The change that matters, and the memory from day to day.

    Returns:
        The change; None when either level is not known, which proves nothing. Its error joins those of
        both means; that the two share a little memory is left out, which makes it larger, never smaller.

    Source:
        The change that matters, 2 points: Mathias et al. 2011, J Support Oncol 9:72. Standard errors:
        see ``noise.correlated_pairs``.

    >>> usual = Usual(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> week = tuple((day, 4.0) for day in range(101, 108))
    >>> found = change_of(week, 4.0, usual, Policy())
    >>> found.points, round(found.error, 2), found.p  # error: root of 0.59 squared + 0.30 squared
    (2.0, 0.66, 0.5)
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
    highest = max([answer for _, answer in window])
    without_highest = (level * days - highest) / (days - 1)
    points = level - usual.mean
    holds = min(without_highest - usual.mean, level - usual.without_lowest)
    matters = policy.worsening_starts.value
    p = probability_at_least(matters, found=points, standard_error=error)
    return Change(window, level, usual, points, holds, error, p)


def probability_at_least(difference: float, *, found: float, standard_error: float) -> float:
    """Return how likely it is that the true change is at least ``difference``.

    Args:
        difference: The change that matters, points.
        found: The change found, points; positive is worse.
        standard_error: Of the change found, points, above 0.

    Returns:
        0 to 1, higher is worse, by the normal approximation with no opinion beforehand; 0.5 when the
        change found is just the one that matters.

    Source:
        Individual change against measurement error: Peipert, Cella, Hays 2024, Qual Life Res,
        doi:10.1007/s11136-024-03788-9; its application here is judgement.

    >>> probability_at_least(2.0, found=2.0, standard_error=0.6)
    0.5
    >>> round(probability_at_least(2.0, found=3.0, standard_error=0.6), 2)  # 1.67 errors above
    0.95
    """
    return 0.5 * math.erfc((difference - found) / (standard_error * math.sqrt(2.0)))
