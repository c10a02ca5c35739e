"""Days with an entry of a simulated patient: cadence, gaps, fading, informative and other silences."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from api.services.simulation.assumptions import Assumptions, Cadence
from api.services.simulation.patients import FRAILTY_SD, SimulatedPatient
from api.services.simulation.symptoms import Series, TrueSymptoms
from api.services.simulation.treatment import TreatmentEnd

Days: TypeAlias = NDArray[np.bool_]

_DAILY, _WEEKLY = 0.45, 0.80
"""In a mixed cohort: 45% daily diaries, 35% weekly, the rest daily for 12 weeks and then weekly."""

_CHANGES_AFTER, _BURST_SHARE, _BURST = 84, 0.2, 3
_FADES_PER_DAY = 0.0022
"""Log odds of answering lost per day: daily diaries fell from 56% in the first half year to 39% after one
(Daly, quoted second-hand), which is a log odds of 0.69 over about 315 days."""

_WEEKLY_MISSES = 0.7
"""A weekly diary is missed less than a daily one: answered 62% (Judson), 76% (Kaiku), 91% (PRO-TECT)."""

_CLUSTERING, _WORN_OUT = 0.3, 0.15
_SILENT_SHARE, _SILENT_DAYS = 0.6, (7, 29)
_SILENT_AFTER_SHARE, _GOES_ON_DAYS = 0.5, (14, 36)
"""Silence before stopping, and after: assumed. It is not missing at random, on purpose."""

_DEVICE_LOST_EVERY_DAYS, _DEVICE_LOST_DAYS = 1200, (14, 43)
"""Silence after the loss of a telephone carries no information: assumed."""


class EntryDays(NamedTuple):
    """Days with an entry, and the days on which nothing would be answered if asked."""

    written: Days
    away: Days


def draw_entry_days(
    rng: Generator,
    patient: SimulatedPatient,
    symptoms: TrueSymptoms,
    *,
    end: TreatmentEnd,
    assumptions: Assumptions,
) -> EntryDays:
    """Draw the days with an entry; always the first, the day of enrolment."""
    due, weekly = _due_days(rng, patient.days, assumptions.cadence)
    missing = float(np.clip(assumptions.missing_share + rng.uniform(-0.25, 0.25), 0, 0.95))
    share = np.where(weekly, _WEEKLY_MISSES * missing, missing)
    entry_days = due & (_copula(rng, patient.days) < _answer_probability(patient, symptoms, share))
    away = _device_lost(rng, patient.days) | _silent(rng, patient.days, end)
    entry_days &= ~away
    entry_days[0] = True
    return EntryDays(entry_days, away)


def _due_days(rng: Generator, days: int, cadence: Cadence) -> tuple[Days, Days]:
    """Return the days on which an entry is due, and the days of a weekly diary."""
    which, bursts = rng.random(), rng.random() < _BURST_SHARE
    weekly_days = _bursts(rng, days) if bursts else _weekly(rng, days)
    if cadence is Cadence.DAILY or (cadence is Cadence.MIXED and which < _DAILY):
        return np.ones(days, dtype=np.bool_), np.zeros(days, dtype=np.bool_)
    changes = 0 if cadence is Cadence.WEEKLY or which < _WEEKLY else _CHANGES_AFTER
    weekly = np.arange(days) >= changes
    return weekly_days | ~weekly, weekly


def _weekly(rng: Generator, days: int) -> Days:
    due = np.zeros(days, dtype=np.bool_)
    week = np.arange(rng.integers(7), days, 7)
    due[np.clip(week + rng.choice([-1, 0, 1], len(week), p=[0.2, 0.6, 0.2]), 0, days - 1)] = True
    return due


def _bursts(rng: Generator, days: int) -> Days:
    """Return some days in a row, then none for two to four weeks."""
    due = np.zeros(days, dtype=np.bool_)
    begins = 0
    while begins < days:
        due[begins : begins + _BURST] = True
        begins += _BURST + int(rng.integers(14, 29))
    return due


def _answer_probability(patient: SimulatedPatient, symptoms: TrueSymptoms, missing: Series) -> Series:
    """Return the probability of an answer by day: fading, lower on bad days and with frailty."""
    odds = np.log(1 - missing + 1e-9) - np.log(missing + 1e-9)
    odds = odds - _FADES_PER_DAY * (np.arange(patient.days) - patient.days / 2)
    odds = odds - _WORN_OUT * np.maximum(symptoms.deviation - 2, 0) - _WORN_OUT * patient.frailty / FRAILTY_SD
    chance: Series = 1 / (1 + np.exp(-odds))
    return chance


def _copula(rng: Generator, days: int) -> Series:
    """Return correlated uniform values by day (the logistic curve approximates the normal one)."""
    value, chances = float(rng.normal()), []
    for innovation in rng.normal(0, float(np.sqrt(1 - _CLUSTERING**2)), days).tolist():
        chances.append(value)
        value = _CLUSTERING * value + innovation
    uniform: Series = 1 / (1 + np.exp(-1.702 * np.array(chances)))
    return uniform


def _device_lost(rng: Generator, days: int) -> Days:
    lost = np.zeros(days, dtype=np.bool_)
    for start in np.flatnonzero(rng.random(days) < 1 / _DEVICE_LOST_EVERY_DAYS):
        lost[start : start + rng.integers(*_DEVICE_LOST_DAYS)] = True
    return lost


def _silent(rng: Generator, days: int, end: TreatmentEnd) -> Days:
    """Return the silent days around stopping, and all days after the tablets ended otherwise."""
    quiet_before = int(rng.integers(*_SILENT_DAYS)) if rng.random() < _SILENT_SHARE else 0
    goes_on = 0 if rng.random() < _SILENT_AFTER_SHARE else int(rng.integers(*_GOES_ON_DAYS))
    silent = np.zeros(days, dtype=np.bool_)
    if end.stopped is not None:
        silent[max(0, end.stopped - quiet_before) : end.stopped] = True
        silent[end.stopped + (0 if quiet_before else goes_on) :] = True
    if end.ended is not None:
        silent[end.ended :] = True
    return silent
