"""One patient's answer to the question whether a lasting rise has begun."""

import base64
from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from api.domain.diary.daily_summary import DailySummary
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

    def dump(self) -> list[Any] | None:
        """Return this as JSON can keep it, to the last bit; ``load`` gives the same back."""
        if self.belief is None or self.rise is None:
            return None
        series, *others = self.belief
        packed = [
            _text(series.astype("<f2").tobytes()),
            *[_text(part.astype("<f4").tobytes()) for part in others],
        ]
        return [self.day, self.answered, list(self.rise), *packed]

    @classmethod
    def load(cls, kept: list[Any] | None) -> Self:
        """Return what ``dump`` kept."""
        if kept is None:
            return cls()
        day, answered, rise, series, own, weights, days = kept
        belief = FilterState(
            np.frombuffer(base64.b64decode(series), "<f2").astype(np.float32).reshape(6, -1, len(SYMPTOMS)),
            np.frombuffer(base64.b64decode(own), "<f4").reshape(6, len(SYMPTOMS)),
            np.frombuffer(base64.b64decode(weights), "<f4").reshape(-1, 1),
            np.frombuffer(base64.b64decode(days), "<f4").reshape(-1, 1),
        )
        return cls(belief, day, answered, OnsetSummary(*rise))


def told_about(day: DailySummary) -> bool:
    """Say whether a day holds an answer on symptoms."""
    return day.pain is not None or day.stiffness is not None or day.interference is not None


def see(before: SymptomState, day: DailySummary, numbers: Sequence[float]) -> tuple[int, OnsetSummary]:
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
