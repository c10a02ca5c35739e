"""Evaluates the engine on diaries whose truth is known, and writes the report."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from api.domain.trajectory.engine import Engine
from api.services.evaluation import stopping
from api.services.evaluation.columns import tables
from api.services.evaluation.export import EvaluationReport, plots_of, write_report
from api.services.evaluation.ground_truth import GroundTruth, names_in, read_truth
from api.services.evaluation.intervals import Bootstrap
from api.services.evaluation.outcomes import PatientRecord, records_of, with_last_silence
from api.services.evaluation.report import evaluated
from api.services.evaluation.selection import Cohort, dependences
from api.services.evaluation.tables import ReportTable
from api.services.files.inputs import AnyInput, input_of
from api.services.replay.diaries import Diary, read_diaries, read_patients
from api.services.replay.file_dates import NO_CLOCK, FileToday
from api.services.replay.joins import FieldNames, without_partner
from api.services.replay.replay_files import RejectedRow, UnusableFile

Scored = Callable[[int, int], None]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EvaluationSources:
    """What is evaluated; ``patients`` may be left out."""

    entries: AnyInput
    patients: AnyInput | None
    truth: AnyInput
    today: FileToday = NO_CLOCK


@dataclass(frozen=True, slots=True)
class EvaluationMethod:
    """How it is evaluated.

    ``followed_days``: for how long everybody was followed from her first entry; None takes it from
    the diaries.
    """

    engine: Engine = field(default_factory=Engine)
    bootstrap: Bootstrap = field(default_factory=Bootstrap)
    followed_days: int | None = None


@dataclass(slots=True)
class Evaluation:
    """What came of it."""

    records: list[PatientRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)
    tables: tuple[ReportTable, ...] = ()


def evaluate(
    sources: EvaluationSources, folder: Path, *, method: EvaluationMethod, scored: Scored, say: Say
) -> Evaluation:
    """Run the engine over every diary, hold it against the truth, and write the report.

    Args:
        sources: The files; rows may come in any order, bad ones are left out and named.
        folder: Where report.html, report.json and one CSV file per table go; made where missing.
        method: How.
        scored: Told now and then how many of how many entries are scored.
        say: Told what is being worked out.

    Raises:
        UnusableFile: A file cannot be read or written, or has other columns than the contract's.
    """
    _make(folder)
    done = Evaluation()
    truth = read_truth(sources.truth, done.rejects, done.notes)
    done.records = list(records_of(_known(sources, truth, done, scored), method.engine))
    followed = stopping.followed_days(done.records)
    if method.followed_days is not None:
        followed = [method.followed_days] * len(done.records)
    followed = [
        stopping.until_lost(record, days) for record, days in zip(done.records, followed, strict=True)
    ]
    done.records = [
        with_last_silence(record, record.first + days - 1)
        for record, days in zip(done.records, followed, strict=True)
    ]
    found = evaluated(done.records, followed, method.bootstrap, say)
    done.tables = tables(found)
    done.warnings += _doubts(done, truth)
    report = EvaluationReport(_about(done, method), done.warnings, done.tables, tuple(done.rejects))
    write_report(folder, report, plots_of(found))
    return done


def _known(
    sources: EvaluationSources, truth: dict[str, GroundTruth], done: Evaluation, scored: Scored
) -> Iterator[tuple[Diary, GroundTruth]]:
    """Yield the diaries whose truth is known; the others are counted among the warnings."""
    patients = read_patients(sources.patients, done.rejects, done.notes)
    cohort = Cohort(truth, patients)
    for diary in read_diaries(sources.entries, patients, done.rejects, sources.today, notes=done.notes):
        cohort.add(diary)
        known = truth.get(diary.name)
        if known is not None and diary.entries:
            yield diary, known
        scored(diary.done, diary.of)
    named = FieldNames("truth", names_in(truth, done.rejects, sources.truth))
    done.notes += without_partner(FieldNames("entries", cohort.names), named)
    biases = dependences(cohort, done.rejects, truth_file=input_of(sources.truth).name)
    done.warnings += [f"The figures may be biased: {bias}." for bias in biases]
    without_truth = len(cohort.names - truth.keys())
    if without_truth:
        done.warnings.append(
            f"{without_truth} patients with entries are not in the truth file and are left out."
        )


def _doubts(done: Evaluation, truth: dict[str, GroundTruth]) -> list[str]:
    doubts = []
    if not done.records:
        doubts.append("No patient has both entries and a known truth: nothing could be evaluated.")
    if silent := len(truth) - len(done.records):
        doubts.append(f"{silent} patients of the truth file have no usable entry and are left out.")
    early = sum(one.truth.worsening_onset is not None and one.onset is None for one in done.records)
    if early:
        doubts.append(f"{early} patients had got worse before their first entry; their onsets are left out.")
    if done.records and not any(len(one.risk.days) for one in done.records):
        doubts.append("The engine gave no risk of stopping: the figures on it are not enough data.")
    if done.rejects:
        doubts.append(f"{len(done.rejects)} rows were rejected, see rejects.csv.")
    return doubts


def _about(done: Evaluation, method: EvaluationMethod) -> dict[str, Any]:
    records = done.records
    days = sum(one.last - one.first + 1 for one in records)
    about = {
        "Engine": method.engine.version,
        "Patients": len(records),
        "Patient-years": round(days / 365.25, 1),
        "Reports": sum(one.reports for one in records),
        "True onsets in the diary": sum(one.onset is not None for one in records),
        "Stopped": sum(one.truth.stopped_on is not None for one in records),
        "Resamples for intervals": method.bootstrap.resamples,
    }
    if records:
        first, last = min(one.first for one in records), max(one.last for one in records)
        about["Diaries"] = f"{date.fromordinal(first)} to {date.fromordinal(last)}"
    return about


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableFile(f"{folder}: cannot be made a folder: {error.strerror}") from error
