"""Discontinuation risk within 90 days: a monthly hazard, its interval, and contributions."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from operator import mul
from typing import Any, NamedTuple

from api.domain.constants import Z95
from api.domain.content_hash import content_hash
from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.covariates import covariates, diary_days, insufficient_data_reason
from api.domain.risk.features import FEATURES, TYPICAL, Values
from api.domain.risk.history import RiskHistory

HORIZON = 90
YEAR = 365
DIARY_MONTH = 30
_MONTH = 365.25 / 12

SHAPE: tuple[tuple[float, float], ...] = (
    (_MONTH, 1.4),
    (6 * _MONTH, 2.6),
    (24 * _MONTH, 1.0),
    (math.inf, 0.73),
)
"""Baseline hazard over the time since the start: until which day, and relative hazard.

In ELPh (PMID 22331951) the first half year ran at 2.4 times the rest, by its median time to
stopping. By it the first year is 1.7 times the second; in SEER-Medicare (n=25,796: 12.5% stop in the
first year, 18.3% in two) it was 1.9 times. Within the half year fewer stop in the first month, as
symptoms begin after 5 to 6 weeks in the median (judgement). From two years on 0.73: MA.27/E1Z03, 20%
at 24 months and 32% at 4 years."""

BASE_RATE = 0.15
"""Share who stop within 12 months where that of a site is not known: 14.6% in EvAluate-TM (n=3,887, PMID
29679775); 12% in E1Z11, about 22% in ELPh (by its median time to stopping), 5% in SAVS-JP."""

BASE_ERROR = 0.35
"""Standard error of its log-hazard: 95% from half to twice, as settings differ (judgement)."""

SITE_ERROR = 0.15
"""The same of a base rate that a site knows (judgement)."""

CENTRES = (0.04, 0.0, -0.2, -0.32, -0.41, -0.43)
"""Subtracts the mean effect of the features after 1, 2, 3, 4, 5, and 6 or more months of a diary, as in
three kinds of simulated cohorts (unverified)."""


class Risk(NamedTuple):
    """Risk of discontinuation within 90 days, 0 to 1, higher is worse.

    Attributes:
        average: Risk of an average patient equally long on the tablets.
        hazard: Cumulative hazard of ``risk``.
    """

    risk: float
    average: float
    hazard: float
    covariates: Values


class Contribution(NamedTuple):
    """Contribution of one feature to the log-hazard; positive raises the risk."""

    name: str
    value: float
    log_hazard: float


@lru_cache(maxsize=8192)
def _exposure_of_horizon(day: int) -> float:
    return exposure(day, day + HORIZON)


def exposure(first: float, last: float) -> float:
    """Return the baseline hazard between two days since the start, in days of relative hazard 1.

    >>> round(exposure(0, 365.25) / 365.25, 3)  # half a year at 2.4 in the mean, half at 1
    1.7
    """
    return _since_start(last) - _since_start(first)


def _since_start(day: float) -> float:
    total = begun = 0.0
    for until, hazard in SHAPE:
        if day <= until:
            break
        total += hazard * (until - begun)
        begun = until
    return total + hazard * max(day - begun, 0.0)


_FIRST_YEAR = exposure(0, YEAR)


def _interpolate(centres: Sequence[float]) -> Iterator[float]:
    yield from [centres[0]] * DIARY_MONTH
    for before, after in pairwise(centres):
        yield from [before + day / DIARY_MONTH * (after - before) for day in range(DIARY_MONTH)]
    yield centres[-1]


@dataclass(frozen=True, slots=True)
class RiskModel:
    """A base rate and the effects of ``FEATURES``, each with its error, under a hash of them all.

    ``base_rate`` is the share who stop within 12 months. ``centres`` are minus the logarithm of the
    mean relative hazard of those still on the tablets, by the age of the diary: so base rate and shape are
    those of all patients and not of a typical one. The mean rises with the age, as symptoms begin and
    answers tell the patients apart.
    ``errors`` are standard errors of the base rate's log-hazard (first) and of the effects;
    ``correlations`` is the lower triangle below the diagonal, one row for each of them, or empty.

    >>> RiskModel().version == RiskModel(base_rate=0.15).version, len(RiskModel().version)
    (True, 12)
    """

    base_rate: float = BASE_RATE
    centres: tuple[float, ...] = CENTRES
    effects: tuple[float, ...] = tuple(feature.effect for feature in FEATURES)
    errors: tuple[float, ...] = (BASE_ERROR, *(feature.error for feature in FEATURES))
    correlations: tuple[tuple[float, ...], ...] = ()
    version: str = field(init=False)
    _centre_by_day: tuple[float, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hash every number, and interpolate the centres."""
        object.__setattr__(self, "version", content_hash(self.numbers()))
        object.__setattr__(self, "_centre_by_day", tuple(_interpolate(self.centres)))

    def numbers(self) -> list[Any]:
        """Return every number that a risk depends on."""
        own = [self.base_rate, self.centres, self.effects, self.errors, self.correlations]
        return [*own, TYPICAL, [hazard for _, hazard in SHAPE]]

    def assess(self, history: RiskHistory, factors: PatientFactors) -> Risk | None:
        """Return the risk as of the last day; None where the data are insufficient.

        A month's hazard is 1 - exp(-exp(log-hazard)), the complementary log-log model; over 90 days
        of a constant relative hazard, the cumulative hazards of the months add up.

        Source:
            Prentice and Gloeckler 1978, Biometrics 34:57 (grouped proportional hazards).
        """
        started = factors.started
        if insufficient_data_reason(history, started) is not None:
            return None
        values = covariates(history, factors)
        average = self.average_hazard(history.last_day - (history.first_day if started is None else started))
        hazard = average * math.exp(self.centre(diary_days(history)) + self.predictor(values))
        return Risk(-math.expm1(-hazard), -math.expm1(-average), hazard, values)

    def interval(self, risk: Risk) -> tuple[float, float]:
        """Return the 95% interval of a risk, normal on the scale of the log-hazard.

        It covers the uncertainty of the base rate and of the effects, not that of a wrong model.
        """
        factor = math.exp(Z95 * self.error(risk.covariates))
        return -math.expm1(-risk.hazard / factor), -math.expm1(-risk.hazard * factor)

    def average_hazard(self, day: int) -> float:
        """Return the cumulative hazard of an average patient over the 90 days from a day on.

        >>> round(RiskModel(base_rate=0.15).average_hazard(400), 4)  # -ln(0.85) x 90 / 620.7
        0.0236
        """
        return -math.log1p(-self.base_rate) * _exposure_of_horizon(day) / _FIRST_YEAR

    def centre(self, days: int) -> float:
        """Return the centre for a diary of so many days, linear between the months.

        >>> model = RiskModel(centres=(0.0, -0.1, -0.2, -0.3, -0.4, -0.5))
        >>> [round(model.centre(days), 2) for days in (3, 30, 45, 180, 900)]
        [0.0, 0.0, -0.05, -0.5, -0.5]
        """
        by_day = self._centre_by_day
        return by_day[days] if days < len(by_day) else by_day[-1]

    def with_stated_rate(self, base_rate: float) -> "RiskModel":
        """Return the model with the base rate that a site states."""
        return replace(self, base_rate=base_rate, errors=(SITE_ERROR, *self.errors[1:]))

    def predictor(self, values: Values) -> float:
        """Return the linear predictor: the sum of what the known features add to the log-hazard."""
        rows = zip(self.effects, values, TYPICAL, strict=False)  # checked lengths cost a tenth of it
        return sum([effect * (value - typical) for effect, value, typical in rows if value is not None])

    def error(self, values: Values) -> float:
        """Return the standard error of the log-hazard."""
        base, *errors = self.errors
        rows = zip(errors, values, TYPICAL, strict=True)
        parts = [0.0 if value is None else error * (value - typical) for error, value, typical in rows]
        parts = [base, *parts]
        if not self.correlations:
            return math.hypot(*parts)
        squared = sum(map(mul, parts, parts))
        for part, row in zip(parts, self.correlations, strict=True):
            squared += 2.0 * part * sum(map(mul, row, parts))
        return math.sqrt(max(squared, 0.0))

    def contributions(self, values: Values) -> list[Contribution]:
        """Return the contribution of each known feature, largest first; they sum to the predictor."""
        rows = zip(FEATURES, self.effects, values, strict=True)
        added = [
            Contribution(feature.name, value, effect * (value - feature.typical))
            for feature, effect, value in rows
            if value is not None
        ]
        return sorted(added, key=lambda each: (-abs(each.log_hazard), each.name))
