"""Guidance at a site: how every item stands, deciding about one, and what stands beside an alert."""

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
    GuidanceStanding,
    GuidanceStatus,
    check,
    standing,
    standings,
)
from api.domain.guidance.registry import CATALOGUE, find, fitting, severity_of_alert
from api.models.guidance import GuidanceDecision
from api.models.site import Site
from api.models.staff import Staff
from api.services import audit

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class AlertGuidance:
    """What stands beside an alert, and the severity it was chosen by; None: not known."""

    severity: Severity | None
    items: list[GuidanceStanding]


def catalogue_at(session: Session, site_id: UUID) -> list[GuidanceStanding]:
    """Return how every item stands at a site, in the order of the catalogue: one query."""
    return standings(CATALOGUE, _newest(session, site_id))


def beside(session: Session, site_id: UUID, kind: FindingKind, present: Severity | None) -> AlertGuidance:
    """Return the approved items that fit an alert: one query.

    Args:
        session: To read with.
        site_id: Whose approvals count.
        kind: What the alert is about.
        present: The severity of the patient's newest score while it is present; None: not known.
    """
    severity = severity_of_alert(kind, present)
    found = standings(fitting(kind, severity), _newest(session, site_id))
    return AlertGuidance(severity, [each for each in found if each.status is GuidanceStatus.APPROVED])


def decide(
    session: Session, by: Principal, item_id: str, decision: Decision, *, note: str | None, now: datetime
) -> tuple[GuidanceStanding, bool]:
    """Approve an item for the caller's site, or withdraw what was approved; saying it again changes nothing.

    Returns:
        How the item stands now, and whether something was written.

    Raises:
        UnknownGuidance: There is no such item.
        GuidanceWithheld: It belongs to another disease.
        ReasonNeeded: It has the wrong interval, and no note says why the site keeps it.
        GuidanceNotApproved: What is withdrawn was not approved.
    """
    item = find(item_id)
    session.execute(select(Site.id).where(Site.id == by.site_id).with_for_update(key_share=True)).one()
    before = _newest(session, by.site_id).get(item.id)
    present = standing(item, before)
    if _says_it_already(present, decision, note):
        return present, False
    check(present, decision, note=note)
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
    return standing(item, _newest(session, by.site_id)[item.id]), True


def _says_it_already(present: GuidanceStanding, decision: Decision, note: str | None) -> bool:
    decided = present.decided
    if decided is None or present.is_outdated or present.item.is_withheld:
        return False
    return decided.decision is decision and note in {None, decided.note}


def _newest(session: Session, site_id: UUID) -> dict[str, GuidanceChoice]:
    """Return the newest decision about each item, with who decided."""
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
