"""Patients let somebody in, who reads or writes as a proxy and reaches nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from api.app import create_app
from api.db.database import Database
from api.domain.authority import Scope
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.models.identity import Grant, Token
from api.models.patient import Patient
from api.models.proxy import Proxy
from api.services import after_restore
from api.services.access import tokens
from api.services.accounts.proxies import PAST_SHOWN
from config.settings import Settings
from tests.support.builders import Clinic, Signed, a_patient, a_proxy, a_questionnaire, a_report, signed_in

MINE = "/v1/me/proxies"
FORBIDDEN = (
    "GET /v1/me/devices",
    "GET /v1/me/audit",
    "GET /v1/me/exports",
    "POST /v1/me/exports",
    "GET /v1/me/erasure-requests",
    "POST /v1/me/erasure-requests",
    "GET /v1/me/proxies",
    "POST /v1/me/proxies",
    "GET /v1/push-key",
    "GET /v1/patients",
    "GET /v1/alerts",
    "GET /v1/audit",
)


def soon(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**(delta or {"days": 30}))).isoformat()


def invite(client: FlaskClient, who: Signed, *scopes: str, until: str | None = None) -> dict[str, Any]:
    body = {"name": "Alex", "scopes": list(scopes or ("read", "write")), "until": until or soon()}
    answer = client.post(MINE, json=body, headers=who.headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def activate(client: FlaskClient, code: str) -> TestResponse:
    return client.post("/v1/activations", json={"code": code, "label": "Alex's phone"})


def let_in(client: FlaskClient, who: Signed, *scopes: str, until: str | None = None) -> dict[str, str]:
    """Let somebody in and sign them in; return the headers of their requests."""
    answer = activate(client, invite(client, who, *scopes, until=until)["activation"]["code"])
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_a_proxy_signs_in_with_the_code_once_and_sees_the_diary_of_the_patient(
    client: FlaskClient, clinic: Clinic
) -> None:
    client.post("/v1/me/entries", json=a_report(pain_worst=6), headers=clinic.patient.headers)
    made = invite(client, clinic.patient, "read")
    answer = activate(client, made["activation"]["code"])
    assert (answer.status_code, made["scopes"], made["signed_in_at"]) == (201, ["read"], None)
    assert activate(client, made["activation"]["code"]).status_code == 401
    proxy = {"Authorization": f"Bearer {answer.json['access_token']}"}
    me = client.get("/v1/me", headers=proxy).json
    assert (me["kind"], me["id"], me["proxy"]["name"]) == ("proxy", str(clinic.patient.id), "Alex")
    [entry] = client.get("/v1/me/entries", headers=proxy).json["items"]
    assert entry["pain_worst"] == 6
    [listed] = client.get(MINE, headers=clinic.patient.headers).json["items"]
    assert listed["signed_in_at"] is not None


def test_entries_of_a_proxy_are_marked_and_their_red_flags_are_heard_like_the_patients(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    proxy = let_in(client, clinic.patient)
    entry = a_report(pain_worst=8, red_flags=["chest_pain"], reported_by="patient")
    sent = client.post("/v1/me/entries", json=entry, headers=proxy)
    assert sent.status_code == 201, sent.text
    [shown] = client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    assert (shown["reported_by"], shown["pain_worst"]) == ("proxy", 8)
    with database.read() as session:
        alert = session.scalars(select(Alert).where(Alert.patient_id == clinic.patient.id)).one()
    assert (alert.kind, alert.tier, alert.emergency) == ("red_flag", "same_day", True)
    assert client.get("/v1/me/trajectory", headers=clinic.patient.headers).json["scores"] != []


def test_questionnaires_of_a_proxy_are_marked_for_patient_and_team_until_the_patient_answers(
    client: FlaskClient, clinic: Clinic
) -> None:
    proxy, sent = let_in(client, clinic.patient), a_questionnaire({"worst": 7})
    made = client.post("/v1/me/assessments", json=sent, headers=proxy)
    assert (made.status_code, made.json["reported_by"]) == (201, "proxy"), made.text
    for_team = f"/v1/patients/{clinic.patient.id}/assessments"
    for path, who in (("/v1/me/assessments", clinic.patient), (for_team, clinic.nurse)):
        [shown] = client.get(path, headers=who.headers).json["items"]
        assert (shown["reported_by"], shown["via"]) == ("proxy", "app")
    own = clinic.patient.headers | {"If-Match": "*"}
    mended = sent | {"answers": {"worst": 6}}
    assert client.put(f"/v1/me/assessments/{sent['id']}", json=mended, headers=own).json["reported_by"] == (
        "patient"
    )
    former = client.get(f"/v1/me/assessments/{sent['id']}/versions", headers=proxy).json["items"]
    assert [version["reported_by"] for version in former] == ["proxy"]


def test_an_invitation_sent_again_lets_in_one_person_by_a_new_code(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    body = {"id": str(uuid4()), "name": "Alex", "scopes": ["read", "write"], "until": soon()}
    first = client.post(MINE, json=body, headers=clinic.patient.headers)  # its answer is lost
    again = client.post(MINE, json=body, headers=clinic.patient.headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"] == body["id"]
    assert len(client.get(MINE, headers=clinic.patient.headers).json["items"]) == 1
    codes = [answer.json["activation"]["code"] for answer in (first, again)]
    assert [activate(client, code).status_code for code in codes] == [401, 201]
    used = client.post(MINE, json=body, headers=clinic.patient.headers)
    assert (used.status_code, used.json["type"].split("/")[-1]) == (409, "proxy-conflict")
    with database.read() as session:
        renewed = session.scalars(select(AuditRow).where(AuditRow.action == "proxy.code_renewed")).one()
    assert (renewed.patient_id, str(renewed.object_id)) == (clinic.patient.id, body["id"])


@pytest.mark.parametrize("change", [{"name": "Kim"}, {"scopes": ["read"]}, {"until": "another day"}])
def test_an_id_of_an_invitation_stands_for_no_other_one(
    client: FlaskClient, clinic: Clinic, database: Database, change: dict[str, Any]
) -> None:
    with database.begin() as session:
        now = datetime.now(UTC)
        other = signed_in(session, a_patient(session, clinic.team, now=now), now=now)
    if "until" in change:
        change = {"until": soon(days=31)}
    body = {"id": str(uuid4()), "name": "Alex", "scopes": ["read", "write"], "until": soon()}
    code = client.post(MINE, json=body, headers=clinic.patient.headers).json["activation"]["code"]
    assert client.post(MINE, json=body | change, headers=clinic.patient.headers).status_code == 409
    assert client.post(MINE, json=body, headers=other.headers).status_code == 409
    assert activate(client, code).status_code == 201, "the first code still works"


def test_a_proxy_who_may_only_read_writes_nothing(client: FlaskClient, clinic: Clinic) -> None:
    proxy = let_in(client, clinic.patient, "read")
    assert client.get("/v1/me/trajectory", headers=proxy).status_code == 200
    assert client.post("/v1/me/entries", json=a_report(), headers=proxy).status_code == 403
    assert client.post("/v1/me/reminders/snooze", json={"for": "two_hours"}, headers=proxy).status_code == 403


@pytest.mark.parametrize("operation", FORBIDDEN)
def test_a_proxy_reaches_no_devices_exports_requests_proxies_or_other_patients(
    client: FlaskClient, clinic: Clinic, operation: str
) -> None:
    method, path = operation.split(" ")
    proxy = let_in(client, clinic.patient)
    assert client.open(path, method=method, headers=proxy).status_code == 403


def test_a_proxy_changes_no_settings_of_the_patient(client: FlaskClient, clinic: Clinic) -> None:
    proxy = let_in(client, clinic.patient)
    for changes in ({"phone_timezone": "America/Lima"}, {"language": "de"}, {"email": "alex@example.org"}):
        assert client.patch("/v1/me", json=changes, headers=proxy | {"If-Match": "*"}).status_code == 422


def test_a_proxy_sees_what_the_app_needs_of_the_profile_and_nothing_else(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).email = "ada@example.org"
    for scope in ("read", "write"):
        shown = client.get("/v1/me", headers=let_in(client, clinic.patient, scope)).json
        assert set(shown) == {
            *("kind", "id", "site", "scopes", "proxy"),
            *("name", "status", "language", "timezone", "ai_started_on", "version"),
            *("check_in_weekday", "check_in_at", "check_in_again_at", "check_in_due_at"),
            *("snoozed_until", "paused_until", "care_team", "due", "questions"),
        }
    assert client.get("/v1/me", headers=clinic.patient.headers).json["email"] == "ada@example.org"


def test_every_act_of_a_proxy_is_audited_as_theirs_also_a_read(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    proxy = let_in(client, clinic.patient)
    for path in ("/v1/me", "/v1/me/entries", "/v1/me/due", "/v1/me/trajectory", "/v1/me/assessments"):
        assert client.get(path, headers=proxy).status_code == 200
    client.post("/v1/me/entries", json=a_report(), headers=proxy)
    with database.read() as session:
        [known] = session.scalars(select(Proxy))
        acts = session.scalars(select(AuditRow).where(AuditRow.actor_kind == "proxy")).all()
    operations = {row.detail["operation"] for row in acts if row.action == "patient.shown"}
    assert {"GET /v1/me/entries", "GET /v1/me/due", "GET /v1/me/trajectory", "GET /v1/me"} <= operations
    assert {"proxy.activated", "entries.recorded"} <= {row.action for row in acts}
    assert {(row.actor_id, row.patient_id) for row in acts} == {(known.id, clinic.patient.id)}
    uses = client.get("/v1/me/audit", headers=clinic.patient.headers).json["items"]
    assert {(use["actor_kind"], use["proxy"]) for use in uses} == {("proxy", "Alex")}
    trail = client.get("/v1/audit", headers=clinic.site_admin.headers).json["items"]
    assert {act["actor"]["name"] for act in trail if act["actor_kind"] == "proxy"} == {"Alex"}


def test_ending_the_access_ends_every_sign_in_and_an_unused_code_at_once(
    client: FlaskClient, clinic: Clinic
) -> None:
    proxy, unused = let_in(client, clinic.patient), invite(client, clinic.patient)
    for one in client.get(MINE, headers=clinic.patient.headers).json["items"]:
        for _ in range(2):
            url = f"{MINE}/{one['id']}"
            assert client.delete(url, headers=clinic.patient.headers).status_code == 204
    assert client.get("/v1/me", headers=proxy).status_code == 401
    assert activate(client, unused["activation"]["code"]).status_code == 401
    assert client.get("/v1/me", headers=clinic.patient.headers).status_code == 200


def test_the_access_ends_on_its_day_however_often_it_is_refreshed(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    code = invite(client, clinic.patient, until=soon(days=2))["activation"]["code"]
    issued = activate(client, code).json
    proxy = {"Authorization": f"Bearer {issued['access_token']}"}
    assert datetime.fromisoformat(issued["refresh_expires_at"]) < datetime.now(UTC) + timedelta(days=2)
    with database.begin() as session:
        session.execute(update(Grant).values(ends_at=datetime.now(UTC)).where(Grant.kind == "proxy"))
        lasts = select(Token.expires_at).where(Token.digest == tokens.digest_of(issued["access_token"]))
        expires_at = session.scalars(lasts).one()
        assert expires_at is not None
        assert expires_at > datetime.now(UTC) + timedelta(minutes=1)
    assert client.get("/v1/me", headers=proxy).status_code == 401
    refreshed = client.post("/v1/tokens", json={"refresh_token": issued["refresh_token"]})
    assert refreshed.status_code == 401


@pytest.mark.parametrize("days", [-1, 401])
def test_the_end_lies_ahead_and_not_too_far(client: FlaskClient, clinic: Clinic, days: int) -> None:
    body = {"name": "Alex", "scopes": ["read"], "until": soon(days=days)}
    answer = client.post(MINE, json=body, headers=clinic.patient.headers)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-moment")


def test_five_people_have_access_at_a_time(client: FlaskClient, clinic: Clinic) -> None:
    made = [invite(client, clinic.patient) for _ in range(5)]
    body = {"name": "Sam", "scopes": ["read"], "until": soon()}
    refused = client.post(MINE, json=body, headers=clinic.patient.headers)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/too-many-proxies")
    client.delete(f"{MINE}/{made[0]['id']}", headers=clinic.patient.headers)
    invite(client, clinic.patient)


def test_everybody_with_access_is_listed_and_of_the_past_the_last_ones(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    live, now = invite(client, clinic.patient), datetime.now(UTC)
    with database.begin() as session:
        for number in range(PAST_SHOWN + 1):
            session.add(
                Proxy(
                    site_id=clinic.site.id,
                    patient_id=clinic.patient.id,
                    name=f"Past {number}",
                    may_write=False,
                    until=now + timedelta(days=1),
                    created_at=now + timedelta(seconds=number + 1),
                    code_digest=f"{number}",
                    code_expires_at=now,
                    revoked_at=now,
                )
            )
    listed = client.get(MINE, headers=clinic.patient.headers).json["items"]
    assert [each["name"] for each in listed[:2]] == [f"Past {PAST_SHOWN}", f"Past {PAST_SHOWN - 1}"]
    assert (len(listed), listed[-1]["id"]) == (PAST_SHOWN + 1, live["id"])


def test_letting_in_again_and_again_is_throttled_by_patient(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        now = datetime.now(UTC)
        other = signed_in(session, a_patient(session, clinic.team, now=now), now=now)
    body = {"name": "Sam", "scopes": ["read"], "until": soon()}
    answers = []
    for _ in range(11):
        answers.append(client.post(MINE, json=body, headers=clinic.patient.headers))
        for one in client.get(MINE, headers=clinic.patient.headers).json["items"]:
            client.delete(f"{MINE}/{one['id']}", headers=clinic.patient.headers)
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 900
    invite(client, other)


def test_the_end_of_monitoring_and_a_restore_end_the_access(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    proxy, code = let_in(client, clinic.patient), invite(client, clinic.patient)["activation"]["code"]
    with database.begin() as session:
        other = signed_in(
            session, a_patient(session, clinic.team, now=datetime.now(UTC)), now=datetime.now(UTC)
        )
    kept = let_in(client, other)
    url = f"/v1/patients/{clinic.patient.id}"
    ended = client.patch(url, json={"status": "withdrawn"}, headers=clinic.nurse.headers | {"If-Match": "*"})
    assert ended.status_code == 200, ended.text
    assert client.get("/v1/me", headers=proxy).status_code == 401
    assert activate(client, code).status_code == 401
    assert client.get("/v1/me", headers=kept).status_code == 200
    unused = invite(client, other)["activation"]["code"]
    with database.begin() as session:
        after_restore.settle_restore(session, keep_service_keys=True, now=datetime.now(UTC))
    assert client.get("/v1/me", headers=kept).status_code == 401
    assert activate(client, unused).status_code == 401


def test_nobody_ends_the_access_to_another_patient(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        now = datetime.now(UTC)
        other = signed_in(session, a_patient(session, clinic.team, now=now), now=now)
        theirs = a_proxy(session, other, now=now)
    for wrong in (theirs.principal.proxy_id, uuid4()):
        assert client.delete(f"{MINE}/{wrong}", headers=clinic.patient.headers).status_code == 404
    seen = client.get("/v1/me", headers=theirs.headers).json
    assert UUID(seen["id"]) == other.id


def test_the_phones_of_a_proxy_are_not_among_those_of_the_patient(
    client: FlaskClient, clinic: Clinic
) -> None:
    let_in(client, clinic.patient)
    assert len(client.get("/v1/me/devices", headers=clinic.patient.headers).json["items"]) == 1


def test_a_proxy_uses_up_the_budget_of_the_patient(
    settings: Settings, clinic: Clinic, database: Database
) -> None:
    budget = Settings(secret_key=settings.secret_key, push_loopback=True, patient_requests=4)
    client = create_app(budget, database=database).test_client()
    proxy = let_in(client, clinic.patient)
    answers = [client.get("/v1/me", headers=proxy).status_code for _ in range(6)]
    assert (answers[0], answers[-1]) == (200, 429)
    assert client.get("/v1/me", headers=clinic.patient.headers).status_code == 429
    assert client.get("/v1/me", headers=clinic.nurse.headers).status_code == 200


def test_a_proxy_reads_in_the_patients_language(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    proxy = let_in(client, clinic.patient)
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).language = "es"
    answer = client.get("/v1/me", headers=proxy)
    assert answer.headers["Content-Language"] == "es"
    assert set(answer.json["scopes"]) == {Scope.SELF, Scope.DIARY_READ, Scope.REPORT}


def test_a_proxy_signs_in_in_a_browser_by_the_cookie_of_the_app(client: FlaskClient, clinic: Clinic) -> None:
    code = invite(client, clinic.patient)["activation"]["code"]
    ours = {"Sec-Fetch-Site": "same-origin", "X-AIMSS": "1"}
    body = {"code": code, "label": "Alex's phone", "transport": "cookie"}
    assert client.post("/v1/activations", json=body, headers=ours).status_code == 201
    refreshed = client.post("/v1/tokens", json={}, headers=ours)
    assert refreshed.status_code == 201, refreshed.text
    proxy = {"Authorization": f"Bearer {refreshed.json['access_token']}"}
    assert client.get("/v1/me", headers=proxy).json["kind"] == "proxy"
    signed_out = client.delete("/v1/tokens/current", headers=proxy | ours)
    assert signed_out.status_code == 204
    assert client.post("/v1/tokens", json={}, headers=ours).status_code in {401, 422}
