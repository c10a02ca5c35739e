"""Bodies that cannot be read, or only in part: refused with place and reason, and nothing else is lost."""

import json

import pytest
from flask.testing import FlaskClient

from tests.api.statements import URL, send
from tests.support.builders import Clinic, a_report


def test_half_a_character_in_one_note_refuses_that_item_only(client: FlaskClient, clinic: Clinic) -> None:
    batch = [a_report(pain_worst=1), a_report(pain_worst=2, note="\ud83d"), a_report(pain_worst=3)]
    answer = send(client, clinic, {"entries": batch})
    assert answer.status_code == 200
    statuses = [result["status"] for result in answer.json["results"]]
    assert statuses == ["created", "rejected", "created"]
    kept = client.get("/v1/me/rejected-entries", headers=clinic.patient.headers).json["items"]
    assert [item["entry_id"] for item in kept] == [batch[1]["id"]]
    raw = json.dumps({"entries": batch}).encode().replace(rb"\ud83d", b"\xff\xfe")
    answer = send(client, clinic, raw)
    statuses = [result["status"] for result in answer.json["results"]]
    assert statuses == ["duplicate", "rejected", "duplicate"]


def test_a_whole_number_with_a_point_is_a_whole_number(client: FlaskClient, clinic: Clinic) -> None:
    report = a_report(pain_worst=3)
    assert send(client, clinic, report | {"pain_worst": 3.0}).status_code == 201
    assert send(client, clinic, report).json["status"] == "duplicate"
    shown = client.get(f"{URL}/{report['id']}", headers=clinic.patient.headers)
    assert "3.0" not in shown.text


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"id": 1,}', 400, "column"),
        (b"", 400, "empty"),
        (b"\xef\xbb\xbf{}", 400, "byte order mark"),
        ("{}".encode("utf-16"), 415, "UTF-16"),
        (b"\x1f\x8b\x08", 415, "gzip"),
        (b'{"pain_worst": NaN}', 422, "nan is not a whole number"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_place_and_reason(
    client: FlaskClient, clinic: Clinic, body: bytes, status: int, words: str
) -> None:
    answer = send(client, clinic, body)
    assert (answer.status_code, words in answer.json["detail"]) == (status, True), answer.json
    assert "browser" not in answer.text


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"language": "de",}', 400, "column"),
        (b'{"check_in_weekday": NaN}', 400, "column"),
        (b'{"language": "\\ud83d"}', 400, "column"),
        (b"\xef\xbb\xbf{}", 400, "byte order mark"),
        ("{}".encode("utf-16"), 415, "UTF-16"),
        (b"\x1f\x8b\x08", 415, "gzip"),
    ],
)
def test_any_other_body_that_cannot_be_read_is_refused_with_place_and_reason(
    client: FlaskClient, clinic: Clinic, body: bytes, status: int, words: str
) -> None:
    for url, who, method in (
        ("/v1/me", clinic.patient, "PATCH"),
        (f"/v1/patients/{clinic.patient.id}/measurements", clinic.nurse, "POST"),
    ):
        answer = client.open(
            url, method=method, data=body, headers=who.headers, content_type="application/json"
        )
        assert (answer.status_code, words in answer.json["detail"]) == (status, True), answer.json
        assert "browser" not in answer.text


def test_a_whole_number_with_a_point_is_one_in_every_body(client: FlaskClient, clinic: Clinic) -> None:
    me = client.get("/v1/me", headers=clinic.patient.headers).json
    answer = client.patch(
        "/v1/me",
        json={"check_in_weekday": 3.0},
        headers={**clinic.patient.headers, "If-Match": f'"{me["version"]}"'},
    )
    assert answer.json["check_in_weekday"] == 3


def test_what_is_kept_of_a_refusal_is_in_english_for_the_team(client: FlaskClient, clinic: Clinic) -> None:
    headers = {"Accept-Language": "de"}
    me = client.get("/v1/me", headers=clinic.patient.headers).json
    client.patch(
        "/v1/me",
        json={"language": "de"},
        headers={**clinic.patient.headers, "If-Match": f'"{me["version"]}"'},
    )
    refused = send(client, clinic, b'{"pain_worst": 3,}', headers=headers)
    assert "kein JSON" in refused.json["detail"]
    url = f"/v1/patients/{clinic.patient.id}/rejected-entries"
    [kept] = client.get(url, headers=clinic.nurse.headers).json["items"]
    assert kept["problem"]["detail"].startswith("no JSON")
