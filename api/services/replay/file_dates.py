"""Bounds on the dates of a diary file, and the day taken as its present."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

EARLIEST = date(1990, 1, 1)
"""Rows dated before it are rejected: no third-generation aromatase inhibitor was in use (anastrozole: 1995).
Spreadsheets write a missing date as 1899-12-30, 1900-01-01, 1904-01-01 or 1970-01-01."""

AHEAD = timedelta(days=3_660)
"""Time after the clock's day up to which a row may be dated. Simulated cohorts run ten years ahead."""

APART_DAYS = 35
"""Gap in days that separates runs of rows: as long as a patient may go without an entry while the usual
interval is not known (``Policy.silence_few_days``)."""


@dataclass(frozen=True, slots=True)
class FileToday:
    """Day of a command: that of the clock (UTC), or the caller's where ``is_given``."""

    day: date
    is_given: bool = False


NO_CLOCK = FileToday(date(9000, 1, 1))
"""For callers without a clock: no row is rejected as ahead of it."""


@dataclass(frozen=True, slots=True)
class FileDates:
    """Last day, in UTC, that rows of a file may have, and the day taken as the present."""

    last: date
    present: date
    is_given: bool = False

    def problem(self, moment: datetime) -> str | None:
        """Return the problem of a row's moment, None where it can be used.

        Args:
            moment: When the row was recorded, in UTC.
        """
        day = moment.date()
        if day < EARLIEST:
            return f"lies before {EARLIEST}, when none of these tablets were in use"
        if day <= self.last:
            return None
        if self.is_given:
            return f"lies after {self.last}, the day given as today"
        return (
            f"lies after {self.last}, the last day a row may have: ahead of today and far from other entries"
        )


def find_file_dates(days: Counter[int], today: FileToday) -> FileDates:
    """Return the bounds for the rows of one file, and its present day.

    The present day follows from most entries, never from one row. Days more than 35 apart belong to
    separate runs, and the last day of the run with the most rows is the present. Rows ahead of the
    clock are used only in that run, as in simulated cohorts.

    Args:
        days: Number of rows of each day (ordinal, UTC).
        today: The day of the command.

    Returns:
        Up to the given day. Otherwise up to the day after the clock's, or up to the end of the longest run
        where that lies ahead, at most ten years.

    >>> march = {date(2026, 3, day).toordinal(): 3 for day in range(1, 32)}
    >>> rows = Counter(march | {date(2206, 1, 5).toordinal(): 1})
    >>> found = find_file_dates(rows, FileToday(date(2026, 11, 28)))
    >>> found.present.isoformat(), found.last.isoformat()
    ('2026-03-31', '2026-11-29')
    """
    if today.is_given:
        return FileDates(today.day, today.day, is_given=True)
    tomorrow, latest = today.day + timedelta(days=1), today.day + AHEAD
    usable = {day: rows for day, rows in days.items() if EARLIEST.toordinal() <= day <= latest.toordinal()}
    present = date.fromordinal(_end_of_longest_run(usable)) if usable else today.day
    return FileDates(max(tomorrow, present), present)


def _end_of_longest_run(days: dict[int, int]) -> int:
    """Return the last day of the run with the most rows; of equal runs, the later one."""
    most = end = rows = 0
    before: int | None = None
    for day in sorted(days):
        rows = days[day] + (0 if before is None or day - before > APART_DAYS else rows)
        if rows >= most:
            most, end = rows, day
        before = day
    return end
