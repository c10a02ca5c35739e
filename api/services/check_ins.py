"""The weekly check-in: when it is due, and the message that asks for it."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.enrolment import PatientStatus
from api.domain.messages import MessageKind
from api.domain.schedule import CheckIns, Quiet, local_day, next_allowed, next_check_in, zone_of
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services import outbox

log = logging.getLogger(__name__)

PURPOSE = "check_in"
KEPT_FOR = timedelta(days=2)
"""How long a reminder is still worth showing on a phone that was switched off."""

TRIED_AGAIN_AFTER = timedelta(hours=1)
"""How long a patient waits who could not be planned: behind those who can be."""

FRESH_DAYS = 3
"""Who wrote an entry today or on the two days before is not asked for one."""


def plan_of(patient: Patient) -> CheckIns:
    """Return a patient's check-in plan: weeks count from the drug's first day, else from enrolment."""
    zone = zone_of(patient.timezone)
    enrolled_on = local_day(patient.enrolled_at, zone)
    started_on = max(patient.ai_started_on or enrolled_on, enrolled_on)  # weekly at first for everybody
    return CheckIns(patient.check_in_weekday, patient.check_in_at, zone, started_on)


def quiet_of(patient: Patient) -> Quiet:
    """Return the hours in which a patient is not disturbed."""
    return Quiet(patient.quiet_from, patient.quiet_until)


def first_check_in(patient: Patient, *, now: datetime) -> datetime:
    """Return when a patient's next check-in is due: at enrolment, and when zone, day or time change."""
    return next_check_in(plan_of(patient), after=now)


def plan_check_ins(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Turn check-ins that have come due into messages; two schedulers at once plan none twice.

    However long nobody planned, a patient is asked once, and not in her quiet hours; her next
    check-in is the first that lies ahead. Who has written in the last days is not asked. A patient
    who cannot be planned is tried again in an hour, and keeps nobody else from being asked.

    Returns:
        How many patients were looked at; as many as ``limit`` means that more may wait.
    """
    due = (
        select(Patient)
        .where(Patient.check_in_due_at <= now)
        .order_by(Patient.check_in_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    patients = session.scalars(due).all()
    newest = _newest_days(session, [patient.id for patient in patients], now)
    for patient in patients:
        try:
            with session.begin_nested():
                _plan(session, patient, newest.get(patient.id), now)
        except Exception:  # such as a zone this machine does not know
            log.exception("check-in not planned", extra={"patient_id": patient.id})
            patient.check_in_due_at = now + TRIED_AGAIN_AFTER
    session.flush()
    return len(patients)


def _plan(session: Session, patient: Patient, newest: date | None, now: datetime) -> None:
    if patient.status != PatientStatus.ACTIVE:
        patient.check_in_due_at = None
        return
    patient.check_in_due_at = first_check_in(patient, now=now)
    if not _is_fresh(patient, newest, now):
        _ask(session, patient, now)


def _newest_days(session: Session, patient_ids: Sequence[UUID], now: datetime) -> dict[UUID, date]:
    """Return the newest local day each patient wrote about, among the last few days."""
    rows = session.execute(
        select(EntryRow.patient_id, func.max(EntryRow.local_date))
        .where(EntryRow.patient_id.in_(patient_ids), EntryRow.withdrawn.is_(False))
        .where(EntryRow.local_date >= now.date() - timedelta(days=FRESH_DAYS + 1))
        .group_by(EntryRow.patient_id)
    )
    return {row[0]: row[1] for row in rows}


def _is_fresh(patient: Patient, newest: date | None, now: datetime) -> bool:
    today = local_day(now, zone_of(patient.timezone))
    return newest is not None and newest > today - timedelta(days=FRESH_DAYS)


def _ask(session: Session, patient: Patient, now: datetime) -> None:
    zone = zone_of(patient.timezone)
    slot = local_day(now, zone).isoformat()
    due_at = next_allowed(now, quiet_of(patient), zone)
    values = {
        "id": uuid4(),
        "site_id": patient.site_id,
        "patient_id": patient.id,
        "purpose": PURPOSE,
        "slot": slot,
        "due_at": due_at,
        "created_at": now,
    }
    if not insert_once(session, Reminder, values=[values]):
        return  # asked today already: her time or zone was changed since
    notice = outbox.Notice(
        kind=MessageKind.CHECK_IN,
        site_id=patient.site_id,
        purpose=f"{PURPOSE}:{patient.id}:{slot}",
        topic_of=f"{PURPOSE}:{patient.id}",
        not_before=due_at,
        expires_at=due_at + KEPT_FOR,
        patient_id=patient.id,
    )
    outbox.post(session, notice, recipients=[patient.id], now=now)
