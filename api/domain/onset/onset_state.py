"""State and summary of the onset filter for one patient."""

import base64
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from api.domain.alerts.urgency import DUE_TODAY
from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.state_codec import Codec, codec_of
from api.domain.onset.filter_state import SYMPTOMS, FilterState, OnsetEstimate
from api.domain.onset.posterior import OnsetPosterior

_DAYS = 28
_WINDOW = (1 << _DAYS) - 1
_SYMPTOMS = len(SYMPTOMS)
_HIGHEST = 10.0
_LATEST_INTERVALS, _LEAST_DAYS, _LEAST_GAP, _MOST_MISSED = 3, 3, 8, 3.0
"""Number of intervals of which the longest is the usual one; days of the last 28 that this needs; days of a
gap that counts, as single skipped days say little about pain; most intervals that it counts for. All are
judgement."""


NUMBERS = _SYMPTOMS * (len(OnsetEstimate._fields) - 1) + 1
"""Numbers of ``OnsetEstimate`` of one patient and day: each of three symptoms, then of any rise."""


class Rise(NamedTuple):
    """A lasting rise as of one day; points of 0 to 10, higher is worse.

    All but the probability are conditional on a rise.

    Attributes:
        p: Probability, 0 to 0.99, that a rise began at least 8 days ago and goes on, where 45 of 100
            patients get worse within a year.
        onset_day: Ordinal of the most likely onset day.
        size: Expected size of the rise once complete.
        size_so_far: The part of it up to this day.
        baseline: Level before it; of one symptom alone not below the second lowest answer so far, so
            that a single low answer makes no rise.
    """

    p: float
    onset_day: int
    size: float
    size_so_far: float
    baseline: float


class OnsetSummary(NamedTuple):
    """Lasting rises as of one day, by all symptoms together and by one alone.

    Attributes:
        together: By the answers on all symptoms, with sizes and levels of worst pain.
        stiffness: By the answers on stiffness alone.
        interference: By the answers on interference alone.
        p_any: Probability of any rise, also one that began in the last 8 days.
        answered_days: Days of the last 28 with an answer on symptoms.
    """

    together: Rise
    stiffness: Rise
    interference: Rise
    p_any: float
    answered_days: int


class SymptomState(NamedTuple):
    """State after the answers on symptoms so far.

    Attributes:
        filter: State of the filter; None before the first answer, and for earlier days of a batch.
        last_day: Ordinal of the last day with an answer.
        answered: One bit for each of the last 28 days, the lowest for ``last_day``.
        own: The same, without days with answers to extra check-ins alone.
        has_reason: A reason for the present gap was given that makes it no evidence of a rise.
        lowest: Two lowest answers so far on each symptom; 10 where there is none yet.
        onset: Summary as of that day.
        answered_at: Moment at which the last answer was written.
    """

    filter: FilterState | None = None
    last_day: int = 0
    answered: int = 0
    own: int = 0
    has_reason: bool = False
    lowest: tuple[tuple[float, float], ...] = ((_HIGHEST, _HIGHEST),) * _SYMPTOMS
    onset: OnsetSummary | None = None
    answered_at: datetime | None = None


def _dump(state: SymptomState) -> list[Any] | None:
    if state.filter is None or state.onset is None or state.answered_at is None:
        return None
    estimates, *others = state.filter
    arrays = [estimates.astype("<f2"), *[array.astype("<f4") for array in others]]
    texts = [base64.b64encode(array.tobytes()).decode() for array in arrays]
    onset, at = _ONSET_CODEC.dump(state.onset), state.answered_at.isoformat()
    lowest = [list(pair) for pair in state.lowest]
    return [state.last_day, state.answered, state.own, state.has_reason, lowest, onset, at, *texts]


def _load(stored: list[Any] | None) -> SymptomState:
    if stored is None:
        return SymptomState()
    last_day, answered, own, has_reason, lowest, onset, at, estimates, *others = stored
    running, log_weights, days = [np.frombuffer(base64.b64decode(text), "<f4") for text in others]
    halves = np.frombuffer(base64.b64decode(estimates), "<f2").astype(np.float32)
    state = FilterState(
        halves.reshape(6, -1, len(SYMPTOMS)),
        running.reshape(6, len(SYMPTOMS)),
        log_weights.reshape(-1, len(SYMPTOMS)),
        days.reshape(-1, 1),
    )
    summary, answered_at = _ONSET_CODEC.load(onset), datetime.fromisoformat(at)
    pairs = tuple((first, second) for first, second in lowest)
    return SymptomState(state, last_day, answered, own, has_reason, pairs, summary, answered_at)


_ONSET_CODEC = codec_of(OnsetSummary)
SYMPTOM_STATE_CODEC = Codec(_dump, _load)
"""Stores the arrays as Base64, without loss; see ``filter_state.round_to_half_precision``."""


def note_gap_reasons(before: SymptomState, day: DailySummary) -> SymptomState:
    """Return the state after the reasons given on a day: too unwell or in hospital is one for a rise."""
    has_reason = any(given.reason not in DUE_TODAY for given in day.gap_reasons)
    return before._replace(has_reason=True) if has_reason else before


def summarise_onset(
    before: SymptomState,
    day: DailySummary,
    numbers: Sequence[float],
    posterior: OnsetPosterior,
    *,
    filtered: FilterState | None,
) -> SymptomState:
    """Return the state after a day with an answer on symptoms.

    Args:
        before: State after the earlier days and the reasons given on this one; its filter is not used.
        day: The day.
        numbers: Those of ``OnsetEstimate`` for this patient, in order.
        posterior: Calibration of the odds.
        filtered: State of the filter after the day, where it is kept.

    Returns:
        The state; its summary is rounded, so that it is the same on every machine.
    """
    gap = day.ordinal - before.last_day
    answered, own = _add_day(before.answered, gap, 1), _add_day(before.own, gap, int(day.has_own))
    answers = (day.pain, day.stiffness, day.interference)
    lowest = tuple(_two_lowest(pair, answer) for pair, answer in zip(before.lowest, answers, strict=True))
    missed = missed_answers(before.own, gap) if day.has_own and not before.has_reason else 0.0
    count = answered.bit_count()

    def rise(symptom: int) -> Rise:
        odds, onset_day, size, so_far, baseline = numbers[symptom:-1:_SYMPTOMS]
        least = lowest[symptom][1] if symptom else 0.0
        p = posterior.probability(odds, count, missed)
        return Rise(p, int(onset_day), round(size, 4), round(so_far, 4), round(max(baseline, least), 4))

    together, stiffness, interference = map(rise, range(_SYMPTOMS))
    p_any = posterior.probability(numbers[-1], count, missed)
    onset = OnsetSummary(together, stiffness, interference, p_any, count)
    return SymptomState(
        filtered, day.ordinal, answered, own, lowest=lowest, onset=onset, answered_at=day.symptoms_at
    )


def _add_day(days: int, gap: int, bit: int) -> int:
    return ((days << min(gap, _DAYS)) | bit) & _WINDOW


def _two_lowest(pair: tuple[float, float], answer: float | None) -> tuple[float, float]:
    if answer is None:
        return pair
    first, second, _ = sorted((*pair, float(answer)))
    return first, second


def missed_answers(own: int, gap: int) -> float:
    """Return how many usual intervals of a gap went by without an answer, 0 to 3.

    Patients may answer less in bad times. A gap of a week or less is none. The usual interval is the
    longest of the last three, so that a diary that is asked for less often from now on has one such
    gap at most.

    Args:
        own: Days with an answer of the patient's own before the gap, see ``SymptomState``.
        gap: Days from the last answer to this one.

    >>> weekly = 0b1000000100000010000001
    >>> missed_answers(weekly, 7), missed_answers(weekly, 21), missed_answers(0b10000001, 21)
    (0.0, 2.0, 0.0)
    """
    days = [day for day in range(own.bit_length()) if own >> day & 1][: _LATEST_INTERVALS + 1]
    if len(days) < _LEAST_DAYS or gap < _LEAST_GAP:
        return 0.0
    usual = max(later - earlier for earlier, later in pairwise(days))
    return min(max(gap / usual - 1, 0.0), _MOST_MISSED)
