"""State and summary of the onset filter for one patient."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.state_codec import Codec
from api.domain.onset.filter_state import SYMPTOMS, FilterState

_DAYS = 28
_WINDOW = (1 << _DAYS) - 1


class OnsetSummary(NamedTuple):
    """Posterior of a lasting rise as of one day; points of worst pain, 0 to 10, higher is worse.

    All but the probabilities and ``answered_days`` are conditional on a rise.

    Attributes:
        p: Probability, 0 to 1, that a lasting rise has begun.
        p_before: The same before the last answer.
        size: Expected size of the rise once complete.
        size_so_far: The part of it up to this day.
        onset_day: Ordinal of the most likely onset day.
        baseline: Level before it.
        answered_days: Days of the last 28 with an answer on symptoms.
    """

    p: float
    p_before: float
    size: float
    size_so_far: float
    onset_day: int
    baseline: float
    answered_days: int


class SymptomState(NamedTuple):
    """State after the answers on symptoms so far.

    Attributes:
        filter: State of the filter; None before the first answer, and for earlier days of a batch.
        last_day: Ordinal of the last day with an answer.
        answered: One bit for each of the last 28 days, the lowest for ``last_day``.
        onset: Summary as of that day.
    """

    filter: FilterState | None = None
    last_day: int = 0
    answered: int = 0
    onset: OnsetSummary | None = None


def _dump(state: SymptomState) -> list[Any] | None:
    if state.filter is None or state.onset is None:
        return None
    estimates, *others = state.filter
    arrays = [estimates.astype("<f2"), *[array.astype("<f4") for array in others]]
    texts = [base64.b64encode(array.tobytes()).decode() for array in arrays]
    return [state.last_day, state.answered, [*state.onset], *texts]


def _load(stored: list[Any] | None) -> SymptomState:
    if stored is None:
        return SymptomState()
    last_day, answered, onset, estimates, *others = stored
    running, log_weights, days = [np.frombuffer(base64.b64decode(text), "<f4") for text in others]
    halves = np.frombuffer(base64.b64decode(estimates), "<f2").astype(np.float32)
    state = FilterState(
        halves.reshape(6, -1, len(SYMPTOMS)),
        running.reshape(6, len(SYMPTOMS)),
        log_weights.reshape(-1, 1),
        days.reshape(-1, 1),
    )
    return SymptomState(state, last_day, answered, OnsetSummary(*onset))


SYMPTOM_STATE_CODEC = Codec(_dump, _load)
"""Stores the arrays as Base64, without loss; see ``filter_state.round_to_half_precision``."""


def summarise_onset(
    before: SymptomState, day: DailySummary, estimate: Sequence[float]
) -> tuple[int, OnsetSummary]:
    """Return the answered days and the summary after a day with an answer on symptoms.

    Args:
        before: State after the earlier days; its filter is not used.
        day: The day.
        estimate: The numbers of ``OnsetEstimate`` for this patient, in order.

    Returns:
        ``SymptomState.answered``, and the summary, rounded so that it is the same on every machine.
    """
    p, onset_day, size, size_so_far, baseline = estimate
    answered = ((before.answered << min(day.ordinal - before.last_day, _DAYS)) | 1) & _WINDOW
    p_before = 0.0 if before.onset is None else before.onset.p
    size, size_so_far, baseline = round(size, 4), round(size_so_far, 4), round(baseline, 4)
    return answered, OnsetSummary(
        round(p, 6), p_before, size, size_so_far, int(onset_day), baseline, answered.bit_count()
    )
