"""When something is due on a patient's own clock; the one place that knows time zones.

The rules for the nights the clocks change: a time that does not exist (the gap) moves forward by the
gap's length, so 02:30 is 03:30 that day; a time that comes twice (the overlap) is the first of the two.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKLY_FOR_WEEKS = 12
THEN_EVERY_WEEKS = 4
"""Most women who get these symptoms have them by week 8, and 12 weeks is the first visit: ask weekly
until then, then monthly (design, Notifications)."""

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours in which nobody is disturbed; they may cross midnight. The same twice: none."""

    begins: time
    ends: time

    def covers(self, clock: time) -> bool:
        """Say whether a clock that reads ``clock`` is inside.

        >>> night = Quiet(time(21), time(8))
        >>> [night.covers(time(hour)) for hour in (20, 21, 23, 0, 7, 8)]
        [False, True, True, True, True, False]
        """
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


@dataclass(frozen=True, slots=True)
class CheckIns:
    """A patient's weekly appointment with her diary; ``weekday`` 0 is Monday, ``at`` is her clock."""

    weekday: int
    at: time
    zone: ZoneInfo
    started_on: date
    """Local day from which weeks are counted: the aromatase inhibitor's first, or enrolment if later."""


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of a name that `api.domain.zones` has let in.

    >>> zone_of("Europe/Berlin").key
    'Europe/Berlin'
    """
    return ZoneInfo(name)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day it is in ``zone`` at ``moment``."""
    return moment.astimezone(zone).date()


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, when clocks in ``zone`` read ``at`` on ``day``.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> moment_of(date(2026, 3, 29), time(2, 30), berlin).isoformat()     # the gap: 03:30 summer time
    '2026-03-29T01:30:00+00:00'
    >>> moment_of(date(2026, 10, 25), time(2, 30), berlin).isoformat()    # the overlap: the first
    '2026-10-25T00:30:00+00:00'
    """
    return datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC)


def next_at(at: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return the next moment after ``after``, in UTC, when clocks in ``zone`` read ``at``.

    >>> berlin = ZoneInfo("Europe/Berlin")          # the night the clocks go forward
    >>> next_at(time(9), berlin, after=datetime(2026, 3, 28, 12, tzinfo=UTC)).isoformat()
    '2026-03-29T07:00:00+00:00'
    """
    today = local_day(after, zone)
    days = (moment_of(today + n * _DAY, at, zone) for n in range(3))
    return next(moment for moment in days if moment > after)


def week_begun_at(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, when the running week began: Monday, at midnight in ``zone``.

    >>> week_begun_at(datetime(2026, 3, 8, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-08T23:00:00+00:00'
    """
    today = local_day(now, zone)
    return moment_of(today - today.weekday() * _DAY, time(0), zone)


def next_check_in(plan: CheckIns, *, after: datetime) -> datetime:
    """Return when the next check-in after ``after`` is due, in UTC.

    Weekly until the end of week 12, then every fourth week, counted from ``plan.started_on``; a
    start that lies ahead is weekly too: those weeks are the baseline.

    >>> plan = CheckIns(0, time(9), ZoneInfo("Europe/Berlin"), date(2026, 1, 5))
    >>> due, days = datetime(2026, 3, 16, 12, tzinfo=UTC), []
    >>> for _ in range(4):
    ...     due = next_check_in(plan, after=due)
    ...     days.append(due.date().isoformat())
    >>> days
    ['2026-03-23', '2026-03-30', '2026-04-27', '2026-05-25']
    """
    today = local_day(after, plan.zone)
    day = today + (plan.weekday - today.weekday()) % 7 * _DAY
    while not _is_asked(plan, day) or moment_of(day, plan.at, plan.zone) <= after:
        day += _WEEK
    return moment_of(day, plan.at, plan.zone)


def next_allowed(moment: datetime, quiet: Quiet, zone: ZoneInfo) -> datetime:
    """Return ``moment`` itself, or the end of the quiet hours it falls into; in UTC.

    >>> berlin, night = ZoneInfo("Europe/Berlin"), Quiet(time(21), time(8))
    >>> next_allowed(datetime(2026, 3, 28, 22, tzinfo=UTC), night, berlin).isoformat()
    '2026-03-29T06:00:00+00:00'
    """
    if not is_quiet(moment, quiet, zone):
        return moment.astimezone(UTC)
    today = local_day(moment, zone)
    ends = sorted(
        datetime.combine(today + n * _DAY, quiet.ends.replace(fold=fold), zone).astimezone(UTC)
        for n in range(3)
        for fold in (0, 1)  # the second of two ends counts where the clocks go back in the quiet
    )
    return next(end for end in ends if end > moment and not is_quiet(end, quiet, zone))


def is_quiet(moment: datetime, quiet: Quiet, zone: ZoneInfo) -> bool:
    """Say whether it is quiet on the clocks of ``zone`` at ``moment``."""
    return quiet.covers(moment.astimezone(zone).time())


def _is_asked(plan: CheckIns, day: date) -> bool:
    week = (day - plan.started_on).days // 7
    return week <= WEEKLY_FOR_WEEKS or (week - WEEKLY_FOR_WEEKS) % THEN_EVERY_WEEKS == 0
