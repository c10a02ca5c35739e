"""The present level, the baseline, and the noise of both."""

import math

import pytest

from api.domain.alerts.finding import FindingKind
from api.domain.onset.autocorrelation import correlated_pairs, own_variance
from api.domain.policy import Policy
from api.domain.trajectory.engine import PatientFactors
from api.domain.trajectory.outcome import ScoreStatus
from tests.support.diaries import daily, day, days_of, entry_of, findings_of, last_score, score_diary

POLICY = Policy()


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ([2, 4], None),
        ([2, 4, 6], 4.0),
        ([9, 1, 1, 1, 1, 1, 1, 1], 1.0),
        ([2, None, None, None, None, None, None, 3, None, None, None, None, None, None, 7], 4.0),
        ([2, 4, *[None] * 26, 6], 4.0),
        ([2, 4, *[None] * 27, 6], 4.0),
        ([2, 4, *[None] * 61, 6], 4.0),
        ([2, 4, *[None] * 62, 6], None),
        ([2.5, 3.5, 4.5], 3.5),
        ([0, 0, 0], 0.0),
    ],
)
def test_the_level_is_the_mean_of_the_week_or_of_the_last_three_answers(answers, level):
    assert last_score(daily(answers)).pain_level == level


def test_a_day_counts_with_its_worst_answer():
    days = [
        entry_of(0, pain_worst=2),
        entry_of(0, nth=1, pain_worst=5),
        entry_of(1, pain_worst=5),
        entry_of(2, pain_worst=5),
    ]

    assert last_score(days).pain_level == 5.0


def test_a_blank_day_is_no_painless_day():
    with_blanks = [*daily([6, 6, 6]), entry_of(3, note="tired"), entry_of(4, stiffness=2)]

    assert last_score(with_blanks).pain_level == 6.0


def test_stiffness_and_interference_have_levels_of_their_own():
    score = last_score([entry_of(n, pain_worst=1, stiffness=n, interference=2 * n) for n in range(3)])

    assert (score.stiffness_level, score.interference_level) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("entries", "status"),
    [
        ([entry_of(0, stiffness=3)], ScoreStatus.NO_PAIN_ANSWER),
        ([entry_of(0, pain_worst=3)], ScoreStatus.TOO_FEW_ANSWERS),
        ([entry_of(0, pain_worst=3), entry_of(40, dose="taken")], ScoreStatus.NO_PAIN_ANSWER),
        (daily([3, 3, 3]), ScoreStatus.NO_BASELINE),
        (daily([3] * 10), ScoreStatus.SCORED),
    ],
)
def test_the_status_gives_the_reason_why_a_day_could_not_be_scored(entries, status):
    score = last_score(entries)

    assert score.status is status
    assert (score.pain_change is not None) == (status is ScoreStatus.SCORED)


def test_an_answer_counts_for_the_baseline_only_when_seven_days_older():
    scores = score_diary(daily([1, 2, 3, 3, 2, 3, 2, 3, 2, 3, 2])).scores

    assert [score.pain_baseline for score in scores[8:]] == [None, 2.0, 9 / 4]


def test_no_day_counts_for_the_baseline_during_an_episode_of_worsening():
    scores = score_diary(daily([2] * 10 + [5] * 30)).scores

    assert {score.pain_baseline for score in scores[20:]} == {2.0}


def test_a_monthly_diary_is_scored_and_a_lasting_rise_in_it_is_found():
    diary = [entry_of(7 * week, pain_worst=2) for week in range(4)]
    diary += [entry_of(28 * month, pain_worst=2) for month in (1, 2, 3)]
    diary += [entry_of(28 * month, pain_worst=7) for month in range(4, 8)]

    assert last_score(diary[:7]).pain_level == 2.0
    assert days_of(findings_of(diary, FindingKind.WORSENING)) == [28 * 5, 28 * 6]


def test_the_baseline_is_that_before_the_tablets_where_it_is_known():
    diary = daily([9] * 10 + [2] * 28 + [5] * 20)

    score = last_score(diary, PatientFactors(ai_started_on=day(38)))

    assert score.pain_baseline == 2.0


def test_fewer_than_three_answers_before_the_tablets_are_not_enough():
    score = last_score(daily([1, 1] + [2] * 40), PatientFactors(ai_started_on=day(2)))

    assert score.pain_baseline == pytest.approx((1 + 1 + 27 * 2) / 29)


def test_tablets_that_are_yet_to_start_move_the_baseline_when_they_are_near():
    diary = daily([6] * 60 + [3] * 30)
    factors = PatientFactors(ai_started_on=day(88))

    scores = score_diary(diary, factors).scores

    assert scores[59].pain_baseline == 6.0
    assert scores[-1].pain_baseline < 6.0


def test_the_baseline_does_not_follow_later_answers():
    scores = score_diary(daily([3] * 29 + [8] * 100)).scores

    assert {score.pain_baseline for score in scores[40:]} == {3.0}


def test_an_empty_first_month_begins_the_baseline_anew():
    diary = [entry_of(0, pain_worst=9), *daily([2, 2, 2, 3, 3, 3, 3, 3, 3, 3], since=90)]

    assert last_score(diary).pain_baseline == 2.0


def test_a_fortnightly_diary_has_a_baseline_and_a_level():
    score = last_score([entry_of(n, pain_worst=4) for n in (0, 14, 28, 42)])

    assert (score.pain_level, score.pain_baseline) == (4.0, 4.0)


def test_the_error_of_a_week_is_the_published_one():
    pairs = correlated_pairs(range(7), 0.3)

    assert 1.2 * math.sqrt(pairs) / 7 == pytest.approx(0.59, abs=0.005)


def test_days_far_apart_are_almost_uncorrelated():
    assert correlated_pairs([0, 7, 14], 0.3) == pytest.approx(3.0, abs=0.001)
    assert correlated_pairs([0, 1, 2], 0.0) == 3.0


def test_the_own_variance_is_shrunk_and_never_below_one():
    assert own_variance(8, 7 * 3.0**2, POLICY) == pytest.approx((7 * 1.44 + 63) / 14)
    assert own_variance(100, 0.0, POLICY) == 1.0


def test_the_error_of_a_change_agrees_with_a_hand_calculation():
    diary = daily([2] * 28 + [5] * 10)
    found = findings_of(diary, FindingKind.WORSENING, PatientFactors(ai_started_on=day(28)))[0]

    def mean_variance(n, rho=0.4):
        return (n + 2 * rho * (n * (1 - rho) - (1 - rho**n)) / (1 - rho) ** 2) / n**2

    error = math.sqrt(mean_variance(28) + mean_variance(7))
    assert found.numbers["pain_change"] == 3.0
    assert found.numbers["pain_change_low"] == pytest.approx(3.0 - 1.96 * error, abs=1e-4)
