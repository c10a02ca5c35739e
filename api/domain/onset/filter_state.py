"""What is believed of lasting rises: the hypotheses of when one began, and what is known under each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

SYMPTOMS = ("pain", "stiffness", "interference")
"""The order in which answers are handed in; all 0 to 10, higher is worse."""

GRID_DAYS = 4
"""Days between two days on which a rise may have begun: fine enough for the quietest diary."""

GRID_SIZE = 16
"""How many such days are looked back to: what has lasted 64 days has become usual."""

RAMPS = (1.0, 28.0)
"""Days a rise may take: at once, or over four weeks; between the two, both fit."""

BASELINE, RISE, VAR_BASELINE, COVAR, VAR_RISE, P_FLARE = range(6)
LAST_DAY, LAST_ANSWER, SQUARES, PAIRS, FLARE_STARTS, CALM_DAYS = range(6)

HYPOTHESES = 1 + GRID_SIZE * len(RAMPS)
_WIDTH = np.concatenate([[1.0], np.tile(RAMPS, GRID_SIZE)]).astype(np.float32)[:, None]
_SLOT = np.concatenate([[0], np.repeat(np.arange(GRID_SIZE), len(RAMPS))])[:, None]

_EXPONENT = np.uint32(0x7F800000)
_SMALLEST = np.float32(2.0**-14)
_KEPT_BITS = np.float32(1.5 * 2.0**13)

MIN_ANSWERED_DAYS = 3
"""Answered days before anything is usual."""


class FilterState(NamedTuple):
    """What the answers so far say of ``P`` patients; bounded, whatever the length of the diary.

    ``series`` (6, hypotheses, symptoms x P): estimates for each symptom under each hypothesis, ``short``;
    ``own`` (6, symptoms x P): last answered day and answer, her day-to-day spread, her flares;
    ``weights`` (hypotheses, P): log-likelihood of each hypothesis against "no rise", the first;
    ``days`` (3, P): how many days were taken in; ordinals of the third, and of the last.
    """

    series: Array
    own: Array
    weights: Array
    days: Array


class PosteriorInputs(NamedTuple):
    """What of a belief is asked, on ``T`` days of ``P`` patients: (T, hypotheses, P).

    ``rise`` and ``usual`` are the estimates for worst pain.
    """

    weights: Array
    rise: Array
    usual: Array


class OnsetEstimate(NamedTuple):
    """What is believed of ``P`` patients on ``T`` days, each (T, P).

    ``p`` is the probability, 0 to 1, that a lasting rise has begun in the last weeks; ``begun`` the
    ordinal of the day it most likely began, to four days; ``rise`` its expected size once complete, in
    points of worst pain, ``by_now`` what of it has come, and ``usual`` the
    level before it, all given that there is one. Higher is worse.
    """

    p: Array
    begun: Array
    rise: Array
    by_now: Array
    usual: Array


def select_first(belief: FilterState, patients: int) -> FilterState:
    """Return the belief of the first ``patients`` only."""
    if belief.days.shape[1] == patients:
        return belief
    series = belief.series.reshape(6, HYPOTHESES, len(SYMPTOMS), -1)[..., :patients]
    own = belief.own.reshape(6, len(SYMPTOMS), -1)[..., :patients]
    return FilterState(
        series.reshape(6, HYPOTHESES, -1),
        own.reshape(6, -1),
        belief.weights[:, :patients],
        belief.days[:, :patients],
    )


def select_patient(belief: FilterState, patient: int) -> FilterState:
    """Return the belief about one of the patients, apart from the others."""
    one = slice(patient, None, belief.days.shape[1])
    alone = slice(patient, patient + 1)
    return FilterState(
        belief.series[:, :, one].copy(),
        belief.own[:, one].copy(),
        belief.weights[:, alone].copy(),
        belief.days[:, alone].copy(),
    )


def stack(beliefs: Sequence[FilterState]) -> FilterState:
    """Return the beliefs about several patients, at least one, side by side."""
    if len(beliefs) == 1:
        return beliefs[0]
    series, own, weights, days = zip(*beliefs, strict=True)
    return FilterState(
        np.stack(series, axis=-1).reshape(6, HYPOTHESES, -1),
        np.stack(own, axis=-1).reshape(6, -1),
        np.concatenate(weights, axis=1),
        np.concatenate(days, axis=1),
    )


def onset_days(day: Array) -> Array:
    """Return the day on which a rise began under each hypothesis, as seen on ``day``; never, for none.

    Args:
        day: Ordinals, (..., P).

    Returns:
        Ordinals, (..., hypotheses, P).
    """
    grid = np.floor(day / GRID_DAYS)[..., None, :]
    begun = GRID_DAYS * (grid - (grid - _SLOT) % GRID_SIZE)
    begun[..., 0, :] = np.inf
    found: Array = begun.astype(np.float32)
    return found


def ramp_progress(day: Array, begun: Array) -> Array:
    """Return how much of a rise has come by ``day``, 0 to 1."""
    part: Array = np.minimum(np.maximum((day - begun + 1) / _WIDTH, np.float32(0)), np.float32(1))
    return part


def absorb_shift(risen: Array) -> Array:
    """Let the level after a rise be the usual one."""
    usual, rise, var_usual, covar, var_rise, flare = risen
    variance = np.maximum(var_usual + 2 * covar + var_rise, np.float32(1e-3))
    return round_to_half_precision(
        np.stack([usual + rise, rise, variance, np.zeros_like(usual), var_rise, flare])
    )


def round_to_half_precision(numbers: Array) -> Array:
    """Round to eleven significant bits, what half precision keeps: a snapshot then holds all there is.

    The same as a passage through ``np.float16`` for what fits in it, without the price of two conversions:
    a number with a fixed distance to ``numbers`` in size is added, and taken away again.

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
    """Return a power, worked out in double precision.

    Processors differ in the last digit of a power, an exponential or a logarithm: rounded from double
    to single precision, that digit is gone, and every machine scores alike.
    """
    found: Array = (base ** gap.astype(np.float64)).astype(np.float32)
    return found
