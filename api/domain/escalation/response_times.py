"""How soon a team was told of its alerts, answered and closed them: the closed loop, in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from api.domain.alerts.finding import Tier
from api.domain.escalation.ladder import TIERS, LadderSet
from api.domain.escalation.working_time import WorkingTime

HALF, NINE_IN_TEN = 0.5, 0.9


@dataclass(frozen=True, slots=True)
class AlertTimes:
    """One alert's way from when the server knew to when it was closed; None: not yet, or never."""

    tier: Tier
    opened_at: datetime
    told_at: datetime | None
    """When the first message about it was delivered to somebody of the team."""
    answered_at: datetime | None
    """When somebody first acknowledged, snoozed or resolved it."""
    resolved_at: datetime | None
    retracted_at: datetime | None
    """When the entries no longer showed it."""
    told_times: int = 0

    @property
    def is_unanswered(self) -> bool:
        """Say whether it still waits for its first answer."""
        return self.answered_at is None and self.retracted_at is None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, over those of which it is known."""

    count: int
    median: timedelta | None
    p90: timedelta | None


@dataclass(frozen=True, slots=True)
class TierResponseTimes:
    """The alerts of one tier that were opened in a time."""

    tier: Tier
    opened: int
    told: Spread
    """From opened to told."""
    acknowledged: Spread
    """From told to answered, in any way. Who answered before any message came needed no time."""
    resolved: Spread
    """From answered to resolved."""
    opened_to_acknowledged: Spread
    retracted: int
    answered_late: int
    open_past_limit: int
    """Unanswered now, and longer so than the site's ladder allows."""
    climbed: int
    """Alerts of which the team was told more than once."""


def times_of(
    courses: Iterable[AlertTimes], ladders: LadderSet, calendar: WorkingTime, *, now: datetime
) -> list[TierResponseTimes]:
    """Return the response times of each tier a team is told of, the more urgent first.

    Args:
        courses: The alerts.
        ladders: They say within how long each tier is to be answered.
        calendar: The site's working hours, with its time zone.
        now: The present moment.
    """
    listed = list(courses)
    times = []
    for tier in TIERS:
        of_tier = [each for each in listed if each.tier is tier]
        ladder = ladders.of(tier)
        late = [
            each
            for each in of_tier
            if ladder and is_late(each, ladder.answer_within.after(each.opened_at, calendar), now=now)
        ]
        times.append(_times(tier, of_tier, late))
    return times


def share(spans: Sequence[timedelta], part: float) -> timedelta | None:
    """Return the time within which at least ``part`` of them were done (nearest rank); None: there are none.

    >>> minutes = [timedelta(minutes=n) for n in (50, 10, 20, 40, 30)]
    >>> [share(minutes, part).total_seconds() / 60 for part in (0.5, 0.9)]
    [30.0, 50.0]
    """
    return sorted(spans)[max(ceil(part * len(spans)), 1) - 1] if spans else None


def is_late(course: AlertTimes, limit: datetime, *, now: datetime) -> bool:
    """Say whether an alert was answered after its limit, or still waits past it."""
    until = now if course.is_unanswered else course.answered_at
    return until is not None and until > limit


def _times(tier: Tier, courses: Sequence[AlertTimes], late: Sequence[AlertTimes]) -> TierResponseTimes:
    told = [(each.opened_at, each.told_at) for each in courses]
    acknowledged = [(each.told_at, each.answered_at) for each in courses]
    return TierResponseTimes(
        tier=tier,
        opened=len(courses),
        told=_spread(told),
        acknowledged=_spread(acknowledged),
        resolved=_spread([(each.answered_at, each.resolved_at) for each in courses]),
        opened_to_acknowledged=_spread([(each.opened_at, each.answered_at) for each in courses]),
        retracted=sum(each.retracted_at is not None for each in courses),
        answered_late=sum(not each.is_unanswered for each in late),
        open_past_limit=sum(each.is_unanswered for each in late),
        climbed=sum(each.told_times > 1 for each in courses),
    )


def _spread(pairs: Iterable[tuple[datetime | None, datetime | None]]) -> Spread:
    spans = [max(end - begin, timedelta(0)) for begin, end in pairs if begin is not None and end is not None]
    return Spread(len(spans), share(spans, HALF), share(spans, NINE_IN_TEN))
