"""The hours in which a site works, its holidays, and working days counted on them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from api.domain.schedule import local_day, moment_of, zone_of

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
"""The end of a day, in minutes since its beginning."""

Hours = tuple[tuple[int, int], ...]
"""When a day's work begins and ends, in minutes on the clock since midnight; in order, without overlap."""
Span = tuple[datetime, datetime]

OFFICE: Hours = ((8 * 60, 17 * 60),)

_DAY = timedelta(days=1)
_SLACK_DAYS = 28
"""Days looked at beyond those that holidays can cover: one night a year may swallow a short span."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A site's week, Monday first, with its holidays and its time zone's name.

    The default is an office's, Monday to Friday from 8 to 17; judgement, unverified.
    """

    week: tuple[Hours, ...] = (OFFICE,) * 5 + ((),) * 2
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Days without work, each with its name."""
    zone: str = "UTC"

    def is_open(self, moment: datetime) -> bool:
        """Say whether the site works at a moment.

        >>> from datetime import UTC
        >>> here = WorkingTime(zone="Europe/Berlin")
        >>> [here.is_open(datetime(2026, 3, 2, hour, tzinfo=UTC)) for hour in (6, 7, 15, 16)]
        [False, True, True, False]
        """
        return any(begin <= moment < end for begin, end in self._spans(local_day(moment, zone_of(self.zone))))

    def opens_at(self, moment: datetime) -> datetime | None:
        """Return ``moment`` itself where the site works, else when it begins to; None: it never does.

        >>> from datetime import UTC
        >>> WorkingTime(zone="Europe/Berlin").opens_at(datetime(2026, 3, 6, 20, tzinfo=UTC)).isoformat()
        '2026-03-09T07:00:00+00:00'
        """
        for day in self._working_days(moment, 1):
            for begin, end in day:
                if moment < end:
                    return max(begin, moment)
        return None

    def after_days(self, moment: datetime, days: int) -> datetime:
        """Return the moment ``days`` working days on, as far into the day's work as ``moment`` is.

        What comes outside working hours counts from when work begins. A day that is too short for it
        passes it on to the beginning of the next. A site that never works counts plain days: nobody
        waits for ever.

        Args:
            moment: From when on, aware.
            days: How many, 0 or more.

        Returns:
            A moment in working hours, never before ``moment``; later for a later one, or the same.

        >>> from datetime import UTC
        >>> here = WorkingTime(holidays={date(2026, 3, 9): "closed"}, zone="Europe/Berlin")
        >>> thursday = datetime(2026, 3, 5, 10, 30, tzinfo=UTC)
        >>> [here.after_days(thursday, days).strftime("%a %d %H:%M") for days in (0, 1, 2)]
        ['Thu 05 10:30', 'Fri 06 10:30', 'Tue 10 10:30']
        """
        opens = self.opens_at(moment)
        if opens is None:
            return moment + days * _DAY
        coming = self._working_days(opens, days + 1)
        worked = sum((min(end, opens) - begin for begin, end in next(coming) if begin < opens), timedelta(0))
        if days == 0:
            return opens
        for _ in range(days - 1):
            next(coming)
        day = next(coming)
        return _into(day, worked) or self.after_days(day[-1][1], 0)

    def _working_days(self, since: datetime, count: int) -> Iterator[tuple[Span, ...]]:
        """Give the work of each day that has any, from the local day of ``since`` on.

        It ends: a week with work in it has ``count`` such days within as many weeks and those that
        holidays can take away.
        """
        days = 7 * (count + len(self.holidays) + 1) + _SLACK_DAYS if any(self.week) else 0
        first = local_day(since, zone_of(self.zone))
        return filter(None, (self._spans(first + ahead * _DAY) for ahead in range(days)))

    def _spans(self, day: date) -> tuple[Span, ...]:
        """Return a day's work as moments; what the night of a change of clocks swallows is left out."""
        if day in self.holidays:
            return ()
        spans: list[Span] = []
        for begins, ends in self.week[day.weekday()]:
            begin, end = self._moment(day, begins), self._moment(day, ends)
            begin = max(begin, spans[-1][1]) if spans else begin
            if begin < end:
                spans.append((begin, end))
        return tuple(spans)

    def _moment(self, day: date, minutes: int) -> datetime:
        if minutes == MIDNIGHT:
            return moment_of(day + _DAY, time(0), zone_of(self.zone))
        return moment_of(day, time(*divmod(minutes, 60)), zone_of(self.zone))


def _into(day: tuple[Span, ...], worked: timedelta) -> datetime | None:
    """Return when so much of a day's work is done; None where the day is shorter."""
    for begin, end in day:
        if worked < end - begin:
            return begin + worked
        worked -= end - begin
    return None
