"""Patients listed beside the alerts, because they may be missing among them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, select, union
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.assessments.assessment import AssessmentStatus
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.models.assessment import AssessmentRow
from api.models.entry import RejectedEntry
from api.models.patient import Patient, Trajectory
from api.models.reminder import Reminder
from api.services.access.visibility import visible_to
from api.services.reminders import unreachable
from api.services.scoring import rejected_items
from api.services.scoring.unscored import NOT_SCORED

MOST = 100
"""Most patients in each of these lists; a section tells how many there are."""


@dataclass(frozen=True, slots=True)
class UnreachablePatient:
    """A patient who has sent nothing since the prompts for a check-in, and the reason in words."""

    id: UUID
    reference: str
    name: str
    unanswered_since: date
    """Local date of the first prompt without an answer."""
    reason: str


@dataclass(frozen=True, slots=True)
class RejectedItemsTask:
    """A patient with rejected items that are not reviewed yet."""

    id: UUID
    reference: str
    name: str
    count: int
    newest_at: datetime


@dataclass(frozen=True, slots=True)
class BesideSection:
    """The first patients of a list, and the number of all of them."""

    items: Sequence[Patient | UnreachablePatient | RejectedItemsTask]
    count: int


def not_scored(session: Session, by: Principal) -> list[Patient]:
    """Return the patients with entries that could not be scored; they may be missing on the list."""
    return list(session.scalars(_not_scored(by).order_by(Patient.reference).limit(MOST)))


def unreachable_patients(session: Session, by: Principal) -> list[UnreachablePatient]:
    """Return the patients who were asked and reminded and have sent nothing, the longest first."""
    query = _unreachable(by).with_only_columns(Patient, Reminder)
    found: dict[UUID, UnreachablePatient] = {}
    for patient, reminder in session.execute(
        query.order_by(Reminder.asked_on, Patient.reference).limit(MOST)
    ):
        since = reminder.asked_on or reminder.due_at.date()
        said = UnreachablePatient(
            patient.id,
            patient.reference,
            patient.name,
            since,
            unreachable.unreachable_reason(since, reminder.times),
        )
        found.setdefault(patient.id, said)
    return list(found.values())


def signed_out(session: Session, by: Principal) -> list[Patient]:
    """Return the monitored patients without a device who did not sign out themselves, longest first."""
    longest_first = (Patient.signed_out_at, Patient.reference)
    return list(session.scalars(_signed_out(by).order_by(*longest_first).limit(MOST)))


def with_rejected_items(session: Session, by: Principal) -> list[RejectedItemsTask]:
    """Return the patients with rejected items that are not reviewed yet, newest first."""
    newest = func.max(RejectedEntry.received_at, type_=UtcDateTime)
    query = (
        _with_rejected_items(by)
        .with_only_columns(Patient.id, Patient.reference, Patient.name, func.sum(RejectedEntry.count), newest)
        .group_by(Patient.id, Patient.reference, Patient.name)
        .order_by(newest.desc(), Patient.reference)
        .limit(MOST)
    )
    return [RejectedItemsTask(*row) for row in session.execute(query)]


LISTS: Mapping[
    str, Callable[[Session, Principal], Sequence[Patient | UnreachablePatient | RejectedItemsTask]]
] = {
    "not_scored": not_scored,
    "unheard_from": unreachable_patients,
    "signed_out": signed_out,
    "rejected_entries": with_rejected_items,
}
"""The lists by name."""


def sections(session: Session, by: Principal) -> dict[str, BesideSection]:
    """Return every list by name, with the number of its patients."""
    return {name: _section(session, by, name) for name in LISTS}


def _section(session: Session, by: Principal, name: str) -> BesideSection:
    items = LISTS[name](session, by)
    everybody = _QUERIES[name](by).with_only_columns(func.count(Patient.id.distinct()))
    return BesideSection(items, session.scalar(everybody) or 0 if items else 0)


def _not_scored(by: Principal) -> Select[Patient]:
    diaries = select(Trajectory.patient_id).where(Trajectory.status == NOT_SCORED)
    unscored = (AssessmentRow.scorer.is_(None), AssessmentRow.status == AssessmentStatus.COMPLETE)
    questionnaires = select(AssessmentRow.patient_id).where(*unscored)
    return visible_to(by).where(Patient.id.in_(union(diaries, questionnaires)))


def _unreachable(by: Principal) -> Select[Patient]:
    reminded = visible_to(by).join(Reminder, Reminder.patient_id == Patient.id)
    return reminded.where(*unreachable.UNANSWERED, unreachable.is_unreachable())


def _signed_out(by: Principal) -> Select[Patient]:
    return visible_to(by).where(Patient.signed_out_at.is_not(None), Patient.status == PatientStatus.ACTIVE)


def _with_rejected_items(by: Principal) -> Select[Patient]:
    rejecting = visible_to(by).join(RejectedEntry, RejectedEntry.patient_id == Patient.id)
    return rejecting.where(rejected_items.IS_UNREVIEWED)


_QUERIES: Mapping[str, Callable[[Principal], Select[Patient]]] = {
    "not_scored": _not_scored,
    "unheard_from": _unreachable,
    "signed_out": _signed_out,
    "rejected_entries": _with_rejected_items,
}
