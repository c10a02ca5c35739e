"""Share of days on which the 95% interval of a level covers the true level of the week."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from api.domain.constants import DAYS_PER_WEEK
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine
from api.services.simulation.assumptions import Assumptions, Cadence
from api.services.simulation.cohort import ANSWER_SHARES, SimulatedDiary, simulate_cohort
from tests.worlds import second, third
from tests.worlds.diary import Series, WorldDiary, entries_of, factors_of, running_mean

_MOVING_POINTS, _MOVING_DAYS = 0.7, 28
_LOW, _HIGH = 1.0, 8.0


class KnownDiary(NamedTuple):
    """A diary to score, and the true level by day of each symptom, from the first day on."""

    factors: PatientFactors
    entries: list[Entry]
    first_day: date
    levels: Mapping[str, Series]


class Coverage(NamedTuple):
    """Shares of days covered, of days with a level, and the mean width of the interval in points.

    Attributes:
        days: Days with a level.
        covered: Of all of them.
        width: Mean width.
        moving: Of those whose true level has changed by 0.7 or more in 28 days.
        low: Of those with a true level below 1.
        high: Of those above 8.
        quiet: Of the third of patients whose answers vary least about their level.
        noisy: Of the third whose answers vary most.
    """

    days: int
    covered: float
    width: float
    moving: float
    low: float
    high: float
    quiet: float
    noisy: float


def _of_first_world(cadence: Cadence) -> Callable[[int, int], Iterator[KnownDiary]]:
    def cohort(patients: int, seed: int) -> Iterator[KnownDiary]:
        return map(_known, simulate_cohort(patients, 300, seed=seed, assumptions=Assumptions(cadence)))

    return cohort


def _of_world(diaries: Iterable[WorldDiary]) -> Iterator[KnownDiary]:
    for each in diaries:
        levels = {"pain": each.truth.pain, "stiffness": each.truth.stiffness}
        yield KnownDiary(factors_of(each), entries_of(each), each.first_day, levels)


COHORTS: dict[str, Callable[[int, int], Iterator[KnownDiary]]] = {
    "first world, daily": _of_first_world(Cadence.DAILY),
    "first world, weekly": _of_first_world(Cadence.WEEKLY),
    "first world, mixed": _of_first_world(Cadence.MIXED),
    "second world": lambda patients, seed: _of_world(second.cohort(patients, seed=seed)),
    "third world": lambda patients, seed: _of_world(third.cohort(patients, seed=seed)),
}
"""Each gives a number of patients by a seed. In the first world only the level of pain is known."""


def coverage(diaries: Iterable[KnownDiary]) -> dict[str, Coverage]:
    """Score a cohort, and return the coverage of each symptom whose true level is known."""
    known = list(diaries)
    scored = Engine().score_diaries((each.factors, each.entries) for each in known)
    outcomes = [each.outcome.scores for each in scored]
    return {
        symptom: _coverage(
            [
                np.array(list(_days(diary, scores, symptom)))
                for diary, scores in zip(known, outcomes, strict=True)
            ]
        )
        for symptom in known[0].levels
    }


def _days(diary: KnownDiary, scores: Iterable[NamedTuple], symptom: str) -> Iterator[tuple[float, ...]]:
    """Yield the ends of the interval, the true week's level, its change, and the noise of the patient."""
    level = diary.levels[symptom]
    week = running_mean(level, DAYS_PER_WEEK)
    answer = "pain_worst" if symptom == "pain" else symptom
    given = [
        (each.answers[answer], level[(each.local_date - diary.first_day).days])
        for each in diary.entries
        if answer in each.answers
    ]
    noise = float(np.std([answer - level for answer, level in given])) if given else 0.0
    for score in scores:
        low, high = (getattr(score, f"{symptom}_level_{end}") for end in ("low", "high"))
        if low is not None:
            day = (score.local_date - diary.first_day).days
            yield low, high, week[day], week[day] - week[max(day - _MOVING_DAYS, 0)], noise


def _coverage(patients: list[NDArray[np.float64]]) -> Coverage:
    low, high, level, change, noise = np.concatenate([each for each in patients if len(each)]).T
    covered = (low <= level + 1e-9) & (level - 1e-9 <= high)
    quiet, noisy = np.quantile([each[0, -1] for each in patients if len(each)], (1 / 3, 2 / 3))
    groups = (np.abs(change) >= _MOVING_POINTS, level < _LOW, level > _HIGH, noise <= quiet, noise >= noisy)
    shares = [float(covered[group].mean()) if group.any() else float("nan") for group in groups]
    return Coverage(len(level), float(covered.mean()), float((high - low).mean()), *shares)


def _known(one: SimulatedDiary) -> KnownDiary:
    patient = one.patient
    entries = [
        Entry(UUID(int=number), moment := datetime.fromisoformat(recorded_at), moment.date(), _given(cells))
        for number, (_, recorded_at, *cells) in enumerate(one.rows)
    ]
    started = date.fromordinal(patient.first_day.toordinal() + patient.tablets_from)
    return KnownDiary(
        PatientFactors(ai_started_on=started), entries, patient.first_day, {"pain": one.level.clip(0, 10)}
    )


def _given(cells: list[str]) -> dict[str, float]:
    named = dict(zip(ANSWER_SHARES, cells, strict=False))
    return {name: float(named[name]) for name in ("pain_worst", "stiffness", "interference") if named[name]}
