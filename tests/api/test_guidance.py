"""Guidance at a site: the admin decides, the team sees it with alerts, and patients never do."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.authority import SCOPES_OF_PATIENT
from api.domain.guidance.registry import CATALOGUE
from api.models.audit import AuditRow
from api.models.guidance import GuidanceDecision
from api.models.score import ScoreRow
from tests.support.builders import Clinic, Signed, a_clinic, a_report

COUNTED = Callable[[], AbstractContextManager[list[str]]]


def decide(
    client: FlaskClient, who: Signed, item: str, decision: str = "approved", note: str | None = None
) -> TestResponse:
    body = {"decision": decision} | ({"note": note} if note else {})
    return client.post(f"/v1/guidance/{item}/decisions", json=body, headers=who.headers)


def catalogue(client: FlaskClient, who: Signed) -> dict[str, Any]:
    answer = client.get("/v1/guidance", headers=who.headers)
    assert answer.status_code == 200
    return {item["id"]: item for item in answer.json["items"]}


def an_alert(
    client: FlaskClient, clinic: Clinic, kind: str, *, pain: int = 8, ago: int = 0, **report: Any
) -> dict[str, Any]:
    """Let the patient report ten days of pain, and return the alert of a kind for the nurse."""
    last = datetime.now(UTC) - timedelta(days=ago, minutes=1)
    moments = [last - timedelta(days=10 - n) for n in range(10)]
    entries = [a_report(recorded_at=moment, pain_worst=pain) for moment in moments]
    entries.append(a_report(recorded_at=last, pain_worst=pain, **report))
    client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers)
    alerts = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    (found,) = [alert for alert in alerts if alert["kind"] == kind]
    assert "guidance" not in found
    answer = client.get(f"/v1/alerts/{found['id']}", headers=clinic.nurse.headers)
    assert answer.status_code == 200
    return dict(answer.json)


def beside(alert: dict[str, Any]) -> list[str]:
    return [item["id"] for item in alert["guidance"]]


def test_the_catalogue_shows_all_with_verdict_evidence_and_status(
    client: FlaskClient, clinic: Clinic
) -> None:
    shown = catalogue(client, clinic.nurse)
    assert list(shown) == [item.id for item in CATALOGUE]
    assert {item["status"] for item in shown.values()} == {"withheld", "proposed"}
    paraffin = shown["white-soft-paraffin"]
    assert (paraffin["status"], paraffin["verdict"]) == ("withheld", "wrong_indication")
    assert "Stevens-Johnson" in paraffin["evidence"]
    assert paraffin["citations"][0]["pmid"] == "27317286"
    assert shown["acupuncture"]["latest_decision"] is None


def test_an_approval_shows_author_time_and_note(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    answer = decide(client, clinic.site_admin, "duloxetine", note="tumour board of 1 March")
    assert answer.status_code == 201
    item = catalogue(client, clinic.nurse)["duloxetine"]
    assert item == answer.json
    assert (item["status"], item["outdated"]) == ("approved", False)
    assert (item["latest_decision"]["by"], item["latest_decision"]["note"]) == (
        "A site_admin",
        "tumour board of 1 March",
    )
    at = datetime.fromisoformat(item["latest_decision"]["at"])
    assert timedelta(0) <= datetime.now(UTC) - at < timedelta(minutes=1)
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "guidance.decided")).one()
    assert row.actor_id == clinic.site_admin.id
    assert row.detail is not None
    assert (row.detail["item"], row.detail["decision"]) == ("duloxetine", "approved")


def test_withdrawn_again_and_every_decision_is_kept(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    decisions = ["approved", "withdrawn", "approved", "withdrawn"]
    for decision in decisions:
        assert decide(client, clinic.site_admin, "acupuncture", decision).status_code == 201
        assert catalogue(client, clinic.nurse)["acupuncture"]["status"] == decision
    with database.read() as session:
        kept = session.scalars(select(GuidanceDecision.decision).order_by(GuidanceDecision.decided_at))
        assert list(kept) == decisions


def test_the_same_decision_again_writes_nothing(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    first = decide(client, clinic.site_admin, "acupuncture", note="team")
    for note in (None, "team"):
        again = decide(client, clinic.site_admin, "acupuncture", note=note)
        assert (again.status_code, again.json) == (200, first.json)
    with database.read() as session:
        assert len(session.scalars(select(GuidanceDecision)).all()) == 1
    assert decide(client, clinic.site_admin, "acupuncture", note="another reason").status_code == 201


@pytest.mark.parametrize("item", ["white-soft-paraffin", "benzydamine"])
def test_an_item_of_another_disease_cannot_be_approved_and_the_reason_is_given(
    client: FlaskClient, clinic: Clinic, item: str
) -> None:
    refused = decide(client, clinic.site_admin, item, note="we insist")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/guidance-withheld")
    assert "Stevens-Johnson" in refused.json["detail"]
    assert catalogue(client, clinic.nurse)[item]["status"] == "withheld"


def test_a_wrong_interval_needs_a_note_and_keeps_its_mark(client: FlaskClient, clinic: Clinic) -> None:
    item = "bone-density-every-6-months"
    refused = decide(client, clinic.site_admin, item)
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/reason-needed")
    assert "24 months" in refused.json["errors"]["note"]
    assert decide(client, clinic.site_admin, item, note="our bone clinic asks for it").status_code == 201
    (shown,) = an_alert(client, clinic, "severe_symptoms")["guidance"]
    assert (shown["id"], shown["verdict"]) == (item, "wrong_interval")
    assert shown["correction"] == "At the start, then every 24 months (ACS/ASCO 2016)."


def test_an_item_not_approved_cannot_be_withdrawn(client: FlaskClient, clinic: Clinic) -> None:
    refused = decide(client, clinic.site_admin, "acupuncture", "withdrawn")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/guidance-not-approved")


def test_an_unknown_item_or_decision_is_named(client: FlaskClient, clinic: Clinic) -> None:
    assert decide(client, clinic.site_admin, "leeches").status_code == 404
    refused = decide(client, clinic.site_admin, "acupuncture", "adored")
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["decision"])


@pytest.mark.parametrize("who", ["nurse", "clinician", "coordinator", "patient", "scheduler"])
def test_only_a_site_admin_decides(client: FlaskClient, clinic: Clinic, who: str) -> None:
    assert decide(client, getattr(clinic, who), "acupuncture").status_code == 403


def test_another_site_decides_for_itself(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    assert decide(client, clinic.site_admin, "acupuncture").status_code == 201
    assert catalogue(client, other.nurse)["acupuncture"]["status"] == "proposed"


def test_approved_items_of_the_severity_are_shown_with_the_alert(client: FlaskClient, clinic: Clinic) -> None:
    for item in ("duloxetine", "vitamin-d-high-dose", "acupuncture", "adherence-at-each-visit"):
        assert decide(client, clinic.site_admin, item).status_code == 201
    alert = an_alert(client, clinic, "severe_symptoms")
    assert alert["guidance_severity"] == "severe"
    assert beside(alert) == ["duloxetine", "adherence-at-each-visit", "acupuncture"]
    shown = alert["guidance"][0]
    assert (shown["text"], shown["verdict"]) == ("Consider duloxetine.", "supported")
    assert "-0.82" in shown["evidence"]
    assert shown["citations"][0]["pmid"] == "29136387"

    assert decide(client, clinic.site_admin, "duloxetine", "withdrawn").status_code == 201
    again = client.get(f"/v1/alerts/{alert['id']}", headers=clinic.nurse.headers).json
    assert beside(again) == ["adherence-at-each-visit", "acupuncture"]


def test_no_item_is_shown_with_an_alert_until_it_is_approved(client: FlaskClient, clinic: Clinic) -> None:
    assert beside(an_alert(client, clinic, "severe_symptoms")) == []


def test_no_treatment_is_shown_with_a_red_flag(client: FlaskClient, clinic: Clinic) -> None:
    for item in ("duloxetine", "acupuncture", "adherence-at-each-visit"):
        decide(client, clinic.site_admin, item)
    alert = an_alert(client, clinic, "red_flag", red_flags=["chest_pain"])
    assert (alert["guidance_severity"], beside(alert)) == ("severe", ["adherence-at-each-visit"])


def test_an_unknown_severity_is_never_taken_for_a_mild_one(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    for item in ("exercise-joint-mobility", "adherence-at-each-visit"):
        decide(client, clinic.site_admin, item)
    wish = a_report(wants_to_stop=True)
    assert client.post("/v1/me/entries", json=wish, headers=clinic.patient.headers).status_code == 201
    (alert,) = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    shown = client.get(f"/v1/alerts/{alert['id']}", headers=clinic.nurse.headers).json
    with database.read() as session:
        assert session.scalars(select(ScoreRow.severity)).all() == [None]
    assert (shown["guidance_severity"], beside(shown)) == (None, ["adherence-at-each-visit"])


@pytest.mark.parametrize(("ago", "severity"), [(0, "mild"), (28, "mild"), (29, None)])
def test_an_old_answer_gives_no_present_severity(
    client: FlaskClient, clinic: Clinic, ago: int, severity: str | None
) -> None:
    for item in ("exercise-joint-mobility", "adherence-at-each-visit"):
        decide(client, clinic.site_admin, item)
    alert = an_alert(client, clinic, "wish_to_stop", pain=3, ago=ago, wants_to_stop=True)
    mild = ["exercise-joint-mobility"] if severity else []
    assert (alert["guidance_severity"], beside(alert)) == (severity, [*mild, "adherence-at-each-visit"])


def test_an_answer_to_an_alert_shows_it_as_reading_it_does(client: FlaskClient, clinic: Clinic) -> None:
    decide(client, clinic.site_admin, "acupuncture")
    alert = an_alert(client, clinic, "severe_symptoms")
    url = f"/v1/alerts/{alert['id']}/acknowledgement"
    assert beside(client.post(url, headers=clinic.nurse.headers).json) == ["acupuncture"]


def test_guidance_costs_an_alert_one_query_after_any_number_of_decisions(
    client: FlaskClient, clinic: Clinic, count_queries: COUNTED
) -> None:
    alert = an_alert(client, clinic, "severe_symptoms")
    counts = []
    for item in ("acupuncture", "duloxetine", "topical-anti-inflammatories"):
        with count_queries() as statements:
            client.get(f"/v1/alerts/{alert['id']}", headers=clinic.nurse.headers)
        counts.append(len(statements))
        assert sum("guidance_decisions" in statement for statement in statements) == 1
        decide(client, clinic.site_admin, item)
    assert len(set(counts)) == 1


# Never for a patient


def of_patients(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Return every operation a patient may call: method, path and documentation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters" and operation.get("x-scope") in {None, *SCOPES_OF_PATIENT}:
                yield method, path, operation


def names_in(document: Any, part: Any, seen: set[str]) -> Iterator[str]:
    """Return the names of every schema and property a part of the document can answer with."""
    if isinstance(part, dict):
        reference = part.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            name = reference.rpartition("/")[2]
            yield name
            yield from names_in(document, document["components"]["schemas"].get(name, {}), seen)
        yield from part.get("properties", {}) if isinstance(part.get("properties"), dict) else ()
        for inner in part.values():
            yield from names_in(document, inner, seen)
    elif isinstance(part, list):
        for inner in part:
            yield from names_in(document, inner, seen)


def test_no_schema_a_patient_is_answered_with_can_hold_guidance(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    walked = list(of_patients(document))
    assert {path for _, path, _ in walked} >= {"/v1/me", "/v1/me/entries", "/v1/me/trajectory", "/v1/me/due"}
    for _, path, operation in walked:
        names = {name.lower() for name in names_in(document, operation["responses"], set())}
        assert not [name for name in names if "guidance" in name or name == "verdict"], path
    alert = document["paths"]["/v1/alerts/{alert_id}"]["get"]["responses"]
    assert "guidance" in {name.lower() for name in names_in(document, alert, set())}, "the walk would notice"


def test_no_answer_a_patient_gets_holds_a_word_of_guidance(
    client: FlaskClient, clinic: Clinic, app: Flask
) -> None:
    for item in CATALOGUE:
        if not item.is_withheld:
            assert decide(client, clinic.site_admin, item.id, note="all of it").status_code == 201
    alert = an_alert(client, clinic, "severe_symptoms")
    assert len(alert["guidance"]) > 10
    guidance_texts = [
        text for item in CATALOGUE for text in (item.text, item.evidence, item.correction or item.id)
    ]
    asked = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    filled = {
        "<uuid:patient_id>": clinic.patient.id, "<uuid:alert_id>": alert["id"], "<string:code>": "bpi-sf"
    }  # fmt: skip
    answered = 0
    for path in asked:
        if path in {"/openapi.json", "/docs", "/"} or path.startswith(("/static", "/problems")):
            continue
        url = path
        for name, value in filled.items():
            url = url.replace(name, str(value))
        answer = client.get(url, headers=clinic.patient.headers)
        answered += answer.status_code == 200
        assert not [text for text in guidance_texts if text in answer.text], url
    assert answered > 5
