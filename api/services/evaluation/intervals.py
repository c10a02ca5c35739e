"""95% intervals by the bootstrap: patients are drawn again, whole diaries at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from api.services.evaluation.record import Floats, Ints

_LOW, _HIGH = 0.025, 0.975
_ENOUGH_RESAMPLES = 0.9

Measure = Callable[[Ints], list[float]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95% interval; None is not known, infinite is never."""

    value: float | None
    low: float | None = None
    high: float | None = None


UNKNOWN = Estimate(None)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """How often patients are drawn again (0: no intervals), and the seed that makes it repeatable."""

    resamples: int = 400
    seed: int = 0

    def of(self, measure: Measure, among: int | Ints) -> list[Estimate]:
        """Return each figure of ``measure`` with its interval.

        Args:
            measure: Told the numbers of the patients to look at, gives figures; not a number is unknown.
            among: How many patients there are, or the numbers of those to draw from.

        Returns:
            The figures, in the measure's order. An interval that fewer than 90% of the resamples
            could give is left out.
        """
        who = np.arange(among) if isinstance(among, int) else among
        if not len(who):
            return [UNKNOWN for _ in measure(who)]
        values = measure(who)
        rng = default_rng(self.seed)
        drawn = [measure(who[rng.integers(len(who), size=len(who))]) for _ in range(self.resamples)]
        spread = np.array(drawn, dtype=np.float64).reshape(len(drawn), len(values)).T
        return [_estimate(value, column) for value, column in zip(values, spread, strict=True)]


def _estimate(value: float, drawn: Floats) -> Estimate:
    if np.isnan(value):
        return UNKNOWN
    known = drawn[~np.isnan(drawn)]
    if not len(known) or len(known) < _ENOUGH_RESAMPLES * len(drawn):
        return Estimate(float(value))
    low, high = np.quantile(known, [_LOW, _HIGH], method="inverted_cdf")
    return Estimate(float(value), float(low), float(high))
