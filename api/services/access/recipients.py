"""Staff who are responsible for a patient and may see the patient."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from api.domain.authority import Role
from api.models.patient import Patient
from api.models.staff import Staff


def staff_of(session: Session, patient_id: UUID, roles: frozenset[Role]) -> list[UUID]:
    """Return the active staff of these roles who may see the patient: her team's, and the site's."""
    members = select(Staff.id).where(Staff.active, Staff.role.in_(sorted(roles)))
    return list(session.scalars(members.where(*_may_see(session, patient_id)).order_by(Staff.id)))


def _may_see(session: Session, patient_id: UUID) -> tuple[ColumnElement[bool], ...]:
    patient = session.get_one(Patient, patient_id)
    in_team = or_(Staff.team_id.is_(None), Staff.team_id == patient.team_id)
    return Staff.site_id == patient.site_id, in_team
