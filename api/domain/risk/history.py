"""Risk history: exponentially weighted sums over the diary, of a fixed size."""

import math
from typing import Any, NamedTuple

from api.domain.constants import DAYS_PER_WEEK
from api.domain.diary.daily_summary import TREATMENT_ANSWERS, DailySummary
from api.domain.diary.state_codec import flat_codec_of

FULL_CONFIDENCE = 10.0
HALF_LIFE_DAYS = 14
"""Half-life of answers on symptoms. Confidence has 56 days and, for recent change, 7; tablets have
112 and 14; bother and sleep 28, doubt about the need 56, cost 112 (judgement)."""

EARLY_DAYS = 28
_START_DAYS, _MONTH_FROM, _MONTH_DAYS = 7, 15, 30
"""Days on the tablets: the symptoms until 7 are those of the start, and 15 to 30 those of the first month.
Bother counts from day 7 on: before the tablets 40% found the item not relevant (Peipert 2022)."""

_LONGEST_GAP = 28
_SHORT, _WEEKLY = 3, 10
_FORGOTTEN_DAYS, _FEW_DAYS = 112, 4
_FAR = ((14, 3), (28, 2))  # days, and times a neighbouring gap, that a gap must exceed
_GAP_LEARNING_RATE = 0.1


class DecayingMean(NamedTuple):
    """Exponentially weighted answers: their total weight and weighted sum."""

    weight: float = 0.0
    total: float = 0.0

    def add(self, answer: float | None, decay: float, times: float = 1.0) -> "DecayingMean":
        """Return the sums decayed, with an answer added; a blank adds nothing.

        >>> DecayingMean(1.0, 4.0).add(6.0, 0.5)
        DecayingMean(weight=1.5, total=8.0)
        >>> DecayingMean(1.0, 4.0).add(None, 0.5)
        DecayingMean(weight=0.5, total=2.0)
        """
        weight, total = self
        if answer is None:
            return DecayingMean(weight * decay, total * decay)
        return DecayingMean(weight * decay + times, total * decay + times * answer)


class RiskHistory(NamedTuple):
    """All that the risk needs of the days so far: bounded, immutable, independent of batches.

    Attributes:
        first_day: First day with an entry.
        last_day: Last day with an entry.
        entry_days: Days with an entry.
        last_answer_day: Last day with an answer that the risk uses.
        answer_days: Days with such an answer.
        doubt: 10 less the confidence to go on.
        recent_doubt: The same with a shorter half-life, as of ``recent_doses``.
        doses: Tablets not taken.
        last_dose_day: Last day with an answer on tablets.
        wish: Stated wish to stop, decaying.
        recent_entries: Days with an entry, decaying.
        usual_gap: Exponentially smoothed days between entries; ``gap`` is the last one.
        short: Gaps of up to 3 days.
        weekly: Gaps of 4 to 10 days.
        at_start: The higher of pain and stiffness, until the tablets have been taken for a week.
        first_month: The same in the second half of the first 30 days on them.
        treatment_day: Last day with one of the answers after it, which are as of that day.
    """

    first_day: int = 0
    last_day: int = 0
    entry_days: int = 0
    last_answer_day: int = 0
    answer_days: int = 0
    pain: DecayingMean = DecayingMean()
    stiffness: DecayingMean = DecayingMean()
    interference: DecayingMean = DecayingMean()
    doubt: DecayingMean = DecayingMean()
    recent_doubt: DecayingMean = DecayingMean()
    doses: DecayingMean = DecayingMean()
    recent_doses: DecayingMean = DecayingMean()
    early_pain: DecayingMean = DecayingMean()
    early_stiffness: DecayingMean = DecayingMean()
    early_from: int = 0
    skipped: float = 0.0
    last_dose_day: int = 0
    wish: float = 0.0
    recent_entries: float = 0.0
    usual_gap: float = 0.0
    gap: int = 0
    short: int = 0
    weekly: int = 0
    at_start: DecayingMean = DecayingMean()
    first_month: DecayingMean = DecayingMean()
    treatment_day: int = 0
    bother: DecayingMean = DecayingMean()
    need_doubt: DecayingMean = DecayingMean()
    cost: DecayingMean = DecayingMean()
    sleep: DecayingMean = DecayingMean()


RISK_HISTORY_CODEC = flat_codec_of(RiskHistory)


def update_history(before: RiskHistory, day: DailySummary, started: int | None) -> RiskHistory:
    """Return the history with one later day added.

    Args:
        before: After all earlier days.
        day: The day, with all its entries.
        started: Ordinal of the first day on the tablets; None when not known. Before it, a tablet
            not taken does not count.

    Returns:
        The history after it. A blank adds to no mean: neither a 0 nor a tablet.
    """
    today = day.ordinal
    passed = today - before.last_day if before.entry_days else 0
    before = _without_strays(before, today)
    gap = passed if before.entry_days else 0
    decay = 0.5 ** (passed / HALF_LIFE_DAYS)
    decay_28 = math.sqrt(decay)
    decay_56 = math.sqrt(decay_28)
    decay_112 = math.sqrt(decay_56)
    doubt = None if day.confidence is None else FULL_CONFIDENCE - day.confidence.value
    not_taken, times = _tablets(day, before.last_dose_day, started)
    has_answer = has_risk_answer(day)
    is_early = today - before.early_from < EARLY_DAYS or not before.early_from
    early_from = before.early_from or (today if day.pain is not None or day.stiffness is not None else 0)
    at_start, first_month = before.at_start, before.first_month
    if started is not None and today - started <= _MONTH_DAYS and day.has_symptoms:
        at_start, first_month = _around_start(before, day, today - started)
    after = RiskHistory(
        before.first_day or today,
        today,
        before.entry_days + 1,
        today if has_answer else before.last_answer_day,
        before.answer_days + has_answer,
        before.pain.add(day.pain, decay),
        before.stiffness.add(day.stiffness, decay),
        before.interference.add(day.interference, decay),
        before.doubt.add(doubt, decay_56),
        before.recent_doubt.add(doubt, decay * decay),
        before.doses.add(not_taken, decay_112, times),
        before.recent_doses.add(not_taken, decay, times),
        before.early_pain.add(day.pain, 1.0) if is_early else before.early_pain,
        before.early_stiffness.add(day.stiffness, 1.0) if is_early else before.early_stiffness,
        early_from,
        before.skipped * decay_112 + (times > 0 and day.dose == "skipped"),
        today if times else before.last_dose_day,
        1.0 if states_wish_to_stop(day) else before.wish * decay_28,
        before.recent_entries * decay + 1.0,
        _usual_gap(before),
        gap,
        before.short + (0 < gap <= _SHORT),
        before.weekly + (_SHORT < gap <= _WEEKLY),
        at_start,
        first_month,
        before.treatment_day,
        before.bother,
        before.need_doubt,
        before.cost,
        before.sleep,
    )
    return _with_treatment_answers(after, day, started) if day.treatment else after


def _without_strays(before: RiskHistory, today: int) -> RiskHistory:
    """Return the history with its rhythm counted only from days that belong together.

    Left out are all days more than 112 days ago, and the first days, fewer than four, before a gap
    that is far longer than the one before or after it. Answers on these days decay as others do.
    """
    if not before.entry_days:
        return before
    gap = today - before.last_day
    is_stray = 1 < before.entry_days < _FEW_DAYS and _is_far(gap, before.gap)
    if is_stray or gap > _FORGOTTEN_DAYS:
        early = {} if before.entry_days >= _FEW_DAYS else _NOTHING_EARLY
        return before._replace(**_NO_RHYTHM | early)
    if 1 < before.entry_days <= _FEW_DAYS and _is_far(before.gap, gap):
        since = {"first_day": before.last_day, "entry_days": 1, "recent_entries": 1.0}
        return before._replace(**_NO_RHYTHM | _NOTHING_EARLY | since)
    return before


def _is_far(gap: int, neighbour: int) -> bool:
    return any(gap > max(days, times * neighbour) for days, times in _FAR)


_NO_RHYTHM: dict[str, Any] = {
    "first_day": 0, "entry_days": 0, "recent_entries": 0.0, "usual_gap": 0.0, "gap": 0, "short": 0,
    "weekly": 0,
}  # fmt: skip
_NOTHING_EARLY: dict[str, Any] = {
    "early_pain": DecayingMean(), "early_stiffness": DecayingMean(), "early_from": 0
}  # fmt: skip


def _around_start(before: RiskHistory, day: DailySummary, days_on: int) -> tuple[DecayingMean, DecayingMean]:
    """Return the symptoms of the start and of the first month, with those of a day added."""
    at_start, first_month = before.at_start, before.first_month
    symptom = max(day.pain or 0.0, day.stiffness or 0.0)
    if day.pain is None and day.stiffness is None:
        return at_start, first_month
    if days_on <= _START_DAYS:
        return at_start.add(symptom, 1.0), first_month
    return at_start, first_month.add(symptom, 1.0) if days_on >= _MONTH_FROM else first_month


def _with_treatment_answers(history: RiskHistory, day: DailySummary, started: int | None) -> RiskHistory:
    """Return the history with the day's answers about the treatment."""
    bother, doubt, cost, sleep = (
        None if (answer := day.treatment.get(name)) is None else answer.value for name in TREATMENT_ANSWERS
    )
    if started is not None and day.ordinal - started < _START_DAYS:
        bother = None
    decay_28, decay_56, decay_112 = treatment_decays(history, day.ordinal)
    return history._replace(
        treatment_day=day.ordinal,
        bother=history.bother.add(bother, decay_28),
        need_doubt=history.need_doubt.add(doubt, decay_56),
        cost=history.cost.add(cost, decay_112),
        sleep=history.sleep.add(sleep, decay_28),
    )


def treatment_decays(history: RiskHistory, day: int) -> tuple[float, float, float]:
    """Return the decays with half-lives of 28, 56 and 112 days since the last answer about the treatment."""
    days = day - history.treatment_day if history.treatment_day else 0
    return 0.5 ** (days / 28), 0.5 ** (days / 56), 0.5 ** (days / 112)


def has_risk_answer(day: DailySummary) -> bool:
    """Return whether the day has an answer that the risk uses."""
    tablets = day.dose_rank > 0 or day.missed_7d is not None
    attitude = day.confidence is not None or bool(day.treatment)
    return day.has_symptoms or tablets or attitude or states_wish_to_stop(day)


def states_wish_to_stop(day: DailySummary) -> bool:
    """Return whether an entry of the day states the wish to stop."""
    return bool(day.statements) and any(each.wants_to_stop for each in day.statements)


def _tablets(day: DailySummary, last_dose_day: int, started: int | None) -> tuple[float | None, int]:
    """Return the share not taken, and its days: one, or those of the week not yet counted."""
    week = DAYS_PER_WEEK if started is None else min(day.ordinal - started + 1, DAYS_PER_WEEK)
    uncounted = min(day.ordinal - last_dose_day, week)
    if day.missed_7d is not None and week > 0 and (uncounted > 1 or not day.dose_rank):
        return min(day.missed_7d.value / week, 1.0), uncounted
    if day.dose_rank and week > 0:
        return (0.0 if day.dose == "taken" else 1.0), 1
    return None, 0


def _usual_gap(before: RiskHistory) -> float:
    gap = float(min(before.gap, _LONGEST_GAP))
    if not gap or not before.usual_gap:
        return gap
    return before.usual_gap + _GAP_LEARNING_RATE * (gap - before.usual_gap)
