"""Staff write down what a patient says: scored and alerted of alike, marked, audited by who wrote it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.models.entry import EntryVersion, SafetyStatement
from tests.support.builders import Clinic, a_report


def entries_of(clinic: Clinic) -> str:
    return f"/v1/patients/{clinic.patient.id}/entries"


def told(**changes: Any) -> dict[str, Any]:
    return a_report(via="phone", **changes)


def post(client: FlaskClient, clinic: Clinic, body: Any) -> Any:
    return client.post(entries_of(clinic), json=body, headers=clinic.nurse.headers)


def change(client: FlaskClient, clinic: Clinic, method: str, entry: str, version: str, **sent: Any) -> Any:
    headers = {**clinic.nurse.headers, "If-Match": version}
    return client.open(f"{entries_of(clinic)}/{entry}", method=method, headers=headers, **sent)


def acts(database: Database, clinic: Clinic, *actions: str) -> list[tuple[str, str, UUID | None]]:
    with database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.patient_id == clinic.patient.id)).all()
        return [(row.action, row.actor_kind, row.actor_id) for row in rows if row.action in actions]


def test_an_entry_by_telephone_is_marked_scored_and_alerted_of_like_the_patients_own(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    body = told(pain_worst=9, red_flags=["chest_pain"], reported_by="proxy")
    answer = post(client, clinic, body)
    assert (answer.status_code, answer.json["status"], answer.headers["ETag"]) == (201, "created", '"1"')
    again = post(client, clinic, body)
    assert (again.status_code, again.json["status"]) == (200, "duplicate")
    assert post(client, clinic, {**body, "pain_worst": 3}).status_code == 409
    [mine] = client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    [theirs] = client.get(entries_of(clinic), headers=clinic.nurse.headers).json["items"]
    for shown in (mine, theirs):
        assert (shown["via"], shown["reported_by"], shown["pain_worst"]) == ("phone", "proxy", 9)
    assert client.get("/v1/me/trajectory", headers=clinic.patient.headers).json["scores"] != []
    with database.read() as session:
        alert = session.scalars(select(Alert).where(Alert.kind == "red_flag")).one()
    assert (alert.tier, alert.emergency) == ("same_day", True)
    by_nurse = ("entries.recorded", "staff", clinic.nurse.id)
    assert set(acts(database, clinic, "entries.recorded")) == {by_nurse}


def test_staff_correct_and_withdraw_what_staff_or_the_patient_wrote_and_the_former_is_kept(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    own = a_report(pain_worst=2)
    client.post("/v1/me/entries", json=own, headers=clinic.patient.headers)
    assert (
        change(client, clinic, "PUT", own["id"], '"7"', json=told(id=own["id"], pain_worst=1)).status_code
        == 412
    )
    sent = {**own, "pain_worst": 6, "via": "visit"}
    put = change(client, clinic, "PUT", own["id"], '"1"', json=sent)
    assert (put.status_code, put.json["via"], put.json["pain_worst"]) == (200, "visit", 6)
    same = change(client, clinic, "PUT", own["id"], '"1"', json=sent)
    assert (same.status_code, same.json["version"]) == (200, 2)
    moved = change(client, clinic, "PUT", own["id"], '"2"', json={**sent, "via": "paper"})
    assert (moved.json["via"], moved.json["version"]) == ("paper", 3)
    assert change(client, clinic, "DELETE", own["id"], '"3"').status_code == 204
    [shown] = client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    assert (shown["withdrawn"], "pain_worst" in shown) == (True, False)
    with database.read() as session:
        kept = session.scalars(select(EntryVersion).order_by(EntryVersion.version)).all()
        assert [(row.via, row.answers["pain_worst"]) for row in kept] == [
            ("app", 2),
            ("visit", 6),
            ("paper", 6),
        ]
    done = acts(database, clinic, "entry.corrected", "entry.withdrawn")
    assert {actor for _, _, actor in done} == {clinic.nurse.id}


def test_a_paper_diary_comes_in_at_once_and_nothing_is_kept_of_what_is_refused(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    good, bad = a_report(recorded_at=yesterday), a_report(pain_worst=11, red_flags=["chest_pain"])
    answer = post(client, clinic, {"via": "paper", "entries": [good, bad]})
    assert [each["status"] for each in answer.json["results"]] == ["created", "rejected"]
    assert "pain_worst" in answer.json["results"][1]["problem"]["errors"]
    refused = client.get("/v1/me/rejected-entries", headers=clinic.patient.headers).json["items"]
    assert refused == []
    with database.read() as session:
        assert session.scalars(select(SafetyStatement)).all() == []


@pytest.mark.parametrize("stated", [{}, {"via": "app"}, {"via": "phone", "reported_by": "nurse"}])
def test_staff_say_how_they_learned_it(client: FlaskClient, clinic: Clinic, stated: dict[str, str]) -> None:
    answer = post(client, clinic, {**a_report(), **stated})
    assert answer.status_code == 422
    assert answer.json["errors"].keys() <= {"via", "reported_by"}


def test_a_questionnaire_on_paper_is_marked_scored_and_corrected(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    url, nurse = f"/v1/patients/{clinic.patient.id}/assessments", clinic.nurse.headers
    now = datetime.now(UTC).isoformat()
    answers = {"worst": 7, "least": 2, "average": 5, "now": 4}
    content = {"status": "complete", "recorded_at": now, "answers": answers, "via": "paper"}
    body = {**content, "id": str(uuid4()), "instrument": "bpi-sf"}
    made = client.post(url, json=body, headers=nurse)
    assert (made.status_code, made.json["via"], made.json["reported_by"]) == (201, "paper", "patient")
    assert client.post(url, json=body, headers=nurse).status_code == 200
    [mine] = client.get("/v1/me/assessments", headers=clinic.patient.headers).json["items"]
    assert mine["via"] == "paper"
    assert mine["scores"] != []
    one, match = f"{url}/{body['id']}", {**nurse, "If-Match": made.headers["ETag"]}
    mended = {**content, "answers": answers | {"worst": 8}, "reported_by": "proxy"}
    put = client.put(one, json=mended, headers=match)
    assert (put.status_code, put.json["reported_by"], put.json["version"]) == (200, "proxy", 2)
    former = client.get(f"{one}/versions", headers=nurse).json["items"]
    assert [version["reported_by"] for version in former] == ["patient"]
    assert client.delete(one, headers=match).status_code == 412
    assert client.delete(one, headers={**nurse, "If-Match": '"2"'}).status_code == 204
    done = acts(database, clinic, "assessment.recorded", "assessment.changed", "assessment.withdrawn")
    assert [actor for _, _, actor in done] == [clinic.nurse.id] * 3
