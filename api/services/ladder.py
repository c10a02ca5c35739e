"""Telling the team of an alert, rung after rung, until somebody has answered."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.domain.authority import Role
from api.domain.escalation import LADDERS
from api.domain.findings import Tier
from api.domain.messages import MessageKind
from api.models.alert import Alert
from api.models.patient import Patient
from api.models.staff import Staff
from api.services import outbox

ALERT_KEPT_FOR = timedelta(hours=24)
"""How long a push service keeps an alert for a sleeping phone; the ladder climbs meanwhile."""


def start(session: Session, alert: Alert, *, now: datetime) -> None:
    """Begin the alert's ladder afresh and tell its first rung; what is for self-care has no ladder."""
    alert.rung = 0
    alert.climbing_since = now
    if Tier(alert.tier) in LADDERS:
        climb(session, alert, now=now)
    else:
        alert.next_rung_at = None


def climb(session: Session, alert: Alert, *, now: datetime) -> None:
    """Tell the rung whose turn it is, and the ones above it as long as nobody can be reached.

    The alert keeps when the next rung is due; a rung with nobody reachable is left at once. At the
    top the ladder waits, however unreachable everybody is, and tries again.
    """
    ladder = LADDERS[Tier(alert.tier)]
    reached = 0
    while not reached:
        recipients = staff_of(session, alert.patient_id, ladder.rung(alert.rung).roles)
        reached = outbox.post(session, _notice(alert, now), recipients=recipients, now=now)
        alert.told += 1
        alert.told_at = now
        alert.rung += 1
        if alert.rung >= len(ladder.rungs):
            break
    on_the_way = alert.rung < len(ladder.rungs)
    next_due = ladder.due_at(alert.rung, since=alert.climbing_since)
    alert.next_rung_at = next_due if on_the_way else now + ladder.then_every


def stop(session: Session, alert: Alert, *, now: datetime) -> None:
    """Tell nobody any more, and take back what still waits."""
    alert.next_rung_at = None
    session.flush()
    outbox.cancel_for_alert(session, alert.id, now=now)


def staff_of(session: Session, patient_id: UUID, roles: frozenset[Role]) -> list[UUID]:
    """Return the active staff of these roles who may see the patient: her team's, and the site's."""
    patient = session.get_one(Patient, patient_id)
    members = (
        select(Staff.id)
        .where(Staff.site_id == patient.site_id, Staff.active, Staff.role.in_(sorted(roles)))
        .where(or_(Staff.team_id.is_(None), Staff.team_id == patient.team_id))
        .order_by(Staff.id)
    )
    return list(session.scalars(members))


def _notice(alert: Alert, now: datetime) -> outbox.Notice:
    return outbox.Notice(
        kind=MessageKind.ALERT,
        site_id=alert.site_id,
        purpose=f"alert:{alert.id}:{alert.told}",
        topic_of=f"alert:{alert.id}",
        not_before=now,
        expires_at=now + ALERT_KEPT_FOR,
        patient_id=alert.patient_id,
        alert_id=alert.id,
    )
