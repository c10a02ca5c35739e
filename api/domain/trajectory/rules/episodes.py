"""Rules of lasting findings: one finding as an episode begins, and again while it goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.trajectory.rules.context import RuleContext

Episodes = tuple[int | None, ...]
"""For each rule, the day (ordinal) of its last finding; None while there is no episode."""
Evidence = tuple[str, Mapping[str, Any], str]
"""Reason of a finding, its numbers, and the source of its threshold."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule whose findings last.

    Urgency, weight on the worklist and weight of harm are the defaults of its kind.

    Attributes:
        kind: Kind of its findings.
        applies: Whether the day has an answer that the rule is about. On other days no episode begins,
            is raised again or ends.
        starts: Whether an episode begins, or is raised again after ``again_after_days``.
        ends: Whether the episode is over. Where neither holds, nothing changes.
        evidence: The evidence of a finding raised on the day.
        ends_early: Whether an episode may end before its finding could be raised again.
    """

    kind: FindingKind
    applies: Callable[[RuleContext], bool]
    starts: Callable[[RuleContext], bool]
    ends: Callable[[RuleContext], bool]
    evidence: Callable[[RuleContext], Evidence]
    ends_early: bool = True


def update_episode(rule: Rule, context: RuleContext, last_raised_on: int | None) -> int | None:
    """Return the day of the rule's last finding after today; today itself where it is raised now.

    Args:
        rule: The rule; it applies to the day.
        context: Inputs of the day.
        last_raised_on: Ordinal of the day of its last finding; None while there is no episode.

    Returns:
        An ordinal, or None when there is no episode after today.
    """
    today = context.day.ordinal
    if last_raised_on is None:
        return today if rule.starts(context) else None
    is_due = today - last_raised_on >= context.policy.again_after_days.value
    if (is_due or rule.ends_early) and rule.ends(context):
        return None
    return today if is_due and rule.starts(context) else last_raised_on


def lasting_finding(rule: Rule, context: RuleContext) -> Finding:
    """Return a finding whose cause is a run of days, so that the day is its key."""
    kind, day = rule.kind, context.day
    origin = kind.defaults.tier, day.local_date.isoformat(), day.local_date, day.recorded_at
    return Finding(kind, *origin, *rule.evidence(context))
