"""Variance of the mean of a few autocorrelated days."""

from collections.abc import Iterable
from functools import lru_cache

from api.domain.policy import Policy


def correlated_pairs(days: Iterable[int], autocorrelation: float) -> float:
    """Return the sum of the correlations of all pairs of days, each day with itself included.

    Args:
        days: Ordinals of the answered days, oldest first, each once; gaps may lie between them.
        autocorrelation: Correlation of two adjacent days, 0 to below 1; k days apart it is its
            k-th power.

    Returns:
        ``n`` for uncorrelated days, up to ``n`` squared. The variance of the mean of ``n`` days is
        this, over ``n`` squared, times the variance of one day.

    Source:
        Variance of a mean under a first-order autoregressive process. Daily joint pain is
        autocorrelated: Affleck et al. 1991, Health Psychol 10:419; the size assumed here is not
        published.

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


@lru_cache(maxsize=4096)
def pairs_of_ages(ages: tuple[int, ...], autocorrelation: float) -> float:
    """Return ``correlated_pairs`` of days by their ages, oldest first; the few usual patterns are kept.

    >>> pairs_of_ages((1, 0), 0.3)
    2.6
    """
    return correlated_pairs([ages[0] - age for age in ages], autocorrelation)


def own_variance(answers: int, squared_deviations: float, policy: Policy) -> float:
    """Return a patient's day-to-day variance, shrunk towards the assumed one while answers are few.

    Args:
        answers: Answered days of the baseline, at least 1.
        squared_deviations: Sum of their squared distances from their mean.
        policy: The assumed SD, the answers it is worth, and the least SD.

    Returns:
        Points squared; never less than the least SD squared, as a week of equal answers does not
        prove that there is no noise.

    Source:
        Shrinkage of a variance towards a prior worth ``noise_weight`` answers; the SD of 1.2 is
        assumed, see ``Policy``.

    >>> own_variance(8, 0.0, Policy())  # (7 x 1.44 + 0) / (7 + 7) = 0.72, below 1
    1.0
    """
    weight = policy.noise_weight.value
    shrunk = (weight * policy.noise_sd.value**2 + squared_deviations) / (weight + answers - 1)
    return max(shrunk, policy.noise_sd_lowest.value**2)
