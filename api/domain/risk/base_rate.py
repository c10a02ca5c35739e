"""Base rate against outcomes: whether the patients who stopped fit the share that is assumed."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from api.domain.formatting import format_percent
from api.domain.risk.model import YEAR, exposure

_SIGNIFICANT = 0.05
_HALVINGS = 60


class TimeOnTablets(NamedTuple):
    """Follow-up of one patient, in days since the start of the tablets; ``stopped`` at its end."""

    first: int
    last: int
    stopped: bool


class BaseRateCheck(NamedTuple):
    """Patients who stopped, against the number expected by a base rate.

    Attributes:
        base_rate: Share assumed to stop within 12 months.
        stopped: Number who stopped.
        expected: Number expected by the base rate.
        p: Two-sided probability of a number at least as far from the expected one.
        share: Share who stop within 12 months by the outcomes, with ``low`` and ``high`` of 95%.
    """

    base_rate: float
    stopped: int
    expected: float
    p: float
    share: float
    low: float
    high: float

    @property
    def contradicts(self) -> bool:
        """True if the outcomes contradict the base rate, at 5%."""
        return self.p < _SIGNIFICANT

    def sentence(self) -> str:
        """Return the result in words, with a warning where the outcomes contradict the base rate."""
        found = (
            f"{self.stopped} patients stopped where {self.expected:.1f} were expected with "
            f"{format_percent(self.base_rate)} within 12 months; they fit {format_percent(self.share)} "
            f"({format_percent(self.low)} to {format_percent(self.high)}), p = {self.p:.2g}"
        )
        if not self.contradicts:
            return found
        return f"warning: {found}: every risk is too {'low' if self.stopped > self.expected else 'high'}"


def check_base_rate(base_rate: float, followed: Iterable[TimeOnTablets]) -> BaseRateCheck | None:
    """Compare the number of patients who stopped with the number that a base rate expects.

    Args:
        base_rate: Share who stop within 12 months, above 0 and below 1.
        followed: Follow-up of each patient, from the first day under observation on.

    Returns:
        The comparison; None without follow-up.

    Source:
        The sum of cumulative hazards is the expected number of events, and their number then nearly
        Poisson. Exact two-sided test (twice the smaller tail) and interval: Garwood 1936, Biometrika 28:437.

    >>> year = [TimeOnTablets(0, 365, stopped=number < 30) for number in range(100)]
    >>> check_base_rate(0.15, year).sentence()[:69]
    'warning: 30 patients stopped where 16.3 were expected with 15% within'
    """
    patients = [each for each in followed if each.last > each.first]
    hazard = -math.log1p(-base_rate)
    expected = hazard * sum(exposure(each.first, each.last) for each in patients) / exposure(0, YEAR)
    if not expected:
        return None
    stopped = sum(each.stopped for each in patients)
    below, above = _at_most(stopped, expected), 1.0 - _at_most(stopped - 1, expected)
    low = _mean_where(lambda mean: 1.0 - _at_most(stopped - 1, mean) < _SIGNIFICANT / 2, stopped)
    high = _mean_where(lambda mean: _at_most(stopped, mean) > _SIGNIFICANT / 2, stopped)
    share, least, most = (-math.expm1(-hazard * events / expected) for events in (stopped, low, high))
    return BaseRateCheck(base_rate, stopped, expected, min(1.0, 2 * min(below, above)), share, least, most)


def _at_most(events: int, mean: float) -> float:
    """Return the Poisson probability of at most so many events."""
    if events < 0 or not mean:
        return float(events >= 0)
    log = math.log(mean)
    return math.fsum(math.exp(each * log - mean - math.lgamma(each + 1)) for each in range(events + 1))


def _mean_where(is_below: Callable[[float], bool], events: int) -> float:
    """Return the mean up to which a condition holds."""
    lowest, highest = 0.0, 2.0 * events + 20.0
    for _ in range(_HALVINGS):
        middle = (lowest + highest) / 2
        lowest, highest = (middle, highest) if is_below(middle) else (lowest, middle)
    return lowest
