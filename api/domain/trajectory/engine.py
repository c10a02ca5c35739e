"""The engine: a policy and this code, under one version; and one patient's course through it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from api.domain.findings import Finding
from api.domain.policy import Policy
from api.domain.report import Entry
from api.domain.trajectory.day import Day
from api.domain.trajectory.fold import State, advance
from api.domain.trajectory.outcome import Outcome, Score, ScoreStatus

__all__ = [
    "Course",
    "Engine",
    "Facts",
    "OutOfOrder",
    "Outcome",
    "ReplayNeeded",
    "Score",
    "ScoreStatus",
    "SnapshotOutdated",
]

ENGINE = "weekly-mean-1"
"""Names this code; changed by hand whenever the same diary would be scored differently."""


class ReplayNeeded(Exception):
    """These entries cannot go on top of what is there: begin anew with all of the patient's entries."""


class OutOfOrder(ReplayNeeded):
    """An entry belongs before the last scored day."""


class SnapshotOutdated(ReplayNeeded):
    """The snapshot was made by another engine or policy, or from other facts about the patient."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a patient beyond her diary; everything may be unknown.

    ``ai_started_on`` is the first day on the aromatase inhibitor; it may lie in the future.
    """

    ai_started_on: date | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """A policy and this code. ``version`` is a hash of both: equal versions score equally.

    >>> Engine().version == Engine(Policy()).version, len(Engine().version)
    (True, 12)
    """

    policy: Policy = field(default_factory=Policy)
    version: str = field(init=False)

    def __post_init__(self) -> None:
        """Hash the code's name and every number of the policy."""
        content = json.dumps([ENGINE, self.policy.values()], sort_keys=True)
        object.__setattr__(self, "version", hashlib.sha256(content.encode()).hexdigest()[:12])

    def begin(self, facts: Facts) -> "Course":
        """Return the course of a patient of whom nothing is scored yet."""
        return Course(self, facts, State(), None)

    def resume(self, facts: Facts, snapshot: Sequence[Any]) -> "Course":
        """Return the course that ``Course.snapshot`` kept.

        Args:
            facts: What is known of the patient, the same as when the snapshot was made.
            snapshot: As it was, or after a passage through JSON.

        Raises:
            SnapshotOutdated: Another engine, policy or start of the tablets made it.
        """
        version, started, state, day = snapshot
        if version != self.version or started != _ordinal(facts.ai_started_on):
            raise SnapshotOutdated
        return Course(self, facts, State.load(state), None if day is None else Day.load(day))


class Course:
    """One patient's trajectory in progress.

    Whatever way her entries arrive, in one call or in many, in any order within a call, with
    snapshots in between or without, the scores and findings end up the same.
    """

    __slots__ = ("_after", "_before", "_day", "_engine", "_started")

    def __init__(self, engine: Engine, facts: Facts, before: State, day: Day | None) -> None:
        """Keep the state before the last day, and that day, to which entries may still be added."""
        self._engine = engine
        self._started = _ordinal(facts.ai_started_on)
        self._before = before
        self._day = day
        self._after: State | None = None

    @property
    def last_day(self) -> date | None:
        """The last scored day; None before the first."""
        return None if self._day is None else self._day.local_date

    def add(self, entries: Sequence[Entry]) -> Outcome:
        """Score the days of these entries.

        Args:
            entries: Of this patient, in any order; those on the last scored day score it again.

        Returns:
            What to store, from ``Outcome.since`` on; nothing at all for no entries.

        Raises:
            OutOfOrder: One belongs before the last scored day; nothing was changed.
        """
        if not entries:
            return Outcome(date.max, (), ())
        ordered = sorted(entries, key=_place) if len(entries) > 1 else entries
        since = ordered[0].local_date
        if self._day is not None and since.toordinal() < self._day.ordinal:
            raise OutOfOrder
        scores: list[Score] = []
        findings: list[Finding] = []
        for local_date, told in groupby(ordered, key=_local_date):
            day = self._day_of(local_date.toordinal(), told)
            self._after, score, found = advance(self._before, day, self._started, self._engine.policy)
            scores.append(score)
            findings += found
        return Outcome(since, tuple(scores), tuple(findings))

    def snapshot(self) -> list[Any]:
        """Return all that is needed to go on later, as nested lists that JSON can keep."""
        day = None if self._day is None else self._day.dump()
        return [self._engine.version, self._started, self._before.dump(), day]

    def _day_of(self, ordinal: int, told: Iterable[Entry]) -> Day:
        day = self._day
        if day is None or day.ordinal != ordinal:
            self._close()
            day = self._day = Day(ordinal)
        for entry in told:
            day.tell(entry)
        return day

    def _close(self) -> None:
        if self._day is None:
            return
        if self._after is None:  # resumed: the snapshot holds the state before the last day only
            self._after, _, _ = advance(self._before, self._day, self._started, self._engine.policy)
        self._before, self._after = self._after, None


def _place(entry: Entry) -> tuple[Any, ...]:
    return entry.local_date, entry.recorded_at, entry.id


def _local_date(entry: Entry) -> date:
    return entry.local_date


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()
