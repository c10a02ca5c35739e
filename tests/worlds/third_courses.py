"""Symptoms of the third world: a chain of states, and rises that come as a staircase of marks."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from tests.worlds.chance import correlated, pick
from tests.worlds.diary import SYMPTOMS, Series

ONSETS_A_DAY = ((28, 0.0043), (56, 0.0053), (91, 0.0036), (182, 0.0012), (365, 0.0006))
"""Onsets a day at risk, until these days on the tablets: 45% in a year, timed between cohorts that date them
early (PMC3504184; PMC3569524) and late (SAVS-JP, PMID 26411314); the timing is a judgement."""
_LATER_ONSETS = 0.0003

_SHORT_A_YEAR, _LONG_A_YEAR = 3.1, 0.5
_SHORT_STAYS, _LONG_STAYS = 0.87, (0.92, 0.95)
"""Flares: a median of 5 days and 14% beyond two weeks (ACT-FLARE, 3.1 a person-year), or of 8 to 13 days and
30 to 48% beyond two weeks (Parry E et al. 2019; rheumatoid arthritis, PMID 24334643, PMC4885442). The rate of
the long ones is assumed."""
_FLARE_SHAPE, _STIFF_IN_FLARE = 0.8, 0.6
"""Unequal rates: 30 of 67 had all 54 flares; stiff on 60% of days in a flare (both Parry E et al. 2019)."""

LED_BY = {"both": 0.5, "stiffness": 0.25, "pain": 0.25}
"""Symptom that rises first: stiffness without pain was common in a small series (Ohsako T et al. 2006)."""
_FOLLOWS_SHARE, _FOLLOWS_DAYS = 0.5, (14, 64)

_SMALL_SHARE = 0.12
_RETURNS_A_DAY = 0.0012
"""Share with a staircase below 2 points; rate of returning to the level before. Both assumed."""


@dataclass(frozen=True, slots=True)
class States:
    """Symptoms of one patient by day.

    Attributes:
        calm: Level of each symptom without a rise.
        rise: Points above it.
        flare: Points of flares above both, of pain.
        stiff_flare: Points of flares, of stiffness.
        begins: First day of a rise; None without one.
        led_by: Symptom that rises first; blank without a rise.
        kind: Name of the course.
        longest_flare: Days of the longest flare.
    """

    calm: dict[str, Series]
    rise: dict[str, Series]
    flare: Series
    stiff_flare: Series
    begins: int | None
    led_by: str
    kind: str
    longest_flare: int

    def levels(self, stopped: int | None) -> dict[str, Series]:
        """Return the levels; from three days after stopping a rise halves each fortnight (assumed)."""
        days = np.arange(len(self.flare))
        stays = 1.0 if stopped is None else 0.5 ** (np.maximum(days - stopped - 3, 0) / 14)
        return {name: np.clip(self.calm[name] + self.rise[name] * stays, 0.1, 9.3) for name in SYMPTOMS}


def draw_states(rng: Generator, days: int, tablets_from: int) -> States:
    """Draw the symptoms of one patient."""
    calm = _calm(rng, days)
    begins = _onset(rng, days, tablets_from)
    flare, longest = _flares(rng, days)
    rise = {name: np.zeros(days) for name in SYMPTOMS}
    kind, led_by = "calm", ""
    if begins is not None:
        led_by = pick(rng, LED_BY)
        rise, kind = _rises(rng, days, begins, led_by)
        small = rng.random() < _SMALL_SHARE
        if small:
            largest = max(float(each.max()) for each in rise.values())
            rise = {name: each * rng.uniform(0.8, 1.5) / largest for name, each in rise.items()}
            begins, kind, led_by = None, "small rise", ""
    stiff = flare * (rng.random(days) < _STIFF_IN_FLARE) * rng.uniform(0.6, 1.1)
    return States(calm, rise, flare, stiff, begins, led_by, kind, longest)


def _calm(rng: Generator, days: int) -> dict[str, Series]:
    """Return levels that wander by about a tenth over months."""
    pain = float(np.clip(rng.gamma(2.5, 1.1), 0.3, 7.0))
    usual = (pain, pain * rng.uniform(0.5, 1.3), pain * rng.uniform(0.3, 0.9))
    wander = np.exp(0.09 * correlated(rng, days, 0.985))
    return {name: level * wander for name, level in zip(SYMPTOMS, usual, strict=True)}


def _onset(rng: Generator, days: int, tablets_from: int) -> int | None:
    """Return the first day of a rise in the diary; rises from before it are part of its level."""
    risk = rng.gamma(4.0, 0.33)  # unequal between patients: assumed
    for day in range(days):
        on_tablets = day - tablets_from
        rate = next((rate for until, rate in ONSETS_A_DAY if on_tablets < until), _LATER_ONSETS)
        if on_tablets >= 0 and rng.random() < risk * rate:
            return day
    return None


def _rises(rng: Generator, days: int, begins: int, led_by: str) -> tuple[dict[str, Series], str]:
    """Return the rise of each symptom, the leading one first, and the name of the course."""
    leading = _staircase(rng, days, begins)
    follows = begins + int(rng.integers(*_FOLLOWS_DAYS))
    following = _staircase(rng, days, follows) * rng.uniform(0.4, 0.9) * (rng.random() < _FOLLOWS_SHARE)
    pain, stiffness = leading, leading * rng.uniform(0.6, 1.1)
    if led_by == "stiffness":
        pain, stiffness = following, leading
    elif led_by == "pain":
        stiffness = following
    returns = np.flatnonzero(rng.random(days) < _RETURNS_A_DAY * (np.arange(days) > begins + 42))
    kind = "lasting rise"
    if len(returns):
        fading = np.clip(1 - (np.arange(days) - returns[0]) / rng.uniform(14, 60), 0, 1)
        pain, stiffness, kind = pain * fading, stiffness * fading, "rise that returns"
    interference = np.maximum(pain, stiffness) * rng.uniform(0.3, 0.9)
    return dict(zip(SYMPTOMS, (pain, stiffness, interference), strict=True)), kind


def _staircase(rng: Generator, days: int, begins: int) -> Series:
    """Return 2.2 points or more in one to six stairs, spread over weeks."""
    size, count = 2.2 + min(rng.gamma(1.5, 0.8), 3.5), int(rng.integers(1, 7))
    moments = begins + np.concatenate([[0.0], np.cumsum(rng.exponential(8.0, count - 1))])
    marks = rng.dirichlet(np.full(count, 3.0)) * size
    reached = np.arange(days)[:, None] >= moments
    stairs: Series = (reached * marks).sum(axis=1)
    return stairs


def _flares(rng: Generator, days: int) -> tuple[Series, int]:
    """Return the points of flares by day, and the days of the longest."""
    unequal = rng.gamma(_FLARE_SHAPE, 1 / _FLARE_SHAPE)
    starts = np.array([_SHORT_A_YEAR, _LONG_A_YEAR]) * unequal / 365
    stays = (_SHORT_STAYS, float(rng.uniform(*_LONG_STAYS)))
    flare = np.zeros(days)
    day, longest = 0, 0
    while day < days:
        drawn = rng.random()
        if drawn >= starts.sum():
            day += 1
            continue
        length = int(rng.geometric(1 - stays[int(drawn >= starts[0])]))
        flare[day : day + length] = _one_flare(rng, length)[: days - day]
        longest = max(longest, min(length, days - day))
        day += length + 1
    return flare, longest


def _one_flare(rng: Generator, length: int) -> Series:
    """Return a flare that falls within two days from its peak, and then slowly."""
    since = np.arange(length)
    size = float(np.clip(np.exp(rng.normal(np.log(3.2), 0.3)), 2.0, 6.0))
    shape: Series = size * np.where(since < 2, 1.0, rng.uniform(0.6, 0.95))
    return shape
