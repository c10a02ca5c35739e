"""Telling the team of an alert, rung after rung, until somebody has answered."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import MessageKind
from api.domain.escalation.ladder import Rung, due_at
from api.domain.escalation.working_time import WorkingTime
from api.models.alert import Alert
from api.services.access.recipients import _may_see, staff_of
from api.services.alerts import ladders
from api.services.messages import outbox

ALERT_KEPT_FOR = timedelta(hours=24)
"""How long a push service keeps an alert for a sleeping phone; the ladder climbs meanwhile."""


def start(session: Session, alert: Alert, *, now: datetime) -> None:
    """Begin the alert's ladder afresh and tell its first rung; what is for self-care has no ladder."""
    alert.rung = 0
    alert.climbing_since = now
    climb(session, alert, now=now)


def climb(session: Session, alert: Alert, *, now: datetime) -> None:
    """Tell the rung whose turn it is, and the ones above it as long as nobody can be reached.

    The alert keeps when the next rung is due, by the ladders in force at its site; a rung with nobody
    reachable, or with a gap in its rota, is left at once. At the top the ladder waits, however
    unreachable everybody is, and tries again.
    """
    here = ladders.at_site(session, alert.site_id, now=now)
    ladder = here.ladders.of(Tier(alert.tier))
    if ladder is None:  # her own to see: nobody of the team is told
        alert.next_rung_at = None
        return
    reached = 0
    while not reached:
        rung = ladder.rung(alert.rung)
        notice = _notice(alert, rung, here.calendar, now)
        for recipients in _told_by(session, alert, rung, here.calendar, now=now):
            reached = outbox.post(session, notice, recipients=recipients, now=now)
            if reached:
                break
        alert.told += 1
        alert.told_at = now
        alert.rung += 1
        if ladder.is_top(alert.rung):
            break
    alert.next_rung_at = ladder.next_due(
        alert.rung, since=alert.climbing_since, now=now, calendar=here.calendar
    )


def is_at_top(session: Session, alert: Alert, *, now: datetime) -> bool:
    """Say whether every rung of an alert's ladder was told."""
    ladder = ladders.at_site(session, alert.site_id, now=now).ladders.of(Tier(alert.tier))
    return ladder is None or ladder.is_top(alert.rung)


def stop(session: Session, alert: Alert, *, now: datetime) -> None:
    """Tell nobody any more, and take back what still waits."""
    alert.next_rung_at = None
    session.flush()
    outbox.cancel_for_alert(session, alert.id, now=now)


def on_call_for(session: Session, alert: Alert, rota: str, *, now: datetime) -> list[UUID]:
    """Return who is on a rota at a moment and may see the patient; nobody: there is a gap."""
    members = ladders.on_call(alert.site_id, rota, now=now)
    return sorted(set(session.scalars(members.where(*_may_see(session, alert.patient_id)))))


def _told_by(
    session: Session, alert: Alert, rung: Rung, calendar: WorkingTime, *, now: datetime
) -> Iterator[list[UUID]]:
    """Give who is told by a rung: its cover outside working hours; its people where that reaches nobody."""
    if rung.on_call is not None and not calendar.is_open(now):
        yield on_call_for(session, alert, rung.on_call, now=now)
    own = staff_of(session, alert.patient_id, rung.roles) if rung.roles else []
    on_rota = on_call_for(session, alert, rung.rota, now=now) if rung.rota else []
    yield [*own, *(each for each in on_rota if each not in own)]


def _notice(alert: Alert, rung: Rung, calendar: WorkingTime, now: datetime) -> outbox.Notification:
    """Return what is told; by a rung that keeps working hours not before they begin.

    A rung that is climbed before its time stands in for one that could not be reached: it is told at once,
    as that one would have been.
    """
    stands_in = alert.rung > 0 and now < due_at(rung, alert.climbing_since, calendar)
    opens = calendar.opens_at(now) if rung.after.keeps_hours and not stands_in else None
    not_before = opens or now
    return outbox.Notification(
        kind=MessageKind.ALERT,
        site_id=alert.site_id,
        purpose=f"alert:{alert.id}:{alert.told}",
        topic_of=f"alert:{alert.id}",
        not_before=not_before,
        expires_at=not_before + ALERT_KEPT_FOR,
        patient_id=alert.patient_id,
        alert_id=alert.id,
    )
