"""Checkpoints: states of a patient's trajectory after earlier days, from which a replay can start.

A late, corrected or withdrawn entry changes nothing before its day, so the days before need not be scored
again. Recent days have more checkpoints than old ones: a replay from a day ``n`` days back costs at most
a quarter more than those ``n`` days, and a diary of ten years keeps some twenty checkpoints.
"""

from collections.abc import Sequence
from datetime import date
from itertools import chain, groupby, pairwise
from typing import Any, NamedTuple

from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import PatientTrajectory
from api.domain.trajectory.outcome import ScoredDays

SPACING_DAYS = 16
"""The distance of recent checkpoints; of older ones it grows to a quarter of their age."""

_SHARE_OF_AGE = 4


class Checkpoint(NamedTuple):
    """The state after ``last_day``, the last scored day up to then, as ``Engine.resume`` takes it."""

    last_day: date
    snapshot: list[Any]


class Replay(NamedTuple):
    """What a replay gives: the course and outcome of its days, and the checkpoints passed on the way."""

    course: PatientTrajectory
    outcome: ScoredDays
    checkpoints: list[Checkpoint]


def checkpoint_of(last_day: date, snapshot: Sequence[Any]) -> Checkpoint:
    """Return the checkpoint that a snapshot of a course holds, once a later day has come.

    A snapshot keeps the last day apart, as more may be said of it; a checkpoint keeps the state after it.
    """
    head, after = snapshot[:3], snapshot[5]
    return Checkpoint(last_day, [*head, after, None, None])


def is_passed(last_day: date, following: date) -> bool:
    """Say whether a checkpoint belongs between two neighbouring days with an entry."""
    return last_day.toordinal() // SPACING_DAYS < following.toordinal() // SPACING_DAYS


def select_checkpoints(days: Sequence[date], newest: date) -> list[date]:
    """Return which checkpoints to keep: the distance of two is 16 days, or a quarter of their age.

    Args:
        days: Of the checkpoints there are, oldest first.
        newest: The newest scored day.

    Returns:
        Those to keep, oldest first; the oldest of all is always among them.

    >>> first, newest = date(2020, 1, 1).toordinal(), date(2030, 1, 1)
    >>> every = [date.fromordinal(first + 16 * n) for n in range(228)]
    >>> len(select_checkpoints(every, newest))
    21
    """
    kept: list[date] = []
    following = newest
    for place in range(len(days) - 1, -1, -1):
        day = days[place]
        room = max(SPACING_DAYS, (newest - day).days // _SHARE_OF_AGE)
        if place == 0 or (following - days[place - 1]).days > room:
            kept.append(day)
            following = day
    return kept[::-1]


def replay(course: PatientTrajectory, entries: Sequence[Entry]) -> Replay:
    """Add entries to a course as ``PatientTrajectory.add`` does, and keep checkpoints of it on the way.

    Args:
        course: Where the replay starts; it is worked on.
        entries: All later ones of the patient, in any order.

    Raises:
        OutOfOrder: One belongs before the last scored day.
    """
    ordered = sorted(entries, key=lambda entry: entry.local_date)
    days = [(day, list(told)) for day, told in groupby(ordered, key=lambda entry: entry.local_date)]
    parts, outcomes, checkpoints = _parts(days), [], []
    for nth, part in enumerate(parts, start=1):
        outcomes.append(course.add([entry for _, told in part for entry in told]))
        if nth < len(parts):
            checkpoints.append(checkpoint_of(part[-1][0], course.snapshot()))
    return Replay(course, _joined(outcomes), checkpoints)


_Days = list[tuple[date, list[Entry]]]


def _parts(days: _Days) -> list[_Days]:
    """Cut days where a checkpoint will be kept."""
    if not days:
        return []
    dates = [day for day, _ in days]
    passed = [day for day, following in pairwise(dates) if is_passed(day, following)]
    kept = set(select_checkpoints(passed, dates[-1]))
    cuts = [0, *(place for place, day in enumerate(dates, start=1) if day in kept), len(days)]
    return [days[start:end] for start, end in pairwise(cuts)]


def _joined(outcomes: Sequence[ScoredDays]) -> ScoredDays:
    return ScoredDays(
        min((each.since for each in outcomes), default=date.max),
        tuple(chain.from_iterable(each.scores for each in outcomes)),
        tuple(chain.from_iterable(each.findings for each in outcomes)),
    )
