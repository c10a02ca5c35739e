"""Patients visible to a caller; every query for a patient starts here."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import UnknownPatient
from api.models.patient import Patient
from api.services import audit


def visible_to(principal: Principal) -> Select[Patient]:
    """Return the query for the patients a caller may see."""
    of_site = select(Patient).where(Patient.site_id == principal.site_id)
    if principal.is_for_patient:
        return of_site.where(Patient.id == principal.id)
    if principal.team_id is not None:
        return of_site.where(Patient.team_id == principal.team_id)
    return of_site


def find_patient(session: Session, by: Principal, patient_id: UUID, *, to_change: bool = False) -> Patient:
    """Return one patient the caller may see; ``to_change`` locks the row until the commit.

    Raises:
        UnknownPatient: There is no such patient, or the caller may not see them.
    """
    wanted = visible_to(by).where(Patient.id == patient_id)
    patient = session.scalar(wanted.with_for_update(key_share=True) if to_change else wanted)
    if patient is None:
        raise UnknownPatient("there is no such patient")
    audit.note_access(patient.id)
    return patient
