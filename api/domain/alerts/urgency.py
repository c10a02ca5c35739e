"""Urgency of each kind of finding: the site's choice within fixed limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.domain.alerts.finding import FOUND, Finding, FindingKind, Tier

DUE_TODAY = frozenset({"too_unwell", "hospital"})
"""Reasons for a gap that the team looks at on the same working day."""

ABOVE_EXPECTED = "above_expected"
"""Number of a finding that a symptom is above the level the team expects: the team looks on the same day."""


def is_due_today(numbers: Mapping[str, Any]) -> bool:
    """Return whether a finding with these numbers is to be looked at on the same working day.

    The budget never holds it back, and it is never for the patient alone.
    """
    return numbers.get("gap_reason") in DUE_TODAY or ABOVE_EXPECTED in numbers


@dataclass(frozen=True, slots=True)
class Tiers:
    """Tier of each kind of finding: the site's choice, otherwise the default of the kind.

    >>> Tiers({FindingKind.WORSENING: Tier.SELF_CARE}).of(FindingKind.WORSENING).value
    'self_care'
    """

    chosen: Mapping[FindingKind, Tier] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Drop choices that equal the default, so that equal tiers compare equal."""
        own = {kind: tier for kind, tier in self.chosen.items() if tier is not kind.defaults.tier}
        object.__setattr__(self, "chosen", own)

    def of(self, kind: FindingKind) -> Tier:
        """Return how soon a finding of this kind must be answered."""
        return self.chosen.get(kind, kind.defaults.tier)

    def apply(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings, each with the tier of its kind, or at least routine if it is due today."""
        return tuple(
            found if found.tier is (tier := self._of_finding(found)) else replace(found, tier=tier)
            for found in findings
        )

    def _of_finding(self, found: Finding) -> Tier:
        tier = self.of(found.kind)
        return Tier.ROUTINE if tier is Tier.SELF_CARE and is_due_today(found.numbers) else tier

    def values(self) -> dict[str, str]:
        """Return the tiers by kind, as an engine version covers them."""
        return {kind.value: self.of(kind).value for kind in FOUND}
