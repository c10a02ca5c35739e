"""Days on which a patient made an entry, without stray days that do not belong to the diary."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, NamedTuple

from api.domain.diary.state_codec import HEX
from api.domain.policy import Policy

_MAX_BREAKS = 4
_MAX_STRAYS = 2
_FAR = 2  # times the longest gap since


class ReportingHistory(NamedTuple):
    """Days with an entry.

    Attributes:
        first_day: Ordinal of the first day of the present diary; 0 before the first entry.
        last_day: Ordinal of the last day with an entry.
        days: One bit for each of the last 112 days up to ``last_day``, which is the lowest bit.
        last_entry_at: Time of the latest entry of the last day.
        breaks: The last intervals of more than 35 days, each after too few days to show a pattern:
            they separate stray days, or visits.
        postponed_days: Days by which a reason given for the present gap postpones silence.
        extra: One bit for each of those days on which only extra check-ins were answered. They belong
            to no rhythm of the patient's own.
    """

    first_day: int = 0
    last_day: int = 0
    days: Annotated[int, HEX] = 0
    last_entry_at: datetime | None = None
    breaks: tuple[int, ...] = ()
    postponed_days: int = 0
    extra: Annotated[int, HEX] = 0

    @property
    def own_days(self) -> int:
        """The days without those of ``extra``, up to the last such day; all days where there is none."""
        own = self.days & ~self.extra
        return own >> ((own & -own).bit_length() - 1) if own else self.days


def record_day(
    before: ReportingHistory, day: int, last_entry_at: datetime, policy: Policy, *, is_extra: bool = False
) -> ReportingHistory:
    """Return the history with one later day added; days too far back are dropped.

    ``is_extra``: only extra check-ins were answered on it.

    A few days more than 35 days before the next one do not belong to the diary. Neither do one or
    two days that lie far before all others. In both cases the diary starts anew.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> first = record_day(ReportingHistory(), 100, noon, Policy())
    >>> f"{record_day(first, 103, noon, Policy()).days:b}"
    '1001'
    >>> record_day(first, 184, noon, Policy())[:3]
    (184, 184, 1)
    """
    if not before.days:
        return ReportingHistory(day, day, 1, last_entry_at)
    gap, is_diary = day - before.last_day, has_pattern(before.days, policy)
    if gap > policy.silence_few_days.value and not is_diary:
        return ReportingHistory(day, day, 1, last_entry_at, (*before.breaks, gap)[-_MAX_BREAKS:])
    kept = int(policy.reporting_days.value)
    days = (before.days << min(gap, kept)) & ((1 << kept) - 1) | 1
    extra = (before.extra << min(gap, kept)) & ((1 << kept) - 1) | is_extra
    breaks = () if is_diary else before.breaks
    history = ReportingHistory(before.first_day, day, days, last_entry_at, breaks, extra=extra)
    return _without_strays(history, policy)


def has_pattern(days: int, policy: Policy) -> bool:
    """Return whether days (as bits) are enough to show a pattern: 4, over 14 days."""
    enough = days.bit_count() >= policy.silence_written_days.value
    return enough and days.bit_length() >= policy.silence_over_days.value


def gaps(days: int) -> list[int]:
    """Return the days from each day with an entry to the next, oldest first.

    >>> gaps(0b10011)
    [3, 1]
    """
    return [len(blank) + 1 for blank in f"{days:b}".split("1")[1:-1]]


@lru_cache(maxsize=1024)
def second_longest_gap(days: int) -> int:
    """Return the second longest gap; 0 where there are not two.

    A gap counts only after three days with an entry.
    """
    counted = sorted(gaps(days)[_MAX_STRAYS:])
    return counted[-2] if len(counted) > 1 else 0


def _without_strays(history: ReportingHistory, policy: Policy) -> ReportingHistory:
    """Return the history without stray days: one or two first days that lie far before all others.

    Far is more than 14 days, and more than twice the longest gap since.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> history = ReportingHistory(100, 124, 0b1000000000000000000001111, noon)
    >>> found = _without_strays(history, Policy())
    >>> found.first_day, f"{found.days:b}"
    (121, '1111')
    """
    if history.last_day - history.first_day >= history.days.bit_length():
        return history  # the diary began before the days that are kept
    intervals = gaps(history.days)
    for strays in range(min(_MAX_STRAYS, len(intervals) - 1), 0, -1):
        since = intervals[strays:]
        if min(intervals[:strays]) > max(policy.silence_days.value, _FAR * max(since)):
            over = sum(since) + 1
            return history._replace(
                first_day=history.last_day - over + 1, days=history.days & ((1 << over) - 1)
            )
    return history
