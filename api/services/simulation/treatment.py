"""What a simulated woman does with her tablets: taking them, doubting, stopping."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from api.services.simulation.assumptions import Assumptions
from api.services.simulation.patients import FRAILTY_SD, SimulatedPatient, draw_person
from api.services.simulation.symptoms import Series, TrueSymptoms, draw_felt

MONTH = 30
_EARLY_MONTHS = 6
_EARLY_HAZARD, _LATE_HAZARD = math.log(0.029), math.log(0.012)
"""Shape of the monthly hazard before and after month 6: ELPh (Henry NL et al. 2012, PMID 22331951)."""

_PAIN_FROM, _PAIN = 4.0, 0.737
_WORSENED_BY, _WORSENED = 2.0, 0.740
_TAMOXIFEN, _TAXANE, _EXEMESTANE, _YOUNG, _YOUNG_BELOW = 0.698, 0.642, 0.405, 0.336, 55
"""Log hazard ratios. Worst pain of 4 or more and prior tamoxifen: Chim K et al. 2013, BMC Cancer 13:401.
Worsening: half of Kadakia KC et al. 2016, Oncologist 21:539, whose unit of change is not stated. Taxane,
exemestane and younger age: Henry NL et al. 2012; the cut at 55 is assumed."""

_COMPETING = 0.004
"""Monthly hazard of planned completion and recurrence, which end a diary and are not stopping: assumed."""

_PILOT, _PILOT_SEED, _YEAR_DAYS = 300, 20100, 360
_DOUBT_SHARE, _DOUBT_DAYS = 0.7, 45
_LAPSE_SHARE, _LAPSE_DAYS, _LAPSE_LOGIT = 0.6, 30, 3.0
_USUALLY_MISSED_LOGIT = -3.2


@dataclass(frozen=True, slots=True)
class TreatmentEnd:
    """How the tablets ended, as days of the diary: stopped, or ended for another reason; None is never."""

    stopped: int | None = None
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class SimulatedTablets:
    """Of each day: whether she was on tablets, whether she took it, and how confident she was to go on."""

    due: NDArray[np.bool_]
    taken: NDArray[np.bool_]
    confidence: Series


def draw_ending(
    rng: Generator, person: SimulatedPatient, felt: TrueSymptoms, assume: Assumptions
) -> TreatmentEnd:
    """Draw month by month whether she stops (complementary log-log hazard) or the tablets end otherwise."""
    intercept = base_hazard(assume)
    for begins, log_hazard in _months(person, felt):
        if (day := begins + int(rng.integers(MONTH))) < 1:
            continue  # that part of the month lies before her diary
        if rng.random() < _per_month(intercept + log_hazard):
            return TreatmentEnd(stopped=day) if day < person.days else TreatmentEnd()
        if rng.random() < _COMPETING:
            return TreatmentEnd(ended=day) if day < person.days else TreatmentEnd()
    return TreatmentEnd()


def draw_tablets(
    rng: Generator, person: SimulatedPatient, felt: TrueSymptoms, ending: TreatmentEnd
) -> SimulatedTablets:
    """Draw tablets and confidence; both falter before stopping in some, and with frailty in all."""
    days = np.arange(person.days, dtype=np.float64)
    frailty = person.frailty / FRAILTY_SD
    pain = np.maximum(felt.level - 3, 0)
    doubt = _before(rng, days, ending.stopped, share=_DOUBT_SHARE, reach=_DOUBT_DAYS) * rng.uniform(2.0, 7.0)
    lapse = _before(rng, days, ending.stopped, share=_LAPSE_SHARE, reach=_LAPSE_DAYS) * _LAPSE_LOGIT
    confidence = 8.3 - 0.8 * frailty - 0.3 * pain - doubt + rng.normal(0, 0.8, person.days)
    missed = 1 / (1 + np.exp(-(_USUALLY_MISSED_LOGIT + 0.6 * frailty + lapse)))
    taken = rng.random(person.days) >= missed
    if ending.stopped is not None:
        taken[ending.stopped :] = False
    return SimulatedTablets(days >= person.tablets_from, taken, np.clip(np.rint(confidence), 0, 10) + 0.0)


@lru_cache(maxsize=64)
def base_hazard(assume: Assumptions) -> float:
    """Return the intercept that makes the wanted share of a pilot cohort stop within 12 months.

    The pilot is the same for every seed, so the intercept belongs to the assumptions alone.
    """
    if not assume.stopping_share:
        return -math.inf
    pilot = [_pilot(number, assume) for number in range(_PILOT)]
    lowest, highest = -12.0, 12.0
    for _ in range(40):
        middle = (lowest + highest) / 2
        if sum(_stopped_within(middle, months) for months in pilot) / _PILOT < assume.stopping_share:
            lowest = middle
        else:
            highest = middle
    return (lowest + highest) / 2


def _pilot(number: int, assume: Assumptions) -> list[float]:
    rng = default_rng([_PILOT_SEED, number])
    person = replace(draw_person(rng, 1, days=_YEAR_DAYS, assume=assume), tablets_from=0)
    return [log_hazard for _, log_hazard in _months(person, draw_felt(rng, person))]


def _stopped_within(intercept: float, months: list[float]) -> float:
    stays = 1.0
    for log_hazard in months:
        stays *= 1 - _per_month(intercept + log_hazard)
    return 1 - stays


def _per_month(log_hazard: float) -> float:
    return 1.0 if log_hazard > 4 else 1 - math.exp(-math.exp(log_hazard))  # noqa: PLR2004 - e^-e^4 is 0


def _months(person: SimulatedPatient, felt: TrueSymptoms) -> Iterator[tuple[int, float]]:
    """Yield the first day of each month on tablets within the diary, and its log hazard without the base."""
    traits = (
        _TAMOXIFEN * person.prior_tamoxifen
        + _TAXANE * person.prior_taxane
        + _EXEMESTANE * (person.ai == "exemestane")
        + _YOUNG * (person.age < _YOUNG_BELOW)
        + person.frailty
    )
    month = max(0, -person.tablets_from // MONTH)
    while (begins := person.tablets_from + month * MONTH) < person.days:
        level = float(np.mean(felt.level[max(0, begins - MONTH) : max(0, begins) + 1]))
        symptoms = _PAIN * (level >= _PAIN_FROM) + _WORSENED * (level - felt.usual >= _WORSENED_BY)
        yield begins, traits + symptoms + (_EARLY_HAZARD if month < _EARLY_MONTHS else _LATE_HAZARD)
        month += 1


def _before(rng: Generator, days: Series, stopped: int | None, *, share: float, reach: int) -> Series:
    """Return 0 rising to 1 over the days before stopping, in a share of those who stop."""
    if rng.random() >= share or stopped is None:
        return np.zeros(len(days))
    return np.clip((days - (stopped - reach)) / reach, 0, 1)
