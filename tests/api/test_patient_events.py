"""Events for patients: read, taken on, called, visit booked; and when each entry was read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from api.db.database import Database
from api.domain.delivery.messages import Channel, MessageState
from api.models.assessment import AssessmentRow, AssessmentVersion
from api.models.audit import AuditRow
from api.models.entry import EntryRow, EntryVersion
from api.models.outbox import OutboxMessage
from api.services.patients.diary_looks import read_times
from tests.api.assessments import SEVERITY, post, put
from tests.api.test_reads import plan_of
from tests.support.builders import Clinic, Signed, a_patient, a_questionnaire, a_report, signed_in

URL = "/v1/me/events"
Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def wait(database: Database) -> Callable[[], None]:
    """A way to let a minute pass: everything that is stored is a minute older."""
    moments = (
        *((EntryRow, "received_at"), (EntryVersion, "superseded_at"), (AuditRow, "at")),
        *((AssessmentRow, "received_at"), (AssessmentVersion, "superseded_at")),
        (OutboxMessage, "settled_at"),
    )

    def waiting() -> None:
        with database.begin() as session:
            for table, name in moments:
                for row in session.scalars(select(table).where(getattr(table, name).is_not(None))):
                    setattr(row, name, getattr(row, name) - timedelta(minutes=1))

    return waiting


@pytest.fixture
def events(client: FlaskClient, clinic: Clinic, wait: Callable[[], None]) -> Read:
    """A way to read all events of the patient, a minute later."""

    def reading(who: Signed | None = None) -> list[dict[str, Any]]:
        wait()
        return list(client.get(URL, headers=(who or clinic.patient).headers).json["items"])

    return reading


@pytest.fixture
def send(client: FlaskClient, clinic: Clinic, wait: Callable[[], None]) -> Callable[..., dict[str, Any]]:
    """A way for the patient to send an entry, which was a minute ago."""

    def sending(**answers: Any) -> dict[str, Any]:
        sent = a_report(**answers)
        assert client.post("/v1/me/entries", json=sent, headers=clinic.patient.headers).status_code == 201
        wait()
        return sent

    return sending


def look(client: FlaskClient, clinic: Clinic, *, at: str = "entries") -> None:
    url = f"/v1/patients/{clinic.patient.id}/{at}"
    assert client.get(url, headers=clinic.nurse.headers).status_code == 200


def own(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    (entry,) = client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    return dict(entry)


def set_site(client: FlaskClient, clinic: Clinic, **changes: Any) -> None:
    headers = clinic.site_admin.headers | {"If-Match": "*"}
    answer = client.patch("/v1/site", json=changes, headers=headers)
    assert answer.status_code == 200, answer.text


def answer_alert(client: FlaskClient, clinic: Clinic, *, outcome: str) -> None:
    headers = clinic.nurse.headers | {"If-Match": "*"}
    alert = client.get("/v1/alerts", headers=headers).json["items"][0]["id"]
    client.post(f"/v1/alerts/{alert}/acknowledgement", headers=headers)
    done = client.post(f"/v1/alerts/{alert}/resolution", json={"outcome": outcome}, headers=headers)
    assert done.status_code == 200


@pytest.mark.parametrize("at", ["entries", "trajectory"])
def test_the_first_look_after_an_entry_is_an_event_and_further_ones_are_not(
    client: FlaskClient, clinic: Clinic, events: Read, send: Any, wait: Any, at: str
) -> None:
    look(client, clinic, at=at)  # nothing is there yet
    wait()
    send()
    for _ in range(2):
        look(client, clinic, at=at)
        wait()
    send()
    look(client, clinic, at=at)
    found = events()
    assert [(each["kind"], each["role"], each["name"]) for each in found] == [
        ("entry.read", "nurse", None)
    ] * 2


def test_a_list_of_several_patients_is_no_look_at_the_diary(
    client: FlaskClient, clinic: Clinic, events: Read, send: Any
) -> None:
    send(red_flags=["chest_pain"])
    client.get("/v1/alerts", headers=clinic.nurse.headers)
    client.get("/v1/patients", headers=clinic.nurse.headers)
    assert events() == []
    assert own(client, clinic)["read_at"] is None


@pytest.mark.parametrize(
    "part",
    [
        *("entries?until=2025-01-31", "entries?from=2025-01-01&limit=1", "entries?limit=1"),
        "trajectory?until_date=2025-01-31",
    ],
)
def test_a_look_that_left_out_something_new_is_no_look_at_it(
    client: FlaskClient, clinic: Clinic, events: Read, send: Any, wait: Any, part: str
) -> None:
    now = datetime.now(UTC)
    first = send(recorded_at=now - timedelta(days=1))
    second = send(recorded_at=now)
    look(client, clinic, at=part)
    wait()
    read_at = {
        entry["id"]: entry["read_at"]
        for entry in client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    }
    assert read_at == {first["id"]: None, second["id"]: None}
    assert events() == []
    look(client, clinic)
    assert [each["kind"] for each in events()] == ["entry.read"]
    look(client, clinic, at=part)
    assert [each["kind"] for each in events()] == ["entry.read"]


def test_a_page_that_holds_all_that_is_new_is_a_look_also_at_a_correction(
    client: FlaskClient, clinic: Clinic, events: Read, send: Any, wait: Any
) -> None:
    now = datetime.now(UTC)
    old = send(recorded_at=now - timedelta(days=2))
    look(client, clinic)
    wait()
    send(recorded_at=now)
    newest = f"entries?from={now.date() - timedelta(days=1)}"
    look(client, clinic, at=newest)
    assert [each["kind"] for each in events()] == ["entry.read"] * 2
    headers = clinic.patient.headers | {"If-Match": "*"}
    client.put(f"/v1/me/entries/{old['id']}", json=old | {"pain_worst": 7}, headers=headers)
    wait()
    look(client, clinic, at=newest)
    assert [each["kind"] for each in events()] == ["entry.read"] * 2
    look(client, clinic, at="trajectory")
    assert [each["kind"] for each in events()] == ["entry.read"] * 3


def test_a_questionnaire_is_read_once_a_page_leaves_out_no_new_one(
    client: FlaskClient, clinic: Clinic, events: Read, wait: Any
) -> None:
    sent = a_questionnaire(SEVERITY)
    assert post(client, clinic, sent).status_code == 201
    wait()
    for part in ("entries", "trajectory", "assessments?instrument=haq-di"):
        look(client, clinic, at=part)
    assert events() == []
    for _ in range(2):
        look(client, clinic, at="assessments")
        assert [(each["kind"], each["role"]) for each in events()] == [("assessment.read", "nurse")]
    put(client, clinic, sent | {"answers": SEVERITY | {"worst": 9}})
    wait()
    look(client, clinic, at="assessments")
    assert [each["kind"] for each in events()] == ["assessment.read"] * 2
    set_site(client, clinic, hidden_events=["assessment.read"])
    assert events() == []


def test_an_alert_shows_no_entry(client: FlaskClient, clinic: Clinic, events: Read, send: Any) -> None:
    send(red_flags=["chest_pain"])
    alert = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"][0]["id"]
    assert client.get(f"/v1/alerts/{alert}", headers=clinic.nurse.headers).status_code == 200
    assert events() == []
    assert own(client, clinic)["read_at"] is None


def test_an_entry_says_when_its_present_version_was_first_read(
    client: FlaskClient, clinic: Clinic, send: Any, wait: Any
) -> None:
    sent = send()
    before = own(client, clinic)
    look(client, clinic)
    wait()
    first = own(client, clinic)
    look(client, clinic)
    again = own(client, clinic)
    headers = clinic.patient.headers | {"If-Match": "*"}
    client.put(f"/v1/me/entries/{sent['id']}", json=sent | {"pain_worst": 7}, headers=headers)
    wait()
    corrected = own(client, clinic)
    look(client, clinic)
    after = own(client, clinic)
    assert before["read_at"] is None
    assert first["read_at"] > before["received_at"]
    assert again["read_at"] == first["read_at"]
    assert corrected["read_at"] is None
    assert corrected["received_at"] > again["read_at"], "as the phone compares it with later looks"
    assert after["read_at"] > first["read_at"]


def test_a_look_in_the_moment_an_entry_comes_does_not_count(client: FlaskClient, clinic: Clinic) -> None:
    client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    look(client, clinic)
    assert own(client, clinic)["read_at"] is None


@pytest.mark.parametrize(
    ("outcome", "kinds"),
    [
        ("called_self_care", ["alert.acknowledged", "contacted"]),
        ("called_no_action", ["alert.acknowledged", "contacted"]),
        ("visit_booked", ["alert.acknowledged", "visit_booked"]),
        ("false_alert", ["alert.acknowledged"]),
    ],
)
def test_what_the_team_did_about_an_alert_is_told_without_clinical_content(
    client: FlaskClient, clinic: Clinic, events: Read, send: Any, outcome: str, kinds: list[str]
) -> None:
    send(red_flags=["chest_pain"])
    answer_alert(client, clinic, outcome=outcome)
    found = events()
    assert [each["kind"] for each in found] == kinds
    assert {each["role"] for each in found} == {"nurse"}
    assert set(found[0]) == {"at", "kind", "role", "name"}


def deliver(database: Database, **values: Any) -> None:
    """Let a worker have delivered every message about an alert, to a nurse and by e-mail."""
    sent = {"state": MessageState.DELIVERED, "channel": Channel.EMAIL, "settled_at": datetime.now(UTC)}
    with database.begin() as session:
        about_alerts = update(OutboxMessage).where(OutboxMessage.alert_id.is_not(None))
        session.execute(about_alerts.values(sent | values))


def test_the_first_message_to_the_team_is_an_event_and_further_ones_are_not(
    client: FlaskClient, clinic: Clinic, database: Database, events: Read, send: Any
) -> None:
    send(red_flags=["chest_pain"])
    waiting = events()
    deliver(database, recipient_id=clinic.nurse.id)
    with database.begin() as session:
        messages = session.scalars(select(OutboxMessage).where(OutboxMessage.alert_id.is_not(None))).all()
        messages[-1].settled_at += timedelta(seconds=1)
    assert len(messages) > 2
    told = events()
    assert waiting == []
    assert [(each["kind"], each["role"], each["name"]) for each in told] == [
        ("alert.notified", "nurse", None)
    ]
    set_site(client, clinic, hidden_events=["alert.notified"])
    assert events() == []


@pytest.mark.parametrize(
    "values", [{"state": MessageState.DEAD}, {"state": MessageState.REHEARSED}, {"channel": Channel.WEBHOOK}]
)
def test_a_message_that_reached_nobody_is_no_event(
    database: Database, clinic: Clinic, events: Read, send: Any, values: dict[str, str]
) -> None:
    send(red_flags=["chest_pain"])
    deliver(database, recipient_id=clinic.nurse.id, **values)
    assert events() == []


def test_a_patient_reads_no_events_of_another_one(
    client: FlaskClient, clinic: Clinic, database: Database, events: Read, send: Any
) -> None:
    with database.begin() as session:
        now = datetime.now(UTC)
        other = signed_in(session, a_patient(session, clinic.team, now=now), now=now)
    send(red_flags=["chest_pain"])
    deliver(database, recipient_id=clinic.nurse.id)
    look(client, clinic)
    answer_alert(client, clinic, outcome="visit_booked")
    assert events(other) == []
    assert len(events()) == 4


def test_a_site_hides_kinds_and_shows_names(
    client: FlaskClient, clinic: Clinic, events: Read, send: Any, wait: Any
) -> None:
    send(red_flags=["chest_pain"])
    look(client, clinic)
    wait()
    answer_alert(client, clinic, outcome="visit_booked")
    set_site(client, clinic, hidden_events=["entry.read", "alert.acknowledged"], events_name_staff=True)
    assert [(each["kind"], each["name"]) for each in events()] == [("visit_booked", "A nurse")]
    assert own(client, clinic)["read_at"] is None
    set_site(client, clinic, hidden_events=[])
    assert [each["kind"] for each in events()] == ["entry.read", "alert.acknowledged", "visit_booked"]
    assert own(client, clinic)["read_at"]


def test_the_cursor_gives_each_event_once(
    client: FlaskClient, clinic: Clinic, database: Database, send: Any, wait: Any, events: Read
) -> None:
    send(red_flags=["chest_pain"])
    deliver(database, recipient_id=clinic.nurse.id)
    wait()
    look(client, clinic)
    wait()
    answer_alert(client, clinic, outcome="visit_booked")
    whole = events()
    assert [each["kind"] for each in whole] == [
        *("alert.notified", "entry.read", "alert.acknowledged", "visit_booked")
    ]
    pages, cursor = [], {}
    for _ in range(len(whole) + 1):
        page = client.get(URL, query_string={"limit": 1} | cursor, headers=clinic.patient.headers).json
        pages.append(page["items"])
        cursor = {"since": page["next"]}
    assert [each for page in pages for each in page] == whole
    assert (page["items"], page["more"]) == ([], False)
    wrong = client.get(URL, query_string={"since": "WyJhIl0"}, headers=clinic.patient.headers)
    assert wrong.json["type"] == "/problems/invalid-cursor"


def act(clinic: Clinic, action: str, *, at: datetime) -> AuditRow:
    return AuditRow(
        at=at,
        site_id=clinic.site.id,
        actor_kind="staff",
        actor_id=clinic.nurse.id,
        action=action,
        patient_id=clinic.patient.id,
    )


def test_an_act_that_was_stored_out_of_order_is_not_lost(
    client: FlaskClient, clinic: Clinic, database: Database, send: Any, wait: Any
) -> None:
    send()
    now = datetime.now(UTC)
    with database.begin() as session:
        for action, ago in (("alert.acknowledged", 5), ("entries.read", 15)):
            session.add(act(clinic, action, at=now - timedelta(seconds=ago)))
            session.flush()
    first = client.get(URL, headers=clinic.patient.headers).json
    wait()
    rest = client.get(URL, query_string={"since": first["next"]}, headers=clinic.patient.headers).json
    assert [each["kind"] for each in first["items"]] == []
    assert {each["kind"] for each in rest["items"]} == {"alert.acknowledged", "entry.read"}


def test_looks_that_were_stored_out_of_order_are_taken_in_the_order_of_time(
    client: FlaskClient, clinic: Clinic, database: Database, send: Any, events: Read
) -> None:
    send()
    now = datetime.now(UTC)
    with database.begin() as session:
        for ago in (timedelta(seconds=30), timedelta(minutes=30)):
            session.add(act(clinic, "entries.read", at=now - ago))
            session.flush()
    assert [each["kind"] for each in events()] == ["entry.read"]


def test_the_team_does_not_see_when_the_patient_saw_it_as_read(
    client: FlaskClient, clinic: Clinic, send: Any
) -> None:
    send()
    url = f"/v1/patients/{clinic.patient.id}/entries"
    assert "read_at" not in client.get(url, headers=clinic.nurse.headers).json["items"][0]


def test_the_looks_at_a_diary_come_from_their_index(
    client: FlaskClient, clinic: Clinic, database: Database, send: Any
) -> None:
    send()
    look(client, clinic)
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with database.read() as session:
        rows = session.scalars(select(EntryRow)).all()
        event.listen(database.engine, "before_cursor_execute", note)
        try:
            read_times(session, clinic.patient.id, {row.id: row.received_at for row in rows})
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
    plans = [plan_of(database, *each) for each in asked if "FROM audit" in each[0]]
    assert len(plans) == 2
    assert all("ix_audit_looks" in plan for plan in plans)
