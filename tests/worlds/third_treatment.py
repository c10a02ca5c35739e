"""Tablets of the third world: a decision at each monthly visit, and runs of tablets left out on purpose."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.worlds.diary import Series

_VISIT_DAYS = 30
_BASE, _LATER = -4.42, -0.88
"""Log odds of stopping at a visit: 14.6% stop within a year (EvAluate-TM, PMID 29679775), 2.4 times as many a
month in the first half year as later (ELPh, PMID 22331951)."""

_EARLY_RISE, _BOTHERED, _COST, _SUPPORT = 0.94, 1.24, 0.37, 0.28
"""Log odds ratios: a rise in the first 30 days (2.55, EvAluate-TM), bother of 7 or more (3.44, E1Z11 and
E1Z03; the cut is assumed), cost (Neugut AI et al. 2011), little support (1.32, Pathways, PMC6026067)."""


@dataclass(frozen=True, slots=True)
class Tablets:
    """Tablets of one patient by day; ``stopped`` is None if never within the diary."""

    begins: int
    stopped: int | None
    taken: NDArray[np.bool_]
    bother: Series
    doubt: Series
    cost: bool
    confidence: Series
    bothered: bool


def draw_tablets(
    rng: Generator, above: Series, *, begins: int, rise_begins: int | None, stopping: float
) -> Tablets:
    """Draw the tablets of one patient from the true points above the first level.

    ``stopping`` adds to the log odds of stopping at a visit.
    """
    days = len(above)
    cost, little_support = bool(rng.random() < 0.1), bool(rng.random() < 0.3)
    other_effects = float(10 * rng.beta(1.1, 3.0))
    bother = np.clip(other_effects + 0.8 * above, 0, 10)
    traits = _COST * cost + _SUPPORT * little_support + rng.normal(0, 0.4)
    early_rise = rise_begins is not None and 0 <= rise_begins - begins < _VISIT_DAYS
    stopped = None
    for visit in range(begins + _VISIT_DAYS, days, _VISIT_DAYS):
        if visit < 1:
            continue
        odds = _BASE + stopping + traits + _EARLY_RISE * early_rise + _BOTHERED * bool(bother[visit] >= 7)
        odds += _LATER * (visit - begins > 6 * _VISIT_DAYS)
        if rng.random() < 1 / (1 + np.exp(-odds)):
            stopped = min(visit + int(rng.integers(_VISIT_DAYS)), days - 1)
            break
    sure = rng.normal(8.2, 1.2) - 1.2 * little_support - 0.25 * bother
    return Tablets(
        begins=begins,
        stopped=stopped,
        taken=_taken(rng, days, stopped, bother),
        bother=bother,
        doubt=np.clip(10 - sure + rng.normal(0, 1.0), 0, 10),
        cost=cost,
        confidence=np.clip(sure - _wavering(rng, days, stopped), 0, 10),
        bothered=other_effects >= 5,
    )


def _taken(rng: Generator, days: int, stopped: int | None, bother: Series) -> NDArray[np.bool_]:
    """Return the tablets taken: single ones forgotten, runs of 2 to 5 left out by the bothered."""
    taken: NDArray[np.bool_] = rng.random(days) >= 0.06 * rng.beta(1.0, 2.0)
    for start in np.flatnonzero(rng.random(days) < 0.0006 * np.maximum(bother - 2, 0)):
        taken[start : start + int(rng.integers(2, 6))] = False
    if stopped is not None:
        taken[stopped:] = False
    return taken


def _wavering(rng: Generator, days: int, stopped: int | None) -> Series:
    """Return the loss of confidence in the weeks before stopping, in 6 of 10."""
    reach, points = int(rng.integers(14, 61)), float(rng.uniform(1, 6) * (rng.random() < 0.6))
    if stopped is None:
        return np.zeros(days)
    return np.where(np.arange(days) >= stopped - reach, points, 0.0)
