"""Skips of slots of a patient's plan, and their undoing."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.errors import SlotSettled, UnknownSlot
from api.domain.plans.due_slots import Slot, SlotState
from api.domain.reminders import REASSESSMENT, ClosedReason
from api.models.patient import Patient
from api.models.plan import PlanSkip, PlanSkipUndone
from api.models.reminder import Reminder
from api.services import audit
from api.services.plans.slots import plan_status
from api.services.reminders import close


def skip(
    session: Session, by: Principal, patient: Patient, slot_id: str, *, reason: str, now: datetime
) -> tuple[Slot, bool]:
    """Skip one slot of a patient, whose row the caller has locked; a repeat changes nothing.

    Returns:
        The present slot, and whether something was written.

    Raises:
        UnknownSlot: The plan has no such slot.
        SlotSettled: It is done, or was skipped for another reason.
    """
    slot = _find(plan_status(session, patient, now=now).slots, slot_id)
    if slot.state is SlotState.SKIPPED and slot.reason == reason:
        return slot, False
    if slot.state in {SlotState.DONE, SlotState.SKIPPED}:
        raise SlotSettled(f"{slot.id} is {slot.state} already")
    skipped = {"id": uuid4(), "patient_id": patient.id, "what": slot.task, "due_on": slot.window.due_on}
    skipped |= {"reason": reason, "skipped_by": by.id, "skipped_at": now}
    if not insert_once(session, PlanSkip, values=[skipped]):
        raise SlotSettled(f"{slot.id} was skipped already")
    audit.record(session, "plan.skipped", by=by, now=now, patient_id=patient.id, detail={"slot": slot.id})
    if patient.is_prompted:
        close.close_done(session, patient.id, has_responded=False, now=now)
    return _find(plan_status(session, patient, now=now).slots, slot_id), True


def undo_skip(session: Session, by: Principal, patient: Patient, slot_id: str, *, now: datetime) -> Slot:
    """Undo the skip of one slot of a patient, whose row the caller has locked.

    The skip is kept as undone, and the patient is prompted again, as if for the first time. A repeat
    changes nothing.

    Returns:
        The present slot.

    Raises:
        UnknownSlot: The plan has no such slot.
    """
    slot = _find(plan_status(session, patient, now=now).slots, slot_id)
    window = slot.window
    of_task = select(PlanSkip).where(PlanSkip.patient_id == patient.id, PlanSkip.what == slot.task)
    found = session.scalars(of_task.where(PlanSkip.due_on.between(window.opens_on, window.closes_on))).all()
    if not found:
        return slot
    for skipped in found:
        said = {column.key: getattr(skipped, column.key) for column in PlanSkip.__table__.c}
        session.add(PlanSkipUndone(**said, undone_by=by.id, undone_at=now))
        session.delete(skipped)
    session.flush()
    # Without a reminder that the skip had closed, the next reminder check creates it.
    session.execute(
        update(Reminder)
        .where(Reminder.patient_id == patient.id, Reminder.purpose == REASSESSMENT, Reminder.slot == slot.id)
        .where(Reminder.closed_because == ClosedReason.SKIPPED)
        .values(closed_at=None, closed_because=None, step=None, asked_on=None, stepped_on=None)
    )
    audit.record(session, "plan.skip_undone", by=by, now=now, patient_id=patient.id, detail={"slot": slot.id})
    return _find(plan_status(session, patient, now=now).slots, slot_id)


def _find(slots: Iterable[Slot], slot_id: str) -> Slot:
    found = next((slot for slot in slots if slot.id == slot_id), None)
    if found is None:
        known = "the plan has no such slot; GET the plan lists its slots"
        raise UnknownSlot(known, {"slot": "not a slot of the plan"})
    return found
