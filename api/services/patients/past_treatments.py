"""History of a patient's treatments: the present one is in the patient's row, those before have rows."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.domain.diary.treatments import (
    MAX_TREATMENTS,
    StopReason,
    Treatment,
    check_treatments,
    ended_by_switch,
    is_switch,
)
from api.domain.enrolment import AromataseInhibitor
from api.domain.errors import InvalidTreatments
from api.models.patient import Patient
from api.models.treatment import PastTreatment


def treatments_of(session: Session, patient: Patient) -> list[Treatment]:
    """Return a patient's treatments in the order of time, the present one last; none if unknown."""
    present = present_treatment(patient)
    return [*_past(session, patient.id), *([present] if present.is_known else [])]


def present_treatment(patient: Patient) -> Treatment:
    """Return the treatment that a patient's row holds."""
    return _treatment(patient.ai, patient.ai_started_on, patient.ai_stopped_on, patient.ai_why_stopped)


def replace_past(session: Session, patient_id: UUID, treatments: Sequence[Treatment]) -> bool:
    """Replace the treatments before the present one; return whether that changed anything."""
    if _past(session, patient_id) == list(treatments):
        return False
    session.execute(delete(PastTreatment).where(PastTreatment.patient_id == patient_id))
    session.add_all([_row(patient_id, number, each) for number, each in enumerate(treatments)])
    session.flush()
    return True


def keep_what_a_switch_ends(session: Session, patient: Patient, before: Treatment) -> None:
    """Keep the treatment ``before`` a change of the patient's row, where the change is a switch."""
    after = present_treatment(patient)
    if not is_switch(before, after):
        return
    number = session.scalar(
        select(func.count()).select_from(PastTreatment).where(PastTreatment.patient_id == patient.id)
    )
    session.add(_row(patient.id, number or 0, ended_by_switch(before, after)))
    if patient.ai_stopped_on == before.until:
        patient.ai_stopped_on = patient.ai_why_stopped = None


def check_history(session: Session, patient: Patient) -> None:
    """Check a patient's treatments after a change of the present one, as if all of them were set.

    Raises:
        InvalidTreatments: Names the field of the patient that contradicts the treatments before.
    """
    treatments = treatments_of(session, patient)
    if len(treatments) > MAX_TREATMENTS:
        many = f"would be one treatment more than {MAX_TREATMENTS}"
        raise InvalidTreatments(f"ai: {many}", {"ai": many})
    try:
        check_treatments(treatments)
    except InvalidTreatments as error:
        last = f"treatments.{len(treatments) - 1}"
        fields = {f"{last}.from": "ai_started_on", f"{last}.until": "ai_stopped_on"}
        errors = {fields.get(place, "ai"): what for place, what in (error.problems or {}).items()}
        message = "; ".join(f"{name}: {what}" for name, what in errors.items())
        raise InvalidTreatments(message, errors) from error


def _past(session: Session, patient_id: UUID) -> list[Treatment]:
    rows = select(PastTreatment).where(PastTreatment.patient_id == patient_id).order_by(PastTreatment.number)
    return [_treatment(row.ai, row.began_on, row.ended_on, row.why_stopped) for row in session.scalars(rows)]


def _treatment(ai: str | None, since: date | None, until: date | None, why: str | None) -> Treatment:
    drug = None if ai is None else AromataseInhibitor(ai)
    return Treatment(drug, since, until, None if why is None else StopReason(why))


def _row(patient_id: UUID, number: int, treatment: Treatment) -> PastTreatment:
    return PastTreatment(
        patient_id=patient_id,
        number=number,
        ai=treatment.ai,
        began_on=treatment.since,
        ended_on=treatment.until,
        why_stopped=treatment.why_stopped,
    )
