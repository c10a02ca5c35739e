"""Reporting pattern of a patient over HTTP."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from notifications.jobs.silence import alert_silent_patients
from tests.support.builders import Clinic, a_report


def report(client: FlaskClient, clinic: Clinic, *, days: int, ending_days_ago: int) -> None:
    """Write every day for some days, at the same local time before and after a change of the clocks."""
    last = datetime.now(ZoneInfo(clinic.site.timezone)) - timedelta(days=ending_days_ago, minutes=1)
    entries = [a_report(recorded_at=last - timedelta(days=number)) for number in range(days)]
    answer = client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers)
    assert {result["status"] for result in answer.json["results"]} == {"created"}


def test_the_team_sees_the_reporting_pattern_and_its_rule(client: FlaskClient, clinic: Clinic) -> None:
    url = f"/v1/patients/{clinic.patient.id}/trajectory"
    assert client.get(url, headers=clinic.nurse.headers).json["reporting"] is None

    report(client, clinic, days=40, ending_days_ago=2)

    reporting = client.get(url, headers=clinic.nurse.headers).json["reporting"]
    last_day = datetime.fromisoformat(reporting["last_day"])
    assert reporting["state"] == "reporting"
    assert datetime.fromisoformat(reporting["silent_from"]) == last_day + timedelta(days=14)
    assert (reporting["entry_days"], reporting["observed_days"]) == (40, 40)
    assert reporting["mean_interval_days"] == 1.0


def test_the_patients_own_curve_has_no_reporting_pattern(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, days=3, ending_days_ago=0)

    assert "reporting" not in client.get("/v1/me/trajectory", headers=clinic.patient.headers).json


def test_a_silent_patient_is_on_the_worklist_and_stays_there_after_a_new_entry(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    report(client, clinic, days=40, ending_days_ago=20)
    assert alert_silent_patients(database, engine=Engine(), now=datetime.now(UTC)) == 1

    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert (alert["kind"], alert["patient"]["reporting"]["state"]) == ("silence", "silent")
    assert alert["evidence"][0]["values"]["limit_days"] == 14

    report(client, clinic, days=1, ending_days_ago=0)
    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert (alert["status"], alert["patient"]["reporting"]["state"]) == ("open", "declining")
    assert "entries have resumed" in alert["reason"]
