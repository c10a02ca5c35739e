"""Sustained worsening: a lasting rise of symptoms of a relevant size has probably begun."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from api.domain.alerts.finding import FindingKind
from api.domain.formatting import answers_by_date, describe_window, format_day, format_number, format_percent
from api.domain.onset.onset_state import OnsetSummary, Rise
from api.domain.onset.posterior import at_share
from api.domain.policy import Policy, Threshold
from api.domain.trajectory.change import LevelChange, change_interval
from api.domain.trajectory.level import Answered, mean_answer
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Evidence, Rule


class RiseAlone(NamedTuple):
    """A lasting rise of stiffness or interference by itself, with the answered days of its level."""

    symptom: str
    rise: Rise
    window: Answered


def is_lasting_rise(
    onset: OnsetSummary, change: LevelChange, policy: Policy, *, is_extra: bool = False
) -> bool:
    """Return whether a lasting rise is probable, large enough, and visible in the answers.

    Args:
        onset: Lasting rises by the answers on symptoms so far.
        change: Present level of worst pain against the baseline.
        policy: The relevant size, the probability needed, and by how much the present level must
            exceed the baseline without its lowest day. One low day in the baseline makes no rise.
            Neither does one high day at the end.
        is_extra: Whether the newest answers are those of an extra check-in, which need a higher
            probability: such days are chosen on suspicion.

    Returns:
        True where all hold by the answers on all symptoms together. The answer of a single day
        never makes a lasting rise probable.

    Source:
        The size, 2 points: Mathias et al. 2011, J Support Oncol 9:72. The probability is chosen on
        simulated diaries, see docs/explanation/engine.md.

    >>> from api.domain.trajectory.baseline import BaselineEstimate
    >>> usual = BaselineEstimate(2.0, 28, 2.0, 1.44, 0.09, before_tablets=True)
    >>> change = LevelChange(((1, 5.0),), 5.0, usual, 3.0, 0.7)
    >>> none, rise = Rise(0.1, 100, 2.5, 2.0, 2.0), Rise(0.9, 100, 3.0, 2.5, 2.0)
    >>> is_lasting_rise(OnsetSummary(rise, none, none, 0.9, 20), change, Policy())
    True
    >>> small = rise._replace(size=1.5)
    >>> is_lasting_rise(OnsetSummary(small, none, none, 0.9, 20), change, Policy())
    False
    """
    return (
        onset.together.p >= _needed(policy.worsening_p, policy, is_extra=is_extra)
        and onset.together.size >= policy.worsening_starts.value
        and change.level - change.baseline.without_lowest >= policy.worsening_shows.value
    )


def is_lasting_rise_alone(rise: Rise, level: float | None, policy: Policy, *, is_extra: bool = False) -> bool:
    """Return whether a lasting rise of one symptom by itself is probable, large enough, and visible.

    Args:
        rise: Lasting rise by the answers on this symptom alone.
        level: Its present level; None when not known.
        policy: The thresholds. The probability needed is higher than for all symptoms together.
        is_extra: Whether the newest answers are those of an extra check-in.

    >>> is_lasting_rise_alone(Rise(0.9, 100, 3.0, 2.5, 2.0), 4.5, Policy())
    True
    >>> is_lasting_rise_alone(Rise(0.9, 100, 3.0, 2.5, 2.0), 2.5, Policy())
    False
    """
    return (
        level is not None
        and rise.p >= _needed(policy.worsening_p_alone, policy, is_extra=is_extra)
        and rise.size >= policy.worsening_starts.value
        and level - rise.baseline >= policy.worsening_shows_alone.value
    )


def _applies(context: RuleContext) -> bool:
    return context.day.has_symptoms and context.onset is not None


def _starts(context: RuleContext) -> bool:
    return _is_together(context) or _alone(context) is not None


def _ends(context: RuleContext) -> bool:
    """Return whether a lasting rise is no longer probable, or has become the baseline (judgement)."""
    onset = _known(context)
    return onset.together.p < context.policy.worsening_ends.value and not _starts(context)


def _is_together(context: RuleContext) -> bool:
    change = context.change
    return change is not None and is_lasting_rise(
        _known(context), change, context.policy, is_extra=not context.day.has_own
    )


def _alone(context: RuleContext, without: Collection[str] = ()) -> RiseAlone | None:
    """Return the likeliest rise of one symptom by itself, answered today; None where there is none."""
    onset, needed = _known(context), context.policy.worsening_p_alone.value
    if onset.stiffness.p < needed and onset.interference.p < needed:
        return None
    day, windows = context.day, (context.stiffness_window, context.symptoms.interference_window)
    found = [
        RiseAlone(symptom, rise, window)
        for symptom, rise, window in zip(
            ("stiffness", "interference"), (onset.stiffness, onset.interference), windows, strict=True
        )
        if symptom not in without
        and getattr(day, symptom) is not None
        and is_lasting_rise_alone(rise, mean_answer(window), context.policy, is_extra=not day.has_own)
    ]
    return max(found, key=lambda each: each.rise.p, default=None)


def _evidence(context: RuleContext) -> Evidence:
    found = evidence_of(context)
    if found is None:
        raise ValueError("no rise has been found on this day")
    return found


def evidence_of(context: RuleContext, *, without: Collection[str] = ()) -> Evidence | None:
    """Return the evidence of a lasting rise today by other symptoms than some; None where there is none."""
    change, alone = context.change, _alone(context, without)
    if "pain" not in without and change is not None and _is_together(context):
        reason, numbers = _pain_in_words(context, change)
    elif alone is not None:
        reason, numbers = _alone_in_words(context, alone)
    else:
        return None
    relevant = context.policy.worsening_starts
    numbers |= {"answered_days_28d": _known(context).answered_days, "threshold": relevant.value}
    return reason, numbers, relevant.source


def _pain_in_words(context: RuleContext, change: LevelChange) -> tuple[str, dict[str, Any]]:
    onset, usual = _known(context), change.baseline
    when = "before the tablets" if usual.before_tablets else "in the first weeks of the diary"
    low, high = change_interval(change)
    reason = (
        f"worst pain {change.level:.1f} {describe_window(change.window)}, "
        f"usually {usual.mean:.1f} ({usual.answers} answers {when}); "
        f"{_rise_in_words(context, onset.together)}"
    )
    numbers = {
        "symptom": "pain",
        "answers": answers_by_date(change.window),
        "pain_level": round(change.level, 4),
        "pain_baseline": round(usual.mean, 4),
        "baseline_answers": usual.answers,
        "baseline_before_tablets": usual.before_tablets,
        "pain_change": round(change.points, 4),
        "pain_change_low": round(low, 4),
        "pain_change_high": round(high, 4),
    }
    return reason, numbers | _rise_in_numbers(context, onset.together, context.policy.worsening_p)


def _alone_in_words(context: RuleContext, found: RiseAlone) -> tuple[str, dict[str, Any]]:
    symptom, rise, window = found
    level = mean_answer(window) or 0.0
    reason = (
        f"{symptom} {level:.1f} {describe_window(window)}, {rise.baseline:.1f} before; "
        f"{_rise_in_words(context, rise)}; by {symptom} alone"
    )
    numbers = {"symptom": symptom, "answers": answers_by_date(window), f"{symptom}_level": round(level, 4)}
    return reason, numbers | _rise_in_numbers(context, rise, context.policy.worsening_p_alone)


def _rise_in_words(context: RuleContext, rise: Rise) -> str:
    policy = context.policy
    return (
        f"{format_percent(at_share(rise.p, policy))} likely that a lasting rise has begun, "
        f"about {format_day(date.fromordinal(rise.onset_day))}: "
        f"some {rise.size_so_far:.1f} points by {format_day(context.day.ordinal)}, "
        f"{rise.size:.1f} once complete; {format_number(policy.worsening_starts.value)} matters"
    )


def _rise_in_numbers(context: RuleContext, rise: Rise, limit: Threshold) -> dict[str, Any]:
    needed = _needed(limit, context.policy, is_extra=not context.day.has_own)
    return {
        "p_worsening": at_share(rise.p, context.policy),
        "p_needed": at_share(needed, context.policy),
        "worsening_share": context.policy.worsening_share.value,
        "began_about": date.fromordinal(rise.onset_day).isoformat(),
        "level_before_rise": rise.baseline,
        "expected_rise": rise.size,
        "expected_rise_by_now": rise.size_so_far,
    }


def _needed(limit: Threshold, policy: Policy, *, is_extra: bool) -> float:
    return limit.value + (policy.worsening_p_extra.value if is_extra else 0.0)


def _known(context: RuleContext) -> OnsetSummary:
    if context.onset is None:
        raise ValueError("the rule applies only where the onset is known")
    return context.onset


RULE = Rule(FindingKind.WORSENING, _applies, _starts, _ends, _evidence, ends_early=False)
