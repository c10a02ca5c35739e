"""Evaluation of the engine on diaries with known ground truth, and its report."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from api.domain.trajectory.engine import Engine
from api.services.evaluation import discontinuation
from api.services.evaluation.columns import build_tables
from api.services.evaluation.ground_truth import read_truth
from api.services.evaluation.intervals import Bootstrap
from api.services.evaluation.outcomes import PatientRecord, add_final_silence, patient_records
from api.services.evaluation.report import evaluate_records
from api.services.evaluation.selection import Cohort, CohortSources, selection_biases
from api.services.evaluation.write_report import draw_plots, write_report
from api.services.files.atomic_output import UnusableFile
from api.services.replay.diaries import read_patients
from api.services.replay.replay_files import RejectedRow

Progress = Callable[[int, int], None]
Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class EvaluationMethod:
    """Method of an evaluation.

    ``followed_days`` is the follow-up of every patient from the first entry; None takes it from the
    diaries.
    """

    engine: Engine = field(default_factory=Engine)
    bootstrap: Bootstrap = field(default_factory=Bootstrap)
    followed_days: int | None = None


@dataclass(slots=True)
class Evaluation:
    """Result of an evaluation."""

    records: list[PatientRecord] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)


def evaluate(
    sources: CohortSources, folder: Path, *, method: EvaluationMethod, scored: Progress, on_step: Step
) -> Evaluation:
    """Run the engine over every diary, compare it with the ground truth, and write the report.

    Args:
        sources: The files; rows may come in any order, bad ones are left out and listed.
        folder: Folder for report.html, report.json and one CSV file per table; made if missing.
        method: Engine, intervals and follow-up.
        scored: Called from time to time with the number of scored entries, and of all.
        on_step: Called with the name of each step.

    Raises:
        UnusableFile: A file cannot be read or written, or has other columns than the contract's.
    """
    _make_folder(folder)
    done = Evaluation()
    truth = read_truth(sources.truth, done.rejects, done.notes)
    patients = read_patients(sources.patients, done.rejects, done.notes)
    cohort = Cohort(sources, truth, patients, done.rejects, done.notes)
    done.records = list(patient_records(cohort.diaries(scored), method.engine))
    followed = discontinuation.follow_up_days(done.records)
    if method.followed_days is not None:
        followed = [method.followed_days] * len(done.records)
    followed = [
        discontinuation.censored_follow_up(record, days)
        for record, days in zip(done.records, followed, strict=True)
    ]
    done.records = [
        add_final_silence(record, record.first + days - 1)
        for record, days in zip(done.records, followed, strict=True)
    ]
    found = evaluate_records(done.records, followed, method.bootstrap, on_step)
    done.warnings += _warnings(done, cohort)
    write_report(
        folder,
        about=_about(done, method),
        warnings=done.warnings,
        tables=build_tables(found.rows),
        rejects=done.rejects,
        plots=draw_plots(found),
    )
    return done


def _warnings(done: Evaluation, cohort: Cohort) -> list[str]:
    truth, records = cohort.truth, done.records
    early = sum(record.truth.worsening_onset is not None and record.onset is None for record in records)
    without_risk = bool(records) and not any(len(record.risk.days) for record in records)
    silent, outside = len(truth) - len(records), cohort.without_truth
    limits = (
        (outside, f"{outside} patients with entries are not in the truth file and are left out."),
        (not records, "No patient has both entries and a known truth: nothing could be evaluated."),
        (silent, f"{silent} patients of the truth file have no usable entry and are left out."),
        (early, f"{early} patients had got worse before their first entry; their onsets are left out."),
        (without_risk, "The engine gave no risk of stopping: the figures on it are not enough data."),
        (done.rejects, f"{len(done.rejects)} rows were rejected, see rejects.csv."),
    )
    biases = [f"The figures may be biased: {bias}." for bias in selection_biases(cohort)]
    return biases + [limit for applies, limit in limits if applies]


def _about(done: Evaluation, method: EvaluationMethod) -> dict[str, Any]:
    records = done.records
    days = sum(record.last - record.first + 1 for record in records)
    about = {
        "Engine": method.engine.version,
        "Patients": len(records),
        "Patient-years": round(days / 365.25, 1),
        "Reports": sum(record.reports for record in records),
        "True onsets in the diary": sum(record.onset is not None for record in records),
        "Stopped": sum(record.truth.stopped_on is not None for record in records),
        "Resamples for intervals": method.bootstrap.resamples,
    }
    if records:
        first, last = min(record.first for record in records), max(record.last for record in records)
        about["Diaries"] = f"{date.fromordinal(first)} to {date.fromordinal(last)}"
    return about


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableFile(f"{folder}: cannot be made a folder: {error.strerror}") from error
