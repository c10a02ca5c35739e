"""Second world of simulated diaries: graded answers, nine ways of writing, many courses of symptoms.

Built unlike the product's simulator. Each patient has own thresholds on the scale of 0 to 10, noise of an
own correlation, flares, one of eleven courses, one of nine ways of writing, and causes to stop the tablets.
Levels and sizes of rises are drawn as answers to be expected, and turned into a continuous symptom by the
patient's scale. Numbers without a source are assumed. They were chosen so that detection is about as hard as
in a world of which only figures of the engine onset-3 are known: 0.80 found within 60 days, at a median of 15
days, with 0.62 false alerts a patient-year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator, default_rng

from tests.worlds.chance import OwnScale, correlated, draw_facts, missing_at_random, near, pick
from tests.worlds.diary import ANSWERS, SYMPTOMS, Series, WorldDiary, WorldRow, WorldTruth, true_rise
from tests.worlds.second_courses import Course, draw_course
from tests.worlds.second_stopping import Treatment, draw_treatment
from tests.worlds.second_ways import PROMPTED, WAYS, Written, draw_writing, recollect

_FIRST_START = date(2025, 1, 6)
_ZONES = ("Europe/Berlin", "Europe/Madrid", "America/Chicago", "Asia/Tokyo", "Australia/Sydney")
_NEVER_ASKED_SHARE = 0.4
"""Share of patients who are never asked for interference, as in the cohort that the figures are known of."""

_BLANK_SHARES = dict(zip(ANSWERS, (0.02, 0.15, 0.05, 0.3, 0.15, 0.08, 0.1, 0.1, 0.1, 0.1, 0.1), strict=True))
_PREFERS_DIGITS_SHARE = 0.45
_PREFERRED = ((0, 5, 10), (3, 5, 8), (0, 3, 5, 8, 10), (2, 5, 7), (0, 2, 4, 6, 8, 10))
_FLARES_AS = dict(zip(SYMPTOMS, (1.0, 0.8, 0.7), strict=True))
_GAP_DAYS, _REASON_SHARE = 10, 0.5


@dataclass(frozen=True, slots=True)
class _Symptoms:
    """Scales of a patient, and the continuous symptoms by day with noise and flares."""

    scales: dict[str, OwnScale]
    felt: dict[str, Series]
    levels: dict[str, Series]


def cohort(count: int, *, days: int = 300, seed: int, stopping: float = 0.0) -> Iterator[WorldDiary]:
    """Yield simulated patients; each has a generator of its own, so a larger cohort begins with the smaller.

    Args:
        count: Number of patients.
        days: Days of follow-up of each.
        seed: The same seed gives the same patients.
        stopping: Added to the log hazard of stopping.
    """
    for number in range(1, count + 1):
        yield _draw(default_rng([seed, number]), number, days, stopping)


def _draw(rng: Generator, number: int, days: int, stopping: float) -> WorldDiary:
    first_day = _FIRST_START + timedelta(days=int(rng.integers(365)))
    course = draw_course(rng, days, season_phase=first_day.timetuple().tm_yday / 365.25)
    treatment = draw_treatment(rng, course.levels(None), _tablets_from(rng, course), stopping)
    sd, correlation = float(np.clip(np.exp(rng.normal(0.05, 0.4)), 0.4, 2.6)), float(rng.uniform(0.0, 0.8))
    symptoms = _feel(rng, course, treatment.stopped, sd=sd, correlation=correlation)
    way = pick(rng, WAYS)
    written = draw_writing(rng, way, symptoms.felt["pain_worst"], sd=sd, silent=treatment.silent)
    asks = bool(rng.random() >= _NEVER_ASKED_SHARE)
    levels = symptoms.levels
    rise = true_rise(levels, course.begins, treatment.stopped)
    truth = WorldTruth(
        rise=rise,
        pain=levels["pain_worst"],
        stiffness=levels["stiffness"],
        interference=levels["interference"],
        stopped=treatment.stopped,
        followed=days,
    )
    groups = {
        "way": way,
        "course": course.kind,
        "rises": course.rises if rise.begins is not None else "",
        "cause": treatment.cause,
        "correlation": "high" if correlation >= 0.5 else "low",
        "noise": "high" if sd >= 1.4 else "low",
        "interference asked": "yes" if asks else "no",
    }
    table = _answers(rng, symptoms, treatment, written, asks=asks)
    rows = _rows(rng, way, written, table, levels["pain_worst"])
    facts = draw_facts(rng, first_day, treatment.begins, _ZONES)
    if_asked = _if_asked(symptoms, written, asks=asks)
    return WorldDiary(f"S{number:06d}", first_day, rows, truth, facts, groups, if_asked)


def _tablets_from(rng: Generator, course: Course) -> int:
    """Return the first day of the tablets; an early rise follows a start about the first day of the diary."""
    if course.kind == "early" or rng.random() < 0.85:
        return int(rng.integers(-14, 15))
    return -int(rng.integers(30, 700))


def _feel(rng: Generator, course: Course, stopped: int | None, *, sd: float, correlation: float) -> _Symptoms:
    """Return what the patient feels: level, noise that the symptoms share in part, and flares."""
    days, share = len(course.flares), rng.uniform(0.3, 0.8)
    common = correlated(rng, days, correlation)
    scales, felt, true_levels = {}, {}, {}
    for name, level in course.levels(stopped).items():
        own_sd = sd * (1.0 if name == SYMPTOMS[0] else float(rng.uniform(0.8, 1.2)))
        scale = OwnScale.of(_thresholds(rng), own_sd)
        symptom = scale.level_for(level)
        noise = np.sqrt(share) * common + np.sqrt(1 - share) * correlated(rng, days, correlation)
        scales[name], true_levels[name] = scale, scale.mean_answer(symptom)
        felt[name] = symptom + own_sd * noise + _FLARES_AS[name] * course.flares
    return _Symptoms(scales, felt, true_levels)


def _thresholds(rng: Generator) -> Series:
    """Return thresholds for the answers 1 to 10: own use of the scale, in some with favourite digits."""
    edges = np.arange(10) + 0.5
    own = 10 * (edges / 10) ** np.exp(rng.normal(0, 0.2)) * rng.uniform(0.9, 1.15) + rng.uniform(-0.4, 0.4)
    own = np.sort(own + rng.normal(0, 0.12, 10))
    if rng.random() < _PREFERS_DIGITS_SHARE:
        for digit in _PREFERRED[int(rng.integers(len(_PREFERRED)))]:
            pull = rng.uniform(0.2, 0.45)
            if digit > 0:
                own[digit - 1] -= pull
            if digit < len(own):
                own[digit] += pull
    return np.sort(own)


def _answers(
    rng: Generator, symptoms: _Symptoms, treatment: Treatment, written: Written, *, asks: bool
) -> Series:
    """Return the answers of each entry, in the order of ``ANSWERS``."""
    day, count = written.day, len(written.day)
    worst, stiffness, interference = (
        symptoms.scales[name].grade(recollect(rng, symptoms.felt[name], written)) for name in SYMPTOMS
    )
    average = np.minimum(worst, np.round(0.75 * worst + rng.normal(-0.1, 0.6, count)).clip(0))
    minutes = 5 * np.round(0.8 * (0.5 + stiffness) ** 1.5 * np.exp(rng.normal(0.1, 0.4, count)))
    on_tablets = day >= treatment.begins
    week = np.diff(day // 7, prepend=-1) > 0
    month = week & ((day // 7) % 4 == rng.integers(4))
    second_week = day >= treatment.begins + 7
    missed = np.convolve(~treatment.taken, np.ones(7))[: len(treatment.taken)]
    columns = [
        worst,
        average,
        stiffness,
        minutes.clip(0, 720),
        np.where(asks, interference, np.nan),
        np.where(on_tablets, treatment.taken[day], np.nan),
        np.where(week & second_week, missed[day], np.nan),
        np.where(week & on_tablets, near(rng, treatment.confidence[day]), np.nan),
        np.where(week & second_week, near(rng, treatment.bother[day]), np.nan),
        np.where(month & on_tablets, near(rng, treatment.doubt[day]), np.nan),
        np.where(month & on_tablets, treatment.cost, np.nan),
    ]
    return np.stack(
        [
            missing_at_random(rng, each, _BLANK_SHARES[name])
            for name, each in zip(ANSWERS, columns, strict=True)
        ],
        axis=1,
    )


def _if_asked(symptoms: _Symptoms, written: Written, *, asks: bool) -> Series:
    """Return the answers to an extra check-in by day, in the order of ``SYMPTOMS``."""
    answers = np.stack([symptoms.scales[name].grade(symptoms.felt[name]) for name in SYMPTOMS], axis=1)
    answers[written.away] = np.nan
    if not asks:
        answers[:, SYMPTOMS.index("interference")] = np.nan
    return answers


def _rows(rng: Generator, way: str, written: Written, table: Series, level: Series) -> tuple[WorldRow, ...]:
    habit, asked = int(rng.integers(7 * 60, 21 * 60)), "prompted" if way in PROMPTED else "own"
    rows: list[WorldRow] = []
    for number, (day, sitting) in enumerate(zip(written.day.tolist(), written.written.tolist(), strict=True)):
        if rows and rows[-1].written_day == sitting:
            minute = min(rows[-1].written_minute + 1, 24 * 60 - 1)
        else:
            minute = int(np.clip(habit + rng.normal(0, 60), 5 * 60, 23 * 60))
        reason = _gap_reason(rng, way, rows[-1].day, day, level=level, written=written) if rows else ""
        rows.append(WorldRow(day, sitting, minute, tuple(table[number].tolist()), asked, reason))
    return tuple(rows)


def _gap_reason(rng: Generator, way: str, last: int, day: int, *, level: Series, written: Written) -> str:
    """Return the reason for a gap, asked in one tap: being unwell where the symptoms are high (assumed)."""
    longest = 40 if way == "weekly then monthly" else 25 if way == "bursts" else _GAP_DAYS
    if day - last <= longest or rng.random() >= _REASON_SHARE:
        return ""
    if written.lost is not None and last < written.lost[1] and day > written.lost[0]:
        return "technical"
    unwell = 0.5 if level[last + 1 : day].max() >= level[: last + 1].min() + 2 else 0.08
    shares = {"too_unwell": unwell, "hospital": 0.04, "forgot": 0.5, "technical": 0.1, "do_not_want": 0.15}
    return pick(rng, shares)
