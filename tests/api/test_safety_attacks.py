"""Nothing a phone sends loses a statement of safety, doubles it, silences it, or holds up other patients."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update

from api.db.database import Database
from api.domain.errors import TooManyTries
from api.models.alert import Alert, Evidence
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.services.entries import daily_limit
from tests.api.statements import alerts, marks, resolve, send, stating
from tests.support.builders import Clinic, a_report

BOTH = {"red_flag", "wish_to_stop"}
FIELDS = ("id", "recorded_at", "local_date", "pain_worst", "stiffness", "dose", "note", "body_sites", "more")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["\ud83d", "\x00", "0001-01-01T00:00:00+14:00", "9999-12-31", "x" * 3000, 10**400])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@given(field=st.sampled_from(FIELDS), value=VALUES)
@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_field_of_an_entry_made_unreadable_still_raises_the_alerts(
    client: FlaskClient, clinic: Clinic, database: Database, field: str, value: Any
) -> None:
    with database.read() as session:
        before = session.scalar(select(func.count()).select_from(Evidence)) or 0
    answer = send(client, clinic, stating(local_date=str(datetime.now(UTC).date())) | {field: value})
    assert answer.status_code in {201, 422}, answer.text
    assert next(iter(answer.json)) == "emergency"
    with database.read() as session:
        after = session.scalar(select(func.count()).select_from(Evidence))
    is_known = field == "id" and answer.status_code == 422 and after == before  # the same id as before
    assert after == before + 2 or is_known
    assert set(alerts(client, clinic)) == BOTH


@pytest.mark.parametrize("second", [[], [a_report()], None, 7, "x"])
def test_a_batch_that_names_its_entries_twice_is_refused_and_both_are_heard(
    client: FlaskClient, clinic: Clinic, second: Any
) -> None:
    body = f'{{"entries": [{json.dumps(stating())}], "entries": {json.dumps(second)}}}'
    answer = send(client, clinic, body)
    assert answer.status_code == 422
    assert set(alerts(client, clinic)) == BOTH
    url = f"/v1/patients/{clinic.patient.id}/rejected-entries"
    [kept] = client.get(url, headers=clinic.nurse.headers).json["items"]
    assert "chest_pain" in kept["body"]


@pytest.mark.parametrize("wrap", [json.dumps, lambda text: {"entries": text}])
def test_an_entry_written_as_json_twice_is_refused_and_heard(
    client: FlaskClient, clinic: Clinic, wrap: Any
) -> None:
    assert send(client, clinic, wrap(json.dumps(stating()))).status_code == 422
    assert set(alerts(client, clinic)) == BOTH


def test_a_note_that_quotes_an_entry_states_nothing(client: FlaskClient, clinic: Clinic) -> None:
    send(client, clinic, a_report(note=json.dumps(stating())[:500], pain_worst=99))
    assert alerts(client, clinic) == {}


@pytest.mark.parametrize(
    "date",
    ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 00:00:00 +99999999999", "soon", ""],
)
def test_a_date_header_that_is_none_does_not_matter(client: FlaskClient, clinic: Clinic, date: str) -> None:
    assert send(client, clinic, stating(), headers={"Date": date}).status_code == 201
    assert set(alerts(client, clinic)) == BOTH


@pytest.mark.parametrize("end", ["", '"', "\\"])
def test_deep_nesting_around_an_endless_text_is_read_in_linear_time(
    client: FlaskClient, clinic: Clinic, end: str
) -> None:
    """With a search that tries each quote as a start this body takes hours, and stops all threads."""
    body = json.dumps(stating())[:-1] + ',"x":' + "[" * 3000 + '"' + '\\"' * 490_000 + end
    assert send(client, clinic, body).status_code == 400
    assert set(alerts(client, clinic)) == BOTH


def test_thousands_of_statements_in_one_refused_body_are_recorded_within_bounds(
    client: FlaskClient, clinic: Clinic
) -> None:
    items = [{"wants_to_stop": True, "n": n} for n in range(20_000)] + [{"red_flags": "chest_pain"}]
    for _ in range(2):
        body = json.dumps({"entries": items}, separators=(",", ":"))
        assert send(client, clinic, body).status_code == 422
    assert set(alerts(client, clinic)) == BOTH
    assert [len(alerts(client, clinic)[kind]["evidence"]) for kind in sorted(BOTH)] == [1, 201]


def test_a_request_that_fails_by_a_fault_of_the_server_is_heard(
    app: Flask, client: FlaskClient, clinic: Clinic
) -> None:
    def fail() -> None:
        raise RuntimeError("a fault")

    app.test_client_class = FlaskClient  # a fault is in no contract
    phone = app.test_client()
    app.before_request_funcs.setdefault("entries", []).append(fail)
    report = stating()
    for _ in range(2):
        answer = send(phone, clinic, report)
        assert (answer.status_code, next(iter(answer.json))) == (500, "emergency")
    app.before_request_funcs["entries"].remove(fail)
    assert send(client, clinic, report).status_code == 201
    assert [len(alert["evidence"]) for alert in alerts(client, clinic).values()] == [1, 1]


def test_a_statement_beyond_the_daily_limit_is_recorded_after_an_answer_too(
    client: FlaskClient, clinic: Clinic
) -> None:
    def flood(flag: str, count: int) -> None:
        send(client, clinic, {"entries": [stating(pain_worst=99, red_flags=[flag]) for _ in range(count)]})

    flood("leg_swelling", 150)
    flood("chest_pain", 1)
    for kind in BOTH:
        resolve(client, clinic, alerts(client, clinic)[kind], "visit_booked")
    flood("chest_pain", 2)
    assert alerts(client, clinic)["red_flag"]["emergency"] is True


def test_what_is_repeated_over_a_budget_opens_no_transaction_that_others_wait_for(
    app: Flask, client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    def refuse() -> None:
        raise TooManyTries("too many requests", retry_after_s=30)

    app.before_request_funcs.setdefault("entries", []).append(refuse)
    report, seen = stating(), list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    send(client, clinic, report)
    app.extensions["aimss.denials"].flush()
    event.listen(database.engine, "before_cursor_execute", note)
    assert send(client, clinic, report).status_code == 429
    event.remove(database.engine, "before_cursor_execute", note)
    assert [each for each in seen if "FOR UPDATE" in each or each.startswith("BEGIN IMMEDIATE")] == []
    assert [len(alert["evidence"]) for alert in alerts(client, clinic).values()] == [1, 1]


def test_entries_of_one_day_are_bounded_and_statements_beyond_are_recorded(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    most = daily_limit.MAX_ENTRIES_A_DAY
    moment = datetime.now(UTC).replace(microsecond=0).isoformat()
    batch = [a_report(recorded_at=moment, pain_worst=3) for _ in range(most + 100)]
    batch[-1] |= {"red_flags": ["chest_pain"]}
    for expected in ("created", "duplicate"):
        results = send(client, clinic, {"entries": batch}).json["results"]
        assert [result["status"] for result in results] == [expected] * most + ["rejected"] * 100
    assert send(client, clinic, batch[0]).json["status"] == "duplicate"
    assert send(client, clinic, a_report(recorded_at=moment)).status_code == 422
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(EntryRow)) == most
    assert alerts(client, clinic)["red_flag"]["emergency"] is True
    assert marks(client, clinic)[0] >= 100


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
@pytest.mark.parametrize("change", [{}, {"pain_worst": 99}, {"id": "one"}, {"recorded_at": 7}])
def test_the_emergency_comes_first_in_the_language_of_the_patient_and_names_no_treatment(
    client: FlaskClient, clinic: Clinic, database: Database, language: str, change: dict[str, Any]
) -> None:
    with database.begin() as session:
        session.execute(update(Patient).where(Patient.id == clinic.patient.id).values(language=language))
    flags = ["chest_pain", "thoughts_of_self_harm"]
    answer = send(client, clinic, stating(red_flags=flags) | change)
    assert next(iter(answer.json)) == "emergency"
    assert answer.json["emergency"]["flags"] == flags
    words = answer.json["emergency"]["text"].lower()
    own = {"en": "call the", "de": "rufen sie", "es": "llame ahora", "fr": "appelez"}
    assert [other for other, text in own.items() if text in words] == [language]
    for part in (
        "tablet",
        "medic",
        "médic",
        "medik",
        "dose",
        "dosis",
        "paus",
        "aspirin",
        "letrozol",
        "exercise",
    ):
        assert part not in words


def test_the_same_id_from_two_phones_with_different_flags_is_one_alert_that_says_both(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    shared = str(uuid4())
    first = a_report(id=shared, red_flags=["leg_swelling"], pain_worst=99)
    second = a_report(id=shared, red_flags=["hot_swollen_joint"])
    third = a_report(id=shared, red_flags=["chest_pain"])
    for each in (first, second, third, first, second, third):
        send(client, clinic, each)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Alert)) == 1
        [evidence] = session.scalars(select(Evidence)).all()
    assert set(evidence.numbers["red_flags"]) == {"leg_swelling", "hot_swollen_joint", "chest_pain"}
