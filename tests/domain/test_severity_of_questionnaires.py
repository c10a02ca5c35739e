"""Limitation by a questionnaire counts for severity, and raises severe symptoms."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import daily, day, entry_of, score_diary

SEVERE = {"haq-di di": 2.25}
MODERATE = {"haq-di di": 1.5}


def severe(entries):
    """Return the findings of severe symptoms."""
    return [each for each in score_diary(entries).findings if each.kind is FindingKind.SEVERE_SYMPTOMS]


def test_a_severe_questionnaire_raises_a_finding_on_its_day_whatever_the_diary():
    [found] = severe([*daily([2] * 40), entry_of(30, nth=1, function=SEVERE)])

    assert found.day == day(30)
    limited = "HAQ-DI 2.25 on 4 February 2026: significant limitation"
    assert (
        found.reason
        == f"{limited}; worst pain 2.0 over 7 answers from 29 January to 4 February 2026, usually 2.0"
    )
    assert found.numbers["function"] == ["HAQ-DI 2.25 on 4 February 2026: significant limitation"]
    assert "Khanna" in found.source


def test_a_severe_questionnaire_without_a_diary_raises_a_finding_too():
    [found] = severe([entry_of(3, function=SEVERE)])

    assert found.reason == "HAQ-DI 2.25 on 8 January 2026: significant limitation"


@pytest.mark.parametrize("score", ["bpi-sf worst", "bpi-sf interference"])
def test_a_questionnaire_about_one_day_is_shown_and_raises_no_finding(score):
    entries = [*daily([2] * 40), entry_of(30, nth=1, function={score: 9.0})]

    assert score_diary(entries).scores[30].severity is Severity.SEVERE
    assert severe(entries) == []


@pytest.mark.parametrize("score", ["bpi-sf worst", "bpi-sf interference"])
def test_one_bad_day_in_a_questionnaire_does_not_stay_severe_for_months(score):
    scores = score_diary([*daily([2] * 60), entry_of(10, nth=1, function={score: 9.0})]).scores

    assert [scores[on].severity for on in (10, 38, 39)] == [Severity.SEVERE, Severity.SEVERE, Severity.MILD]


def test_the_same_questionnaire_raises_one_finding_and_the_next_another():
    months = [*daily([2] * 110), entry_of(10, nth=1, function=SEVERE), entry_of(100, nth=1, function=SEVERE)]

    assert [found.day for found in severe(months)] == [day(10), day(100)]


def test_a_better_questionnaire_ends_the_episode_of_a_severe_one():
    diary = [*daily([2] * 60), entry_of(10, nth=1, function=SEVERE), entry_of(20, nth=1, function=MODERATE)]
    again = [*diary, entry_of(30, nth=1, function=SEVERE)]

    assert [found.day for found in severe(again)] == [day(10), day(30)]


def test_severity_is_the_worse_of_diary_and_questionnaire():
    scores = score_diary([*daily([2] * 40), entry_of(30, nth=1, function=MODERATE)]).scores

    assert scores[29].severity is Severity.MILD
    assert {score.severity for score in scores[30:]} == {Severity.MODERATE}


def test_a_low_questionnaire_never_lowers_the_severity_of_the_diary():
    scores = score_diary([*daily([8] * 20), entry_of(10, nth=1, function={"haq-di di": 0.0})]).scores

    assert {score.severity for score in scores[3:]} == {Severity.SEVERE}


def test_a_low_questionnaire_alone_gives_no_severity():
    assert score_diary([entry_of(3, function={"haq-di di": 0.0})]).scores[0].severity is None


def test_a_questionnaire_no_longer_counts_after_its_time():
    scores = score_diary([*daily([2] * 150), entry_of(10, nth=1, function=MODERATE)]).scores

    assert [score.severity for score in (scores[130], scores[131])] == [Severity.MODERATE, Severity.MILD]


def test_severe_pain_is_still_explained_beside_a_low_questionnaire():
    [found] = severe([*daily([8] * 10), entry_of(0, nth=1, function=MODERATE)])

    assert found.reason.endswith("severe, that is 7 or more after rounding")
    assert "HAQ-DI" not in found.reason


SCORES = st.sampled_from(
    [None, {"haq-di di": 0.5}, MODERATE, SEVERE, {"bpi-sf worst": 8.0}, {"qlq-c30 PF": 60.0}]
)


@given(st.lists(st.tuples(st.integers(0, 10), SCORES), min_size=1, max_size=12), st.data())
def test_the_order_of_arrival_does_not_matter(days, data):
    entries = []
    for number, (pain, function) in enumerate(days):
        entries.append(entry_of(number, pain_worst=pain))
        if function is not None:
            entries.append(entry_of(number, nth=1, function=function))
    at_once = Engine().begin(PatientFactors())
    scored = at_once.add(data.draw(st.permutations(entries)))
    cut = data.draw(st.integers(1, len(entries)))
    trajectory = Engine().begin(PatientFactors())
    findings = list(trajectory.add(entries[:cut]).findings)
    trajectory = Engine().resume(PatientFactors(), json.loads(json.dumps(trajectory.snapshot())))
    findings += trajectory.add(entries[cut:]).findings

    assert trajectory.snapshot() == at_once.snapshot()
    assert {found.key for found in findings} >= {found.key for found in scored.findings}
