"""Refit of a risk model to outcomes: as many coefficients as the number of events allows."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from api.domain.risk import fit
from api.domain.risk.features import FEATURES
from api.domain.risk.fit import Floats, PersonTime, Prior, Regression
from api.domain.risk.model import RiskModel
from api.services.calibration.cohort import LandmarkSamples

EVENTS_PER_COEFFICIENT = 10
"""Patients who stopped, needed for each fitted coefficient.

Peduzzi et al. 1996, J Clin Epidemiol 49:1373; a rule of thumb, here with a prior."""

MIN_EVENTS_FOR_EFFECTS = 50
"""Patients who stopped, needed for the effects in any case: 30 did harm in simulations (judgement)."""

_SLOPE_AND_INTERCEPT = 2


class RefitLevel(StrEnum):
    """Extent of a refit."""

    NOTHING = "nothing"
    INTERCEPT = "intercept"
    SLOPE = "intercept and slope"
    EFFECTS = "intercept and all effects"


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A model, the extent of its refit, and intercept and slope where fitted."""

    model: RiskModel
    level: RefitLevel
    intercept: float | None = None
    slope: float | None = None


def event_count(samples: LandmarkSamples) -> int:
    """Return the number of patients who stopped; each counts once, at however many landmarks."""
    return len(np.unique(samples.patient[samples.stopped]))


def effective_coefficients(base: RiskModel, samples: LandmarkSamples) -> float:
    """Return the effective number of coefficients that the data determine, against the base model.

    An effect with little information in the data stays near the base model, and needs no events.
    """
    if not len(samples.patient):
        return 0.0
    exposed = samples.exposed(samples.average(base))
    regression, present = _of_effects(base, samples, exposed)
    expected = float(np.sum((exposed.before + exposed.within) * np.exp(regression.log_ratio(present))))
    stopped = max(float(np.sum(exposed.stopped)), 1.0)
    at = np.array([math.log(stopped / expected), *present[1:]])  # at the hazard of these patients
    return fit.effective_dof(regression, at)


def events_needed(base: RiskModel, samples: LandmarkSamples) -> int:
    """Return the number of patients who stopped needed to fit all effects: 10 for each coefficient."""
    free = effective_coefficients(base, samples)
    return max(math.ceil(EVENTS_PER_COEFFICIENT * free), MIN_EVENTS_FOR_EFFECTS)


def level_for(base: RiskModel, samples: LandmarkSamples) -> RefitLevel:
    """Return the extent that the events allow: 10 for each coefficient."""
    events = event_count(samples)
    if events >= events_needed(base, samples):
        return RefitLevel.EFFECTS
    if events >= EVENTS_PER_COEFFICIENT * _SLOPE_AND_INTERCEPT:
        return RefitLevel.SLOPE
    return RefitLevel.INTERCEPT if events >= EVENTS_PER_COEFFICIENT else RefitLevel.NOTHING


def refit(
    base: RiskModel, samples: LandmarkSamples, level: RefitLevel, weight: Floats | None = None
) -> FittedModel:
    """Fit a model to the extent of ``level``.

    Effects are shrunk to those of the base model, each by its precision there. Slope and intercept have
    no prior. The new base rate matches the number of patients who stopped.

    Args:
        base: The model to start from.
        samples: The samples.
        level: The extent of the fit.
        weight: Weight of each sample; None is 1.

    Raises:
        DidNotConverge: The fit has no maximum.
    """
    if level is RefitLevel.NOTHING:
        return FittedModel(base, level)
    exposed = samples.exposed(samples.average(base))
    exposed = exposed if weight is None else exposed.with_weight(weight)
    return _FITS[level](base, samples, exposed)


def _intercept(base: RiskModel, samples: LandmarkSamples, exposed: PersonTime) -> FittedModel:
    columns, offset = np.ones((len(samples.patient), 1)), samples.centre(base) + samples.predictor(base)
    regression = Regression(columns, offset, exposed, fit.flat_prior(1))
    at = fit.fit(regression)
    spread = _spread(base)
    spread[0, :] = spread[:, 0] = 0.0
    spread[0, 0] = fit.covariance(regression, at, samples.patient)[0, 0]
    intercept = float(at[0])
    model = _model(base, samples, intercept, effects=np.array(base.effects), spread=spread)
    return FittedModel(model, RefitLevel.INTERCEPT, intercept)


def _slope(base: RiskModel, samples: LandmarkSamples, exposed: PersonTime) -> FittedModel:
    predictor = samples.predictor(base)
    columns = np.column_stack([np.ones(len(predictor)), predictor])
    prior = Prior(np.array([0.0, 1.0]), np.zeros((2, 2)))
    regression = Regression(columns, samples.centre(base), exposed, prior)
    at = fit.fit(regression)
    intercept, slope = map(float, at)
    if slope <= 0:  # risks rank in reverse order: nothing of the model would be left
        return replace(_intercept(base, samples, exposed), slope=slope)
    own = fit.covariance(regression, at, samples.patient)
    effects = np.array(base.effects)
    spread = _spread(base) * slope**2
    spread[1:, 1:] += own[1, 1] * np.outer(effects, effects)
    spread[0, 1:] = spread[1:, 0] = own[0, 1] * effects
    spread[0, 0] = own[0, 0]
    model = _model(base, samples, intercept, effects=slope * effects, spread=spread)
    return FittedModel(model, RefitLevel.SLOPE, intercept, slope)


def _effects(base: RiskModel, samples: LandmarkSamples, exposed: PersonTime) -> FittedModel:
    regression, _ = _of_effects(base, samples, exposed)
    at = fit.fit(regression)
    spread = fit.covariance(regression, at, samples.patient)
    return FittedModel(_model(base, samples, float(at[0]), effects=at[1:], spread=spread), RefitLevel.EFFECTS)


def _of_effects(base: RiskModel, samples: LandmarkSamples, exposed: PersonTime) -> tuple[Regression, Floats]:
    """Return the regression of all effects, and the base model's own coefficients in it."""
    columns = np.column_stack([np.ones(len(samples.patient)), samples.values])
    precision = np.linalg.inv(_spread(base)).astype(np.float64)
    present = np.array([0.0, *base.effects])
    return Regression(columns, samples.centre(base), exposed, Prior(present, precision)), present


_FITS: dict[RefitLevel, Callable[[RiskModel, LandmarkSamples, PersonTime], FittedModel]] = {
    RefitLevel.INTERCEPT: _intercept,
    RefitLevel.SLOPE: _slope,
    RefitLevel.EFFECTS: _effects,
}


def _spread(model: RiskModel) -> Floats:
    """Return the covariance of the base and the effects."""
    errors = np.array(model.errors)
    correlation = np.eye(len(errors))
    for i, row in enumerate(model.correlations):
        for j, value in enumerate(row):
            correlation[i, j] = correlation[j, i] = value
    spread: Floats = correlation * np.outer(errors, errors)
    return spread


def _model(
    base: RiskModel, samples: LandmarkSamples, intercept: float, *, effects: Floats, spread: Floats
) -> RiskModel:
    """Return a model with the base rate of these patients, and centres moved to their mean."""
    log_ratio = samples.centre(base) + intercept + samples.values @ effects
    mean = float(np.log(np.mean(np.exp(log_ratio))))
    rate = float(-np.expm1(np.log1p(-base.base_rate) * np.exp(mean)))
    errors = np.sqrt(np.diag(spread))
    correlation = np.clip(spread / np.outer(errors, errors), -1.0, 1.0)
    below = tuple(tuple(float(value) for value in correlation[i, :i]) for i in range(len(FEATURES) + 1))
    return RiskModel(
        base_rate=rate,
        centres=tuple(centre + intercept - mean for centre in base.centres),
        effects=tuple(map(float, effects)),
        errors=tuple(map(float, errors)),
        correlations=below,
    )
