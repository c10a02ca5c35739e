"""How good a model was, and is after the refit: with intervals, and without flattering itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng

from api.domain.risk.fit import DidNotConverge, Floats
from api.domain.risk.model import RiskModel
from api.domain.risk.performance import MEASURES, EvaluationCohort, performance_measures
from api.services.calibration.cohort import LandmarkSamples
from api.services.calibration.refit import FittedModel, refit

_LOW, _HIGH = 2.5, 97.5
_ENOUGH = 0.9
Say = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PerformanceFigure:
    """A measure on women looked at on one day: its value and 95% interval; None is not known."""

    at: int
    name: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ValidationVerdict:
    """The figures of the model as it was, and, corrected for optimism, of the refitted one."""

    before: tuple[PerformanceFigure, ...]
    after: tuple[PerformanceFigure, ...]


def judge(
    base: RiskModel,
    fitted: FittedModel,
    looks: LandmarkSamples,
    *,
    resamples: int,
    seed: int,
    say: Say | None = None,
) -> ValidationVerdict:
    """Measure both models on these women.

    Patients are drawn again, each with all her rows. The refit is done again on every draw; by how much
    it looks better there than on everybody is its optimism, and is taken off.

    Args:
        base: The model as it was.
        fitted: The refit of it.
        looks: What happened.
        resamples: How often to draw; 0 gives no intervals and no correction.
        seed: Makes the draws repeatable.
        say: Told how many draws of how many are done.

    Source:
        Harrell, Lee, Mark 1996, Stat Med 15:361 (optimism); the interval is moved by as much: Noma et
        al. 2021, Stat Med 40:5691.
    """
    once = np.ones(len(looks.who))
    was, now = _measured(base, looks, once), _measured(fitted.model, looks, once)
    drawn_was, drawn_now, too_good = [], [], []
    rng = default_rng(seed)
    women = int(looks.who.max()) + 1 if len(looks.who) else 0
    for nth in range(resamples if women else 0):
        weight = np.bincount(rng.integers(women, size=women), minlength=women)[looks.who].astype(np.float64)
        drawn_was.append(_measured(base, looks, weight))
        again = _again(base, fitted, looks, weight)
        if again is not None:
            there, here = _measured(again.model, looks, weight), _measured(again.model, looks, once)
            drawn_now.append(there)
            too_good.append([a - b for a, b in zip(there, here, strict=True)])
        if say is not None:
            say(nth + 1, resamples)
    optimism = _means(too_good, len(now))
    return ValidationVerdict(
        _figures(looks, was, drawn_was, [0.0] * len(was)), _figures(looks, now, drawn_now, optimism)
    )


def _again(
    base: RiskModel, fitted: FittedModel, looks: LandmarkSamples, weight: Floats
) -> FittedModel | None:
    try:
        return refit(base, looks, fitted.level, weight)
    except (DidNotConverge, np.linalg.LinAlgError):
        return None


def _days(looks: LandmarkSamples) -> list[int]:
    return [int(at) for at in np.unique(looks.at)]


def _measured(model: RiskModel, looks: LandmarkSamples, weight: Floats) -> list[float]:
    """Return the figures of every day looked at on, one after the other."""
    found: list[float] = []
    for at in _days(looks):
        rows = looks.at == at
        some = looks.only(rows)
        seen = some.seen()
        found += performance_measures(
            some.risk(model), EvaluationCohort(seen.exposed.weighing(weight[rows]), seen.days)
        )
    return found


def _means(drawn: Sequence[Sequence[float]], width: int) -> list[float]:
    if not drawn:
        return [0.0] * width
    columns = np.array(drawn, dtype=np.float64).T
    return [
        float(np.mean(column[~np.isnan(column)])) if not np.isnan(column).all() else 0.0 for column in columns
    ]


def _figures(
    looks: LandmarkSamples,
    found: Sequence[float],
    drawn: Sequence[Sequence[float]],
    optimism: Sequence[float],
) -> tuple[PerformanceFigure, ...]:
    names = [(at, name) for at in _days(looks) for name in MEASURES]
    columns = np.array(drawn, dtype=np.float64).reshape(len(drawn), len(names)).T
    return tuple(
        _figure(at, name, value - flattered, column - flattered)
        for (at, name), value, column, flattered in zip(names, found, columns, optimism, strict=True)
    )


def _figure(at: int, name: str, value: float, drawn: Floats) -> PerformanceFigure:
    if np.isnan(value):
        return PerformanceFigure(at, name, None, None, None)
    known = drawn[~np.isnan(drawn)]
    if not len(known) or len(known) < _ENOUGH * len(drawn):
        return PerformanceFigure(at, name, float(value), None, None)
    low, high = np.percentile(known, [_LOW, _HIGH])
    return PerformanceFigure(at, name, float(value), float(low), float(high))
