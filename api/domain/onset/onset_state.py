"""State and summary of the onset filter for one patient."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.state_codec import Codec, codec_of
from api.domain.onset.filter_state import SYMPTOMS, FilterState, OnsetEstimate
from api.domain.onset.posterior import OnsetPosterior

_DAYS = 28
_WINDOW = (1 << _DAYS) - 1
_SYMPTOMS = len(SYMPTOMS)


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
        baseline: Level before it.
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
        onset: Summary as of that day.
        answered_at: Moment at which the last answer was written.
    """

    filter: FilterState | None = None
    last_day: int = 0
    answered: int = 0
    onset: OnsetSummary | None = None
    answered_at: datetime | None = None


def _dump(state: SymptomState) -> list[Any] | None:
    if state.filter is None or state.onset is None or state.answered_at is None:
        return None
    estimates, *others = state.filter
    arrays = [estimates.astype("<f2"), *[array.astype("<f4") for array in others]]
    texts = [base64.b64encode(array.tobytes()).decode() for array in arrays]
    onset, at = _ONSET_CODEC.dump(state.onset), state.answered_at.isoformat()
    return [state.last_day, state.answered, onset, at, *texts]


def _load(stored: list[Any] | None) -> SymptomState:
    if stored is None:
        return SymptomState()
    last_day, answered, onset, at, estimates, *others = stored
    running, log_weights, days = [np.frombuffer(base64.b64decode(text), "<f4") for text in others]
    halves = np.frombuffer(base64.b64decode(estimates), "<f2").astype(np.float32)
    state = FilterState(
        halves.reshape(6, -1, len(SYMPTOMS)),
        running.reshape(6, len(SYMPTOMS)),
        log_weights.reshape(-1, len(SYMPTOMS)),
        days.reshape(-1, 1),
    )
    return SymptomState(state, last_day, answered, _ONSET_CODEC.load(onset), datetime.fromisoformat(at))


_ONSET_CODEC = codec_of(OnsetSummary)
SYMPTOM_STATE_CODEC = Codec(_dump, _load)
"""Stores the arrays as Base64, without loss; see ``filter_state.round_to_half_precision``."""


def summarise_onset(
    before: SymptomState, day: DailySummary, numbers: Sequence[float], posterior: OnsetPosterior
) -> tuple[int, OnsetSummary]:
    """Return the answered days and the summary after a day with an answer on symptoms.

    Args:
        before: State after the earlier days; its filter is not used.
        day: The day.
        numbers: Those of ``OnsetEstimate`` for this patient, in order.
        posterior: Calibration of the odds.

    Returns:
        ``SymptomState.answered``, and the summary, rounded so that it is the same on every machine.
    """
    answered = ((before.answered << min(day.ordinal - before.last_day, _DAYS)) | 1) & _WINDOW
    count, p = answered.bit_count(), posterior.probability
    together, stiffness, interference = [
        Rise(p(odds, count), int(onset_day), round(size, 4), round(so_far, 4), round(baseline, 4))
        for odds, onset_day, size, so_far, baseline in (numbers[at:-1:_SYMPTOMS] for at in range(_SYMPTOMS))
    ]
    return answered, OnsetSummary(together, stiffness, interference, p(numbers[-1], count), count)
