"""Worsening and severe symptoms: start, repeat and end of their findings."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind, Severity, Tier
from api.domain.formatting import format_percent
from api.domain.policy import Policy
from api.domain.severity import MEANINGS, severity_of
from api.domain.trajectory.engine import PatientFactors
from tests.support.diaries import daily, day, days_of, entry_of, findings_of, last_score

WORSENING, SEVERE = FindingKind.WORSENING, FindingKind.SEVERE_SYMPTOMS
answer = st.integers(0, 10)


def test_a_nurse_can_check_the_reason_of_worsening():
    diary = daily([2, 3, 2, 2, 3, 2, 2] * 4 + [5, 5, 4, None, 5, 6, 5, 5])

    (found,) = findings_of(diary, WORSENING)

    assert found.reason == (
        "worst pain 5.0 over 6 answers from 3 to 9 February 2026, usually 2.4 (29 answers in the first weeks "
        "of the diary); 47% likely that a lasting rise has begun, about 28 January 2026: some 2.3 points by "
        "9 February 2026, 4.6 once complete; 2 matters"
    )


def test_the_reason_of_a_weekly_diary_lists_its_answers():
    weeks = [entry_of(7 * n, pain_worst=2 if n < 5 else 6) for n in range(9)]

    found = findings_of(weeks, WORSENING)[0]

    assert "over 3 answers from 2 to 16 February 2026" in found.reason
    assert list(found.numbers["answers"].values()) == [2.0, 6.0, 6.0]


def test_a_finding_carries_its_inputs_its_moment_and_its_source():
    found = findings_of(daily([2, 3] * 14 + [5, 6] * 5), WORSENING, PatientFactors(ai_started_on=day(28)))[0]

    assert found.tier is Tier.ROUTINE
    assert found.key == found.day.isoformat()
    assert found.raised_at == entry_of((found.day - day(0)).days).recorded_at
    assert found.numbers["pain_baseline"] == pytest.approx(2.5, abs=0.05)
    assert found.numbers["pain_change_low"] < found.numbers["pain_change"] < found.numbers["pain_change_high"]
    assert found.numbers["p_worsening"] >= found.numbers["p_needed"] == Policy().worsening_p.value
    assert day(20).isoformat() <= found.numbers["began_about"] <= day(30).isoformat()
    assert "before the tablets" in found.reason
    assert "Mathias" in found.source


@given(
    usual=answer,
    odd=st.floats(0, 10),
    days=st.lists(st.integers(0, 70), min_size=1, max_size=60, unique=True).map(sorted),
    started=st.none() | st.integers(0, 70),
    data=st.data(),
)
def test_no_single_answer_in_a_constant_diary_ever_raises_worsening(*, usual, odd, days, started, data):
    facts = PatientFactors(ai_started_on=None if started is None else day(started))
    at = data.draw(st.sampled_from(days))
    diary = [entry_of(n, pain_worst=usual) for n in days if n != at]

    assert not findings_of([*diary, entry_of(at, pain_worst=odd)], WORSENING, facts)
    assert not findings_of(
        [*diary, entry_of(at, pain_worst=usual), entry_of(at, nth=1, pain_worst=odd)], WORSENING, facts
    )


def test_lasting_worsening_is_raised_every_28_days_until_it_is_the_baseline():
    told_on = days_of(findings_of(daily([2] * 29 + [5] * 200), WORSENING))

    assert [later - earlier for earlier, later in pairwise(told_on)] == [28] * (len(told_on) - 1)
    assert 34 <= told_on[0] <= 40
    assert told_on[-1] < 29 + 3 * 64


def test_a_flare_of_a_few_days_is_not_raised():
    assert not findings_of(daily([2, 3, 2, 1, 2, 3, 2] * 8 + [6, 7, 6, 6] + [2, 3, 2, 2, 1] * 4), WORSENING)


def test_worsening_that_ended_is_raised_again_when_it_returns():
    diary = daily([2] * 29 + [5] * 14 + [2] * 40 + [5] * 14)

    assert len(findings_of(diary, WORSENING)) == 2


def test_worsening_that_returns_within_four_weeks_is_raised_once():
    diary = daily([2] * 29 + [5] * 14 + [2] * 8 + [5] * 12)

    assert len(findings_of(diary, WORSENING)) == 1


def test_stiffness_bears_witness_to_a_rise_of_pain():
    rise = [2, 3, 2, 1] * 8 + [4, 3, 4, 5, 4, 5, 4, 5, 5, 4]
    alone = [entry_of(n, pain_worst=pain) for n, pain in enumerate(rise)]
    both = [entry_of(n, pain_worst=pain, stiffness=pain + 1) for n, pain in enumerate(rise)]

    assert last_score(both).p_worsening > last_score(alone).p_worsening


def test_a_rise_below_the_relevant_size_is_not_raised_however_probable():
    steady = [entry_of(n, pain_worst=2 + n % 2 / 2) for n in range(60)]
    risen = [entry_of(n, pain_worst=2.6 + n % 2 / 2) for n in range(60, 110)]

    assert not findings_of(steady + risen, WORSENING)


def test_a_day_without_an_answer_on_symptoms_tells_nothing_of_them():
    diary = daily([2] * 29 + [5] * 12)
    (first,) = days_of(findings_of(diary, WORSENING))

    assert days_of(findings_of([*diary, entry_of(first + 28, dose="taken")], WORSENING)) == [first]
    assert days_of(findings_of([*diary, entry_of(first + 28, pain_worst=5)], WORSENING)) == [
        first,
        first + 28,
    ]


@pytest.mark.parametrize(
    ("pain", "interference", "severity"),
    [
        (None, None, None),
        (0.0, None, "none"),
        (0.49, 0.0, "none"),
        (1.0, None, "mild"),
        (4.49, 4.0, "mild"),
        (4.5, 1.0, "moderate"),
        (3.0, 6.0, "moderate"),
        (6.5, None, "severe"),
        (2.0, 10.0, "severe"),
        (None, 7.0, "severe"),
        (None, 5.0, "moderate"),
        (None, 4.0, None),
        (None, 0.0, None),
    ],
)
def test_severity_is_the_worse_of_pain_and_interference(pain, interference, severity):
    assert severity_of(pain, interference, Policy()) == severity


def test_every_severity_has_words_and_the_grades_rise():
    assert set(MEANINGS) == set(Severity)
    assert [MEANINGS[severity].ctcae_grade for severity in Severity] == [None, 1, 2, 3]


def test_severe_symptoms_need_three_answered_days():
    assert days_of(findings_of(daily([8, 8, 8]), SEVERE)) == [2]
    assert not findings_of(daily([10, 10]), SEVERE)


@pytest.mark.parametrize(("answers", "is_told"), [([5, 5, 10], False), ([6, 6, 8], True), ([6, 5, 9], False)])
def test_one_bad_day_does_not_make_symptoms_severe(answers, is_told):
    diary = daily(answers)

    assert last_score(diary).severity is Severity.SEVERE
    assert bool(findings_of(diary, SEVERE)) is is_told


def test_the_reason_of_severe_symptoms_gives_levels_and_baseline():
    diary = [entry_of(n, pain_worst=5 if n < 29 else 7, interference=8 if n > 40 else 6) for n in range(50)]

    found = findings_of(diary, SEVERE)[0]

    assert found.reason == (
        "worst pain 6.7 over 7 answers from 2 to 8 February 2026, usually 5.0 and interference 6.0 over 7 "
        "answers from 2 to 8 February 2026: "
        "severe, that is 7 or more after rounding"
    )
    assert found.numbers["nearest_ctcae_grade"] == 3


def test_interference_alone_can_be_severe():
    found = findings_of(daily([8, 8, 8], name="interference"), SEVERE)

    assert found[0].reason.startswith("interference 8.0 over 3 answers from 5 to 7 January 2026: severe")


@pytest.mark.parametrize(("between", "times"), [(6, 1), (5, 2)])
def test_severe_symptoms_end_below_six(between, times):
    assert len(findings_of(daily([8] * 7 + [between] * 7 + [8] * 7), SEVERE)) == times


def test_severe_symptoms_do_not_end_because_pain_goes_unanswered():
    diary = [
        *daily([8] * 3),
        entry_of(40, interference=2),
        entry_of(60, pain_worst=8),
        entry_of(61, pain_worst=8),
    ]

    assert days_of(findings_of([*diary, entry_of(62, pain_worst=8)], SEVERE)) == [2, 60]


@pytest.mark.parametrize(("p", "words"), [(0.0, "under 1%"), (0.5, "50%"), (1.0, "over 99%")])
def test_a_probability_never_claims_certainty(p, words):
    assert format_percent(p) == words


def test_a_steady_level_is_mild_and_never_raised():
    diary = daily([3, 2, 4, 3, 3, 2, 3] * 20)

    assert last_score(diary).severity is Severity.MILD
    assert not findings_of(diary, WORSENING) + findings_of(diary, SEVERE)
