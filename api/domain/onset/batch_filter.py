"""Many patients side by side: the test for a lasting rise takes in a day of each at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.filter_state import (
    BASELINE,
    HYPOTHESES,
    RISE,
    SYMPTOMS,
    Array,
    FilterState,
    OnsetEstimate,
    PosteriorInputs,
    select_first,
    select_patient,
    stack,
)
from api.domain.onset.observations import prepare_observations
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.onset_state import SymptomState, has_symptom_answer, summarise_onset

_AT_ONCE = 2048
"""Days, of all patients together, whose answers are looked at before any is taken in: as fit in a cache."""


class _Answers(NamedTuple):
    """The answered days of one patient: ordinals (n,), and answers (n, symptoms), NaN where blank."""

    days: Array
    answers: Array


class _Followed(NamedTuple):
    """One patient, (n, numbers of ``OnsetEstimate``), and the states of its last two days."""

    numbers: Array
    beliefs: list[FilterState]


def filter_patients(
    diaries: Sequence[Sequence[DailySummary]], test: OnsetDetector, before: Sequence[SymptomState]
) -> list[list[SymptomState]]:
    """Take in all days of all patients, and see on each whether a lasting rise has begun.

    Args:
        diaries: The days of each patient, in order; of one patient at least.
        test: The test.
        before: What the days before left behind of each.

    Returns:
        For each patient and day what the days up to it leave behind; but what is believed is kept only of
        the last two days with an answer on symptoms, as nobody asks for more.
    """
    answers = [_answers(days) for days in diaries]
    longest_first = sorted(range(len(answers)), key=lambda patient: -len(answers[patient].days))
    belief = stack([before[patient].belief or test.begin() for patient in longest_first])
    followed = _followed([answers[patient] for patient in longest_first], test, belief)
    of_patient = dict(zip(longest_first, followed, strict=True))
    return [_by_day(days, of_patient[patient], before[patient]) for patient, days in enumerate(diaries)]


def _answers(days: Iterable[DailySummary]) -> _Answers:
    told = [day for day in days if has_symptom_answer(day)]
    answers = [[day.pain, day.stiffness, day.interference] for day in told]
    ordinals = np.array([day.ordinal for day in told], np.float32)
    return _Answers(ordinals, np.array(answers, np.float32).reshape(-1, len(SYMPTOMS)))


def _followed(answers: Sequence[_Answers], test: OnsetDetector, belief: FilterState) -> list[_Followed]:
    """Go through the diaries, the longest of which comes first, some answered days of each at a time."""
    lengths = [len(each.days) for each in answers]
    longest = lengths[0]
    kept_at: dict[int, list[int]] = defaultdict(list)
    for place, length in enumerate(lengths):
        kept_at[length - 2].append(place)
        kept_at[length - 1].append(place)
    numbers = np.empty((len(OnsetEstimate._fields), longest, len(answers)), np.float32)
    beliefs: list[list[FilterState]] = [[] for _ in answers]
    at_once = max(1, _AT_ONCE // max(1, len(answers)))
    for first in range(0, longest, at_once):
        days = range(first, min(first + at_once, longest))
        going = sum(length > first for length in lengths)
        belief = select_first(belief, going)
        said = prepare_observations(belief, *_some(answers[:going], days), test.memory)
        seen = PosteriorInputs(*np.empty((3, len(days), HYPOTHESES, going), np.float32))
        for step, now in enumerate(test.each_day(belief, said)):
            seen.weights[step] = now.weights
            seen.rise[step], seen.usual[step] = now.series[RISE, :, :going], now.series[BASELINE, :, :going]
            for place in kept_at.get(days[step], ()):
                beliefs[place].append(select_patient(now, place))
            belief = now
        numbers[:, first : days.stop, :going] = test.read(seen, said)
    return [_Followed(numbers[:, :length, place].T, beliefs[place]) for place, length in enumerate(lengths)]


def _some(answers: Sequence[_Answers], at: range) -> tuple[Array, Array]:
    """Return some days of each; where a diary has ended, days nobody will look at."""
    days = np.zeros((len(at), len(answers)), np.float32)
    told = np.zeros((len(at), len(SYMPTOMS), len(answers)), np.float32)
    for place, each in enumerate(answers):
        there = each.days[at.start : at.stop]
        days[: len(there), place] = there
        days[len(there) :, place] = there[-1] + np.arange(1, 1 + len(at) - len(there))
        told[: len(there), :, place] = each.answers[at.start : at.stop]
    return days, told


def _by_day(days: Sequence[DailySummary], followed: _Followed, before: SymptomState) -> list[SymptomState]:
    found: list[SymptomState] = []
    now, numbers = before, followed.numbers.tolist()
    beliefs = [None] * (len(numbers) - len(followed.beliefs)) + followed.beliefs
    told = zip(numbers, beliefs, strict=True)
    for day in days:
        if has_symptom_answer(day):
            of_day, belief = next(told)
            now = SymptomState(belief, day.ordinal, *summarise_onset(now, day, of_day))
        found.append(now)
    return found
