"""Readable safety statements are recorded, whatever else is wrong with the request."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.errors import TooManyTries
from api.models.entry import SafetyStatement
from api.models.patient import Patient
from tests.api.statements import URL, alerts, marks, resolve, send, stating, worklist
from tests.support.builders import Clinic, a_report

JUNK: dict[str, Any] = {
    "unknown field": {"pian": 3},
    "bad id": {"id": "one"},
    "no id": {"id": None},
    "id of another kind": {"id": {"a": 1}},
    "a year ahead": {"recorded_at": "2999-03-01T08:00:00+00:00"},
    "no offset": {"recorded_at": "2026-03-01T08:00:00"},
    "no moment": {"recorded_at": None},
    "before birth": {"recorded_at": "1920-03-01T08:00:00+00:00"},
    "local date ahead": {"local_date": "2999-01-01"},
    "no date": {"local_date": "tomorrow"},
    "note too long": {"note": "x" * 2001},
    "note of another kind": {"note": 7},
    "half a surrogate": {"note": "\ud83d"},
    "surrogate in a name": {"\ud83d": 1},
    "NUL": {"note": "a\x00b"},
    "text for a number": {"pain_worst": "8"},
    "number out of range": {"pain_worst": 11},
    "truth value for a number": {"stiffness": True},
    "not a number": {"pain_worst": float("nan")},
    "infinite": {"pain_worst": float("inf")},
    "without end": {"pain_worst": int("9" * 4000)},
    "unknown dose": {"dose": "forgotten"},
    "nested junk": {"body_sites": [[[{"site": {"site": []}}]]]},
    "deep junk": {"body_sites": json.loads("[" * 300 + "]" * 300)},
    "unknown flag beside a known one": {"red_flags": ["headache", "chest_pain"]},
    "flag alone": {"red_flags": "chest_pain"},
    "flag twice": {"red_flags": ["chest_pain", "chest_pain"]},
    "junk beside a flag": {"red_flags": [None, 7, {"a": []}, "chest_pain"]},
}


@pytest.mark.parametrize("name", JUNK)
def test_what_an_unreadable_item_states_raises_its_alerts(
    client: FlaskClient, clinic: Clinic, name: str
) -> None:
    answer = send(client, clinic, {"entries": [stating(**JUNK[name]), a_report()]})
    assert answer.status_code == 200
    assert [result["status"] for result in answer.json["results"]] == ["rejected", "created"]
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}
    assert alerts(client, clinic)["red_flag"]["tier"] == "same_day"
    assert marks(client, clinic) == [1]


@pytest.mark.parametrize(
    "junk",
    [
        {"red_flags": "headache"},
        {"red_flags": {"chest_pain": True}},
        {"red_flags": [["chest_pain"]]},
        {"red_flags": "CHEST_PAIN"},
        {"wants_to_stop": "true"},
        {"wants_to_stop": 1},
    ],
)
def test_what_cannot_be_read_for_sure_is_shown_to_the_team_and_is_no_alert(
    client: FlaskClient, clinic: Clinic, junk: dict[str, Any]
) -> None:
    assert send(client, clinic, a_report(pain_worst=3) | junk).status_code == 422
    assert alerts(client, clinic) == {}
    assert marks(client, clinic) == [1]


WHOLE_BODIES: dict[str, Any] = {
    "a list": lambda: [stating()],
    "a batch that is no list": lambda: {"entries": {"0": stating()}},
    "a batch with more in it": lambda: {"entries": [stating()], "device": "x"},
    "an entry in an envelope": lambda: {"entry": stating()},
    "too many": lambda: {"entries": [*(a_report() for _ in range(500)), stating()]},
    "a repeated batch": lambda: f'{{"entries": [{json.dumps(stating())}], "entries": [], "x": 1}}',
    "broken off": lambda: json.dumps(stating(note="x"))[:-8],
    "a comma too many": lambda: json.dumps(stating())[:-1] + ",}",
    "without end": lambda: json.dumps(stating())[:-1] + ',"note":' + "[" * 5000,
    "a mark at the beginning": lambda: b"\xef\xbb\xbf" + json.dumps(stating()).encode(),
    "UTF-16": lambda: json.dumps(stating()).encode("utf-16"),
    "UTF-16 without a mark": lambda: json.dumps(stating()).encode("utf-16-le"),
    "too long": lambda: json.dumps(stating(note="x" * 1_000_001)),
    "a text": lambda: json.dumps('{"red_flags": "chest_pain", "wants_to_stop": true}')[1:-1].replace(
        "\\", ""
    ),
}


@pytest.mark.parametrize("name", WHOLE_BODIES)
def test_statements_of_a_body_are_recorded_though_all_of_it_is_refused(
    client: FlaskClient, clinic: Clinic, name: str
) -> None:
    body = WHOLE_BODIES[name]()
    answer = send(client, clinic, body)
    assert answer.status_code in {400, 413, 415, 422}
    assert "browser" not in answer.text
    assert next(iter(answer.json)) == "emergency"
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}
    assert marks(client, clinic) == [1]
    send(client, clinic, body)
    assert [len(alert["evidence"]) for alert in alerts(client, clinic).values()] == [1, 1]


def test_a_request_with_an_unknown_query_parameter_or_media_type_is_heard(
    client: FlaskClient, clinic: Clinic
) -> None:
    assert send(client, clinic, stating(), url=f"{URL}?dry_run=true").status_code == 422
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}
    sent = client.post(URL, data=json.dumps(stating()), headers=clinic.patient.headers)
    assert sent.status_code == 415
    assert len(alerts(client, clinic)["red_flag"]["evidence"]) == 2


def test_a_compressed_body_is_refused_by_name_and_heard(client: FlaskClient, clinic: Clinic) -> None:
    import gzip  # noqa: PLC0415

    body = gzip.compress(json.dumps(stating()).encode())
    for headers in ({"Content-Encoding": "gzip"}, {}):
        answer = send(client, clinic, body, headers=headers)
        assert (answer.status_code, "gzip" in answer.json["detail"]) == (415, True)
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}


@pytest.mark.parametrize(
    ("change", "headers", "status"),
    [
        ({"pain_worst": 99}, {"If-Match": '"1"'}, 422),
        ({"id": str(uuid4())}, {"If-Match": '"1"'}, 422),
        ({}, {"If-Match": '"7"'}, 412),
        ({}, {}, 428),
    ],
)
def test_a_refused_correction_is_heard(
    client: FlaskClient, clinic: Clinic, change: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    calm = a_report(pain_worst=3)
    send(client, clinic, calm)
    url = f"{URL}/{calm['id']}"
    body = stating(id=calm["id"]) | change
    answer = send(client, clinic, body, url=url, method="PUT", headers=headers)
    assert answer.status_code == status
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}
    assert marks(client, clinic) == ([1] if status == 422 else [])


def test_a_correction_of_an_entry_that_is_not_there_is_heard(client: FlaskClient, clinic: Clinic) -> None:
    answer = send(client, clinic, stating(), url=f"{URL}/{uuid4()}", method="PUT")
    assert answer.status_code == 404
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}


def test_a_questionnaire_that_states_something_is_refused_and_heard(
    client: FlaskClient, clinic: Clinic
) -> None:
    body = {"id": str(uuid4()), "instrument": "bpi-sf", "red_flags": ["new_weakness"]}
    answer = send(client, clinic, body, url="/v1/me/assessments")
    assert (answer.status_code, answer.json["emergency"]["flags"]) == (422, ["new_weakness"])
    assert set(alerts(client, clinic)) == {"red_flag"}


def test_what_conflicting_and_repeated_items_state_is_heard(client: FlaskClient, clinic: Clinic) -> None:
    first, second = a_report(pain_worst=3), a_report(pain_worst=2)
    send(client, clinic, first)
    batch = [first | {"red_flags": ["leg_swelling"]}, second, second | {"red_flags": ["hot_swollen_joint"]}]
    answer = send(client, clinic, {"entries": batch})
    assert [result["status"] for result in answer.json["results"]] == ["conflict", "created", "conflict"]
    [alert] = worklist(client, clinic)["items"]
    flags = {flag for each in alert["evidence"] for flag in each["values"]["red_flags"]}
    assert flags == {"leg_swelling", "hot_swollen_joint"}
    assert marks(client, clinic) == []
    alone = send(client, clinic, first | {"red_flags": ["chest_pain"]})
    assert alone.status_code == 409
    assert alerts(client, clinic)["red_flag"]["emergency"] is True


def test_a_repeated_member_rejects_its_item_and_both_statements_are_recorded(
    client: FlaskClient, clinic: Clinic
) -> None:
    item = json.dumps(a_report(pain_worst=3))
    twice = (
        item[:-1]
        + ', "red_flags": ["chest_pain"], "red_flags": ["leg_swelling"], "dose": "taken", "dose": "taken"}'
    )
    answer = send(client, clinic, f'{{"entries": [{twice}, {json.dumps(a_report())}]}}')
    assert [result["status"] for result in answer.json["results"]] == ["rejected", "created"]
    errors = answer.json["results"][0]["problem"]["errors"]
    assert errors == {"red_flags": "is repeated in one item", "dose": "is repeated in one item"}
    [evidence] = alerts(client, clinic)["red_flag"]["evidence"]
    assert evidence["values"]["red_flags"] == ["chest_pain", "leg_swelling"]
    assert evidence["from_rejected_entry"] is True


def test_a_patient_who_has_left_is_heard(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        session.execute(update(Patient).where(Patient.id == clinic.patient.id).values(status="completed"))
    answer = send(client, clinic, stating())
    assert answer.status_code == 409
    assert answer.json["type"] == "/problems/patient-not-active"
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}
    messages = client.get(f"/v1/patients/{clinic.patient.id}/messages", headers=clinic.nurse.headers).json
    assert {message["kind"] for message in messages["items"]} == {"alert"}


def test_only_a_person_closes_what_was_stated(client: FlaskClient, clinic: Clinic) -> None:
    me = clinic.patient.headers
    flagged = a_report(red_flags=["leg_swelling"], pain_worst=99)
    send(client, clinic, flagged)
    url = f"{URL}/{flagged['id']}"
    assert send(client, clinic, flagged | {"pain_worst": 9}).status_code == 201
    calm = {key: value for key, value in flagged.items() if key != "red_flags"} | {"pain_worst": 2}
    assert send(client, clinic, calm, url=url, method="PUT", headers={"If-Match": '"1"'}).status_code == 200
    assert client.delete(url, headers={**me, "If-Match": '"2"'}).status_code == 204
    alert = alerts(client, clinic)["red_flag"]
    assert (alert["status"], [each["withdrawn_at"] for each in alert["evidence"]]) == ("open", [None])

    valid = a_report(wants_to_stop=True)
    send(client, clinic, valid)
    client.delete(f"{URL}/{valid['id']}", headers={**me, "If-Match": '"1"'})
    wish = alerts(client, clinic)["wish_to_stop"]
    assert wish["status"] == "open"
    assert wish["evidence"][0]["withdrawn_at"] is not None  # the team sees that it was taken back


@pytest.mark.parametrize("outcome", ["visit_booked", "could_not_reach"])
def test_a_retry_adds_nothing_also_after_the_answer_and_a_new_statement_does(
    client: FlaskClient, clinic: Clinic, outcome: str
) -> None:
    flagged = a_report(red_flags=["leg_swelling"], pain_worst=99)
    nameless = flagged | {"id": "one"}
    for _ in range(2):
        send(client, clinic, {"entries": [flagged, nameless]})
    alert = alerts(client, clinic)["red_flag"]
    assert len(alert["evidence"]) == 2
    resolve(client, clinic, alert, outcome)
    send(client, clinic, {"entries": [flagged, nameless]})
    send(client, clinic, flagged)
    assert send(client, clinic, flagged | {"pain_worst": 9}).status_code == 201  # mended, as stated before
    assert alerts(client, clinic) == {}
    send(client, clinic, flagged | {"red_flags": ["leg_swelling", "chest_pain"]})
    assert alerts(client, clinic)["red_flag"]["emergency"] is True


def test_statements_of_one_day_are_bounded_and_none_is_lost(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    flood = [a_report(pain_worst=99, red_flags=["leg_swelling"]) for _ in range(300)]
    flood.append(a_report(pain_worst=99, red_flags=["chest_pain"]))
    send(client, clinic, {"entries": flood})
    alert = alerts(client, clinic)["red_flag"]
    assert alert["emergency"] is True
    assert len(alert["evidence"]) == 201
    with database.read() as session:
        keys = session.scalars(select(SafetyStatement.key).distinct()).all()
    assert len([key for key in keys if _is_uuid(key)]) == 200
    assert marks(client, clinic) == [301]


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def test_statements_of_a_request_over_a_budget_are_recorded(
    app: Flask, client: FlaskClient, clinic: Clinic
) -> None:
    def refuse() -> None:
        raise TooManyTries("too many requests", retry_after_s=30)

    app.before_request_funcs.setdefault("entries", []).append(refuse)
    for _ in range(2):
        answer = send(client, clinic, {"entries": [stating()] + [a_report() for _ in range(20)]})
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
        assert next(iter(answer.json)) == "emergency"
    app.before_request_funcs["entries"].remove(refuse)
    assert set(alerts(client, clinic)) == {"red_flag", "wish_to_stop"}
    assert marks(client, clinic) == []  # the phone sends it again
