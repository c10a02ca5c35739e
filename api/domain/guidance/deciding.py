"""Status of an item of guidance at a site, and the rules of deciding about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.domain.errors import GuidanceNotApproved, GuidanceWithheld, ReasonNeeded
from api.domain.guidance.definition import GuidanceItem, Verdict


class Decision(StrEnum):
    """Decision of a site about an item."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class GuidanceStatus(StrEnum):
    """Status of an item at a site; only approved items are shown with alerts."""

    WITHHELD = "withheld"  # permanently, at every site
    PROPOSED = "proposed"  # no decision, or a decision about other words
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"  # approved before, no longer


@dataclass(frozen=True, slots=True)
class GuidanceChoice:
    """One decision of a site about an item as it was worded in ``revision``."""

    item_id: str
    decision: Decision
    revision: str
    by: str
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SiteGuidanceItem:
    """An item with its status at a site and the latest decision about it, None before the first."""

    item: GuidanceItem
    status: GuidanceStatus
    latest_decision: GuidanceChoice | None = None

    @property
    def is_outdated(self) -> bool:
        """Return whether the latest decision was about other words than those of today."""
        latest = self.latest_decision
        return latest is not None and latest.revision != self.item.revision


def item_at_site(item: GuidanceItem, latest: GuidanceChoice | None) -> SiteGuidanceItem:
    """Return an item with its status after the latest decision about it.

    An approval holds for the words, verdict and evidence that were approved: where a later version
    of the software changes them, the item is proposed again.
    """
    if item.is_withheld:
        return SiteGuidanceItem(item, GuidanceStatus.WITHHELD, latest)
    if latest is None or (latest.decision is Decision.APPROVED and latest.revision != item.revision):
        return SiteGuidanceItem(item, GuidanceStatus.PROPOSED, latest)
    return SiteGuidanceItem(item, GuidanceStatus(latest.decision), latest)


def items_at_site(
    items: Iterable[GuidanceItem], latest: Mapping[str, GuidanceChoice]
) -> list[SiteGuidanceItem]:
    """Return each item with its status, by the latest decision about each."""
    return [item_at_site(item, latest.get(item.id)) for item in items]


def check_decision(present: SiteGuidanceItem, decision: Decision, *, note: str | None) -> None:
    """Raise where a decision is not allowed.

    Raises:
        GuidanceWithheld: The item belongs to another disease.
        ReasonNeeded: An item with the wrong interval is approved without a note with the reason.
        GuidanceNotApproved: The item to withdraw is not approved.
    """
    item = present.item
    if item.is_withheld:
        raise GuidanceWithheld(f"{item.id} is withheld permanently: {item.evidence}")
    if decision is Decision.APPROVED and item.verdict is Verdict.WRONG_INTERVAL and not note:
        right = f"give the reason to keep it; the evidence supports: {item.correction}"
        raise ReasonNeeded(f"{item.id} has the wrong interval: {right}", {"note": right})
    latest = present.latest_decision
    is_approved = latest is not None and latest.decision is Decision.APPROVED
    if decision is Decision.WITHDRAWN and not is_approved:
        raise GuidanceNotApproved(f"{item.id} is {present.status}, not approved: nothing to withdraw")
