"""What is due for a patient by her plan, and what of it is skipped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.assessment import AssessmentStatus
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import SlotSettled, UnknownSlot
from api.domain.plans.definition import CHECK_IN
from api.domain.plans.slots import Slot, SlotState, due, since
from api.domain.reminding import Closed
from api.domain.schedule import local_day, zone_of
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.measurement import MeasurementRow
from api.models.patient import Patient, PatientZone
from api.models.plan import PlanSkip, PlanSkipUndone
from api.models.reminder import Reminder
from api.services import audit
from api.services.care.plans import Settings, settings_of
from api.services.reminding import answered
from api.services.reminding.looking import REASSESSMENT

_PASSED = frozenset({SlotState.DONE, SlotState.SKIPPED, SlotState.MISSED})
"""What is shown of a patient who has left monitoring: nothing is due for her."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A patient's plan and slots at a moment."""

    settings: Settings
    started_on: date
    today: date
    slots: list[Slot]


def standing_of(session: Session, patient: Patient, *, now: datetime) -> Standing:
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
    return Standing(settings, started_on, today, slots)


def skip(
    session: Session, by: Principal, patient: Patient, slot_id: str, *, reason: str, now: datetime
) -> tuple[Slot, bool]:
    """Skip one slot of a patient, whose row the caller has locked; the same again changes nothing.

    Returns:
        The slot as it stands now, and whether something was written.

    Raises:
        UnknownSlot: Her plan has no such slot.
        SlotSettled: It is done, or was skipped for another reason.
    """
    slot = _find(standing_of(session, patient, now=now).slots, slot_id)
    if slot.state is SlotState.SKIPPED and slot.reason == reason:
        return slot, False
    if slot.state in {SlotState.DONE, SlotState.SKIPPED}:
        raise SlotSettled(f"{slot.id} is {slot.state} already")
    values = {
        "id": uuid4(),
        "patient_id": patient.id,
        "what": slot.what,
        "due_on": slot.window.due_on,
        "reason": reason,
        "skipped_by": by.id,
        "skipped_at": now,
    }
    if not insert_once(session, PlanSkip, values=[values]):
        raise SlotSettled(f"{slot.id} was skipped already")
    audit.record(session, "plan.skipped", by=by, now=now, patient_id=patient.id, detail={"slot": slot.id})
    if patient.is_prompted:
        answered.settle(session, patient.id, is_heard=False, now=now)
    return _find(standing_of(session, patient, now=now).slots, slot_id), True


def undo_skip(session: Session, by: Principal, patient: Patient, slot_id: str, *, now: datetime) -> Slot:
    """Take back the skip of one slot of a patient, whose row the caller has locked.

    What it said is kept; she is asked again, as if for the first time. Where nothing is skipped nothing
    changes, so that a retry is safe.

    Returns:
        The slot as it stands now.

    Raises:
        UnknownSlot: Her plan has no such slot.
    """
    slot = _find(standing_of(session, patient, now=now).slots, slot_id)
    window = slot.window
    hers = select(PlanSkip).where(PlanSkip.patient_id == patient.id, PlanSkip.what == slot.what)
    found = session.scalars(hers.where(PlanSkip.due_on.between(window.opens_on, window.closes_on))).all()
    if not found:
        return slot
    kept = ("id", "patient_id", "what", "due_on", "reason", "skipped_by", "skipped_at")
    for skipped in found:
        said = {name: getattr(skipped, name) for name in kept}
        session.add(PlanSkipUndone(**said, undone_by=by.id, undone_at=now))
        session.delete(skipped)
    session.flush()
    _ask_again(session, patient, slot)
    audit.record(session, "plan.skip_undone", by=by, now=now, patient_id=patient.id, detail={"slot": slot.id})
    return _find(standing_of(session, patient, now=now).slots, slot_id)


def _ask_again(session: Session, patient: Patient, slot: Slot) -> None:
    """Open the reminder that the skip had closed; where she was not asked yet, the next look makes one."""
    session.execute(
        update(Reminder)
        .where(Reminder.patient_id == patient.id, Reminder.purpose == REASSESSMENT, Reminder.slot == slot.id)
        .where(Reminder.closed_because == Closed.SKIPPED)
        .values(closed_at=None, closed_because=None, step=None, asked_on=None, stepped_on=None)
    )


def _find(slots: Iterable[Slot], slot_id: str) -> Slot:
    found = next((slot for slot in slots if slot.id == slot_id), None)
    if found is None:
        known = "her plan has no such slot; GET the plan lists those there are"
        raise UnknownSlot(known, {"slot": "not a slot of her plan"})
    return found


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
