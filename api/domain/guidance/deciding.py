"""How an item of guidance stands at a site: withheld, proposed, approved, withdrawn again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.domain.errors import GuidanceNotApproved, GuidanceWithheld, ReasonNeeded
from api.domain.guidance.definition import GuidanceItem, Verdict


class Decision(StrEnum):
    """What a site decides about an item."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class GuidanceStatus(StrEnum):
    """How an item stands at a site; only what is approved is shown beside alerts."""

    WITHHELD = "withheld"  # for good, at every site
    PROPOSED = "proposed"  # nobody has decided, or what was decided on said something else
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"  # approved once, and no longer


@dataclass(frozen=True, slots=True)
class GuidanceChoice:
    """One decision of a site, ``by`` whom, about an item as it was worded in ``revision``."""

    item_id: str
    decision: Decision
    revision: str
    by: str
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class GuidanceStanding:
    """An item as it stands at a site, with the newest decision about it; None: there was none."""

    item: GuidanceItem
    status: GuidanceStatus
    decided: GuidanceChoice | None = None

    @property
    def is_outdated(self) -> bool:
        """Say whether the newest decision was about other words than those of today."""
        return self.decided is not None and self.decided.revision != self.item.revision


def standing(item: GuidanceItem, decided: GuidanceChoice | None) -> GuidanceStanding:
    """Return how an item stands after the newest decision about it.

    An approval holds for the words, verdict and evidence that were approved: where a later version
    of the software says something else, the item is proposed again.
    """
    if item.is_withheld:
        return GuidanceStanding(item, GuidanceStatus.WITHHELD, decided)
    if decided is None or (decided.decision is Decision.APPROVED and decided.revision != item.revision):
        return GuidanceStanding(item, GuidanceStatus.PROPOSED, decided)
    return GuidanceStanding(item, GuidanceStatus(decided.decision), decided)


def standings(items: Sequence[GuidanceItem], newest: Mapping[str, GuidanceChoice]) -> list[GuidanceStanding]:
    """Return how each item stands, by the newest decision about each."""
    return [standing(item, newest.get(item.id)) for item in items]


def check(present: GuidanceStanding, decision: Decision, *, note: str | None) -> None:
    """Refuse a decision that cannot be.

    Raises:
        GuidanceWithheld: The item belongs to another disease.
        ReasonNeeded: An item with the wrong interval is approved without a note: that is done
            knowingly or not at all.
        GuidanceNotApproved: What is withdrawn was not approved.
    """
    item = present.item
    if item.is_withheld:
        raise GuidanceWithheld(f"{item.id} is withheld for good: {item.evidence}")
    if decision is Decision.APPROVED and item.verdict is Verdict.WRONG_INTERVAL and not note:
        right = f"say why this site keeps it; right would be: {item.correction}"
        raise ReasonNeeded(f"{item.id} has the wrong interval: {right}", {"note": right})
    stands = present.decided is not None and present.decided.decision is Decision.APPROVED
    if decision is Decision.WITHDRAWN and not stands:
        raise GuidanceNotApproved(f"{item.id} is {present.status}, not approved: nothing to withdraw")
