"""Limits of thresholds: the range of each unit, and the order between pairs of thresholds."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from api.domain.policy import Threshold

_SHOWN = 40  # characters of a number in a message; a number may have thousands


@dataclass(frozen=True, slots=True)
class NumberBounds:
    """Bounds of a number, both included, and whether it must be whole."""

    lowest: float
    highest: float
    whole: bool = False

    def reason_to_refuse(self, value: float) -> str | None:
        """Return the reason why a value is refused, or None.

        >>> NumberBounds(0, 10).reason_to_refuse(11)
        '11 is not in 0..10'
        >>> NumberBounds(1, 28, whole=True).reason_to_refuse(2.5)
        '2.5 is not a whole number in 1..28'
        """
        fits = self.lowest <= value <= self.highest  # false for NaN
        if fits and not (self.whole and value != int(value)):
            return None
        kind = "a whole number in" if self.whole else "in"
        return f"{str(value)[:_SHOWN]} is not {kind} {self.lowest:g}..{self.highest:g}"


LIMITS_BY_UNIT: Mapping[str, NumberBounds] = {
    "days": NumberBounds(1, 3650, whole=True),
    "answered": NumberBounds(1, 365, whole=True),
    "known": NumberBounds(1, 28, whole=True),
    "answers": NumberBounds(0, 1000),
    "tablets": NumberBounds(1, 7, whole=True),
    "points": NumberBounds(0, 10),
    "confidence": NumberBounds(0, 10),
    "share": NumberBounds(0, 1),
    "probability": NumberBounds(0, 1),
    "risk": NumberBounds(0, 1),
    "correlation": NumberBounds(0, 0.99),
    "times": NumberBounds(0, 100),
    "patients": NumberBounds(0, 100_000, whole=True),
    "harm": NumberBounds(0, 10),
    "onsets": NumberBounds(1e-6, 0.1),
    "weight": NumberBounds(0, 2),
    "pairs": NumberBounds(0.1, 1000),
    "degrees": NumberBounds(2, 100),
    "flares": NumberBounds(0.001, 100),
    "chance": NumberBounds(0.01, 0.99),
    "check-ins": NumberBounds(2, 6, whole=True),
    "extra": NumberBounds(0, 60, whole=True),
    "factor": NumberBounds(0.01, 100),
    "exponent": NumberBounds(0.1, 10),
    "1/points": NumberBounds(0.01, 1),
}
"""Bounds by the first word of a threshold's unit."""

ANYTHING = NumberBounds(-1e9, 1e9)

LIMITS_BY_NAME: Mapping[str, NumberBounds] = {
    # a level leaves out its highest answer: one answer is no level
    "level_answers": NumberBounds(2, 365, whole=True),
    "baseline_answers": NumberBounds(2, 365, whole=True),
    "noise_sd": NumberBounds(0.01, 10),
    "onset_noise_sd": NumberBounds(0.01, 10),
    "onset_noise_lowest": NumberBounds(0.01, 10),
    "odds_gap_times": NumberBounds(1, 10),
    "rise_pain_sd": NumberBounds(0.01, 10),
    "rise_other_sd": NumberBounds(0.01, 10),
    "stopping_share": NumberBounds(0.01, 0.9),
    "worsening_share": NumberBounds(0.01, 0.95),
    # an older rise has become the baseline: none would be found
    "worsening_lasts_days": NumberBounds(1, 60, whole=True),
}
"""Bounds by name, for thresholds whose unit would allow too much."""


def limits_of(name: str, threshold: Threshold) -> NumberBounds:
    """Return the bounds of a threshold.

    >>> limits_of("gap_doses_7d", Threshold(3, "tablets not taken in the last 7 days", ""))
    NumberBounds(lowest=1, highest=7, whole=True)
    """
    return LIMITS_BY_NAME.get(name) or LIMITS_BY_UNIT.get(measure(threshold.unit), ANYTHING)


def measure(unit: str) -> str:
    """Return the first word of a unit, which decides its bounds.

    >>> measure("points, rounded level")
    'points'
    """
    return unit.split(" ", 1)[0].strip(",.;:")


@dataclass(frozen=True, slots=True)
class ThresholdOrder:
    """Two thresholds of which the first must be below the second, and the reason."""

    lower: str
    upper: str
    reason: str
    may_equal: bool = False


ORDERS: tuple[ThresholdOrder, ...] = (
    ThresholdOrder("worsening_ends", "worsening_p", "it would end on the day it starts"),
    ThresholdOrder("worsening_p", "worsening_p_alone", "one symptom proves less than all", may_equal=True),
    ThresholdOrder("odds_sparse_days", "odds_daily_days", "a sparse diary would be the daily one"),
    ThresholdOrder("mild_from", "moderate_from", "the bands of severity would overlap"),
    ThresholdOrder("moderate_from", "severe_from", "the bands of severity would overlap"),
    ThresholdOrder("severe_ends", "severe_from", "it would end while it is severe", may_equal=True),
    ThresholdOrder("gap_pdc", "gap_ends_pdc", "it would end while it starts", may_equal=True),
    ThresholdOrder("noise_sd_lowest", "noise_sd", "less than the least believed", may_equal=True),
    ThresholdOrder("onset_noise_lowest", "onset_noise_sd", "less than the least believed", may_equal=True),
    ThresholdOrder(
        "silence_days", "silence_longest_days", "the least would be more than the most", may_equal=True
    ),
    ThresholdOrder("atypical_ends", "atypical_share", "it would end while it starts", may_equal=True),
    ThresholdOrder("atypical_days", "atypical_reach_days", "no picture could ever persist", may_equal=True),
    ThresholdOrder("level_answers", "level_reach_days", "no level could ever be made", may_equal=True),
    ThresholdOrder(
        "level_fresh_days", "level_reach_days", "the newest answer would be out of reach", may_equal=True
    ),
    ThresholdOrder("baseline_answers", "baseline_days", "no baseline could ever be made", may_equal=True),
)
"""Pairs of thresholds that contradict each other in reverse order."""

_IS_ORDERED: dict[bool, Callable[[float, float], bool]] = {True: operator.le, False: operator.lt}
_MONTH = 28


def contradictions(values: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    """Yield each threshold that contradicts another one, with the reason.

    >>> list(contradictions({"mild_from": 6, "moderate_from": 5}))
    [('mild_from', '6 must be less than moderate_from (5): the bands of severity would overlap')]
    """
    for order in ORDERS:
        lower, upper = values.get(order.lower), values.get(order.upper)
        if lower is None or upper is None or _IS_ORDERED[order.may_equal](lower, upper):
            continue
        than = "at most" if order.may_equal else "less than"
        yield order.lower, f"{lower:g} must be {than} {order.upper} ({upper:g}): {order.reason}"
    doses, ends = values.get("gap_doses_7d"), values.get("gap_ends_pdc")
    if doses is not None and ends is not None and (_MONTH - doses) / _MONTH >= ends:
        most = (_MONTH - doses) / _MONTH
        yield (
            "gap_ends_pdc",
            f"{ends:g} must be more than {most:.4f}: {doses:g} tablets not taken in a week leave that share "
            "of the month, and a gap would end on the day it starts",
        )
