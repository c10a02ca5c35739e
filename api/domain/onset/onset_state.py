"""One patient's answer to the question whether a lasting rise has begun."""

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
    """Whether a lasting rise has begun, as seen on one day.

    ``p`` is its probability, 0 to 1, and ``p_before`` what it was before the last answer. Given that
    there is one: ``size`` is by how many points worst pain is expected to have risen once it is complete,
    ``by_now`` by how many it has, ``begun`` the ordinal of the day it most likely began, and ``usual`` her
    level before it, 0 to 10. Higher is worse. ``answered`` counts the days of the last 28 with an answer
    on symptoms.
    """

    p: float
    p_before: float
    size: float
    by_now: float
    begun: int
    usual: float
    answered: int


class SymptomState(NamedTuple):
    """What the answers on symptoms leave behind: what is believed, and what is seen in it.

    ``answered`` has a bit for each of the last 28 days, the lowest for ``day``, the last day with an
    answer. ``belief`` is None before the first answer, and where many patients were scored at once.
    """

    belief: FilterState | None = None
    day: int = 0
    answered: int = 0
    rise: OnsetSummary | None = None


def _dump(state: SymptomState) -> list[Any] | None:
    if state.belief is None or state.rise is None:
        return None
    series, *others = state.belief
    arrays = [series.astype("<f2"), *[array.astype("<f4") for array in others]]
    return [state.day, state.answered, [*state.rise], *[_text(array.tobytes()) for array in arrays]]


def _load(stored: list[Any] | None) -> SymptomState:
    if stored is None:
        return SymptomState()
    day, answered, rise, series, *others = stored
    own, weights, days = [np.frombuffer(base64.b64decode(text), "<f4") for text in others]
    halves = np.frombuffer(base64.b64decode(series), "<f2").astype(np.float32)
    belief = FilterState(
        halves.reshape(6, -1, len(SYMPTOMS)),
        own.reshape(6, len(SYMPTOMS)),
        weights.reshape(-1, 1),
        days.reshape(-1, 1),
    )
    return SymptomState(belief, day, answered, OnsetSummary(*rise))


SYMPTOM_STATE_CODEC = Codec(_dump, _load)
"""Stores the arrays as Base64, to the last bit; see ``filter_state.short``."""


def has_symptom_answer(day: DailySummary) -> bool:
    """Say whether a day holds an answer on symptoms."""
    return day.pain is not None or day.stiffness is not None or day.interference is not None


def summarise_onset(
    before: SymptomState, day: DailySummary, numbers: Sequence[float]
) -> tuple[int, OnsetSummary]:
    """Return the days answered, and the rise seen, after a day with an answer on symptoms.

    Args:
        before: What the earlier days left behind; its belief is not asked.
        day: The day.
        numbers: Those of ``onset.Onset`` for this patient, in order.

    Returns:
        A bit for each answered day, and the rise; its numbers rounded, so that they are the same on
        every machine.
    """
    p, begun, size, by_now, usual = numbers
    answered = ((before.answered << min(day.ordinal - before.day, _DAYS)) | 1) & _WINDOW
    p_before = 0.0 if before.rise is None else before.rise.p
    size, by_now, usual = round(size, 4), round(by_now, 4), round(usual, 4)
    return answered, OnsetSummary(
        round(p, 6), p_before, size, by_now, int(begun), usual, answered.bit_count()
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
