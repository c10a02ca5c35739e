"""Sustained worsening: a lasting rise of symptoms of a relevant size has probably begun."""

from datetime import date

from api.domain.alerts.finding import FindingKind
from api.domain.formatting import answers_by_date, describe_window, format_day, format_number, format_percent
from api.domain.onset.onset_state import OnsetSummary
from api.domain.policy import Policy
from api.domain.trajectory.change import LevelChange, change_interval
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule


def is_lasting_rise(rise: OnsetSummary, change: LevelChange, policy: Policy) -> bool:
    """Return whether a lasting rise is probable, large enough, and visible in the answers.

    Args:
        rise: Onset estimate from the answers on symptoms so far.
        change: Present level of worst pain against the baseline.
        policy: The relevant size, the probability needed, and by how much the present level must
            exceed the baseline without its lowest day. One low day in the baseline makes no rise.
            Neither does one high day at the end, without which nothing pointed to one.

    Returns:
        True where all hold. The answer of a single day never makes a lasting rise probable.

    Source:
        The size, 2 points: Mathias et al. 2011, J Support Oncol 9:72. The probability is chosen on
        simulated diaries, see docs/explanation/engine.md.

    >>> from api.domain.trajectory.baseline import BaselineEstimate
    >>> usual = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> change = LevelChange(((1, 5.0),), 5.0, usual, 3.0, 0.7)
    >>> rise = OnsetSummary(0.9, 0.4, 3.0, 2.5, onset_day=100, baseline=2.0, answered_days=20)
    >>> is_lasting_rise(rise, change, Policy())
    True
    >>> is_lasting_rise(rise._replace(size=1.5), change, Policy())  # too small
    False
    """
    is_visible = change.level - change.baseline.without_lowest >= policy.worsening_shows.value
    is_probable = rise.p_before >= policy.worsening_p_before.value and rise.p >= probability_needed(
        rise.answered_days, policy
    )
    return is_visible and is_probable and rise.size >= policy.worsening_starts.value


def probability_needed(answered: int, policy: Policy) -> float:
    """Return the probability of a rise from which worsening starts.

    A daily diary is evaluated more often than a weekly one and needs a higher probability for as few
    false alerts. Where today's is the only answer of the month, the probability must be highest.

    Args:
        answered: Days of the last 28 with an answer on symptoms.
        policy: The probabilities; between a weekly and a daily diary they rise linearly.

    Returns:
        A probability, 0 to 1.

    >>> [probability_needed(answered, Policy()) for answered in (1, 4, 20)]
    [0.8, 0.29, 0.77]
    """
    if answered < policy.worsening_sparse_days.value:
        return policy.worsening_p_sparse.value
    weekly, daily = policy.worsening_weekly_days.value, policy.worsening_daily_days.value
    lowest, highest = policy.worsening_p_weekly.value, policy.worsening_p_daily.value
    part = min(max((answered - weekly) / (daily - weekly), 0.0), 1.0)
    return lowest + (highest - lowest) * part


def _applies(context: RuleContext) -> bool:
    return context.day.has_symptoms and context.change is not None and context.rise is not None


def _starts(context: RuleContext) -> bool:
    change, rise = _known(context)
    return is_lasting_rise(rise, change, context.policy)


def _ends(context: RuleContext) -> bool:
    """Return whether a lasting rise is no longer probable, or has become the baseline (judgement)."""
    _, rise = _known(context)
    return rise.p < context.policy.worsening_ends.value


def _evidence(context: RuleContext) -> Evidence:
    change, rise = _known(context)
    usual, relevant = change.baseline, context.policy.worsening_starts
    when = "before the tablets" if usual.before_tablets else "in the first weeks of the diary"
    low, high = change_interval(change)
    begun = date.fromordinal(rise.onset_day)
    reason = (
        f"worst pain {change.level:.1f} {describe_window(change.window)}, "
        f"usually {usual.mean:.1f} ({usual.answers} answers {when}); "
        f"{format_percent(rise.p)} likely that a lasting rise has begun, about {format_day(begun)}: "
        f"some {rise.size_so_far:.1f} points by {format_day(context.day.ordinal)}, "
        f"{rise.size:.1f} once complete; {format_number(relevant.value)} matters"
    )
    numbers = {
        "answers": answers_by_date(change.window),
        "pain_level": round(change.level, 4),
        "pain_baseline": round(usual.mean, 4),
        "baseline_answers": usual.answers,
        "baseline_before_tablets": usual.before_tablets,
        "pain_change": round(change.points, 4),
        "pain_change_low": round(low, 4),
        "pain_change_high": round(high, 4),
        "p_worsening": rise.p,
        "p_before_last_answer": rise.p_before,
        "p_needed": round(probability_needed(rise.answered_days, context.policy), 4),
        "answered_days_28d": rise.answered_days,
        "began_about": begun.isoformat(),
        "level_before_rise": rise.baseline,
        "expected_rise": rise.size,
        "expected_rise_by_now": rise.size_so_far,
        "threshold": relevant.value,
    }
    return reason, numbers, relevant.source


def _known(context: RuleContext) -> tuple[LevelChange, OnsetSummary]:
    if context.change is None or context.rise is None:
        raise ValueError("the rule applies only where change and rise are known")
    return context.change, context.rise


RULE = Rule(FindingKind.WORSENING, _applies, _starts, _ends, _evidence, ends_early=False)
