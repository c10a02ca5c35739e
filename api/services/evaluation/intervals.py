"""95% intervals: of shares by Wilson's method, of all else by drawing patients again with their diaries.

The bootstrap of a share that was 0 or 1 in the sample has no width; Wilson's interval has. No figure has an
interval where it rests on fewer than ten patients.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from api.services.evaluation.outcomes import Floats, Ints
from api.services.evaluation.prediction import Flags

_LOW, _HIGH = 0.025, 0.975
_ENOUGH_RESAMPLES = 0.9
_Z = 1.96

FEWEST = 10
"""Patients (with an onset, a finding, or whatever a figure is about) below which it has no interval."""

_MOST_OF_NONE = 3.689
"""The 97.5% limit of a Poisson mean of which none was seen: -ln 0.025. Garwood F 1936, Biometrika 28:437."""

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
            could give is left out, as are all where there are fewer than ten patients.
        """
        who = np.arange(among) if isinstance(among, int) else among
        if not len(who):
            return [UNKNOWN for _ in measure(who)]
        values = measure(who)
        rng = default_rng(self.seed)
        resamples = self.resamples if len(who) >= FEWEST else 0
        drawn = [measure(who[rng.integers(len(who), size=len(who))]) for _ in range(resamples)]
        spread = np.array(drawn, dtype=np.float64).reshape(len(drawn), len(values)).T
        return [_estimate(value, column) for value, column in zip(values, spread, strict=True)]


def wilson(events: float, of: float) -> Estimate:
    """Return a share with its 95% interval; unknown of none.

    Source:
        Wilson EB 1927, J Am Stat Assoc 22:209.

    >>> found = wilson(10, 10)
    >>> found.value, round(found.low, 3), found.high
    (1.0, 0.722, 1.0)
    """
    if not of:
        return UNKNOWN
    share, spread = events / of, _Z**2 / of
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z * float(np.sqrt(share * (1 - share) / of + spread / (4 * of))) / (1 + spread)
    low = 0.0 if events == 0 else max(0.0, middle - reach)
    return Estimate(float(share), low, 1.0 if events == of else min(1.0, middle + reach))


def share_of(told: Floats | Flags, among: Floats | Flags) -> Estimate:
    """Return a share with Wilson's interval, where a patient may count several times.

    What belongs to one patient is alike, so that it counts for less: the number of units is divided by the
    design effect, the variance between patients over that of independent units. Where the share is 0
    or 1 this is not known, and each patient counts once.

    Args:
        told: How many units of each patient are such.
        among: How many units each patient has.

    Returns:
        The share; without an interval where fewer than ten patients have any unit.

    Source:
        Rao JNK, Scott AJ 1992, Biometrics 48:577.
    """
    events, of = told.astype(np.float64), among.astype(np.float64)
    patients, units = int(np.sum(of > 0)), float(np.sum(of))
    if not units:
        return UNKNOWN
    share = float(np.sum(events)) / units
    if patients < FEWEST:
        return Estimate(share)
    if share in {0.0, 1.0}:
        found = wilson(share * patients, patients)
    else:
        between = float(np.sum((events - share * of) ** 2)) / units**2
        effective = min(units, share * (1 - share) / between) if between else units
        found = wilson(share * effective, effective)
    return Estimate(share, found.low, found.high)


def if_enough(estimate: Estimate, patients: int) -> Estimate:
    """Return a figure, without its interval where it rests on fewer than ten patients."""
    return estimate if patients >= FEWEST else Estimate(estimate.value)


def rate_of_none(estimate: Estimate, exposure: float, patients: int) -> Estimate:
    """Return a rate; where nothing was seen in the exposure, with the exact upper limit."""
    if estimate.value != 0 or not exposure or patients < FEWEST:
        return estimate
    return Estimate(0.0, 0.0, _MOST_OF_NONE / exposure)


def _estimate(value: float, drawn: Floats) -> Estimate:
    if np.isnan(value):
        return UNKNOWN
    known = drawn[~np.isnan(drawn)]
    if not len(known) or len(known) < _ENOUGH_RESAMPLES * len(drawn):
        return Estimate(float(value))
    low, high = np.quantile(known, [_LOW, _HIGH], method="inverted_cdf")
    if low == high and value in {0.0, 1.0}:  # every resample at the end of the scale: it tells nothing
        return Estimate(float(value))
    return Estimate(float(value), float(low), float(high))
