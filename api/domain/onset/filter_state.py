"""State of the multi-hypothesis Kalman filter: one hypothesis per possible onset day and ramp."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

SYMPTOMS = ("pain", "stiffness", "interference")
"""Order of the answers of a day; all 0 to 10, higher is worse."""

GRID_DAYS = 4
"""Days between two possible onset days: fine enough for the quietest diary."""

GRID_SIZE = 16
"""Number of possible onset days: a rise that has lasted 64 days has become the baseline."""

RAMPS = (1.0, 28.0)
"""Days that a rise may take: at once, or over four weeks; both fit what lies between."""

BASELINE, RISE, VAR_BASELINE, COVAR, VAR_RISE, P_FLARE = range(6)
"""Rows of ``FilterState.estimates``: baseline, size of the rise, their covariance, and P(flare)."""

LAST_DAY, LAST_ANSWER, SQUARES, PAIRS, FLARE_STARTS, CALM_DAYS = range(6)
"""Rows of ``FilterState.running``."""

HYPOTHESES = 1 + GRID_SIZE * len(RAMPS)
_RAMP_DAYS = np.concatenate([[1.0], np.tile(RAMPS, GRID_SIZE)]).astype(np.float32)[:, None]
_SLOT = np.concatenate([[0], np.repeat(np.arange(GRID_SIZE), len(RAMPS))])[:, None]

_EXPONENT = np.uint32(0x7F800000)
_SMALLEST = np.float32(2.0**-14)
_KEPT_BITS = np.float32(1.5 * 2.0**13)

MIN_ANSWERED_DAYS = 3
"""Answered days before there is a baseline."""


class FilterState(NamedTuple):
    """State of the filter for ``P`` patients; bounded, whatever the length of the diary.

    Attributes:
        estimates: (6, hypotheses, symptoms x P), in half precision.
        running: (6, symptoms x P): day and value of the last answer; sum and number of squared
            differences of neighbouring answers; numbers of flares that began, and of days without.
        log_weights: (hypotheses, symptoms x P): log-likelihood ratio of each hypothesis to the
            first, "no rise", by the answers on one symptom.
        days: (3, P): number of answered days; ordinals of the third and of the last.
    """

    estimates: Array
    running: Array
    log_weights: Array
    days: Array


class PosteriorInputs(NamedTuple):
    """Inputs of the posterior on ``T`` days of ``P`` patients, each (T, hypotheses, symptoms x P)."""

    log_weights: Array
    rise: Array
    baseline: Array


class OnsetEstimate(NamedTuple):
    """Posterior odds and sizes of a lasting rise for ``P`` patients on ``T`` days.

    Each (T, symptoms, P), where the first symptom stands for all together, with the sizes of pain;
    the others are by themselves. A rise is lasting if it began at least ``OnsetPosterior.lasts_days``
    ago, and not after the answer before the last one, so that no single answer makes one. All but
    the log odds are conditional on such a rise. Levels are points of 0 to 10, higher is worse.

    Attributes:
        log_odds: Natural logarithm of the odds to "no rise".
        onset_day: Ordinal of the most likely onset day, to four days.
        size: Expected size once complete.
        size_so_far: The part of it up to this day.
        baseline: Level before it.
        any_log_odds: Of any rise by all symptoms, also one that began in the last days, (T, P).
    """

    log_odds: Array
    onset_day: Array
    size: Array
    size_so_far: Array
    baseline: Array
    any_log_odds: Array


def select_first(state: FilterState, patients: int) -> FilterState:
    """Return the state of the first ``patients`` only."""
    if state.days.shape[1] == patients:
        return state
    estimates = state.estimates.reshape(6, HYPOTHESES, len(SYMPTOMS), -1)[..., :patients]
    running = state.running.reshape(6, len(SYMPTOMS), -1)[..., :patients]
    log_weights = state.log_weights.reshape(HYPOTHESES, len(SYMPTOMS), -1)[..., :patients]
    return FilterState(
        estimates.reshape(6, HYPOTHESES, -1),
        running.reshape(6, -1),
        log_weights.reshape(HYPOTHESES, -1),
        state.days[:, :patients],
    )


def select_patient(state: FilterState, patient: int) -> FilterState:
    """Return a copy of the state of one patient."""
    columns = slice(patient, None, state.days.shape[1])
    column = slice(patient, patient + 1)
    return FilterState(
        state.estimates[:, :, columns].copy(),
        state.running[:, columns].copy(),
        state.log_weights[:, columns].copy(),
        state.days[:, column].copy(),
    )


def stack(states: Sequence[FilterState]) -> FilterState:
    """Return the states of several patients, at least one, side by side."""
    if len(states) == 1:
        return states[0]
    estimates, running, log_weights, days = zip(*states, strict=True)
    return FilterState(
        np.stack(estimates, axis=-1).reshape(6, HYPOTHESES, -1),
        np.stack(running, axis=-1).reshape(6, -1),
        np.stack(log_weights, axis=-1).reshape(HYPOTHESES, -1),
        np.concatenate(days, axis=1),
    )


def onset_days(day: Array) -> Array:
    """Return the onset day of each hypothesis as of ``day``; infinite for "no rise".

    Args:
        day: Ordinals, (..., P).

    Returns:
        Ordinals, (..., hypotheses, P).
    """
    grid = np.floor(day / GRID_DAYS)[..., None, :]
    onset = GRID_DAYS * (grid - (grid - _SLOT) % GRID_SIZE)
    onset[..., 0, :] = np.inf
    found: Array = onset.astype(np.float32)
    return found


def ramp_progress(day: Array, onset_day: Array) -> Array:
    """Return the part of a rise that has come by ``day``, 0 to 1."""
    part: Array = np.minimum(np.maximum((day - onset_day + 1) / _RAMP_DAYS, np.float32(0)), np.float32(1))
    return part


def absorb_shift(estimates: Array) -> Array:
    """Return the estimates with the level after the rise as the baseline."""
    baseline, rise, var_baseline, covar, var_rise, p_flare = estimates
    variance = np.maximum(var_baseline + 2 * covar + var_rise, np.float32(1e-3))
    return round_to_half_precision(
        np.stack([baseline + rise, rise, variance, np.zeros_like(baseline), var_rise, p_flare])
    )


def round_to_half_precision(numbers: Array) -> Array:
    """Round to the eleven significant bits of half precision, so that a snapshot loses nothing.

    Equal to a passage through ``np.float16`` for numbers in its range, without the cost of two
    conversions: a number at a fixed distance from ``numbers`` in size is added and subtracted
    again.

    >>> round_to_half_precision(np.array([0.1, 2.0001, -7.77], np.float32)).tolist()
    [0.0999755859375, 2.0, -7.76953125]
    """
    scale = (numbers.view(np.uint32) & _EXPONENT).view(np.float32)
    np.maximum(scale, _SMALLEST, out=scale)
    scale *= _KEPT_BITS
    rounded: Array = numbers + scale
    rounded -= scale
    return rounded


def power(base: float, gap: Array) -> Array:
    """Return a power, computed in double precision.

    Processors differ in the last digit of a power, an exponential or a logarithm. Rounding from
    double to single precision removes that digit, so that every machine scores alike.
    """
    return (base ** gap.astype(np.float64)).astype(np.float32)
