"""Sustained worsening: a rise of symptoms that matters has begun, and it is one that lasts."""

from datetime import date

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.diary.daily_summary import DailySummary
from api.domain.onset.onset_state import OnsetSummary
from api.domain.policy import Policy
from api.domain.trajectory.change import LevelChange
from api.domain.trajectory.rules.episodes import lasting
from api.domain.trajectory.rules.formatting import dated, on, percent, short, span

_Z95 = 1.96


def starts(rise: OnsetSummary, change: LevelChange, policy: Policy) -> bool:
    """Say whether a lasting rise is likely enough, large enough to matter, and seen by eye.

    Args:
        rise: What the answers on symptoms so far say.
        change: The present level of worst pain against the usual one.
        policy: The size that matters, how likely is likely enough, and by how much the present level
            must lie above the usual one without its lowest day: one low day at the start makes no rise;
            nor does one high day at the end, without which nothing spoke for one.

    Returns:
        True where all hold. One day's answer alone, whatever it is, makes no lasting rise likely.

    Source:
        The size, 2 points: Mathias et al. 2011, J Support Oncol 9:72. The probability is chosen on
        simulated diaries, see docs/engine.md.

    >>> from api.domain.trajectory.baseline import Usual
    >>> change = Change(((1, 5.0),), 5.0, Usual(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True), 3.0, 0.7)
    >>> starts(Rise(0.9, 0.4, 3.0, 2.5, begun=100, usual=2.0, answered=20), change, Policy())
    True
    >>> starts(Rise(0.9, 0.4, 1.5, 1.5, begun=100, usual=2.0, answered=20), change, Policy())  # too small
    False
    """
    shows = change.level - change.usual.without_lowest >= policy.worsening_shows.value
    lasts = rise.p_before >= policy.worsening_p_before.value and rise.p >= bar(rise.answered, policy)
    return shows and lasts and rise.size >= policy.worsening_starts.value


def bar(answered: int, policy: Policy) -> float:
    """Return how likely a rise must be.

    A daily diary is looked at more often than a weekly one, and so must show more for as few false
    alerts; where today's is the only answer of the month, more is asked of it.

    Args:
        answered: Days of the last 28 with an answer on symptoms.
        policy: The bars; between a weekly and a daily diary the bar rises evenly.

    Returns:
        A probability, 0 to 1.

    >>> bar(1, Policy()), bar(4, Policy()), bar(20, Policy())
    (0.8, 0.29, 0.77)
    """
    if answered < policy.worsening_sparse_days.value:
        return policy.worsening_p_sparse.value
    weekly, daily = policy.worsening_weekly_days.value, policy.worsening_daily_days.value
    lowest, highest = policy.worsening_p_weekly.value, policy.worsening_p_daily.value
    part = min(max((answered - weekly) / (daily - weekly), 0.0), 1.0)
    return lowest + (highest - lowest) * part


def ends(rise: OnsetSummary, policy: Policy) -> bool:
    """Say whether a lasting rise is no longer likely, or has become what is usual (judgement)."""
    return rise.p < policy.worsening_ends.value


def finding(day: DailySummary, change: LevelChange, rise: OnsetSummary, policy: Policy) -> Finding:
    """Say it so that a nurse can check it by hand."""
    usual, matters = change.usual, policy.worsening_starts
    when = "before the tablets" if usual.before_tablets else "in the first weeks of the diary"
    begun = date.fromordinal(rise.begun)
    reason = (
        f"worst pain {change.level:.1f} {span(change.window)}, "
        f"usually {usual.mean:.1f} ({usual.answers} answers {when}); "
        f"{percent(rise.p)} likely that a lasting rise has begun, about {on(begun)}: "
        f"some {rise.by_now:.1f} points by {on(day.ordinal)}, {rise.size:.1f} once complete; "
        f"{short(matters.value)} matters"
    )
    numbers = {
        "answers": dated(change.window),
        "pain_level": round(change.level, 4),
        "pain_baseline": round(usual.mean, 4),
        "baseline_answers": usual.answers,
        "baseline_before_tablets": usual.before_tablets,
        "pain_change": round(change.points, 4),
        "pain_change_low": round(change.points - _Z95 * change.error, 4),
        "pain_change_high": round(change.points + _Z95 * change.error, 4),
        "p_worsening": rise.p,
        "p_before_last_answer": rise.p_before,
        "p_needed": round(bar(rise.answered, policy), 4),
        "answered_days_28d": rise.answered,
        "began_about": begun.isoformat(),
        "level_before_rise": rise.usual,
        "expected_rise": rise.size,
        "expected_rise_by_now": rise.by_now,
        "threshold": matters.value,
    }
    return lasting(FindingKind.WORSENING, day, reason=reason, numbers=numbers, source=matters.source)
