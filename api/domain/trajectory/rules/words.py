"""Numbers and windows in the words of a reason."""

from datetime import date

from api.domain.trajectory.level import Answered

_NEARLY = 0.99
_WEEK = 7


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


def span(window: Answered, today: int) -> str:
    """Return which days a level is made of, as seen today.

    >>> span(((1, 2.0), (8, 3.0), (15, 7.0)), 15)
    'over the last 3 answers, in 15 days'
    >>> span(((1, 2.0), (5, 3.0), (7, 7.0)), 7)
    'this week (3 answers)'
    """
    days = today - window[0][0] + 1
    if days > _WEEK:
        return f"over the last {len(window)} answers, in {days} days"
    return f"this week ({len(window)} answers)"


def dated(window: Answered) -> dict[str, float]:
    """Return the answers of a window by date, for checking by hand."""
    return {date.fromordinal(day).isoformat(): answer for day, answer in window}
