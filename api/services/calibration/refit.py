"""A new model from an old one and what happened: as much of it as the number of events can carry."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from api.domain.risk.features import FEATURES
from api.domain.risk.fit import (
    Floats,
    PersonTime,
    Prior,
    Regression,
    covariance,
    effective_dof,
    fit,
    flat_prior,
)
from api.domain.risk.model import RiskModel
from api.services.calibration.cohort import LandmarkSamples

EVENTS_EACH = 10
"""Women who must have stopped for each coefficient that is fitted.

Peduzzi et al. 1996, J Clin Epidemiol 49:1373; a rule of thumb, here with a prior to lean on."""

EFFECTS_FROM = 50
"""Women who must have stopped for the effects, in any case: in simulations 30 did harm (judgement)."""

_SLOPE_AND_INTERCEPT = 2


class RefitLevel(StrEnum):
    """How much of a model was fitted."""

    NOTHING = "nothing"
    INTERCEPT = "intercept"
    SLOPE = "intercept and slope"
    EFFECTS = "intercept and all effects"


@dataclass(frozen=True, slots=True)
class FittedModel:
    """A model, how much of it was fitted, and intercept and slope where these were."""

    model: RiskModel
    level: RefitLevel
    intercept: float | None = None
    slope: float | None = None


def events_of(looks: LandmarkSamples) -> int:
    """Return how many women stopped; each counts once, however often she was looked at."""
    return len(np.unique(looks.who[looks.stopped]))


def free_coefficients_of(base: RiskModel, looks: LandmarkSamples) -> float:
    """Return how many coefficients these women would decide, the rest being held by the base model.

    An effect of which they say little stays where it was, and costs no events.
    """
    if not len(looks.who):
        return 0.0
    exposed = looks.exposed(looks.average(base))
    regression, so_far = _of_effects(base, looks, exposed)
    expected = float(np.sum((exposed.before + exposed.within) * np.exp(regression.log_ratio(so_far))))
    seen = max(float(np.sum(exposed.stopped)), 1.0)
    at = np.array([math.log(seen / expected), *so_far[1:]])  # at the hazard these women had
    return effective_dof(regression, at)


def events_needed(base: RiskModel, looks: LandmarkSamples) -> int:
    """Return how many women must have stopped for all effects to be fitted: 10 for each coefficient."""
    free = free_coefficients_of(base, looks)
    return max(math.ceil(EVENTS_EACH * free), EFFECTS_FROM)


def level_for(base: RiskModel, looks: LandmarkSamples) -> RefitLevel:
    """Return how much the events can carry: 10 for each coefficient."""
    events = events_of(looks)
    if events >= events_needed(base, looks):
        return RefitLevel.EFFECTS
    if events >= EVENTS_EACH * _SLOPE_AND_INTERCEPT:
        return RefitLevel.SLOPE
    return RefitLevel.INTERCEPT if events >= EVENTS_EACH else RefitLevel.NOTHING


def refit(
    base: RiskModel, looks: LandmarkSamples, level: RefitLevel, weight: Floats | None = None
) -> FittedModel:
    """Fit as much of a model as ``level`` says.

    Effects lean on the base model's, each as strongly as that was sure of it. Slope and intercept lean
    on nothing. The new base rate is the one at which these women stop as they did.

    Args:
        base: The model so far.
        looks: What happened.
        level: How much to fit.
        weight: How often each row counts; None: once.

    Raises:
        NoFit: There is no best fit.
    """
    if level is RefitLevel.NOTHING:
        return FittedModel(base, level)
    exposed = looks.exposed(looks.average(base))
    exposed = exposed if weight is None else exposed.weighing(weight)
    return _FITS[level](base, looks, exposed)


def _intercept(base: RiskModel, looks: LandmarkSamples, exposed: PersonTime) -> FittedModel:
    columns, offset = np.ones((len(looks.who), 1)), base.centre + looks.predictor(base)
    regression = Regression(columns, offset, exposed, flat_prior(1))
    at = fit(regression)
    spread = _spread(base)
    spread[0, :] = spread[:, 0] = 0.0
    spread[0, 0] = covariance(regression, at, looks.who)[0, 0]
    intercept = float(at[0])
    model = _model(base, looks, intercept, effects=np.array(base.effects), spread=spread)
    return FittedModel(model, RefitLevel.INTERCEPT, intercept)


def _slope(base: RiskModel, looks: LandmarkSamples, exposed: PersonTime) -> FittedModel:
    predictor = looks.predictor(base)
    columns = np.column_stack([np.ones(len(predictor)), predictor])
    as_it_was = Prior(np.array([0.0, 1.0]), np.zeros((2, 2)))
    regression = Regression(columns, np.full(len(predictor), base.centre), exposed, as_it_was)
    at = fit(regression)
    intercept, slope = map(float, at)
    if slope <= 0:  # the order of risks is the other way round: nothing of the model would be left
        return replace(_intercept(base, looks, exposed), slope=slope)
    own = covariance(regression, at, looks.who)
    effects = np.array(base.effects)
    spread = _spread(base) * slope**2
    spread[1:, 1:] += own[1, 1] * np.outer(effects, effects)
    spread[0, 1:] = spread[1:, 0] = own[0, 1] * effects
    spread[0, 0] = own[0, 0]
    model = _model(base, looks, intercept, effects=slope * effects, spread=spread)
    return FittedModel(model, RefitLevel.SLOPE, intercept, slope)


def _effects(base: RiskModel, looks: LandmarkSamples, exposed: PersonTime) -> FittedModel:
    regression, _ = _of_effects(base, looks, exposed)
    at = fit(regression)
    spread = covariance(regression, at, looks.who)
    return FittedModel(_model(base, looks, float(at[0]), effects=at[1:], spread=spread), RefitLevel.EFFECTS)


def _of_effects(base: RiskModel, looks: LandmarkSamples, exposed: PersonTime) -> tuple[Regression, Floats]:
    """Return the regression of all effects, and the base model's own coefficients in it."""
    columns = np.column_stack([np.ones(len(looks.who)), looks.values])
    believed = np.linalg.inv(_spread(base)).astype(np.float64)
    so_far = np.array([0.0, *base.effects])
    return Regression(columns, np.full(len(looks.who), base.centre), exposed, Prior(so_far, believed)), so_far


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
    base: RiskModel, looks: LandmarkSamples, intercept: float, *, effects: Floats, spread: Floats
) -> RiskModel:
    """Return a model whose base rate is that of these women, and whose centre is their mean."""
    log_ratio = base.centre + intercept + looks.values @ effects
    mean = float(np.log(np.mean(np.exp(log_ratio))))
    rate = float(-np.expm1(np.log1p(-base.base_rate) * np.exp(mean)))
    errors = np.sqrt(np.diag(spread))
    correlation = np.clip(spread / np.outer(errors, errors), -1.0, 1.0)
    below = tuple(tuple(float(value) for value in correlation[i, :i]) for i in range(len(FEATURES) + 1))
    return RiskModel(
        base_rate=rate,
        centre=base.centre + intercept - mean,
        effects=tuple(map(float, effects)),
        errors=tuple(map(float, errors)),
        correlations=below,
    )
