"""Accuracy of predicted probabilities: Brier score, calibration slope and intercept."""

import numpy as np
from numpy.typing import NDArray

from api.services.evaluation.outcomes import Floats

Flags = NDArray[np.bool_]

MIN_EVENTS = 10
"""Patients who stopped, and who did not, that a measure needs: judgement."""

_NEAREST = 1e-6
_STEPS, _CLOSE, _TOO_FAR = 30, 1e-8, 1e3
NAN = float("nan")


def brier(risk: Floats, stopped: Flags) -> float:
    """Return the mean squared difference of risk and outcome: 0 is perfect, lower is better."""
    return float(np.mean((risk - stopped) ** 2)) if len(risk) else NAN


def calibration_slope_and_intercept(risk: Floats, stopped: Flags) -> tuple[float, float]:
    """Return calibration slope and intercept: of the outcome on the log odds of the risk.

    Returns:
        The slope: 1 is perfect, below 1 risks are too extreme. The intercept with the slope held at 1
        (calibration in the large): 0 is perfect, below 0 risks are too high. Not a number where the
        outcome does not vary or the fit does not converge.

    Source:
        Cox DR 1958, Biometrika 45:562; Van Calster B et al. 2019, BMC Med 17:230.
    """
    events = int(stopped.sum())
    if not events or events == len(risk):
        return NAN, NAN
    near = np.clip(risk, _NEAREST, 1 - _NEAREST)
    odds = np.log(near / (1 - near))
    intercept = _fit(np.ones((len(odds), 1)), stopped, odds)
    if float(np.ptp(odds)) == 0:
        return NAN, intercept[0]
    return _fit(np.column_stack([np.ones(len(odds)), odds]), stopped, np.zeros(len(odds)))[1], intercept[0]


def _fit(columns: Floats, stopped: Flags, offset: Floats) -> list[float]:
    """Return the coefficients of a logistic regression, by Newton's method."""
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(columns @ weights + offset, -30, 30)))
        curvature = columns.T @ (columns * (expected * (1 - expected))[:, None])
        try:
            step = np.linalg.solve(curvature, columns.T @ (stopped - expected))
        except np.linalg.LinAlgError:
            break
        weights = weights + step
        if float(np.abs(step).max()) < _CLOSE:
            return [float(weight) for weight in weights]
        if float(np.abs(weights).max()) > _TOO_FAR:
            break
    return [NAN] * columns.shape[1]
