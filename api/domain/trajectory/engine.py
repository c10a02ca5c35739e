"""The engine: a policy and this code, under one version; and one patient's course through it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.alerts.urgency import Tiers
from api.domain.diary.daily_summary import DailySummary, summarise_days
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.functional_status import FunctionReading
from api.domain.onset.batch_filter import filter_patients
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.onset_state import SymptomState
from api.domain.policy import Policy
from api.domain.risk.history import RiskHistory
from api.domain.risk.model import RiskModel
from api.domain.trajectory.lazy_state import LazyState
from api.domain.trajectory.outcome import DailyScore, ScoredDays, ScoreStatus
from api.domain.trajectory.reporting_pattern import (
    ReportingHistory,
    ReportingSummary,
    estimate_pattern,
    summarise_reporting,
)
from api.domain.trajectory.rules import silence
from api.domain.trajectory.step import STATE_CODEC, TrajectoryState, advance, reported_function

__all__ = [
    "DailyScore",
    "Engine",
    "OutOfOrder",
    "PatientFactors",
    "PatientTrajectory",
    "ReplayNeeded",
    "ScoreStatus",
    "ScoredDays",
    "SnapshotOutdated",
]

BATCH_PATIENTS = 256
"""Patients scored at once: enough for the arithmetic to be long, few enough for the cache."""

ENGINE = "onset-3"
"""Names this code; changed by hand whenever the same diary would be scored differently."""

FORMAT = 4
"""Of snapshots; changed by hand whenever they are laid out otherwise."""

_LAST_DAY = date.max.toordinal()


class ReplayNeeded(Exception):
    """These entries cannot go on top of what is there: begin anew with all of the patient's entries."""


class OutOfOrder(ReplayNeeded):
    """An entry belongs before the last scored day."""


class SnapshotOutdated(ReplayNeeded):
    """The snapshot was made by another engine or policy, or from other facts about the patient."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A policy, a model of the risk of stopping, and this code; equal versions score equally.

    >>> Engine().version == Engine(Policy()).version, len(Engine().version)
    (True, 12)
    """

    policy: Policy = field(default_factory=Policy)
    model: RiskModel = field(default_factory=RiskModel)
    tiers: Tiers = field(default_factory=Tiers)
    version: str = field(init=False)
    test: OnsetDetector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Hash the code's name, how it keeps a state, the policy, the model and the tiers."""
        parts = [ENGINE, FORMAT, self.policy.values(), self.model.version, self.tiers.values()]
        content = json.dumps(parts, sort_keys=True)
        object.__setattr__(self, "test", OnsetDetector(self.policy))
        object.__setattr__(self, "version", hashlib.sha256(content.encode()).hexdigest()[:12])

    def begin(self, facts: PatientFactors) -> "PatientTrajectory":
        """Return the course of a patient of whom nothing is scored yet."""
        return PatientTrajectory(self, facts, (STATE_CODEC.dump(TrajectoryState()), None, None))

    def resume(self, facts: PatientFactors, snapshot: Sequence[Any]) -> "PatientTrajectory":
        """Return the course that ``PatientTrajectory.snapshot`` kept.

        Args:
            facts: What is known of the patient, the same as when the snapshot was made.
            snapshot: As it was, or after a passage through JSON.

        Raises:
            SnapshotOutdated: Another engine, policy or model made it, or it was made from other facts.
        """
        if snapshot[:3] != [FORMAT, self.version, facts.dump()]:
            raise SnapshotOutdated
        return PatientTrajectory(self, facts, snapshot[3:])

    def score_all(self, diaries: Iterable[tuple[PatientFactors, Sequence[Entry]]]) -> "Iterator[ScoredDiary]":
        """Score whole diaries of many patients: what ``begin(facts).add(entries)`` gives, and faster.

        Args:
            diaries: What is known of each patient, and all of her entries, in any order.

        Yields:
            Course and outcome of each patient, in the order of the patients.
        """
        remaining = iter(diaries)
        while some := list(islice(remaining, BATCH_PATIENTS)):
            coming = [self.begin(facts).coming(entries) for facts, entries in some]
            yield from map(ScoredDiary, [each.course for each in coming], self.add_all(coming))

    def add_all(self, coming: "Sequence[PendingDays]") -> Iterator[ScoredDays]:
        """Score what comes to many patients: what each ``PatientTrajectory.add`` gives, and faster.

        Args:
            coming: What ``PatientTrajectory.coming`` made of each patient's entries, each course once.

        Yields:
            The outcome of each, in the same order.
        """
        days, before = [each.days for each in coming], [each.before for each in coming]
        followed = filter_patients(days, self.test, before)
        yield from (each.course._score(each.days, of) for each, of in zip(coming, followed, strict=True))


class PatientTrajectory:
    """One patient's trajectory in progress.

    Whatever way her entries arrive, in one call or in many, in any order within a call, with
    snapshots in between or without, the scores and findings end up the same.
    """

    __slots__ = ("_after", "_before", "_day", "_engine", "_facts")

    def __init__(self, engine: Engine, facts: PatientFactors, kept: Sequence[Any]) -> None:
        """Take up what was kept: the state before the last day, and that day, which may still be added to.

        The state after the last day is kept beside them, so that a new day need not work it out again.
        All three come as they were dumped.
        """
        before, day, after = kept
        self._engine = engine
        self._facts = facts
        self._before = LazyState(before)
        self._day = None if day is None else DailySummary.load(day)
        self._after = None if after is None else LazyState(after)

    @property
    def last_day(self) -> date | None:
        """The last scored day; None before the first."""
        return None if self._day is None else self._day.local_date

    def add(self, entries: Sequence[Entry]) -> ScoredDays:
        """Score the days of these entries.

        Args:
            entries: Of this patient, in any order; those on the last scored day score it again.

        Returns:
            What to store, from ``ScoredDays.since`` on; nothing at all for no entries.

        Raises:
            OutOfOrder: One belongs before the last scored day; nothing was changed.
        """
        (outcome,) = self._engine.add_all([self.coming(entries)])
        return outcome

    def coming(self, entries: Sequence[Entry]) -> "PendingDays":
        """Lay these entries out in days, for ``Engine.add_all`` to score.

        Raises:
            OutOfOrder: One belongs before the last scored day; nothing was changed.
        """
        ordered = sorted(entries, key=_entry_order) if len(entries) > 1 else entries
        first = ordered[0].local_date.toordinal() if ordered else _LAST_DAY
        if self._day is not None and first < self._day.ordinal:
            raise OutOfOrder
        same = self._day if self._day is not None and self._day.ordinal == first else None
        before = self._before if same is not None or self._after is None else self._after
        return PendingDays(self, list(summarise_days(ordered, same)), before.state.symptomatic)

    def _score(self, days: Sequence[DailySummary], followed: Sequence[SymptomState]) -> ScoredDays:
        if not days:
            return ScoredDays(date.max, (), ())
        engine = self._engine
        scores: list[DailyScore] = []
        findings: list[Finding] = []
        since = days[0].local_date
        for day, symptomatic in zip(days, followed, strict=True):
            if self._after is not None and self._day is not day:
                self._before = self._after
            self._day = day
            since = since if scores else self._overdue_before(day)
            after, score, found = advance(
                self._before.state, day, self._facts, symptomatic, policy=engine.policy, model=engine.model
            )
            self._after = LazyState(state=after)
            scores.append(score)
            findings += found
        return ScoredDays(since, tuple(scores), engine.tiers.applied(findings))

    def _overdue_before(self, day: DailySummary) -> date:
        """Return the day from which the patient counted as silent until ``day``, or ``day`` itself.

        What was told of that silence stands or falls with this day.
        """
        written = self._before.state.written
        return day.local_date if not written.days else min(day.local_date, self._due(written, written.last))

    @property
    def signs(self) -> RiskHistory:
        """What the risk of stopping is told from, the last day included."""
        return self._newest.signs

    @property
    def silent_from(self) -> date | None:
        """The day on which she counts as silent unless she writes before; None before the first entry."""
        return self.silence_due()

    def silence_due(self, heard_on: date | None = None) -> date | None:
        """Return the day on which she counts as silent unless she writes before.

        Args:
            heard_on: The day of the newest entry, which may be about an earlier day: she is not
                silent who still fills in what lies behind.
        """
        if self._day is None:
            return None
        written = self._newest.written
        newest = max(written.last, 0 if heard_on is None else heard_on.toordinal())
        return self._due(written, newest)

    def _due(self, written: ReportingHistory, newest: int) -> date:
        facts, policy = self._facts, self._engine.policy
        limit = estimate_pattern(written, facts.started, policy, asked_every=facts.asked_every).limit
        return date.fromordinal(min(newest + limit, _LAST_DAY))

    def silent_at(self, today: date, heard_on: date | None = None) -> Finding | None:
        """Return the silence that lasts on a day; None when there is none.

        Once she has written again, ``add`` returns the same finding in other words.
        """
        due = self.silence_due(heard_on)
        if due is None or today < due:
            return None
        policy, facts = self._engine.policy, self._facts
        written, day = self._newest.written, today.toordinal()
        found = silence.finding(written, day, facts.started, policy, asked_every=facts.asked_every)
        return None if found is None else self._engine.tiers.applied([found])[0]

    def reporting_at(self, today: date) -> ReportingSummary | None:
        """Say whether she still writes, as seen on a day; None before the first entry: no answer."""
        written, facts, policy = self._newest.written, self._facts, self._engine.policy
        return summarise_reporting(
            written, today.toordinal(), facts.started, policy, asked_every=facts.asked_every
        )

    def limited_on(self, today: date) -> FunctionReading | None:
        """Return how far the latest questionnaires say that she is limited; None where none counts."""
        return reported_function(self._newest.function, today, self._engine.policy)

    @property
    def _newest(self) -> TrajectoryState:
        return (self._before if self._after is None else self._after).state

    def snapshot(self) -> list[Any]:
        """Return all that is needed to go on later, as nested lists that JSON can keep."""
        day = None if self._day is None else self._day.dump()
        after = None if self._after is None else self._after.dumped
        return [FORMAT, self._engine.version, self._facts.dump(), self._before.dumped, day, after]


class PendingDays(NamedTuple):
    """What comes to a course: the days to score, and what was seen of the symptoms before them."""

    course: PatientTrajectory
    days: list[DailySummary]
    before: SymptomState


class ScoredDiary(NamedTuple):
    """A patient's course after her whole diary, and what it gave."""

    course: PatientTrajectory
    outcome: ScoredDays


def _entry_order(entry: Entry) -> tuple[Any, ...]:
    return entry.local_date, entry.recorded_at, entry.id
