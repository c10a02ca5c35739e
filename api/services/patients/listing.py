"""Lists of patients: filters, orders, search, and how the monitoring of each one goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.db.base import UtcDateTime
from api.domain.alerts.finding import FindingKind
from api.domain.authority import ActorKind, Principal
from api.domain.enrolment import PatientStatus
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.identity import Grant
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.services import audit
from api.services.access.visibility import visible_to
from api.services.care import measurement_history
from api.services.paging import Page, cut, page_by_name
from api.services.reminders import unreachable
from api.services.scoring import rejected_items
from api.services.scoring.trajectories import reporting_of
from api.services.scoring.unscored import NOT_SCORED

MOST_FOUND = 50
LONGEST_SEARCH = 100
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


class PatientOrder(StrEnum):
    """Order of a list of patients; equals are ordered by name."""

    NAME = "name"
    REFERENCE = "reference"
    LAST_ENTRY = "last_entry"  # those without an entry first, then the longest ago
    ENROLLED = "enrolled"  # the longest ago first


@dataclass(frozen=True, slots=True)
class PatientFilter:
    """Filter of a list of patients; never by name, as queries are part of URLs and logs."""

    reference: str | None = None
    status: PatientStatus | None = None
    is_unreachable: bool = False
    is_refused: bool = False
    team_id: UUID | None = None
    is_silent: bool = False
    is_not_scored: bool = False
    is_never_activated: bool = False


@dataclass(frozen=True, slots=True)
class MonitoringSummary:
    """Present state of the monitoring of a patient."""

    last_entry_at: datetime | None
    scoring_status: str
    reporting: str | None
    severity: str | None
    """Severity of the newest score; None: there is none, or it is too old."""
    open_alerts: int
    is_activated: bool
    """True where the patient has ever signed in or sent an entry."""


def list_patients(
    session: Session,
    by: Principal,
    wanted: PatientFilter,
    *,
    cursor: str | None,
    limit: int,
    now: datetime,
    order: PatientOrder = PatientOrder.NAME,
) -> Page[Patient]:
    """Return one page of the patients a caller may see.

    Raises:
        InvalidCursor: The cursor is not of this list.
    """
    found = visible_to(by).where(*_conditions(wanted, now))
    page = page_by_name(
        session, found, of=visible_to(by), cursor=cursor, limit=limit, first_by=_first_by(order)
    )
    count_rejected(session, page.items)
    audit.record_listing(session, "patients.listed", [patient.id for patient in page.items], by=by, now=now)
    return page


def search_patients(session: Session, by: Principal, text: str, *, now: datetime) -> Page[Patient]:
    """Return the first patients whose name or reference contains every word of ``text``, by name.

    The audit tells who was shown, not what was searched for.
    """
    found = visible_to(by).where(*(_contains(word) for word in text.split()))
    rows = session.scalars(found.order_by(func.lower(Patient.name), Patient.id).limit(MOST_FOUND + 1)).all()
    page = cut(rows, limit=MOST_FOUND, cursor_of=lambda _: "")
    count_rejected(session, page.items)
    shown = [patient.id for patient in page.items]
    audit.record_listing(session, "patients.searched", shown, by=by, now=now)
    return page


def count_rejected(session: Session, patients: Sequence[Patient]) -> None:
    """Set the number of rejected items not reviewed yet of each patient."""
    waiting = rejected_items.count_unreviewed_by_patient(session, [patient.id for patient in patients])
    for patient in patients:
        patient.rejected_entries = waiting.get(patient.id, 0)


def summaries(
    session: Session, patients: Sequence[Patient], *, engine: Engine, now: datetime
) -> dict[UUID, MonitoringSummary]:
    """Return how the monitoring of each patient goes, by a fixed number of queries."""
    ids = [patient.id for patient in patients]
    courses = {
        each.patient_id: each
        for each in session.scalars(select(Trajectory).where(Trajectory.patient_id.in_(ids)))
    }
    newest = and_(Trajectory.patient_id == ScoreRow.patient_id, Trajectory.last_day == ScoreRow.local_date)
    scores = select(ScoreRow).join(Trajectory, newest).where(Trajectory.patient_id.in_(ids))
    by_patient = {score.patient_id: score for score in session.scalars(scores)}
    opened = select(Alert.patient_id, func.count()).where(
        Alert.patient_id.in_(ids), Alert.closed_at.is_(None)
    )
    alerts = {row[0]: row[1] for row in session.execute(opened.group_by(Alert.patient_id))}
    signed_in = select(Grant.subject_id).where(Grant.kind == ActorKind.PATIENT, Grant.subject_id.in_(ids))
    activated = set(session.scalars(signed_in.distinct()))
    found: dict[UUID, MonitoringSummary] = {}
    for patient in patients:
        course, score = courses[patient.id], by_patient.get(patient.id)
        pattern = reporting_of(patient, course, engine=engine, now=now)
        today = local_day(now, zone_of(patient.timezone))
        is_present = measurement_history.is_present(score, today, engine)
        found[patient.id] = MonitoringSummary(
            last_entry_at=course.last_entry_at,
            scoring_status=course.status,
            reporting=None if pattern is None else pattern.state,
            severity=score.severity if score is not None and is_present else None,
            open_alerts=alerts.get(patient.id, 0),
            is_activated=patient.id in activated or course.last_entry_at is not None,
        )
    return found


def _conditions(wanted: PatientFilter, now: datetime) -> list[ColumnElement[bool]]:
    signed_in = select(Grant.id).where(Grant.kind == ActorKind.PATIENT, Grant.subject_id == Patient.id)
    has_no_entry = _of_course(Trajectory.last_entry_at.is_(None)).exists()
    conditions = (
        (wanted.status, Patient.status == wanted.status),
        (wanted.team_id, Patient.team_id == wanted.team_id),
        (wanted.is_unreachable, unreachable.is_unreachable()),
        (wanted.is_refused, rejected_items.has_unreviewed(Patient.id)),
        (wanted.is_silent, _is_silent(now)),
        (wanted.is_not_scored, _of_course(Trajectory.status == NOT_SCORED).exists()),
        (wanted.is_never_activated, and_(~signed_in.exists(), has_no_entry)),
        (wanted.reference, _holds(Patient.reference, (wanted.reference or "").lower())),
    )
    return [condition for is_wanted, condition in conditions if is_wanted]


def _is_silent(now: datetime) -> ColumnElement[bool]:
    """Return the condition that the team is or will be told of a patient's silence."""
    silences = select(Alert.id).where(
        Alert.patient_id == Patient.id, Alert.kind == FindingKind.SILENCE, Alert.closed_at.is_(None)
    )
    return or_(silences.exists(), _of_course(Trajectory.silent_from <= now.date()).exists())


def _of_course(condition: ColumnElement[bool]) -> Select[UUID]:
    return select(Trajectory.patient_id).where(Trajectory.patient_id == Patient.id, condition)


def _first_by(order: PatientOrder) -> ColumnElement[Any] | None:
    if order is PatientOrder.REFERENCE:
        return func.lower(Patient.reference)
    if order is PatientOrder.ENROLLED:
        return Patient.enrolled_at.expression
    if order is PatientOrder.LAST_ENTRY:
        last = select(Trajectory.last_entry_at).where(Trajectory.patient_id == Patient.id)
        never = literal(_NEVER, UtcDateTime)
        return func.coalesce(last.scalar_subquery(), never, type_=UtcDateTime)
    return None


def _contains(word: str) -> ColumnElement[bool]:
    """Return the condition that name or reference contains a word.

    SQLite knows small letters of ASCII only, so the usual spellings of other letters are tried too.
    """
    spellings = {word, word.lower(), word.title(), word.upper()}
    as_spelt = [Patient.name.contains(each, autoescape=True) for each in spellings]
    small = word.lower()
    return or_(*as_spelt, _holds(Patient.name, small), _holds(Patient.reference, small))


def _holds(column: InstrumentedAttribute[str], small: str) -> ColumnElement[bool]:
    return func.lower(column).contains(small, autoescape=True)
