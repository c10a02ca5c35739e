"""Third world of simulated diaries: unlike the product's simulator and the second world.

Symptoms are a chain of states (calm, risen, short flare, long flare). Answers are Beta-binomial draws on the
scale of 0 to 10 with multiplicative noise, lower at weekends. Rises begin by the weeks on the tablets and
come in stairs, led by stiffness in some. Check-ins follow a plan; leaving goes with being worse. A flare is
no rise of the level, however long it lasts: alerts in it count as false.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from tests.worlds.chance import correlated, draw_facts, missing_at_random, near, normal_quantiles, pick
from tests.worlds.diary import ANSWERS, SYMPTOMS, Series, WorldDiary, WorldRow, WorldTruth, true_rise
from tests.worlds.third_courses import States, draw_states
from tests.worlds.third_treatment import Tablets, draw_tablets
from tests.worlds.third_writing import CADENCES, Calendar, draw_calendar, gap_reason

_FIRST_START = date(2024, 9, 2)
_ZONES = ("Europe/London", "Europe/Paris", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata")
_BLANK_SHARES = dict(zip(ANSWERS, (0.01, 0.3, 0.03, 0.5, 0.08, 0.05, 0.1, 0.2, 0.15, 0.1, 0.1), strict=True))

_PARTS = {"10": 0.10, "20": 0.30, "40": 0.40, "80": 0.20}
_MOST_SHARE = 0.97
_WEEKEND = (0.82, 1.0)
"""Parts of which a Beta-binomial answer is made, the fewer the noisier: assumed, for an SD of about 1 to 1.5.
Factor of the weekend: lower, size not given (PMID 18548840), assumed."""


class _Grain(NamedTuple):
    """Parts of which an answer is made, and how far those of one answer are alike, 0 to 1."""

    parts: int
    alike: float


def cohort(count: int, *, days: int = 300, seed: int, stopping: float = 0.0) -> Iterator[WorldDiary]:
    """Yield simulated patients; each has a generator of its own, so a larger cohort begins with the smaller.

    Args:
        count: Number of patients.
        days: Days of follow-up of each.
        seed: The same seed gives the same patients.
        stopping: Added to the log odds of stopping.
    """
    for number in range(1, count + 1):
        yield _draw(default_rng([seed, number]), number, days, stopping)


def _draw(rng: Generator, number: int, days: int, stopping: float) -> WorldDiary:
    first_day = _FIRST_START + timedelta(days=int(rng.integers(365)))
    tablets_from = int(rng.integers(-3, 22) if rng.random() < 0.85 else -rng.integers(30, 400))
    states = draw_states(rng, days, tablets_from)
    above = _above(states.levels(None))
    tablets = draw_tablets(rng, above, begins=tablets_from, rise_begins=states.begins, stopping=stopping)
    levels = states.levels(tablets.stopped)
    above = _above(levels)
    cadence, spread = pick(rng, CADENCES), float(rng.uniform(0.05, 0.25))
    noise = _noise(rng, first_day, days, spread)
    felt = {
        name: levels[name] * noise[name] + flare
        for name, flare in zip(SYMPTOMS, (states.flare, states.stiff_flare, 0.6 * states.flare), strict=True)
    }
    calendar = draw_calendar(
        rng, cadence, felt=felt["pain_worst"], above=above, tablets_from=tablets_from, stopped=tablets.stopped
    )
    grain = _Grain(int(pick(rng, _PARTS)), float(rng.uniform(0.003, 0.03)))
    table = _answers(rng, felt, tablets, calendar.day, grain)
    true_levels = {name: _mean_answer(level, spread) for name, level in levels.items()}
    truth = WorldTruth(
        rise=true_rise(true_levels, states.begins, tablets.stopped),
        pain=true_levels["pain_worst"],
        stiffness=true_levels["stiffness"],
        interference=true_levels["interference"],
        stopped=tablets.stopped,
        followed=days,
    )
    facts = draw_facts(rng, first_day, tablets_from, _ZONES)
    rows = _rows(rng, calendar, table, above)
    if_asked = _if_asked(rng, felt, calendar, grain)
    groups = _groups(states, tablets, cadence)
    return WorldDiary(f"T{number:06d}", first_day, rows, truth, facts, groups, if_asked)


def _groups(states: States, tablets: Tablets, cadence: str) -> dict[str, str]:
    longest = states.longest_flare
    return {
        "way": cadence,
        "course": states.kind,
        "rises": states.led_by,
        "longest flare": "none" if not longest else "to 14 days" if longest <= 14 else "over 14 days",
        "cause": "bother" if tablets.bothered else "",
    }


def _above(levels: dict[str, Series]) -> Series:
    """Return the points of pain or stiffness above those of the first day."""
    pain, stiffness = (levels[name] - levels[name][0] for name in SYMPTOMS[:2])
    above: Series = np.maximum(np.maximum(pain, stiffness), 0)
    return above


def _noise(rng: Generator, first_day: date, days: int, spread: float) -> dict[str, Series]:
    """Return factors with a mean of 1 over the week: own correlation, shared in part, lower at weekends."""
    correlation, shared = float(rng.uniform(0.0, 0.6)), float(rng.uniform(0.3, 0.8))
    common = correlated(rng, days, correlation)
    weekend = float(rng.uniform(*_WEEKEND))
    is_weekend = (first_day.weekday() + np.arange(days)) % 7 >= 5
    rhythm = np.where(is_weekend, weekend, 1.0) / ((5 + 2 * weekend) / 7)
    factors = {}
    for name in SYMPTOMS:
        mixed = np.sqrt(shared) * common + np.sqrt(1 - shared) * correlated(rng, days, correlation)
        factors[name] = rhythm * np.exp(spread * mixed - spread**2 / 2)
    return factors


def _mean_answer(level: Series, spread: float) -> Series:
    """Return the answer to be expected at a level on a day without a flare; the scale ends at 10."""
    factors = np.exp(spread * normal_quantiles(21) - spread**2 / 2)
    mean: Series = np.minimum(level[:, None] * factors, 10 * _MOST_SHARE).mean(axis=1)
    return mean


def _answers(
    rng: Generator, felt: dict[str, Series], tablets: Tablets, day: NDArray[np.int64], grain: _Grain
) -> Series:
    """Return the answers of each entry, in the order of ``ANSWERS``."""
    worst, stiffness, interference = (_graded(rng, felt[name][day], grain) for name in SYMPTOMS)
    minutes = 10 * np.round(rng.gamma(2.0, 1.2 + stiffness / 2))
    on_tablets, second_week = day >= tablets.begins, day >= tablets.begins + 7
    week = np.diff(day // 7, prepend=-1) > 0
    turn = (day // 7) % 4
    missed = np.convolve(~tablets.taken, np.ones(7))[: len(tablets.taken)]
    columns = [
        worst,
        np.minimum(worst, _graded(rng, 0.7 * felt["pain_worst"][day], grain)),
        stiffness,
        minutes.clip(0, 720),
        interference,
        np.where(on_tablets, tablets.taken[day], np.nan),
        np.where(week & second_week, missed[day], np.nan),
        np.where(week & on_tablets & (turn % 2 == 0), near(rng, tablets.confidence[day]), np.nan),
        np.where(week & second_week & (turn % 2 == 1), near(rng, tablets.bother[day]), np.nan),
        np.where(week & on_tablets & (turn == 2), near(rng, tablets.doubt[day]), np.nan),
        np.where(week & on_tablets & (turn == 3), tablets.cost, np.nan),
    ]
    shares = _BLANK_SHARES.values()
    blanked = [missing_at_random(rng, each, share) for share, each in zip(shares, columns, strict=True)]
    return np.stack(blanked, axis=1)


def _graded(rng: Generator, felt: Series, grain: _Grain) -> Series:
    """Return Beta-binomial answers of a number of parts, as whole numbers of 0 to 10."""
    share = np.clip(felt / 10, 0.005, _MOST_SHARE)
    strength = 1 / grain.alike - 1
    counts = rng.binomial(grain.parts, rng.beta(share * strength, (1 - share) * strength))
    answers: Series = np.round(10 * counts / grain.parts)
    return answers


def _if_asked(rng: Generator, felt: dict[str, Series], calendar: Calendar, grain: _Grain) -> Series:
    """Return the answers to an extra check-in by day, in the order of ``SYMPTOMS``."""
    answers = np.stack([_graded(rng, felt[name], grain) for name in SYMPTOMS], axis=1)
    answers[calendar.left :] = np.nan
    if calendar.lost is not None:
        answers[slice(*calendar.lost)] = np.nan
    return answers


def _rows(rng: Generator, calendar: Calendar, table: Series, above: Series) -> tuple[WorldRow, ...]:
    habit = float(rng.choice([7.5, 13.0, 20.5])) * 60
    minutes = np.clip(rng.normal(habit, 50, len(table)), 5 * 60, 23 * 60 + 50).astype(int)
    days, written = calendar.day.tolist(), calendar.written.tolist()
    return tuple(
        WorldRow(
            day=days[number],
            written_day=written[number],
            written_minute=int(minutes[number]),
            answers=tuple(table[number].tolist()),
            asked="own" if calendar.own[number] else "prompted",
            gap_reason=gap_reason(rng, calendar, number, above),
        )
        for number in range(len(days))
    )
