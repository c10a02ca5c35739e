"""Lists the audit log, for staff."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import Session

from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.models.audit import AuditRow
from api.services import audit
from api.services.access import visibility
from api.services.paging import Page, cut


def list_acts(
    session: Session, by: Principal, *, patient_id: UUID | None, cursor: str | None, limit: int, now: datetime
) -> Page[AuditRow]:
    """Return one page of the audit log of the caller's site, newest first.

    Raises:
        UnknownPatient: The caller may not see the patient asked for.
        InvalidCursor: The cursor is not of this list.
    """
    acts = select(AuditRow).where(AuditRow.site_id == by.site_id).order_by(AuditRow.id.desc())
    if patient_id is not None:
        acts = acts.where(_concerns(visibility.find_patient(session, by, patient_id).id))
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


def _concerns(patient_id: UUID) -> ColumnElement[bool]:
    """Return the condition that an act concerns a patient or showed the patient in a list."""
    return or_(AuditRow.patient_id == patient_id, cast(AuditRow.detail, Text).contains(str(patient_id)))
