"""What a plan is: for each thing that is reassessed, when, how early and how late, and why so."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

from api.domain.guidance.catalogue.follow_up import BONE_DENSITY_GUIDELINE
from api.domain.instruments.definition import Retirement
from api.domain.instruments.registry import NEWEST
from api.domain.measurements.definition import MeasurementKind

CHECK_IN = "check_in"
MONTHS_A_YEAR = 12
GUIDELINE_MONTHS = 24
SHORTEST_MONTH = 28


class TaskKind(StrEnum):
    """What kind of thing is reassessed: it says who does it and what answers it."""

    CHECK_IN = "check_in"  # she does, by an entry
    ASSESSMENT = "assessment"  # she does, by a completed questionnaire
    MEASUREMENT = "measurement"  # staff do


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval in weeks or in calendar months: one of the two, the other 0."""

    weeks: int = 0
    months: int = 0

    @property
    def shortest_days(self) -> int:
        """Return the fewest days it can be."""
        return 7 * self.weeks + SHORTEST_MONTH * self.months

    def times(self, number: int, *, after: date) -> date:
        """Return the day ``number`` intervals after a day; the 31st becomes a shorter month's last.

        >>> [Interval(months=1).times(n, after=date(2026, 1, 31)).isoformat() for n in (1, 2)]
        ['2026-02-28', '2026-03-31']
        """
        month = after.month - 1 + number * self.months
        year, month = after.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
        day = min(after.day, calendar.monthrange(year, month)[1])
        return date(year, month, day) + timedelta(weeks=number * self.weeks)


@dataclass(frozen=True, slots=True)
class SlotWindow:
    """When one reassessment is asked for, and which answers are its own; all days included.

    Asked from ``due_on`` on and late after ``closes_on``; an answer counts from ``opens_on`` to
    ``until_on`` (None: for ever), the day before the next one of the same course opens.
    """

    opens_on: date
    due_on: date
    closes_on: date
    until_on: date | None

    def overlaps(self, other: "SlotWindow") -> bool:
        """Say whether two windows share a day: they are then one and the same reassessment."""
        return self.opens_on <= other.closes_on and other.opens_on <= self.closes_on


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How one thing is reassessed: at some weeks after the start, then again and again.

    ``early_days`` before its day an answer already counts, and nobody who answered in them is asked;
    ``late_days`` after its day it is overdue. The one of week 0 is the baseline and counts from
    ``before_start_days`` before it.
    """

    what: str
    at_weeks: tuple[int, ...]
    then_every: Interval | None
    early_days: int
    late_days: int
    source: str
    before_start_days: int = 0

    @property
    def kind(self) -> TaskKind:
        """Return what kind of thing it is."""
        return kind_of(self.what)

    @property
    def mark(self) -> str | None:
        """Return a note to show beside it: retired, or a bone density interval off the guideline."""
        retirement = retirement_of(self.what)
        if retirement is not None:
            return f"{self.what} {retirement.notice}"
        if self.what != MeasurementKind.BONE_DENSITY or self.then_every == Interval(months=GUIDELINE_MONTHS):
            return None
        return BONE_DENSITY_GUIDELINE

    def windows(self, started_on: date) -> Iterator[SlotWindow]:
        """Return its windows from the start on, in order; without end where it repeats.

        >>> scans = Recurrence("bone_density", (0,), Interval(months=6), 28, 56, "a source", 365)
        >>> days = scans.windows(date(2026, 1, 31))
        >>> [next(days).due_on.isoformat() for _ in range(3)]
        ['2026-01-31', '2026-07-31', '2027-01-31']
        """
        days = self._days(started_on)
        day = next(days, None)
        while day is not None:
            following = next(days, None)
            until = None if following is None else self._opens(following, started_on) - timedelta(days=1)
            yield SlotWindow(self._opens(day, started_on), day, day + timedelta(days=self.late_days), until)
            day = following

    def _days(self, started_on: date) -> Iterator[date]:
        last = started_on
        for week in self.at_weeks:
            last = started_on + timedelta(weeks=week)
            yield last
        if self.then_every is not None:
            for number in count(1):
                yield self.then_every.times(number, after=last)

    def _opens(self, day: date, started_on: date) -> date:
        return day - timedelta(days=self.before_start_days if day == started_on else self.early_days)


@dataclass(frozen=True, slots=True)
class Plan:
    """Which things are reassessed, and how; one course at most for each."""

    name: str
    courses: tuple[Recurrence, ...]

    def course(self, what: str) -> Recurrence | None:
        """Return the course of one thing, None where the plan has none."""
        return next((course for course in self.courses if course.what == what), None)


def kind_of(what: str) -> TaskKind:
    """Return the kind of a thing that may stand in a plan.

    >>> [str(kind_of(what)) for what in ("check_in", "bpi-sf", "bone_density")]
    ['check_in', 'assessment', 'measurement']
    """
    if what == CHECK_IN:
        return TaskKind.CHECK_IN
    return TaskKind.MEASUREMENT if what in set(MeasurementKind) else TaskKind.ASSESSMENT


def retirement_of(what: str) -> Retirement | None:
    """Return the retirement of a questionnaire; None for one in use, and for any other task."""
    instrument = NEWEST.get(what)
    return None if instrument is None else instrument.retired


def known() -> list[str]:
    """Return everything that may stand in a plan."""
    return [CHECK_IN, *NEWEST, *(kind.value for kind in MeasurementKind)]
