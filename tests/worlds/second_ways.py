"""Nine ways of writing a diary in the second world: days with an entry, and when each was written."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.worlds.chance import correlated, normal_share
from tests.worlds.diary import Series

WAYS = {
    "daily": 0.11,
    "most days": 0.12,
    "weekly": 0.16,
    "fading": 0.12,
    "weekly then monthly": 0.10,
    "bursts": 0.10,
    "only bad days": 0.08,
    "misses worst days": 0.12,
    "back-filled": 0.09,
}
"""Shares of the ways of writing; they and all other numbers here are assumed."""

PROMPTED = frozenset({"daily", "weekly", "fading", "weekly then monthly", "bursts"})
"""Ways that follow the reminders; the others write of their own accord."""

_MONTHLY_AFTER = 84
_WORST = 0.8
_PHONE_LOST_SHARE, _PHONE_LOST_DAYS = 0.08, (14, 43)

Days = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Written:
    """Writing of one patient.

    Attributes:
        day: Days with an entry, in order.
        written: Day on which each was written.
        lost: Days of the silence of a lost phone.
        away: Days on which not even an extra check-in is answered.
    """

    day: NDArray[np.int64]
    written: NDArray[np.int64]
    lost: tuple[int, int] | None
    away: Days


def draw_writing(rng: Generator, way: str, symptom: Series, *, sd: float, silent: Days) -> Written:
    """Draw the days of a diary.

    Args:
        rng: Random generator of the patient.
        way: One of ``WAYS``.
        symptom: Worst pain by day with noise and flares.
        sd: SD of its noise.
        silent: Days on which nothing is written, as around stopping.
    """
    days = len(symptom)
    lost = _phone_lost(rng, days)
    away = silent.copy()
    if lost is not None:
        away[lost[0] : lost[1]] = True
    if way == "back-filled":
        return _back_filled(rng, away, lost)
    uniform = normal_share(correlated(rng, days, 0.3))
    wrote = (uniform < _chance(rng, way, symptom, sd)) & ~away
    wrote[0] = True  # the day of enrolment
    day = np.flatnonzero(wrote).astype(np.int64)
    if way == "misses worst days":
        away |= ~wrote & (symptom - _usual(symptom) > _WORST * sd)
    return Written(day, day, lost, away)


def _chance(rng: Generator, way: str, symptom: Series, sd: float) -> Series:
    """Return the chance of an entry by day."""
    days = len(symptom)
    if way in {"daily", "most days"}:
        return np.full(days, rng.uniform(0.8, 0.98) if way == "daily" else rng.uniform(0.45, 0.8))
    if way == "fading":
        fading: Series = 0.1 + 0.8 * np.exp(-np.arange(days) / rng.uniform(40, 140))
        return fading
    if way in {"only bad days", "misses worst days"}:
        return _chance_by_feeling(rng, way, (symptom - _usual(symptom)) / sd)
    return rng.uniform(0.7, 0.95) * _due(rng, way, days)


def _chance_by_feeling(rng: Generator, way: str, above: Series) -> Series:
    """Return the chance of an entry where it depends on how far the day is above the usual."""
    if way == "only bad days":
        bad: Series = np.where(above > 1.0, rng.uniform(0.5, 0.9), rng.uniform(0.03, 0.10))
        return bad
    kept: Series = rng.uniform(0.7, 0.9) * np.where(above > _WORST, rng.uniform(0.02, 0.10), 1.0)
    return kept


def _due(rng: Generator, way: str, days: int) -> Series:
    """Return 1 on the days on which an entry is planned."""
    if way == "bursts":
        return _bursts(rng, days)
    weekly = _every(rng, days, 7)
    if way == "weekly":
        return weekly
    due: Series = np.where(np.arange(days) < _MONTHLY_AFTER, weekly, _every(rng, days, 28))
    return due


def _usual(symptom: Series) -> Series:
    """Return the level that the patient holds for usual: it follows the symptom over some weeks."""
    value = float(np.median(symptom[:21]))
    usual = []
    for today in symptom.tolist():
        usual.append(value)
        value += (today - value) / 60
    return np.array(usual)


def _every(rng: Generator, days: int, interval: int) -> Series:
    due = np.zeros(days)
    planned = np.arange(rng.integers(interval), days, interval)
    due[np.clip(planned + rng.choice([-1, 0, 0, 0, 1], len(planned)), 0, days - 1)] = 1.0
    return due


def _bursts(rng: Generator, days: int) -> Series:
    due = np.zeros(days)
    begins = 0
    while begins < days:
        length = int(rng.integers(4, 9))
        due[begins : begins + length] = 1.0
        begins += length + int(rng.integers(14, 29))
    return due


def _back_filled(rng: Generator, away: Days, lost: tuple[int, int] | None) -> Written:
    """Return days filled in at one sitting for a week or two; the oldest of a longer gap stay blank."""
    days, keeps = len(away), float(rng.uniform(0.75, 0.98))
    day, written = [0], [0]
    sitting = 0
    while (sitting := sitting + int(rng.integers(5, 15))) < days:
        if away[sitting]:
            continue
        for back in range(min(14, sitting - day[-1]) - 1, -1, -1):
            if rng.random() < keeps or back == 0:
                day.append(sitting - back)
                written.append(sitting)
    return Written(np.array(day), np.array(written), lost, away)


def _phone_lost(rng: Generator, days: int) -> tuple[int, int] | None:
    if rng.random() >= _PHONE_LOST_SHARE:
        return None
    begins = int(rng.integers(10, max(days - 10, 11)))
    return begins, begins + int(rng.integers(*_PHONE_LOST_DAYS))


def recollect(rng: Generator, symptom: Series, written: Written) -> Series:
    """Return the symptom of each entry as it is remembered when it is written.

    Memory holds to the peak and to the present state (Stone AA et al. 2000; Schneider S et al. 2011), the
    more the longer ago; the weights are assumed.
    """
    remembered = symptom[written.day]
    if np.array_equal(written.day, written.written):
        return remembered
    pull = float(rng.uniform(0.45, 0.9))
    for sitting in np.unique(written.written):
        block = np.flatnonzero(written.written == sitting)
        felt, present = symptom[written.day[block]], symptom[sitting]
        anchor = 0.55 * present + 0.25 * felt.max() + 0.2 * felt.mean()
        weight = pull * (1 - np.exp(-(sitting - written.day[block]) / 1.5))
        remembered[block] = (1 - weight) * felt + weight * anchor
    return remembered
