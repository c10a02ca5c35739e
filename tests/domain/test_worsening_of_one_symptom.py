"""Worsening by stiffness or interference alone, and probabilities at a site's own share."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import day, entry_of, findings_of

WORSENING = FindingKind.WORSENING
CALM = [2, 3, 2, 1, 2, 3, 2]


def diary_of(symptom: str, rise: float, *, every: int = 1, weeks: int = 8):
    """Return a calm diary with pain, in which one symptom rises after half of it."""
    days = range(0, 14 * weeks, every)
    calm = {n: CALM[(n // every) % len(CALM)] for n in days}
    risen = {n: calm[n] + (rise if n >= 7 * weeks else 0) for n in days}
    return [entry_of(n, pain_worst=calm[n], **{symptom: risen[n]}) for n in days]


@pytest.mark.parametrize("symptom", ["stiffness", "interference"])
@pytest.mark.parametrize("every", [1, 7])
def test_a_lasting_rise_of_one_symptom_is_found_while_pain_stays(symptom, every):
    found = findings_of(diary_of(symptom, 4, every=every), WORSENING)

    assert found
    assert found[0].numbers["symptom"] == symptom
    assert found[0].day >= day(7 * 8)
    assert f"by {symptom} alone" in found[0].reason
    assert found[0].numbers["p_worsening"] >= found[0].numbers["p_needed"] == 0.6
    assert found[0].numbers[f"{symptom}_level"] - found[0].numbers["level_before_rise"] >= 1


def test_a_rise_of_pain_and_stiffness_is_reported_by_pain():
    calm = [CALM[n % 7] for n in range(112)]
    diary = [
        entry_of(n, pain_worst=level + 4 * (n >= 56), stiffness=level + 4 * (n >= 56))
        for n, level in enumerate(calm)
    ]

    assert findings_of(diary, WORSENING)[0].numbers["symptom"] == "pain"


def test_a_diary_without_an_answer_on_pain_has_worsening_by_stiffness():
    diary = [entry_of(n, stiffness=CALM[n % 7] + 5 * (n >= 56)) for n in range(112)]

    assert findings_of(diary, WORSENING)[0].numbers["symptom"] == "stiffness"


def test_a_small_rise_of_stiffness_is_not_reported():
    assert not findings_of(diary_of("stiffness", 1), WORSENING)


@given(
    usual=st.integers(0, 10),
    odd=st.integers(0, 10),
    days=st.lists(st.integers(0, 120), min_size=2, max_size=40, unique=True).map(sorted),
    data=st.data(),
)
def test_no_single_answer_in_a_constant_diary_raises_worsening_by_one_symptom(*, usual, odd, days, data):
    at = data.draw(st.sampled_from(days))
    symptom = data.draw(st.sampled_from(["stiffness", "interference"]))
    diary = [entry_of(n, pain_worst=usual, **{symptom: odd if n == at else usual}) for n in days]

    assert not findings_of(diary, WORSENING)


def test_one_low_answer_before_a_long_gap_makes_no_rise_of_one_symptom():
    answers = {0: 0} | dict.fromkeys((1, 2, 35, 43), 7)
    diary = [entry_of(n, pain_worst=7, stiffness=answer) for n, answer in answers.items()]

    assert not findings_of(diary, WORSENING)


def test_the_share_who_get_worse_changes_what_is_stated_and_not_what_is_found():
    policy = Policy()
    few = replace(policy, worsening_share=replace(policy.worsening_share, value=0.15))
    diary = [entry_of(n, pain_worst=CALM[n % 7] + 4 * (n >= 56)) for n in range(112)]

    usual, rare = (Engine(each).begin(PatientFactors()).add(diary) for each in (policy, few))

    assert [(each.kind, each.day) for each in usual.findings] == [
        (each.kind, each.day) for each in rare.findings
    ]
    for stated, lower in zip(usual.scores, rare.scores, strict=True):
        assert stated.p_worsening is None or lower.p_worsening <= stated.p_worsening
    assert any(stated.p_worsening for stated in usual.scores)
    assert all(
        lower.p_worsening < stated.p_worsening
        for stated, lower in zip(usual.scores, rare.scores, strict=True)
        if stated.p_worsening and stated.p_worsening < 0.9
    )
    first = next(each for each in rare.findings if each.kind is WORSENING)
    assert first.numbers["p_worsening"] >= first.numbers["p_needed"]
    assert first.numbers["p_needed"] < 0.2
    assert first.numbers["worsening_share"] == 0.15


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), max_size=60))
def test_no_probability_is_stated_beyond_99_percent(answers):
    diary = [entry_of(n, pain_worst=pain, stiffness=stiff) for n, (pain, stiff) in enumerate(answers)]
    scores = Engine().begin(PatientFactors()).add(diary).scores

    assert all(each.p_worsening is None or 0 <= each.p_worsening <= 0.99 for each in scores)
