"""Fit of the monthly hazard: maximum a posteriori regression by Newton's method."""

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
    """The posterior has no maximum, or none was found."""


@dataclass(frozen=True, slots=True)
class PersonTime:
    """Person-time of patients over the 90 days after one day, by months; arrays of one length.

    Attributes:
        before: Cumulative hazard of the average patient over the months that the patient was
            observed to continue.
        within: The same of the month in which the patient stopped.
        stopped: Whether the patient stopped.
        weight: Weight of the patient.
    """

    before: Floats
    within: Floats
    stopped: Flags
    weight: Floats

    def with_weight(self, weight: Floats) -> "PersonTime":
        """Return the same patients with other weights."""
        return replace(self, weight=weight)


@dataclass(frozen=True, slots=True)
class Prior:
    """Normal prior of the coefficients: means, and inverse of the covariance (0: flat)."""

    mean: Floats
    precision: Floats


def flat_prior(coefficients: int) -> Prior:
    """Return the flat prior."""
    return Prior(np.zeros(coefficients), np.zeros((coefficients, coefficients)))


def log_likelihood(log_ratio: Floats, data: PersonTime) -> float:
    """Return the log-likelihood of log-hazards relative to the average patient's.

    Source:
        Discrete-time proportional hazards with the complementary log-log link: Prentice and
        Gloeckler 1978, Biometrics 34:57. A patient lost to follow-up counts for the months before:
        given the features, censoring is taken to be independent of stopping.

    >>> one = PersonTime(np.array([0.1]), np.array([0.2]), np.array([True]), np.array([1.0]))
    >>> round(log_likelihood(np.array([0.0]), one), 4)  # -0.1 + ln(1 - exp(-0.2))
    -1.8078
    """
    ratio = _ratio(log_ratio)
    stay = -ratio * data.before
    stop = np.log(-np.expm1(-np.clip(ratio * data.within, _TINY, _HUGE)))
    return float(np.sum(data.weight * (stay + np.where(data.stopped, stop, 0.0))))


@dataclass(frozen=True, slots=True)
class Regression:
    """A regression of the log-hazard.

    Attributes:
        columns: Design matrix, one row for each patient.
        offset: Fixed part of each patient's log-hazard relative to the average.
        data: Outcomes.
        prior: Prior of the coefficients.
    """

    columns: Floats
    offset: Floats
    data: PersonTime
    prior: Prior

    def log_ratio(self, at: Floats) -> Floats:
        """Return each patient's log-hazard relative to the average, by these coefficients."""
        return self.offset + self.columns @ at

    def log_posterior(self, at: Floats) -> float:
        """Return the log posterior density of coefficients, up to a constant."""
        deviation = at - self.prior.mean
        penalty = 0.5 * float(deviation @ self.prior.precision @ deviation)
        return log_likelihood(self.log_ratio(at), self.data) - penalty


def fit(regression: Regression) -> Floats:
    """Return the coefficients of maximum posterior density, by Newton's method with step halving.

    Raises:
        DidNotConverge: No maximum was found, such as where no patient stopped and the prior is
            flat.
    """
    prior = regression.prior
    at = prior.mean.copy()
    for _ in range(_STEPS):
        gradient, information = _derivatives(regression, at)
        gradient = gradient - prior.precision @ (at - prior.mean)
        try:
            step: Floats = np.linalg.solve(information + prior.precision, gradient).astype(np.float64)
        except np.linalg.LinAlgError:
            break
        step = _halve_until_uphill(regression, at, step)
        at = at + step
        if float(np.max(np.abs(step))) < _CLOSE:
            return at
        if float(np.max(np.abs(at))) > _STEEPEST:
            break
    raise DidNotConverge("the likelihood has no maximum")


def covariance(regression: Regression, at: Floats, patient: Ints) -> Floats:
    """Return the covariance of fitted coefficients, robust to several rows of one patient.

    Args:
        regression: As it was fitted.
        at: The coefficients.
        patient: Number of the patient of each row.

    Source:
        The sandwich of clustered data (Liang and Zeger 1986, Biometrika 73:13), the prior counted
        as data.
    """
    data, columns, precision = regression.data, regression.columns, regression.prior.precision
    _, information = _derivatives(regression, at)
    bread = np.linalg.inv(information + precision)
    scores = columns * (data.weight * _score(regression.log_ratio(at), data))[:, None]
    by_patient = np.zeros((int(patient.max()) + 1, columns.shape[1]))
    np.add.at(by_patient, patient, scores)
    return bread @ (by_patient.T @ by_patient + precision) @ bread


def effective_dof(regression: Regression, at: Floats) -> float:
    """Return the effective degrees of freedom: each coefficient counts by its share of the data.

    Source:
        Effective degrees of freedom of a penalised fit: Gray 1992, J Am Stat Assoc 87:942.
    """
    _, information = _derivatives(regression, at)
    return float(np.trace(np.linalg.solve(information + regression.prior.precision, information)))


def _halve_until_uphill(regression: Regression, at: Floats, step: Floats) -> Floats:
    """Return the step, halved until the log posterior does not decrease; 0 where no step does."""
    log_posterior = regression.log_posterior(at)
    for _ in range(_HALVINGS):
        if regression.log_posterior(at + step) >= log_posterior:
            return step
        step = step / 2
    return np.zeros_like(step)


def _ratio(log_ratio: Floats) -> Floats:
    return np.exp(np.clip(log_ratio, -_FARTHEST, _FARTHEST))


def _score(log_ratio: Floats, data: PersonTime) -> Floats:
    """Return the score: the derivative of each patient's log-likelihood by the log-hazard."""
    ratio = _ratio(log_ratio)
    within = np.clip(ratio * data.within, _TINY, _HUGE)
    return np.where(data.stopped, within / np.expm1(within), 0.0) - ratio * data.before


def _derivatives(regression: Regression, at: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of the log-likelihood, and the observed information."""
    data, columns, log_ratio = regression.data, regression.columns, regression.log_ratio(at)
    ratio = _ratio(log_ratio)
    within = np.clip(ratio * data.within, _TINY, _HUGE)
    second = within / np.expm1(within) * (1.0 - within / -np.expm1(-within))
    curvature = data.weight * (ratio * data.before - np.where(data.stopped, second, 0.0))
    gradient = columns.T @ (data.weight * _score(log_ratio, data))
    return gradient, columns.T @ (columns * curvature[:, None])
