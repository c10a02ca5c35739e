"""Urgency of each kind of finding: the site's choice within fixed limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from api.domain.alerts.finding import Finding, FindingKind, Tier


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
        """Return the findings, each with the tier of its kind."""
        return tuple(
            found if found.tier is self.of(found.kind) else replace(found, tier=self.of(found.kind))
            for found in findings
        )

    def values(self) -> dict[str, str]:
        """Return the tiers by kind, as an engine version covers them."""
        return {kind.value: self.of(kind).value for kind in FindingKind}
