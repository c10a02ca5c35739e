"""Formatting of numbers, dates and windows for the care team, as in the reason of a finding."""

from collections.abc import Sequence
from datetime import date

_NEARLY = 0.99


def format_number(number: float) -> str:
    """Return a number with at most one decimal.

    >>> format_number(2.0), format_number(2.84)
    ('2', '2.8')
    """
    return f"{number:.1f}".removesuffix(".0")


def format_percent(probability: float) -> str:
    """Return a probability as a percentage that never claims certainty.

    >>> format_percent(0.974), format_percent(0.9999)
    ('97%', 'over 99%')
    """
    if probability > _NEARLY:
        return "over 99%"
    return "under 1%" if probability < 1 - _NEARLY else f"{100 * probability:.0f}%"


def format_day(day: int | date) -> str:
    """Return a day, given as a date or its ordinal, in words that stay true later.

    >>> format_day(date(2026, 5, 4))
    '4 May 2026'
    """
    when = date.fromordinal(day) if isinstance(day, int) else day
    return f"{when.day} {when:%B %Y}"


def format_days(first: int, last: int) -> str:
    """Return the days from one to another, as ordinals, in words.

    >>> day = date(2026, 5, 4).toordinal()
    >>> format_days(day - 14, day), format_days(day - 2, day), format_days(day - 200, day)
    ('from 20 April to 4 May 2026', 'from 2 to 4 May 2026', 'from 16 October 2025 to 4 May 2026')
    """
    begin, end = date.fromordinal(first), date.fromordinal(last)
    if begin.year != end.year:
        return f"from {format_day(begin)} to {format_day(end)}"
    return f"from {begin.day}{'' if begin.month == end.month else f' {begin:%B}'} to {format_day(end)}"


def describe_window(window: Sequence[tuple[int, float]]) -> str:
    """Return the days of a level in words.

    >>> day = date(2026, 3, 15).toordinal()
    >>> describe_window(((day - 14, 2.0), (day - 7, 3.0), (day, 7.0)))
    'over 3 answers from 1 to 15 March 2026'
    """
    return f"over {len(window)} answers {format_days(window[0][0], window[-1][0])}"


def answers_by_date(window: Sequence[tuple[int, float]]) -> dict[str, float]:
    """Return the answers of a window by date, to check by hand."""
    return {date.fromordinal(day).isoformat(): answer for day, answer in window}
