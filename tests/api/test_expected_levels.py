"""Staff answer an alert as known already, with the level above which the symptom alerts again."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.patient import Patient
from api.models.score import ScoreRow
from tests.support.builders import Clinic, a_report

TODAY = datetime.now(UTC).date()


def write(client: FlaskClient, clinic: Clinic, database: Database, pain: list[int]) -> None:
    """Let the patient write an answer a day up to yesterday."""
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        patient.ai_started_on, patient.timezone = TODAY - timedelta(days=100), "UTC"
    now = datetime.now(UTC)
    entries = [
        a_report(pain_worst=level, recorded_at=now - timedelta(days=len(pain) - nth))
        for nth, level in enumerate(pain)
    ]
    answer = client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers)
    assert {each["status"] for each in answer.json["results"]} == {"created"}


def alerts(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    url = f"/v1/patients/{clinic.patient.id}/alerts?status=open"
    listed = client.get(url, headers=clinic.nurse.headers).json["items"]
    return {alert["kind"]: alert for alert in listed}


def resolve(client: FlaskClient, clinic: Clinic, alert: dict[str, Any], **body: Any) -> Any:
    headers = {**clinic.nurse.headers, "If-Match": f'"{alert["version"]}"'}
    return client.post(f"/v1/alerts/{alert['id']}/resolution", json=body, headers=headers)


def soon(seconds: int) -> datetime:
    """Return a moment after what was done in the test: on the day it is set, only what comes later alerts."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def level(**changes: Any) -> dict[str, Any]:
    return {"symptom": "pain", "level": 7, "until": str(TODAY + timedelta(days=28)), **changes}


def test_known_pain_alerts_at_once_when_it_is_worse_and_is_seen_until_it_is_ended(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    write(client, clinic, database, [2] * 28 + [7] * 14)
    with database.read() as session:
        before = [row.engine for row in session.scalars(select(ScoreRow))]
    waiting = alerts(client, clinic)
    assert {"severe_symptoms", "worsening"} <= set(waiting)
    severe = waiting["severe_symptoms"]
    for wrong in (level(until=str(TODAY + timedelta(days=29))), level(symptom="stiffness"), level(level=9)):
        refused = resolve(client, clinic, severe, outcome="already_known", expected_level=wrong)
        assert refused.status_code == 422
    assert resolve(client, clinic, severe, outcome="referred", expected_level=level()).status_code == 422
    done = resolve(client, clinic, severe, outcome="already_known", expected_level=level())
    assert (done.status_code, done.json["outcome"]) == (200, "already_known"), done.text
    assert any("known already: pain up to 7" in event["action"] for event in done.json["history"])
    assert resolve(client, clinic, waiting["worsening"], outcome="already_known").status_code == 200
    assert not {"severe_symptoms", "worsening"} & set(alerts(client, clinic))
    with database.read() as session:
        after = [row.engine for row in session.scalars(select(ScoreRow))]
    assert set(after).isdisjoint(before)

    url = f"/v1/patients/{clinic.patient.id}/expected-levels"
    [shown] = client.get(url, headers=clinic.nurse.headers).json["items"]
    assert (shown["symptom"], shown["level"], shown["in_force"]) == ("pain", 7, True)
    assert (shown["set_by"], shown["alert_id"]) == (str(clinic.nurse.id), severe["id"])

    worse_report = a_report(pain_worst=8, recorded_at=soon(2))
    client.post("/v1/me/entries", json=worse_report, headers=clinic.patient.headers)
    assert not {"severe_symptoms", "worsening"} & set(alerts(client, clinic))
    worse_report = a_report(pain_worst=9, recorded_at=soon(3))
    client.post("/v1/me/entries", json=worse_report, headers=clinic.patient.headers)
    worse = alerts(client, clinic)["severe_symptoms"]
    assert worse["reason"].startswith("worst pain 9.0, expected 7")

    renewed = client.post(url, json=level(level=8), headers=clinic.nurse.headers)
    assert [each["in_force"] for each in renewed.json["items"]] == [True, False]
    one = f"{url}/{renewed.json['items'][0]['id']}"
    assert client.delete(one, headers=clinic.nurse.headers).status_code == 204
    assert client.delete(one, headers=clinic.nurse.headers).status_code == 204
    assert not any(each["in_force"] for each in client.get(url, headers=clinic.nurse.headers).json["items"])
    with database.read() as session:
        acts = session.scalars(
            select(AuditRow.action).where(AuditRow.action.startswith("expected_level.")).order_by(AuditRow.id)
        ).all()
    assert acts == ["expected_level.set", "expected_level.set", "expected_level.ended"]
