"""Due times in a patient's time zone; the only module that uses time zones.

The rules for the nights the clocks change: a time that does not exist (the gap) moves forward by the
gap's length, so 02:30 is 03:30 that day; a time that comes twice (the overlap) is the first of the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKLY_FOR_WEEKS = 12
THEN_EVERY_WEEKS = 4
"""Most patients who get these symptoms have them by week 8, and the first visit is at 12 weeks, so
check-ins are weekly until then and monthly afterwards."""

EVENING = time(19)
"""Time of day of "tonight", in the patient's time zone."""

_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours without messages; they may cross midnight. Equal times mean no quiet hours."""

    begins: time
    ends: time

    def covers(self, clock: time) -> bool:
        """Return whether a time of day is in the quiet hours.

        >>> night = QuietHours(time(21), time(8))
        >>> [night.covers(time(hour)) for hour in (20, 21, 23, 0, 7, 8)]
        [False, True, True, True, True, False]
        """
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


@dataclass(frozen=True, slots=True)
class CheckInTimes:
    """Weekly check-in of a patient; ``weekday`` 0 is Monday, ``at`` is a time in ``zone``."""

    weekday: int
    at: time
    zone: ZoneInfo
    started_on: date
    """Local day from which weeks are counted: the aromatase inhibitor's first, or enrolment if later."""


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of a name that `api.domain.zones` has accepted.

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
    first = local_day(after, zone) - _DAY  # it may still be ahead where the clocks go forward over midnight
    days = (moment_of(first + n * _DAY, at, zone) for n in range(4))
    return next(moment for moment in days if moment > after)


def previous_at(at: time, zone: ZoneInfo, *, before: datetime) -> datetime:
    """Return the last moment before ``before``, in UTC, when clocks in ``zone`` read ``at``.

    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> previous_at(time(9), berlin, before=datetime(2026, 3, 29, 7, tzinfo=UTC)).isoformat()
    '2026-03-28T08:00:00+00:00'
    """
    today = local_day(before, zone)
    days = (moment_of(today - n * _DAY, at, zone) for n in range(3))
    return next(moment for moment in days if moment < before)


def next_of(times: Iterable[time], zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return the next moment after ``after``, in UTC, when clocks in ``zone`` read one of ``times``.

    >>> berlin, at_nine = ZoneInfo("Europe/Berlin"), datetime(2026, 3, 2, 8, tzinfo=UTC)
    >>> next_of([time(9), time(18)], berlin, after=at_nine).isoformat()
    '2026-03-02T17:00:00+00:00'
    """
    return min(next_at(at, zone, after=after) for at in times)


def moved_to_zone(coming: datetime, times: Iterable[time], old: ZoneInfo, new: ZoneInfo) -> datetime:
    """Return the time, in the new zone, of the daily reminder check planned at ``coming`` in the old zone.

    It is the first of the times in the new zone after the check before ``coming``, and may be in the
    past: the check is then due at once. However often zones change, it is at most a day and the
    difference of the zones after that check, so that no day is left out.

    >>> berlin, tokyo = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
    >>> moved_to_zone(datetime(2026, 3, 3, 8, tzinfo=UTC), [time(9)], berlin, tokyo).isoformat()
    '2026-03-03T00:00:00+00:00'
    """
    clocks = list(times)
    before = max(previous_at(at, old, before=coming) for at in clocks)
    return next_of(clocks, new, after=before)


def week_start(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the start of the current week, in UTC: Monday, at midnight in ``zone``.

    >>> week_start(datetime(2026, 3, 8, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")).isoformat()
    '2026-03-08T23:00:00+00:00'
    """
    today = local_day(now, zone)
    return moment_of(today - today.weekday() * _DAY, time(0), zone)


def next_check_in(plan: CheckInTimes, *, after: datetime) -> datetime:
    """Return when the next check-in after ``after`` is due, in UTC.

    Weekly until the end of week 12, then every fourth week, counted from ``plan.started_on``. The
    weeks before a start in the future are weekly too: they are the baseline.

    >>> plan = CheckInTimes(0, time(9), ZoneInfo("Europe/Berlin"), date(2026, 1, 5))
    >>> due, days = datetime(2026, 3, 16, 12, tzinfo=UTC), []
    >>> for _ in range(4):
    ...     due = next_check_in(plan, after=due)
    ...     days.append(due.date().isoformat())
    >>> days
    ['2026-03-23', '2026-03-30', '2026-04-27', '2026-05-25']
    """
    first = local_day(after, plan.zone) - _DAY  # as in next_at
    day = first + (plan.weekday - first.weekday()) % 7 * _DAY
    while not _is_check_in_day(plan, day) or moment_of(day, plan.at, plan.zone) <= after:
        day += _WEEK
    return moment_of(day, plan.at, plan.zone)


def latest_check_in(plan: CheckInTimes, *, by: datetime) -> date:
    """Return the local day of the check-in that was due last, at ``by`` or before.

    >>> plan = CheckInTimes(0, time(9), ZoneInfo("Europe/Berlin"), date(2026, 1, 5))
    >>> [latest_check_in(plan, by=datetime(2026, 4, day, 8, tzinfo=UTC)).isoformat() for day in (26, 27)]
    ['2026-03-30', '2026-04-27']
    """
    day = local_day(by, plan.zone)
    day -= (day.weekday() - plan.weekday) % 7 * _DAY
    while not _is_check_in_day(plan, day) or moment_of(day, plan.at, plan.zone) > by:
        day -= _WEEK
    return day


def next_allowed(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """Return ``moment`` itself, or the end of the quiet hours it falls into; in UTC.

    >>> berlin, night = ZoneInfo("Europe/Berlin"), QuietHours(time(21), time(8))
    >>> next_allowed(datetime(2026, 3, 28, 22, tzinfo=UTC), night, berlin).isoformat()
    '2026-03-29T06:00:00+00:00'
    """
    if not is_quiet(moment, quiet, zone):
        return moment.astimezone(UTC)
    today = local_day(moment, zone)
    ends = sorted(
        datetime.combine(today + n * _DAY, quiet.ends.replace(fold=fold), zone).astimezone(UTC)
        for n in range(3)
        for fold in (0, 1)  # where the clocks go back in the quiet hours the second end counts
    )
    return next(end for end in ends if end > moment and not is_quiet(end, quiet, zone))


def this_evening(now: datetime, quiet: QuietHours, zone: ZoneInfo) -> datetime:
    """Return 19:00 of today, or one hour from now where that is past, outside quiet hours; in UTC.

    >>> berlin, night = ZoneInfo("Europe/Berlin"), QuietHours(time(21), time(8))
    >>> hours = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 18, 19))
    >>> [this_evening(hour, night, berlin).isoformat()[5:16] for hour in hours]
    ['03-02T18:00', '03-02T19:00', '03-03T07:00']
    """
    evening = moment_of(local_day(now, zone), EVENING, zone)
    return next_allowed(evening if evening > now else now + timedelta(hours=1), quiet, zone)


def is_quiet(moment: datetime, quiet: QuietHours, zone: ZoneInfo) -> bool:
    """Return whether ``moment`` is in the quiet hours in ``zone``."""
    return quiet.covers(moment.astimezone(zone).time())


def _is_check_in_day(plan: CheckInTimes, day: date) -> bool:
    week = (day - plan.started_on).days // 7
    return week <= WEEKLY_FOR_WEEKS or (week - WEEKLY_FOR_WEEKS) % THEN_EVERY_WEEKS == 0
