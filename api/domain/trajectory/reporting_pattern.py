"""Reporting pattern: how often a patient makes an entry, and how long without one is too long."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from api.domain.constants import DAYS_PER_WEEK
from api.domain.diary.patient_factors import PatientFactors
from api.domain.policy import Policy
from api.domain.schedule import WEEKLY_FOR_WEEKS
from api.domain.trajectory.reporting_history import ReportingHistory, has_pattern, second_longest_gap

_TOLERANCE = 1e-9
_MIN_BREAKS = 2
_MOST_UNEVEN = 2  # longest over shortest interval of visits


class ReportingState(StrEnum):
    """Present reporting; none of the states implies how the patient is."""

    REPORTING = "reporting"
    DECLINING = "declining"
    SILENT = "silent"


class ReportingPattern(NamedTuple):
    """Rhythm of the entries of a patient.

    Attributes:
        entry_days: Days with an entry other than an extra check-in, of the last ``observed_days``.
        observed_days: Days from the first to the last of them.
        interval_days: Mean days from one entry to the next; None while there are too few days.
        repeated_pause: Second longest gap where the limit follows from it, else None. A gap that
            was made twice belongs to the pattern.
        newly_monthly: Whether a patient who writes when prompted has only just begun to be prompted
            monthly.
        limit_days: Days without an entry from which the patient counts as silent.
    """

    entry_days: int
    observed_days: int
    interval_days: float | None
    repeated_pause: int | None
    newly_monthly: bool
    limit_days: int


@dataclass(frozen=True, slots=True)
class ReportingSummary:
    """Reporting as of one day, with all that is needed to check it by hand.

    Attributes:
        silent_from: Day from which the patient counts as silent unless an entry comes before it.
        recent_entry_days: Days with an entry other than an extra check-in, of the last 28.
        expected_entry_days: Days expected from the time before; None where it shows no pattern.
    """

    state: ReportingState
    last_day: date
    silent_from: date
    mean_interval_days: float | None
    entry_days: int
    observed_days: int
    recent_entry_days: int
    expected_entry_days: float | None


def estimate_pattern(history: ReportingHistory, factors: PatientFactors, policy: Policy) -> ReportingPattern:
    """Return how often a patient makes an entry, and the limit after which they are silent.

    The limit is 3 times the mean interval or twice the second longest gap, whichever is longer,
    within 14 to 70 days. It is at least 35 days, as a monthly entry may be a week late, in two
    cases: until there are 4 days with an entry over 14 days or more, and where the patient writes
    when prompted and has been prompted monthly for fewer than 4 entries. In a diary written at
    visits (twice or more at much the same long interval) it is 1.5 times that interval; likewise
    where a plan prompts that seldom. A reason given for the present gap adds one interval. Answers to
    extra check-ins are no rhythm: only the days of other entries count, while any entry ends a
    silence.

    Args:
        history: Days with an entry, at least one.
        factors: The first day on the tablets, and the days between the prompts of a plan.
        policy: The lengths; all of them are judgement.

    Returns:
        The pattern over the last 112 days up to the last entry.

    >>> from datetime import datetime
    >>> weekly = ReportingHistory(100, 128, 0b10000001000000100000010000001, datetime(2026, 3, 1, 12))
    >>> tuple(estimate_pattern(weekly, PatientFactors(), Policy()))
    (5, 29, 7.0, None, False, 21)
    """
    visits = _visit_intervals(history, policy)
    days = history.own_days
    written, over = days.bit_count(), days.bit_length()
    interval = (over - 1) / (written - 1) if written > 1 else 0.0
    usual = max(int(policy.silence_days.value), ceil(policy.silence_intervals.value * interval - _TOLERANCE))
    limit = max(usual, ceil(policy.silence_pauses.value * second_longest_gap(days) - _TOLERANCE))
    pause = second_longest_gap(days) if limit > usual else None
    is_known = has_pattern(days, policy)
    as_prompted = not is_known or interval >= policy.silence_as_asked_days.value - _TOLERANCE
    newly_monthly = is_known and as_prompted and _is_newly_monthly(history, limit, factors.started, policy)
    if newly_monthly or not is_known:
        limit = max(limit, int(policy.silence_few_days.value))
    limit = min(limit, int(policy.silence_longest_days.value))
    if as_prompted and factors.check_in_days is not None:
        limit = max(limit, ceil(policy.silence_visit_intervals.value * factors.check_in_days - _TOLERANCE))
    if visits:
        limit = max(limit, _limit_between(visits, policy))
        limit += history.postponed_days
        return ReportingPattern(len(visits) + 1, sum(visits) + 1, _mean(visits), None, False, limit)
    limit += history.postponed_days
    return ReportingPattern(written, over, interval if is_known else None, pause, newly_monthly, limit)


def postpone_silence(
    history: ReportingHistory, day: int, factors: PatientFactors, policy: Policy
) -> ReportingHistory:
    """Return the history after a reason given for the present gap, which is no report.

    Silence begins one usual interval later, or one between check-ins where the usual one is not known.
    Only the first reason of a gap counts, and none once the silence has begun: whatever is said, silence
    is postponed by one interval at most.
    """
    if not history.days or history.postponed_days:
        return history
    pattern = estimate_pattern(history, factors, policy)
    if day - history.last_day >= pattern.limit_days:
        return history
    interval = pattern.interval_days or factors.check_in_days or DAYS_PER_WEEK
    return history._replace(postponed_days=ceil(interval - _TOLERANCE))


def summarise_reporting(
    history: ReportingHistory, today: int, factors: PatientFactors, policy: Policy
) -> ReportingSummary | None:
    """Return the reporting of a patient as of one day.

    Args:
        history: Days with an entry.
        today: Ordinal of the day; one before the last entry counts as the day of that entry.
        factors: The first day on the tablets, and the days between the prompts of a plan.
        policy: The lengths.

    Returns:
        Silent once the limit has passed without an entry. Declining where the days with an entry of
        the last 28 are at most half of those expected from the time before, and at least 3 fewer.
        Else reporting. None, which is no answer, before the first entry.

    >>> summarise_reporting(ReportingHistory(), 100, PatientFactors(), Policy()) is None
    True
    """
    if not history.days:
        return None
    today = max(today, history.last_day)
    pattern = estimate_pattern(history, factors, policy)
    lately, expected = _recent_days(history, today, factors.started, policy)
    state = ReportingState.REPORTING
    if today - history.last_day >= pattern.limit_days:
        state = ReportingState.SILENT
    elif expected is not None and _has_declined(lately, expected, policy):
        state = ReportingState.DECLINING
    return ReportingSummary(
        state=state,
        last_day=date.fromordinal(history.last_day),
        silent_from=date.fromordinal(history.last_day + pattern.limit_days),
        mean_interval_days=pattern.interval_days,
        entry_days=pattern.entry_days,
        observed_days=pattern.observed_days,
        recent_entry_days=lately,
        expected_entry_days=expected,
    )


def _visit_intervals(history: ReportingHistory, policy: Policy) -> tuple[int, ...]:
    """Return the intervals of a diary written at visits, where they are much the same; else none.

    A visit is one day, or some within two weeks.
    """
    breaks = history.breaks
    is_one_visit = history.days.bit_length() < policy.silence_over_days.value
    if not is_one_visit or len(breaks) < _MIN_BREAKS:
        return ()
    longest = min(policy.silence_visit_longest_days.value, _MOST_UNEVEN * min(breaks))
    return breaks if max(breaks) <= longest else ()


def _limit_between(visits: tuple[int, ...], policy: Policy) -> int:
    longest = int(policy.silence_longest_days.value)
    return max(longest, ceil(policy.silence_visit_intervals.value * _mean(visits) - _TOLERANCE))


def _mean(intervals: tuple[int, ...]) -> float:
    return sum(intervals) / len(intervals)


def _recent_days(
    history: ReportingHistory, today: int, started: int | None, policy: Policy
) -> tuple[int, float | None]:
    """Return the days with an entry lately, and the number expected (None: not known)."""
    lately, kept = int(policy.thinning_days.value), int(policy.reporting_days.value)
    days = ((history.days & ~history.extra) << min(today - history.last_day, kept)) & ((1 << kept) - 1)
    before = days >> lately
    over, written = before.bit_length(), before.bit_count()
    count = (days & ((1 << lately) - 1)).bit_count()
    if over < lately:
        return count, None
    as_prompted = over / written >= policy.silence_as_asked_days.value - _TOLERANCE
    if as_prompted and today - lately - over < _monthly_from(history, started) <= today:
        return count, None  # prompts were more frequent before than now
    return count, lately * written / over


def _has_declined(lately: int, expected: float, policy: Policy) -> bool:
    most = min(policy.thinning_share.value * expected, expected - policy.thinning_fewer.value)
    return lately <= most + _TOLERANCE


def _is_newly_monthly(history: ReportingHistory, limit: int, started: int | None, policy: Policy) -> bool:
    monthly_from = _monthly_from(history, started)
    if history.last_day + limit <= monthly_from:
        return False
    since = history.days & ~history.extra & ((1 << max(history.last_day - monthly_from, 0)) - 1)
    return since.bit_count() < policy.silence_written_days.value


def _monthly_from(history: ReportingHistory, started: int | None) -> int:
    """Return the day of the last weekly check-in.

    Weeks are counted from the start of the tablets or, if later, from the first entry.
    """
    return max(started or 0, history.first_day) + DAYS_PER_WEEK * WEEKLY_FOR_WEEKS
