"""A policy written out: whole, as a document to edit, or only what it says otherwise than built in."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from api.domain.alerts.budget import AlertBudget
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.policy import Policy


def document_of(policy: PolicyDocument) -> dict[str, Any]:
    """Return a policy as a whole document; reading it gives the same policy back.

    >>> list(document_of(BUILT_IN)), document_of(BUILT_IN)["tiers"]["red_flag"]
    (['name', 'tiers', 'thresholds', 'budget'], 'same_day')
    """
    return {
        "name": policy.name,
        "tiers": policy.tiers.values(),
        "thresholds": asdict(policy.thresholds),
        "budget": asdict(policy.budget),
    }


def own_document_of(policy: PolicyDocument) -> dict[str, Any]:
    """Return what a policy says otherwise than the built-in one; reading it gives the same policy back.

    What a later version of the software builds in otherwise then holds there too, unless the site decided it.

    >>> own_document_of(BUILT_IN)
    {'name': 'default', 'tiers': {}, 'thresholds': {}, 'budget': {}}
    """
    before = BUILT_IN.tiers.values()
    return {
        "name": policy.name,
        "tiers": {kind: tier for kind, tier in policy.tiers.values().items() if tier != before[kind]},
        "thresholds": _own(policy.thresholds, BUILT_IN.thresholds),
        "budget": _own(policy.budget, BUILT_IN.budget),
    }


def changes(policy: PolicyDocument) -> list[str]:
    """Return what a policy says otherwise than the built-in one, a line each.

    >>> changes(BUILT_IN)
    []
    """
    before = BUILT_IN.tiers.values()
    tiers = policy.tiers.values().items()
    lines = [
        f"tiers.{kind}: {tier} (built in: {before[kind]})" for kind, tier in tiers if tier != before[kind]
    ]
    lines += _changed("thresholds", policy.thresholds, BUILT_IN.thresholds)
    return [*lines, *_changed("budget", policy.budget, BUILT_IN.budget)]


def _own(now: Policy | AlertBudget, before: Policy | AlertBudget) -> dict[str, dict[str, Any]]:
    pairs = ((name, getattr(now, name), getattr(before, name)) for name in now.values())
    return {name: {"value": said.value, "source": said.source} for name, said, was in pairs if said != was}


def _changed(part: str, now: Policy | AlertBudget, before: Policy | AlertBudget) -> Iterator[str]:
    for name, value in now.values().items():
        threshold = getattr(now, name)
        if threshold != getattr(before, name):
            built_in = before.values()[name]
            yield f"{part}.{name}: {value:g} (built in: {built_in:g}) {threshold.unit}; {threshold.source}"
