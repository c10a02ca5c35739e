"""True symptoms of a simulated patient by day, and the answers to them."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from api.services.simulation.patients import SimulatedPatient, SymptomPattern

Series: TypeAlias = NDArray[np.float64]

QUIET_DAYS = 28
"""First days of a diary without a true onset, which could not be distinguished from the baseline."""

_LATE_SHARE, _LATE_FROM, _LATE_TO = 0.08, 182, 400
_ONSET_LOG_MEAN, _ONSET_LOG_SD = 3.599, 0.4755
"""Days from the first tablet to symptoms. With 8% after six months, this lognormal body puts the median
at 5.5 weeks and 75% by week 8: 75% by week 8 in PMC3504184 (n=52), 74% within three months in
PMC3569524 (n=300), some after month 13 in Kanematsu 2011."""
_TRIES = 50

_PLACEBO_TAU = 54.6
_PLACEBO_FALL = (1.9, 3.0)
"""Points and days of an improvement without a drug: placebo fell by 1.49 in 12 and 1.81 in 24 weeks
in S0927 (PMC4451174), and by 2.34 in 12 weeks among non-obese participants in S1202."""

_FLARE_EVERY_DAYS, _FLARE_RARELY_DAYS = 35, 400
_STEP_SHARE = 0.4
_INNOVATION_DF = 7.0
_RELIEF_DAYS = 10.0
"""Symptoms fade within about two weeks of stopping (proposed criteria, Niravath 2013); shape assumed."""


@dataclass(frozen=True, slots=True)
class TrueSymptoms:
    """True symptoms: levels without noise, and the deviation of each day from them."""

    onset: int | None
    baseline: float
    level: Series
    deviation: Series


@dataclass(frozen=True, slots=True)
class SimulatedAnswers:
    """Answers of each day; whole numbers, as floats."""

    worst: Series
    average: Series
    stiffness: Series
    minutes: Series
    interference: Series


def draw_symptoms(rng: Generator, patient: SimulatedPatient) -> TrueSymptoms:
    """Draw the worst pain over time, without stopping of the tablets."""
    days = np.arange(patient.days, dtype=np.float64)
    onset, rise = _onset(rng, patient), _rise(rng, days, patient)
    level: Series = patient.baseline + _drift(rng, days) + _improvement(rng, days, patient)
    if onset is not None:
        level = level + np.where(days >= onset, rise[np.maximum(days - onset, 0).astype(int)], 0.0)
    noise = _autocorrelated(rng, patient.days, patient.sd, patient.autocorrelation)
    return TrueSymptoms(onset, patient.baseline, level, noise + _flares(rng, patient))


def after_stopping(symptoms: TrueSymptoms, stopped: int | None) -> TrueSymptoms:
    """Return the symptoms with those of the tablets fading after stopping."""
    if stopped is None:
        return symptoms
    days = np.arange(len(symptoms.level), dtype=np.float64)
    fading = np.exp(-np.maximum(days - stopped, 0) / _RELIEF_DAYS)
    above = np.maximum(symptoms.level - symptoms.baseline, 0)
    return TrueSymptoms(
        symptoms.onset, symptoms.baseline, symptoms.level - above * (1 - fading), symptoms.deviation
    )


def draw_answers(rng: Generator, patient: SimulatedPatient, symptoms: TrueSymptoms) -> SimulatedAnswers:
    """Draw the answers, rounded to 0..10; stiffness follows pain with variation of its own."""
    days = patient.days
    true = symptoms.level + symptoms.deviation
    worst = _whole(true, 10)
    usually = patient.baseline * rng.uniform(0.5, 1.1) + rng.normal(0, 0.7)
    shared = (symptoms.level - symptoms.baseline) * rng.uniform(0.6, 1.1) + 0.4 * symptoms.deviation
    stiffness = usually + shared + _autocorrelated(rng, days, 0.8 * patient.sd, patient.autocorrelation)
    minutes = 4 * np.clip(stiffness, 0, 10) ** 1.3 * np.exp(rng.normal(0, 0.5) + rng.normal(0, 0.3, days))
    return SimulatedAnswers(
        worst=worst,
        average=np.minimum(worst, _whole(0.72 * true + rng.normal(0, 0.5, days), 10)),
        stiffness=_whole(stiffness, 10),
        minutes=5 * _whole(minutes / 5, 144),
        interference=_whole(0.75 * true - 0.3 + rng.normal(0, 0.8, days), 10),
    )


def _onset(rng: Generator, patient: SimulatedPatient) -> int | None:
    """Return the day of the diary on which a true worsening begins; None if outside the diary."""
    if patient.kind is not SymptomPattern.ONSET:
        return None
    for _ in range(_TRIES):
        late = rng.random() < _LATE_SHARE
        after = rng.uniform(_LATE_FROM, _LATE_TO) if late else rng.lognormal(_ONSET_LOG_MEAN, _ONSET_LOG_SD)
        day = patient.tablets_from + round(float(after))
        if day >= QUIET_DAYS:
            return day if day < patient.days else None
    return None


def _rise(rng: Generator, days: Series, patient: SimulatedPatient) -> Series:
    """Return the rise in points by days since onset: a step, or a ramp of two to six weeks."""
    ramp = rng.uniform(14, 42)
    length = 1.0 if rng.random() < _STEP_SHARE else ramp
    return patient.rise * np.minimum((days + 1) / length, 1.0)


def _drift(rng: Generator, days: Series) -> Series:
    """Return slow drift of less than a point in all, which is clinically irrelevant."""
    size, length = rng.uniform(-0.6, 0.6), rng.uniform(60, 200)
    begins = rng.uniform(0, max(len(days), 1))
    wave, phase = rng.uniform(0, 0.3), rng.uniform(0, 2 * np.pi)
    return size * np.clip((days - begins) / length, 0, 1) + wave * np.sin(2 * np.pi * days / 180 + phase)


def _improvement(rng: Generator, days: Series, patient: SimulatedPatient) -> Series:
    fall = rng.uniform(*_PLACEBO_FALL)
    if patient.kind is not SymptomPattern.IMPROVING:
        return np.zeros_like(days)
    return -fall * (1 - np.exp(-days / _PLACEBO_TAU))


def _flares(rng: Generator, patient: SimulatedPatient) -> Series:
    """Return flares of two to five days and two to five points, and 0 on all other days."""
    every = _FLARE_EVERY_DAYS if patient.background is SymptomPattern.FLARING else _FLARE_RARELY_DAYS
    flares = np.zeros(patient.days)
    for start in np.flatnonzero(rng.random(patient.days) < 1 / every):
        flares[start : start + rng.integers(2, 6)] = rng.uniform(2, 5)
    return flares


def _autocorrelated(rng: Generator, days: int, sd: float, correlation: float) -> Series:
    """Return autocorrelated noise with heavier tails than the normal distribution."""
    scale = sd * np.sqrt((1 - correlation**2) * (_INNOVATION_DF - 2) / _INNOVATION_DF)
    value = sd * float(rng.normal())
    noise = []
    for innovation in (scale * rng.standard_t(_INNOVATION_DF, days)).tolist():
        noise.append(value)
        value = correlation * value + innovation
    return np.array(noise)


def _whole(values: Series, highest: float) -> Series:
    return np.clip(np.rint(values), 0, highest) + 0.0
