"""Expected levels: known symptoms alert again when worse and at the end, and nothing else changes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.diary.expected_level import ExpectedLevel, ExpectedSymptom, version_with
from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import daily, day, entry_of, score_diary

PAIN, STIFFNESS = ExpectedSymptom.PAIN, ExpectedSymptom.STIFFNESS
OF_SYMPTOMS = {FindingKind.SEVERE_SYMPTOMS, FindingKind.WORSENING}
ENGINE = Engine()


def known(symptom: ExpectedSymptom, level: int, since: int, until: int) -> ExpectedLevel:
    return ExpectedLevel(symptom, level, day(since), day(until))


def found(entries: Sequence[Entry], *expected: ExpectedLevel) -> list[Finding]:
    return list(ENGINE.begin(PatientFactors(expected=expected)).add(entries).findings)


def told(findings: Sequence[Finding]) -> set[tuple[str, str]]:
    return {(finding.kind.value, finding.key) for finding in findings}


answer = st.none() | st.integers(0, 10)
days = st.fixed_dictionaries(
    {},
    optional={
        "pain_worst": answer,
        "stiffness": answer,
        "interference": answer,
        "dose": st.sampled_from(["taken", "missed", "skipped"]),
        "wants_to_stop": st.just(value=True),
        "red_flags": st.just(["chest_pain"]),
        "gap_reason": st.just("hospital"),
    },
)
diaries = st.lists(st.none() | days, min_size=20, max_size=90).map(
    lambda written: [entry_of(n, **answers) for n, answers in enumerate(written) if answers]
)
levels = st.builds(
    lambda symptom, level, since, length: known(symptom, level, since, since + length),
    st.sampled_from(ExpectedSymptom),
    st.integers(0, 8),
    st.integers(0, 80),
    st.integers(0, 28),
)


@settings(max_examples=60, deadline=None)
@given(diaries, st.lists(levels, max_size=2))
def test_no_score_and_no_finding_of_another_kind_ever_changes(
    entries: list[Entry], expected: list[ExpectedLevel]
) -> None:
    usual = ENGINE.begin(PatientFactors()).add(entries)
    shown = ENGINE.begin(PatientFactors(expected=tuple(expected))).add(entries)
    assert shown.scores == usual.scores
    others = [
        [finding for finding in each.findings if finding.kind not in OF_SYMPTOMS] for each in (usual, shown)
    ]
    assert others[0] == others[1]


@settings(max_examples=60, deadline=None)
@given(diaries, levels)
def test_findings_outside_the_period_and_of_other_symptoms_stay(
    entries: list[Entry], expected: ExpectedLevel
) -> None:
    for finding in told(found(entries)) - told(found(entries, expected)):
        gone = next(each for each in found(entries) if told([each]) == {finding})
        assert expected.since < gone.day <= expected.until
        assert gone.kind is FindingKind.SEVERE_SYMPTOMS or gone.numbers["symptom"] == expected.symptom


@settings(max_examples=60, deadline=None)
@given(diaries, levels)
def test_an_answer_two_points_above_alerts_at_once(entries: list[Entry], expected: ExpectedLevel) -> None:
    name = {PAIN: "pain_worst", STIFFNESS: "stiffness"}[expected.symptom]
    above = [
        entry.local_date
        for entry in entries
        if expected.since < entry.local_date <= expected.until
        and (entry.answers.get(name) or 0) >= expected.level + 2
    ]
    raised = [each.day for each in found(entries, expected) if "above_expected" in each.numbers]
    assert set(above[:1]) <= set(raised)


@settings(max_examples=25, deadline=None)
@given(diaries, st.lists(levels, max_size=2))
def test_it_does_not_matter_how_the_entries_arrive(
    entries: list[Entry], expected: list[ExpectedLevel]
) -> None:
    facts = PatientFactors(expected=tuple(expected))
    course, one_by_one = ENGINE.begin(facts), {}
    for entry in entries:
        for finding in course.add([entry]).findings:
            one_by_one[finding.kind, finding.key] = finding
        course = ENGINE.resume(facts, course.snapshot())
    at_once = ENGINE.begin(facts).add(entries).findings
    assert told(at_once) == told(list(one_by_one.values()))


RISEN = daily([2] * 28 + [7] * 40)
"""Pain rises on day 28, and stays."""


def test_known_pain_is_silent_until_the_end_and_then_alerts_of_what_still_holds() -> None:
    usual = [each for each in found(RISEN) if each.kind in OF_SYMPTOMS]
    last = max((each.day - day(0)).days for each in usual)
    expected = known(PAIN, 7, 29, 57)
    shown = [each for each in found(RISEN, expected) if each.kind in OF_SYMPTOMS]
    assert last < 68
    at_the_end = [each for each in shown if each.key == f"{day(58)}:expected-ended"]
    assert {each.kind for each in at_the_end} == OF_SYMPTOMS
    assert min(each.day for each in shown) == day(58)
    assert "the expected level of 7 ended on" in shown[0].reason


def test_a_renewed_level_goes_on_and_one_ended_on_its_day_never_was() -> None:
    renewed = (known(PAIN, 7, 29, 49), known(PAIN, 7, 50, 67))
    assert [each for each in found(RISEN, *renewed) if each.kind in OF_SYMPTOMS] == []
    assert found(RISEN, known(PAIN, 7, 29, 28)) == found(RISEN)


def test_pain_that_is_gone_at_the_end_alerts_no_more() -> None:
    entries = daily([2] * 28 + [7] * 14 + [1] * 26)
    shown = [each for each in found(entries, known(PAIN, 7, 29, 55)) if each.kind in OF_SYMPTOMS]
    assert shown == []


def test_another_symptom_alerts_as_its_own_although_pain_is_known() -> None:
    both = [entry_of(n, pain_worst=2 if n < 28 else 7, interference=1 if n < 40 else 9) for n in range(56)]
    shown = [each for each in found(both, known(PAIN, 7, 29, 57)) if each.day >= day(40)]
    severe = [each for each in shown if each.kind is FindingKind.SEVERE_SYMPTOMS]
    assert severe
    assert "interference" in severe[0].reason
    assert "worst pain" not in severe[0].reason


@pytest.mark.parametrize(("after_h", "alerts"), [(-1, False), (1, True)])
def test_on_the_day_it_was_set_only_what_is_written_afterwards_alerts(after_h: int, *, alerts: bool) -> None:
    at = datetime.combine(day(30), datetime.min.time(), UTC) + timedelta(hours=19)
    expected = ExpectedLevel(PAIN, 5, day(30), day(40), at - timedelta(hours=after_h))
    shown = found(daily([2] * 30 + [9]), expected)
    assert any("above_expected" in each.numbers for each in shown) is alerts


def test_expected_levels_are_part_of_the_version_by_which_a_patient_is_scored() -> None:
    version = version_with(ENGINE.version, (known(PAIN, 7, 29, 57),))
    assert version != ENGINE.version
    assert len(version) == len(ENGINE.version)
    assert score_diary(RISEN).scores == score_diary(RISEN, PatientFactors(expected=())).scores
