"""Adherence gap: by her own report, tablets are being left out."""

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.diary.daily_summary import DailySummary
from api.domain.policy import Policy
from api.domain.trajectory.adherence import DAYS, MISSED, SKIPPED, Doses, TabletsTaken, said
from api.domain.trajectory.rules.episodes import lasting
from api.domain.trajectory.rules.formatting import between, short


def starts(month: TabletsTaken, week: TabletsTaken, policy: Policy, said_7d: float = 0) -> bool:
    """Say whether tablets are being left out: too small a share, or several this week.

    Args:
        month: The last 28 days.
        week: The last 7 days.
        policy: The share, how many known days it needs, and how many tablets a week.
        said_7d: How many of the last 7 she says she did not take, whatever she said day by day.

    Returns:
        True below 80% of at least 14 known days, or from 3 tablets not taken in the last 7 days.

    Source:
        Medication possession ratio under 80%: Hershman et al. 2011, doi:10.1007/s10549-010-1132-4.
        The three in a week are judgement.

    >>> starts(Taken(20, 8, 4 * 420), Taken(7, 0, 0), Policy())  # 16 of 20: just 80%
    False
    """
    not_taken_7d = max(week.not_taken, said_7d)
    return _is_small(month, policy) or not_taken_7d >= policy.gap_doses_7d.value


def ends(month: TabletsTaken, policy: Policy) -> bool:
    """Say whether at least 90% of the known days of the last 28 had their tablet (judgement).

    Three tablets not taken in a week leave at most 25 of 28, or 89%: no gap ends on a day it starts.
    """
    return month.pdc is not None and month.pdc >= policy.gap_ends_pdc.value


def finding(
    day: DailySummary, doses: Doses, *, month: TabletsTaken, week: TabletsTaken, policy: Policy
) -> Finding:
    """Say it so that a nurse can check it by hand, and skipping is told apart from missing."""
    skipped, missed = said(doses, SKIPPED), said(doses, MISSED)
    unsaid = month.not_taken - skipped - missed
    parts = ((skipped, "skipped on purpose"), (missed, "missed"), (unsaid, "without saying how"))
    how = ", ".join(f"{short(count)} {words}" for count, words in parts if count)
    said_7d = None if day.missed_7d is None else day.missed_7d.value
    against = "" if said_7d is None or said_7d <= week.not_taken else f" (she says {short(said_7d)} of 7)"
    days = between(day.ordinal - DAYS + 1, day.ordinal)
    reason = (
        f"{short(month.not_taken)} of {month.known} tablets not taken {days} ({month.unknown} days "
        f"unanswered), {short(week.not_taken)} of them in the last 7 of these {DAYS} days{against}: "
        f"{how or 'none day by day'}; "
        f"{_line(month, policy)}; self-report tends to understate what was left out"
    )
    numbers = {
        "self_reported_pdc_28d": None if month.pdc is None else round(month.pdc, 4),
        "known_days_28d": month.known,
        "unknown_days_28d": month.unknown,
        "not_taken_28d": round(month.not_taken, 4),
        "not_taken_7d": round(week.not_taken, 4),
        "said_not_taken_7d": said_7d,
        "skipped_28d": skipped,
        "missed_28d": missed,
    }
    small = _is_small(month, policy)
    source = policy.gap_pdc.source if small else policy.gap_doses_7d.source
    return lasting(FindingKind.ADHERENCE_GAP, day, reason=reason, numbers=numbers, source=source)


def _is_small(month: TabletsTaken, policy: Policy) -> bool:
    pdc = month.pdc
    return pdc is not None and month.known >= policy.gap_known_days.value and pdc < policy.gap_pdc.value


def _line(month: TabletsTaken, policy: Policy) -> str:
    if _is_small(month, policy):
        return f"under {100 * policy.gap_pdc.value:.0f}% taken"
    return f"{short(policy.gap_doses_7d.value)} or more in 7 days"
