"""Throughput of scoring a population, against a weekly rule in pandas and plain copying of memory."""

import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

import numpy as np
import pandas as pd

from api.domain.diary.daily_summary import DailySummary
from api.domain.entries.questions import Entry
from api.domain.onset.filter_many_patients import filter_patients
from api.domain.onset.onset_state import SymptomState
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import Size, median

DAYS = 300
FACTS = PatientFactors(ai="letrozole", birth_year=1960)

Diary = tuple[PatientFactors, list[Entry]]


def figures(_: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure in this process, on one core; engine and pandas take turns."""
    engine = Engine()
    diaries = [(FACTS, _entries(number)) for number in range(size.replayed_patients)]
    frame = _frame(diaries)
    days = DAYS * len(diaries)
    scored, weekly, tested = [], [], []
    summaries = [[_day(entry) for entry in entries] for _, entries in diaries]
    initial = [SymptomState()] * len(summaries)
    for _round in range(size.rounds):
        scored.append(days / _seconds(lambda: sum(1 for _ in engine.score_diaries(diaries))))
        weekly.append(days / _seconds(lambda: _weekly_rule(frame)))
        tested.append(days / _seconds(lambda: filter_patients(summaries, engine.detector, initial)))
    name = f"scoring {len(diaries)} patients again, {DAYS} days each, one core"
    beside = "patient-days/s of the weekly rule in pandas"
    yield Figure(
        f"{name}: everything", median(scored), "patient-days/s", median(weekly), beside, 100_000.0, "value >="
    )
    yield Figure(
        f"{name}: the onset detector alone", median(tested), "patient-days/s", median(weekly), beside
    )
    moved = 2 * 4 * (3 * 6 * 33 + 3 * 6 + 33)
    yield Figure(
        "reads and writes of the detector's state", median(tested) * moved / 1e9, "GB/s",
        _copied_gb_per_s(), "GB/s of plain copying",
    )  # fmt: skip
    yield Figure(
        "one entry in order, resumed from the stored state", _update_ms(engine, diaries[0]), "ms",
        aim=1.0, aim_is="value <",
    )  # fmt: skip
    yield Figure(
        "memory to score them all", _peak_bytes(engine, diaries) / days, "bytes a patient-day",
        aim=1000.0, aim_is="value <",
    )  # fmt: skip


def _entries(number: int) -> list[Entry]:
    entries = islice(ward.diary(number), DAYS)
    names = ("pain_worst", "stiffness", "interference", "dose", "confidence")
    return [
        Entry(
            UUID(each["id"]),
            datetime.fromisoformat(each["recorded_at"]),
            date.fromisoformat(each["local_date"]),
            {name: each[name] for name in names},
        )
        for each in entries
    ]


def _day(entry: Entry) -> DailySummary:
    day = DailySummary(entry.local_date.toordinal())
    day.add_entry(entry)
    return day


def _frame(diaries: Sequence[Diary]) -> pd.DataFrame:
    rows = [
        (number, pd.Timestamp(entry.local_date), entry.answers["pain_worst"])
        for number, (_, entries) in enumerate(diaries)
        for entry in entries
    ]
    return pd.DataFrame(rows, columns=["patient", "day", "pain"])


def _weekly_rule(frame: pd.DataFrame) -> int:
    """Count the days whose 7-day mean lies 2 points above that of the first 28 days, a patient at a time."""
    found = 0
    for _, diary in frame.groupby("patient"):
        pain = diary.set_index("day")["pain"]
        usual = pain[: pain.index[0] + timedelta(days=27)].mean()
        found += int((pain.rolling("7D", min_periods=3).mean() >= usual + 2).sum())
    return found


def _update_ms(engine: Engine, diary: Diary) -> float:
    facts, entries = diary
    course = engine.begin(facts)
    course.add(entries[:-1])
    kept = course.snapshot()
    took = [_seconds(lambda: _resumed(engine, facts, kept, entries[-1])) for _ in range(200)]
    return 1000 * median(took)


def _resumed(engine: Engine, facts: PatientFactors, kept: list[object], entry: Entry) -> None:
    course = engine.resume(facts, kept)
    course.add([entry])
    course.snapshot()


def _peak_bytes(engine: Engine, diaries: Sequence[Diary]) -> int:
    tracemalloc.start()
    for _ in engine.score_diaries(diaries):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _copied_gb_per_s() -> float:
    source = np.ones(40_000_000, np.float32)
    target = np.empty_like(source)
    took = min(_seconds(lambda: np.copyto(target, source)) for _ in range(5))
    return 2 * source.nbytes / took / 1e9


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
