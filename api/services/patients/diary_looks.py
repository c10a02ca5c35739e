"""Times at which members of the care team looked at what a patient has sent, from the audit."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.patient_events import NOT_YET_STORED, PatientEventKind
from api.models.audit import LOOKS_AT_DIARY, AuditRow
from api.models.entry import EntryRow, EntryVersion
from api.models.patient import Patient
from api.models.site import Site


def read_times(session: Session, patient_id: UUID, rows: Sequence[EntryRow]) -> Mapping[UUID, datetime]:
    """Return by entry when its present version was first looked at; empty where the site hides this.

    A look is one at the diary, the trajectory or an alert of the patient by a member of staff.

    Args:
        session: The database.
        patient_id: The patient.
        rows: Entries of the patient; a withdrawn one is not looked at.
    """
    here = select(Site.hidden_events).join(Patient, Patient.site_id == Site.id)
    hidden = session.scalar(here.where(Patient.id == patient_id)) or ()
    if PatientEventKind.ENTRY_READ in hidden:
        return {}
    stored = {row.id: row.received_at + NOT_YET_STORED for row in rows if not row.withdrawn}
    stored |= _corrected(
        session, patient_id, [row.id for row in rows if row.id in stored and row.version > 1]
    )
    if not stored:
        return {}
    looks = _looks(session, patient_id, first=min(stored.values()), last=max(stored.values()))
    places = {entry_id: bisect_left(looks, moment) for entry_id, moment in stored.items()}
    return {entry_id: looks[place] for entry_id, place in places.items() if place < len(looks)}


def _corrected(session: Session, patient_id: UUID, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return by entry when its present version was stored."""
    if not ids:
        return {}
    newest = func.max(EntryVersion.superseded_at, type_=UtcDateTime)
    found = session.execute(
        select(EntryVersion.entry_id, newest)
        .where(EntryVersion.patient_id == patient_id, EntryVersion.entry_id.in_(ids))
        .group_by(EntryVersion.entry_id)
    )
    return {entry_id: moment + NOT_YET_STORED for entry_id, moment in found}


def _looks(session: Session, patient_id: UUID, *, first: datetime, last: datetime) -> Sequence[datetime]:
    """Return the moments of the looks from ``first`` up to the first one from ``last`` on, in order."""
    looks = select(AuditRow.at).where(AuditRow.patient_id == patient_id, LOOKS_AT_DIARY)
    end = session.scalar(looks.where(AuditRow.at >= last).order_by(AuditRow.at).limit(1))
    period = looks.where(AuditRow.at >= first)
    if end is not None:
        period = period.where(AuditRow.at <= end)
    return session.scalars(period.order_by(AuditRow.at)).all()
