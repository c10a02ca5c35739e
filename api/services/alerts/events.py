"""Events of alerts: each is a new version of its alert."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.alerts.status import AlertStatus
from api.models.alert import Alert, AlertEvent
from api.services.alerts import escalate


def make_event(
    alert: Alert, action: str, *, now: datetime, by: UUID | None = None, note: str | None = None
) -> AlertEvent:
    """Return the next event of an alert, and count up the alert's version."""
    alert.version += 1
    return AlertEvent(alert_id=alert.id, at=now, action=action, staff_id=by, note=note)


def record_event(
    session: Session,
    alert: Alert,
    action: str,
    *,
    now: datetime,
    by: UUID | None = None,
    note: str | None = None,
) -> None:
    """Record the next event of an alert, and count up the alert's version."""
    session.add(make_event(alert, action, now=now, by=by, note=note))


def reopen(session: Session, alert: Alert, reason: str, *, now: datetime, due_today: bool = False) -> None:
    """Open an acknowledged or snoozed alert again, and notify the team from the first rung."""
    alert.status = AlertStatus.OPEN
    alert.acknowledged_at = alert.acknowledged_by = alert.reopens_at = None
    record_event(session, alert, reason, now=now)
    escalate.start(session, alert, now=now, due_today=due_today)
