"""What the risk remembers of a diary: a few sums that fade with time, of one size however long it is."""

import math
from typing import Any, NamedTuple

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.state_codec import flat_codec_of

FULL_CONFIDENCE = 10.0
WEEK = 7
HALF_LIFE_DAYS = 14
"""Days after which an answer about symptoms counts half. Confidence fades over 56 days and, to see what
is new, over 7; tablets over 112 and over 14 (judgement)."""

EARLY_DAYS = 28
_LONGEST_GAP = 28
_SHORT, _WEEKLY = 3, 10
_FORGOTTEN, _FEW = 112, 4
_FAR = ((14, 3), (28, 2))  # days, and times a neighbouring gap, that a gap must exceed
_NEWS = 0.1


class DecayingMean(NamedTuple):
    """Answers that fade: how many they are worth by now, and their sum."""

    weight: float = 0.0
    total: float = 0.0

    def plus(self, answer: float | None, fading: float, times: float = 1.0) -> "DecayingMean":
        """Let time pass, and add an answer as often as it counts; a blank adds nothing.

        >>> DecayingMean(1.0, 4.0).plus(6.0, 0.5)
        DecayingMean(weight=1.5, total=8.0)
        >>> DecayingMean(1.0, 4.0).plus(None, 0.5)
        DecayingMean(weight=0.5, total=2.0)
        """
        weight, total = self
        if answer is None:
            return DecayingMean(weight * fading, total * fading)
        return DecayingMean(weight * fading + times, total * fading + times * answer)


class RiskHistory(NamedTuple):
    """All that the risk needs of the days so far: bounded, immutable, the same whatever way they came.

    ``first`` and ``last`` are the first and last day with an entry, ``told`` how many such days there
    were; ``answered`` and ``answers`` the last day, and the number, of those with an answer the risk is
    about. ``doubt`` is 10 less the confidence to go on; ``doses`` count tablets not taken. Of the gaps
    between entries, ``short`` are of up to 3 days and ``weekly`` of up to 10.
    """

    first: int = 0
    last: int = 0
    told: int = 0
    answered: int = 0
    answers: int = 0
    pain: DecayingMean = DecayingMean()
    stiffness: DecayingMean = DecayingMean()
    interference: DecayingMean = DecayingMean()
    doubt: DecayingMean = DecayingMean()
    new_doubt: DecayingMean = DecayingMean()
    doses: DecayingMean = DecayingMean()
    new_doses: DecayingMean = DecayingMean()
    early_pain: DecayingMean = DecayingMean()
    early_from: int = 0
    skipped: float = 0.0
    dosed: int = 0
    wish: float = 0.0
    lately: float = 0.0
    usual_gap: float = 0.0
    gap: int = 0
    short: int = 0
    weekly: int = 0


RISK_HISTORY_CODEC = flat_codec_of(RiskHistory)


def update_history(before: RiskHistory, day: DailySummary, started: int | None) -> RiskHistory:
    """Take in one day.

    How often the patient writes is counted from days that belong together, see ``_belonging``.

    Args:
        before: The signs of all earlier days.
        day: The day, later than all of them, with everything said about it.
        started: Ordinal of the first day on the tablets, None when not known: before it, a tablet not
            taken is none left out.

    Returns:
        The signs after it. A blank adds to no mean: neither a 0 nor a tablet.
    """
    today = day.ordinal
    passed = today - before.last if before.told else 0
    before = _belonging(before, today)
    gap = passed if before.told else 0
    fading = 0.5 ** (passed / HALF_LIFE_DAYS)
    over_28 = math.sqrt(fading)
    over_56 = math.sqrt(over_28)
    over_112 = math.sqrt(over_56)
    doubt = None if day.confidence is None else FULL_CONFIDENCE - day.confidence.value
    not_taken, times = _tablets(day, before.dosed, started)
    said = has_risk_answer(day)
    early_from = before.early_from or (0 if day.pain is None else today)
    early = day.pain if today - early_from < EARLY_DAYS else None
    return RiskHistory(
        before.first or today,
        today,
        before.told + 1,
        today if said else before.answered,
        before.answers + said,
        before.pain.plus(day.pain, fading),
        before.stiffness.plus(day.stiffness, fading),
        before.interference.plus(day.interference, fading),
        before.doubt.plus(doubt, over_56),
        before.new_doubt.plus(doubt, fading * fading),
        before.doses.plus(not_taken, over_112, times),
        before.new_doses.plus(not_taken, fading, times),
        before.early_pain.plus(early, 1.0),
        early_from,
        before.skipped * over_112 + (times > 0 and day.dose == "skipped"),
        today if times else before.dosed,
        1.0 if states_wish_to_stop(day) else before.wish * over_28,
        before.lately * fading + 1.0,
        _usual_gap(before),
        gap,
        before.short + (0 < gap <= _SHORT),
        before.weekly + (_SHORT < gap <= _WEEKLY),
    )


def _belonging(before: RiskHistory, today: int) -> RiskHistory:
    """Return the signs with their rhythm counted only from days that belong together.

    Left out are all days more than 112 days ago; and the first days, fewer than four, where a gap follows
    them that is far longer than the one before it or after it. What was answered on them fades by itself.
    """
    if not before.told:
        return before
    gap = today - before.last
    strayed = 1 < before.told < _FEW and _is_far(gap, before.gap)
    if strayed or gap > _FORGOTTEN:
        early = {} if before.told >= _FEW else _NOTHING_EARLY
        return before._replace(**_NO_RHYTHM | early)
    if 1 < before.told <= _FEW and _is_far(before.gap, gap):
        since = {"first": before.last, "told": 1, "lately": 1.0}
        return before._replace(**_NO_RHYTHM | _NOTHING_EARLY | since)
    return before


def _is_far(gap: int, beside: int) -> bool:
    return any(gap > max(days, times * beside) for days, times in _FAR)


_NO_RHYTHM: dict[str, Any] = {
    "first": 0, "told": 0, "lately": 0.0, "usual_gap": 0.0, "gap": 0, "short": 0, "weekly": 0,
}  # fmt: skip
_NOTHING_EARLY: dict[str, Any] = {"early_pain": DecayingMean(), "early_from": 0}


def has_risk_answer(day: DailySummary) -> bool:
    """Say whether the day holds an answer that the risk is about."""
    symptoms = day.pain is not None or day.stiffness is not None or day.interference is not None
    tablets = day.dose_rank > 0 or day.missed_7d is not None
    return symptoms or tablets or day.confidence is not None or states_wish_to_stop(day)


def states_wish_to_stop(day: DailySummary) -> bool:
    """Say whether she stated the wish to stop on the day."""
    return bool(day.statements) and any(each.wants_to_stop for each in day.statements)


def _tablets(day: DailySummary, dosed: int, started: int | None) -> tuple[float | None, int]:
    """Return the share not taken, and of how many days: today, or those of the week not told yet."""
    week = WEEK if started is None else min(day.ordinal - started + 1, WEEK)
    untold = min(day.ordinal - dosed, week)
    if day.missed_7d is not None and week > 0 and (untold > 1 or not day.dose_rank):
        return min(day.missed_7d.value / week, 1.0), untold
    if day.dose_rank and week > 0:
        return (0.0 if day.dose == "taken" else 1.0), 1
    return None, 0


def _usual_gap(before: RiskHistory) -> float:
    gap = float(min(before.gap, _LONGEST_GAP))
    if not gap or not before.usual_gap:
        return gap
    return before.usual_gap + _NEWS * (gap - before.usual_gap)
