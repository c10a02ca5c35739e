"""Alerts that wait, worst first, each with what a nurse needs to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from api.domain import cursor
from api.domain.alerts.finding import Tier
from api.domain.alerts.status import CLOSED, AlertStatus
from api.domain.authority import Principal
from api.models.alert import Alert, AlertEvent, Evidence
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.services.access.visibility import visible_to
from api.services.alerts import budget
from api.services.organisation import directory

WAITING = (AlertStatus.OPEN, AlertStatus.ACKNOWLEDGED)
"""Statuses shown by default; a snoozed alert opens again by itself."""


class Place(NamedTuple):
    """Columns of an alert by which a worklist is ordered."""

    standing: ColumnElement[int]
    priority: ColumnElement[int]
    opened_at: ColumnElement[datetime]
    id: ColumnElement[UUID]


_OF = Alert.__table__.c
PLACE = Place(budget.WORKLIST_RANK, _OF.priority, _OF.opened_at, _OF.id)


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
    query = visible_alerts(by).where(Alert.status.in_(statuses))
    if CLOSED.isdisjoint(statuses):
        query = query.where(Alert.closed_at.is_(None))  # the index covers open alerts only
    named = {"tier": tier, "patient_id": patient_id}
    query = query.filter_by(**{name: value for name, value in named.items() if value is not None})
    if after is not None:
        query = query.where(is_beyond(after, PLACE))
    ids = list(session.scalars(query.order_by(*worst_first(PLACE)).limit(limit + 1)))
    more, ids = len(ids) > limit, ids[:limit]
    cases = _cases(session, ids)
    _complete(session, cases)
    return WorklistPage(cases, cursor_of(cases[-1].alert) if more else None)


def worst_first(place: Place) -> Sequence[ColumnElement[Any]]:
    """Return the order of a worklist: those notified first, the most urgent, then the longest waiting."""
    return place.standing, place.priority.desc(), place.opened_at, place.id


def cursor_of(alert: Alert) -> str:
    """Return the cursor of what follows an alert."""
    return cursor.encode(
        budget.worklist_rank(alert), alert.priority, alert.opened_at.isoformat(), str(alert.id)
    )


def is_beyond(after: str, place: Place) -> ColumnElement[bool]:
    """Return the condition of what follows a cursor.

    Raises:
        InvalidCursor: It was not made by this server.
    """
    standing, priority, opened_at, last_id = cursor.decode_as(
        after, cursor.number, cursor.number, cursor.moment, UUID
    )
    beyond = or_(
        place.priority < priority,
        and_(place.priority == priority, place.opened_at > opened_at),
        and_(place.priority == priority, place.opened_at == opened_at, place.id > last_id),
    )
    return or_(place.standing > standing, and_(place.standing == standing, beyond))


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


def counts(session: Session, by: Principal) -> dict[str, int]:
    """Return how many alerts wait, by status, of the patients the caller may see."""
    waiting = visible_alerts(by).with_only_columns(Alert.status, func.count())
    rows = session.execute(waiting.where(Alert.closed_at.is_(None)).group_by(Alert.status))
    counted = {status.value: 0 for status in AlertStatus if status not in CLOSED}
    return counted | {status: number for status, number in rows}  # noqa: C416 - rows are no pairs to mypy


def visible_alerts(by: Principal) -> Select[UUID]:
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
