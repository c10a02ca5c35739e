"""What answers say by themselves, before anything is believed: worked out for many days at once."""

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

# Judgement: belonging to the arithmetic, not to the clinic, they are no thresholds.
_WILD = np.float32(9.0)  # times her variance: more is no measure of her day-to-day spread
_STILL_DAYS = 60.0  # the longest gap over which the usual level is thought to wander
_FRESH_DAYS = 14.0  # answers further apart say nothing about it


class NoiseModel(NamedTuple):
    """How one day leans on the last, and how her day-to-day variance is learned; from the policy.

    ``autocorrelation`` and ``flare_stays`` are per day, 0 to 1; ``drift`` is a variance a day and holds
    for ``still_days`` at most; ``lowest`` is the least variance, ``remembered`` the answers that count.
    """

    autocorrelation: float
    flare_stays: float
    drift: np.float32
    still_days: np.float32
    lowest: np.float32
    remembered: np.float32

    @classmethod
    def of_policy(cls, policy: Policy) -> Self:
        """Return the memory that a policy asks for."""
        return cls(
            policy.noise_autocorrelation.value,
            policy.flare_stays.value,
            np.float32(policy.usual_drift.value**2),
            np.float32(_STILL_DAYS),
            np.float32(policy.onset_noise_lowest.value**2),
            np.float32(policy.onset_noise_remembered.value),
        )


class Observations(NamedTuple):
    """``T`` days of ``P`` patients; where nothing else is said, (T, symptoms x P).

    ``asked`` says what was answered, and ``all_asked`` on which days everything was; ``last`` is the day
    last answered on, ``answer`` and ``before`` are the answer and the one before it. ``link`` is how much
    of the distance from what is usual is left since, ``stays`` how much of a flare, ``wander`` the
    variance that came to what is usual; ``noise`` is her day-to-day variance, the answer included.
    ``settled``: whether anything is usual by now, and ``all_settled`` on which days for everybody. ``own``
    (T, 4, symptoms x P): the first four rows of ``FilterState.own`` after each day.

    Of hypotheses (T, hypotheses, ...): ``begun`` (..., P) the day a rise began, ``fresh`` (..., P) whether
    that day is a new one, ``came`` and ``came_before`` (..., symptoms x P) how much of it has come by this
    answer and by the one before. ``renews`` says on which days any is new. ``days`` (T, 3, P): as in
    ``FilterState`` after each day; ``third`` (T, P): the ordinal of the third day, before each day.
    """

    asked: NDArray[np.bool_]
    all_asked: NDArray[np.bool_]
    last: Array
    answer: Array
    before: Array
    link: Array
    stays: Array
    wander: Array
    noise: Array
    settled: NDArray[np.bool_]
    all_settled: NDArray[np.bool_]
    own: Array
    begun: Array
    fresh: NDArray[np.bool_]
    renews: NDArray[np.bool_]
    came: Array
    came_before: Array
    days: Array
    third: Array


def prepare_observations(belief: FilterState, day: Array, answers: Array, memory: NoiseModel) -> Observations:
    """Work out what the answers of some days say by themselves.

    Args:
        belief: What was believed before the first of them.
        day: Ordinals, (T, P), rising.
        answers: (T, symptoms, P), 0 to 10, higher is worse; NaN where not answered.
        memory: How one day leans on the last.
    """
    answer = answers.reshape(len(day), -1)
    asked = np.isfinite(answer)
    every_day = _of_each_symptom(day)
    last, before, own = _followed(belief.own, every_day, answer, asked)
    gap = every_day - last
    link = power(memory.autocorrelation, gap)
    apart = (answer - before) ** 2 / (2 * (1 - link))
    noise = _spread(own, apart, asked & (gap <= _FRESH_DAYS), memory)
    begun = onset_days(day)
    days = _counted(belief.days, day)
    earlier = np.concatenate([belief.days[None], days[:-1]])
    fresh = begun > earlier[:, None, 2]
    fresh[:, 0] = False
    return Observations(
        asked,
        np.logical_and.reduce(asked, axis=1),
        last,
        answer,
        before,
        link,
        power(memory.flare_stays, gap),
        memory.drift * np.minimum(gap, memory.still_days),
        noise,
        _of_each_symptom(settled := days[:, 0] > MIN_ANSWERED_DAYS),
        np.logical_and.reduce(settled, axis=1),
        own,
        begun,
        fresh,
        np.logical_or.reduce(fresh, axis=(1, 2)),
        _of_each_symptom(ramp_progress(day[:, None], begun)),
        ramp_progress(last[:, None], _of_each_symptom(begun)),
        days,
        earlier[:, 1],
    )


def _followed(own: Array, day: Array, answer: Array, asked: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Return, at each answer, day and answer before it; and room for ``own``, with the last ones in it."""
    kept = np.empty((len(day), 4, day.shape[1]), np.float32)
    before = np.empty((2, *day.shape), np.float32)
    newest = own[[LAST_DAY, LAST_ANSWER]]
    for step, is_told in enumerate(asked):
        before[:, step] = newest
        np.copyto(newest[0], day[step], where=is_told)
        np.copyto(newest[1], answer[step], where=is_told)
        kept[step, LAST_DAY], kept[step, LAST_ANSWER] = newest
    kept[:, SQUARES], kept[:, PAIRS] = own[SQUARES], own[PAIRS]
    return before[0], before[1], kept


def _spread(own: Array, apart: Array, near: NDArray[np.bool_], memory: NoiseModel) -> Array:
    """Learn her day-to-day variance from neighbouring answers, which a lasting rise leaves alone.

    It is written into ``own``, day by day.
    """
    spread, answers = own[0, SQUARES], own[0, PAIRS]
    one = np.ones_like(spread)
    for day, all_near in enumerate(np.logical_and.reduce(near, axis=1).tolist()):
        grown = spread + np.minimum(apart[day], _WILD * spread / answers)
        weight = answers + one
        keep = np.minimum(one, memory.remembered / weight)
        grown *= keep
        weight *= keep
        if all_near:
            spread, answers = grown, weight
        else:
            spread, answers = np.where(near[day], grown, spread), np.where(near[day], weight, answers)
        own[day, SQUARES], own[day, PAIRS] = spread, answers
    noise: Array = np.maximum(own[:, SQUARES] / own[:, PAIRS], memory.lowest)
    return noise


def _counted(days: Array, day: Array) -> Array:
    """Count the days taken in, and keep the third."""
    counted = np.empty((len(day), *days.shape), np.float32)
    np.add(days[0], np.arange(1, len(day) + 1, dtype=np.float32)[:, None], out=counted[:, 0])
    third = np.where(counted[:, 0] == MIN_ANSWERED_DAYS, day, _NOT_YET)
    np.minimum(np.minimum.accumulate(third, axis=0), days[1], out=counted[:, 1])
    counted[:, 2] = day
    return counted


def _of_each_symptom(numbers: NDArray[Kind]) -> NDArray[Kind]:
    """Repeat what holds for a patient for each of her symptoms: quicker than ``np.tile``."""
    return np.concatenate((numbers,) * len(SYMPTOMS), axis=-1)
