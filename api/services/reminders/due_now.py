"""Tasks that are due for a patient."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.domain.entries.optional_questions import USUAL_QUESTION, QuestionWording
from api.domain.instruments import registry
from api.domain.plans.definition import TaskKind
from api.domain.plans.due_slots import Slot, SlotState, open_slots
from api.domain.schedule import moment_of, zone_of
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.instruments import wordings
from api.services.plans import slots
from api.services.reminders import extra_check_ins
from api.services.reminders.check_ins import PURPOSE, is_answered

CHECK_IN_DUE_FOR = timedelta(days=7)
"""A check-in is due until the next one is, and for a week at most."""


class DueKind(StrEnum):
    """Kind of task."""

    CHECK_IN = "check_in"
    ASSESSMENT = "assessment"


@dataclass(frozen=True, slots=True)
class DueTask:
    """A task that is due.

    Attributes:
        title: The name of a questionnaire, as patients read it.
        notice: The reason why a questionnaire cannot be shown.
        asked: For a check-in, what its entry says as ``asked``.
        reason: Why it is asked for, where it is not a regular task.
        also_ask: An optional question that comes with it.
    """

    kind: DueKind
    due_at: datetime
    instrument: str | None = None
    slot: str | None = None
    overdue: bool = False
    notice: str | None = None
    asked: str | None = None
    reason: str | None = None
    also_ask: QuestionWording | None = None
    title: str | None = None


def due_check_ins(session: Session, patient: Patient, *, now: datetime) -> list[DueTask]:
    """Return the check-in that is due, until an entry answers it; an extra one before a regular one.

    An entry that answers both is one of the patient's rhythm, which an extra one is not.
    """
    regular = _regular_check_ins(session, patient, now=now)
    extra = extra_check_ins.due_extra_check_in(session, patient, now=now)
    if extra is None:
        return regular
    asked = "prompted" if regular else "burst"
    reason, also_ask = extra_check_ins.REASON, USUAL_QUESTION
    return [DueTask(DueKind.CHECK_IN, extra, asked=asked, reason=reason, also_ask=also_ask)]


def _regular_check_ins(session: Session, patient: Patient, *, now: datetime) -> list[DueTask]:
    newest_reminder = (
        select(Reminder.due_at, Reminder.slot)
        .where(Reminder.patient_id == patient.id, Reminder.purpose == PURPOSE)
        .where(Reminder.due_at <= now, Reminder.due_at > now - CHECK_IN_DUE_FOR)
        .order_by(Reminder.due_at.desc())
        .limit(1)
    )
    newest = session.execute(newest_reminder).one_or_none()
    if newest is not None:
        due_at, slot = newest
        is_done = is_answered(newest_entry_day(session, patient.id), date.fromisoformat(slot))
        return [] if is_done else [DueTask(DueKind.CHECK_IN, due_at, asked="prompted")]
    if patient.check_in_due_at is not None and patient.check_in_due_at <= now:
        due_at = patient.check_in_due_at  # not prompted by the worker yet
        return [DueTask(DueKind.CHECK_IN, due_at, asked="prompted")]
    return []


def due_tasks(session: Session, patient: Patient, *, now: datetime) -> list[DueTask]:
    """Return the check-in and the questionnaires of the plan that are due, oldest first.

    Measurements are not included: the team arranges them.
    """
    check_ins = due_check_ins(session, patient, now=now)
    waiting_slots = open_slots(
        slots.plan_status(session, patient, now=now).slots, frozenset({TaskKind.ASSESSMENT})
    )
    found = check_ins + _questionnaires(session, patient, waiting_slots)
    return sorted(found, key=lambda each: (each.due_at, each.instrument or ""))


def _questionnaires(session: Session, patient: Patient, slots: list[Slot]) -> list[DueTask]:
    zone = zone_of(patient.timezone)
    instruments = [registry.find(slot.task) for slot in slots]
    texts = wordings.texts_of(session, patient.site_id, instruments, language=patient.language)
    return [
        DueTask(
            DueKind.ASSESSMENT,
            moment_of(slot.window.due_on, time(0), zone),
            slot.task,
            slot.id,
            slot.state is SlotState.OVERDUE,
            text.notice,
            title=instrument.title,
        )
        for slot, instrument, text in zip(slots, instruments, texts, strict=True)
    ]


def newest_entry_day(session: Session, patient_id: UUID) -> date | None:
    """Return the newest local date of a patient's entries."""
    return session.scalar(
        select(func.max(EntryRow.local_date)).where(
            EntryRow.patient_id == patient_id, EntryRow.withdrawn.is_(False)
        )
    )
