"""A patient's plan over HTTP: read, set, answered and skipped."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from api.db.database import Database
from api.models.patient import Patient, PatientZone
from tests.support.builders import Clinic, Signed, a_questionnaire

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
OURS: dict[str, Any] = {
    "name": "Ward 3",
    "courses": [{"what": "bpi-sf", "at_weeks": [0, 4], "source": "Ward 3, 1 March 2026"}],
}
ANSWERS = {"worst": 7, "least": 2, "average": 5, "now": 4}


def today() -> date:
    """Return the local date in Berlin, where the clinic and its patient are."""
    return datetime.now(UTC).astimezone(BERLIN).date()


def ago(number: int) -> date:
    return today() - number * DAY


def noon(day: date) -> datetime:
    """Return a moment of a past day that no change of clocks moves to another day."""
    return datetime.combine(day, time(12), BERLIN)


def enrolled(database: Database, clinic: Clinic, days_ago: int) -> None:
    """Move the patient's enrolment to some days ago."""
    at = noon(ago(days_ago))
    with database.begin() as session:
        this_patient = Patient.id == clinic.patient.id
        session.execute(update(Patient).where(this_patient).values(enrolled_at=at))
        zones = PatientZone.patient_id == clinic.patient.id
        session.execute(update(PatientZone).where(zones).values(since=at))


def plan_of(client: FlaskClient, clinic: Clinic, who: Signed | None = None) -> dict[str, Any]:
    headers = (who or clinic.nurse).headers
    answer = client.get(f"/v1/patients/{clinic.patient.id}/plan", headers=headers)
    assert answer.status_code == 200
    return dict(answer.json)


def states(plan: dict[str, Any], task: str) -> dict[str, str]:
    return {slot["due_on"]: slot["state"] for slot in plan["slots"] if slot["task"] == task}


def put(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> TestResponse:
    return client.put(f"/v1/patients/{clinic.patient.id}/plan", json=body, headers=clinic.nurse.headers)


def put_site(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> TestResponse:
    return client.put("/v1/site/plan", json=body, headers=clinic.site_admin.headers)


def skip(client: FlaskClient, clinic: Clinic, slot: str, reason: str = "away") -> TestResponse:
    url = f"/v1/patients/{clinic.patient.id}/plan/skips"
    return client.post(url, json={"slot": slot, "reason": reason}, headers=clinic.nurse.headers)


def due_of(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    answer = client.get("/v1/me/due", headers=clinic.patient.headers)
    assert answer.status_code == 200
    return list(answer.json["items"])


def answer(client: FlaskClient, clinic: Clinic, on: date | None = None, **changes: Any) -> dict[str, Any]:
    at = noon(on) if on else datetime.now(UTC) - timedelta(seconds=1)
    sent = a_questionnaire(ANSWERS, recorded_at=at.isoformat(), **changes)
    assert client.post("/v1/me/assessments", json=sent, headers=clinic.patient.headers).status_code == 201
    return sent
