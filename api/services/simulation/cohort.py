"""A cohort, one woman after the other: what she writes, and what is true of her."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator, default_rng

from api.services.simulation.assumptions import Assumptions
from api.services.simulation.patients import SimulatedPatient, draw_person
from api.services.simulation.reporting import Days, draw_days
from api.services.simulation.symptoms import Series, SimulatedAnswers, draw_answers, draw_felt, relieved
from api.services.simulation.treatment import SimulatedTablets, draw_ending, draw_tablets

Row = tuple[str, ...]

ANSWERED = {
    "pain_worst": 0.98,
    "pain_average": 0.85,
    "stiffness": 0.95,
    "morning_stiffness_minutes": 0.70,
    "interference": 0.80,
    "dose_taken": 0.92,
    "doses_missed_7d": 0.90,
    "confidence": 0.90,
}
"""The columns, and in what share of entries each is answered when it is asked: assumed."""

_WEEK = 7
_EARLIEST_MINUTE, _LATEST_MINUTE = 6 * 60, 23 * 60 + 30


@dataclass(frozen=True, slots=True)
class Simulated:
    """One woman: who she is, her rows of entries.csv, and what is true."""

    person: SimulatedPatient
    rows: list[Row]
    worsening_onset: date | None
    stopped_on: date | None


def cohort(count: int, days: int, *, seed: int, assume: Assumptions) -> Iterator[Simulated]:
    """Draw women one by one; each has her own source of chance, so a larger cohort begins with the smaller.

    Args:
        count: How many.
        days: How long each is followed from the first day of her diary.
        seed: The same seed gives the same women.
        assume: What is assumed of them.
    """
    for number in range(1, count + 1):
        yield _draw(default_rng([seed, number]), number, days, assume)


def _draw(rng: Generator, number: int, days: int, assume: Assumptions) -> Simulated:
    person = draw_person(rng, number, days=days, assume=assume)
    felt = draw_felt(rng, person)
    ending = draw_ending(rng, person, felt, assume)
    writes = draw_days(rng, person, felt, ending=ending, assume=assume)
    tablets = draw_tablets(rng, person, felt, ending)
    answers = draw_answers(rng, person, relieved(felt, ending.stopped))
    last = min(day for day in (ending.stopped, ending.ended, days) if day is not None)
    onset = felt.onset if felt.onset is not None and felt.onset < last else None
    return Simulated(
        person,
        _rows(rng, person, writes, _told(rng, writes, answers, tablets)),
        _date(person, onset),
        _date(person, ending.stopped),
    )


def _date(person: SimulatedPatient, day: int | None) -> date | None:
    return None if day is None else person.first_day + timedelta(days=day)


def _told(rng: Generator, writes: Days, answers: SimulatedAnswers, tablets: SimulatedTablets) -> list[Series]:
    """Return each column by day: not a number where it was not asked or not answered."""
    weekly = _first_of_each_week(writes)
    due_all_week = np.arange(len(writes)) >= np.argmax(tablets.due) + _WEEK - 1
    missed = np.convolve(tablets.due & ~tablets.taken, np.ones(_WEEK))[: len(writes)]
    asked = [
        answers.worst,
        answers.average,
        answers.stiffness,
        answers.minutes,
        answers.interference,
        np.where(tablets.due, tablets.taken, np.nan),
        np.where(weekly & tablets.due & due_all_week, missed, np.nan),
        np.where(weekly & tablets.due, tablets.confidence, np.nan),
    ]
    given = (rng.random(len(writes)) < share for share in ANSWERED.values())
    return [np.where(answered, values, np.nan) for answered, values in zip(given, asked, strict=True)]


def _first_of_each_week(writes: Days) -> Days:
    """Return the days on which the weekly questions come: the first she writes on in each of her weeks."""
    written = np.flatnonzero(writes)
    _, first = np.unique(written // _WEEK, return_index=True)
    weekly = np.zeros(len(writes), dtype=np.bool_)
    weekly[written[first]] = True
    return weekly


def _rows(rng: Generator, person: SimulatedPatient, writes: Days, columns: list[Series]) -> list[Row]:
    zone = ZoneInfo(person.zone)
    habit = rng.choice([8 * 60, 20 * 60], p=[0.3, 0.7])
    minutes = np.clip(rng.normal(habit, 45, len(writes)), _EARLIEST_MINUTE, _LATEST_MINUTE).astype(int)
    rows = []
    for day in np.flatnonzero(writes).tolist():
        hour, minute = divmod(int(minutes[day]), 60)
        moment = datetime.combine(person.first_day + timedelta(days=day), time(hour, minute), zone)
        rows.append((person.name, moment.isoformat(), *_cells([column[day] for column in columns])))
    return rows


def _cells(values: list[float]) -> Iterator[str]:
    for name, value in zip(ANSWERED, values, strict=True):
        if np.isnan(value):
            yield ""
        elif name == "dose_taken":
            yield "true" if value else "false"
        else:
            yield str(int(value))
