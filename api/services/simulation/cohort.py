"""Simulated cohort, one patient after the other: rows of the diary, and ground truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.random import Generator, default_rng

from api.domain.constants import DAYS_PER_WEEK
from api.services.replay.diary_csv import BURST
from api.services.simulation.assumptions import Assumptions
from api.services.simulation.extra_check_ins import Row, with_extra_check_ins
from api.services.simulation.occasional_answers import OCCASIONAL_COLUMNS, draw_occasional_answers
from api.services.simulation.patients import SimulatedPatient, draw_patient
from api.services.simulation.reporting import Days, draw_entry_days
from api.services.simulation.symptoms import (
    Series,
    SimulatedAnswers,
    after_stopping,
    draw_answers,
    draw_symptoms,
)
from api.services.simulation.treatment import SimulatedTablets, draw_tablets, draw_treatment_end

ANSWER_SHARES = {
    "pain_worst": 0.98,
    "pain_average": 0.85,
    "stiffness": 0.95,
    "morning_stiffness_minutes": 0.70,
    "interference": 0.80,
    "dose_taken": 0.92,
    "doses_missed_7d": 0.90,
    "confidence": 0.90,
}
"""Columns, with the share of entries that answer each when it is due: assumed."""

ENTRY_COLUMNS = ("patient", "recorded_at", *ANSWER_SHARES, *OCCASIONAL_COLUMNS)

_EARLIEST_MINUTE, _LATEST_MINUTE = 6 * 60, 23 * 60 + 30


@dataclass(frozen=True, slots=True)
class SimulatedDiary:
    """One patient: facts, rows of entries.csv, and ground truth.

    Attributes:
        level: True level of worst pain by day, without noise and flares; it may lie beyond 0 to 10.
    """

    patient: SimulatedPatient
    rows: list[Row]
    worsening_onset: date | None
    stopped_on: date | None
    level: Series = field(repr=False, compare=False)


def simulate_cohort(
    count: int, days: int, *, seed: int, assumptions: Assumptions
) -> Iterator[SimulatedDiary]:
    """Yield simulated patients; each has a generator of its own, so a larger cohort starts with a smaller.

    Args:
        count: Number of patients.
        days: Days of follow-up of each from the first day of the diary.
        seed: The same seed gives the same patients.
        assumptions: Assumptions of the cohort.
    """
    for number in range(1, count + 1):
        yield _draw(default_rng([seed, number]), number, days, assumptions)


def _draw(rng: Generator, number: int, days: int, assumptions: Assumptions) -> SimulatedDiary:
    patient = draw_patient(rng, number, days=days, assumptions=assumptions)
    symptoms = draw_symptoms(rng, patient)
    end = draw_treatment_end(rng, patient, symptoms, assumptions)
    entry_days, away = draw_entry_days(rng, patient, symptoms, end=end, assumptions=assumptions)
    tablets = draw_tablets(rng, patient, symptoms, end)
    felt = after_stopping(symptoms, end.stopped)
    answers = draw_answers(rng, patient, felt)
    last = min(day for day in (end.stopped, end.ended, days) if day is not None)
    onset = symptoms.onset if symptoms.onset is not None and symptoms.onset < last else None
    weekly = _first_of_each_week(entry_days)
    row_of = _row_of(rng, patient, _answers_by_day(rng, entry_days, answers, tablets, weekly=weekly))
    occasional = draw_occasional_answers(
        rng, patient, symptoms, tablets, entry_days=entry_days, weekly=weekly
    )
    written = np.flatnonzero(entry_days).tolist()
    rows = [(*row_of(day), *cells) for day, cells in zip(written, occasional, strict=True)]
    if assumptions.extra_check_ins:
        given = (rng.random(days) < assumptions.extra_check_ins) & ~away
        blank = [""] * (len(OCCASIONAL_COLUMNS) - 1)
        rows = with_extra_check_ins(
            patient,
            ENTRY_COLUMNS,
            rows,
            lambda day: (*row_of(day), *blank, BURST) if day < days and given[day] else None,
        )
    return SimulatedDiary(patient, rows, _date(patient, onset), _date(patient, end.stopped), felt.level)


def _date(patient: SimulatedPatient, day: int | None) -> date | None:
    return None if day is None else patient.first_day + timedelta(days=day)


def _answers_by_day(
    rng: Generator, entry_days: Days, answers: SimulatedAnswers, tablets: SimulatedTablets, *, weekly: Days
) -> list[Series]:
    """Return each column by day; not a number where it was not due or not answered."""
    due_all_week = np.arange(len(entry_days)) >= np.argmax(tablets.due) + DAYS_PER_WEEK - 1
    missed = np.convolve(tablets.due & ~tablets.taken, np.ones(DAYS_PER_WEEK))[: len(entry_days)]
    due = [
        answers.worst,
        answers.average,
        answers.stiffness,
        answers.minutes,
        answers.interference,
        np.where(tablets.due, tablets.taken, np.nan),
        np.where(weekly & tablets.due & due_all_week, missed, np.nan),
        np.where(weekly & tablets.due, tablets.confidence, np.nan),
    ]
    given = (rng.random(len(entry_days)) < share for share in ANSWER_SHARES.values())
    return [np.where(answered, values, np.nan) for answered, values in zip(given, due, strict=True)]


def _first_of_each_week(entry_days: Days) -> Days:
    """Return the days with the weekly questions: the first day with an entry in each week."""
    written = np.flatnonzero(entry_days)
    _, first = np.unique(written // DAYS_PER_WEEK, return_index=True)
    weekly = np.zeros(len(entry_days), dtype=np.bool_)
    weekly[written[first]] = True
    return weekly


def _row_of(rng: Generator, patient: SimulatedPatient, columns: list[Series]) -> Callable[[int], Row]:
    """Return the function that returns the row of a day, also of one without an entry."""
    zone = ZoneInfo(patient.zone)
    habit = rng.choice([8 * 60, 20 * 60], p=[0.3, 0.7])
    minutes = np.clip(rng.normal(habit, 45, patient.days), _EARLIEST_MINUTE, _LATEST_MINUTE).astype(int)

    def row_of(day: int) -> Row:
        at = time(*divmod(int(minutes[day]), 60))
        moment = datetime.combine(patient.first_day + timedelta(days=day), at, zone)
        return (patient.name, moment.isoformat(), *_cells([column[day] for column in columns]))

    return row_of


def _cells(values: list[float]) -> Iterator[str]:
    for name, value in zip(ANSWER_SHARES, values, strict=True):
        if np.isnan(value):
            yield ""
        elif name == "dose_taken":
            yield "true" if value else "false"
        else:
            yield str(int(value))
