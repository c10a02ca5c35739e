"""Reminders triggered by a scheduler, and the list of reminders with their delivery."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Uuid, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.db.bulk import insert_once
from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.domain.delivery.messages import LIFETIME, REMINDERS, MessageKind, MessageState
from api.domain.enrolment import PatientStatus
from api.domain.errors import PatientNotActive
from api.domain.reminders import ReminderStep
from api.domain.schedule import local_day, next_allowed, next_at, zone_of
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services import audit
from api.services.access.visibility import find_patient, visible_to
from api.services.messages import outbox
from api.services.paging import Page, cut
from api.services.reminders import check_ins
from api.services.reminders.send_due import topic_of

DEFAULT_PERIOD = timedelta(days=7)
"""Default period of the list of reminders."""


class Delivery(StrEnum):
    """Delivery of a reminder, over all devices of the patient."""

    PLANNED = "planned"  # a check-in that is not due yet
    WAITING = "waiting"
    DELIVERED = "delivered"  # to one device at least
    UNDELIVERED = "undelivered"  # no device could be reached: a person must call
    CANCELLED = "cancelled"
    REHEARSED = "rehearsed"  # a dry run: nothing was sent


_DELIVERY_BY_STATE = {
    MessageState.DELIVERED: Delivery.DELIVERED,
    MessageState.PENDING: Delivery.WAITING,
    MessageState.REHEARSED: Delivery.REHEARSED,
    MessageState.DEAD: Delivery.UNDELIVERED,
}
"""Delivery by the states of a reminder's messages; the first state that one of them has counts."""


@dataclass(frozen=True, slots=True)
class ReminderStatus:
    """One reminder, triggered or planned, and its delivery."""

    id: UUID | None
    patient_id: UUID
    purpose: str
    slot: str | None
    due_at: datetime
    created_at: datetime | None
    delivery: Delivery


def trigger(
    session: Session, principal: Principal, *, patient_id: UUID, purpose: str, slot: str, now: datetime
) -> tuple[ReminderStatus, bool]:
    """Remind a patient, once for a purpose and slot; a repeat returns the first reminder.

    The reminder is sent at the patient's time of check-ins, today if that is still ahead, else tomorrow;
    at the end of quiet hours or of a pause if the time is in them. Other tasks due then are in the same
    message.

    Returns:
        The reminder, and whether it is new.

    Raises:
        UnknownPatient: The caller may see no such patient.
        PatientNotActive: The patient has left monitoring.
    """
    patient = find_patient(session, principal, patient_id, to_change=True)
    if patient.status != PatientStatus.ACTIVE:
        raise PatientNotActive("the patient has left monitoring and gets no reminders")
    due_at = _next_prompt(patient, now)
    values = {
        "id": uuid4(),
        "site_id": patient.site_id,
        "patient_id": patient.id,
        "purpose": purpose,
        "slot": slot,
        "due_at": due_at,
        "created_at": now,
        "created_by": principal.id,
        **_first_step(patient, purpose, slot, due_at),
    }
    is_new = insert_once(session, Reminder, values=[values]) > 0
    reminder = session.scalars(
        select(Reminder).filter_by(patient_id=patient.id, purpose=purpose, slot=slot)
    ).one()
    if is_new:
        if reminder.message is not None:
            outbox.post(
                session,
                outbox.Notification(
                    kind=MessageKind(reminder.purpose),
                    site_id=reminder.site_id,
                    purpose=_purpose(reminder),
                    topic_of=topic_of(patient),
                    not_before=reminder.due_at,
                    expires_at=reminder.due_at + LIFETIME[MessageKind.REASSESSMENT],
                    patient_id=reminder.patient_id,
                ),
                recipients=[patient.id],
                now=now,
            )
            patient.is_prompted = True
        audit.record(
            session, "reminder.triggered", by=principal, now=now, patient_id=patient.id, object_id=reminder.id
        )
    return _with_delivery(session, [reminder])[0], is_new


def list_due(
    session: Session,
    principal: Principal,
    *,
    due_before: datetime,
    due_after: datetime,
    now: datetime,
    limit: int,
    cursor: str | None = None,
) -> Page[ReminderStatus]:
    """Return the check-ins that will be due and the reminders there were, soonest first; it is audited.

    Raises:
        InvalidCursor: The cursor was not made by this server.
    """
    seen = visible_to(principal).with_only_columns(Patient.id)
    planned = select(
        Patient.check_in_due_at.label("due_at"), Patient.id.label("key"), literal(True).label("planned")
    ).where(Patient.id.in_(seen), Patient.status == PatientStatus.ACTIVE)
    asked = select(Reminder.due_at, Reminder.id, literal(False)).where(
        Reminder.patient_id.in_(seen), Reminder.site_id == principal.site_id
    )
    rows = union_all(planned, asked).subquery()
    place = tuple_(rows.c.due_at, rows.c.key)
    query = select(rows).where(rows.c.due_at < due_before, rows.c.due_at >= due_after)
    if cursor is not None:
        due_at, key = cursors.decode_as(cursor, cursors.moment, UUID)
        query = query.where(place > tuple_(literal(due_at, UtcDateTime), literal(key, Uuid)))
    found = session.execute(query.order_by(rows.c.due_at, rows.c.key).limit(limit + 1)).all()
    page = cut(found, limit=limit, cursor_of=lambda row: cursors.encode(row.due_at.isoformat(), str(row.key)))
    shown = Page(_in_order(session, page.items), page.next)
    audit.record_listing(
        session, "reminders.read", [due.patient_id for due in shown.items], by=principal, now=now
    )
    return shown


def _in_order(session: Session, found: Sequence[Any]) -> list[ReminderStatus]:
    ids = [row.key for row in found if not row.planned]
    reminders = session.scalars(select(Reminder).where(Reminder.id.in_(ids))).all()
    asked = {due.id: due for due in _with_delivery(session, reminders)}
    return [
        ReminderStatus(None, row.key, check_ins.PURPOSE, None, row.due_at, None, Delivery.PLANNED)
        if row.planned
        else asked[row.key]
        for row in found
    ]


def _with_delivery(session: Session, reminders: Sequence[Reminder]) -> list[ReminderStatus]:
    if not reminders:
        return []
    states: dict[str, set[str]] = {}
    messages = session.execute(
        select(OutboxMessage.dedupe_key, OutboxMessage.state).where(
            OutboxMessage.patient_id.in_({reminder.patient_id for reminder in reminders}),
            OutboxMessage.created_at >= min(reminder.created_at for reminder in reminders),
            OutboxMessage.kind.in_(REMINDERS),
        )
    )
    for key, state in messages:
        states.setdefault(key.rpartition(":")[0], set()).add(state)
    return [
        ReminderStatus(
            reminder.id,
            reminder.patient_id,
            reminder.purpose,
            reminder.slot,
            reminder.due_at,
            reminder.created_at,
            _delivery(reminder, states),
        )
        for reminder in reminders
    ]


def _delivery(reminder: Reminder, states_by_message: dict[str, set[str]]) -> Delivery:
    """Return the delivery of the last message of a reminder."""
    states = states_by_message.get(f"{reminder.message or _purpose(reminder)}:{reminder.patient_id}", set())
    if reminder.step is None and reminder.closed_at is None:
        return Delivery.WAITING  # until the prompt time of the patient
    if reminder.step == ReminderStep.UNREACHABLE and reminder.times == 0:
        return Delivery.UNDELIVERED  # the team asks by telephone
    return next((found for state, found in _DELIVERY_BY_STATE.items() if state in states), Delivery.CANCELLED)


def _purpose(reminder: Reminder) -> str:
    return f"{reminder.purpose}:{reminder.patient_id}:{reminder.slot}"


def _next_prompt(patient: Patient, now: datetime) -> datetime:
    zone = zone_of(patient.timezone)
    resumes = check_ins.pause_ends_at(patient)
    if resumes is not None and resumes > now:
        return resumes
    return next_allowed(next_at(patient.check_in_at, zone, after=now), check_ins.quiet_hours(patient), zone)


def _first_step(patient: Patient, purpose: str, slot: str, due_at: datetime) -> dict[str, Any]:
    """Return the step of a new reminder: none, unless no reminder check of the patient is planned."""
    if patient.next_reminder_check_at is not None:
        return {"step": None, "asked_on": None, "stepped_on": None, "times": 0, "message": None}
    day = local_day(due_at, zone_of(patient.timezone))
    message = f"{purpose}:{patient.id}:{slot}"
    return {"step": ReminderStep.PROMPTED, "asked_on": day, "stepped_on": day, "times": 1, "message": message}
