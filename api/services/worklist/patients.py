"""The worklist by patient: one item for all alerts of a patient, the worst patient first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Function, Select, Subquery, and_, case, func, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import AlertStatus
from api.domain.authority import Principal
from api.models.alert import Alert
from api.models.patient import Patient
from api.services.access.visibility import visible_to
from api.services.alerts import budget
from api.services.organisation import directory
from api.services.worklist.alerts import (
    PLACE,
    WAITING,
    Place,
    cursor_of,
    is_beyond,
    visible_alerts,
    worst_first,
)

NOBODY = "none"
"""As ``assigned_to``: patients with an alert that is assigned to nobody."""


@dataclass(frozen=True, slots=True)
class PatientsFilter:
    """Filter of the worklist by patient; None: all."""

    statuses: Sequence[AlertStatus] = WAITING
    tier: Tier | None = None
    """Urgency of a patient, which is that of the worst alert."""
    kind: FindingKind | None = None
    assigned_to: UUID | str | None = None
    team_id: UUID | None = None
    is_held_back: bool | None = None
    waiting_over: timedelta | None = None


@dataclass(slots=True)
class WaitingPatient:
    """A patient with all alerts that are not closed, the worst first."""

    patient: Patient
    waiting_since: datetime
    alerts: list[Alert]
    held_back: budget.HeldBack | None = None
    names: Mapping[UUID, str] = field(default_factory=dict)
    """Names of the staff whom the alerts are assigned to, or who acknowledged them."""


class _Worst(NamedTuple):
    """The worst alert of a patient, and how long the patient waits."""

    id: UUID
    patient_id: UUID
    waiting_since: datetime


@dataclass(frozen=True, slots=True)
class PatientsPage:
    """One page of the worklist by patient, and the cursor of the next."""

    items: Sequence[WaitingPatient]
    next: str | None


class WorklistCounts(NamedTuple):
    """Numbers of patients who wait, of all that the caller may see."""

    patients: int
    same_day: int
    unassigned: int
    held_back: int
    waiting_since: datetime | None
    """Opening of the alert that nobody has answered for longest, except those held back."""


def worklist_of_patients(
    session: Session, by: Principal, wanted: PatientsFilter, *, after: str | None, limit: int, now: datetime
) -> PatientsPage:
    """Return one page of the patients who wait, the worst first, by a fixed number of queries.

    A patient's place is that of the worst alert, in the order of the list of alerts. Each one comes with
    all alerts that are not closed, also those that the filter leaves out.

    Raises:
        InvalidCursor: ``after`` was not made by this server.
    """
    alerts = _alerts_by_patient(by, wanted)
    place = Place(alerts.c.standing, alerts.c.priority, alerts.c.opened_at, alerts.c.id)
    query = select(alerts.c.id, alerts.c.patient_id, alerts.c.waiting_since).where(alerts.c.place == 1)
    query = query.where(*_conditions(alerts, wanted, now=now))
    if after is not None:
        query = query.where(is_beyond(after, place))
    rows = session.execute(query.order_by(*worst_first(place)).limit(limit + 1)).all()
    items = _load(session, [_Worst(*row) for row in rows[:limit]])
    _explain_held_back(session, items, now=now)
    more = len(rows) > limit and bool(items)
    return PatientsPage(items, cursor_of(items[-1].alerts[0]) if more else None)


def count_patients(session: Session, by: Principal) -> WorklistCounts:
    """Return the numbers of patients with open or acknowledged alerts: one query."""
    alerts = _alerts_by_patient(by, PatientsFilter())
    worst = alerts.c.place == 1
    unanswered = and_(alerts.c.status == AlertStatus.OPEN, alerts.c.standing == budget.NOTIFIED)
    numbers = select(
        *(
            func.coalesce(_number(condition), 0)
            for condition in (
                worst,
                and_(worst, alerts.c.tier == Tier.SAME_DAY),
                and_(worst, alerts.c.unassigned > 0),
                and_(worst, alerts.c.standing == budget.HELD),
            )
        ),
        func.min(case((unanswered, alerts.c.opened_at)), type_=UtcDateTime),
    )
    row: Sequence[Any] = session.execute(numbers).one()
    return WorklistCounts(*row)


def _alerts_by_patient(by: Principal, wanted: PatientsFilter) -> Subquery:
    """Return the alerts that count, each with its place among those of its patient, and what they share."""
    of_patient = Alert.patient_id
    columns: list[Any] = [
        Alert.id,
        Alert.patient_id,
        Alert.status,
        Alert.tier,
        budget.WORKLIST_RANK.label("standing"),
        Alert.priority,
        Alert.opened_at,
        func.row_number().over(order_by=worst_first(PLACE), partition_by=of_patient).label("place"),
        func.min(Alert.opened_at, type_=UtcDateTime).over(partition_by=of_patient).label("waiting_since"),
        _number(Alert.assigned_to.is_(None)).over(partition_by=of_patient).label("unassigned"),
    ]
    if wanted.kind is not None:
        columns.append(_number(Alert.kind == wanted.kind).over(partition_by=of_patient).label("of_kind"))
    if isinstance(wanted.assigned_to, UUID):
        theirs = Alert.assigned_to == wanted.assigned_to
        columns.append(_number(theirs).over(partition_by=of_patient).label("assigned"))
    alerts = visible_alerts(by).with_only_columns(*columns)
    alerts = alerts.where(Alert.status.in_(wanted.statuses), Alert.closed_at.is_(None))
    return _of_team(alerts, by, wanted.team_id).subquery()


def _of_team(alerts: Select[UUID], by: Principal, team_id: UUID | None) -> Select[UUID]:
    if team_id is None:
        return alerts
    of_team = visible_to(by).where(Patient.team_id == team_id, Patient.id == Alert.patient_id)
    return alerts.where(of_team.exists())


def _conditions(alerts: Subquery, wanted: PatientsFilter, *, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions on the worst alert of each patient."""
    found: list[ColumnElement[bool]] = []
    if wanted.tier is not None:
        found.append(alerts.c.tier == wanted.tier)
    if wanted.kind is not None:
        found.append(alerts.c.of_kind > 0)
    if wanted.assigned_to is not None:
        of_whom = alerts.c.unassigned if wanted.assigned_to == NOBODY else alerts.c.assigned
        found.append(of_whom > 0)
    if wanted.is_held_back is not None:
        is_held_back = alerts.c.standing == budget.HELD
        found.append(is_held_back if wanted.is_held_back else ~is_held_back)
    if wanted.waiting_over is not None:
        found.append(alerts.c.waiting_since < now - wanted.waiting_over)
    return found


def _number(condition: ColumnElement[bool]) -> Function[int]:
    return func.sum(case((condition, 1), else_=0))


def _load(session: Session, worst: Sequence[_Worst]) -> list[WaitingPatient]:
    """Load patients with their alerts and the names of staff, in the order of ``worst``."""
    wanted = {each.patient_id: each for each in worst}
    patients = session.scalars(select(Patient).where(Patient.id.in_(wanted)))
    found = {each.id: WaitingPatient(each, wanted[each.id].waiting_since, []) for each in patients}
    alerts = select(Alert).where(Alert.patient_id.in_(wanted), Alert.closed_at.is_(None))
    people: set[UUID | None] = set()
    for alert in session.scalars(alerts):
        found[alert.patient_id].alerts.append(alert)
        people |= {alert.assigned_to, alert.acknowledged_by}
    names = directory.names_of(session, people)
    for patient_id, item in found.items():
        item.names = names
        item.alerts = _ordered(item.alerts, first=wanted[patient_id].id)
    # an alert may have been closed since its patient was found
    return [found[each.patient_id] for each in worst if found[each.patient_id].alerts]


def _ordered(alerts: Sequence[Alert], *, first: UUID) -> list[Alert]:
    def key(alert: Alert) -> tuple[bool, int, int, datetime, UUID]:
        rank = budget.worklist_rank(alert)
        return alert.id != first, rank, -alert.priority, alert.opened_at, alert.id

    return sorted(alerts, key=key)


def _explain_held_back(session: Session, items: Sequence[WaitingPatient], *, now: datetime) -> None:
    """Add reason and latest time to the patients whose worst alert is held back."""
    held = [item for item in items if budget.worklist_rank(item.alerts[0]) == budget.HELD]
    reasons = budget.held_back(session, held[0].patient.site_id, now=now) if held else {}
    for item in held:
        item.held_back = reasons.get(item.alerts[0].id)
