"""What a patient is asked to do now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models.entry import EntryRow
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.check_ins import FRESH_DAYS, PURPOSE

ASKED_FOR = timedelta(days=7)
"""A check-in is due until the next one is; after a week nobody asks for the old one."""


class DueKind(StrEnum):
    """What can be due."""

    CHECK_IN = "check_in"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due, and since when."""

    kind: DueKind
    due_at: datetime


def due_for(session: Session, patient: Patient, *, now: datetime) -> list[Due]:
    """Return what is due, oldest first: at present her check-in, until an entry answers it."""
    asked = (
        select(Reminder.due_at, Reminder.slot)
        .where(Reminder.patient_id == patient.id, Reminder.purpose == PURPOSE)
        .where(Reminder.due_at <= now, Reminder.due_at > now - ASKED_FOR)
        .order_by(Reminder.due_at.desc())
        .limit(1)
    )
    newest = session.execute(asked).one_or_none()
    if newest is not None:
        due_at, slot = newest
        return [] if _has_answered(session, patient, slot) else [Due(DueKind.CHECK_IN, due_at)]
    if patient.check_in_due_at is not None and patient.check_in_due_at <= now:
        return [Due(DueKind.CHECK_IN, patient.check_in_due_at)]  # the worker has not asked yet
    return []


def _has_answered(session: Session, patient: Patient, slot: str) -> bool:
    """Say whether she wrote about the day she was asked, one of the two before, or any later one."""
    newest = session.scalar(
        select(func.max(EntryRow.local_date)).where(
            EntryRow.patient_id == patient.id, EntryRow.withdrawn.is_(False)
        )
    )
    return newest is not None and newest > date.fromisoformat(slot) - timedelta(days=FRESH_DAYS)
