"""Actions of the care team on an alert: acknowledge, assign, snooze, resolve, note."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.domain.alerts.finding import Tier
from api.domain.alerts.status import LONGEST_SNOOZE, SETTLED_WITHIN, AlertResolution, AlertStatus
from api.domain.authority import SCOPES_OF_ROLE, Principal, Scope
from api.domain.delivery.send_outcomes import ACKNOWLEDGED_S
from api.domain.errors import AlertAlreadyClosed, InvalidMoment, UnknownAlert, UnknownAssignee
from api.models.alert import Alert
from api.models.patient import Patient
from api.models.staff import Staff
from api.services import audit, counters
from api.services.access.visibility import visible_to
from api.services.alerts import escalate
from api.services.alerts.events import record_event

Change = Callable[[int], None]

_ANSWERING_ROLES = [role for role, scopes in SCOPES_OF_ROLE.items() if Scope.ALERTS_WRITE in scopes]


def find_alert(session: Session, by: Principal, alert_id: UUID, *, lock: bool = False) -> Alert:
    """Return an alert the caller may see.

    Raises:
        UnknownAlert: There is no such alert, or it belongs to another site or team.
    """
    patients = visible_to(by).with_only_columns(Patient.id)
    query = select(Alert).where(Alert.id == alert_id, Alert.patient_id.in_(patients))
    alert = session.scalar(query.with_for_update(of=Alert) if lock else query)
    if alert is None:
        raise UnknownAlert("there is no such alert")
    audit.note_access(alert.patient_id)
    return alert


def acknowledge(session: Session, by: Principal, alert_id: UUID, *, check: Change, now: datetime) -> Alert:
    """Acknowledge an alert, which stops its escalation; a repeat, or a colleague's after it, changes nothing.

    It is assigned to the caller. An alert that is not resolved in time opens again, and the team is
    notified again.
    """
    alert = _find_open(session, by, alert_id)
    if alert.status == AlertStatus.ACKNOWLEDGED and alert.acknowledged_by == by.id:
        return alert
    check(alert.version)
    if alert.status == AlertStatus.ACKNOWLEDGED:
        return alert
    alert.status, alert.acknowledged_at, alert.acknowledged_by = AlertStatus.ACKNOWLEDGED, now, by.id
    alert.assigned_to = by.id
    alert.reopens_at = now + SETTLED_WITHIN[Tier(alert.tier)]
    _count(session, alert, now=now)
    return _record_answer(session, by, alert, "acknowledged", now=now)


def assign(
    session: Session, by: Principal, alert_id: UUID, *, to: UUID | None, check: Change, now: datetime
) -> Alert:
    """Assign an open alert to a member of staff, or to nobody; the escalation goes on.

    Raises:
        UnknownAssignee: The member of staff may not answer this alert.
    """
    alert = _find_open(session, by, alert_id)
    check(alert.version)
    if alert.assigned_to == to:
        return alert
    if to is not None:
        _check_assignee(session, alert, to)
    alert.assigned_to = to
    action = "unassigned" if to is None else "assigned"
    record_event(session, alert, action, now=now, by=by.id, assigned_to=to)
    audit.record(session, f"alert.{action}", by=by, now=now, patient_id=alert.patient_id, object_id=alert.id)
    return alert


def snooze(
    session: Session,
    by: Principal,
    alert_id: UUID,
    *,
    until: datetime,
    note: str | None,
    check: Change,
    now: datetime,
) -> Alert:
    """Snooze an alert until a time at which it opens again and the team is notified again.

    Raises:
        InvalidMoment: The time is past, or further ahead than the urgency of the alert allows.
    """
    alert = _find_open(session, by, alert_id)
    longest = LONGEST_SNOOZE[Tier(alert.tier)]
    if not now < until <= now + longest:
        within = f"{longest.days} days" if longest.days else f"{longest.seconds // 3600} hours"
        raise InvalidMoment(
            f"a snooze of this alert ends within {within}", {"until": f"is not within {within}"}
        )
    check(alert.version)
    alert.status, alert.reopens_at = AlertStatus.SNOOZED, until
    return _record_answer(session, by, alert, "snoozed", now=now, note=note)


def resolve(
    session: Session,
    by: Principal,
    alert_id: UUID,
    *,
    outcome: AlertResolution,
    note: str | None,
    check: Change,
    now: datetime,
) -> Alert:
    """Close an alert with its outcome."""
    alert = _find_open(session, by, alert_id)
    check(alert.version)
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, by.id
        _count(session, alert, now=now)
    alert.status, alert.outcome = AlertStatus.RESOLVED, outcome
    alert.closed_at, alert.closed_by, alert.reopens_at = now, by.id, None
    return _record_answer(session, by, alert, "resolved", now=now, note=note)


def add_note(session: Session, by: Principal, alert_id: UUID, *, note: str, now: datetime) -> Alert:
    """Add a note to an alert, open or closed."""
    alert = find_alert(session, by, alert_id, lock=True)
    record_event(session, alert, "noted", now=now, by=by.id, note=note)
    audit.record(session, "alert.noted", by=by, now=now, patient_id=alert.patient_id, object_id=alert.id)
    return alert


def _find_open(session: Session, by: Principal, alert_id: UUID) -> Alert:
    alert = find_alert(session, by, alert_id, lock=True)
    if alert.closed_at is not None:
        raise AlertAlreadyClosed(f"it was {alert.status} on {alert.closed_at:%Y-%m-%d at %H:%M} UTC")
    return alert


def _check_assignee(session: Session, alert: Alert, staff_id: UUID) -> None:
    """Refuse staff who cannot sign in, or may not see the patient of the alert."""
    team_id = select(Patient.team_id).where(Patient.id == alert.patient_id).scalar_subquery()
    may_answer = select(Staff.id).where(
        Staff.id == staff_id,
        Staff.site_id == alert.site_id,
        Staff.active,
        Staff.role.in_(_ANSWERING_ROLES),
        or_(Staff.team_id.is_(None), Staff.team_id == team_id),
    )
    if session.scalar(may_answer) is None:
        fault = "no active member of staff who may answer this alert"
        raise UnknownAssignee(f"{staff_id} is {fault}", {"to": f"Is {fault}."})


def _record_answer(
    session: Session, by: Principal, alert: Alert, action: str, *, now: datetime, note: str | None = None
) -> Alert:
    record_event(session, alert, action, now=now, by=by.id, note=note)
    escalate.stop(session, alert, now=now)
    audit.record(session, f"alert.{action}", by=by, now=now, patient_id=alert.patient_id, object_id=alert.id)
    return alert


def _count(session: Session, alert: Alert, *, now: datetime) -> None:
    """Count the time until the team answered, from when it was first notified or notified again."""
    took_s = (now - alert.escalating_since).total_seconds()
    counts = counters.timed(counters.ACKNOWLEDGED, alert.tier, [took_s], ACKNOWLEDGED_S)
    counters.add(session, counts, source=counters.once())
