"""Stopping the tablets in the second world: mixed causes, tablets missed before, and silence around it."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from tests.worlds.chance import pick
from tests.worlds.diary import Series, running_mean

CAUSES = {"symptoms": 0.42, "bother": 0.16, "doubt": 0.18, "cost": 0.10, "nothing seen": 0.14}
"""Shares of the patients by the cause that would make them stop: assumed."""

_LOG_HAZARD = -8.71
"""Log hazard a day of a patient without any of the causes: with it 20.5% stop within a year of tablets."""

_ABOVE_USUAL, _BOTHER, _DOUBT, _COST = 0.75, 0.30, 0.40, 1.1
_OTHERS, _FRAILTY_SD = 0.35, 0.4
_EARLY_DAYS, _EARLY = 180, 0.75
"""Log hazard ratios, assumed: a point above the usual level, a point of bother and of doubt above 3,
trouble with cost. Causes other than the patient's own count for 0.35; the first half year weighs 2.1-fold."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """Treatment of one patient, by day of the diary.

    Attributes:
        cause: The cause that would make this patient stop.
        begins: First day of the tablets; negative before the diary.
        stopped: Day on which they are stopped for good; None is never.
        taken: Tablets taken.
        bother: Bother by side effects, 0 to 10.
        doubt: Doubt about the need, 0 to 10.
        cost: Trouble with cost or supply.
        confidence: Confidence to go on, 0 to 10.
        silent: Days without any entry around stopping.
    """

    cause: str
    begins: int
    stopped: int | None
    taken: NDArray[np.bool_]
    bother: Series
    doubt: Series
    cost: bool
    confidence: Series
    silent: NDArray[np.bool_]


def draw_treatment(rng: Generator, levels: dict[str, Series], begins: int, stopping: float) -> Treatment:
    """Draw the treatment of one patient from the true levels; ``stopping`` adds to the log hazard."""
    days = len(levels["pain_worst"])
    cause, cost = pick(rng, CAUSES), bool(rng.random() < 0.12)
    above = _above_usual(levels)
    bother = np.clip(rng.gamma(2.0, 1.0) + 0.7 * above + 0.15 * levels["pain_worst"], 0, 10)
    doubt = np.clip(rng.gamma(2.0, 1.1) + 0.2 * above + rng.uniform(-1, 2) * np.linspace(0, 1, days), 0, 10)
    log_hazard = stopping + _log_hazard(rng, cause, above=above, bother=bother, doubt=doubt, cost=cost)
    hazard = np.exp(log_hazard + _EARLY * (np.arange(days) - begins < _EARLY_DAYS))
    hazard[: max(begins, 1)] = 0.0
    happens = np.flatnonzero(np.cumsum(hazard) >= rng.exponential())
    stopped = int(happens[0]) if len(happens) else None
    return Treatment(
        cause=cause,
        begins=begins,
        stopped=stopped,
        taken=_taken(rng, days, stopped, doubt=doubt, cost=cost),
        bother=bother,
        doubt=doubt,
        cost=cost,
        confidence=np.clip(9.0 - 0.6 * doubt - 0.3 * above - _before(rng, days, stopped, (0.0, 6.0)), 0, 10),
        silent=_silent(rng, days, stopped),
    )


def _above_usual(levels: dict[str, Series]) -> Series:
    """Return the points of the month's pain or stiffness above the least of the first four weeks."""
    above = [running_mean(levels[name], 28) - levels[name][:28].min() for name in ("pain_worst", "stiffness")]
    highest: Series = np.maximum(np.maximum(*above), 0.0)
    return highest


def _log_hazard(
    rng: Generator, cause: str, *, above: Series, bother: Series, doubt: Series, cost: bool
) -> Series:
    parts = {
        "symptoms": _ABOVE_USUAL * above,
        "bother": _BOTHER * (bother - 3),
        "doubt": _DOUBT * (doubt - 3),
        "cost": np.full(len(above), _COST * cost),
    }
    frailty = rng.normal(0, _FRAILTY_SD)
    if cause == "nothing seen":
        return np.full(len(above), _LOG_HAZARD + 0.7 + frailty)
    log_hazard = np.full(len(above), _LOG_HAZARD + frailty)
    for name, part in parts.items():
        log_hazard += (1.0 if name == cause else _OTHERS) * part
    return log_hazard


def _taken(rng: Generator, days: int, stopped: int | None, *, doubt: Series, cost: bool) -> NDArray[np.bool_]:
    """Return the tablets taken; 6 of 10 of those who stop miss more and more of them before."""
    odds = rng.normal(-3.6, 0.8) + 0.15 * doubt + 0.6 * cost
    odds = odds + (_before(rng, days, stopped, (2.0, 4.5)) if rng.random() < 0.6 else 0.0)
    taken: NDArray[np.bool_] = rng.random(days) >= 1 / (1 + np.exp(-odds))
    if stopped is not None:
        taken[stopped:] = False
    return taken


def _before(rng: Generator, days: int, stopped: int | None, size: tuple[float, float]) -> Series:
    """Return a ramp over the weeks before stopping."""
    reach, points = rng.uniform(14, 75), rng.uniform(*size)
    if stopped is None:
        return np.zeros(days)
    ramp: Series = points * np.clip((np.arange(days) - (stopped - reach)) / reach, 0, 1)
    return ramp


def _silent(rng: Generator, days: int, stopped: int | None) -> NDArray[np.bool_]:
    """Return the silence before stopping, in 4 of 10, and that after it, sooner or later."""
    before = int(rng.integers(3, 29)) if rng.random() < 0.4 else 0
    after = int(rng.integers(0, 61))
    silent = np.zeros(days, dtype=np.bool_)
    if stopped is not None:
        silent[max(stopped - before, 1) : stopped] = True
        silent[stopped + (0 if before else after) :] = True
    return silent
