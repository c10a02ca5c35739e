"""Response times of a team: from an alert's opening to notification, answer and resolution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from api.domain.alerts.finding import Tier
from api.domain.escalation.ladder import TIERS, Ladder, LadderSet
from api.domain.escalation.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class AlertTimes:
    """The moments of one alert, from its opening to its closing; None: not yet, or never."""

    tier: Tier
    opened_at: datetime
    notified_at: datetime | None
    """Delivery of the first message to a member of the team."""
    answered_at: datetime | None
    """First acknowledgement, snooze or resolution."""
    resolved_at: datetime | None
    retracted_at: datetime | None
    """Retraction, because the entries no longer support the alert."""
    notifications: int = 0
    due_today_at: datetime | None = None
    """Time from which it is due on the same working day, as by a reason for a gap; None: it is not."""

    @property
    def is_unanswered(self) -> bool:
        """Return whether the alert still waits for its first answer."""
        return self.answered_at is None and self.retracted_at is None


@dataclass(frozen=True, slots=True)
class Spread:
    """Distribution of a duration over the alerts for which it is known."""

    count: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class TierResponseTimes:
    """Response times of the alerts of one tier that were opened in a period."""

    tier: Tier
    opened: int
    notified: Spread
    """From opening to notification."""
    acknowledged: Spread
    """From notification to the first answer of any kind; 0 for an answer before the notification."""
    resolved: Spread
    """From the first answer to resolution."""
    opened_to_acknowledged: Spread
    retracted: int
    answered_late: int
    open_past_limit: int
    """Alerts that are unanswered past `limit_of`."""
    escalated: int
    """Alerts with more than one notification."""


def summarise_response_times(
    alerts: Iterable[AlertTimes], ladders: LadderSet, calendar: WorkingTime, *, now: datetime
) -> list[TierResponseTimes]:
    """Return the response times of each tier with a ladder, the more urgent tier first.

    Args:
        alerts: The alerts.
        ladders: The site's ladders, with the time limit of each tier.
        calendar: The site's working hours, with its time zone.
        now: The present moment.
    """
    listed = list(alerts)
    times = []
    for tier in TIERS:
        of_tier = [each for each in listed if each.tier is tier]
        ladder = ladders.for_tier(tier)
        late = [
            each for each in of_tier if ladder and is_late(each, limit_of(each, ladder, calendar), now=now)
        ]
        times.append(_times(tier, of_tier, late))
    return times


def percentile(spans: Sequence[timedelta], part: float) -> timedelta | None:
    """Return a percentile by nearest rank, ``part`` in 0 to 1; None: there are no durations.

    >>> minutes = [timedelta(minutes=n) for n in (50, 10, 20, 40, 30)]
    >>> [percentile(minutes, part).total_seconds() / 60 for part in (0.5, 0.9)]
    [30.0, 50.0]
    """
    return sorted(spans)[max(ceil(part * len(spans)), 1) - 1] if spans else None


def limit_of(alert: AlertTimes, ladder: Ladder, calendar: WorkingTime) -> datetime:
    """Return the latest time for the first answer, by the ladder or by the end of the working day."""
    limit = ladder.answer_within.after(alert.opened_at, calendar)
    return limit if alert.due_today_at is None else min(limit, calendar.closes_at(alert.due_today_at))


def is_late(alert: AlertTimes, limit: datetime, *, now: datetime) -> bool:
    """Return whether an alert was answered after a limit, or is unanswered past it."""
    until = now if alert.is_unanswered else alert.answered_at
    return until is not None and until > limit


def _times(tier: Tier, alerts: Sequence[AlertTimes], late: Sequence[AlertTimes]) -> TierResponseTimes:
    notified = [(each.opened_at, each.notified_at) for each in alerts]
    return TierResponseTimes(
        tier=tier,
        opened=len(alerts),
        notified=_spread(notified),
        acknowledged=_spread([(each.notified_at, each.answered_at) for each in alerts]),
        resolved=_spread([(each.answered_at, each.resolved_at) for each in alerts]),
        opened_to_acknowledged=_spread([(each.opened_at, each.answered_at) for each in alerts]),
        retracted=sum(each.retracted_at is not None for each in alerts),
        answered_late=sum(not each.is_unanswered for each in late),
        open_past_limit=sum(each.is_unanswered for each in late),
        escalated=sum(each.notifications > 1 for each in alerts),
    )


def _spread(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Spread:
    spans = [max(end - begin, timedelta(0)) for begin, end in pairs if begin is not None and end is not None]
    return Spread(len(spans), percentile(spans, 0.5), percentile(spans, 0.9))
