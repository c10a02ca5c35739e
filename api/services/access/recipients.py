"""Staff who are responsible for a patient and may see the patient."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from api.domain.authority import Role
from api.models.patient import Patient
from api.models.rota import Rota, Shift
from api.models.staff import Staff


@dataclass(frozen=True, slots=True)
class CareTeam:
    """Active staff who may see a patient, by id, and who of them is on call by rota."""

    roles: dict[UUID, Role]
    on_call: dict[str, frozenset[UUID]]

    def of_roles(self, roles: Collection[Role]) -> list[UUID]:
        """Return the members who have one of the roles, by id."""
        return sorted(member for member, role in self.roles.items() if role in roles)

    def on_rota(self, rota: str | None) -> list[UUID]:
        """Return the members on call by a rota, by id; none where the rota has a gap."""
        return sorted(self.on_call.get(rota, ())) if rota is not None else []


def care_team(session: Session, patient_id: UUID, *, rotas: Collection[str] = (), now: datetime) -> CareTeam:
    """Return the active staff who may see a patient: those of the team and those of the whole site.

    One query.

    Args:
        session: The transaction.
        patient_id: The patient.
        rotas: Names of the rotas whose members on call are needed.
        now: The moment the rotas are read for.
    """
    in_team = or_(Staff.team_id.is_(None), Staff.team_id == Patient.team_id)
    members = (
        select(Staff.id, Staff.role, Rota.name)
        .join(Patient, and_(Patient.site_id == Staff.site_id, in_team))
        .outerjoin(Shift, and_(Shift.staff_id == Staff.id, Shift.begins_at <= now, Shift.ends_at > now))
        .outerjoin(Rota, and_(Rota.id == Shift.rota_id, Rota.site_id == Staff.site_id, Rota.name.in_(rotas)))
        .where(Patient.id == patient_id, Staff.active)
    )
    roles: dict[UUID, Role] = {}
    on_call: dict[str, set[UUID]] = {}
    for member, role, rota in session.execute(members):
        roles[member] = Role(role)
        if rota is not None:
            on_call.setdefault(rota, set()).add(member)
    return CareTeam(roles, {rota: frozenset(who) for rota, who in on_call.items()})
