"""Courses of the second world: the level of each symptom by day, and flares. All shares are assumed."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from tests.worlds.chance import pick
from tests.worlds.diary import SYMPTOMS, Series

WORSE = {"step": 0.12, "ramp": 0.14, "slow": 0.06, "early": 0.06, "late": 0.05, "remitting": 0.06}
NOT_WORSE = {"stable": 0.26, "flares": 0.07, "improving": 0.09, "drift": 0.05, "season": 0.04}
"""Shares of courses. The first sum to 49%; some stop before the rise counts, so that about 45% get worse:
0.43 in E1Z11, 0.46 in the pooled 21 studies of Beckwee D et al. 2017."""

RISES = {"all": 0.78, "pain alone": 0.08, "stiffness alone": 0.08, "interference alone": 0.06}
"""Symptoms that rise: stiffness without pain is common (Ohsako T et al. 2006, 11 of 14); shares assumed."""

_LEAST, _MOST = 0.15, 9.7
_QUIET = 29
_SIZE = (2.2, 4.0)


@dataclass(frozen=True, slots=True)
class Course:
    """Course of one patient.

    Attributes:
        kind: Name of the course.
        rises: Symptoms that rise; blank if none does.
        begins: First day of the rise; None without one.
        base: Level of each symptom by day without the rise.
        rise: Points that each symptom rises by day.
        flares: Points above the level by day, on the pain's scale.
    """

    kind: str
    rises: str
    begins: int | None
    base: dict[str, Series]
    rise: dict[str, Series]
    flares: Series

    def levels(self, stopped: int | None) -> dict[str, Series]:
        """Return the level of each symptom; a rise fades within weeks of stopping (Niravath P 2013)."""
        days = np.arange(len(self.flares))
        stays = 1.0 if stopped is None else np.exp(-np.maximum(days - stopped, 0) / 12.0)
        return {name: np.clip(self.base[name] + self.rise[name] * stays, _LEAST, _MOST) for name in SYMPTOMS}


def draw_course(rng: Generator, days: int, *, season_phase: float) -> Course:
    """Draw the course of one patient."""
    kind = pick(rng, WORSE | NOT_WORSE)
    usual = _usual(rng)
    base = {name: usual[name] + _calm_movement(rng, days, kind, season_phase) for name in SYMPTOMS}
    flares = _flares(rng, days, 33.0 if kind == "flares" else float(rng.uniform(150, 800)))
    if kind == "drift":
        rise = _near_threshold(rng, days)
        return Course(kind, "", None, base, dict.fromkeys(SYMPTOMS, rise), flares)
    if kind not in WORSE:
        return Course(kind, "", None, base, dict.fromkeys(SYMPTOMS, np.zeros(days)), flares)
    rises, begins = pick(rng, RISES), _begins(rng, days, kind)
    shape, sizes = _shape(rng, days, kind, begins), _sizes(rng, rises)
    for name, size in sizes.items():  # room for the rise below the end of the scale
        base[name] = np.minimum(base[name], _MOST - size)
    return Course(kind, rises, begins, base, {name: sizes[name] * shape for name in SYMPTOMS}, flares)


def _usual(rng: Generator) -> dict[str, float]:
    """Return usual answers: low in most, any level up to high in others."""
    low, any_level = rng.normal(2.3, 1.3), rng.uniform(3.5, 8.5)
    pain = float(np.clip(low if rng.random() < 0.75 else any_level, 0.3, 8.5))
    stiffness = float(np.clip(pain * rng.uniform(0.5, 1.2) + rng.normal(0, 0.8), 0.3, 8.5))
    interference = float(np.clip(pain * rng.uniform(0.4, 1.0) + rng.normal(0, 0.6), 0.2, 8.0))
    return dict(zip(SYMPTOMS, (pain, stiffness, interference), strict=True))


def _calm_movement(rng: Generator, days: int, kind: str, phase: float) -> Series:
    """Return season (no size was found) and, for some, an improvement as on placebo in S0927 and S1202."""
    time = np.arange(days)
    amplitude = rng.uniform(0.45, 0.8) if kind == "season" else rng.uniform(0.0, 0.3)
    season: Series = amplitude * np.cos(2 * np.pi * (time / 365.25 + phase))
    if kind == "improving":
        season = season + rng.uniform(1.2, 3.0) * (np.exp(-time / rng.uniform(25, 80)) - 0.5)
    return season


def _near_threshold(rng: Generator, days: int) -> Series:
    begins, length = rng.uniform(20, max(days - 60, 21)), rng.uniform(10, 120)
    drift: Series = rng.uniform(1.0, 1.5) * np.clip((np.arange(days) - begins) / length, 0, 1)
    return drift


def _begins(rng: Generator, days: int, kind: str) -> int:
    """Return the first day of the rise: in most courses the earlier the likelier."""
    last = max(days - 45, _QUIET + 1)
    if kind == "early":
        return int(rng.integers(2, _QUIET))
    if kind == "late":
        return int(rng.integers(min(180, last - 1), last))
    if kind == "slow":
        last = max(days - 110, _QUIET + 1)
    return int(_QUIET + (last - _QUIET) * rng.beta(1.0, 1.6))


def _shape(rng: Generator, days: int, kind: str, begins: int) -> Series:
    """Return the share of the rise that is reached by day."""
    lengths = {"step": (1, 4), "ramp": (14, 43), "slow": (60, 151), "early": (1, 15), "late": (1, 43)}
    since = np.arange(days) - begins + 1
    length = int(rng.integers(*lengths.get(kind, (1, 15))))
    shape: Series = np.clip(since / length, 0, 1)
    if kind == "remitting":
        risen, fall = int(rng.integers(28, 85)), int(rng.integers(7, 22))
        shape = shape * np.clip(1 - (since - risen) / fall, 0, 1)
    return shape


def _sizes(rng: Generator, rises: str) -> dict[str, float]:
    size = float(rng.uniform(*_SIZE))
    stiffness, interference = size * rng.uniform(0.4, 1.1), size * rng.uniform(0.3, 0.9)
    if rises == "all":
        return dict(zip(SYMPTOMS, (size, float(stiffness), float(interference)), strict=True))
    alone = {"pain alone": "pain_worst", "stiffness alone": "stiffness", "interference alone": "interference"}
    return {name: size if name == alone[rises] else float(rng.uniform(0, 0.2)) for name in SYMPTOMS}


def _flares(rng: Generator, days: int, every: float) -> Series:
    """Return flares of 1 to 13 days, most of them short.

    Medians of 5 and 8 days were published for arthrosis of the knee (ACT-FLARE; Parry E et al. 2019).
    """
    flares = np.zeros(days)
    for start in np.flatnonzero(rng.random(days) < 1 / every):
        length = int(rng.integers(1, 5) if rng.random() < 0.55 else rng.integers(4, 14))
        size = float(rng.uniform(2.0, 5.0))
        ebbing = np.linspace(1.0, rng.uniform(0.5, 1.0), length)[: days - start]
        flares[start : start + length] = np.maximum(flares[start : start + length], size * ebbing)
    return flares
