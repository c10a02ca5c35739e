"""A stray day far before a diary changes neither rhythm nor risk, and opens no silence."""

import json
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import day, entry_of, findings_of

LIMIT_MOVES_BY = 35
"""Days by which one stray day may move the limit of silence of any diary, however irregular."""


def write(*numbers):
    return [entry_on(n) for n in numbers]


def entry_on(number):
    return entry_of(number, pain_worst=3, stiffness=2, confidence=7, dose="taken")


def after(diary, factors=PatientFactors()):
    """Return limit of silence, risk and state after a diary, as of its last day."""
    trajectory = Engine().begin(factors)
    scores = trajectory.add(diary).scores
    today = scores[-1].local_date
    return (trajectory.silence_due() - today).days, scores[-1].risk_90d, trajectory.reporting_on(today).state


def silences(diary):
    return [found.numbers["days_without_entry"] for found in findings_of(diary, FindingKind.SILENCE)]


@pytest.mark.parametrize("since", [30, 60, 99])
@pytest.mark.parametrize("step", [1, 2, 7, 14])
@pytest.mark.parametrize("stray", [[-40], [-60], [-90], [-41, -40], [-90, -45], [-60, -30], [-99]])
def test_strays_before_a_regular_diary_change_neither_limit_nor_state_nor_risk(step, since, stray):
    diary = write(*range(0, since + 1, step))

    limit, risk, state = after(diary)
    with_stray = after([*write(*stray), *diary])

    assert (with_stray[0], with_stray[2]) == (limit, state)
    assert with_stray[1] >= 0.93 * risk
    assert silences([*write(*stray), *diary]) == []


def test_an_entry_with_a_wrong_year_changes_no_present_reading():
    diary = write(*range(100))

    for stray in (-189, -3569, -99):
        assert after([entry_on(stray), *diary])[1] == pytest.approx(after(diary)[1], rel=0.01)


def test_a_block_of_days_years_before_dilutes_no_risk():
    block, diary = write(*range(-99, -69)), [entry_on(n) for n in range(120, 220)]

    assert after([*block, *diary])[1] == pytest.approx(after(diary)[1], rel=0.05)
    assert after([*block, *diary])[0] == after(diary)[0] == 14


diaries = st.lists(st.integers(1, 30), min_size=1, max_size=40).map(lambda gaps: [0, *accumulate(gaps)])


@settings(max_examples=300, deadline=None)
@given(numbers=diaries, gap=st.integers(15, 99))
def test_one_stray_day_before_any_diary_moves_no_limit_far_and_opens_no_silence(numbers, gap):
    diary, stray = write(*numbers), entry_on(-gap)

    limit, with_stray = after(diary)[0], after([stray, *diary])[0]

    assert abs(with_stray - limit) <= LIMIT_MOVES_BY
    assert [gap for gap in silences([stray, *diary]) if gap == -stray.local_date.toordinal()] == []
    assert len(silences([stray, *diary])) <= len(silences(diary)) + 1


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(st.integers(1, 3), min_size=30, max_size=60)
    | st.lists(st.integers(5, 9), min_size=14, max_size=30),
    gap=st.integers(36, 99),
)
def test_one_stray_day_months_before_a_dense_diary_lowers_no_risk_by_a_tenth(steps, gap):
    diary = write(0, *accumulate(steps))

    assert after([entry_on(-gap), *diary])[1] >= 0.9 * after(diary)[1]


def test_a_silence_after_too_few_days_is_raised_while_it_lasts_and_is_none_once_it_has_ended():
    trajectory = Engine().begin(PatientFactors())
    trajectory.add(write(0))
    assert trajectory.silence_on(day(34)) is None
    assert trajectory.silence_on(day(35)) is not None

    outcome = trajectory.add(write(60))

    assert [found for found in outcome.findings if found.kind is FindingKind.SILENCE] == []
    assert outcome.since == day(35)  # the finding raised meanwhile is retracted


@pytest.mark.parametrize("weeks", [8, 12, 13, 26])
def test_visits_at_a_long_interval_are_no_silences_and_a_missed_one_is(weeks):
    every = 7 * weeks
    visits = [n * every + (-3, 0, 4)[n % 3] for n in range(8)]
    assert silences(visits_at(visits)) == []

    trajectory = Engine().begin(PatientFactors())
    trajectory.add(visits_at(visits))
    due = (trajectory.silence_due() - trajectory.last_day).days
    assert 1.4 * every <= due <= 1.6 * every
    assert "entries usually come every" in trajectory.silence_on(trajectory.silence_due()).reason


def test_a_diary_that_becomes_daily_is_missed_after_two_weeks_again():
    trajectory = Engine().begin(PatientFactors())
    trajectory.add(visits_at([0, 84, 168, 252, *range(336, 352)]))

    assert (trajectory.silence_due() - trajectory.last_day).days == 14


@pytest.mark.parametrize(("numbers", "limit"), [([0], 126), ([0, 84], 126), ([*range(60)], 14)])
def test_a_plan_with_check_ins_every_12_weeks_counts_from_the_first_visit_on(numbers, limit):
    assert after(visits_at(numbers), PatientFactors(check_in_days=84))[0] == limit


def test_the_long_intervals_pass_through_json():
    trajectory = Engine().begin(PatientFactors())
    trajectory.add(visits_at([0, 84, 168]))
    again = Engine().resume(PatientFactors(), json.loads(json.dumps(trajectory.snapshot())))

    assert again.silence_due() == trajectory.silence_due() == day(168 + 126)


def visits_at(numbers):
    return [entry_of(n, pain_worst=3) for n in numbers]
