"""Checkpoints: stored states after earlier days, from which a replay can start.

A late, corrected or withdrawn entry changes nothing before its day, so the days before need not be
scored again. Checkpoints are denser over recent days: a replay from ``n`` days back costs at most a
quarter more than those ``n`` days, and a diary of ten years keeps about twenty checkpoints.
"""

from collections.abc import Sequence
from datetime import date
from itertools import chain, groupby, pairwise
from typing import Any, NamedTuple

from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import PatientTrajectory
from api.domain.trajectory.outcome import ScoredDays

SPACING_DAYS = 16
"""Distance of recent checkpoints; that of older ones grows to a quarter of their age."""

_SHARE_OF_AGE = 4


class Checkpoint(NamedTuple):
    """State after ``last_day``, in the form that ``Engine.resume`` accepts."""

    last_day: date
    snapshot: list[Any]


class Replay(NamedTuple):
    """Result of a replay: trajectory and outcome of its days, and the checkpoints passed."""

    trajectory: PatientTrajectory
    outcome: ScoredDays
    checkpoints: list[Checkpoint]


def checkpoint_of(last_day: date, snapshot: Sequence[Any]) -> Checkpoint:
    """Return the checkpoint of a snapshot, once there is a later day.

    A snapshot keeps the last day apart, as entries may be added to it; a checkpoint has the state
    after it.
    """
    head, after = snapshot[:3], snapshot[5]
    return Checkpoint(last_day, [*head, after, None, None])


def is_passed(last_day: date, following: date) -> bool:
    """Return whether a checkpoint belongs between two neighbouring days with an entry."""
    return last_day.toordinal() // SPACING_DAYS < following.toordinal() // SPACING_DAYS


def select_checkpoints(days: Sequence[date], newest: date) -> list[date]:
    """Return the checkpoints to keep: at a distance of 16 days, or of a quarter of their age.

    Args:
        days: Days of all checkpoints, oldest first.
        newest: The newest scored day.

    Returns:
        The days to keep, oldest first; the oldest of all is always among them.

    >>> first, newest = date(2020, 1, 1).toordinal(), date(2030, 1, 1)
    >>> every = [date.fromordinal(first + 16 * n) for n in range(228)]
    >>> len(select_checkpoints(every, newest))
    21
    """
    kept: list[date] = []
    following = newest
    for index in range(len(days) - 1, -1, -1):
        day = days[index]
        spacing = max(SPACING_DAYS, (newest - day).days // _SHARE_OF_AGE)
        if index == 0 or (following - days[index - 1]).days > spacing:
            kept.append(day)
            following = day
    return kept[::-1]


def replay(trajectory: PatientTrajectory, entries: Sequence[Entry]) -> Replay:
    """Add entries to a trajectory as ``PatientTrajectory.add`` does, and collect checkpoints.

    Args:
        trajectory: Start of the replay; it is changed.
        entries: All later entries of the patient, in any order.

    Raises:
        OutOfOrder: An entry belongs before the last scored day.
    """
    ordered = sorted(entries, key=lambda entry: entry.local_date)
    days = [(day, list(group)) for day, group in groupby(ordered, key=lambda entry: entry.local_date)]
    parts, outcomes, checkpoints = _parts(days), [], []
    for nth, part in enumerate(parts, start=1):
        outcomes.append(trajectory.add([entry for _, group in part for entry in group]))
        if nth < len(parts):
            checkpoints.append(checkpoint_of(part[-1][0], trajectory.snapshot()))
    return Replay(trajectory, _join(outcomes), checkpoints)


_Days = list[tuple[date, list[Entry]]]


def _parts(days: _Days) -> list[_Days]:
    """Return the days, split where a checkpoint is kept."""
    if not days:
        return []
    dates = [day for day, _ in days]
    passed = [day for day, following in pairwise(dates) if is_passed(day, following)]
    kept = set(select_checkpoints(passed, dates[-1]))
    cuts = [0, *(index for index, day in enumerate(dates, start=1) if day in kept), len(days)]
    return [days[start:end] for start, end in pairwise(cuts)]


def _join(outcomes: Sequence[ScoredDays]) -> ScoredDays:
    return ScoredDays(
        min((each.since for each in outcomes), default=date.max),
        tuple(chain.from_iterable(each.scores for each in outcomes)),
        tuple(chain.from_iterable(each.findings for each in outcomes)),
    )
