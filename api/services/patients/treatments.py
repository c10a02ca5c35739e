"""The treatments of a patient as a whole: set by the team, read by the team and the patient."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.diary.treatments import Treatment, check_treatments
from api.models.patient import Patient
from api.models.site import Site
from api.services import audit
from api.services.patients import enrolment
from api.services.patients.past_treatments import present_treatment, replace_past, treatments_of


def set_treatments(
    session: Session, by: Principal, patient: Patient, treatments: Sequence[Treatment], *, now: datetime
) -> bool:
    """Set a patient's treatments, the present one last; the same again changes nothing.

    Args:
        session: The transaction.
        by: The member of staff.
        patient: The patient, whose row the caller has locked and whose version it has checked.
        treatments: The treatments in the order of time.
        now: The present moment.

    Returns:
        Whether scores must be worked out again: the drug or its first day has changed.

    Raises:
        InvalidTreatments: They contradict each other.
    """
    check_treatments(treatments)
    present = treatments[-1] if treatments else Treatment()
    before = present_treatment(patient)
    if replace_past(session, patient.id, treatments[:-1]):
        patient.version += 1
        session.flush()
        detail = {"treatments": len(treatments)}
        audit.record(session, "treatments.set", by=by, now=now, patient_id=patient.id, detail=detail)
    row = {
        "ai": present.ai,
        "ai_started_on": present.since,
        "ai_stopped_on": present.until,
        "ai_why_stopped": present.why_stopped,
    }
    enrolment.change(session, by, patient, row, now=now, is_whole_history=True)
    return (before.ai, before.since) != (present.ai, present.since)


def own_treatments(session: Session, patient_id: UUID) -> list[Treatment] | None:
    """Return a patient's treatments for the patient's eyes; None where the site does not show them."""
    patient = session.get_one(Patient, patient_id)
    if not session.get_one(Site, patient.site_id).shows_treatments:
        return None
    return treatments_of(session, patient)
