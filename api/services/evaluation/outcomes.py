"""Record of a patient for the evaluation: answers, results of the engine, and ground truth."""

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
from api.domain.trajectory.engine import Engine, PatientTrajectory, ScoredDiary
from api.domain.trajectory.outcome import ScoredDays
from api.services.evaluation.ground_truth import GroundTruth
from api.services.replay.diaries import Diary
from api.services.replay.diary_csv import BURST

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

Findings: TypeAlias = tuple[tuple[FindingKind, int], ...]

BASELINE_DAYS = 28
"""First days of a diary, from which the baseline is taken. No true worsening begins in them."""


@dataclass(frozen=True, slots=True)
class PatientSeries:
    """Values by day; the days are ordinals in order, each once."""

    days: Ints
    values: Floats

    def baseline(self, first: int) -> Floats:
        """Return the values of the 28 days from ``first``."""
        return self.values[self.days < first + BASELINE_DAYS]


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Record of one patient; days are ordinals.

    Attributes:
        name: Id in the files.
        first: Day of the first entry.
        last: Day of the last entry.
        reports: Number of entries.
        worst_pain: Worst pain of each answered day.
        p_worsening: Probability of worsening by the engine, of each day that has one.
        risk: Risk of stopping within 90 days by the engine, of each day that has one.
        findings: Findings of the engine, in order.
        silent_from: Day from which the patient counts as silent without a further entry.
        age: Age in years at the start of the diary, None where not known.
        truth: Ground truth.
        extra_answers: Entries that answer an extra check-in.
        bursts: Days on which the engine would ask for extra check-ins.
        found_without: Findings of the engine in the diary without the extra answers.
    """

    name: str
    first: int
    last: int
    reports: int
    worst_pain: PatientSeries
    p_worsening: PatientSeries
    risk: PatientSeries
    findings: Findings
    silent_from: int | None
    age: int | None
    truth: GroundTruth
    extra_answers: int = 0
    bursts: int = 0
    found_without: Findings = ()

    def days_of(self, kind: FindingKind) -> list[int]:
        """Return the days of the findings of one kind."""
        return [day for found, day in self.findings if found is kind]

    def days_without_extra(self, kind: FindingKind) -> list[int]:
        """Return the days of the findings of one kind, had no extra check-in been answered."""
        return [day for found, day in self.found_without if found is kind]

    @property
    def onset(self) -> int | None:
        """Day of a true onset in the diary or after it; None otherwise."""
        onset = self.truth.worsening_onset
        return None if onset is None or onset < self.first else onset


def patient_records(diaries: Iterable[tuple[Diary, GroundTruth]], engine: Engine) -> Iterator[PatientRecord]:
    """Run diaries, each of at least one entry, through the engine; yield their records.

    A diary with answers to extra check-ins is run without them as well.
    """
    waiting: deque[tuple[Diary, GroundTruth]] = deque()

    def diaries_read() -> Iterator[tuple[PatientFactors, Sequence[Entry]]]:
        for diary, truth in diaries:
            waiting.append((diary, truth))
            yield diary.known.facts, diary.entries
            if len(own := _own_entries(diary)) < len(diary.entries):
                yield diary.known.facts, own

    every = engine.score_diaries(diaries_read())
    for scored in every:
        diary, truth = waiting.popleft()
        extra = len(diary.entries) - len(_own_entries(diary))
        without = next(every).outcome if extra else scored.outcome
        yield _record(diary, truth, scored, without=without, extra=extra)


def _own_entries(diary: Diary) -> list[Entry]:
    return [entry for entry in diary.entries if entry.answers.get("asked") != BURST]


def _record(
    diary: Diary, truth: GroundTruth, scored: ScoredDiary, *, without: ScoredDays, extra: int
) -> PatientRecord:
    days = [entry.local_date.toordinal() for entry in diary.entries]
    first, birth = min(days), diary.known.facts.birth_year
    return PatientRecord(
        name=diary.name,
        first=first,
        last=max(days),
        reports=len(days),
        worst_pain=_worst(diary.entries),
        p_worsening=_scores(scored.outcome, "p_worsening"),
        risk=_scores(scored.outcome, "risk_90d"),
        findings=_findings(scored.outcome),
        silent_from=_silent_from(scored.trajectory),
        age=None if birth is None else date.fromordinal(first).year - birth,
        truth=truth,
        extra_answers=extra,
        bursts=sum(score.extra_check_ins > 0 for score in scored.outcome.scores),
        found_without=_findings(without),
    )


def _findings(outcome: ScoredDays) -> Findings:
    return tuple(sorted((finding.kind, finding.day.toordinal()) for finding in outcome.findings))


def _silent_from(course: PatientTrajectory) -> int | None:
    """Return the day from which the patient counts as silent after the last entry."""
    due = course.silence_due()
    return None if due is None or course.silence_on(due) is None else due.toordinal()


def add_final_silence(record: PatientRecord, until: int) -> PatientRecord:
    """Return the record with the silence after the last entry, if it lasts until that day."""
    if record.silent_from is None or record.silent_from > until:
        return record
    silence = (FindingKind.SILENCE, record.silent_from)
    if silence in record.findings:  # a reason given while it lasts has raised it
        return record
    return replace(record, findings=tuple(sorted((*record.findings, silence))))


def make_series(pairs: Sequence[tuple[int, float]]) -> PatientSeries:
    """Return values by day as arrays."""
    days = np.array([day for day, _ in pairs], dtype=np.int64)
    return PatientSeries(days, np.array([value for _, value in pairs], dtype=np.float64))


def _worst(entries: Sequence[Entry]) -> PatientSeries:
    """Return the worst pain of each answered day."""
    worst: dict[int, float] = {}
    for entry in entries:
        answer = entry.answers.get("pain_worst")
        if answer is not None:
            day = entry.local_date.toordinal()
            worst[day] = max(float(answer), worst.get(day, 0.0))
    return make_series(sorted(worst.items()))


def _scores(outcome: ScoredDays, name: str) -> PatientSeries:
    values = ((score.local_date.toordinal(), getattr(score, name)) for score in outcome.scores)
    return make_series([(day, value) for day, value in values if value is not None])
