"""New alerts, and their events: each event is a new version of its alert."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from api.domain.alerts.finding import Finding
from api.domain.alerts.status import AlertStatus, priority
from api.models.alert import Alert, AlertEvent
from api.services.alerts import escalate
from api.services.changes import note_change


def make_alert(finding: Finding, *, patient_id: UUID, site_id: UUID, now: datetime) -> Alert:
    """Return a new alert of a finding, before its first event."""
    return Alert(
        id=uuid4(),
        site_id=site_id,
        patient_id=patient_id,
        kind=finding.kind,
        tier=finding.tier,
        status=AlertStatus.OPEN,
        priority=priority(finding.kind, finding.tier),
        reason=finding.reason,
        first_day=finding.day,
        raised_at=finding.raised_at,
        opened_at=now,
        escalating_since=now,
        times_notified=0,
        rung=0,
        version=0,
    )


def make_event(
    alert: Alert,
    action: str,
    *,
    now: datetime,
    by: UUID | None = None,
    assigned_to: UUID | None = None,
    note: str | None = None,
) -> AlertEvent:
    """Return the next event of an alert, and count up the alert's version."""
    alert.version += 1
    return AlertEvent(
        alert_id=alert.id, at=now, action=action, staff_id=by, assigned_to=assigned_to, note=note
    )


def record_event(
    session: Session,
    alert: Alert,
    action: str,
    *,
    now: datetime,
    by: UUID | None = None,
    assigned_to: UUID | None = None,
    note: str | None = None,
) -> None:
    """Record the next event of an alert, and count up the alert's version."""
    session.add(make_event(alert, action, now=now, by=by, assigned_to=assigned_to, note=note))
    note_change(session, alert, now=now)


def reopen(session: Session, alert: Alert, reason: str, *, now: datetime, due_today: bool = False) -> None:
    """Open an acknowledged or snoozed alert again, and notify the team from the first rung.

    An acknowledged one is then assigned to nobody; a snoozed one keeps its assignment.
    """
    if alert.status == AlertStatus.ACKNOWLEDGED:
        alert.assigned_to = None
    alert.status = AlertStatus.OPEN
    alert.acknowledged_at = alert.acknowledged_by = alert.reopens_at = None
    record_event(session, alert, reason, now=now)
    escalate.start(session, alert, now=now, due_today=due_today)
