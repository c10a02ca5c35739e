"""Evaluation of all rules on one day."""

from itertools import chain, repeat

from api.domain.alerts.finding import Finding
from api.domain.trajectory.rules import (
    adherence_gap,
    atypical,
    discontinuation,
    low_confidence,
    severe,
    worsening,
)
from api.domain.trajectory.rules.context import RuleContext
from api.domain.trajectory.rules.episodes import Episodes, Rule, lasting_finding, update_episode
from api.domain.trajectory.rules.statements import findings_on_day

RULES: tuple[Rule, ...] = (
    worsening.RULE,
    severe.RULE,
    adherence_gap.RULE,
    low_confidence.RULE,
    discontinuation.RULE,
    atypical.RULE,
)
"""Rules of lasting findings. Stored states hold episodes in this order: add a rule at the end."""

NO_EPISODES: Episodes = (None,) * len(RULES)
_WORSENING = RULES.index(worsening.RULE)


def evaluate(context: RuleContext, episodes: Episodes) -> tuple[Episodes, list[Finding]]:
    """Return the episodes after this day, and the findings to raise, explicit statements first.

    A state stored before a rule was added has no episode of it.
    """
    findings = findings_on_day(context.day) if context.day.statements else []
    after: list[int | None] = []
    for rule, before in zip(RULES, chain(episodes, repeat(None))):  # noqa: B905 - padded with None
        raised_on = update_episode(rule, context, before) if rule.applies(context) else before
        if raised_on == context.day.ordinal:
            findings.append(lasting_finding(rule, context))
        after.append(raised_on)
    return tuple(after), findings


def is_worsening(episodes: Episodes) -> bool:
    """Return whether an episode of sustained worsening goes on."""
    return episodes[_WORSENING] is not None
