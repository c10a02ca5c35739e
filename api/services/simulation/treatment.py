"""Treatment of a simulated patient: tablets taken, confidence to go on, and stopping."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from api.services.simulation.assumptions import Assumptions
from api.services.simulation.patients import FRAILTY_SD, SimulatedPatient, draw_patient
from api.services.simulation.symptoms import Series, TrueSymptoms, draw_symptoms

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
    """End of treatment, as days of the diary: stopped, or ended for another reason; None is never."""

    stopped: int | None = None
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class SimulatedTablets:
    """For each day: whether a tablet was due, whether it was taken, and confidence to go on."""

    due: NDArray[np.bool_]
    taken: NDArray[np.bool_]
    confidence: Series


def draw_treatment_end(
    rng: Generator, patient: SimulatedPatient, symptoms: TrueSymptoms, assumptions: Assumptions
) -> TreatmentEnd:
    """Draw month by month stopping (complementary log-log hazard) or another end of treatment."""
    intercept = base_hazard(assumptions)
    for begins, log_hazard in _months(patient, symptoms):
        if (day := begins + int(rng.integers(MONTH))) < 1:
            continue  # that part of the month lies before the diary
        if rng.random() < _per_month(intercept + log_hazard):
            return TreatmentEnd(stopped=day) if day < patient.days else TreatmentEnd()
        if rng.random() < _COMPETING:
            return TreatmentEnd(ended=day) if day < patient.days else TreatmentEnd()
    return TreatmentEnd()


def draw_tablets(
    rng: Generator, patient: SimulatedPatient, symptoms: TrueSymptoms, end: TreatmentEnd
) -> SimulatedTablets:
    """Draw tablets and confidence; both decline before stopping in some, and with frailty in all."""
    days = np.arange(patient.days, dtype=np.float64)
    frailty = patient.frailty / FRAILTY_SD
    pain = np.maximum(symptoms.level - 3, 0)
    doubt = _before(rng, days, end.stopped, share=_DOUBT_SHARE, reach=_DOUBT_DAYS) * rng.uniform(2.0, 7.0)
    lapse = _before(rng, days, end.stopped, share=_LAPSE_SHARE, reach=_LAPSE_DAYS) * _LAPSE_LOGIT
    confidence = 8.3 - 0.8 * frailty - 0.3 * pain - doubt + rng.normal(0, 0.8, patient.days)
    missed = 1 / (1 + np.exp(-(_USUALLY_MISSED_LOGIT + 0.6 * frailty + lapse)))
    taken = rng.random(patient.days) >= missed
    if end.stopped is not None:
        taken[end.stopped :] = False
    return SimulatedTablets(days >= patient.tablets_from, taken, np.clip(np.rint(confidence), 0, 10) + 0.0)


@lru_cache(maxsize=64)
def base_hazard(assumptions: Assumptions) -> float:
    """Return the intercept with which the assumed share of a pilot cohort stops within 12 months.

    The pilot is the same for every seed, so the intercept depends on the assumptions alone.
    """
    if not assumptions.stopping_share:
        return -math.inf
    pilot = [_pilot(number, assumptions) for number in range(_PILOT)]
    lowest, highest = -12.0, 12.0
    for _ in range(40):
        middle = (lowest + highest) / 2
        if sum(_stopped_within(middle, months) for months in pilot) / _PILOT < assumptions.stopping_share:
            lowest = middle
        else:
            highest = middle
    return (lowest + highest) / 2


def _pilot(number: int, assumptions: Assumptions) -> list[float]:
    rng = default_rng([_PILOT_SEED, number])
    patient = replace(draw_patient(rng, 1, days=_YEAR_DAYS, assumptions=assumptions), tablets_from=0)
    return [log_hazard for _, log_hazard in _months(patient, draw_symptoms(rng, patient))]


def _stopped_within(intercept: float, months: list[float]) -> float:
    stays = 1.0
    for log_hazard in months:
        stays *= 1 - _per_month(intercept + log_hazard)
    return 1 - stays


def _per_month(log_hazard: float) -> float:
    return 1.0 if log_hazard > 4 else 1 - math.exp(-math.exp(log_hazard))  # noqa: PLR2004 - e^-e^4 is 0


def _months(patient: SimulatedPatient, symptoms: TrueSymptoms) -> Iterator[tuple[int, float]]:
    """Yield the first day of each month on tablets within the diary, and its log hazard without the base."""
    traits = (
        _TAMOXIFEN * patient.prior_tamoxifen
        + _TAXANE * patient.prior_taxane
        + _EXEMESTANE * (patient.ai == "exemestane")
        + _YOUNG * (patient.age < _YOUNG_BELOW)
        + patient.frailty
    )
    month = max(0, -patient.tablets_from // MONTH)
    while (begins := patient.tablets_from + month * MONTH) < patient.days:
        level = float(np.mean(symptoms.level[max(0, begins - MONTH) : max(0, begins) + 1]))
        effect = _PAIN * (level >= _PAIN_FROM) + _WORSENED * (level - symptoms.baseline >= _WORSENED_BY)
        yield begins, traits + effect + (_EARLY_HAZARD if month < _EARLY_MONTHS else _LATE_HAZARD)
        month += 1


def _before(rng: Generator, days: Series, stopped: int | None, *, share: float, reach: int) -> Series:
    """Return a ramp from 0 to 1 over the days before stopping, in a share of those who stop."""
    if rng.random() >= share or stopped is None:
        return np.zeros(len(days))
    return np.clip((days - (stopped - reach)) / reach, 0, 1)
