"""What is due for a patient by her plan, and what of it is skipped."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.domain.enrolment import PatientStatus
from api.domain.plans.definition import CHECK_IN
from api.domain.plans.due_slots import Slot, SlotState, due, since
from api.domain.schedule import local_day, zone_of
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.measurement import MeasurementRow
from api.models.patient import Patient, PatientZone
from api.models.plan import PlanSkip
from api.services.plans.plans import PlanHistory, settings_of

_PASSED = frozenset({SlotState.DONE, SlotState.SKIPPED, SlotState.MISSED})
"""What is shown of a patient who has left monitoring: nothing is due for her."""


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A patient's plan and slots at a moment."""

    settings: PlanHistory
    started_on: date
    today: date
    slots: list[Slot]


def standing_of(session: Session, patient: Patient, *, now: datetime) -> PlanStatus:
    """Return a patient's plan, and what is done and due by it: six queries, however much there is.

    Weeks count from the drug's first day, or from enrolment if that is later. The day of enrolment is
    that of the zone she then lived in: wherever she moves, no slot moves with her.
    """
    settings = settings_of(session, patient.site_id, patient.id)
    enrolled_on = local_day(patient.enrolled_at, zone_of(_first_zone(session, patient)))
    started_on = max(patient.ai_started_on or enrolled_on, enrolled_on)
    today = local_day(now, zone_of(patient.timezone))
    slots = due(
        since(settings.history(), enrolled_on),
        started_on,
        done=_done(session, patient.id),
        skipped=_skipped(session, patient.id),
        today=today,
    )
    if patient.status != PatientStatus.ACTIVE:
        slots = [slot for slot in slots if slot.state in _PASSED]
    return PlanStatus(settings, started_on, today, slots)


def _first_zone(session: Session, patient: Patient) -> str:
    zones = select(PatientZone.timezone).where(PatientZone.patient_id == patient.id)
    return session.scalar(zones.order_by(PatientZone.since).limit(1)) or patient.timezone


def _done(session: Session, patient_id: UUID) -> list[tuple[str, date]]:
    """Return what was done on which local day: completed questionnaires, measurements, entries."""
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


def _skipped(session: Session, patient_id: UUID) -> list[tuple[str, date, str]]:
    rows = session.execute(
        select(PlanSkip.what, PlanSkip.due_on, PlanSkip.reason).where(PlanSkip.patient_id == patient_id)
    )
    return [(row.what, row.due_on, row.reason) for row in rows]
