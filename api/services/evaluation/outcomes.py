"""What is kept of one patient for the evaluation: her answers, what the engine said, and the truth."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from api.domain.alerts.finding import FindingKind
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine, PatientTrajectory, ScoredDays, ScoredDiary
from api.services.evaluation.ground_truth import GroundTruth
from api.services.replay.diaries import Diary

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

QUIET_DAYS = 28
"""The first days of a diary: what is usual is taken from them, and no true worsening begins in them."""


@dataclass(frozen=True, slots=True)
class PatientSeries:
    """Values by day: ordinals in order, each once."""

    days: Ints
    values: Floats

    def first_days(self, first: int) -> Floats:
        """Return the values of the first 28 days from ``first``."""
        return self.values[self.days < first + QUIET_DAYS]


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """One patient. Days are ordinals; ``first`` and ``last`` are those of her first and last entry.

    ``worst`` holds the worst pain of each day answered, ``p`` the engine's probability of worsening
    and ``risk`` its risk of stopping within 90 days, each of the days that have one; ``found`` its
    findings, in order; ``silent_from`` the day on which she will count as silent, should nothing more
    come. ``years`` is her age, None where not known.
    """

    name: str
    first: int
    last: int
    reports: int
    worst: PatientSeries
    p: PatientSeries
    risk: PatientSeries
    found: tuple[tuple[FindingKind, int], ...]
    silent_from: int | None
    years: int | None
    truth: GroundTruth

    def found_of(self, kind: FindingKind) -> list[int]:
        """Return the days of the findings of one kind."""
        return [day for found, day in self.found if found is kind]

    @property
    def onset(self) -> int | None:
        """The day a true worsening began, where that lies in her diary or after it; None otherwise."""
        onset = self.truth.worsening_onset
        return None if onset is None or onset < self.first else onset


def records_of(diaries: Iterable[tuple[Diary, GroundTruth]], engine: Engine) -> Iterator[PatientRecord]:
    """Run diaries, each of at least one entry, through the engine and keep what the evaluation asks for."""
    waiting: deque[tuple[Diary, GroundTruth]] = deque()

    def told() -> Iterator[tuple[PatientFactors, Sequence[Entry]]]:
        for diary, truth in diaries:
            waiting.append((diary, truth))
            yield diary.known.facts, diary.entries

    for scored in engine.score_all(told()):
        yield _record(*waiting.popleft(), scored)


def _record(diary: Diary, truth: GroundTruth, scored: ScoredDiary) -> PatientRecord:
    days = [entry.local_date.toordinal() for entry in diary.entries]
    first, birth = min(days), diary.known.facts.birth_year
    return PatientRecord(
        name=diary.name,
        first=first,
        last=max(days),
        reports=len(days),
        worst=_worst(diary.entries),
        p=_scores(scored.outcome, "p_worsening"),
        risk=_scores(scored.outcome, "risk_90d"),
        found=tuple(sorted((finding.kind, finding.day.toordinal()) for finding in scored.outcome.findings)),
        silent_from=_silent_from(scored.course),
        years=None if birth is None else date.fromordinal(first).year - birth,
        truth=truth,
    )


def _silent_from(course: PatientTrajectory) -> int | None:
    """Return the day on which she counts as silent after her last entry."""
    due = course.silence_due()
    return None if due is None or course.silent_at(due) is None else due.toordinal()


def with_last_silence(record: PatientRecord, until: int) -> PatientRecord:
    """Return the record with the silence that follows her last entry, if it lasts until that day."""
    if record.silent_from is None or record.silent_from > until:
        return record
    found = (*record.found, (FindingKind.SILENCE, record.silent_from))
    return replace(record, found=tuple(sorted(found)))


def series(pairs: Sequence[tuple[int, float]]) -> PatientSeries:
    """Return what was given by day, as arrays."""
    days = np.array([day for day, _ in pairs], dtype=np.int64)
    return PatientSeries(days, np.array([value for _, value in pairs], dtype=np.float64))


def _worst(entries: Sequence[Entry]) -> PatientSeries:
    """Return the worst pain of each day; a day without an answer has none."""
    worst: dict[int, float] = {}
    for entry in entries:
        told = entry.answers.get("pain_worst")
        if told is not None:
            day = entry.local_date.toordinal()
            worst[day] = max(float(told), worst.get(day, 0.0))
    return series(sorted(worst.items()))


def _scores(outcome: ScoredDays, name: str) -> PatientSeries:
    told = ((score.local_date.toordinal(), getattr(score, name)) for score in outcome.scores)
    return series([(day, value) for day, value in told if value is not None])
