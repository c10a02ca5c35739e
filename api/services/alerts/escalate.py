"""Escalation of an alert: the rungs of its ladder are notified in turn until the team answers."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import MessageKind
from api.domain.escalation.ladder import Rung, due_at
from api.domain.escalation.working_time import WorkingTime
from api.models.alert import Alert
from api.services.access.recipients import CareTeam, care_team
from api.services.alerts import ladders
from api.services.changes import note_change
from api.services.messages import outbox


def start(session: Session, alert: Alert, *, now: datetime, due_today: bool = False) -> None:
    """Start the ladder of an alert again and notify its first rung; there is none for self-care.

    One that is ``due_today`` and unanswered goes to the next rung at the end of the working day.
    """
    alert.rung = 0
    alert.escalating_since = now
    notify_next_rung(session, alert, now=now, due_today=due_today)


def notify_next_rung(session: Session, alert: Alert, *, now: datetime, due_today: bool = False) -> None:
    """Notify the next rung, and the rungs above it while no recipient can be reached.

    The alert keeps when the next rung is due, by the ladders in force at its site. A rung without a
    reachable recipient, or with a gap in its rota, is passed at once. At the top the ladder waits,
    even if no recipient is reachable, and tries again. The recipients and addresses of all rungs are
    loaded together.
    """
    here = ladders.at_site(session, alert.site_id, now=now)
    ladder = here.ladders.for_tier(Tier(alert.tier))
    if ladder is None:  # for self-care: the team is not notified
        alert.next_rung_at = None
        return
    numbers = range(alert.rung, max(alert.rung + 1, len(ladder.rungs)))
    rungs = [ladder.rung(number) for number in numbers]
    rotas = {rota for rung in rungs for rota in (rung.rota, rung.on_call) if rota}
    team = care_team(session, alert.patient_id, rotas=rotas, now=now)
    attempts = [
        (passed, _notification(alert, rung, here.calendar, now, passed=passed), recipients)
        for passed, rung in enumerate(rungs)
        for recipients in _recipients(team, rung, is_open=here.calendar.is_open(now))
    ]
    first = outbox.first_reachable(session, [each[1:] for each in attempts], now=now)
    passed = attempts[first.attempts - 1][0] + 1
    alert.times_notified += passed
    alert.notified_at = now
    note_change(session, alert, now=now)
    alert.rung += passed
    alert.next_rung_at = ladder.next_due(
        alert.rung, since=alert.escalating_since, now=now, calendar=here.calendar
    )
    if due_today:
        alert.next_rung_at = min(alert.next_rung_at, here.calendar.closes_at(now))
    session.flush()  # the messages refer to the alert
    outbox.insert(session, first.rows)


def is_at_top(session: Session, alert: Alert, *, now: datetime) -> bool:
    """Return whether every rung of an alert's ladder was notified."""
    ladder = ladders.at_site(session, alert.site_id, now=now).ladders.for_tier(Tier(alert.tier))
    return ladder is None or ladder.is_top(alert.rung)


def stop(session: Session, alert: Alert, *, now: datetime) -> None:
    """End the escalation of an alert, and cancel its pending messages."""
    alert.next_rung_at = None
    session.flush()
    outbox.cancel_for_alert(session, alert.id, now=now)


def _recipients(team: CareTeam, rung: Rung, *, is_open: bool) -> Iterator[list[UUID]]:
    """Yield the recipients of a rung: outside working hours its cover, then its own."""
    if rung.on_call is not None and not is_open:
        yield team.on_rota(rung.on_call)
    own = team.of_roles(rung.roles)
    yield [*own, *(each for each in team.on_rota(rung.rota) if each not in own)]


def _notification(
    alert: Alert, rung: Rung, calendar: WorkingTime, now: datetime, *, passed: int
) -> outbox.Notification:
    """Return the notification of a rung; one that keeps working hours is not sent before they begin.

    A rung that is notified before its time replaces one that could not be reached: it is sent at once,
    as that one would have been.

    Args:
        alert: The alert.
        rung: The rung.
        calendar: Working hours of the site.
        now: The present moment.
        passed: How many rungs are passed in this call before it.
    """
    stands_in = alert.rung + passed > 0 and now < due_at(rung, alert.escalating_since, calendar)
    opens = calendar.opens_at(now) if rung.after.in_working_days and not stands_in else None
    return outbox.Notification(
        kind=MessageKind.ALERT,
        site_id=alert.site_id,
        purpose=f"alert:{alert.id}:{alert.times_notified + passed}",
        topic_of=f"alert:{alert.id}",
        not_before=opens or now,
        patient_id=alert.patient_id,
        alert_id=alert.id,
    )
