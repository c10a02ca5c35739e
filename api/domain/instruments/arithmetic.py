"""Sums and means over answered items; unscored where too few were answered."""

from collections.abc import Sequence
from fractions import Fraction

from api.domain.instruments.scores import Answers, Result, Unscored


def numbers(answers: Answers, items: Sequence[str]) -> list[float]:
    """Return the numeric answers to ``items`` that were given, in the order of the items."""
    found = [answers[item] for item in items if item in answers]
    return [answer for answer in found if not isinstance(answer, tuple)]


def mean_of(answers: Answers, items: Sequence[str], *, at_least: int) -> Result:
    """Return the mean of the answered items, in their own unit and direction.

    Returns:
        The mean; ``Unscored`` when fewer than ``at_least`` were answered.

    >>> mean_of({"a": 3.0, "b": 4.0}, ("a", "b", "c"), at_least=2)
    3.5
    >>> mean_of({"a": 3.0}, ("a", "b", "c"), at_least=2)
    Unscored(reason='1 of 3 items answered, 2 are needed')
    """
    given = numbers(answers, items)
    if len(given) < max(at_least, 1):
        return too_few(len(given), len(items), max(at_least, 1))
    return float(sum(map(Fraction, given)) / len(given))


def prorated_sum(answers: Answers, items: Sequence[str], *, at_least: int) -> Result:
    """Return the sum over all items, missing ones replaced by the mean of the others.

    Returns:
        The prorated sum; ``Unscored`` when fewer than ``at_least`` were answered.

    >>> prorated_sum({"a": 3.0, "b": 4.0}, ("a", "b", "c"), at_least=2)
    10.5
    """
    given = numbers(answers, items)
    if len(given) < max(at_least, 1):
        return too_few(len(given), len(items), max(at_least, 1))
    return float(sum(map(Fraction, given)) * len(items) / len(given))


def too_few(given: int, of: int, needed: int) -> Unscored:
    """Return the reason that too few items were answered."""
    return Unscored(f"{given} of {of} items answered, {needed} are needed")


def total(parts: Sequence[tuple[str, Result]]) -> Result:
    """Return the sum of scores; unscored where one of them is.

    >>> total([("PWB", 20.0), ("EWB", 18.5)])
    38.5
    >>> total([("PWB", 20.0), ("EWB", Unscored("2 of 6 items answered, 4 are needed"))])
    Unscored(reason='EWB is not scored: 2 of 6 items answered, 4 are needed')
    """
    added = 0.0
    for name, part in parts:
        if isinstance(part, Unscored):
            return Unscored(f"{name} is not scored: {part.reason}")
        added += part
    return added
