"""Lists the audit log, for staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import Session

from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.models.audit import AuditRow
from api.services import audit
from api.services.access import visibility
from api.services.paging import Page, cut

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""Largest difference between the order of numbers and of times: of clocks, and of long transactions."""


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Filter of the audit log; ``since`` is included and ``until`` is not."""

    patient_id: UUID | None = None
    actor_id: UUID | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_acts(
    session: Session, by: Principal, wanted: ActFilter, *, cursor: str | None, limit: int, now: datetime
) -> Page[AuditRow]:
    """Return one page of the audit log of the caller's site, newest first.

    Raises:
        UnknownPatient: The caller may not see the patient asked for.
        InvalidCursor: The cursor is not of this list.
    """
    acts = select(AuditRow).where(AuditRow.site_id == by.site_id).order_by(AuditRow.id.desc())
    patient_id = wanted.patient_id
    if patient_id is not None:
        acts = acts.where(_concerns(visibility.find_patient(session, by, patient_id).id))
    if wanted.actor_id is not None:
        acts = acts.where(AuditRow.actor_id == wanted.actor_id)
    if wanted.action is not None:
        acts = acts.where(AuditRow.action == wanted.action)
    acts = acts.where(*_in_period(session, by.site_id, wanted))
    if cursor is not None:
        (last,) = cursors.decode_as(cursor, int)
        acts = acts.where(AuditRow.id < last)
    rows = list(session.scalars(acts.limit(limit + 1)))
    page = cut(rows, limit=limit, cursor_of=lambda row: cursors.encode(row.id))
    if patient_id is None:
        shown = [row.patient_id for row in page.items if row.patient_id is not None]
        audit.record_listing(session, "audit.read", shown, by=by, now=now)
    else:
        count = {"count": len(page.items)}
        audit.record(session, "audit.read", by=by, now=now, patient_id=patient_id, detail=count)
    return page


def _in_period(session: Session, site_id: UUID, wanted: ActFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of a period: by time, and by bounds of the numbers, so that few are read."""
    of_site = select(AuditRow.id).where(AuditRow.site_id == site_id).limit(1)
    if wanted.since is not None:
        earlier = of_site.where(AuditRow.at < wanted.since - CLOCKS_DIFFER_BY).order_by(AuditRow.at.desc())
        yield AuditRow.at >= wanted.since
        if (first := session.scalar(earlier)) is not None:
            yield AuditRow.id > first
    if wanted.until is not None:
        later = of_site.where(AuditRow.at >= wanted.until + CLOCKS_DIFFER_BY).order_by(AuditRow.at)
        yield AuditRow.at < wanted.until
        if (last := session.scalar(later)) is not None:
            yield AuditRow.id < last


def _concerns(patient_id: UUID) -> ColumnElement[bool]:
    """Return the condition that an act concerns a patient or showed the patient in a list."""
    return or_(AuditRow.patient_id == patient_id, cast(AuditRow.detail, Text).contains(str(patient_id)))
