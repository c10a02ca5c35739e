"""How soon each kind of finding must be answered: the site's to choose, within what may not be lowered."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from api.domain.alerts.finding import Finding, FindingKind, Tier

FLOORS: Mapping[FindingKind, tuple[Tier, ...]] = MappingProxyType(
    {
        FindingKind.RED_FLAG: (Tier.SAME_DAY,),
        FindingKind.WISH_TO_STOP: (Tier.SAME_DAY, Tier.ROUTINE),
    }
)
"""The tiers that some kinds may have; any other kind may have every tier. Judgement, unverified."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """The tier of each kind of finding. The default is clinical judgement, unverified.

    >>> Tiers(worsening=Tier.SELF_CARE).of(FindingKind.WORSENING).value
    'self_care'
    """

    red_flag: Tier = Tier.SAME_DAY
    wish_to_stop: Tier = Tier.ROUTINE
    severe_symptoms: Tier = Tier.ROUTINE
    worsening: Tier = Tier.ROUTINE
    likely_discontinuation: Tier = Tier.ROUTINE
    adherence_gap: Tier = Tier.ROUTINE
    atypical: Tier = Tier.ROUTINE
    silence: Tier = Tier.ROUTINE

    def of(self, kind: FindingKind) -> Tier:
        """Return how soon a finding of this kind must be answered."""
        tier: Tier = getattr(self, kind.value)
        return tier

    def applied(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings, each with the tier of its kind."""
        return tuple(
            found if found.tier is self.of(found.kind) else replace(found, tier=self.of(found.kind))
            for found in findings
        )

    def values(self) -> dict[str, str]:
        """Return the tiers by kind: what a version must cover."""
        return {kind: tier.value for kind, tier in asdict(self).items()}


def may_be(kind: FindingKind) -> tuple[Tier, ...]:
    """Return the tiers a kind of finding may be given.

    >>> [tier.value for tier in may_be(FindingKind.RED_FLAG)]
    ['same_day']
    """
    return FLOORS.get(kind, tuple(Tier))
