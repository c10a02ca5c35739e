"""Many patients side by side: the test for a lasting rise takes in a day of each at once."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from api.domain.trajectory.belief import SYMPTOMS, Array, Belief, Onset, first_of, of_one
from api.domain.trajectory.day import Day
from api.domain.trajectory.onset import OnsetTest
from api.domain.trajectory.rise import Symptomatic, see, told_about


class _Answers(NamedTuple):
    """The answered days of one patient: ordinals (n,), and answers (n, symptoms), NaN where blank."""

    days: Array
    answers: Array


class _Seen(NamedTuple):
    """What was seen of one patient: (n, numbers of ``Onset``), and what was believed on the last two days."""

    numbers: Array
    beliefs: list[Belief]


def follow_all(diaries: Sequence[Sequence[Day]], test: OnsetTest) -> list[list[Symptomatic]]:
    """Take in all days of all patients, and see on each whether a lasting rise has begun.

    Args:
        diaries: The days of each patient, in order.
        test: The test.

    Returns:
        For each patient and day what ``rise.follow`` gives; but what is believed is kept only of the last
        two days with an answer on symptoms, as nobody asks for more.
    """
    answers = [_answers(days) for days in diaries]
    longest_first = sorted(range(len(answers)), key=lambda patient: -len(answers[patient].days))
    seen = _seen([answers[patient] for patient in longest_first], test)
    of_patient = dict(zip(longest_first, seen, strict=True))
    return [_by_day(days, of_patient[patient]) for patient, days in enumerate(diaries)]


def _answers(days: Iterable[Day]) -> _Answers:
    told = [day for day in days if told_about(day)]
    answers = [[day.pain, day.stiffness, day.interference] for day in told]
    ordinals = np.array([day.ordinal for day in told], np.float32)
    return _Answers(ordinals, np.array(answers, np.float32).reshape(-1, len(SYMPTOMS)))


def _seen(answers: Sequence[_Answers], test: OnsetTest) -> list[_Seen]:
    """Go through the diaries, the longest of which comes first, one answered day of each at a time."""
    lengths = np.array([len(each.days) for each in answers])
    longest = int(lengths.max(initial=0))
    days = np.zeros((longest, len(answers)), np.float32)
    told = np.full((longest, len(SYMPTOMS), len(answers)), np.nan, np.float32)
    for place, each in enumerate(answers):
        days[: len(each.days), place] = each.days
        told[: len(each.days), :, place] = each.answers
    numbers = np.zeros((longest, len(Onset._fields), len(answers)), np.float32)
    seen = [_Seen(numbers[:length, :, place], []) for place, length in enumerate(lengths)]
    belief, going = test.begin(len(answers)), len(answers)
    for step in range(longest):
        still = int((lengths > step).sum())
        if still < going:
            belief, going = first_of(belief, still), still
        belief = test.take_in(belief, days[step, :going], np.ascontiguousarray(told[step, :, :going]))
        numbers[step, :, :going] = test.read(belief)
        for last in np.flatnonzero(lengths[:going] <= step + 2):
            seen[last].beliefs.append(of_one(belief, int(last)))
    return seen


def _by_day(days: Sequence[Day], seen: _Seen) -> list[Symptomatic]:
    found: list[Symptomatic] = []
    now, numbers = Symptomatic(), seen.numbers.tolist()
    beliefs = [None] * (len(numbers) - len(seen.beliefs)) + seen.beliefs
    told = zip(numbers, beliefs, strict=True)
    for day in days:
        if told_about(day):
            of_day, belief = next(told)
            now = Symptomatic(belief, day.ordinal, *see(now, day, of_day))
        found.append(now)
    return found
