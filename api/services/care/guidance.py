"""Guidance at a site: status of every item, decisions, and the items shown with an alert."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.authority import Principal
from api.domain.guidance.deciding import (
    Decision,
    GuidanceChoice,
    GuidanceStatus,
    SiteGuidanceItem,
    check_decision,
    item_at_site,
    items_at_site,
)
from api.domain.guidance.registry import CATALOGUE, find, fitting, severity_of_alert
from api.models.guidance import GuidanceDecision
from api.models.site import Site
from api.models.staff import Staff
from api.services import audit

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AlertGuidance:
    """Items shown with an alert, and the severity they were chosen by; None: not known."""

    severity: Severity | None
    items: list[SiteGuidanceItem]


def catalogue_at(session: Session, site_id: UUID) -> list[SiteGuidanceItem]:
    """Return every item with its status at a site, in the order of the catalogue; one query."""
    return items_at_site(CATALOGUE, _latest(session, site_id))


def for_alert(session: Session, site_id: UUID, kind: FindingKind, present: Severity | None) -> AlertGuidance:
    """Return the approved items that fit an alert; one query.

    Args:
        session: Session to read with.
        site_id: Site whose approvals count.
        kind: Kind of the finding that opened the alert.
        present: Severity of the patient's newest score while it is present; None: not known.
    """
    severity = severity_of_alert(kind, present)
    found = items_at_site(fitting(kind, severity), _latest(session, site_id))
    return AlertGuidance(severity, [each for each in found if each.status is GuidanceStatus.APPROVED])


def decide(
    session: Session, by: Principal, item_id: str, decision: Decision, *, note: str | None, now: datetime
) -> tuple[SiteGuidanceItem, bool]:
    """Approve an item for the caller's site, or withdraw its approval; a repetition changes nothing.

    Returns:
        The item with its status, and whether a decision was written.

    Raises:
        UnknownGuidance: No item has this id.
        GuidanceWithheld: It belongs to another disease.
        ReasonNeeded: It has the wrong interval, and no note gives the reason to keep it.
        GuidanceNotApproved: The item to withdraw is not approved.
    """
    item = find(item_id)
    session.execute(select(Site.id).where(Site.id == by.site_id).with_for_update(key_share=True)).one()
    before = _latest(session, by.site_id).get(item.id)
    present = item_at_site(item, before)
    if _is_repetition(present, decision, note):
        return present, False
    check_decision(present, decision, note=note)
    row = GuidanceDecision(
        id=uuid4(),
        site_id=by.site_id,
        item=item.id,
        revision=item.revision,
        decision=decision,
        decided_by=by.id,
        note=note,
        decided_at=max(now, before.at + _INSTANT) if before else now,  # the newest is the last written
    )
    session.add(row)
    session.flush()
    detail = {"item": item.id, "revision": item.revision, "decision": decision.value}
    audit.record(session, "guidance.decided", by=by, now=now, object_id=row.id, detail=detail)
    return item_at_site(item, _latest(session, by.site_id)[item.id]), True


def _is_repetition(present: SiteGuidanceItem, decision: Decision, note: str | None) -> bool:
    latest = present.latest_decision
    if latest is None or present.is_outdated or present.item.is_withheld:
        return False
    return latest.decision is decision and note in {None, latest.note}


def _latest(session: Session, site_id: UUID) -> dict[str, GuidanceChoice]:
    """Return the latest decision about each item, with the name of its author."""
    of_site = select(GuidanceDecision.item, func.max(GuidanceDecision.decided_at).label("at"))
    newest = of_site.where(GuidanceDecision.site_id == site_id).group_by(GuidanceDecision.item).subquery()
    is_newest = and_(GuidanceDecision.item == newest.c.item, GuidanceDecision.decided_at == newest.c.at)
    rows = session.execute(
        select(GuidanceDecision, Staff.name)
        .join(newest, is_newest)
        .join(Staff, Staff.id == GuidanceDecision.decided_by)
        .where(GuidanceDecision.site_id == site_id)
    )
    return {
        row.item: GuidanceChoice(
            row.item, Decision(row.decision), row.revision, name, row.note, row.decided_at
        )
        for row, name in rows
    }
