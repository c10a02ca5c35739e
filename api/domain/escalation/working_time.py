"""Working hours and holidays of a site, and arithmetic in working days."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from api.domain.schedule import local_day, moment_of, zone_of

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIDNIGHT = 24 * 60
"""The end of a day, in minutes since its beginning."""

Hours = tuple[tuple[int, int], ...]
"""Spans of working hours of one day, in minutes since midnight; in order, without overlap."""
Span = tuple[datetime, datetime]

OFFICE: Hours = ((8 * 60, 17 * 60),)

_DAY = timedelta(days=1)
_SLACK_DAYS = 28
"""Days searched in addition to holidays: a change of clocks may remove a short span."""


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A site's working week, Monday first, with its holidays and the name of its time zone.

    The default is Monday to Friday from 8 to 17; judgement, unverified.
    """

    week: tuple[Hours, ...] = (OFFICE,) * 5 + ((),) * 2
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Days without work, each with its name."""
    zone: str = "UTC"

    def is_open(self, moment: datetime) -> bool:
        """Return whether the site is open at a moment.

        >>> from datetime import UTC
        >>> here = WorkingTime(zone="Europe/Berlin")
        >>> [here.is_open(datetime(2026, 3, 2, hour, tzinfo=UTC)) for hour in (6, 7, 15, 16)]
        [False, True, True, False]
        """
        return any(begin <= moment < end for begin, end in self._spans(local_day(moment, zone_of(self.zone))))

    def opens_at(self, moment: datetime) -> datetime | None:
        """Return ``moment`` if the site is open, else its next opening; None: it never opens.

        >>> from datetime import UTC
        >>> WorkingTime(zone="Europe/Berlin").opens_at(datetime(2026, 3, 6, 20, tzinfo=UTC)).isoformat()
        '2026-03-09T07:00:00+00:00'
        """
        for day in self._working_days(moment, 1):
            for begin, end in day:
                if moment < end:
                    return max(begin, moment)
        return None

    def closes_at(self, moment: datetime) -> datetime:
        """Return the end of the working day of a moment; outside working hours, of the next one.

        A site that never opens has a day of 24 hours, so that every wait ends.

        >>> from datetime import UTC
        >>> friday = datetime(2026, 3, 6, 12, tzinfo=UTC)
        >>> [WorkingTime().closes_at(friday + timedelta(hours=n)).strftime("%a %H:%M") for n in (0, 5)]
        ['Fri 17:00', 'Mon 17:00']
        """
        ends = (day[-1][1] for day in self._working_days(moment, 1))
        return next((end for end in ends if moment < end), moment + _DAY)

    def after_days(self, moment: datetime, days: int) -> datetime:
        """Return the moment ``days`` working days later, after the same working time of the day.

        A moment outside working hours counts from the next opening. Where a day has too little working
        time, the result is the beginning of the next one. A site that never opens counts plain days, so
        that every delay ends.

        Args:
            moment: Start, aware.
            days: Number of working days, 0 or more.

        Returns:
            A moment in working hours, not before ``moment``, and not earlier for a later ``moment``.

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
        """Yield the spans of each working day, from the local day of ``since`` on.

        The search is bounded: a week with working hours has ``count`` working days within ``count``
        weeks and one more for each holiday.
        """
        days = 7 * (count + len(self.holidays) + 1) + _SLACK_DAYS if any(self.week) else 0
        first = local_day(since, zone_of(self.zone))
        return filter(None, (self._spans(first + ahead * _DAY) for ahead in range(days)))

    def _spans(self, day: date) -> tuple[Span, ...]:
        """Return the spans of a day as moments, without those that a change of clocks removes."""
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
    """Return the moment after some working time of a day; None where the day is shorter."""
    for begin, end in day:
        if worked < end - begin:
            return begin + worked
        worked -= end - begin
    return None
