"""How good a predicted probability is: does it rank, and is it right on the whole?"""

import numpy as np
from numpy.typing import NDArray

from api.services.evaluation.outcomes import Floats

Flags = NDArray[np.bool_]

ENOUGH = 10
"""Women who stopped, and who did not, below which nothing is said: judgement."""

_NEAREST = 1e-6
_STEPS, _CLOSE, _TOO_FAR = 30, 1e-8, 1e3
NAN = float("nan")


def brier(risk: Floats, happened: Flags) -> float:
    """Return the mean squared distance of risk and outcome: 0 is perfect, lower is better."""
    return float(np.mean((risk - happened) ** 2)) if len(risk) else NAN


def calibration(risk: Floats, happened: Flags) -> tuple[float, float]:
    """Return slope and intercept of the outcome on the log odds of the risk.

    Returns:
        The slope: 1 is right, below 1 risks are too extreme. The intercept with the slope held at 1
        (calibration in the large): 0 is right, below 0 risks are too high. Not a number where the
        outcome does not vary or the fit has no end.

    Source:
        Cox DR 1958, Biometrika 45:562; Van Calster B et al. 2019, BMC Med 17:230.
    """
    events = int(happened.sum())
    if not events or events == len(risk):
        return NAN, NAN
    near = np.clip(risk, _NEAREST, 1 - _NEAREST)
    odds = np.log(near / (1 - near))
    intercept = _fit(np.ones((len(odds), 1)), happened, odds)
    if float(np.ptp(odds)) == 0:
        return NAN, intercept[0]
    return _fit(np.column_stack([np.ones(len(odds)), odds]), happened, np.zeros(len(odds)))[1], intercept[0]


def _fit(columns: Floats, happened: Flags, offset: Floats) -> list[float]:
    """Return the coefficients of a logistic regression, by Newton's steps."""
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        expected = 1 / (1 + np.exp(-np.clip(columns @ weights + offset, -30, 30)))
        curvature = columns.T @ (columns * (expected * (1 - expected))[:, None])
        try:
            step = np.linalg.solve(curvature, columns.T @ (happened - expected))
        except np.linalg.LinAlgError:
            break
        weights = weights + step
        if float(np.abs(step).max()) < _CLOSE:
            return [float(weight) for weight in weights]
        if float(np.abs(weights).max()) > _TOO_FAR:
            break
    return [NAN] * columns.shape[1]
