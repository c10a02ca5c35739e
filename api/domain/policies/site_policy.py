"""A site's policy: thresholds, tiers and alert budget under one name."""

from dataclasses import dataclass, field

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.urgency import Tiers
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """Thresholds, tiers and budget, by default the built-in ones.

    >>> PolicyDocument().engine().version == Engine().version
    True
    """

    name: str = "default"
    thresholds: Policy = field(default_factory=Policy)
    tiers: Tiers = field(default_factory=Tiers)
    budget: AlertBudget = field(default_factory=AlertBudget)

    def engine(self) -> Engine:
        """Return the engine with these thresholds and tiers; the budget has no effect on scores."""
        return Engine(self.thresholds, tiers=self.tiers)


BUILT_IN = PolicyDocument()
"""In force at a site until the site sets a policy of its own."""
