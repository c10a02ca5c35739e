"""Random series and own use of a scale, for worlds of simulated diaries."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import NormalDist

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.worlds.diary import Series

HIGHEST = 10
_GRID = np.linspace(-6.0, 16.0, 221)
_POLYNOMIAL = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0.0)
"""Coefficients of the error function, exact to 2e-7: Abramowitz and Stegun, formula 7.1.26."""


def pick(rng: Generator, shares: Mapping[str, float]) -> str:
    """Return one of the names by its share; the shares need not sum to 1."""
    weights = np.array([*shares.values()])
    return [*shares][int(rng.choice(len(weights), p=weights / weights.sum()))]


def correlated(rng: Generator, days: int, correlation: float) -> Series:
    """Return a stationary autoregression of order 1 with variance 1."""
    value = float(rng.normal())
    series = []
    for innovation in (math.sqrt(1 - correlation**2) * rng.normal(size=days)).tolist():
        series.append(value)
        value = correlation * value + innovation
    return np.array(series)


def normal_share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the normal distribution function."""
    scaled = np.abs(values) / math.sqrt(2)
    tail = 0.5 * np.polyval(_POLYNOMIAL, 1 / (1 + 0.3275911 * scaled)) * np.exp(-(scaled**2))
    share: NDArray[np.float64] = np.where(values < 0, tail, 1 - tail)
    return share


@dataclass(frozen=True, slots=True)
class OwnScale:
    """Thresholds by which one patient turns a continuous symptom into an answer of 0 to 10.

    Attributes:
        thresholds: Least symptom for each answer from 1 to 10, in order.
        sd: SD of the day-to-day noise of the symptom.
        expected: Answers to be expected along a grid of symptom levels, increasing.
    """

    thresholds: Series
    sd: float
    expected: Series

    @classmethod
    def of(cls, thresholds: Series, sd: float) -> "OwnScale":
        """Return the scale, with the answers to be expected under that noise."""
        ordered = np.sort(thresholds)
        return cls(ordered, sd, normal_share((_GRID[:, None] - ordered) / sd).sum(axis=1))

    def grade(self, symptom: Series) -> Series:
        """Return the answers."""
        answers: Series = np.searchsorted(self.thresholds, symptom, side="right").astype(np.float64)
        return answers

    def mean_answer(self, level: Series) -> Series:
        """Return the answer to be expected at a level of the symptom."""
        mean: Series = np.interp(level, _GRID, self.expected)
        return mean

    def level_for(self, mean_answer: Series) -> Series:
        """Return the level of the symptom at which that answer is to be expected."""
        level: Series = np.interp(mean_answer, self.expected, _GRID)
        return level


def missing_at_random(rng: Generator, answers: Series, share: float) -> Series:
    """Return the answers, a share of them blank."""
    given: Series = np.where(rng.random(answers.shape) < share, np.nan, answers)
    return given


def normal_quantiles(count: int) -> Series:
    """Return evenly spaced quantiles of the normal distribution."""
    return np.array([NormalDist().inv_cdf((number + 0.5) / count) for number in range(count)])


def near(rng: Generator, values: Series) -> Series:
    """Return answers of 0 to 10 near the true values."""
    answers: Series = np.round(values + rng.normal(0, 0.8, len(values))).clip(0, 10)
    return answers


def draw_facts(rng: Generator, first_day: date, tablets_from: int, zones: tuple[str, ...]) -> dict[str, str]:
    """Return the columns of patients.csv; each but the time zone is unknown in 5%."""
    facts = {
        "ai_started_on": (first_day + timedelta(days=tablets_from)).isoformat(),
        "ai": pick(rng, {"letrozole": 0.5, "anastrozole": 0.3, "exemestane": 0.2}),
        "prior_tamoxifen": str(bool(rng.random() < 0.25)).lower(),
        "prior_taxane": str(bool(rng.random() < 0.35)).lower(),
        "birth_year": str(first_day.year - int(np.clip(rng.normal(62, 10), 33, 89))),
    }
    known = {name: value if rng.random() >= 0.05 else "" for name, value in facts.items()}
    return known | {"timezone": zones[int(rng.integers(len(zones)))]}
