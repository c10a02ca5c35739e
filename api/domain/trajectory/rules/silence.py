"""Silence: no entry has come for far longer than is usual for her. It says nothing about why."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.policy import Policy
from api.domain.trajectory.reporting_pattern import ReportingHistory, ReportingPattern, estimate_pattern
from api.domain.trajectory.rules.formatting import on, short

_DAILY = 1.25


def told(
    written: ReportingHistory,
    day: int,
    started: int | None,
    policy: Policy,
    *,
    wrote_again: bool = False,
    asked_every: int | None = None,
) -> Finding | None:
    """Return the silence that lasts on a day, or that an entry of that day has ended.

    Which of the two it is changes the words: key, day and moment follow from the
    entries before the silence alone. A silence after too few days to show how often the patient writes
    is told while it lasts. Once an entry ends it, there was none: those days may be strays that do not
    belong to the diary.

    Args:
        written: The days she wrote on before.
        day: Ordinal of today, or of the day she wrote again.
        started: Ordinal of the first day on the tablets, None when not known.
        policy: The lengths.
        wrote_again: Whether ``day`` is the day she wrote again.
        asked_every: Days between the times at which a plan asks, None for the built-in check-in.

    Returns:
        The finding, or None as long as nothing is out of the ordinary.

    Source:
        Judgement. That silence goes before stopping is assumed, not shown.
    """
    gap = day - written.last
    if not written.days or gap < min(policy.silence_days.value, policy.silence_longest_days.value):
        return None
    habit = estimate_pattern(written, started, policy, asked_every=asked_every)
    if gap < habit.limit or (wrote_again and habit.every is None):
        return None
    last_day, again = date.fromordinal(written.last), date.fromordinal(day) if wrote_again else None
    return Finding(
        kind=FindingKind.SILENCE,
        tier=Tier.ROUTINE,
        key=last_day.isoformat(),
        day=last_day + timedelta(days=habit.limit),
        raised_at=_heard_at(written) + timedelta(days=habit.limit),
        reason=_reason(last_day, again, habit),
        numbers=_numbers(last_day, again, habit),
        source=policy.silence_intervals.source,
    )


def _heard_at(written: ReportingHistory) -> datetime:
    """Return when she last wrote; a day filled in later was over by noon UTC of the next, wherever she is."""
    over = datetime.combine(date.fromordinal(written.last + 1), time(12), UTC)
    return over if written.heard_at is None else min(written.heard_at, over)


def _reason(last_day: date, again: date | None, habit: ReportingPattern) -> str:
    usually = _usually(habit)
    if again is None:
        return f"no entry since {on(last_day)}, for {habit.limit} days or more; {usually}"
    gap = (again - last_day).days
    return f"no entry between {on(last_day)} and {on(again)}, {gap} days; {usually}; she has written again"


def _usually(habit: ReportingPattern) -> str:
    if habit.every is None:
        return f"how often she usually writes is not known yet (days written on: {habit.written})"
    words = "every day" if habit.every < _DAILY else f"every {short(habit.every)} days"
    counted = f"{habit.written} of the {habit.over} days up to then"
    pauses = "" if habit.pause is None else f", twice after {habit.pause} days or more"
    asked = ", but had just begun to be asked only every 4 weeks" if habit.asked_less else ""
    return f"she usually writes {words} ({counted}{pauses}){asked}"


def _numbers(last_day: date, again: date | None, habit: ReportingPattern) -> dict[str, Any]:
    return {
        "last_day": last_day.isoformat(),
        "limit_days": habit.limit,
        "usual_interval_days": None if habit.every is None else round(habit.every, 4),
        "pause_made_twice_days": habit.pause,
        "written_days": habit.written,
        "over_days": habit.over,
        "asked_less_now": habit.asked_less,
        "wrote_again_on": None if again is None else again.isoformat(),
        "days_without_entry": None if again is None else (again - last_day).days,
    }
