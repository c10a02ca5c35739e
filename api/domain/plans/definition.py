"""Monitoring plan: the tasks of a patient, each with its interval, its windows and its source."""

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
    """Kind of a task: it decides who performs it and by which record."""

    CHECK_IN = "check_in"  # the patient, by an entry
    ASSESSMENT = "assessment"  # the patient, by a completed questionnaire
    MEASUREMENT = "measurement"  # staff, by a measurement


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval in weeks or in calendar months; one of them is 0."""

    weeks: int = 0
    months: int = 0

    @property
    def shortest_days(self) -> int:
        """Return the smallest number of days the interval can have."""
        return 7 * self.weeks + SHORTEST_MONTH * self.months

    def times(self, number: int, *, after: date) -> date:
        """Return the day ``number`` intervals after a day; in a shorter month the 31st is its last day.

        >>> [Interval(months=1).times(n, after=date(2026, 1, 31)).isoformat() for n in (1, 2)]
        ['2026-02-28', '2026-03-31']
        """
        month = after.month - 1 + number * self.months
        year, month = after.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
        day = min(after.day, calendar.monthrange(year, month)[1])
        return date(year, month, day) + timedelta(weeks=number * self.weeks)


@dataclass(frozen=True, slots=True)
class SlotWindow:
    """Local days of one slot, all included.

    The task is requested from ``due_on`` on and overdue after ``closes_on``. A record counts from
    ``opens_on`` to ``until_on`` (None: without end), the day before the next window of the course opens.
    """

    opens_on: date
    due_on: date
    closes_on: date
    until_on: date | None

    def overlaps(self, other: "SlotWindow") -> bool:
        """Return whether two windows share a day; they are then the same slot."""
        return self.opens_on <= other.closes_on and other.opens_on <= self.closes_on


@dataclass(frozen=True, slots=True)
class Recurrence:
    """One course of a plan: a task at some weeks after the start, then at regular intervals.

    A record counts from ``early_days`` before the due day, and no request is sent after it; the task is
    overdue ``late_days`` after the due day. The slot of week 0 is the baseline; a record for it counts
    from ``before_start_days`` before the start.
    """

    task: str
    """An instrument's code, a kind of measurement, or ``check_in``."""
    at_weeks: tuple[int, ...]
    then_every: Interval | None
    early_days: int
    late_days: int
    source: str
    before_start_days: int = 0

    @property
    def kind(self) -> TaskKind:
        """Return the kind of the task."""
        return kind_of(self.task)

    @property
    def notice(self) -> str | None:
        """Return a note to show with the task: retired, or a bone density interval off the guideline."""
        retirement = retirement_of(self.task)
        if retirement is not None:
            return f"{self.task} {retirement.notice}"
        if self.task != MeasurementKind.BONE_DENSITY or self.then_every == Interval(months=GUIDELINE_MONTHS):
            return None
        return BONE_DENSITY_GUIDELINE

    def windows(self, started_on: date) -> Iterator[SlotWindow]:
        """Yield the windows from the start on, in order; without end where the task repeats.

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
    """The courses of a plan, at most one for each task."""

    name: str
    courses: tuple[Recurrence, ...]

    def course(self, task: str) -> Recurrence | None:
        """Return the course of a task, None where the plan has none."""
        return next((course for course in self.courses if course.task == task), None)


def kind_of(task: str) -> TaskKind:
    """Return the kind of a task.

    >>> [str(kind_of(task)) for task in ("check_in", "bpi-sf", "bone_density")]
    ['check_in', 'assessment', 'measurement']
    """
    if task == CHECK_IN:
        return TaskKind.CHECK_IN
    return TaskKind.MEASUREMENT if task in set(MeasurementKind) else TaskKind.ASSESSMENT


def retirement_of(task: str) -> Retirement | None:
    """Return the retirement of a questionnaire; None for one in use, and for any other task."""
    instrument = NEWEST.get(task)
    return None if instrument is None else instrument.retired


def known_tasks() -> list[str]:
    """Return the tasks that a plan may contain."""
    return [CHECK_IN, *NEWEST, *(kind.value for kind in MeasurementKind)]
