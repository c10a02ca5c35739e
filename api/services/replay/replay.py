"""Replay of diaries from files through the engine of the server, without database or server."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from pathlib import Path

from api.domain.alerts.finding import Finding
from api.domain.policies.budget_weeks import week_of
from api.domain.policies.compare import PatientFinding
from api.domain.trajectory.engine import BATCH_PATIENTS, Engine, ScoredDiary
from api.domain.trajectory.outcome import ScoredDays
from api.services.files.atomic_output import refuse_same_paths
from api.services.files.inputs import AnyInput
from api.services.replay import replay_files
from api.services.replay.diaries import Diary, read_diaries, read_patients
from api.services.replay.file_dates import NO_CLOCK, FileToday
from api.services.replay.replay_files import ALERT_COLUMNS, REJECT_COLUMNS, SCORE_COLUMNS, RejectedRow

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ReplayPaths:
    """Input and output paths of a replay; None is not read or not written."""

    entries: AnyInput
    patients: AnyInput | None
    alerts: Path | None
    scores: Path | None
    rejects: Path
    difference: Path | None = None
    policies: tuple[AnyInput, ...] = ()


@dataclass(slots=True)
class ReplayCounts:
    """Result of a replay.

    Attributes:
        patients: Patients with an entry.
        entries: Entries used.
        days: Days scored.
        findings: Findings of the first engine.
        rejects: Rows that could not be used.
        notes: Remarks on the files for the user.
        engines: Versions of the engines.
        found: Findings of each engine, with their patients.
        followed: Patients in each week, from that of the first entry to that of the last.
        present: Day on which silence is evaluated.
        after_present: Entries after that day.
    """

    patients: int = 0
    entries: int = 0
    days: int = 0
    findings: int = 0
    rejects: list[RejectedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    engines: tuple[str, ...] = ()
    found: tuple[list[PatientFinding], ...] = ()
    followed: Counter[int] = field(default_factory=Counter)
    present: date | None = None
    after_present: int = 0


def replay(
    paths: ReplayPaths,
    *,
    engine: Engine,
    today: FileToday = NO_CLOCK,
    check_in_days: int | None = None,
    against: Engine | None = None,
    progress: Progress | None = None,
) -> ReplayCounts:
    """Score every patient of the files, and write scores and findings.

    The order of rows is irrelevant. A bad row is left out and kept in ``ReplayCounts.rejects`` and in
    the rejects file. A patient with a bad or absent row in ``patients`` is scored without facts.

    Args:
        paths: The files.
        engine: Engine and policy; the files written are those of this engine.
        today: The day of the command.
        check_in_days: Days between two check-ins of the plan of these patients; None without a plan.
        against: A second engine that scores the same entries in the same pass.
        progress: Called from time to time with the number of entries done, and of all.

    Raises:
        UnusableFile: A file cannot be read or written, has other columns, or no patient of the entries
            is in ``patients``.
    """
    _reject_overwriting(paths)
    counts = ReplayCounts()
    known = read_patients(paths.patients, counts.rejects, counts.notes)
    engines = (engine,) if against is None else (engine, against)
    counts.engines, counts.found = tuple(each.version for each in engines), tuple([] for _ in engines)
    with ExitStack() as files:
        alerts = paths.alerts and files.enter_context(replay_files.open_writer(paths.alerts, ALERT_COLUMNS))
        scores = paths.scores and files.enter_context(replay_files.open_writer(paths.scores, SCORE_COLUMNS))
        diaries = read_diaries(
            paths.entries, known, counts.rejects, today, notes=counts.notes, progress=progress
        )
        if check_in_days is not None:
            diaries = (_with_plan(diary, check_in_days) for diary in diaries)
        for diary, scored in _scored(diaries, engines):
            if scores:
                days = scored[0].outcome.scores
                scores.writerows(replay_files.score_row(diary.name, day, engine.version) for day in days)
            for found, each in zip(counts.found, scored, strict=True):
                found += [(finding, diary.name) for finding in _findings(diary, each)]
            _count(diary, scored[0].outcome, counts)
        for found in counts.found:
            found.sort(key=_moment_and_patient)
        if alerts:
            alerts.writerows(replay_files.alert_row(finding, patient) for finding, patient in counts.found[0])
    counts.findings = len(counts.found[0])
    _write_rejects(paths.rejects, counts.rejects)
    return counts


def _scored(
    diaries: Iterator[Diary], engines: Sequence[Engine]
) -> Iterator[tuple[Diary, tuple[ScoredDiary, ...]]]:
    """Yield each diary with its scores by every engine."""
    while batch := list(islice(diaries, BATCH_PATIENTS)):
        pairs = [(diary.known.facts, diary.entries) for diary in batch]
        yield from zip(
            batch, zip(*[engine.score_diaries(pairs) for engine in engines], strict=True), strict=True
        )


def _findings(diary: Diary, scored: ScoredDiary) -> Iterator[Finding]:
    """Yield the findings of a diary, with a silence that lasts on the present day of the file."""
    yield from scored.outcome.findings
    moments = [entry.recorded_at for entry in diary.entries if not entry.is_reason_only]
    if not moments:
        return
    last_entry_on = max(moments).date()
    due = scored.trajectory.silence_due(last_entry_on)
    silence = None if due is None else scored.trajectory.silence_on(due)
    is_new = silence is not None and silence not in scored.outcome.findings
    if due is not None and silence is not None and is_new and due <= diary.present:
        yield silence


def _with_plan(diary: Diary, every: int) -> Diary:
    facts = replace(diary.known.facts, check_in_days=every)
    return replace(diary, known=replace(diary.known, facts=facts))


def _count(diary: Diary, outcome: ScoredDays, counts: ReplayCounts) -> None:
    counts.patients += bool(diary.entries)
    counts.entries += len(diary.entries)
    counts.present = diary.present
    counts.after_present += sum(entry.recorded_at.date() > diary.present for entry in diary.entries)
    counts.days += len(outcome.scores)
    if outcome.scores:
        first, last = outcome.scores[0].local_date, outcome.scores[-1].local_date
        counts.followed.update(range(week_of(first), week_of(last) + 1))


def _reject_overwriting(paths: ReplayPaths) -> None:
    files = [paths.entries, paths.patients, paths.alerts, paths.scores, paths.rejects, paths.difference]
    policies = {path.resolve() for path in paths.policies}  # the same one may be given twice
    refuse_same_paths([*(file.resolve() for file in files if file is not None), *policies])


def _write_rejects(path: Path, rejects: list[RejectedRow]) -> None:
    if not rejects and not path.exists():
        return
    # replaces the rejects of an earlier replay
    with replay_files.open_writer(path, REJECT_COLUMNS) as writer:
        writer.writerows(reject.csv_row() for reject in rejects)


def _moment_and_patient(found: PatientFinding) -> tuple[object, ...]:
    finding, patient = found
    return finding.raised_at, patient, finding.kind, finding.key
