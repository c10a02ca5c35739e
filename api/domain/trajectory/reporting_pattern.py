"""Whether she still writes: the days she wrote on, how often is usual for her, and how long is too long."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from typing import Annotated, NamedTuple

from api.domain.diary.state_codec import HEX
from api.domain.policy import Policy
from api.domain.schedule import WEEKLY_FOR_WEEKS

_WEEK, _CLOSE = 7, 1e-9
_TWICE = 2  # once is no habit
_BREAKS = 4  # long intervals that are remembered
_STRAYS = 2  # days that may lie far before a diary without belonging to it
_FAR = 2  # times the longest pause since


class ReportingState(StrEnum):
    """How she writes at present; none of them says how she is."""

    REPORTING = "reporting"
    THINNING = "thinning"
    SILENT = "silent"


class ReportingHistory(NamedTuple):
    """The days a patient wrote on: the present diary's first, the last (ordinals; 0: none), those between.

    ``days`` holds one bit for each of the last 112 days up to ``last``, which is the lowest bit.
    ``heard_at`` is the moment of that day's latest entry. ``breaks`` are the last intervals of more
    than 35 days, each after too few days to show how often a patient writes: strays, or visits.
    """

    first: int = 0
    last: int = 0
    days: Annotated[int, HEX] = 0
    heard_at: datetime | None = None
    breaks: tuple[int, ...] = ()


class ReportingPattern(NamedTuple):
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
class ReportingSummary:
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


def record_day(before: ReportingHistory, day: int, heard_at: datetime, policy: Policy) -> ReportingHistory:
    """Add a day the patient wrote on, later than those before; days that lie too far back are forgotten.

    A few days more than 35 days before the next one do not belong with it, nor do one or two that lie far
    before all others: the diary begins anew.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> f"{record_day(record_day(ReportingHistory(), 100, noon, Policy()), 103, noon, Policy()).days:b}"
    '1001'
    >>> record_day(record_day(ReportingHistory(), 100, noon, Policy()), 184, noon, Policy())[:3]
    (184, 184, 1)
    """
    if not before.days:
        return ReportingHistory(day, day, 1, heard_at)
    gap, is_diary = day - before.last, has_pattern(before.days, policy)
    if gap > policy.silence_few_days.value and not is_diary:
        return ReportingHistory(day, day, 1, heard_at, (*before.breaks, gap)[-_BREAKS:])
    kept = int(policy.reporting_days.value)
    days = (before.days << min(gap, kept)) & ((1 << kept) - 1) | 1
    breaks = () if is_diary else before.breaks
    return _without_strays(ReportingHistory(before.first, day, days, heard_at, breaks), policy)


def has_pattern(days: int, policy: Policy) -> bool:
    """Say whether days written on are enough to show how often a patient writes: 4, over 14 days."""
    enough = days.bit_count() >= policy.silence_written_days.value
    return enough and days.bit_length() >= policy.silence_over_days.value


def estimate_pattern(
    written: ReportingHistory, started: int | None, policy: Policy, *, asked_every: int | None = None
) -> ReportingPattern:
    """Return how often a patient writes, and after how many days without an entry the patient is silent.

    That is 3 times the usual interval or twice a pause made twice, whichever is longer,
    within 14 to 70 days. Until 4 days are written on, over 14 days or more, it is at least 35 days,
    as long as a monthly entry may be a week late; the same where the patient writes when asked, and
    has been asked monthly for fewer than 4 entries. In a diary written at visits, twice or more at much the
    same long interval, it is 1.5 times that interval; where a plan asks that seldom, likewise.

    Args:
        written: The days written on, one at least.
        started: Ordinal of the first day on the tablets, None when not known.
        policy: The lengths; all of them judgement.
        asked_every: Days between the times at which a plan asks the patient, None for the built-in check-in.

    Returns:
        The habit, over the last 112 days up to the last entry.

    >>> noon = datetime(2026, 3, 1, 12)
    >>> weekly = ReportingHistory(100, 128, 0b10000001000000100000010000001, noon)
    >>> tuple(estimate_pattern(weekly, None, Policy()))
    (5, 29, 7.0, None, False, 21)
    """
    at_visits = _visits(written, policy)
    days = written.days
    told, over = days.bit_count(), days.bit_length()
    every = (over - 1) / (told - 1) if told > 1 else 0.0
    usual = max(int(policy.silence_days.value), ceil(policy.silence_intervals.value * every - _CLOSE))
    limit = max(usual, ceil(policy.silence_pauses.value * _pause(days) - _CLOSE))
    pause = _pause(days) if limit > usual else None
    known = has_pattern(days, policy)
    as_asked = not known or every >= policy.silence_as_asked_days.value - _CLOSE
    asked_less = known and as_asked and _just_asked_less(written, limit, started, policy)
    if asked_less or not known:
        limit = max(limit, int(policy.silence_few_days.value))
    limit = min(limit, int(policy.silence_longest_days.value))
    if as_asked and asked_every is not None:
        limit = max(limit, ceil(policy.silence_visit_intervals.value * asked_every - _CLOSE))
    if at_visits:
        limit = max(limit, _limit_between(written.breaks, policy))
        return ReportingPattern(len(at_visits) + 1, sum(at_visits) + 1, _mean(at_visits), None, False, limit)
    return ReportingPattern(told, over, every if known else None, pause, asked_less, limit)


def _without_strays(written: ReportingHistory, policy: Policy) -> ReportingHistory:
    """Return the days written on without strays: one or two first days that lie far before all others.

    Far is more than 14 days, and more than twice the longest pause since.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> found = _without_strays(ReportingHistory(100, 124, 0b1000000000000000000001111, noon), Policy())
    >>> found.first, f"{found.days:b}"
    (121, '1111')
    """
    if written.last - written.first >= written.days.bit_length():
        return written  # the diary began before the days that are remembered
    gaps = _gaps(written.days)
    for strays in range(min(_STRAYS, len(gaps) - 1), 0, -1):
        since = gaps[strays:]
        if min(gaps[:strays]) > max(policy.silence_days.value, _FAR * max(since)):
            over = sum(since) + 1
            return written._replace(first=written.last - over + 1, days=written.days & ((1 << over) - 1))
    return written


def _gaps(days: int) -> list[int]:
    """Return the days from each day written on to the next, oldest first."""
    return [len(blank) + 1 for blank in f"{days:b}".split("1")[1:-1]]


def _pause(days: int) -> int:
    """Return the second longest pause; one after fewer than three days written on is none yet."""
    pauses = sorted(_gaps(days)[_STRAYS:])
    return pauses[-2] if len(pauses) > 1 else 0


def _visits(written: ReportingHistory, policy: Policy) -> tuple[int, ...]:
    """Return the intervals of a diary written at visits, where they are much the same; else none.

    A visit is one day, or some within two weeks.
    """
    breaks = written.breaks
    is_one_visit = written.days.bit_length() < policy.silence_over_days.value
    if not is_one_visit or len(breaks) < _TWICE:
        return ()
    if max(breaks) > min(policy.silence_visit_longest_days.value, _FAR * min(breaks)):
        return ()
    return breaks


def _limit_between(visits: tuple[int, ...], policy: Policy) -> int:
    longest = int(policy.silence_longest_days.value)
    return max(longest, ceil(policy.silence_visit_intervals.value * _mean(visits) - _CLOSE))


def _mean(intervals: tuple[int, ...]) -> float:
    return sum(intervals) / len(intervals)


def summarise_reporting(
    written: ReportingHistory,
    today: int,
    started: int | None,
    policy: Policy,
    *,
    asked_every: int | None = None,
) -> ReportingSummary | None:
    """Say whether she still writes, as seen on a day.

    Args:
        written: The days she wrote on.
        today: Ordinal of the day; one before her last entry counts as that entry's.
        started: Ordinal of the first day on the tablets, None when not known.
        policy: The lengths.
        asked_every: Days between the times at which a plan asks, None for the built-in check-in.

    Returns:
        Silent once her limit has passed without an entry; thinning where the days written on of the
        last 28 have fallen to half or less, and by 3 or more, against the time before; else
        reporting. None, which is no answer, when she never wrote.

    >>> summarise_reporting(ReportingHistory(), 100, None, Policy()) is None
    True
    """
    if not written.days:
        return None
    today = max(today, written.last)
    habit = estimate_pattern(written, started, policy, asked_every=asked_every)
    lately, expected = _lately(written, today, started, policy)
    state = ReportingState.REPORTING
    if today - written.last >= habit.limit:
        state = ReportingState.SILENT
    elif expected is not None and _has_fallen(lately, expected, policy):
        state = ReportingState.THINNING
    return ReportingSummary(
        state=state,
        last_day=date.fromordinal(written.last),
        silent_from=date.fromordinal(written.last + habit.limit),
        usual_interval_days=habit.every,
        written_days=habit.written,
        over_days=habit.over,
        written_lately=lately,
        expected_lately=expected,
    )


def _lately(
    written: ReportingHistory, today: int, started: int | None, policy: Policy
) -> tuple[int, float | None]:
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


def _just_asked_less(written: ReportingHistory, limit: int, started: int | None, policy: Policy) -> bool:
    monthly_from = _asked_monthly_from(written, started)
    if written.last + limit <= monthly_from:
        return False
    since = written.days & ((1 << max(written.last - monthly_from, 0)) - 1)
    return since.bit_count() < policy.silence_written_days.value


def _asked_monthly_from(written: ReportingHistory, started: int | None) -> int:
    """Return the day of the last weekly check-in, counted from the tablets, or her first entry if later."""
    return max(started or 0, written.first) + _WEEK * WEEKLY_FOR_WEEKS
