"""Times until teams were notified of alerts, answered and closed them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.alerts.finding import Tier
from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import PERSONAL_CHANNELS, MessageState
from api.domain.errors import InvalidMoment
from api.domain.escalation.ladder import TIERS
from api.domain.escalation.response_times import AlertTimes, TierResponseTimes, summarise_response_times
from api.models.alert import Alert, AlertEvent
from api.models.outbox import OutboxMessage
from api.services.alerts import evidence, ladders

DEFAULT_PERIOD = timedelta(days=28)
"""Default period of a report."""

LONGEST = timedelta(days=366)
_EARLIEST = datetime.min.replace(tzinfo=UTC) + DEFAULT_PERIOD
ANSWERS = ("acknowledged", "snoozed", "resolved")
"""Events that count as an answer."""


def report(
    session: Session,
    site_id: UUID,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[datetime, datetime, list[TierResponseTimes]]:
    """Return the response times of the alerts a site opened in a time, by tier.

    Returns:
        From when, until when, and the times.

    Raises:
        InvalidMoment: The time ends before it begins, or is longer than a year.
    """
    until = until or now
    since = since or max(until, _EARLIEST) - DEFAULT_PERIOD
    if not timedelta(0) < until - since <= LONGEST:
        within = f"is not after `since`, or more than {LONGEST.days} days after it"
        raise InvalidMoment(f"until {until.isoformat()} {within}", {"until": within})
    here = ladders.at_site(session, site_id, now=now)
    opened = (Alert.site_id == site_id, Alert.opened_at >= since, Alert.opened_at < until)
    alerts = alert_times(session, *opened)
    return since, until, summarise_response_times(alerts, here.ladders, here.calendar, now=now)


def alert_times(session: Session, *opened: ColumnElement[bool]) -> list[AlertTimes]:
    """Return the ways of the team's alerts that meet a condition, such as one on ``opened_at``: one query."""
    messages = (
        select(func.min(OutboxMessage.settled_at, type_=UtcDateTime))
        .where(OutboxMessage.alert_id == Alert.id, OutboxMessage.state == MessageState.DELIVERED)
        .where(OutboxMessage.channel.in_(PERSONAL_CHANNELS))
        .scalar_subquery()
    )
    answered = (
        select(func.min(AlertEvent.at, type_=UtcDateTime))
        .where(AlertEvent.alert_id == Alert.id, AlertEvent.action.in_(ANSWERS))
        .scalar_subquery()
    )
    resolved, retracted = (
        case((Alert.status == status, Alert.closed_at))
        for status in (AlertStatus.RESOLVED, AlertStatus.RETRACTED)
    )
    rows = session.execute(
        select(
            *(Alert.tier, Alert.opened_at, messages, answered, resolved, retracted, Alert.times_notified),
            evidence.due_today_at(),
        )
        .where(Alert.tier.in_(TIERS), *opened)
        .order_by(Alert.opened_at, Alert.id)
    )
    return [AlertTimes(Tier(tier), *times) for tier, *times in rows]
