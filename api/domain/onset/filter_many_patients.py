"""Batch filter: the onset filter over the diaries of many patients, one day of each at a time."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.lateness import answer_weights
from api.domain.onset.filter_state import (
    BASELINE,
    HYPOTHESES,
    RISE,
    SYMPTOMS,
    Array,
    FilterState,
    PosteriorInputs,
    select_first,
    select_patient,
    stack,
)
from api.domain.onset.observations import prepare_observations
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.onset_state import NUMBERS, SymptomState, note_gap_reasons, summarise_onset
from api.domain.onset.posterior import OnsetPosterior

_CHUNK_DAYS = 2048
"""Days of all patients together that are prepared at once: as many as fit in a cache."""


class _AnsweredDays(NamedTuple):
    """Answered days of one patient: ordinals and weights (n,); answers (n, symptoms), NaN where blank."""

    days: Array
    answers: Array
    weights: Array


class _FilteredDiary(NamedTuple):
    """Numbers of ``OnsetEstimate``, (n, numbers), and states after the last two days."""

    estimates: Array
    states: list[FilterState]


def filter_patients(
    diaries: Sequence[Sequence[DailySummary]], detector: OnsetDetector, before: Sequence[SymptomState]
) -> list[list[SymptomState]]:
    """Filter all days of all patients.

    Args:
        diaries: Days of each patient, in order; of one patient at least.
        detector: The detector.
        before: State of each patient before the first day.

    Returns:
        For each patient and day the state after it. Only the states of the last two days with an
        answer on symptoms have a filter state, as no other is needed.
    """
    answered = [_answered_days(*each) for each in zip(diaries, before, strict=True)]
    longest_first = sorted(range(len(answered)), key=lambda patient: -len(answered[patient].days))
    state = stack([before[patient].filter or detector.initial_state() for patient in longest_first])
    filtered = _filter_chunks([answered[patient] for patient in longest_first], detector, state)
    of_patient = dict(zip(longest_first, filtered, strict=True))
    return [
        _states_by_day(days, of_patient[patient], before[patient], detector.posterior)
        for patient, days in enumerate(diaries)
    ]


def _answered_days(days: Sequence[DailySummary], before: SymptomState) -> _AnsweredDays:
    answered = [day for day in days if day.has_symptoms]
    answers = [[day.pain, day.stiffness, day.interference] for day in answered]
    ordinals = np.array([day.ordinal for day in answered], np.float32)
    weights = np.array(answer_weights(answered, before.answered_at), np.float32)
    return _AnsweredDays(ordinals, np.array(answers, np.float32).reshape(-1, len(SYMPTOMS)), weights)


def _filter_chunks(
    diaries: Sequence[_AnsweredDays], detector: OnsetDetector, state: FilterState
) -> list[_FilteredDiary]:
    """Filter the diaries, longest first, some answered days of each at a time."""
    lengths = [len(each.days) for each in diaries]
    longest = lengths[0]
    kept_at: dict[int, list[int]] = defaultdict(list)
    for patient, length in enumerate(lengths):
        kept_at[length - 2].append(patient)
        kept_at[length - 1].append(patient)
    estimates = np.empty((NUMBERS, longest, len(diaries)), np.float32)
    states: list[list[FilterState]] = [[] for _ in diaries]
    chunk = max(1, _CHUNK_DAYS // max(1, len(diaries)))
    for first in range(0, longest, chunk):
        days = range(first, min(first + chunk, longest))
        active = sum(length > first for length in lengths)
        state = select_first(state, active)
        observations = prepare_observations(state, *_pad(diaries[:active], days), detector.noise)
        inputs = PosteriorInputs(*np.empty((3, len(days), HYPOTHESES, len(SYMPTOMS) * active), np.float32))
        for step, after in enumerate(detector.filter_days(state, observations)):
            inputs.log_weights[step] = after.log_weights
            inputs.rise[step], inputs.baseline[step] = after.estimates[RISE], after.estimates[BASELINE]
            for patient in kept_at.get(days[step], ()):
                states[patient].append(select_patient(after, patient))
            state = after
        *of_symptoms, of_any = detector.posterior.estimate(inputs, observations)
        numbers = np.concatenate([each.swapaxes(0, 1) for each in of_symptoms])
        estimates[:-1, first : days.stop, :active] = numbers
        estimates[-1, first : days.stop, :active] = of_any
    return [
        _FilteredDiary(estimates[:, :length, patient].T, states[patient])
        for patient, length in enumerate(lengths)
    ]


def _pad(diaries: Sequence[_AnsweredDays], at: range) -> tuple[Array, Array, Array]:
    """Return some days of each diary; after the end of one, days whose results are not used."""
    days = np.zeros((len(at), len(diaries)), np.float32)
    answers = np.zeros((len(at), len(SYMPTOMS), len(diaries)), np.float32)
    weights = np.ones((len(at), len(diaries)), np.float32)
    for patient, each in enumerate(diaries):
        present = each.days[at.start : at.stop]
        days[: len(present), patient] = present
        days[len(present) :, patient] = present[-1] + np.arange(1, 1 + len(at) - len(present))
        answers[: len(present), :, patient] = each.answers[at.start : at.stop]
        weights[: len(present), patient] = each.weights[at.start : at.stop]
    return days, answers, weights


def _states_by_day(
    days: Sequence[DailySummary], filtered: _FilteredDiary, before: SymptomState, posterior: OnsetPosterior
) -> list[SymptomState]:
    found: list[SymptomState] = []
    state, estimates = before, filtered.estimates.tolist()
    states = [None] * (len(estimates) - len(filtered.states)) + filtered.states
    answered = zip(estimates, states, strict=True)
    for day in days:
        state = note_gap_reasons(state, day)
        if day.has_symptoms:
            estimate, filter_state = next(answered)
            state = summarise_onset(state, day, estimate, posterior, filtered=filter_state)
        found.append(state)
    return found
