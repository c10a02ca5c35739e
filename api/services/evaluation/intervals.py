"""95% intervals: of shares by Wilson's method, of other figures by a bootstrap over patients.

The bootstrap of a share that was 0 or 1 in the sample has no width; Wilson's interval has. A figure
from fewer than ten patients has no interval.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from api.domain.constants import Z95
from api.services.evaluation.outcomes import Floats, Ints
from api.services.evaluation.prediction import Flags

_LOW, _HIGH = 0.025, 0.975
_ENOUGH_RESAMPLES = 0.9

MIN_PATIENTS = 10
"""Patients that a figure needs for an interval: with an onset or a finding, as the figure requires."""

_LIMIT_WITHOUT_EVENT = 3.689
"""Upper 97.5% limit of a Poisson mean after no event: -ln 0.025. Garwood F 1936, Biometrika 28:437."""

Measure = Callable[[Ints], list[float]]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimate with its 95% interval; None is not known, infinite is never."""

    value: float | None
    low: float | None = None
    high: float | None = None


UNKNOWN = Estimate(None)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Number of bootstrap resamples of patients (0: no intervals), and the seed."""

    resamples: int = 400
    seed: int = 0

    def estimates(self, measure: Measure, among: int | Ints) -> list[Estimate]:
        """Return each figure of ``measure`` with its interval.

        Args:
            measure: Function from indices of patients to figures; not a number is unknown.
            among: The number of patients, or the indices of those to resample.

        Returns:
            The figures, in the order of the measure. An interval is left out where fewer than 90% of
            the resamples gave a figure, and where there are fewer than ten patients.
        """
        who = np.arange(among) if isinstance(among, int) else among
        if not len(who):
            return [UNKNOWN for _ in measure(who)]
        values = measure(who)
        rng = default_rng(self.seed)
        resamples = self.resamples if len(who) >= MIN_PATIENTS else 0
        drawn = [measure(who[rng.integers(len(who), size=len(who))]) for _ in range(resamples)]
        spread = np.array(drawn, dtype=np.float64).reshape(len(drawn), len(values)).T
        return [_estimate(value, column) for value, column in zip(values, spread, strict=True)]


def wilson_interval(events: float, of: float) -> Estimate:
    """Return a share with its 95% interval; unknown without any unit.

    Source:
        Wilson EB 1927, J Am Stat Assoc 22:209.

    >>> found = wilson_interval(10, 10)
    >>> found.value, round(found.low, 3), found.high
    (1.0, 0.722, 1.0)
    """
    if not of:
        return UNKNOWN
    share, spread = events / of, Z95**2 / of
    middle = (share + spread / 2) / (1 + spread)
    reach = Z95 * float(np.sqrt(share * (1 - share) / of + spread / (4 * of))) / (1 + spread)
    low = 0.0 if events == 0 else max(0.0, middle - reach)
    return Estimate(float(share), low, 1.0 if events == of else min(1.0, middle + reach))


def clustered_share(events: Floats | Flags, units: Floats | Flags) -> Estimate:
    """Return a share with Wilson's interval, where a patient may have several units.

    Units of one patient correlate and carry less information: the number of units is divided by the
    design effect, the variance between patients over that of independent units. Where the share is 0
    or 1 the design effect is not known, and each patient counts once.

    Args:
        events: Number of events of each patient.
        units: Number of units of each patient.

    Returns:
        The share; without an interval where fewer than ten patients have any unit.

    Source:
        Rao JNK, Scott AJ 1992, Biometrics 48:577.
    """
    counts, of = events.astype(np.float64), units.astype(np.float64)
    patients, total = int(np.sum(of > 0)), float(np.sum(of))
    if not total:
        return UNKNOWN
    share = float(np.sum(counts)) / total
    if patients < MIN_PATIENTS:
        return Estimate(share)
    if share in {0.0, 1.0}:
        found = wilson_interval(share * patients, patients)
    else:
        between = float(np.sum((counts - share * of) ** 2)) / total**2
        effective = min(total, share * (1 - share) / between) if between else total
        found = wilson_interval(share * effective, effective)
    return Estimate(share, found.low, found.high)


def interval_if_enough(estimate: Estimate, patients: int) -> Estimate:
    """Return the estimate, without its interval if from fewer than ten patients."""
    return estimate if patients >= MIN_PATIENTS else Estimate(estimate.value)


def rate_with_zero_limit(estimate: Estimate, exposure: float, patients: int) -> Estimate:
    """Return a rate, with the exact upper limit where no event occurred in the exposure."""
    if estimate.value != 0 or not exposure or patients < MIN_PATIENTS:
        return estimate
    return Estimate(0.0, 0.0, _LIMIT_WITHOUT_EVENT / exposure)


def _estimate(value: float, drawn: Floats) -> Estimate:
    if np.isnan(value):
        return UNKNOWN
    known = drawn[~np.isnan(drawn)]
    if not len(known) or len(known) < _ENOUGH_RESAMPLES * len(drawn):
        return Estimate(float(value))
    low, high = np.quantile(known, [_LOW, _HIGH], method="inverted_cdf")
    if low == high and value in {0.0, 1.0}:  # every resample at the end of the scale: no information
        return Estimate(float(value))
    return Estimate(float(value), float(low), float(high))
