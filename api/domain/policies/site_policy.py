"""A site's policy: thresholds, tiers and alert budget under one name."""

from dataclasses import dataclass, field, replace

from api.domain.alerts.budget import AlertBudget
from api.domain.alerts.urgency import Tiers
from api.domain.policy import Policy
from api.domain.risk.model import RiskModel
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

    def engine(
        self,
        model: RiskModel | None = None,
        worsening_share: float | None = None,
        stopping_share: float | None = None,
    ) -> Engine:
        """Return the engine with these thresholds and tiers; the budget has no effect on scores.

        Args:
            model: Model of the risk of stopping; None for the built-in one.
            worsening_share: Share who get worse within 12 months, 0 to 1, in place of the policy's.
            stopping_share: Share who stop within 12 months, likewise.
        """
        policy = self.thresholds
        for name, share in (("worsening_share", worsening_share), ("stopping_share", stopping_share)):
            if share is not None:
                policy = replace(policy, **{name: replace(getattr(policy, name), value=share)})
        return Engine(policy, model or RiskModel(), self.tiers)


BUILT_IN = PolicyDocument()
"""In force at a site until the site sets a policy of its own."""
