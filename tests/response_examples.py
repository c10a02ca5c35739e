"""Examples of responses in the OpenAPI document, recorded from the running product by `make pages`.

One example for each schema of a response, and one problem for each status. Ids, moments, days and
secrets are replaced as on docs/api.md; a list has its first item only.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from api.app import create_app
from api.db.database import Database
from api.domain import errors
from api.domain.entries.optional_questions import OPTIONAL_QUESTIONS
from api.errors import describe
from api.models.audit import AuditRow
from api.models.outbox import Heartbeat
from api.models.patient import Patient
from api.models.staff import Staff
from api.schemas.examples import EXAMPLES, RECORDED
from api.services.accounts import passwords
from api.services.messages.vapid import new_private_key
from config.settings import Settings
from tests.api_page import Recorder, masked
from tests.support import databases
from tests.support.builders import PASSWORD, Clinic, a_clinic, a_measurement
from tests.support.contract import document, operation_of

SETTINGS = Settings(secret_key="not a secret: for examples only", vapid_private_key=new_private_key())
LARGEST_OBJECT = 40
"""Members of the largest object that is no map, rounded up."""
VARYING = {
    "public_key": EXAMPLES["NewSubscription"]["keys"]["p256dh"],
    "key": "_9Ce2OtCazJ11br3qnrPJMAuldlhAQdCQwgtsxmYCKA",
    "uri": "otpauth://totp/AIMSS%20Monitor:nurse%40example.org?secret=35OF5EIVVT5FYYO3&issuer=AIMSS%20Monitor",
    "recipient_id": "00000005-0000-4000-8000-000000000000",
    "codes": ["7K2QM-9XJ4R", "B3VTN-5ZC8W"],
    "last_tick_s": 3.3,
    "median_s": 240.0,
    "p90_s": 240.0,
}
"""Values in place of those that differ from run to run."""
CALLERS = ("nurse", "patient", "site_admin", "scheduler")


class RecordingClient(FlaskClient):
    """Flask's test client, which keeps the largest answer of each name."""

    kept: dict[str, Any]

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, keep its answer, return it."""
        answer = super().open(*args, **kwargs)
        name = name_of(answer, self)
        if name:
            body = shortened(answer.json)
            if len(json.dumps(body)) > len(json.dumps(self.kept.get(name, ""))):
                self.kept[name] = body
        return answer


def name_of(answer: TestResponse, client: FlaskClient) -> str:
    """Return the name under which an answer is an example; empty: it is none."""
    operation, status = operation_of(answer, client), answer.status_code
    if operation is None or not answer.is_json or not answer.data:
        return ""
    responses = document()["paths"][operation[1]][operation[0]]["responses"]
    content = responses[str(status)].get("content", {}).get("application/json")
    if content is None:
        return HTTPStatus(status).name
    names = [each["$ref"].rpartition("/")[2] for each in content["schema"].get("oneOf", [content["schema"]])]
    schemas = document()["components"]["schemas"]
    name = next(each for each in names if set(answer.json) <= set(schemas[each]["properties"]))
    return name if status < HTTPStatus.BAD_REQUEST else f"{name}.{status}"


def shortened(value: Any) -> Any:
    """Return JSON of which a list of objects keeps its first, and a large map its first three."""
    if isinstance(value, dict):
        kept = list(value.items())[: 3 if len(value) > LARGEST_OBJECT else None]
        return {name: shortened(each) for name, each in kept}
    if isinstance(value, list):
        return [shortened(each) for each in (value[:1] if value and isinstance(value[0], dict) else value)]
    return value


def constant(value: Any) -> Any:
    """Return JSON with the values of ``VARYING``, and without the token of an invitation."""
    if isinstance(value, list):
        return [constant(each) for each in value]
    if isinstance(value, dict):
        return {
            name: VARYING[name] if each and name in VARYING else constant(each)
            for name, each in value.items()
        }
    return re.sub(r"#[\w-]{30,}$", "#hV0c2b5e2f0e4f439d0b", value) if isinstance(value, str) else value


def recorded() -> dict[str, Any]:
    """Return every example by its name, from calls of a new clinic."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        database = databases.fresh_sqlite(Path(folder))
        with database.begin() as session:
            clinic = a_clinic(session, now=now)
            nurse = session.get_one(Staff, clinic.nurse.id)
            patient = session.get_one(Patient, clinic.patient.id)
            patient.enrolled_at = now - timedelta(weeks=9)
            patient.ai_started_on = (now - timedelta(weeks=8)).date()
            nurse.password_hash = passwords.HASHER.hash(PASSWORD)
            email = nurse.email
        app = create_app(SETTINGS, database=database)
        app.extensions["aimss.resolver"] = lambda _: ["93.184.216.34"]
        app.test_client_class = RecordingClient
        client = app.test_client()
        client.kept = {}
        ids = _patient(client, clinic, database)
        ids |= _care_team(client, clinic, ids)
        ids |= _administration(client, clinic, email)
        soon = (now + timedelta(days=8)).isoformat()
        client.get("/health/ready")
        with database.begin() as session:
            session.merge(Heartbeat(worker="a worker", started_at=now, ticked_at=now))
            for act in session.scalars(select(AuditRow)):
                act.at -= timedelta(minutes=1)  # events of the last seconds are not shown
        for path in _paths_to_read():
            for caller in CALLERS:
                query = {"due_before": soon} if path == "/v1/reminders" else {}
                headers = getattr(clinic, caller).headers
                client.get(path.format(**ids), query_string=query, headers=headers)
        _problems(client, clinic, ids)
        database.close()
    today = now.astimezone(ZoneInfo("Europe/Berlin")).date()
    recorder = Recorder(None, today)
    text = recorder.stable(json.dumps(constant(masked(client.kept)), ensure_ascii=False))
    return dict(json.loads(text))


def _patient(client: FlaskClient, clinic: Clinic, database: Database) -> dict[str, Any]:
    """Let the patient write, and return the ids of what they wrote."""
    me, nurse = clinic.patient.headers, clinic.nurse.headers
    entry, now = str(uuid4()), datetime.now(UTC)
    moment = (now - timedelta(minutes=1)).isoformat()
    one = {"id": entry, "recorded_at": moment, "pain_worst": 9, "dose": "taken", "red_flags": ["chest_pain"]}
    whole = EXAMPLES["NewAssessment"] | {"recorded_at": moment, "status": "complete"}
    code = client.post(f"/v1/patients/{clinic.patient.id}/activations", headers=nurse).json["code"]
    client.post("/v1/activations", json={"code": code, "label": "My phone"})
    client.get("/v1/me/due", headers=me)
    client.post("/v1/me/entries", json={"entries": [one, {"id": str(uuid4()), "pain_worst": 11}]}, headers=me)
    client.post("/v1/me/entries", json=one, headers=me)
    client.post("/v1/me/assessments", json=whole | {"answers": {"worst": 7}}, headers=me)
    changed = {"recorded_at": moment, "pain_worst": 8, "stiffness": 3}
    client.put(f"/v1/me/entries/{entry}", json=changed, headers=me | {"If-Match": "*"})
    client.post("/v1/me/callback-requests", json=EXAMPLES["NewCallback"], headers=me)
    client.post("/v1/me/reminders/snooze", json={"for": "two_hours"}, headers=me)
    export = client.post("/v1/me/exports", headers=me).json["id"]
    client.post("/v1/me/erasure-requests", headers=me)
    until = (now + timedelta(days=90)).isoformat()
    let_in = {"name": "Alex, my brother", "scopes": ["read", "write"], "until": until}
    client.post("/v1/me/proxies", json=let_in, headers=me)
    with database.begin() as session:
        weight = {"kind": "weight", "value": 68.5, "unit": "kg"}
        measurement = a_measurement(session, clinic.patient.id, weight).id
    correction = weight | {"value": 68.0, "measured_on": str(now.date())}
    url = f"/v1/patients/{clinic.patient.id}/measurements/{measurement}"
    client.put(url, json=correction, headers=nurse | {"If-Match": "*"})
    device = uuid4()
    url = f"/v1/me/subscriptions/{device}"
    endpoint = "https://updates.push.services.mozilla.com/wpush/v2/abc"
    client.put(url, json=EXAMPLES["NewSubscription"] | {"endpoint": endpoint}, headers=me)
    client.post(f"{url}/probe", headers=me)
    client.post("/v1/me/activations", headers=me)
    return {
        "patient_id": clinic.patient.id,
        "entry_id": entry,
        "assessment_id": whole["id"],
        "measurement_id": measurement,
        "export_id": export,
        "device": device,
        "code": "bpi-sf",
        "name": "night",
    }


def _care_team(client: FlaskClient, clinic: Clinic, ids: dict[str, Any]) -> dict[str, Any]:
    """Let the care team answer an alert and plan, and return the id of the alert."""
    nurse = clinic.nurse.headers | {"If-Match": "*"}
    patient = f"/v1/patients/{ids['patient_id']}"
    alert = client.get("/v1/alerts", headers=nurse).json["items"][0]["id"]
    client.post(f"/v1/alerts/{alert}/acknowledgement", headers=nurse)
    several = {"items": [{"id": alert, "version": 1}]}
    client.post("/v1/alerts/acknowledgements", json=several, headers=nurse)
    client.get("/v1/worklist?include=spark", headers=nurse)
    client.get("/v1/patients?include=monitoring", headers=nurse)
    client.post(f"/v1/alerts/{alert}/notes", json={"note": "Calls back at 14:00."}, headers=nurse)
    review = {"until": datetime.now(UTC).isoformat()}
    client.post(f"{patient}/rejected-entries/review", json=review, headers=nurse)
    slot = client.get(f"{patient}/plan", headers=nurse).json["slots"][-1]["id"]
    client.post(f"{patient}/plan/skips", json={"slot": slot, "reason": "Measured elsewhere."}, headers=nurse)
    reminder = {"patient_id": str(ids["patient_id"]), "slot": "week-6"}
    client.post("/v1/reminders", json=reminder, headers=clinic.scheduler.headers)
    known = {"symptom": "pain", "level": 6, "until": str(datetime.now(UTC).date())}
    client.post(f"{patient}/expected-levels", json=known, headers=nurse)
    return {"alert_id": alert}


def _administration(client: FlaskClient, clinic: Clinic, email: str) -> dict[str, Any]:
    """Let the site administrator set the site up, and return the ids of what is there."""
    admin = clinic.site_admin.headers | {"If-Match": "*"}
    session = {"email": email, "password": PASSWORD, "label": "Ward PC"}
    client.post("/v1/sessions", json=session)
    own = {"password": PASSWORD}
    secret = client.post("/v1/me/totp", json=own, headers=clinic.nurse.headers).json["secret"]
    code = {"code": pyotp.TOTP(secret).now()}
    client.put("/v1/me/totp", json=code, headers=clinic.nurse.headers)
    client.post("/v1/me/recovery-codes", json=own, headers=clinic.nurse.headers)
    invited = client.post(
        "/v1/staff", json={"email": "nora@example.org", "name": "Nora", "role": "coordinator"}, headers=admin
    ).json
    token = invited["invitation"]["url"].partition("#")[2]
    client.post("/v1/invitations/acceptance", json={"token": token, "password": PASSWORD})
    client.post(f"/v1/staff/{invited['id']}/deactivation", headers=admin)
    service = client.post("/v1/services", json=EXAMPLES["NewService"], headers=admin).json["id"]
    client.post("/v1/webhooks", json=EXAMPLES["NewWebhook"], headers=admin)
    shift = EXAMPLES["NewRota"]["shifts"][0] | {"staff": email}
    client.put("/v1/rotas/night", json={"shifts": [shift]}, headers=admin)
    client.post("/v1/policies", json=EXAMPLES["NewPolicy"], headers=admin)
    client.put("/v1/site/policy", json=EXAMPLES["NewPolicy"], headers=admin)
    client.post("/v1/ladders", json=EXAMPLES["NewLadder"], headers=admin)
    client.put("/v1/site/plan", json=EXAMPLES["NewSitePlan"], headers=admin)
    signed = {"name": "Breast clinic", "questions": {each.name: each.revision for each in OPTIONAL_QUESTIONS}}
    client.put("/v1/site/questions", json={"document": signed}, headers=clinic.clinician.headers)
    decision = EXAMPLES["NewGuidanceDecision"]
    client.post("/v1/guidance/acupuncture/decisions", json=decision, headers=admin)
    wish = client.get("/v1/erasure-requests", headers=admin).json["items"][0]["id"]
    client.post(f"/v1/erasure-requests/{wish}/decision", json=EXAMPLES["NewErasureDecision"], headers=admin)
    return {"staff_id": clinic.nurse.id, "team_id": clinic.team.id, "service_id": service}


def _problems(client: FlaskClient, clinic: Clinic, ids: dict[str, Any]) -> None:
    """Send requests that are answered by a problem of each status."""
    me, entry = clinic.patient.headers, f"/v1/me/entries/{ids['entry_id']}"
    client.get("/v1/me")
    client.get("/v1/patients", headers=me)
    client.get(f"/v1/me/entries/{uuid4()}", headers=me)
    client.get("/v1/me/entries?dry_run=true", headers=me)
    client.delete(entry, headers=me)
    client.delete(entry, headers=me | {"If-Match": '"7"'})
    client.post("/v1/me/entries", data="{", headers=me, content_type="application/json")
    client.post("/v1/me/entries", data="{", headers=me, content_type="text/plain")
    client.post("/v1/me/entries", data=b" " * 2_000_000, headers=me, content_type="application/json")
    other = {"id": ids["entry_id"], "recorded_at": datetime.now(UTC).isoformat(), "pain_worst": 1}
    client.post("/v1/me/entries", json=other, headers=me)
    for error in (
        errors.LinkExpired("this link was good until 2026-03-02 12:00 UTC"),
        errors.TooManyRequests("earlier days are being scored again; send this again", retry_after_s=2),
        errors.PushNotConfigured("this server has no VAPID key"),
    ):
        problem = describe(error)
        client.kept[HTTPStatus(problem["status"]).name] = problem


def _paths_to_read() -> Iterator[str]:
    for path, methods in document()["paths"].items():
        if "get" in methods and path.startswith(("/v1/", "/health/")):
            yield path


if __name__ == "__main__":
    RECORDED.write_text(
        json.dumps(dict(sorted(recorded().items())), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
