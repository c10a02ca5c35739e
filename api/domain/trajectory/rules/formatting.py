"""Formatting of numbers, dates and windows for the reason of a finding."""

from datetime import date

from api.domain.trajectory.level import Answered

_NEARLY = 0.99


def short(number: float) -> str:
    """Return a number with at most one decimal.

    >>> short(2.0), short(2.84)
    ('2', '2.8')
    """
    return f"{number:.1f}".removesuffix(".0")


def percent(probability: float) -> str:
    """Return a probability as a percentage that never claims certainty.

    >>> percent(0.974), percent(0.9999)
    ('97%', 'over 99%')
    """
    if probability > _NEARLY:
        return "over 99%"
    return "under 1%" if probability < 1 - _NEARLY else f"{100 * probability:.0f}%"


def on(day: int | date) -> str:
    """Return a day, given as a date or its ordinal, in words that stay true later.

    >>> on(date(2026, 5, 4))
    '4 May 2026'
    """
    when = date.fromordinal(day) if isinstance(day, int) else day
    return f"{when.day} {when:%B %Y}"


def between(first: int, last: int) -> str:
    """Return the days from one to another, as ordinals, in words.

    >>> day = date(2026, 5, 4).toordinal()
    >>> between(day - 14, day), between(day - 2, day), between(day - 200, day)
    ('from 20 April to 4 May 2026', 'from 2 to 4 May 2026', 'from 16 October 2025 to 4 May 2026')
    """
    begin, end = date.fromordinal(first), date.fromordinal(last)
    if begin.year != end.year:
        return f"from {on(begin)} to {on(end)}"
    return f"from {begin.day}{'' if begin.month == end.month else f' {begin:%B}'} to {on(end)}"


def span(window: Answered) -> str:
    """Return the days of a level in words.

    >>> day = date(2026, 3, 15).toordinal()
    >>> span(((day - 14, 2.0), (day - 7, 3.0), (day, 7.0)))
    'over 3 answers from 1 to 15 March 2026'
    """
    return f"over {len(window)} answers {between(window[0][0], window[-1][0])}"


def dated(window: Answered) -> dict[str, float]:
    """Return the answers of a window by date, to check by hand."""
    return {date.fromordinal(day).isoformat(): answer for day, answer in window}
