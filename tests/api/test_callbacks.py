"""A patient asks for a call: an alert that only a person answers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.score import ScoreRow
from api.services.scoring import patient_lock, score
from notifications.jobs.escalation import escalate_overdue
from tests.notifications.conftest import messages_of, subscribe
from tests.support.builders import Clinic, a_proxy, a_report

URL = "/v1/me/callback-requests"
TABLETS = {"about": "tablets", "reach_me": "mornings, 030 1234", "note": "Could we talk?"}

Ask = Callable[..., Any]


@pytest.fixture
def ask(client: FlaskClient, clinic: Clinic) -> Ask:
    """A way to ask for a call."""

    def asking(**changes: Any) -> Any:
        return client.post(URL, json=TABLETS | changes, headers=clinic.patient.headers)

    return asking


@pytest.fixture
def requests(client: FlaskClient, clinic: Clinic) -> Callable[[], list[dict[str, Any]]]:
    """A way to read the patient's own requests."""
    return lambda: client.get(URL, headers=clinic.patient.headers).json["items"]  # type: ignore[no-any-return]


@pytest.fixture
def alerts(client: FlaskClient, clinic: Clinic) -> Callable[..., list[dict[str, Any]]]:
    """A way to read the patient's alerts as the team sees them."""

    def reading(*, closed: bool = True) -> list[dict[str, Any]]:
        path = f"/v1/patients/{clinic.patient.id}/alerts" if closed else "/v1/alerts"
        return list(client.get(path, headers=clinic.nurse.headers).json["items"])

    return reading


def answer(client: FlaskClient, clinic: Clinic, alert: dict[str, Any], act: str, **body: Any) -> None:
    headers = clinic.nurse.headers | {"If-Match": f'"{alert["version"]}"'}
    done = client.post(f"/v1/alerts/{alert['id']}/{act}", json=body or None, headers=headers)
    assert done.status_code == 200, done.text


def test_a_request_is_a_routine_alert_on_the_worklist_in_the_patients_words(ask: Ask, alerts: Any) -> None:
    made = ask()
    (alert,) = alerts(closed=False)
    assert made.status_code == 201
    assert (alert["kind"], alert["tier"], alert["status"]) == ("callback", "routine", "open")
    assert alert["notified"]
    assert alert["reason"].startswith("asks for a call about the tablets on ")
    assert alert["evidence"][0]["values"] == TABLETS
    assert not alert["emergency"]


def test_the_team_sees_that_somebody_let_in_asked_or_took_it_back(
    client: FlaskClient, clinic: Clinic, database: Database, ask: Ask, alerts: Any
) -> None:
    with database.begin() as session:
        proxy = a_proxy(session, clinic.patient, now=datetime.now(UTC))
    made = client.post(URL, json=TABLETS, headers=proxy.headers)
    assert made.status_code == 201
    (alert,) = alerts(closed=False)
    assert alert["reason"].endswith("; asked by somebody the patient let in")
    assert alert["evidence"][0]["reason"] == alert["reason"]
    assert ask().json["id"] == made.json["id"]
    assert client.delete(f"{URL}/{made.json['id']}", headers=proxy.headers).status_code == 204
    (alert,) = alerts(closed=False)
    assert "; withdrawn by somebody the patient let in on " in alert["reason"]
    ask()
    (alert,) = alerts(closed=False)
    assert "let in" not in alert["reason"]


def test_a_request_says_by_when_the_team_reads_it(client: FlaskClient, clinic: Clinic, ask: Ask) -> None:
    before = client.get(URL, headers=clinic.patient.headers).json["read_by"]
    made = ask().json
    read_by, now = (datetime.fromisoformat(each) for each in (made["read_by"], made["requested_at"]))
    assert made["status"] == "waiting"
    assert now + timedelta(days=1) < read_by <= now + timedelta(days=5)  # two working days
    assert abs(read_by - datetime.fromisoformat(before)) < timedelta(minutes=5)


def test_a_request_is_no_wish_to_stop_and_changes_no_score(
    client: FlaskClient, clinic: Clinic, database: Database, ask: Ask, alerts: Any
) -> None:
    client.post("/v1/me/entries", json=a_report(pain_worst=4), headers=clinic.patient.headers)

    def scores() -> list[Any]:
        with database.read() as session:
            return [
                {name: value for name, value in vars(row).items() if not name.startswith("_")}
                for row in session.scalars(select(ScoreRow))
            ]

    before = scores()
    ask()
    assert scores() == before
    assert [alert["kind"] for alert in alerts()] == ["callback"]


def test_the_same_request_again_is_one_request_and_another_waits(
    ask: Ask, requests: Any, alerts: Any
) -> None:
    chosen = str(uuid4())
    codes = [
        ask(id=chosen).status_code,
        ask(id=chosen).status_code,
        ask().status_code,
        ask(id=chosen, about="other").status_code,
        ask(about="appointment").status_code,
    ]
    assert codes == [201, 200, 200, 409, 409]
    assert [each["id"] for each in requests()] == [chosen]
    assert len(alerts()) == 1


def test_a_withdrawn_request_leaves_the_alert_open_and_marked(
    client: FlaskClient, clinic: Clinic, ask: Ask, requests: Any, alerts: Any
) -> None:
    made = ask().json
    for _ in range(2):
        assert client.delete(f"{URL}/{made['id']}", headers=clinic.patient.headers).status_code == 204
    (alert,), (own,) = alerts(closed=False), requests()
    assert alert["status"] == "open"
    assert "withdrawn by the patient on" in alert["reason"]
    assert alert["evidence"][0]["withdrawn_at"]
    assert alert["next_rung_at"]
    assert (own["status"], own["read_by"]) == ("withdrawn", None)


def test_after_a_withdrawal_the_patient_may_ask_again_under_the_same_alert(
    client: FlaskClient, clinic: Clinic, ask: Ask, alerts: Any
) -> None:
    first = ask().json
    client.delete(f"{URL}/{first['id']}", headers=clinic.patient.headers)
    before = alerts()[0]
    answer(client, clinic, before, "acknowledgement")
    assert ask(about="side_effects").status_code == 201
    (alert,) = alerts()
    assert (alert["status"], len(alert["evidence"])) == ("open", 2)
    assert alert["notified"] > before["notified"]
    assert "unwanted effects" in alert["reason"]


def test_the_patient_sees_that_the_request_was_seen_and_answered(
    client: FlaskClient, clinic: Clinic, ask: Ask, requests: Any, alerts: Any
) -> None:
    made = ask().json
    answer(client, clinic, alerts()[0], "acknowledgement")
    seen = requests()[0]
    answer(client, clinic, alerts()[0], "resolution", outcome="called_no_action")
    answered = requests()[0]
    assert (seen["status"], bool(seen["seen_at"]), seen["read_by"]) == ("seen", True, None)
    assert (answered["status"], bool(answered["answered_at"])) == ("answered", True)
    late = client.delete(f"{URL}/{made['id']}", headers=clinic.patient.headers)
    assert late.json["type"] == "/problems/callback-conflict"
    assert ask().status_code == 201
    assert [each["status"] for each in requests()] == ["waiting", "answered"]


def test_no_scoring_finds_or_withdraws_a_request(
    client: FlaskClient, clinic: Clinic, database: Database, ask: Ask, alerts: Any
) -> None:
    ask()
    sent = a_report(pain_worst=9, red_flags=["chest_pain"])
    headers = clinic.patient.headers
    client.post("/v1/me/entries", json=sent, headers=headers)
    client.put(
        f"/v1/me/entries/{sent['id']}", json=sent | {"pain_worst": 3}, headers=headers | {"If-Match": "*"}
    )
    client.delete(f"/v1/me/entries/{sent['id']}", headers=headers | {"If-Match": "*"})
    with database.begin() as session:
        locked = patient_lock.lock(session, clinic.patient.id, now=datetime.now(UTC))
        score.rescore(session, locked, engine=Engine(), now=datetime.now(UTC))
    (alert,) = [each for each in alerts() if each["kind"] == "callback"]
    assert (alert["status"], alert["evidence"][0]["withdrawn_at"], alert["version"]) == ("open", None, 1)


def test_a_request_escalates_until_somebody_has_answered(
    client: FlaskClient, clinic: Clinic, database: Database, ask: Ask, alerts: Any
) -> None:
    with database.begin() as session:
        for person in (clinic.nurse, clinic.clinician):
            subscribe(session, person)
    ask()

    def told() -> tuple[int, int]:
        first, second = (len(messages_of(database, each)) for each in (clinic.nurse, clinic.clinician))
        return first, second

    at_once, later = told(), datetime.now(UTC) + timedelta(days=6)
    escalate_overdue(database, now=later)
    after_days = told()
    answer(client, clinic, alerts()[0], "resolution", outcome="called_no_action")
    escalate_overdue(database, now=later + timedelta(days=20))
    assert (at_once, after_days, told()) == ((1, 0), (2, 1), (2, 1))


def test_no_message_holds_what_the_request_says(clinic: Clinic, database: Database, ask: Ask) -> None:
    with database.begin() as session:
        subscribe(session, clinic.nurse)
    ask()
    with database.read() as session:
        rows = [
            {column.key: getattr(row, column.key) for column in OutboxMessage.__mapper__.column_attrs}
            for row in session.scalars(select(OutboxMessage))
        ]
        audited = list(
            session.scalars(select(AuditRow.detail).where(AuditRow.action == "callback.requested"))
        )
    assert rows
    assert not [word for word in ("tablets", "mornings", "Could we", "callback") if word in str(rows)]
    assert audited == [None]


def test_a_patient_who_has_left_is_told_to_call(clinic: Clinic, database: Database, ask: Ask) -> None:
    with database.begin() as session:
        session.execute(update(Patient).where(Patient.id == clinic.patient.id).values(status="withdrawn"))
    assert ask().json["type"] == "/problems/patient-not-active"


def test_a_request_of_nobody_is_unknown(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.delete(f"{URL}/{uuid4()}", headers=clinic.patient.headers)
    assert answer.json["type"] == "/problems/unknown-callback"
