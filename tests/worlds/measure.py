"""Figures of the engine on the second and the third world: detection, reliability, extra check-ins."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.random import default_rng

from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.outcome import DailyScore
from api.services.evaluation.detection import YEAR_DAYS
from api.services.simulation.extra_check_ins import with_extra_entries
from tests.worlds import second, third
from tests.worlds.diary import WorldDiary, entries_of, extra_entry, factors_of
from tests.worlds.score import Figures, by_group, compare_outcome, figures

Cohort = Callable[..., Iterator[WorldDiary]]

WORLDS: dict[str, Cohort] = {"second": second.cohort, "third": third.cohort}
GROUPS = {
    "second": {
        "stiffness alone": ("rises", "stiffness alone"),
        "interference alone": ("rises", "interference alone"),
        "pain alone": ("rises", "pain alone"),
        "misses the worst days": ("way", "misses worst days"),
        "back-filled": ("way", "back-filled"),
        "daily": ("way", "daily"),
        "weekly": ("way", "weekly"),
        "weekly, then monthly": ("way", "weekly then monthly"),
        "only flares": ("course", "flares"),
        "drifts below 2 points": ("course", "drift"),
    },
    "third": {
        "daily": ("way", "daily"),
        "weekly": ("way", "weekly"),
        "weekly, then monthly": ("way", "weekly then monthly"),
    },
}
"""Groups shown of each world: name on the page, label, and its value."""

BINS = (0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
DENSITIES = {
    "sparse, up to 6 of 28 days": (1, 6),
    "7 to 13 of 28 days": (7, 13),
    "daily, 14 or more": (14, 28),
}
LEFT_OUT_DAYS = 63
"""A rise has become the baseline so many days after its onset; later days are not counted."""


def measure(world: str, count: int, seed: int) -> dict[str, Any]:
    """Return operating figures by group, and the reliability of ``p_worsening`` by density."""
    scored, rows = [], []
    diaries = list(WORLDS[world](count, seed=seed))
    outcomes = Engine().score_diaries((factors_of(each), entries_of(each)) for each in diaries)
    for diary, each in zip(diaries, outcomes, strict=True):
        scored.append(compare_outcome(diary, each.outcome.findings))
        rows += _reliability_rows(diary, each.outcome.scores)
    shown = {"all": figures(scored)}
    for name, (label, value) in GROUPS[world].items():
        shown[name] = by_group(scored, label)[value]
    return {"groups": {name: _as_json(each) for name, each in shown.items()}, "reliability": _shares(rows)}


def measure_extra_check_ins(world: str, answered: float, count: int, seed: int) -> dict[str, dict[str, Any]]:
    """Return detection and burden without extra check-ins, and with a share of them answered."""
    diaries = list(WORLDS[world](count, seed=seed))
    entries = [entries_of(each) for each in diaries]
    more = [
        with_extra_entries(factors_of(diary), own, _answers(diary, answered, seed))
        for diary, own in zip(diaries, entries, strict=True)
    ]
    return {
        "none": _with_burden(diaries, entries, are_asked=False),
        f"{answered:.0%}": _with_burden(diaries, more, are_asked=True),
    }


def _answers(diary: WorldDiary, share: float, seed: int) -> Callable[[date], Entry | None]:
    rng = default_rng([seed, *diary.patient.encode()])
    given = rng.random(diary.truth.followed) < share

    def answer(day: date) -> Entry | None:
        number = (day - diary.first_day).days
        return extra_entry(diary, number) if number < len(given) and given[number] else None

    return answer


def _with_burden(
    diaries: Sequence[WorldDiary], entries: Sequence[list[Entry]], *, are_asked: bool
) -> dict[str, Any]:
    outcomes = Engine().score_diaries(zip(map(factors_of, diaries), entries, strict=True))
    scored, times, extra, days = [], 0, 0, 0
    for diary, given, each in zip(diaries, entries, outcomes, strict=True):
        scored.append(compare_outcome(diary, each.outcome.findings))
        times += are_asked * sum(score.extra_check_ins > 0 for score in each.outcome.scores)
        extra += len(given) - len(diary.rows)
        days += (given[-1].local_date - diary.first_day).days + 1
    found, years = figures(scored), days / YEAR_DAYS
    return {
        "sensitivity_60d": round(found.found_60d, 4),
        "median_delay_days": found.median_delay,
        "false_per_patient_year": round(found.false_per_year, 4),
        "bursts_per_patient_year": round(times / years, 4),
        "extra_answers_per_patient_year": round(extra / years, 4),
    }


def _reliability_rows(diary: WorldDiary, scores: Sequence[DailyScore]) -> list[tuple[int, float, bool]]:
    """Return answered days of the last 28, ``p_worsening`` and whether it is true, for each scored day."""
    rise, first = diary.truth.rise, diary.first_day.toordinal()
    answered = [score.local_date.toordinal() for score in scores if score.status is not None]
    rows = []
    for score in scores:
        if score.p_worsening is None:
            continue
        day = score.local_date.toordinal()
        number = day - first
        if rise.onset is not None and number > rise.onset + LEFT_OUT_DAYS:
            continue
        count = sum(day - 28 < each <= day for each in answered)
        is_true = rise.onset is not None and rise.onset <= number and not (rise.over or 10**9) <= number
        rows.append((min(count, 28), score.p_worsening, is_true))
    return rows


def _shares(rows: Sequence[tuple[int, float, bool]]) -> dict[str, list[tuple[float | None, int]]]:
    """Return for each density and bin the share of days on which a rise was true, and their number."""
    table = np.array(rows, dtype=float)
    found: dict[str, list[tuple[float | None, int]]] = {}
    for name, (least, most) in DENSITIES.items():
        dense = table[(table[:, 0] >= least) & (table[:, 0] <= most)]
        found[name] = []
        for low, high in pairwise(BINS):
            true = dense[(dense[:, 1] >= low) & (dense[:, 1] < high), 2]
            found[name].append((round(float(true.mean()), 4) if len(true) else None, len(true)))
    return found


def _as_json(found: Figures) -> dict[str, Any]:
    return {
        "patients": found.patients,
        "onsets": found.onsets,
        "found": round(found.found_60d, 4) if found.onsets else None,
        "delay": found.median_delay if np.isfinite(found.median_delay) else None,
        "false": round(found.false_per_year, 4),
    }
