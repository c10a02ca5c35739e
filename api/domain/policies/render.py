"""Writing a policy as a document: whole, as stored, or as a list of changes."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from api.domain.documents import DocumentFormat
from api.domain.policies.parse import read_policy
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.domain.policy import Thresholds


def document_of(policy: PolicyDocument) -> dict[str, Any]:
    """Return a policy as a whole document; reading it returns the same policy.

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
    """Return only the differences from the built-in policy; reading them returns the same policy.

    Stored in this form, a policy follows a later version of the software in every value that the site
    has not decided itself.

    >>> own_document_of(BUILT_IN)
    {'name': 'default', 'tiers': {}, 'thresholds': {}, 'budget': {}}
    """
    built_in = BUILT_IN.tiers.values()
    return {
        "name": policy.name,
        "tiers": {kind: tier for kind, tier in policy.tiers.values().items() if tier != built_in[kind]},
        "thresholds": _own(policy.thresholds, BUILT_IN.thresholds),
        "budget": _own(policy.budget, BUILT_IN.budget),
    }


def changes(policy: PolicyDocument) -> list[str]:
    """Return the differences from the built-in policy, one per line.

    >>> changes(BUILT_IN)
    []
    """
    built_in = BUILT_IN.tiers.values()
    tiers = policy.tiers.values().items()
    lines = [
        f"tiers.{kind}: {tier} (built in: {built_in[kind]})" for kind, tier in tiers if tier != built_in[kind]
    ]
    lines += _changed("thresholds", policy.thresholds, BUILT_IN.thresholds)
    return [*lines, *_changed("budget", policy.budget, BUILT_IN.budget)]


POLICY_FORMAT = DocumentFormat("policy", BUILT_IN, read_policy, document_of, own_document_of, changes)


def _own(chosen: Thresholds, built_in: Thresholds) -> dict[str, dict[str, Any]]:
    pairs = ((name, getattr(chosen, name), getattr(built_in, name)) for name in chosen.values())
    return {name: {"value": own.value, "source": own.source} for name, own, other in pairs if own != other}


def _changed(part: str, chosen: Thresholds, built_in: Thresholds) -> Iterator[str]:
    for name, value in chosen.values().items():
        threshold, default = getattr(chosen, name), getattr(built_in, name)
        if threshold != default:
            yield (
                f"{part}.{name}: {value:g} (built in: {default.value:g}) {threshold.unit}; {threshold.source}"
            )
