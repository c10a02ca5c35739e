"""The diary over HTTP."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from api.app import create_app
from api.db.database import Database
from api.domain import cursor
from api.domain.trajectory.engine import Engine
from api.models.entry import RejectedEntry
from config.settings import Settings
from tests.support.builders import Clinic, a_report

URL = "/v1/me/entries"


def post(client: FlaskClient, clinic: Clinic, body: Any) -> Any:
    return client.post(URL, json=body, headers=clinic.patient.headers)


def read_all(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    return list(client.get(URL, headers=clinic.patient.headers).json["items"])


def test_an_entry_is_created_once_and_a_retry_gets_the_first_result(
    client: FlaskClient, clinic: Clinic
) -> None:
    report = a_report(pain_worst=4, note="Hands, mostly.")
    first, again = post(client, clinic, report), post(client, clinic, report)
    assert (first.status_code, first.json["status"]) == (201, "created")
    assert (again.status_code, again.json["status"]) == (200, "duplicate")
    assert again.json["received_at"] == first.json["received_at"]
    assert [entry["pain_worst"] for entry in read_all(client, clinic)] == [4]


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(
    client: FlaskClient, clinic: Clinic
) -> None:
    report = a_report(pain_worst=4)
    post(client, clinic, report)
    other = post(client, clinic, {**report, "pain_worst": 9})
    assert other.status_code == 409
    assert other.json["type"] == "/problems/entry-conflict"
    assert [entry["pain_worst"] for entry in read_all(client, clinic)] == [4]


def test_a_batch_is_judged_item_by_item(client: FlaskClient, clinic: Clinic) -> None:
    known = a_report(pain_worst=1)
    post(client, clinic, known)
    twice = a_report(stiffness=2)
    batch = [a_report(), known, {**known, "pain_worst": 2}, a_report(pain_worst=11), twice, twice]
    answer = post(client, clinic, {"entries": batch})
    assert answer.status_code == 200
    statuses = [result["status"] for result in answer.json["results"]]
    assert statuses == ["created", "duplicate", "conflict", "rejected", "created", "duplicate"]
    assert answer.json["results"][3]["problem"]["errors"] == {
        "pain_worst": "11 is not a whole number in 0..10"
    }


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"pain_worst": 3.5}, "pain_worst", "not a whole number"),
        ({"pain_worst": "3"}, "pain_worst", "not a whole number"),
        ({"pain_worst": True}, "pain_worst", "not a whole number"),
        ({"doses_missed_7d": 8}, "doses_missed_7d", "0..7"),
        ({"dose": "forgotten"}, "dose", "taken, missed, skipped"),
        ({"pian": 3}, "pian", "not something an entry can hold"),
        ({"recorded_at": "2026-03-01T08:00:00"}, "recorded_at", "offset"),
        ({"recorded_at": "1959-03-01T08:00:00+00:00"}, "recorded_at", "before the patient was born"),
        ({"local_date": "2999-01-01"}, "local_date", "after the moment"),
        ({"red_flags": ["headache"]}, "red_flags", "hot_swollen_joint"),
        ({"body_sites": [{"site": "hand", "side": "port"}]}, "body_sites", "left, right"),
        ({"note": "   "}, "note", "leave it out"),
        ({"id": "one"}, "id", "UUID"),
    ],
)
def test_an_error_is_named_with_the_valid_values(
    client: FlaskClient, clinic: Clinic, change: dict[str, Any], field: str, words: str
) -> None:
    answer = post(client, clinic, a_report(pain_average=2) | change)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert words in answer.json["errors"][field]


@pytest.mark.parametrize(("minutes", "is_corrected"), [(9, False), (11, True)])
def test_a_phone_clock_may_run_ten_minutes_ahead(
    client: FlaskClient, clinic: Clinic, minutes: int, is_corrected: bool
) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=minutes)
    assert post(client, clinic, a_report(recorded_at=ahead)).status_code == 201
    [entry] = read_all(client, clinic)
    assert (entry["claimed_at"] is not None) == is_corrected
    assert (datetime.fromisoformat(entry["recorded_at"]) == ahead) != is_corrected


def test_a_blank_answer_is_left_out_and_an_entry_without_answers_is_refused(
    client: FlaskClient, clinic: Clinic
) -> None:
    post(client, clinic, a_report(pain_worst=2, stiffness=None))
    assert "stiffness" not in read_all(client, clinic)[0]
    nothing = {"id": str(uuid4()), "recorded_at": datetime.now(UTC).isoformat(), "stiffness": None}
    assert "at least one answer" in post(client, clinic, nothing).json["detail"]


def test_a_rejected_item_is_kept_where_patient_and_team_see_it_until_a_readable_one_comes(
    client: FlaskClient, clinic: Clinic
) -> None:
    report = a_report(pain_worst=99)
    post(client, clinic, {"entries": [report]})
    post(client, clinic, {"entries": [report]})
    own = client.get("/v1/me/rejected-entries", headers=clinic.patient.headers).json["items"]
    teams = client.get(
        f"/v1/patients/{clinic.patient.id}/rejected-entries", headers=clinic.nurse.headers
    ).json["items"]
    assert [item["entry_id"] for item in own] == [report["id"]] == [item["entry_id"] for item in teams]
    assert '"pain_worst": 99' in own[0]["body"]
    assert own[0]["replaced_at"] is None
    assert post(client, clinic, report | {"pain_worst": 9}).status_code == 201
    own = client.get("/v1/me/rejected-entries", headers=clinic.patient.headers).json["items"]
    assert own[0]["replaced_at"] is not None


def test_what_could_not_be_read_comes_in_pages_and_long_bodies_are_cut(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    reports = [a_report(pain_worst=99, note="x" * 5000), a_report(pain_worst=99), a_report(pain_worst=98)]
    for report in reports:
        post(client, clinic, {"entries": [report]})
    for url, headers in (
        ("/v1/me/rejected-entries", clinic.patient.headers),
        (f"/v1/patients/{clinic.patient.id}/rejected-entries", clinic.nurse.headers),
    ):
        first = client.get(f"{url}?limit=2", headers=headers).json
        rest = client.get(f"{url}?limit=2&cursor={first['next']}", headers=headers).json
        shown = first["items"] + rest["items"]
        assert [item["entry_id"] for item in shown] == [report["id"] for report in reversed(reports)]
        assert [(len(item["body"]) <= 4000, item["body_truncated"]) for item in shown] == [
            (True, False),
            (True, False),
            (True, True),
        ]
        assert rest["next"] is None
        naive = cursor.encode("2026-03-02T12:00:00", shown[0]["id"])
        assert client.get(f"{url}?cursor={naive}", headers=headers).status_code == 422
    with database.read() as session:
        kept = session.scalars(select(func.max(func.length(RejectedEntry.body)))).one()
    assert kept == 4096


def test_bounds_of_a_request(client: FlaskClient, clinic: Clinic) -> None:
    days = [datetime.now(UTC) - timedelta(days=number) for number in range(250)] * 2
    full = post(client, clinic, {"entries": [a_report(recorded_at=day) for day in days]})
    assert {each["status"] for each in full.json["results"]} == {"created"}
    too_many = post(client, clinic, {"entries": [a_report() for _ in range(501)]})
    assert (too_many.status_code, "501" in too_many.json["detail"]) == (422, True)
    assert post(client, clinic, a_report(note="x" * 1_000_001)).status_code == 413
    assert post(client, clinic, [a_report()]).status_code == 422
    unread = client.post(URL, data=b"{nope", headers=clinic.patient.headers, content_type="application/json")
    assert unread.status_code == 400
    assert client.post(URL, data=b"{}", headers=clinic.patient.headers).status_code == 415
    empty = post(client, clinic, {"entries": []})
    assert (empty.status_code, empty.json) == (200, {"results": []})


def test_a_correction_needs_the_version_that_was_read_and_keeps_the_old_words(
    client: FlaskClient, clinic: Clinic
) -> None:
    report = a_report(pain_worst=8)
    post(client, clinic, report)
    url, me = f"{URL}/{report['id']}", clinic.patient.headers
    better = {key: value for key, value in report.items() if key != "id"} | {"pain_worst": 3}
    assert client.put(url, json=better, headers=me).status_code == 428
    assert client.put(url, json=better, headers={**me, "If-Match": '"7"'}).status_code == 412
    tag = client.get(url, headers=me).headers["ETag"]
    corrected = client.put(url, json=better, headers={**me, "If-Match": tag})
    assert (corrected.status_code, corrected.json["pain_worst"], corrected.json["version"]) == (200, 3, 2)
    retried = client.put(url, json=better, headers={**me, "If-Match": tag})
    assert (retried.status_code, retried.json["version"]) == (200, 2)
    [before] = client.get(f"{url}/versions", headers=me).json["items"]
    assert before["answers"] == {"pain_worst": 8}
    late_retry = post(client, clinic, report)
    assert late_retry.json["status"] == "duplicate"


def test_a_withdrawn_entry_becomes_a_tombstone_and_can_come_back(client: FlaskClient, clinic: Clinic) -> None:
    report = a_report(pain_worst=8)
    post(client, clinic, report)
    url, me = f"{URL}/{report['id']}", clinic.patient.headers
    assert client.delete(url, headers=me).status_code == 428
    assert client.delete(url, headers={**me, "If-Match": '"1"'}).status_code == 204
    assert client.delete(url, headers={**me, "If-Match": '"1"'}).status_code == 204
    [tombstone] = read_all(client, clinic)
    assert tombstone["withdrawn"] is True
    assert "pain_worst" not in tombstone
    assert client.get("/v1/me/trajectory", headers=me).json["scores"] == []
    back = client.put(url, json=report, headers={**me, "If-Match": '"2"'})
    assert (back.status_code, back.json["withdrawn"]) == (200, False)
    assert len(client.get("/v1/me/trajectory", headers=me).json["scores"]) == 1


def test_the_change_feed_gives_everything_once_and_then_only_what_changed(
    client: FlaskClient, clinic: Clinic
) -> None:
    reports = [a_report(pain_worst=number) for number in range(5)]
    post(client, clinic, {"entries": reports})
    me, seen, cursor = clinic.patient.headers, [], ""
    for _ in range(3):
        page = client.get(f"{URL}?limit=2&{cursor}", headers=me).json
        seen += [entry["pain_worst"] for entry in page["items"]]
        cursor = f"since={page['next']}"
    assert (seen, page["more"]) == ([0, 1, 2, 3, 4], False)
    client.delete(f"{URL}/{reports[1]['id']}", headers={**me, "If-Match": "*"})
    changed = client.get(f"{URL}?{cursor}", headers=me).json
    assert [(entry["id"], entry["withdrawn"]) for entry in changed["items"]] == [(reports[1]["id"], True)]
    assert client.get(f"{URL}?since=nonsense", headers=me).json["type"] == "/problems/invalid-cursor"


def test_the_local_day_is_that_of_the_patients_zone_when_the_phone_sends_none(
    client: FlaskClient, clinic: Clinic
) -> None:
    evening = datetime.combine(datetime.now(UTC).date() - timedelta(days=2), time(23, 30), UTC)
    post(client, clinic, a_report(recorded_at=evening, pain_worst=1))
    following = str(evening.date() + timedelta(days=1))  # half past midnight or later in Berlin
    assert read_all(client, clinic)[0]["local_date"] == following


class BrokenEngine(Engine):
    """An engine with a bug."""

    def begin(self, facts: Any) -> Any:
        """Fail."""
        raise ZeroDivisionError


def test_when_scoring_fails_the_entry_is_kept_and_team_and_operator_are_notified(
    database: Database, settings: Settings, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    broken: Flask = create_app(settings, database=database, engine=BrokenEngine())
    answer = post(broken.test_client(), clinic, a_report(note="my secret words"))
    assert answer.status_code == 201
    client = create_app(settings, database=database).test_client()
    course = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json
    assert (course["status"], course["scores"]) == ("not_scored", [])
    messages = client.get(f"/v1/patients/{clinic.patient.id}/messages", headers=clinic.nurse.headers).json
    assert {message["kind"] for message in messages["items"]} == {"not_scored"}
    assert client.get("/health/ready").json["not_scored"] == 1
    assert "could not be scored" in caplog.text
    assert "secret" not in caplog.text
    stated = a_report(red_flags=["chest_pain"], gap_reason="hospital")
    assert post(broken.test_client(), clinic, stated).status_code == 201
    worklist = client.get("/v1/alerts", headers=clinic.nurse.headers).json
    assert [alert["kind"] for alert in worklist["items"]] == ["red_flag", "silence"]
    assert [patient["id"] for patient in worklist["not_scored"]] == [str(clinic.patient.id)]
    post(client, clinic, a_report())
    assert client.get("/v1/me/trajectory", headers=clinic.patient.headers).json["status"] != "not_scored"
    worklist = client.get("/v1/alerts", headers=clinic.nurse.headers).json
    assert ([len(alert["evidence"]) for alert in worklist["items"]], worklist["not_scored"]) == ([1, 1], [])


def test_a_bottomless_item_sinks_alone(client: FlaskClient, clinic: Clinic) -> None:
    deep = "[" * 900 + "]" * 900
    body = f'{{"entries": [{{"id": "x", "note": {deep}}}, {json.dumps(a_report())}]}}'
    answer = client.post(URL, data=body, headers=clinic.patient.headers, content_type="application/json")
    assert answer.status_code == 200
    assert [result["status"] for result in answer.json["results"]] == ["rejected", "created"]
