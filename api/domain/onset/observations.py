"""Filter inputs that depend only on the answers, such as AR weights and variances."""

from typing import NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from api.domain.onset.filter_state import (
    LAST_ANSWER,
    LAST_DAY,
    MIN_ANSWERED_DAYS,
    PAIRS,
    SQUARES,
    SYMPTOMS,
    Array,
    FilterState,
    onset_days,
    power,
    ramp_progress,
)
from api.domain.policy import Policy

Kind = TypeVar("Kind", bound=np.generic)

_NOT_YET = np.float32(np.inf)

# All judgement; no thresholds of a policy, as they belong to the arithmetic and not to the clinic.
_OUTLIER = np.float32(9.0)  # times the variance: more does not count for the day-to-day variance
_LONGEST_DRIFT_DAYS = 60.0  # longest gap over which the baseline drifts
_NEIGHBOUR_DAYS = 14.0  # answers further apart do not count for the day-to-day variance


class NoiseModel(NamedTuple):
    """Noise parameters of the state-space model, from the policy.

    Attributes:
        autocorrelation: Correlation of adjacent days, 0 to 1.
        flare_persistence: Probability that a flare lasts another day.
        process_noise: Variance a day of the baseline's drift. max_drift_days: Longest gap over
            which it drifts. min_variance: Least day-to-day variance. max_pairs: Pairs of answers
            that the day-to-day variance is made of, at most.
    """

    autocorrelation: float
    flare_persistence: float
    process_noise: np.float32
    max_drift_days: np.float32
    min_variance: np.float32
    max_pairs: np.float32

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return the parameters of a policy."""
        return cls(
            policy.noise_autocorrelation.value,
            policy.flare_stays.value,
            np.float32(policy.usual_drift.value**2),
            np.float32(_LONGEST_DRIFT_DAYS),
            np.float32(policy.onset_noise_lowest.value**2),
            np.float32(policy.onset_noise_remembered.value),
        )


class Observations(NamedTuple):
    """Answers of ``T`` days of ``P`` patients, and the filter inputs derived from them.

    Shape (T, symptoms x P) unless given.

    Attributes:
        is_answered: Whether there is an answer.
        all_answered: (T,) Whether all are.
        last_day: Day of the answer before.
        answer: The answer.
        last_answer: The answer before.
        ar_weight: Correlation with the answer before: autocorrelation to the power of the gap in
            days.
        flare_persistence: Probability that a flare has lasted since the answer before.
        process_noise: Variance added to the baseline since then.
        noise_variance: Day-to-day variance of the patient, this answer included, over ``weight``.
        weight: Weight of the answer as evidence, above 0 to 1; less than 1 if written late.
        has_baseline: Whether there are enough answered days for a baseline.
        all_have_baseline: (T,) Whether all patients have one.
        running: (T, 4, symptoms x P) First four rows of ``FilterState.running`` after each day.
        onset_day: (T, hypotheses, P) Onset day of each hypothesis.
        is_new: (T, hypotheses, P) Whether that onset day has just entered the grid.
        has_new: (T,) Whether any has.
        progress: (T, hypotheses, symptoms x P) Part of the rise that has come by this answer.
        last_progress: (T, hypotheses, symptoms x P) Part that had come by the answer before.
        days: (T, 3, P) ``FilterState.days`` after each day.
        third_day: (T, P) Ordinal of the third answered day, before each day.
        previous_day: (T, P) Ordinal of the answered day before.
    """

    is_answered: NDArray[np.bool_]
    all_answered: NDArray[np.bool_]
    last_day: Array
    answer: Array
    last_answer: Array
    ar_weight: Array
    flare_persistence: Array
    process_noise: Array
    noise_variance: Array
    weight: Array
    has_baseline: NDArray[np.bool_]
    all_have_baseline: NDArray[np.bool_]
    running: Array
    onset_day: Array
    is_new: NDArray[np.bool_]
    has_new: NDArray[np.bool_]
    progress: Array
    last_progress: Array
    days: Array
    third_day: Array
    previous_day: Array


def prepare_observations(  # noqa: PLR0917 - all of a day
    state: FilterState, day: Array, answers: Array, weight: Array, noise: NoiseModel
) -> Observations:
    """Return the filter inputs of some days.

    Args:
        state: Before the first of them.
        day: Ordinals, (T, P), rising.
        answers: (T, symptoms, P), 0 to 10, higher is worse; NaN where not answered.
        weight: Weight of the answers of each day, (T, P), above 0 to 1.
        noise: The noise parameters.
    """
    answer = answers.reshape(len(day), -1)
    is_answered = np.isfinite(answer)
    day_of_symptom = _per_symptom(day)
    last_day, last_answer, running = _last_answers(state.running, day_of_symptom, answer, is_answered)
    gap = day_of_symptom - last_day
    ar_weight = power(noise.autocorrelation, gap)
    squares = (answer - last_answer) ** 2 / (2 * (1 - ar_weight))
    weight = _per_symptom(weight)
    noise_variance = _noise_variance(running, squares, is_answered & (gap <= _NEIGHBOUR_DAYS), noise)
    onset_day = onset_days(day)
    days = _count_days(state.days, day)
    days_before = np.concatenate([state.days[None], days[:-1]])
    is_new = onset_day > days_before[:, None, 2]
    is_new[:, 0] = False
    return Observations(
        is_answered,
        np.logical_and.reduce(is_answered, axis=1),
        last_day,
        answer,
        last_answer,
        ar_weight,
        power(noise.flare_persistence, gap),
        noise.process_noise * np.minimum(gap, noise.max_drift_days),
        noise_variance / weight,
        weight,
        _per_symptom(has_baseline := days[:, 0] > MIN_ANSWERED_DAYS),
        np.logical_and.reduce(has_baseline, axis=1),
        running,
        onset_day,
        is_new,
        np.logical_or.reduce(is_new, axis=(1, 2)),
        _per_symptom(ramp_progress(day[:, None], onset_day)),
        ramp_progress(last_day[:, None], _per_symptom(onset_day)),
        days,
        days_before[:, 1],
        days_before[:, 2],
    )


def _last_answers(
    running: Array, day: Array, answer: Array, is_answered: NDArray[np.bool_]
) -> tuple[Array, Array, Array]:
    """Return day and value of the answer before each, and ``running`` after each day.

    Its squares and pairs are yet those before the first day.
    """
    kept = np.empty((len(day), 4, day.shape[1]), np.float32)
    before = np.empty((2, *day.shape), np.float32)
    newest = running[[LAST_DAY, LAST_ANSWER]]
    for step, given in enumerate(is_answered):
        before[:, step] = newest
        np.copyto(newest[0], day[step], where=given)
        np.copyto(newest[1], answer[step], where=given)
        kept[step, LAST_DAY], kept[step, LAST_ANSWER] = newest
    kept[:, SQUARES], kept[:, PAIRS] = running[SQUARES], running[PAIRS]
    return before[0], before[1], kept


def _noise_variance(
    running: Array, squares: Array, is_neighbour: NDArray[np.bool_], noise: NoiseModel
) -> Array:
    """Return the day-to-day variance, from differences of neighbouring answers.

    A lasting rise hardly changes these. ``running`` is updated day by day.
    """
    total, pairs = running[0, SQUARES], running[0, PAIRS]
    one = np.ones_like(total)
    for day, all_near in enumerate(np.logical_and.reduce(is_neighbour, axis=1).tolist()):
        grown = total + np.minimum(squares[day], _OUTLIER * total / pairs)
        weight = pairs + one
        keep = np.minimum(one, noise.max_pairs / weight)
        grown *= keep
        weight *= keep
        if all_near:
            total, pairs = grown, weight
        else:
            total, pairs = (
                np.where(is_neighbour[day], grown, total),
                np.where(is_neighbour[day], weight, pairs),
            )
        running[day, SQUARES], running[day, PAIRS] = total, pairs
    variance: Array = np.maximum(running[:, SQUARES] / running[:, PAIRS], noise.min_variance)
    return variance


def _count_days(days: Array, day: Array) -> Array:
    """Return ``FilterState.days`` after each day."""
    counted = np.empty((len(day), *days.shape), np.float32)
    np.add(days[0], np.arange(1, len(day) + 1, dtype=np.float32)[:, None], out=counted[:, 0])
    third = np.where(counted[:, 0] == MIN_ANSWERED_DAYS, day, _NOT_YET)
    np.minimum(np.minimum.accumulate(third, axis=0), days[1], out=counted[:, 1])
    counted[:, 2] = day
    return counted


def _per_symptom(numbers: NDArray[Kind]) -> NDArray[Kind]:
    """Repeat the numbers of each patient for each symptom; faster than ``np.tile``."""
    return np.concatenate((numbers,) * len(SYMPTOMS), axis=-1)
