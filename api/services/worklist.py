"""The worklist: which alerts wait, worst first, with what a nurse needs to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor
from api.domain.alerts.finding import Tier
from api.domain.alerts.status import CLOSED, AlertStatus
from api.domain.assessments.assessment import AssessmentStatus
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.models.alert import Alert, AlertEvent, Evidence
from api.models.assessment import AssessmentRow
from api.models.entry import RejectedEntry
from api.models.patient import Patient, Trajectory
from api.models.reminder import Reminder
from api.models.score import ScoreRow
from api.services.access.visibility import visible_to
from api.services.alerts import budget
from api.services.organisation import directory
from api.services.reminders import unreachable
from api.services.scoring import rejected_items
from api.services.scoring.unscored import NOT_SCORED

MOST_NOT_SCORED = MOST_UNHEARD = MOST_SIGNED_OUT = MOST_REFUSED = 100

WAITING = (AlertStatus.OPEN, AlertStatus.ACKNOWLEDGED)
"""Statuses shown by default; a snoozed alert opens again by itself."""


@dataclass(slots=True)
class AlertDetail:
    """An alert with its patient, their trajectory, and its evidence and events."""

    alert: Alert
    patient: Patient
    trajectory: Trajectory
    score: ScoreRow | None = None
    held_back: budget.HeldBack | None = None
    evidence: list[Evidence] = field(default_factory=list)
    events: Sequence[AlertEvent] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    """Names of the staff it is assigned to, who answered it, and of its events."""


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


@dataclass(slots=True)
class WorklistPage:
    """One page of the worklist, and the cursor of the next."""

    cases: list[AlertDetail]
    next: str | None


def worklist(
    session: Session,
    by: Principal,
    *,
    statuses: Sequence[AlertStatus] = WAITING,
    tier: Tier | None = None,
    patient_id: UUID | None = None,
    after: str | None = None,
    limit: int = 50,
) -> WorklistPage:
    """Return alerts, worst first: by urgency and kind, then by waiting time, longest first.

    Alerts held back by the alert budget come after those the team was notified of.

    Raises:
        InvalidCursor: ``after`` was not made by this server.
    """
    query = _visible_alerts(by).where(Alert.status.in_(statuses))
    if CLOSED.isdisjoint(statuses):
        query = query.where(Alert.closed_at.is_(None))  # the index covers open alerts only
    named = {"tier": tier, "patient_id": patient_id}
    query = query.filter_by(**{name: value for name, value in named.items() if value is not None})
    if after is not None:
        query = query.where(_beyond(after))
    worst_first = (budget.WORKLIST_RANK, Alert.priority.desc(), Alert.opened_at, Alert.id)
    ids = list(session.scalars(query.order_by(*worst_first).limit(limit + 1)))
    more, ids = len(ids) > limit, ids[:limit]
    cases = _cases(session, ids)
    _complete(session, cases)
    return WorklistPage(cases, _place_of(cases[-1].alert) if more else None)


def alert_detail(session: Session, alert: Alert) -> AlertDetail:
    """Return one alert as the worklist shows it, with its whole history."""
    patient = session.get_one(Patient, alert.patient_id)
    case = AlertDetail(alert, patient, session.get_one(Trajectory, patient.id))
    _complete(session, [case])
    events = select(AlertEvent).where(AlertEvent.alert_id == alert.id)
    case.events = session.scalars(events.order_by(AlertEvent.at, AlertEvent.id)).all()
    people = [who for event in case.events for who in (event.staff_id, event.assigned_to)]
    case.names = {**case.names, **directory.names_of(session, people)}
    return case


def explain_held_back(session: Session, cases: Sequence[AlertDetail], *, now: datetime) -> None:
    """Add the reason and latest time to alerts that are held back: a fixed number of queries."""
    held = [case for case in cases if budget.worklist_rank(case.alert) == budget.HELD]
    if not held:
        return
    reasons = budget.held_back(session, held[0].alert.site_id, now=now)
    for case in held:
        case.held_back = reasons.get(case.alert.id)


def not_scored(session: Session, by: Principal) -> list[Patient]:
    """Return the patients with entries that could not be scored; they may be missing on the list."""
    diaries = select(Trajectory.patient_id).where(Trajectory.status == NOT_SCORED)
    unscored = (AssessmentRow.scorer.is_(None), AssessmentRow.status == AssessmentStatus.COMPLETE)
    questionnaires = select(AssessmentRow.patient_id).where(*unscored)
    query = (
        visible_to(by)
        .where(Patient.id.in_(union(diaries, questionnaires)))
        .order_by(Patient.reference)
        .limit(MOST_NOT_SCORED)
    )
    return list(session.scalars(query))


def unreachable_patients(session: Session, by: Principal) -> list[UnreachablePatient]:
    """Return the patients who were asked and reminded and have sent nothing, the longest first."""
    query = (
        visible_to(by)
        .with_only_columns(Patient, Reminder)
        .join(Reminder, Reminder.patient_id == Patient.id)
        .where(*unreachable.UNANSWERED, unreachable.is_unreachable())
        .order_by(Reminder.asked_on, Patient.reference)
        .limit(MOST_UNHEARD)
    )
    found: dict[UUID, UnreachablePatient] = {}
    for patient, reminder in session.execute(query):
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
    query = (
        visible_to(by)
        .where(Patient.signed_out_at.is_not(None), Patient.status == PatientStatus.ACTIVE)
        .order_by(Patient.signed_out_at, Patient.reference)
        .limit(MOST_SIGNED_OUT)
    )
    return list(session.scalars(query))


def with_rejected_items(session: Session, by: Principal) -> list[RejectedItemsTask]:
    """Return the patients with rejected items that are not reviewed yet, newest first."""
    newest = func.max(RejectedEntry.received_at, type_=UtcDateTime)
    waiting = (
        select(
            RejectedEntry.patient_id, func.sum(RejectedEntry.count).label("refused"), newest.label("newest")
        )
        .where(rejected_items.IS_UNREVIEWED)
        .group_by(RejectedEntry.patient_id)
        .subquery()
    )
    query = (
        visible_to(by)
        .with_only_columns(Patient.id, Patient.reference, Patient.name, waiting.c.refused, waiting.c.newest)
        .join(waiting, waiting.c.patient_id == Patient.id)
        .order_by(waiting.c.newest.desc(), Patient.reference)
        .limit(MOST_REFUSED)
    )
    return [RejectedItemsTask(*row) for row in session.execute(query)]


def counts(session: Session, by: Principal) -> dict[str, int]:
    """Return how many alerts wait, by status, of the patients the caller may see."""
    waiting = _visible_alerts(by).with_only_columns(Alert.status, func.count())
    rows = session.execute(waiting.where(Alert.closed_at.is_(None)).group_by(Alert.status))
    counted = {status.value: 0 for status in AlertStatus if status not in CLOSED}
    return counted | {status: number for status, number in rows}  # noqa: C416 - rows are no pairs to mypy


def _visible_alerts(by: Principal) -> Select[UUID]:
    """Return the query for the ids of visible alerts; an index covers it for open ones."""
    alerts = select(Alert.id).where(Alert.site_id == by.site_id)
    if by.team_id is None and not by.is_for_patient:
        return alerts
    return alerts.where(visible_to(by).where(Patient.id == Alert.patient_id).exists())


def _cases(session: Session, ids: Sequence[UUID]) -> list[AlertDetail]:
    """Load alerts with their patients and trajectories, in the order of ``ids``."""
    query = (
        select(Alert, Patient, Trajectory)
        .join(Patient, Patient.id == Alert.patient_id)
        .join(Trajectory, Trajectory.patient_id == Patient.id)
        .where(Alert.id.in_(ids))
    )
    found = {
        alert.id: AlertDetail(alert, patient, course) for alert, patient, course in session.execute(query)
    }
    return [found[alert_id] for alert_id in ids if alert_id in found]


def _complete(session: Session, cases: list[AlertDetail]) -> None:
    """Load scores, evidence and names of all cases by a fixed number of queries."""
    if not cases:
        return
    patients = {case.patient.id for case in cases}
    scores = select(ScoreRow).join(
        Trajectory,
        and_(Trajectory.patient_id == ScoreRow.patient_id, Trajectory.last_day == ScoreRow.local_date),
    )
    newest = {row.patient_id: row for row in session.scalars(scores.where(ScoreRow.patient_id.in_(patients)))}
    by_alert = {case.alert.id: case for case in cases}
    people = [who for case in cases for who in _people_of(case.alert)]
    names = directory.names_of(session, people)
    for case in cases:
        case.score, case.names = newest.get(case.patient.id), names
    evidence = (
        select(Evidence)
        .where(Evidence.alert_id.in_(by_alert))
        .order_by(Evidence.day.desc(), Evidence.raised_at.desc(), Evidence.key)
    )
    for row in session.scalars(evidence):
        by_alert[row.alert_id].evidence.append(row)


def _people_of(alert: Alert) -> tuple[UUID | None, ...]:
    return alert.assigned_to, alert.acknowledged_by, alert.closed_by


def _place_of(alert: Alert) -> str:
    return cursor.encode(
        budget.worklist_rank(alert), alert.priority, alert.opened_at.isoformat(), str(alert.id)
    )


def _beyond(after: str) -> ColumnElement[bool]:
    standing, priority, opened_at, last_id = cursor.decode_as(
        after, cursor.number, cursor.number, cursor.moment, UUID
    )
    beyond = or_(
        Alert.priority < priority,
        and_(Alert.priority == priority, Alert.opened_at > opened_at),
        and_(Alert.priority == priority, Alert.opened_at == opened_at, Alert.id > last_id),
    )
    return or_(standing < budget.WORKLIST_RANK, and_(standing == budget.WORKLIST_RANK, beyond))
