"""Whether she still writes: the days she wrote on, how often is usual for her, and how long is too long."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from typing import Any, NamedTuple, Self

from api.domain.policy import Policy
from api.domain.schedule import WEEKLY_FOR_WEEKS

_WEEK = 7
_CLOSE = 1e-9


class ReportingState(StrEnum):
    """How she writes at present; none of them says how she is."""

    REPORTING = "reporting"
    THINNING = "thinning"
    SILENT = "silent"


class Written(NamedTuple):
    """The days she wrote on: the very first and the last (ordinals; 0 before the first), and those between.

    ``days`` holds one bit for each of the last 112 days up to ``last``, which is the lowest bit.
    ``heard_at`` is the moment of that day's latest entry.
    """

    first: int = 0
    last: int = 0
    days: int = 0
    heard_at: datetime | None = None

    def dump(self) -> list[Any]:
        """Return the days as JSON can keep them; ``load`` gives the same back."""
        heard_at = None if self.heard_at is None else self.heard_at.isoformat()
        return [self.first, self.last, f"{self.days:x}", heard_at]

    @classmethod
    def load(cls, kept: list[Any]) -> Self:
        """Return the days that ``dump`` kept."""
        first, last, days, heard_at = kept
        return cls(first, last, int(days, 16), None if heard_at is None else datetime.fromisoformat(heard_at))


class Habit(NamedTuple):
    """How often she writes: ``written`` of the last ``over`` days, and how long without an entry is too long.

    ``every`` is the mean number of days from one entry to the next, None while too few days were
    written on to say so. ``pause`` is the second longest of these where ``limit`` follows from it, else
    None: once is no habit, twice is.
    ``asked_less`` is set while she, who writes when she is asked, has only just begun to be asked monthly.
    """

    written: int
    over: int
    every: float | None
    pause: int | None
    asked_less: bool
    limit: int


@dataclass(frozen=True, slots=True)
class Reporting:
    """Whether she still writes, as seen on one day, with all that is needed to check it by hand.

    ``silent_from`` is the day from which she counts as silent unless she writes before it.
    ``written_lately`` of the last 28 days were written on; ``expected_lately`` were to be expected
    from the time before, None where that says nothing.
    """

    state: ReportingState
    last_day: date
    silent_from: date
    usual_interval_days: float | None
    written_days: int
    over_days: int
    written_lately: int
    expected_lately: float | None


def wrote(before: Written, day: int, heard_at: datetime, policy: Policy) -> Written:
    """Add a day she wrote on, later than those before; days that lie too far back are forgotten.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> f"{wrote(wrote(Written(), 100, noon, Policy()), 103, noon, Policy()).days:b}"
    '1001'
    """
    if not before.days:
        return Written(day, day, 1, heard_at)
    kept = int(policy.reporting_days.value)
    days = (before.days << min(day - before.last, kept)) & ((1 << kept) - 1) | 1
    return Written(before.first, day, days, heard_at)


def habit_of(written: Written, started: int | None, policy: Policy) -> Habit:
    """Return how often she writes, and after how many days without an entry she counts as silent.

    That is 3 times her usual interval or twice a pause she has made twice, whichever is longer,
    within 14 to 70 days. Until 4 days are written on, over 14 days or more, it is at least 35 days,
    as long as a monthly entry may be a week late; the same where she writes when she is asked, and
    has been asked monthly for fewer than 4 entries.

    Args:
        written: The days she wrote on, one at least.
        started: Ordinal of the first day on the tablets, None when not known.
        policy: The lengths; all of them judgement.

    Returns:
        The habit, over the last 112 days up to her last entry.

    >>> noon = datetime(2026, 3, 1, 12)
    >>> weekly = Written(100, 128, 0b10000001000000100000010000001, noon)
    >>> tuple(habit_of(weekly, None, Policy()))
    (5, 29, 7.0, None, False, 21)
    """
    told, over = written.days.bit_count(), written.days.bit_length()
    every = (over - 1) / (told - 1) if told > 1 else 0.0
    pauses = sorted(map(len, f"{written.days:b}".split("1")[1:-1]))
    pause = pauses[-2] + 1 if len(pauses) > 1 else 0
    usual = max(int(policy.silence_days.value), ceil(policy.silence_intervals.value * every - _CLOSE))
    limit = max(usual, ceil(policy.silence_pauses.value * pause - _CLOSE))
    by_pauses = limit > usual
    known = told >= policy.silence_written_days.value and over >= policy.silence_over_days.value
    asked_less = known and every >= policy.silence_as_asked_days.value - _CLOSE
    asked_less = asked_less and _just_asked_less(written, limit, started, policy)
    if asked_less or not known:
        limit = max(limit, int(policy.silence_few_days.value))
    limit = min(limit, int(policy.silence_longest_days.value))
    return Habit(told, over, every if known else None, pause if by_pauses else None, asked_less, limit)


def reporting_on(written: Written, today: int, started: int | None, policy: Policy) -> Reporting | None:
    """Say whether she still writes, as seen on a day.

    Args:
        written: The days she wrote on.
        today: Ordinal of the day; one before her last entry counts as that entry's.
        started: Ordinal of the first day on the tablets, None when not known.
        policy: The lengths.

    Returns:
        Silent once her limit has passed without an entry; thinning where the days written on of the
        last 28 have fallen to half or less, and by 3 or more, against the time before; else
        reporting. None, which is no answer, when she never wrote.

    >>> reporting_on(Written(), 100, None, Policy()) is None
    True
    """
    if not written.days:
        return None
    today = max(today, written.last)
    habit = habit_of(written, started, policy)
    lately, expected = _lately(written, today, started, policy)
    state = ReportingState.REPORTING
    if today - written.last >= habit.limit:
        state = ReportingState.SILENT
    elif expected is not None and _has_fallen(lately, expected, policy):
        state = ReportingState.THINNING
    return Reporting(
        state=state,
        last_day=date.fromordinal(written.last),
        silent_from=date.fromordinal(written.last + habit.limit),
        usual_interval_days=habit.every,
        written_days=habit.written,
        over_days=habit.over,
        written_lately=lately,
        expected_lately=expected,
    )


def _lately(written: Written, today: int, started: int | None, policy: Policy) -> tuple[int, float | None]:
    """Return the days written on lately, and how many were to be expected (None: not known)."""
    lately, kept = int(policy.thinning_days.value), int(policy.reporting_days.value)
    days = (written.days << min(today - written.last, kept)) & ((1 << kept) - 1)
    before = days >> lately
    over, told = before.bit_length(), before.bit_count()
    count = (days & ((1 << lately) - 1)).bit_count()
    if over < lately:
        return count, None
    as_asked = over / told >= policy.silence_as_asked_days.value - _CLOSE
    if as_asked and today - lately - over < _asked_monthly_from(written, started) <= today:
        return count, None  # she was asked more often then than now
    return count, lately * told / over


def _has_fallen(lately: int, expected: float, policy: Policy) -> bool:
    most = min(policy.thinning_share.value * expected, expected - policy.thinning_fewer.value)
    return lately <= most + _CLOSE


def _just_asked_less(written: Written, limit: int, started: int | None, policy: Policy) -> bool:
    monthly_from = _asked_monthly_from(written, started)
    if written.last + limit <= monthly_from:
        return False
    since = written.days & ((1 << max(written.last - monthly_from, 0)) - 1)
    return since.bit_count() < policy.silence_written_days.value


def _asked_monthly_from(written: Written, started: int | None) -> int:
    """Return the day of the last weekly check-in, counted from the tablets, or her first entry if later."""
    return max(started or 0, written.first) + _WEEK * WEEKLY_FOR_WEEKS
