"""Guidance catalogue: complete, with verdicts and evidence, and decisions of a site."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli.guidance import guidance_page
from api.domain.alerts.finding import FindingKind, Severity
from api.domain.errors import GuidanceNotApproved, GuidanceWithheld, ReasonNeeded, UnknownGuidance
from api.domain.guidance.deciding import (
    Decision,
    GuidanceChoice,
    GuidanceStatus,
    check_decision,
    item_at_site,
    items_at_site,
)
from api.domain.guidance.definition import ANY_SEVERITY, WITH_SYMPTOMS, Citation, Section, Verdict
from api.domain.guidance.page import page
from api.domain.guidance.registry import CATALOGUE, find, fitting, severity_of_alert

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MILD, MODERATE, SEVERE = (Severity.MILD,), (Severity.MODERATE,), (Severity.SEVERE,)
STATEMENTS = {
    Section.MILD: {
        "exercise-joint-mobility": (Verdict.SUPPORTED, MILD),
        "white-soft-paraffin": (Verdict.WRONG_INDICATION, MILD),
        "topical-anti-inflammatories": (Verdict.WEAK, MILD),
    },
    Section.MODERATE: {
        "vitamin-d-high-dose": (Verdict.WEAK, MODERATE),
        "benzydamine": (Verdict.WRONG_INDICATION, MODERATE),
        "daily-pain-assessment": (Verdict.WEAK, MODERATE),
        "analgesia-at-rest": (Verdict.WEAK, MODERATE),
    },
    Section.SEVERE: {
        "duloxetine": (Verdict.SUPPORTED, SEVERE),
        "prednisolone-short": (Verdict.WEAK, SEVERE),
        "switch-endocrine-therapy": (Verdict.SUPPORTED, SEVERE),
        "analgesia-for-movement": (Verdict.WEAK, SEVERE),
    },
    Section.MONITORING: {
        "reassess-every-2-4-months": (Verdict.WEAK, ANY_SEVERITY),
        "bone-density-every-6-months": (Verdict.WRONG_INTERVAL, ANY_SEVERITY),
        "adherence-at-each-visit": (Verdict.SUPPORTED, ANY_SEVERITY),
    },
    Section.CONSIDERATIONS: {
        "vitamin-d-10-19": (Verdict.WEAK, WITH_SYMPTOMS),
        "multidisciplinary": (Verdict.WEAK, SEVERE),
        "joint-disease-before": (Verdict.WEAK, WITH_SYMPTOMS),
    },
    Section.PITFALLS: {
        "recognise-early": (Verdict.WEAK, ANY_SEVERITY),
        "undertreated-pain-and-stopping": (Verdict.WEAK, ANY_SEVERITY),
        "long-term-individual": (Verdict.SUPPORTED, ANY_SEVERITY),
        "report-and-grip-strength": (Verdict.WEAK, ANY_SEVERITY),
    },
    Section.OMITTED: {
        "aerobic-and-resistance-exercise": (Verdict.SUPPORTED, WITH_SYMPTOMS),
        "acupuncture": (Verdict.SUPPORTED, WITH_SYMPTOMS),
        "bone-density-every-24-months": (Verdict.SUPPORTED, ANY_SEVERITY),
    },
}
"""Every management and monitoring statement of the article, by its sections, and the omitted items."""

WITHHELD = ("white-soft-paraffin", "benzydamine")
APPROVABLE = [item for item in CATALOGUE if item.id not in WITHHELD]


def decided(item_id: str, decision: Decision = Decision.APPROVED, **changes: str) -> GuidanceChoice:
    made = GuidanceChoice(item_id, decision, find(item_id).revision, "A site admin", None, NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_every_statement_is_there_with_its_verdict_and_severity() -> None:
    assert {
        section: {item.id: (item.verdict, item.severities) for item in CATALOGUE if item.section is section}
        for section in Section
    } == STATEMENTS
    assert len({item.id for item in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("item", CATALOGUE, ids=lambda item: item.id)
def test_every_item_has_evidence_and_sources(item) -> None:
    assert item.text
    assert item.evidence
    assert item.citations or "No trial in these symptoms was found" in item.evidence
    for citation in item.citations:
        assert citation.pmid or citation.doi or citation.pmcid, citation


def test_a_wrong_interval_has_a_correction() -> None:
    wrong = [item for item in CATALOGUE if item.verdict is Verdict.WRONG_INTERVAL]
    assert [item.correction for item in wrong] == ["At the start, then every 24 months (ACS/ASCO 2016)."]


def test_vitamin_d_is_not_called_first_line() -> None:
    assert "Not first-line" in (find("vitamin-d-high-dose").correction or "")


@pytest.mark.parametrize("item_id", WITHHELD)
def test_an_item_of_another_disease_is_withheld_after_any_decision(item_id: str) -> None:
    item = find(item_id)
    assert item.is_withheld
    assert "Stevens-Johnson" in item.evidence
    for newest in (None, decided(item_id)):
        present = item_at_site(item, newest)
        assert present.status is GuidanceStatus.WITHHELD
        with pytest.raises(GuidanceWithheld, match="Stevens-Johnson"):
            check_decision(present, Decision.APPROVED, note="we know better")


@pytest.mark.parametrize("item", APPROVABLE, ids=lambda item: item.id)
def test_an_item_without_a_decision_is_proposed_and_can_be_approved(item) -> None:
    present = item_at_site(item, None)
    assert present.status is GuidanceStatus.PROPOSED
    check_decision(present, Decision.APPROVED, note="team meeting of 1 March")


def test_approved_then_withdrawn_then_approved_again() -> None:
    item = find("duloxetine")
    approved = item_at_site(item, decided(item.id))
    assert (approved.status, approved.latest_decision, approved.is_outdated) == (
        GuidanceStatus.APPROVED, decided(item.id), False
    )  # fmt: skip
    check_decision(approved, Decision.WITHDRAWN, note=None)
    withdrawn = item_at_site(item, decided(item.id, Decision.WITHDRAWN))
    assert withdrawn.status is GuidanceStatus.WITHDRAWN
    check_decision(withdrawn, Decision.APPROVED, note=None)
    with pytest.raises(GuidanceNotApproved):
        check_decision(withdrawn, Decision.WITHDRAWN, note=None)


def test_an_item_never_approved_cannot_be_withdrawn() -> None:
    with pytest.raises(GuidanceNotApproved, match="proposed"):
        check_decision(item_at_site(find("acupuncture"), None), Decision.WITHDRAWN, note=None)


def test_a_wrong_interval_is_approved_with_a_note_only() -> None:
    present = item_at_site(find("bone-density-every-6-months"), None)
    with pytest.raises(ReasonNeeded, match="every 24 months") as refused:
        check_decision(present, Decision.APPROVED, note=None)
    assert set(refused.value.problems or {}) == {"note"}
    check_decision(present, Decision.APPROVED, note="our osteoporosis clinic asks for it")


def test_an_approval_holds_for_the_words_that_were_approved() -> None:
    item = find("duloxetine")
    before = decided(item.id)
    for changes in ({"text": "Give duloxetine."}, {"verdict": Verdict.WEAK}, {"evidence": "A new trial."}):
        other = replace(item, **changes)
        present = item_at_site(other, before)
        assert (present.status, present.is_outdated) == (GuidanceStatus.PROPOSED, True)
        check_decision(present, Decision.WITHDRAWN, note=None)
    cited = replace(item, citations=(*item.citations, Citation("another")))
    assert item_at_site(cited, before).status is GuidanceStatus.APPROVED


def test_the_status_of_an_item_follows_its_latest_decision() -> None:
    found = items_at_site(CATALOGUE, {"acupuncture": decided("acupuncture")})
    assert [each.item.id for each in found if each.status is GuidanceStatus.APPROVED] == ["acupuncture"]
    assert [each.item for each in found] == list(CATALOGUE)


@pytest.mark.parametrize("severity", [*Severity, None])
@pytest.mark.parametrize("kind", FindingKind)
def test_items_that_fit_an_alert_have_its_severity_and_are_never_withheld(
    kind: FindingKind, severity: Severity | None
) -> None:
    found = fitting(kind, severity)
    assert not [item for item in found if item.is_withheld]
    if severity is None:
        assert all(item.severities == ANY_SEVERITY for item in found)
    else:
        assert all(severity in item.severities for item in found)
    if kind in {FindingKind.RED_FLAG, FindingKind.ATYPICAL}:
        assert not [item for item in found if item.treatment]


def test_each_severity_has_its_own_treatment() -> None:
    by_severity = {
        severity: {item.id for item in fitting(FindingKind.WORSENING, severity) if item.treatment}
        for severity in Severity
    }
    assert by_severity[Severity.NONE] == set()
    assert "duloxetine" in by_severity[Severity.SEVERE] - by_severity[Severity.MODERATE]
    assert "vitamin-d-high-dose" in by_severity[Severity.MODERATE] - by_severity[Severity.SEVERE]
    assert "aerobic-and-resistance-exercise" in by_severity[Severity.MILD] & by_severity[Severity.SEVERE]


def test_an_alert_of_severe_symptoms_is_severe_and_the_unknown_stays_unknown() -> None:
    assert severity_of_alert(FindingKind.SEVERE_SYMPTOMS, None) is Severity.SEVERE
    assert severity_of_alert(FindingKind.WORSENING, Severity.MILD) is Severity.MILD
    assert severity_of_alert(FindingKind.WORSENING, None) is None


def test_an_unknown_item_is_named() -> None:
    with pytest.raises(UnknownGuidance, match="'leeches'"):
        find("leeches")


def test_the_page_is_the_one_made_from_the_catalogue() -> None:
    committed = Path(__file__).parents[2] / "docs/reference/guidance.md"
    assert committed.read_text() == page(), (
        "flask --app wsgi guidance > docs/reference/guidance.md writes it anew"
    )
    assert CliRunner().invoke(guidance_page).output == page()
    for item in CATALOGUE:
        assert f"### `{item.id}`" in page()
        assert item.evidence in " ".join(page().split())
