"""How far a mean of a few days may be off by chance alone: her own day-to-day swing, and its memory."""

from collections.abc import Iterable
from functools import lru_cache

from api.domain.policy import Policy


def correlated_pairs(days: Iterable[int], autocorrelation: float) -> float:
    """Add up the correlation of every day with every day, itself included.

    Args:
        days: Ordinals of the answered days, oldest first, each once; gaps may lie between them.
        autocorrelation: Correlation of two adjacent days, 0 to below 1; k days apart it is its
            k-th power.

    Returns:
        ``n`` for days that have nothing to do with each other, up to ``n`` squared. The variance of
        the mean of ``n`` days is this, over ``n`` squared, times the variance of one day.

    Source:
        Variance of a mean under a first-order autoregressive process. That daily joint pain has such
        a memory: Affleck et al. 1991, Health Psychol 10:419; its size here is assumed.

    >>> correlated_pairs([1, 2], 0.3)  # 1 + 1 + twice 0.3
    2.6
    """
    pairs = earlier = 0.0
    before = 0
    for day in days:
        earlier *= autocorrelation ** (day - before)
        pairs += 1.0 + 2.0 * earlier
        earlier += 1.0
        before = day
    return pairs


@lru_cache
def adjacent_pairs(days: int, autocorrelation: float) -> float:
    """Return ``correlated_pairs`` of days without a gap, the usual case, worked out once.

    >>> adjacent_pairs(2, 0.3)
    2.6
    """
    return correlated_pairs(range(days), autocorrelation)


def own_variance(answers: int, squared_deviations: float, policy: Policy) -> float:
    """Return a patient's day-to-day variance: her own, leaning on the assumed one while answers are few.

    Args:
        answers: Answered days of her baseline, at least 1.
        squared_deviations: Sum of their squared distances from their mean.
        policy: The assumed SD, how many answers it is worth, and the least SD believed.

    Returns:
        Points squared; the larger, the noisier. Never less than the least SD squared, so that a week
        of equal answers proves no certainty.

    Source:
        Shrinkage of a variance towards a prior worth ``noise_weight`` answers; the SD of 1.2 is
        assumed, see ``Policy``.

    >>> own_variance(8, 0.0, Policy())  # (7 x 1.44 + 0) / (7 + 7) = 0.72, below 1
    1.0
    """
    weight = policy.noise_weight.value
    shrunk = (weight * policy.noise_sd.value**2 + squared_deviations) / (weight + answers - 1)
    return max(shrunk, policy.noise_sd_lowest.value**2)
