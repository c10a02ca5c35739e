"""All that a site may decide for the engine and its alerts, under one name."""

from dataclasses import dataclass, field

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.urgency import Tiers
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """Thresholds, tiers and budget; what is not said otherwise is as built in.

    >>> PolicyDocument().engine().version == Engine().version
    True
    """

    name: str = "default"
    thresholds: Policy = field(default_factory=Policy)
    tiers: Tiers = field(default_factory=Tiers)
    budget: AlertBudget = field(default_factory=AlertBudget)

    def engine(self) -> Engine:
        """Return the engine of these thresholds and tiers; the budget decides telling, never scores."""
        return Engine(self.thresholds, tiers=self.tiers)


BUILT_IN = PolicyDocument()
