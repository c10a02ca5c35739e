"""Validation of a model before and after the refit: intervals, and correction for optimism."""

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
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class PerformanceFigure:
    """A measure at one landmark: its value and 95% interval; None is not known."""

    at: int
    name: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ValidationVerdict:
    """Figures of the base model, and of the refitted model corrected for optimism."""

    before: tuple[PerformanceFigure, ...]
    after: tuple[PerformanceFigure, ...]


def validate(
    base: RiskModel,
    fitted: FittedModel,
    samples: LandmarkSamples,
    *,
    resamples: int,
    seed: int,
    progress: Progress | None = None,
) -> ValidationVerdict:
    """Validate both models on the samples.

    Patients are resampled, each with all samples. The refit is repeated on every resample. Its optimism
    is the difference between the performance on the resample and on all patients, and is subtracted.

    Args:
        base: The base model.
        fitted: Its refit.
        samples: The samples.
        resamples: Number of resamples; 0 gives no intervals and no correction.
        seed: Seed of the resamples.
        progress: Called with the number of resamples done, and of all.

    Source:
        Harrell, Lee, Mark 1996, Stat Med 15:361 (optimism); the interval is moved by as much: Noma et
        al. 2021, Stat Med 40:5691.
    """
    ones = np.ones(len(samples.patient))
    before, after = _measured(base, samples, ones), _measured(fitted.model, samples, ones)
    drawn_before, drawn_after, optimisms = [], [], []
    rng = default_rng(seed)
    patients = int(samples.patient.max()) + 1 if len(samples.patient) else 0
    for nth in range(resamples if patients else 0):
        counts = np.bincount(rng.integers(patients, size=patients), minlength=patients)
        weight = counts[samples.patient].astype(np.float64)
        drawn_before.append(_measured(base, samples, weight))
        refitted = _refit_again(base, fitted, samples, weight)
        if refitted is not None:
            on_resample = _measured(refitted.model, samples, weight)
            on_all = _measured(refitted.model, samples, ones)
            drawn_after.append(on_resample)
            optimisms.append([a - b for a, b in zip(on_resample, on_all, strict=True)])
        if progress is not None:
            progress(nth + 1, resamples)
    optimism = _means(optimisms, len(after))
    return ValidationVerdict(
        _figures(samples, before, drawn_before, [0.0] * len(before)),
        _figures(samples, after, drawn_after, optimism),
    )


def _refit_again(
    base: RiskModel, fitted: FittedModel, samples: LandmarkSamples, weight: Floats
) -> FittedModel | None:
    try:
        return refit(base, samples, fitted.level, weight)
    except (DidNotConverge, np.linalg.LinAlgError):
        return None


def _landmarks(samples: LandmarkSamples) -> list[int]:
    return [int(at) for at in np.unique(samples.landmark)]


def _measured(model: RiskModel, samples: LandmarkSamples, weight: Floats) -> list[float]:
    """Return the figures of every landmark, one after the other."""
    found: list[float] = []
    for at in _landmarks(samples):
        rows = samples.landmark == at
        part = samples.subset(rows)
        outcomes = part.outcomes()
        found += performance_measures(
            part.risk(model), EvaluationCohort(outcomes.person_time.with_weight(weight[rows]), outcomes.days)
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
    samples: LandmarkSamples,
    found: Sequence[float],
    drawn: Sequence[Sequence[float]],
    optimism: Sequence[float],
) -> tuple[PerformanceFigure, ...]:
    names = [(at, name) for at in _landmarks(samples) for name in MEASURES]
    columns = np.array(drawn, dtype=np.float64).reshape(len(drawn), len(names)).T
    return tuple(
        _figure(at, name, value - bias, column - bias)
        for (at, name), value, column, bias in zip(names, found, columns, optimism, strict=True)
    )


def _figure(at: int, name: str, value: float, drawn: Floats) -> PerformanceFigure:
    if np.isnan(value):
        return PerformanceFigure(at, name, None, None, None)
    known = drawn[~np.isnan(drawn)]
    if not len(known) or len(known) < _ENOUGH * len(drawn):
        return PerformanceFigure(at, name, float(value), None, None)
    low, high = np.percentile(known, [_LOW, _HIGH])
    return PerformanceFigure(at, name, float(value), float(low), float(high))
