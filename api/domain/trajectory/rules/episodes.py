"""Lasting trouble is told once, not daily: when an episode begins, is told again, and ends."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.diary.daily_summary import DailySummary
from api.domain.policy import Policy


class Episodes(NamedTuple):
    """Of each lasting trouble, the day (ordinal) it was last told of; None while there is none."""

    worsening: int | None = None
    severe: int | None = None
    gap: int | None = None
    doubt: int | None = None
    stopping: int | None = None
    atypical: int | None = None


def step(
    told_on: int | None, today: int, *, starts: Callable[[], bool], ends: Callable[[], bool], policy: Policy
) -> int | None:
    """Return the day an episode was last told of, after today; today itself when it is to be told now.

    Args:
        told_on: The day it was last told of; None while there is no episode.
        today: Ordinal of the day judged.
        starts: Says whether today's picture is bad enough to begin an episode.
        ends: Says whether it is good enough to end one; between the two nothing changes.
        policy: How long to wait before the same lasting trouble is told again.

    Returns:
        An ordinal, or None when there is no episode after today.

    >>> step(None, 100, starts=lambda: True, ends=lambda: False, policy=Policy())
    100
    >>> step(100, 127, starts=lambda: True, ends=lambda: False, policy=Policy())  # told 27 days ago
    100
    >>> step(100, 128, starts=lambda: True, ends=lambda: False, policy=Policy())
    128
    """
    if told_on is None:
        return today if starts() else None
    if ends():
        return None
    return today if today - told_on >= policy.again_after_days.value and starts() else told_on


def lasting(
    kind: FindingKind, day: DailySummary, *, reason: str, numbers: Mapping[str, Any], source: str
) -> Finding:
    """Return the finding of lasting trouble: its cause is a run of days, so the day is its key."""
    seen_on = day.local_date
    key = seen_on.isoformat()
    return Finding(kind, Tier.ROUTINE, key, seen_on, day.recorded_at, reason, numbers, source)
