"""Adherence gap: by self-report, too few tablets are taken."""

from api.domain.alerts.finding import FindingKind
from api.domain.formatting import format_days, format_number
from api.domain.policy import Policy
from api.domain.trajectory.adherence import DAYS, MISSED, SKIPPED, TabletsTaken
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule


def is_gap(month: TabletsTaken, week: TabletsTaken, policy: Policy, reported_7d: float = 0) -> bool:
    """Return whether too small a share of tablets is taken, or several are left out this week.

    Args:
        month: The last 28 days.
        week: The last 7 days.
        policy: The share, how many known days it needs, and how many tablets a week.
        reported_7d: Tablets of the last 7 reported as not taken in one number, whatever the answers
            of single days were.

    Returns:
        True below 80% of at least 14 known days, or from 3 tablets not taken in the last 7 days.

    Source:
        Medication possession ratio under 80%: Hershman et al. 2011, doi:10.1007/s10549-010-1132-4.
        The three in a week are judgement.

    >>> is_gap(TabletsTaken(20, 8, 4 * 420), TabletsTaken(7, 0, 0), Policy())  # 16 of 20: just 80%
    False
    """
    return _is_small(month, policy) or max(week.not_taken, reported_7d) >= policy.gap_doses_7d.value


def _applies(context: RuleContext) -> bool:
    return bool(context.day.dose_rank) or context.day.missed_7d is not None


def _starts(context: RuleContext) -> bool:
    reported = context.day.missed_7d
    return is_gap(context.month, context.week, context.policy, 0.0 if reported is None else reported.value)


def _ends(context: RuleContext) -> bool:
    """Return whether the tablet was taken on at least 90% of the known days of the last 28 (judgement).

    Three tablets not taken in a week leave at most 25 of 28, or 89%: no gap ends on a day it starts.
    """
    pdc = context.month.pdc
    return pdc is not None and pdc >= context.policy.gap_ends_pdc.value


def _evidence(context: RuleContext) -> Evidence:
    """Return the evidence, in which skipping on purpose is distinguished from missing."""
    day, month, week, policy = context.day, context.month, context.week, context.policy
    skipped, missed = context.doses.count(SKIPPED), context.doses.count(MISSED)
    unexplained = month.not_taken - skipped - missed
    parts = ((skipped, "skipped on purpose"), (missed, "missed"), (unexplained, "without saying how"))
    how = ", ".join(f"{format_number(count)} {words}" for count, words in parts if count)
    reported_7d = None if day.missed_7d is None else day.missed_7d.value
    against = ""
    if reported_7d is not None and reported_7d > week.not_taken:
        against = f" (by the weekly answer {format_number(reported_7d)} of 7)"
    days = format_days(day.ordinal - DAYS + 1, day.ordinal)
    reason = (
        f"{format_number(month.not_taken)} of {month.known} tablets not taken {days} ({month.unknown} days "
        f"unanswered), {format_number(week.not_taken)} of them in the last 7 of these {DAYS} days{against}: "
        f"{how or 'none day by day'}; "
        f"{_threshold(month, policy)}; self-report tends to understate what was left out"
    )
    numbers = {
        "self_reported_pdc_28d": None if month.pdc is None else round(month.pdc, 4),
        "known_days_28d": month.known,
        "unknown_days_28d": month.unknown,
        "not_taken_28d": round(month.not_taken, 4),
        "not_taken_7d": round(week.not_taken, 4),
        "said_not_taken_7d": reported_7d,
        "skipped_28d": skipped,
        "missed_28d": missed,
    }
    source = policy.gap_pdc.source if _is_small(month, policy) else policy.gap_doses_7d.source
    return reason, numbers, source


def _is_small(month: TabletsTaken, policy: Policy) -> bool:
    pdc = month.pdc
    return pdc is not None and month.known >= policy.gap_known_days.value and pdc < policy.gap_pdc.value


def _threshold(month: TabletsTaken, policy: Policy) -> str:
    if _is_small(month, policy):
        return f"under {100 * policy.gap_pdc.value:.0f}% taken"
    return f"{format_number(policy.gap_doses_7d.value)} or more in 7 days"


RULE = Rule(FindingKind.ADHERENCE_GAP, _applies, _starts, _ends, _evidence)
