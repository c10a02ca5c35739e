"""Slots of a patient's plan, with their state."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.enrolment import PatientStatus
from api.domain.plans.definition import CHECK_IN
from api.domain.plans.due_slots import Slot, SlotState, derive_slots, plans_since
from api.domain.schedule import local_day, zone_of
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.measurement import MeasurementRow
from api.models.patient import Patient, PatientZone
from api.models.plan import PlanSkip
from api.services.plans.plans import PlanHistory, plan_history

_CLOSED_STATES = frozenset({SlotState.DONE, SlotState.SKIPPED, SlotState.MISSED})
"""States that are shown of a patient who has left monitoring; nothing is due for that patient."""


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A patient's plans and slots at a moment."""

    history: PlanHistory
    started_on: date
    today: date
    slots: list[Slot]


def plan_status(session: Session, patient: Patient, *, now: datetime) -> PlanStatus:
    """Return a patient's plans and slots: six queries, whatever the number of rows.

    Weeks are counted from the first day of the drug, or from enrolment if that is later. The day of
    enrolment is a day of the time zone at enrolment, so that no slot moves when the patient does.
    """
    history = plan_history(session, patient.site_id, patient.id)
    enrolled_on = local_day(patient.enrolled_at, zone_of(_first_zone(session, patient)))
    started_on = max(patient.ai_started_on or enrolled_on, enrolled_on)
    today = local_day(now, zone_of(patient.timezone))
    slots = derive_slots(
        plans_since(history.periods(), enrolled_on),
        started_on,
        done=_completed_tasks(session, patient.id),
        skipped=_skipped_tasks(session, patient.id),
        today=today,
    )
    if patient.status != PatientStatus.ACTIVE:
        slots = [slot for slot in slots if slot.state in _CLOSED_STATES]
    return PlanStatus(history, started_on, today, slots)


def _first_zone(session: Session, patient: Patient) -> str:
    zones = select(PatientZone.timezone).where(PatientZone.patient_id == patient.id)
    return session.scalar(zones.order_by(PatientZone.since).limit(1)) or patient.timezone


def _completed_tasks(session: Session, patient_id: UUID) -> list[tuple[str, date]]:
    """Return completed questionnaires, measurements and entries by task and local day."""
    answered = select(AssessmentRow.instrument, AssessmentRow.local_date).where(
        AssessmentRow.patient_id == patient_id, AssessmentRow.status == AssessmentStatus.COMPLETE
    )
    measured = select(MeasurementRow.kind, MeasurementRow.measured_on).where(
        MeasurementRow.patient_id == patient_id, MeasurementRow.withdrawn.is_(False)
    )
    written = select(EntryRow.local_date).where(
        EntryRow.patient_id == patient_id, EntryRow.withdrawn.is_(False)
    )
    found = [(row[0], row[1]) for query in (answered, measured) for row in session.execute(query.distinct())]
    return found + [(CHECK_IN, day) for day in session.scalars(written.distinct())]


def _skipped_tasks(session: Session, patient_id: UUID) -> list[tuple[str, date, str]]:
    rows = session.execute(
        select(PlanSkip.what, PlanSkip.due_on, PlanSkip.reason).where(PlanSkip.patient_id == patient_id)
    )
    return [(row.what, row.due_on, row.reason) for row in rows]
