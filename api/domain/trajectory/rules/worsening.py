"""Sustained worsening: the mean of her week lies well above what is usual for her."""

from api.domain.findings import Finding, FindingKind
from api.domain.policy import Policy
from api.domain.trajectory.change import CLOSE, Change
from api.domain.trajectory.day import Day
from api.domain.trajectory.rules.episode import lasting
from api.domain.trajectory.rules.words import dated, percent, short, span

_Z95 = 1.96


def starts(change: Change, policy: Policy) -> bool:
    """Say whether worst pain has risen by what matters, and not by one day's answer alone.

    Args:
        change: The present level against the usual one.
        policy: The rise that matters, and what must remain without the most telling day.

    Returns:
        True from a rise of 2 points of which 1 remains without that day. In a diary that is constant
        but for one answer this is never so, whatever that answer is.

    Source:
        Mathias et al. 2011, J Support Oncol 9:72: 2 points. What must remain is judgement.
    """
    enough = change.points >= policy.worsening_starts.value - CLOSE
    return enough and change.holds >= policy.worsening_holds.value - CLOSE


def ends(change: Change, policy: Policy) -> bool:
    """Say whether worst pain is back near the usual level: less than 1 point above it (judgement)."""
    return change.points < policy.worsening_ends.value - CLOSE


def finding(day: Day, change: Change, policy: Policy) -> Finding:
    """Say it so that a nurse can check it by hand."""
    usual, matters = change.usual, policy.worsening_starts
    when = "before the tablets" if usual.before_tablets else "in the first weeks of the diary"
    reason = (
        f"worst pain {change.level:.1f} {span(change.window, day.ordinal)}, "
        f"usually {usual.mean:.1f} ({usual.answers} answers {when}): "
        f"a rise of {change.points:.1f}, {short(matters.value)} matters; "
        f"{percent(change.p)} likely that the true rise is {short(matters.value)} or more"
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
        "change_without_most_telling_day": round(change.holds, 4),
        "p_worsening": round(change.p, 4),
        "threshold": matters.value,
    }
    return lasting(FindingKind.WORSENING, day, reason=reason, numbers=numbers, source=matters.source)
