"""Silence: no entry for far longer than is usual for the patient, for whatever reason."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.diary.patient_factors import PatientFactors
from api.domain.formatting import format_day, format_number
from api.domain.policy import Policy
from api.domain.trajectory.reporting_history import ReportingHistory
from api.domain.trajectory.reporting_pattern import ReportingPattern, estimate_pattern

_DAILY = 1.25


def finding(
    history: ReportingHistory, day: int, factors: PatientFactors, policy: Policy, *, has_resumed: bool = False
) -> Finding | None:
    """Return the silence that lasts on a day, or that an entry of that day has ended.

    Only the reason differs between the two: key, day and moment follow from the entries before the
    silence. After too few days to show how often the patient writes, a silence is raised while it
    lasts. Once an entry ends it, there was none: those days may be strays outside the diary.

    Args:
        history: The days with an entry before.
        day: Ordinal of today, or of the day of the next entry.
        factors: The first day on the tablets, and how often a plan asks for a check-in.
        policy: The lengths.
        has_resumed: Whether ``day`` is the day of the next entry.

    Returns:
        The finding, or None while the gap is not unusual.

    Source:
        Judgement. That silence precedes stopping is assumed, not shown.
    """
    gap = day - history.last_day
    if not history.days or gap < min(policy.silence_days.value, policy.silence_longest_days.value):
        return None
    pattern = estimate_pattern(history, factors, policy)
    if gap < pattern.limit_days or (has_resumed and pattern.interval_days is None):
        return None
    last_day, next_day = date.fromordinal(history.last_day), date.fromordinal(day) if has_resumed else None
    return Finding(
        kind=FindingKind.SILENCE,
        tier=Tier.ROUTINE,
        key=last_day.isoformat(),
        day=last_day + timedelta(days=pattern.limit_days),
        raised_at=_last_entry_at(history) + timedelta(days=pattern.limit_days),
        reason=_reason(last_day, next_day, pattern, history.postponed_days),
        numbers=_numbers(last_day, next_day, pattern)
        | ({"postponed_days": history.postponed_days} if history.postponed_days else {}),
        source=policy.silence_intervals.source,
    )


def _last_entry_at(history: ReportingHistory) -> datetime:
    """Return the moment of the last entry, at most the end of its day.

    In every time zone a day is over by noon UTC of the next day.
    """
    end = datetime.combine(date.fromordinal(history.last_day + 1), time(12), UTC)
    return end if history.last_entry_at is None else min(history.last_entry_at, end)


def _reason(last_day: date, next_day: date | None, pattern: ReportingPattern, postponed: int) -> str:
    usually = _usually(pattern)
    if postponed:
        usually += f"; a reason for the gap was given, which allows {postponed} days more"
    if next_day is None:
        return f"no entry since {format_day(last_day)}, for {pattern.limit_days} days or more; {usually}"
    between = f"between {format_day(last_day)} and {format_day(next_day)}"
    return f"no entry {between}, {(next_day - last_day).days} days; {usually}; entries have resumed"


def _usually(pattern: ReportingPattern) -> str:
    if pattern.interval_days is None:
        return f"how often entries usually come is not known yet (days with an entry: {pattern.entry_days})"
    interval = pattern.interval_days
    words = "every day" if interval < _DAILY else f"every {format_number(interval)} days"
    counted = f"{pattern.entry_days} of the {pattern.observed_days} days up to then"
    pauses = "" if pattern.repeated_pause is None else f", twice after {pattern.repeated_pause} days or more"
    asked = ", but the check-in had just become due only every 4 weeks" if pattern.newly_monthly else ""
    return f"entries usually come {words} ({counted}{pauses}){asked}"


def _numbers(last_day: date, next_day: date | None, pattern: ReportingPattern) -> dict[str, Any]:
    return {
        "last_day": last_day.isoformat(),
        "limit_days": pattern.limit_days,
        "usual_interval_days": None if pattern.interval_days is None else round(pattern.interval_days, 4),
        "pause_made_twice_days": pattern.repeated_pause,
        "written_days": pattern.entry_days,
        "over_days": pattern.observed_days,
        "asked_less_now": pattern.newly_monthly,
        "wrote_again_on": None if next_day is None else next_day.isoformat(),
        "days_without_entry": None if next_day is None else (next_day - last_day).days,
    }
