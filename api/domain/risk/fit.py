"""Fits the monthly hazard to what happened, leaning on what was believed before."""

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Ints: TypeAlias = NDArray[np.int64]

_STEPS, _CLOSE, _HALVINGS = 60, 1e-9, 30
_TINY, _HUGE = 1e-12, 500.0
_FARTHEST = 50.0
_STEEPEST = 50.0


class DidNotConverge(Exception):
    """The likelihood has no highest point, or none that was found."""


@dataclass(frozen=True, slots=True)
class PersonTime:
    """Women looked at on one day each, and the 90 days after it, month by month; arrays of one length.

    ``before`` is the average woman's cumulative hazard over the months she was seen to stay in,
    ``within`` that of the month in which she stopped (where ``stopped``); ``weight`` how often she counts.
    """

    before: Floats
    within: Floats
    stopped: Flags
    weight: Floats

    def weighing(self, weight: Floats) -> "PersonTime":
        """Return the same women, counted otherwise."""
        return replace(self, weight=weight)


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of the coefficients: their means, and the inverse of their covariance (0: nothing)."""

    mean: Floats
    precision: Floats


def flat_prior(coefficients: int) -> Prior:
    """Return the prior that leaves everything to the data."""
    return Prior(np.zeros(coefficients), np.zeros((coefficients, coefficients)))


def log_likelihood(log_ratio: Floats, of: PersonTime) -> float:
    """Return the log-likelihood of log-hazards relative to the average woman's.

    Source:
        Discrete-time proportional hazards with the complementary log-log link: Prentice and Gloeckler
        1978, Biometrics 34:57. Who is no longer followed counts for the months she was: stopping and
        the end of following are taken to have nothing to do with each other, given the features.

    >>> one = PersonTime(np.array([0.1]), np.array([0.2]), np.array([True]), np.array([1.0]))
    >>> round(log_likelihood(np.array([0.0]), one), 4)  # -0.1 + ln(1 - exp(-0.2))
    -1.8078
    """
    ratio = _ratio(log_ratio)
    stay = -ratio * of.before
    stop = np.log(-np.expm1(-np.clip(ratio * of.within, _TINY, _HUGE)))
    return float(np.sum(of.weight * (stay + np.where(of.stopped, stop, 0.0))))


@dataclass(frozen=True, slots=True)
class Regression:
    """What is fitted, to what, and what is believed beforehand.

    ``columns`` hold a row for each woman, ``offset`` what her log-hazard, relative to the average, is
    before they add to it.
    """

    columns: Floats
    offset: Floats
    of: PersonTime
    prior: Prior

    def log_ratio(self, at: Floats) -> Floats:
        """Return each woman's log-hazard relative to the average, by these coefficients."""
        return self.offset + self.columns @ at

    def height(self, at: Floats) -> float:
        """Return the logarithm of the posterior density of coefficients, but for a constant."""
        away = at - self.prior.mean
        belief = 0.5 * float(away @ self.prior.precision @ away)
        return log_likelihood(self.log_ratio(at), self.of) - belief


def fit(regression: Regression) -> Floats:
    """Return the coefficients of highest posterior density, by Newton's method with halved steps.

    Raises:
        NoFit: No highest point was found, as where nobody stopped and nothing is believed.
    """
    prior = regression.prior
    at = prior.mean.copy()
    for _ in range(_STEPS):
        slope, curve = _derivatives(regression, at)
        slope = slope - prior.precision @ (at - prior.mean)
        try:
            step: Floats = np.linalg.solve(curve + prior.precision, slope).astype(np.float64)
        except np.linalg.LinAlgError:
            break
        step = _halve_until_uphill(regression, at, step)
        at = at + step
        if float(np.max(np.abs(step))) < _CLOSE:
            return at
        if float(np.max(np.abs(at))) > _STEEPEST:
            break
    raise DidNotConverge("the likelihood has no highest point")


def covariance(regression: Regression, at: Floats, who: Ints) -> Floats:
    """Return the covariance of fitted coefficients, robust to one woman being looked at more than once.

    Args:
        regression: As it was fitted.
        at: The coefficients.
        who: The number of the woman of each row.

    Source:
        The sandwich of clustered data (Liang and Zeger 1986, Biometrika 73:13), the prior counted as data.
    """
    of, columns, precision = regression.of, regression.columns, regression.prior.precision
    _, curve = _derivatives(regression, at)
    bread = np.linalg.inv(curve + precision)
    pulls = columns * (of.weight * _score(regression.log_ratio(at), of))[:, None]
    by_woman = np.zeros((int(who.max()) + 1, columns.shape[1]))
    np.add.at(by_woman, who, pulls)
    spread: Floats = bread @ (by_woman.T @ by_woman + precision) @ bread
    return spread


def effective_dof(regression: Regression, at: Floats) -> float:
    """Return how many coefficients the data decide: each counts as far as the prior leaves it to them.

    Source:
        Effective degrees of freedom of a penalised fit: Gray 1992, J Am Stat Assoc 87:942.
    """
    _, curve = _derivatives(regression, at)
    return float(np.trace(np.linalg.solve(curve + regression.prior.precision, curve)))


def _halve_until_uphill(regression: Regression, at: Floats, step: Floats) -> Floats:
    """Halve a step until it leads up; none at all where no step does."""
    height = regression.height(at)
    for _ in range(_HALVINGS):
        if regression.height(at + step) >= height:
            return step
        step = step / 2
    return np.zeros_like(step)


def _ratio(log_ratio: Floats) -> Floats:
    return np.exp(np.clip(log_ratio, -_FARTHEST, _FARTHEST))


def _score(log_ratio: Floats, of: PersonTime) -> Floats:
    """Return the derivative of each woman's log-likelihood by her log-hazard."""
    ratio = _ratio(log_ratio)
    inside = np.clip(ratio * of.within, _TINY, _HUGE)
    return np.where(of.stopped, inside / np.expm1(inside), 0.0) - ratio * of.before


def _derivatives(regression: Regression, at: Floats) -> tuple[Floats, Floats]:
    """Return the slope of the log-likelihood, and its curvature, downwards positive."""
    of, columns, log_ratio = regression.of, regression.columns, regression.log_ratio(at)
    ratio = _ratio(log_ratio)
    inside = np.clip(ratio * of.within, _TINY, _HUGE)
    bend = inside / np.expm1(inside) * (1.0 - inside / -np.expm1(-inside))
    curve = of.weight * (ratio * of.before - np.where(of.stopped, bend, 0.0))
    return columns.T @ (of.weight * _score(log_ratio, of)), columns.T @ (columns * curve[:, None])
