"""Replays diaries from files through the engine the server uses; no database, no server."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from uuid import uuid5

from api.domain.budget_weeks import week_of
from api.domain.differing import Told
from api.domain.report import Entry
from api.domain.trajectory.engine import SIDE_BY_SIDE, Engine, Outcome
from api.services.replay_ends import Ends
from api.services.replay_files import (
    ALERT_COLUMNS,
    REJECT_COLUMNS,
    SCORE_COLUMNS,
    Reject,
    Table,
    UnusableFile,
    alert_row,
    opened,
    score_row,
    writing,
)
from api.services.replay_rows import (
    ENTRY_COLUMNS,
    NOBODY_KNOWN,
    PATIENT_COLUMNS,
    Known,
    Unreadable,
    read_entry_row,
    read_known,
)

Rows = list[tuple[int, list[str]]]
Progress = Callable[[int, int], None]
REQUIRED = ("patient", "recorded_at")


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a replay reads and writes; what is None is not read or not written."""

    entries: Path
    patients: Path | None
    alerts: Path | None
    scores: Path | None
    rejects: Path
    difference: Path | None = None
    policies: tuple[Path, ...] = ()


@dataclass(slots=True)
class Counts:
    """What came of a replay.

    ``engines`` are the versions scored with, ``told`` holds the findings of each, and ``followed`` how
    many patients were followed in each week: from that of their first entry to that of their last.
    """

    patients: int = 0
    entries: int = 0
    days: int = 0
    findings: int = 0
    rejects: list[Reject] = field(default_factory=list)
    engines: tuple[str, ...] = ()
    told: tuple[list[Told], ...] = ()
    followed: Counter[int] = field(default_factory=Counter)


def replay(
    paths: Paths, *, engine: Engine, against: Engine | None = None, progress: Progress | None = None
) -> Counts:
    """Score every patient of the files, and write what was seen.

    Rows may come in any order, and the order changes nothing. A bad row is left out and kept in
    ``Counts.rejects`` and in the rejects file; a patient whose row in ``patients`` is bad or absent
    is scored as one of whom nothing is known.

    Args:
        paths: The files.
        engine: The engine and policy to score with; the files written are its own.
        against: A second one to score the same entries with, in the same pass.
        progress: Told now and then how many of how many entries are done.

    Returns:
        What came of it.

    Raises:
        UnusableFile: A file cannot be read or written, or has other columns than the contract's.
    """
    _refuse_overwriting(paths)
    counts = Counts()
    known = _read_patients(paths.patients, counts)
    engines = (engine,) if against is None else (engine, against)
    counts.engines, counts.told = tuple(each.version for each in engines), tuple([] for _ in engines)
    with ExitStack() as files:
        table = files.enter_context(opened(paths.entries, required=REQUIRED, optional=ENTRY_COLUMNS))
        alerts = paths.alerts and files.enter_context(writing(paths.alerts, ALERT_COLUMNS))
        scores = paths.scores and files.enter_context(writing(paths.scores, SCORE_COLUMNS))
        ends = Ends()
        scored = _scored(table, known, engines=engines, counts=counts, ends=ends, progress=progress)
        for patient, outcomes in scored:
            if scores:
                rows = (score_row(patient, score, engine.version) for score in outcomes[0].scores)
                scores.writerows(rows)
            for told, outcome in zip(counts.told, outcomes, strict=True):
                told += [(finding, patient) for finding in outcome.findings]
        for nth, told in enumerate(counts.told):
            told.extend(ends.silences(nth))
            told.sort(key=_moment_and_patient)
        if alerts:
            alerts.writerows(alert_row(finding, patient) for finding, patient in counts.told[0])
    counts.findings = len(counts.told[0])
    counts.rejects += sorted(table.rejects, key=_line)
    _write_rejects(paths.rejects, counts.rejects)
    return counts


def _scored(
    table: Table,
    known: dict[str, Known],
    *,
    engines: Sequence[Engine],
    counts: Counts,
    ends: Ends,
    progress: Progress | None,
) -> Iterator[tuple[str, Sequence[Outcome]]]:
    by_patient = _by_patient(table)
    total = sum(len(rows) for rows in by_patient.values())
    remaining = iter(sorted(by_patient))
    while some := list(islice(remaining, SIDE_BY_SIDE)):
        facts = [known.get(patient, NOBODY_KNOWN) for patient in some]
        told = [
            list(_entries(table, patient, by_patient.pop(patient), of))
            for patient, of in zip(some, facts, strict=True)
        ]
        diaries = [(of.facts, entries) for of, entries in zip(facts, told, strict=True)]
        by_engine = zip(*[engine.score_all(diaries) for engine in engines], strict=True)
        for patient, entries, scored in zip(some, told, by_engine, strict=True):
            outcomes = [each.outcome for each in scored]
            ends.note(patient, entries, [each.course for each in scored])
            _count(entries, outcomes[0], counts)
            if progress is not None:
                progress(counts.entries, total)
            yield patient, outcomes


def _count(entries: list[Entry], outcome: Outcome, counts: Counts) -> None:
    counts.patients += bool(entries)
    counts.entries += len(entries)
    counts.days += len(outcome.scores)
    if outcome.scores:
        first, last = outcome.scores[0].local_date, outcome.scores[-1].local_date
        counts.followed.update(range(week_of(first), week_of(last) + 1))


def _refuse_overwriting(paths: Paths) -> None:
    files = [paths.entries, paths.patients, paths.alerts, paths.scores, paths.rejects, paths.difference]
    files += {path.resolve() for path in paths.policies}  # the same policy twice is no harm
    resolved = [file.resolve() for file in files if file is not None]
    twice = [str(file) for file, times in Counter(resolved).items() if times > 1]
    if twice:
        raise UnusableFile(f"{', '.join(twice)}: named for two purposes; each file needs its own path")


def _read_patients(path: Path | None, counts: Counts) -> dict[str, Known]:
    known: dict[str, Known] = {}
    if path is None:
        return known
    with opened(path, required=("patient",), optional=PATIENT_COLUMNS) as table:
        at = table.columns.index("patient")
        for line, fields in table.rows():
            patient = fields[at].strip()
            if not patient or patient in known:
                table.reject(line, fields, [("patient", "is listed twice" if patient else "is blank")])
                continue
            try:
                known[patient] = read_known(table.columns, fields)
            except Unreadable as error:
                table.reject(line, fields, error.problems)
        counts.rejects += sorted(table.rejects, key=_line)
    return known


def _by_patient(table: Table) -> dict[str, Rows]:
    rows: dict[str, Rows] = {}
    at = table.columns.index("patient")
    for line, fields in table.rows():
        if patient := fields[at].strip():
            rows.setdefault(patient, []).append((line, fields))
        else:
            table.reject(line, fields, [("patient", "is blank")])
    return rows


def _entries(table: Table, patient: str, rows: Rows, known: Known) -> Iterator[Entry]:
    seen: Counter[object] = Counter()
    for line, fields in rows:
        try:
            entry = read_entry_row(patient, table.columns, fields, known.zone)
        except Unreadable as error:
            table.reject(line, fields, error.problems)
            continue
        seen[entry.id] += 1
        if seen[entry.id] > 1:  # the very same row again is one more entry
            entry = replace(entry, id=uuid5(entry.id, str(seen[entry.id])))
        yield entry


def _write_rejects(path: Path, rejects: list[Reject]) -> None:
    if not rejects and not path.exists():
        return
    with writing(path, REJECT_COLUMNS) as writer:  # also over the rejects of an earlier replay
        for reject in rejects:
            columns = "; ".join(column for column, _ in reject.problems)
            problems = "; ".join(problem for _, problem in reject.problems)
            writer.writerow((reject.file, reject.line, columns, problems, reject.row))


def _moment_and_patient(told: Told) -> tuple[object, ...]:
    finding, patient = told
    return finding.raised_at, patient, finding.kind, finding.key


def _line(reject: Reject) -> int:
    return reject.line
