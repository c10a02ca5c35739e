"""The site's policy as its admins read and set it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.policies.parse import read_policy
from api.domain.policies.site_policy import BUILT_IN
from tests.support.builders import Clinic, a_clinic, a_report

OURS = {
    "name": "Ward 3",
    "tiers": {"severe_symptoms": "same_day"},
    "thresholds": {"gap_doses_7d": {"value": 4, "source": "Ward 3, 1 March 2026"}},
}


def post(client: FlaskClient, clinic: Clinic, document: Any = OURS, **more: Any) -> TestResponse:
    """Set a policy as the site's admin."""
    return client.post("/v1/policies", json={"document": document} | more, headers=clinic.site_admin.headers)


def read(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    answer = client.get("/v1/policy", headers=clinic.site_admin.headers)
    assert answer.status_code == 200
    return dict(answer.json)


def test_before_any_other_the_built_in_policy_is_in_force(client: FlaskClient, clinic: Clinic) -> None:
    found = read(client, clinic)
    present = found["current"]
    assert found["upcoming"] == []
    assert (present["id"], present["name"], present["effective_from"]) == (None, "default", None)
    assert (present["version"], present["changes"]) == (BUILT_IN.engine().version, [])
    assert read_policy(present["document"]) == BUILT_IN


def test_an_admin_puts_a_policy_into_force_with_its_sources(client: FlaskClient, clinic: Clinic) -> None:
    answer = post(client, clinic, note="decided on Monday")
    assert answer.status_code == 201
    present = read(client, clinic)["current"]
    assert present == answer.json
    assert (present["set_by"], present["note"]) == (str(clinic.site_admin.id), "decided on Monday")
    assert present["version"] == read_policy(OURS).engine().version
    assert present["document"]["thresholds"]["gap_doses_7d"]["source"] == "Ward 3, 1 March 2026"
    assert present["document"]["thresholds"]["severe_from"]["source"].startswith("Serlin")
    assert present["changes"][0] == "tiers.severe_symptoms: same_day (built in: routine)"

    report = a_report(pain_worst=3)
    client.post("/v1/me/entries", json=report, headers=clinic.patient.headers)
    course = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json
    assert {course["engine"], course["scores"][0]["engine"]} == {present["version"]}


def test_an_upcoming_policy_is_shown_and_not_in_force_yet(client: FlaskClient, clinic: Clinic) -> None:
    later = datetime.now(UTC) + timedelta(days=3)
    assert post(client, clinic, effective_from=later.isoformat()).status_code == 201
    found = read(client, clinic)
    assert found["current"]["id"] is None
    assert [each["name"] for each in found["upcoming"]] == ["Ward 3"]
    assert datetime.fromisoformat(found["upcoming"][0]["effective_from"]) == later


def test_an_equal_policy_is_the_present_one(client: FlaskClient, clinic: Clinic) -> None:
    first, again = post(client, clinic), post(client, clinic)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert post(client, clinic, {"name": "default"}).status_code == 201  # back to what is built in


def test_two_policies_from_one_moment_are_a_conflict(client: FlaskClient, clinic: Clinic) -> None:
    later = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    assert post(client, clinic, effective_from=later).status_code == 201
    refused = post(client, clinic, {"name": "default"}, effective_from=later)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/policy-taken")


@pytest.mark.parametrize(
    ("document", "place", "what"),
    [
        ({"name": "x", "tiers": {"red_flag": "routine"}}, "document.tiers.red_flag", "may not be lowered"),
        (
            {"name": "x", "thresholds": {"severe_from": {"value": 8}}},
            "document.thresholds.severe_from.source",
            "give the site's own source",
        ),
        ({"name": "x", "limits": {}}, "document.limits", "is not known"),
        ({}, "document.name", "is missing"),
        ([], "document", "Not a valid mapping"),
    ],
)
def test_an_unusable_policy_is_refused_by_field(
    client: FlaskClient, clinic: Clinic, document: Any, place: str, what: str
) -> None:
    refused = post(client, clinic, document)
    assert refused.status_code == 422
    assert what in refused.json["errors"][place]
    assert read(client, clinic)["current"]["id"] is None


def test_a_moment_that_is_past_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    refused = post(client, clinic, effective_from="2020-01-01T00:00:00+00:00")
    assert (refused.status_code, refused.json["errors"]) == (422, {"effective_from": "is past"})


@pytest.mark.parametrize("who", ["nurse", "clinician", "coordinator", "patient", "scheduler"])
def test_only_a_site_admin_has_access(client: FlaskClient, clinic: Clinic, who: str) -> None:
    headers = getattr(clinic, who).headers
    assert client.get("/v1/policy", headers=headers).status_code == 403
    assert client.post("/v1/policies", json={"document": OURS}, headers=headers).status_code == 403


def test_another_site_goes_on_as_before(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    assert post(client, clinic).status_code == 201
    assert read(client, other)["current"]["id"] is None


def test_a_nurse_reads_by_the_policy_of_the_site(client: FlaskClient, clinic: Clinic) -> None:
    moments = [datetime.now(UTC) - timedelta(days=10 - n, minutes=5) for n in range(10)]
    entries = [a_report(recorded_at=moment, pain_worst=7, dose="taken") for moment in moments]
    sent = {"entries": entries}
    assert client.post("/v1/me/entries", json=sent, headers=clinic.patient.headers).status_code == 200
    url = f"/v1/patients/{clinic.patient.id}/trajectory"
    assert client.get(url, headers=clinic.nurse.headers).json["reporting"]["state"] == "reporting"

    assert post(client, clinic).status_code == 201
    left = client.get(url, headers=clinic.nurse.headers).json
    assert (left["reporting"], left["discontinuation_risk"]["insufficient_data_reason"]) == (
        None,
        "not scored by the present engine",
    )
    (alert,) = [
        each
        for each in client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
        if each["kind"] == "severe_symptoms"
    ]
    assert alert["patient"]["reporting"] is None

    client.post("/v1/me/entries", json=a_report(pain_worst=7), headers=clinic.patient.headers)
    caught_up = client.get(url, headers=clinic.nurse.headers).json
    assert caught_up["reporting"]["state"] == "reporting"
    assert caught_up["discontinuation_risk"]["insufficient_data_reason"] is None


def test_a_nurse_sees_the_intervals_of_change_and_risk_and_the_patient_that_of_the_own_curve(
    client: FlaskClient, clinic: Clinic
) -> None:
    moments = [datetime.now(UTC) - timedelta(days=40 - n, minutes=5) for n in range(40)]
    entries = [
        a_report(recorded_at=moment, pain_worst=2 if n < 25 else 6, dose="taken")
        for n, moment in enumerate(moments)
    ]
    client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers)
    url = f"/v1/patients/{clinic.patient.id}/trajectory"
    last = client.get(url, headers=clinic.nurse.headers).json["scores"][-1]
    assert last["pain_change_low"] < last["pain_change"] < last["pain_change_high"]
    assert 0 < last["risk_90d_low"] < last["risk_90d"] < last["risk_90d_high"] < 1
    own = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json["scores"][-1]
    assert own["pain_change_low"] == last["pain_change_low"]
    assert own["pain_level_low"] == last["pain_level_low"] < last["pain_level"] < last["pain_level_high"]
    assert own["stiffness_level_low"] is own["stiffness_level_high"] is None
    assert not [name for name in own if "risk" in name]
