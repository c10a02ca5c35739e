"""Considerations follow from known facts, carry their evidence, and are never treatment."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.considerations import KnownFacts, VitaminD, considerations
from api.domain.guidance.definition import Verdict

TODAY = date(2026, 6, 1)
LOW = VitaminD(15.2, date(2026, 5, 3))
SEVERE_AND_OFF = KnownFacts(severity=Severity.SEVERE, findings=frozenset({FindingKind.ADHERENCE_GAP}))


def ids(known: KnownFacts) -> list[str]:
    return [each.id for each in considerations(known, on=TODAY)]


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (4.0, ["vitamin-d-below-10"]),
        (9.99, ["vitamin-d-below-10"]),
        (10.0, ["vitamin-d-10-19"]),
        (19.99, ["vitamin-d-10-19"]),
        (20.0, []),
        (45.0, []),
    ],
)
def test_a_low_vitamin_d_is_considered_in_the_range_of_its_evidence(level, expected):
    assert ids(KnownFacts(vitamin_d=VitaminD(level, TODAY))) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 1), (365, 1), (366, 0)])
def test_an_old_level_no_longer_counts(days, expected):
    level = VitaminD(12, TODAY - timedelta(days=days))
    assert len(considerations(KnownFacts(vitamin_d=level), on=TODAY)) == expected


def test_the_level_and_its_day_are_named_with_evidence_for_and_against():
    [found] = considerations(KnownFacts(vitamin_d=LOW), on=TODAY)
    assert found.because == "25(OH) vitamin D 15.2 ng/ml on 3 May 2026"
    assert found.verdict is Verdict.WEAK
    assert "Against it" in found.evidence
    assert [citation.paper.split()[0] for citation in found.citations] == ["Rastelli", "Shapiro", "Niravath"]


@pytest.mark.parametrize(("known", "expected"), [(True, True), (False, False), (None, False)])
def test_an_earlier_joint_disease_needs_a_personal_baseline(known, expected):
    assert ("joint-disease-before" in ids(KnownFacts(joint_disease=known))) is expected


def test_a_joint_disease_is_named_with_its_note_and_wider_bands():
    [found] = considerations(
        KnownFacts(joint_disease=True, joint_disease_note="rheumatoid arthritis"), on=TODAY
    )
    assert found.because.endswith("(rheumatoid arthritis)")
    assert "personal baseline" in found.words
    assert "wider bands" in found.words
    assert found.verified is False


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (SEVERE_AND_OFF, True),
        (replace(SEVERE_AND_OFF, severity=Severity.MODERATE), False),
        (replace(SEVERE_AND_OFF, severity=None), False),
        (replace(SEVERE_AND_OFF, findings=frozenset()), False),
        (KnownFacts(findings=frozenset({FindingKind.SEVERE_SYMPTOMS, FindingKind.WISH_TO_STOP})), True),
        (
            KnownFacts(findings=frozenset({FindingKind.SEVERE_SYMPTOMS, FindingKind.LIKELY_DISCONTINUATION})),
            False,
        ),
        (KnownFacts(severity=Severity.SEVERE, pdc_28d=0.79), True),
        (KnownFacts(severity=Severity.SEVERE, pdc_28d=0.8), False),
        (KnownFacts(severity=Severity.SEVERE, pdc_28d=None), False),
    ],
)
def test_severe_symptoms_with_tablets_not_taken_prompt_for_other_disciplines(known, expected):
    assert ("multidisciplinary" in ids(known)) is expected


def test_every_reason_for_the_prompt_is_named():
    known = KnownFacts(
        severity=Severity.SEVERE,
        findings=frozenset({FindingKind.ADHERENCE_GAP, FindingKind.WISH_TO_STOP}),
        pdc_28d=0.5,
    )
    [found] = considerations(known, on=TODAY)
    assert found.because == (
        "severe symptoms, and a gap in taking the tablets, and the wish to stop them, "
        "and tablets taken on 50% of the known days of the last 28"
    )


def test_a_sites_own_gap_counts():
    known = KnownFacts(severity=Severity.SEVERE, pdc_28d=0.85)
    assert considerations(known, on=TODAY) == ()
    assert len(considerations(known, on=TODAY, gap_pdc=0.9)) == 1


def test_no_facts_give_no_consideration_and_grip_strength_is_no_fact():
    assert considerations(KnownFacts(), on=TODAY) == ()
    assert [field.name for field in fields(KnownFacts) if "grip" in field.name] == []


EVERYTHING = st.builds(
    KnownFacts,
    vitamin_d=st.none() | st.builds(VitaminD, st.floats(1, 100), st.just(TODAY)),
    joint_disease=st.none() | st.booleans(),
    joint_disease_note=st.none() | st.just("gout"),
    severity=st.none() | st.sampled_from(Severity),
    findings=st.frozensets(st.sampled_from(FindingKind)),
    pdc_28d=st.none() | st.floats(0, 1),
)


@given(EVERYTHING)
def test_each_has_words_reason_verdict_and_evidence_and_none_gives_a_dose_or_blames_the_tablets(known):
    found = considerations(known, on=TODAY)
    assert len({each.id for each in found}) == len(found)
    for each in found:
        assert each.words
        assert each.because
        assert each.evidence
        assert each.verdict in {Verdict.SUPPORTED, Verdict.WEAK}
        words = each.words.lower()
        assert not any(word in words for word in (" iu", "mg", "stop the", "switch", "caused by the tablets"))
