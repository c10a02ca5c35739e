"""The interval of the level: by hand, blank where the level is, wider where less is known."""

import math

import pytest

from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.level_interval import level_interval
from tests.support.diaries import UNKNOWN, daily, entry_of, last_score, score_diary

POLICY = Policy()


def ends(answers: dict[int, float], *, today: int, variance: float = 1.0) -> tuple[float, float]:
    window = tuple(answers.items())
    low, high = level_interval(window, sum(answers.values()) / len(answers), variance, today, policy=POLICY)
    assert low is not None
    assert high is not None
    return low, high


def width(answers: dict[int, float], *, today: int, variance: float = 1.0) -> float:
    low, high = ends(answers, today=today, variance=variance)
    return high - low


def test_a_whole_week_agrees_with_a_hand_calculation():
    week = dict(enumerate((2.0, 3.0, 2.0, 1.0, 3.0, 2.0, 2.0)))
    correlations = sum(0.4 ** abs(i - j) for i in range(7) for j in range(7))

    half_width = 2.160 * math.sqrt((7 + 20 / 7) / 13 * correlations / 49)

    expected = (15 / 7 - 1.1 * half_width, 15 / 7 + 0.95 * half_width)
    assert ends(week, today=6) == pytest.approx(expected, abs=0.005)


def test_a_sparse_diary_agrees_with_a_hand_calculation():
    mean_age = (3 + 17 + 31) / 3

    half_width = 2.262 * math.sqrt(1.0 * 7 / 9 / 3 + 0.003 * (mean_age - 3))

    low, high = ends({0: 5.0, 14: 5.0, 28: 5.0}, today=31)
    assert (low, high) == pytest.approx((5 - 1.1 * half_width, 5 + 0.95 * half_width), abs=0.005)


def test_the_interval_is_wider_where_less_is_known():
    week = dict.fromkeys(range(7), 5.0)

    assert width(week, today=6) < width({0: 5.0, 3: 5.0, 6: 5.0}, today=6)
    assert width({0: 5.0, 7: 5.0, 14: 5.0}, today=14) < width({0: 5.0, 7: 5.0, 14: 5.0}, today=28)
    assert width(week, today=6) < width(week, today=6, variance=2.0)
    assert width(week, today=6) < width(week | {6: 9.0}, today=6)


def test_a_rise_in_progress_reaches_farther_up_in_a_sparse_diary():
    half_width = 2.262 * math.sqrt((7 + 6) / 9 / 3 + 0.003 * 4)

    assert ends({0: 3.0, 7: 3.0, 14: 6.0}, today=14) == pytest.approx(
        (4 - 1.1 * half_width, 4 + 0.95 * half_width + 0.3 * 2), abs=0.01
    )


@pytest.mark.parametrize("answer", [0, 10])
def test_the_interval_ends_where_the_scale_does(answer):
    score = last_score([entry_of(n, pain_worst=answer, stiffness=answer) for n in range(10)])
    low, high = score.pain_level_low, score.pain_level_high

    assert (score.stiffness_level_low, score.stiffness_level_high) == (low, high)
    assert (low == 0 < high < 2) if answer == 0 else (8 < low < high == 10)


def test_a_level_that_is_not_known_has_no_interval():
    pain_only = last_score(daily([3, 3, 3, 3]))
    too_few = last_score(daily([3, 3]))

    assert pain_only.pain_level_low < pain_only.pain_level < pain_only.pain_level_high
    assert (pain_only.stiffness_level_low, pain_only.stiffness_level_high) == (None, None)
    assert (too_few.pain_level_low, too_few.pain_level_high) == (None, None)


def test_a_blank_answer_is_no_answer():
    diary = [entry_of(n, pain_worst=4, stiffness=3) for n in range(6)]
    blank_day = entry_of(3, nth=1, note="tired")

    assert last_score([*diary, blank_day]) == last_score(diary)


def test_many_patients_side_by_side_have_the_intervals_of_each_alone():
    diaries = [daily([rise, 2, 3, None, 2, 4, None, 3 + rise] * 4) for rise in range(5)]

    together = [each.outcome.scores for each in Engine().score_diaries((UNKNOWN, diary) for diary in diaries)]

    assert together == [score_diary(diary).scores for diary in diaries]
    assert all(each[-1].pain_level_low is not None for each in together)
