"""Twice running, little confidence to go on: told as a wish to stop that nobody has put in words yet."""

from typing import NamedTuple

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.diary.daily_summary import DailySummary
from api.domain.policy import Policy
from api.domain.trajectory.rules.episodes import lasting
from api.domain.trajectory.rules.formatting import dated, short


class Confidence(NamedTuple):
    """The confidence to go on of one day: its ordinal, and the answer, 0 to 10, higher is better."""

    day: int
    answer: float


def starts(last: Confidence | None, today: Confidence, policy: Policy) -> bool:
    """Say whether confidence was low on two answered days running.

    Args:
        last: The answered day before, None when there was none.
        today: Today's answer.
        policy: What is low (2 or less of 10), and how far apart the two may lie (28 days); judgement.

    Returns:
        True when both are low.

    >>> starts(Confidence(100, 2), Confidence(107, 1), Policy())
    True
    """
    if last is None or today.day - last.day > policy.low_confidence_days.value:
        return False
    return max(last.answer, today.answer) <= policy.low_confidence.value


def ends(today: Confidence, policy: Policy) -> bool:
    """Say whether today's confidence is no longer low."""
    return today.answer > policy.low_confidence.value


def finding(day: DailySummary, last: Confidence | None, today: Confidence, policy: Policy) -> Finding:
    """Say it so that a nurse can check it by hand."""
    low = policy.low_confidence
    told = dated((today,) if last is None else (last, today))
    answers = ", then ".join(f"{short(answer)} on {when}" for when, answer in told.items())
    reason = (
        f"confidence to go on with the tablets {answers}, of 10; {short(low.value)} or less twice running"
    )
    numbers = {"confidence": told, "threshold": low.value}
    return lasting(FindingKind.WISH_TO_STOP, day, reason=reason, numbers=numbers, source=low.source)
