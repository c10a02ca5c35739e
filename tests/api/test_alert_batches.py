"""Answers to several alerts in one request, each with its own result."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from tests.api.test_worklist import NOW, an_alert
from tests.support.builders import Clinic, a_clinic, a_patient

KINDS = (FindingKind.RED_FLAG, FindingKind.WORSENING, FindingKind.WISH_TO_STOP)


@pytest.fixture
def alerts(database: Database, clinic: Clinic) -> list[dict[str, Any]]:
    """Three alerts of one patient, as an answer names them."""
    with database.begin() as session:
        patient = a_patient(session, clinic.team, now=NOW)
        made = [an_alert(patient, kind) for kind in KINDS]
        session.add_all(made)
    return [{"id": str(alert.id), "version": 1} for alert in made]


def post(client: FlaskClient, clinic: Clinic, path: str, items: list[dict[str, Any]]) -> Any:
    answer = client.post(f"/v1/alerts/{path}", json={"items": items}, headers=clinic.nurse.headers)
    assert answer.status_code == 200, answer.json
    return answer.json["results"]


def alert(client: FlaskClient, clinic: Clinic, item: dict[str, Any]) -> Any:
    return client.get(f"/v1/alerts/{item['id']}", headers=clinic.nurse.headers).json


def test_all_alerts_of_a_patient_are_resolved_in_one_request(
    client: FlaskClient, clinic: Clinic, alerts: list[dict[str, Any]]
) -> None:
    done = {"outcome": "called_self_care", "note": "Called at 10."}
    results = post(client, clinic, "resolutions", [each | done for each in alerts])
    assert results == [{"id": each["id"], "status": "done", "version": 2} for each in alerts]
    shown = alert(client, clinic, alerts[1])
    assert (shown["outcome"], shown["history"][-1]["note"]) == ("called_self_care", "Called at 10.")
    assert client.get("/v1/worklist", headers=clinic.nurse.headers).json["items"] == []


def test_a_level_that_is_known_already_is_not_taken_and_lost(
    client: FlaskClient, clinic: Clinic, alerts: list[dict[str, Any]]
) -> None:
    known = {"symptom": "pain", "level": 6, "until": datetime.now(UTC).date().isoformat()}
    item = alerts[1] | {"outcome": "already_known", "expected_level": known}
    url, headers = "/v1/alerts/resolutions", clinic.nurse.headers
    assert client.post(url, json={"items": [item]}, headers=headers).status_code == 422
    assert alert(client, clinic, item)["closed_at"] is None


def test_a_colleague_who_was_faster_is_not_passed_over(
    client: FlaskClient, clinic: Clinic, alerts: list[dict[str, Any]]
) -> None:
    first = {"items": [alerts[0]]}
    url = "/v1/alerts/acknowledgements"
    statuses = [
        client.post(url, json=first, headers=who.headers).json["results"][0]["status"]
        for who in (clinic.nurse, clinic.clinician, clinic.nurse)
    ]
    assert statuses == ["done", "refused", "done"]


def test_one_that_is_refused_leaves_the_others_answered(
    client: FlaskClient, clinic: Clinic, alerts: list[dict[str, Any]], database: Database
) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
        foreign = an_alert(a_patient(session, elsewhere.team, now=NOW), FindingKind.RED_FLAG)
        session.add(foreign)
    first, second, third = alerts
    items = [first, second | {"version": 7}, {"id": str(foreign.id), "version": 1}, third, first]
    results = post(client, clinic, "resolutions", [each | {"outcome": "referred"} for each in items])
    assert [each["id"] for each in results] == [each["id"] for each in items]
    assert [each["status"] for each in results] == ["done", "refused", "refused", "done", "refused"]
    kinds = [each["problem"]["type"].rpartition("/")[2] for each in results if "problem" in each]
    assert kinds == ["version-moved", "unknown-alert", "alert-already-closed"]
    assert alert(client, clinic, second)["status"] == "open"


def test_alerts_are_acknowledged_snoozed_and_assigned_together(
    client: FlaskClient, clinic: Clinic, alerts: list[dict[str, Any]]
) -> None:
    first, second, third = alerts
    to = str(clinic.clinician.id)
    post(client, clinic, "assignments", [first | {"to": to}, second | {"to": to}])
    refused = post(client, clinic, "assignments", [third | {"to": str(uuid4())}])
    assert refused[0]["problem"]["type"] == "/problems/unknown-assignee"
    until = (datetime.now(UTC) + timedelta(hours=4)).isoformat()
    post(client, clinic, "snoozes", [first | {"version": 2, "until": until}])
    results = post(client, clinic, "acknowledgements", [second | {"version": 2}, third])
    assert [each["version"] for each in results] == [3, 2]
    shown = [alert(client, clinic, each) for each in alerts]
    assert [each["status"] for each in shown] == ["snoozed", "acknowledged", "acknowledged"]
    nurse = str(clinic.nurse.id)
    assert [each["assigned_to"]["id"] for each in shown] == [to, nurse, nurse]


def test_an_acknowledgement_has_either_a_token_or_alerts(
    client: FlaskClient, clinic: Clinic, alerts: list[dict[str, Any]]
) -> None:
    for body in ({}, {"token": "x" * 50, "items": alerts}, {"items": []}):
        refused = client.post("/v1/alerts/acknowledgements", json=body, headers=clinic.nurse.headers)
        assert refused.status_code == 422
