"""The engine: policy, risk model and code under one version."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.alerts.urgency import Tiers
from api.domain.content_hash import content_hash
from api.domain.diary.daily_summary import DailySummary, summarise_days
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.onset.filter_many_patients import filter_patients
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.onset_state import SymptomState
from api.domain.policy import Policy
from api.domain.risk.model import RiskModel
from api.domain.trajectory.outcome import DailyScore, ScoredDays
from api.domain.trajectory.patient_state import LAST_ORDINAL, LazyState, PatientState
from api.domain.trajectory.step import STATE_CODEC, TrajectoryState, advance

__all__ = ["Engine", "OutOfOrder", "PatientFactors", "PatientTrajectory", "ReplayNeeded", "SnapshotOutdated"]

BATCH_PATIENTS = 256
"""Patients scored at once: enough for long arrays, few enough for the cache of a processor."""

ENGINE = "onset-5"
"""Name of this code; changed by hand whenever the same diary would be scored differently."""

FORMAT = 6
"""Format of snapshots; changed by hand whenever their layout changes."""


class ReplayNeeded(Exception):
    """The entries cannot be added to the state: all entries of the patient must be scored anew."""


class OutOfOrder(ReplayNeeded):
    """An entry belongs before the last scored day."""


class SnapshotOutdated(ReplayNeeded):
    """The snapshot was made by another engine or policy, or from other factors of the patient."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A policy, a model of the discontinuation risk, and this code; equal versions score equally.

    A share who stop that the policy sets replaces that of the model.

    >>> Engine().version == Engine(Policy()).version, len(Engine().version)
    (True, 12)
    """

    policy: Policy = field(default_factory=Policy)
    model: RiskModel = field(default_factory=RiskModel)
    tiers: Tiers = field(default_factory=Tiers)
    version: str = field(init=False)
    detector: OnsetDetector = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Set the base rate, and hash the code's name, the format of states, policy, model and tiers."""
        share = self.policy.stopping_share
        if share != Policy().stopping_share:  # its source counts: a site may state the built-in value
            object.__setattr__(self, "model", self.model.with_stated_rate(share.value))
        parts = [ENGINE, FORMAT, self.policy.values(), self.model.version, self.tiers.values()]
        object.__setattr__(self, "detector", OnsetDetector.from_policy(self.policy))
        object.__setattr__(self, "version", content_hash(parts))

    def begin(self, factors: PatientFactors) -> "PatientTrajectory":
        """Return the trajectory of a patient before the first entry."""
        return PatientTrajectory(self, factors, (STATE_CODEC.dump(TrajectoryState()), None, None))

    def resume(self, factors: PatientFactors, snapshot: Sequence[Any]) -> "PatientTrajectory":
        """Return the trajectory of which ``PatientTrajectory.snapshot`` was taken.

        Args:
            factors: Factors of the patient, equal to those when the snapshot was taken.
            snapshot: As it was, or after a passage through JSON.

        Raises:
            SnapshotOutdated: Another engine, policy or model made it, or it was made from other
            factors.
        """
        if snapshot[:3] != [FORMAT, self.version, factors.dump()]:
            raise SnapshotOutdated
        return PatientTrajectory(self, factors, snapshot[3:])

    def score_diaries(
        self, diaries: Iterable[tuple[PatientFactors, Sequence[Entry]]]
    ) -> "Iterator[ScoredDiary]":
        """Score whole diaries of many patients.

        Equal to ``begin(factors).add(entries)`` of each, and faster.

        Args:
            diaries: Factors and all entries of each patient, in any order.

        Yields:
            Trajectory and outcome of each patient, in the order of the patients.
        """
        remaining = iter(diaries)
        while batch := list(islice(remaining, BATCH_PATIENTS)):
            pending = [self.begin(factors).prepare(entries) for factors, entries in batch]
            yield from map(ScoredDiary, [each.trajectory for each in pending], self.score_batch(pending))

    def score_batch(self, pending: "Sequence[PendingDays]") -> Iterator[ScoredDays]:
        """Score the pending days of many patients: equal to ``PatientTrajectory.add``, and faster.

        Args:
            pending: Results of ``PatientTrajectory.prepare``, each trajectory once.

        Yields:
            The outcome of each, in the same order.
        """
        days, before = [each.days for each in pending], [each.before for each in pending]
        filtered = filter_patients(days, self.detector, before)
        for each, symptoms in zip(pending, filtered, strict=True):
            yield each.trajectory._score(each.days, symptoms)


class PatientTrajectory(PatientState):
    """One patient's trajectory in progress.

    Scores and findings do not depend on how the entries arrive: in one call or in many, in any
    order within a call, with snapshots in between or without.
    """

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine, factors: PatientFactors, stored: Sequence[Any]) -> None:
        """Take the stored state: before the last day, that day, and after it."""
        super().__init__(factors, stored, policy=engine.policy, tiers=engine.tiers)
        self._engine = engine

    def add(self, entries: Sequence[Entry]) -> ScoredDays:
        """Score the days of these entries.

        Args:
            entries: Of this patient, in any order; those on the last scored day score it again.

        Returns:
            Scores and findings to store, from ``ScoredDays.since`` on; none for no entries.

        Raises:
            OutOfOrder: An entry belongs before the last scored day; nothing was changed.
        """
        (outcome,) = self._engine.score_batch([self.prepare(entries)])
        return outcome

    def prepare(self, entries: Sequence[Entry]) -> "PendingDays":
        """Return these entries as days for ``Engine.score_batch``.

        Raises:
            OutOfOrder: An entry belongs before the last scored day; nothing was changed.
        """
        ordered = sorted(entries, key=lambda entry: (entry.local_date, entry.recorded_at, entry.id))
        first = ordered[0].local_date.toordinal() if ordered else LAST_ORDINAL
        if self._day is not None and first < self._day.ordinal:
            raise OutOfOrder
        same_day = self._day if self._day is not None and self._day.ordinal == first else None
        before = self._before if same_day is not None or self._after is None else self._after
        return PendingDays(self, list(summarise_days(ordered, same_day)), before.state.symptoms)

    def _score(self, days: Sequence[DailySummary], filtered: Sequence[SymptomState]) -> ScoredDays:
        if not days:
            return ScoredDays(date.max, (), ())
        engine = self._engine
        scores: list[DailyScore] = []
        findings: dict[tuple[str, str], Finding] = {}
        since = days[0].local_date
        for day, symptoms in zip(days, filtered, strict=True):
            if self._after is not None and self._day is not day:
                self._before = self._after
            self._day = day
            since = since if scores else self._silent_before(day)
            after, score, found = advance(
                self._before.state, day, self._factors, symptoms, policy=engine.policy, model=engine.model
            )
            self._after = LazyState(state=after)
            scores.append(score)
            findings |= {(each.kind, each.key): each for each in found}  # a silence that goes on is one
        return ScoredDays(since, tuple(scores), engine.tiers.apply(findings.values()))

    def _silent_before(self, day: DailySummary) -> date:
        """Return the day from which the patient counted as silent until ``day``, or ``day`` itself.

        The finding of that silence depends on this day. A reason given in the silence has shown it before:
        what was found up to that day stays.
        """
        state = self._before.state
        if not state.reporting.days:
            return day.local_date
        silent_from = self._silent_after(state.reporting, state.reporting.last_day)
        return min(day.local_date, max(silent_from, date.fromordinal(state.day + 1)))

    def snapshot(self) -> list[Any]:
        """Return all that is needed to resume later, as nested lists that JSON can store."""
        day = None if self._day is None else self._day.dump()
        after = None if self._after is None else self._after.dumped
        return [FORMAT, self._engine.version, self._factors.dump(), self._before.dumped, day, after]


class PendingDays(NamedTuple):
    """Days to score of one trajectory, and the state of the symptoms before them."""

    trajectory: PatientTrajectory
    days: list[DailySummary]
    before: SymptomState


class ScoredDiary(NamedTuple):
    """A patient's trajectory after the whole diary, and its outcome."""

    trajectory: PatientTrajectory
    outcome: ScoredDays
