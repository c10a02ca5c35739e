"""The requests and responses of docs/reference/api.md, recorded from the running product by `make pages`.

The text of the page is written by hand. Each pair of marks contains one recorded exchange. Values
that differ from run to run are replaced: ids by numbers, moments by one moment, dates by their
distance from the present day, secrets by "…".
"""

import json
import re
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from http.client import responses
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from api.app import create_app
from api.models.staff import Staff
from api.services.accounts import passwords
from api.services.messages.vapid import new_private_key
from config.settings import Settings
from tests.support import databases
from tests.support.builders import PASSWORD, a_clinic, a_patient, signed_in

PAGE = Path(__file__).parents[1] / "docs/reference/api.md"
MARK = re.compile(r"(<!-- exchange: (\w+) -->\n).*?(<!-- end of exchange -->\n)", re.S)
SECRET = {"access_token", "refresh_token", "secret", "qr_svg", "next", "instance"}
HASHES = {"engine", "model", "scorer"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+\d\d:\d\d|Z)")
SPELT_DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d\b")
CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")
DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b(?!T)")
ID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
PRESENT = date(2026, 3, 2)
FURTHER = "…"


class Recorder:
    """Sends requests to an application and records each exchange under a name."""

    def __init__(self, client: Any, today: date) -> None:
        """Record nothing yet."""
        self.exchanges: dict[str, str] = {}
        self._client, self._shift = client, PRESENT - today
        self._ids: dict[str, str] = {}

    def send(
        self,
        name: str,
        operation: str,
        *,
        by: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        only: str = "",
    ) -> Any:
        """Send a request and return the JSON of the response.

        Args:
            name: Name of the exchange on the page; empty: it is not recorded.
            operation: Method and path.
            by: Headers of the caller.
            body: JSON of the request.
            headers: Further headers of the request.
            only: Dotted paths, separated by spaces, of the members that the page shows. Of a list it shows
                the first item.
        """
        method, path = operation.split(" ", 1)
        sent = {**(by or {}), **(headers or {})}
        answer = self._client.open(path, method=method, json=body, headers=sent)
        if name:
            self.exchanges[name] = self.stable(_rendered(operation, sent, body, answer, only))
        return answer.json if answer.data else None

    def stable(self, text: str) -> str:
        """Return a text without what differs from run to run."""
        text = MOMENT.sub(f"{PRESENT}T12:00:00+00:00", text)
        text = DAY.sub(lambda found: str(date.fromisoformat(found[0]) + self._shift), text)
        text = SPELT_DAY.sub(self._spelt, text)
        text = CODE.sub("7K2QX-M40ZD", text)
        text = re.sub(r"\bP-[0-9a-f]{8}\b", "P-1042", text)
        text = re.sub(r"\b(\w+)-[0-9a-f]{8}@example\.org", r"\1@example.org", text)
        return ID.sub(lambda found: self._ids.setdefault(found[0], _numbered(len(self._ids) + 1)), text)

    def _spelt(self, found: re.Match[str]) -> str:
        day = datetime.strptime(found[0], "%d %B %Y").date() + self._shift  # noqa: DTZ007 - a date
        return f"{day.day} {day:%B %Y}"


def _numbered(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def _rendered(operation: str, sent: Mapping[str, str], body: Any, answer: Any, only: str) -> str:
    """Return the request and the response of an exchange as a table of two columns."""
    headers = [f"{name}: {'Bearer …' if name == 'Authorization' else value}" for name, value in sent.items()]
    request = "\n".join([operation, *headers])
    request += f"\n\n{_json(masked(body))}" if body is not None else ""
    response = f"{answer.status_code} {responses[answer.status_code]}"
    version = answer.headers.get("ETag", "")
    response += f"\nETag: {version}" if version.strip('"').isdigit() else ""
    if answer.data:
        paths = [path.split(".") for path in only.split()]
        response += f"\n\n{_json(masked(_pruned(answer.json, paths) if paths else answer.json))}"
    return (
        "<table>\n<tr><th>Request</th><th>Response</th></tr>\n<tr><td>\n\n"
        f"```http\n{request}\n```\n\n</td><td>\n\n```http\n{response}\n```\n\n</td></tr>\n</table>\n"
    )


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def masked(value: Any) -> Any:
    """Return JSON without secrets and content hashes."""
    if isinstance(value, list):
        return [masked(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: FURTHER
        if isinstance(each, str)
        and (name in SECRET or name in HASHES or (name == "version" and len(each) == len("0123456789ab")))
        else masked(each)
        for name, each in value.items()
    }


def _pruned(value: Any, paths: list[list[str]]) -> Any:
    """Return JSON with the members that the paths name; "…" stands for the others."""
    if not all(paths):
        return value
    if isinstance(value, list):
        return [_pruned(value[0], paths), *([FURTHER] if len(value) > 1 else [])] if value else []
    if not isinstance(value, dict):
        return value
    kept = {
        name: _pruned(each, [path[1:] for path in paths if path[0] == name])
        for name, each in value.items()
        if any(path[0] == name for path in paths)
    }
    return kept | ({FURTHER: FURTHER} if len(kept) < len(value) else {})


def recorded() -> dict[str, str]:
    """Return every exchange of the page, sent to a new clinic."""
    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo("Europe/Berlin")).date()
    with tempfile.TemporaryDirectory() as folder:
        database = databases.fresh_sqlite(Path(folder))
        with database.begin() as session:
            clinic = a_clinic(session, now=now)
            started = today - timedelta(weeks=8)
            patient = a_patient(session, clinic.team, now=now - timedelta(weeks=9), ai_started_on=started)
            nurse = session.get_one(Staff, clinic.nurse.id)
            nurse.password_hash = passwords.HASHER.hash(PASSWORD)
            email, me = nurse.email, signed_in(session, patient, now=now)
        settings = Settings(secret_key="not a secret: for docs only", vapid_private_key=new_private_key())
        app = create_app(settings, database=database)
        app.extensions["aimss.resolver"] = lambda _: ["93.184.216.34"]
        recorder = Recorder(app.test_client(), today)
        admin, staff = clinic.site_admin.headers, clinic.nurse.headers
        recorder.send(
            "",
            "PATCH /v1/site",
            by=admin,
            headers={"If-Match": '"1"'},
            body={"emergency_number": "112", "crisis_line": "988"},
        )
        _patients_phone(recorder, me.headers, patient.id, staff, now)
        _care_team(recorder, email, staff, str(patient.id), today)
        _administration(recorder, admin, clinic.scheduler.headers, str(patient.id), now)
        _errors(recorder, me.headers)
        database.close()
    return recorder.exchanges


def _id(number: int) -> str:
    return f"0b8f2f3e-9a3f-4c56-8a77-4d5a5a8f{number:04d}"


def _patients_phone(
    recorder: Recorder, me: dict[str, str], patient: Any, staff: dict[str, str], now: Any
) -> None:
    send = recorder.send
    moment = (now - timedelta(minutes=1)).isoformat()
    code = send("", f"POST /v1/patients/{patient}/activations", by=staff)["code"]
    tokens = send("activation", "POST /v1/activations", body={"code": code, "label": "My phone"})
    entry = {"recorded_at": moment, "pain_worst": 4, "stiffness": 3, "dose": "taken"}
    one = {"id": _id(1)} | entry
    send("entry", "POST /v1/me/entries", by=me, body=one)
    send("entry_again", "POST /v1/me/entries", by=me, body=one)
    send(
        "correction",
        f"PUT /v1/me/entries/{_id(1)}",
        by=me,
        body=entry | {"pain_worst": 5},
        headers={"If-Match": '"1"'},
    )
    batch = [
        {"id": _id(2), "recorded_at": moment, "doses_missed_7d": 1},
        {"id": _id(3), "recorded_at": moment, "pain_worst": 11},
    ]
    send("batch", "POST /v1/me/entries", by=me, body={"entries": batch})
    send("changes", "GET /v1/me/entries?limit=1", by=me)
    send("withdrawal", f"DELETE /v1/me/entries/{_id(2)}", by=me, headers={"If-Match": '"1"'})
    send("trajectory", "GET /v1/me/trajectory", by=me)
    flag = {"id": _id(4), "recorded_at": moment, "red_flags": ["chest_pain"]}
    send("emergency", "POST /v1/me/entries", by=me, body=flag)
    send("due", "GET /v1/me/due", by=me, only="items")
    send("snooze", "POST /v1/me/reminders/snooze", by=me, body={"for": "two_hours"})
    send("refresh", "POST /v1/tokens", body={"refresh_token": tokens["refresh_token"]})
    send(
        "instrument",
        "GET /v1/instruments/bpi-sf",
        by=me,
        only="code version recall_period wording items.id items.lowest items.highest "
        "items.text scores.id scores.direction "
        "scores.minimal_important_difference",
    )
    begun = {"id": _id(5), "instrument": "bpi-sf", "status": "partial", "recorded_at": moment}
    send("questionnaire", "POST /v1/me/assessments", by=me, body=begun | {"answers": {"worst": 7}})
    whole = {
        "status": "complete",
        "recorded_at": moment,
        "answers": {"worst": 7, "least": 2, "average": 5, "now": 4},
    }
    send(
        "completion",
        f"PUT /v1/me/assessments/{_id(5)}",
        by=me,
        body=whole,
        headers={"If-Match": '"1"'},
        only="id status version scoring scores",
    )


def _care_team(recorder: Recorder, email: str, staff: dict[str, str], patient: str, today: date) -> None:
    send = recorder.send
    body = {"email": email, "password": PASSWORD, "label": "Ward PC"}
    send("sign_in", "POST /v1/sessions", body=body)
    listed = send(
        "alerts",
        "GET /v1/alerts?limit=1",
        by=staff,
        only="items.id items.kind items.tier items.status items.reason "
        "items.notified items.version items.patient.name more counts "
        "rejected_entries",
    )
    alert = f"/v1/alerts/{listed['items'][0]['id']}"
    shown = "id status version acknowledged_by reopens_at"
    taken = send("acknowledgement", f"POST {alert}/acknowledgement", by=staff, only=shown)
    send(
        "resolution",
        f"POST {alert}/resolution",
        by=staff,
        headers={"If-Match": f'"{taken["version"]}"'},
        body={"outcome": "visit_booked", "note": "Visit on Thursday."},
        only="id status outcome resolved_by history.action history.by",
    )
    new = {"reference": "P-2001", "name": "Bo Example", "birth_year": 1958, "timezone": "Europe/Berlin"}
    enrolled = send(
        "enrolment",
        "POST /v1/patients",
        by=staff,
        body=new,
        only="id reference name status language check_in_at version",
    )
    send("activation_code", f"POST /v1/patients/{enrolled['id']}/activations", by=staff)
    send(
        "team_trajectory",
        f"GET /v1/patients/{patient}/trajectory",
        by=staff,
        only="status reporting discontinuation_risk.risk_90d "
        "discontinuation_risk.insufficient_data_reason "
        "discontinuation_risk.missing_covariates functional_status "
        "scores.local_date scores.pain_level scores.status",
    )
    send("rejected", f"GET /v1/patients/{patient}/rejected-entries", by=staff)
    grip = {
        "id": _id(6),
        "kind": "grip_strength",
        "measured_on": str(today),
        "hand": "right",
        "dominant": True,
        "dynamometer": "Jamar",
        "tries": [24.5, 26.0, 25.5],
        "unit": "kg",
    }
    send(
        "measurement",
        f"POST /v1/patients/{patient}/measurements",
        by=staff,
        body=grip,
        only="id kind entered_values values interpretation.description version",
    )
    send(
        "patient_plan",
        f"GET /v1/patients/{patient}/plan",
        by=staff,
        only="current.name current.origin upcoming slots.id slots.task slots.kind slots.state slots.due_on",
    )


def _administration(
    recorder: Recorder, admin: dict[str, str], scheduler: dict[str, str], patient: str, now: datetime
) -> None:
    send = recorder.send
    source = "Breast clinic, meeting of 20 November"
    course = {"what": "bpi-sf", "at_weeks": [0, 6, 12], "then_every": {"months": 3}, "source": source}
    send(
        "site_plan",
        "PUT /v1/site/plan",
        by=admin,
        body={"document": {"name": "Breast clinic", "courses": [course]}},
        only="current.name current.origin current.effective_from upcoming",
    )
    gap = {"gap_doses_7d": {"value": 4, "source": source}}
    policy = {"name": "Breast clinic", "tiers": {"silence": "self_care"}, "thresholds": gap}
    send(
        "policy",
        "PUT /v1/site/policy",
        by=admin,
        body={"document": policy, "note": "As agreed."},
        only="current.name current.effective_from current.note current.changes upcoming",
    )
    send("webhook", "POST /v1/webhooks", by=admin, body={"url": "https://pager.example.org/aimss"})
    reminder = {"patient_id": patient, "slot": "week-6"}
    send("reminder", "POST /v1/reminders", by=scheduler, body=reminder)
    before = (now + timedelta(days=8)).strftime("%Y-%m-%dT%H:%M:%SZ")
    send(
        "reminders",
        f"GET /v1/reminders?due_before={before}&limit=1",
        by=scheduler,
        only="items.patient_id items.purpose items.slot items.delivery next more",
    )


def _errors(recorder: Recorder, me: dict[str, str]) -> None:
    send = recorder.send
    send("unknown_parameter", "GET /v1/me/entries?dry_run=true", by=me)
    send("version_missing", f"DELETE /v1/me/entries/{_id(1)}", by=me)
    send("version_moved", f"DELETE /v1/me/entries/{_id(1)}", by=me, headers={"If-Match": '"1"'})
    send("not_signed_in", "GET /v1/me")


def filled(text: str, exchanges: Mapping[str, str]) -> str:
    """Return the page with every exchange between its marks.

    Raises:
        KeyError: A mark names an exchange that is not recorded.
    """
    return MARK.sub(lambda found: f"{found[1]}{exchanges[found[2]]}{found[3]}", text)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), recorded()), encoding="utf-8")
