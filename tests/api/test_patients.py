"""Enrolling patients, and what their team sees and changes."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.audit import AuditRow
from tests.support.builders import Clinic, a_patient, signed_in

ADA: dict[str, Any] = {
    "reference": "P-1",
    "name": "Ada Example",
    "birth_year": 1960,
    "timezone": "Europe/Berlin",
}


def enrol(client: FlaskClient, clinic: Clinic, **more: Any) -> Any:
    return client.post("/v1/patients", json=ADA | more, headers=clinic.nurse.headers)


def change(client: FlaskClient, clinic: Clinic, changes: Any, version: str | None = '"1"') -> Any:
    headers = clinic.nurse.headers | ({"If-Match": version} if version else {})
    return client.patch(f"/v1/patients/{clinic.patient.id}", json=changes, headers=headers)


def test_a_nurse_enrols_a_patient(client: FlaskClient, clinic: Clinic) -> None:
    answer = enrol(
        client, clinic, ai="letrozole", ai_started_on="2026-02-01", prior_taxane=True, check_in_at="18:00"
    )
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    shown = client.get(answer.headers["Location"], headers=clinic.nurse.headers)
    assert shown.json == answer.json
    assert shown.json["status"] == "active"
    assert (shown.json["ai_started_on"], shown.json["check_in_at"]) == ("2026-02-01", "18:00")
    assert (shown.json["prior_taxane"], shown.json["prior_tamoxifen"]) == (True, None)
    assert datetime.fromisoformat(shown.json["check_in_due_at"]) > datetime.now(UTC)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"name": "A\0"}, "name"),
        ({"name": "A\nB"}, "name"),
        ({"name": "A" * 201}, "name"),
        ({"name": 7}, "name"),
        ({"reference": None}, "reference"),
        ({"birth_year": 1899}, "birth_year"),
        ({"birth_year": 3000}, "birth_year"),
        ({"birth_year": "1960"}, "birth_year"),
        ({"birth_year": 10**18}, "birth_year"),
        ({"timezone": "Berlin"}, "timezone"),
        ({"ai": "tamoxifen"}, "ai"),
        ({"ai_started_on": "1066-10-14"}, "ai_started_on"),
        ({"ai_started_on": "9999-12-31"}, "ai_started_on"),
        ({"prior_taxane": 1}, "prior_taxane"),
        ({"team_id": "mine"}, "team_id"),
        ({"status": "completed"}, "status"),
        ({"surname": "Example"}, "surname"),
    ],
)
def test_what_is_wrong_is_named(
    client: FlaskClient, clinic: Clinic, more: dict[str, Any], wrong: str
) -> None:
    answer = enrol(client, clinic, **more)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [wrong])


def test_a_reference_is_one_patients(client: FlaskClient, clinic: Clinic) -> None:
    enrol(client, clinic)
    answer = enrol(client, clinic)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/reference-taken")
    assert change(client, clinic, {"reference": "P-1"}).status_code == 409


def test_a_team_that_is_not_ones_own_is_unknown(client: FlaskClient, clinic: Clinic) -> None:
    answer = enrol(client, clinic, team_id=str(uuid4()))
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/unknown-team")


def test_a_change_is_of_what_was_read(client: FlaskClient, clinic: Clinic) -> None:
    assert change(client, clinic, {"phone": "030 1"}, version=None).status_code == 428
    first = change(client, clinic, {"phone": "030 1"})
    assert (first.status_code, first.headers["ETag"], first.json["phone"]) == (200, '"2"', "030 1")
    assert change(client, clinic, {"phone": None}).status_code == 412
    assert change(client, clinic, {"phone": None}, version='"2"').json["phone"] is None


def test_who_is_let_go_is_signed_out_at_once(client: FlaskClient, clinic: Clinic) -> None:
    assert change(client, clinic, {"status": "deceased"}).json["check_in_due_at"] is None
    assert client.get("/v1/me", headers=clinic.patient.headers).status_code == 401


def test_the_list_is_paged_searched_and_filtered(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    for number in range(3):
        enrol(client, clinic, reference=f"Q-{number}", name=f"Berta {number}")

    def listed(query: str) -> Any:
        return client.get(f"/v1/patients?{query}", headers=clinic.nurse.headers).json

    first = listed("limit=3")
    rest = listed(f"limit=3&cursor={first['next']}")
    shown = [patient["name"] for patient in first["items"] + rest["items"]]
    assert shown == ["Ada Example", "Berta 0", "Berta 1", "Berta 2"]
    assert rest["next"] is None
    assert [patient["reference"] for patient in listed("reference=q-1")["items"]] == ["Q-1"]
    assert listed("status=withdrawn")["items"] == []


@pytest.mark.parametrize(
    ("query", "type_"),
    [
        ("cursor=bm9uc2Vuc2U", "/problems/invalid-cursor"),
        ("cursor=WyJub3QgYSB1dWlkIl0", "/problems/invalid-cursor"),
        ("limit=0", "/problems/invalid-request"),
        ("limit=201", "/problems/invalid-request"),
        ("limit=x", "/problems/invalid-request"),
        ("status=gone", "/problems/invalid-request"),
        ("reference=%00", "/problems/invalid-request"),
        ("name=ada", "/problems/unknown-parameter"),
    ],
)
def test_a_query_that_means_nothing_is_refused(
    client: FlaskClient, clinic: Clinic, query: str, type_: str
) -> None:
    answer = client.get(f"/v1/patients?{query}", headers=clinic.nurse.headers)
    assert (answer.status_code, answer.json["type"]) == (422, type_)


def test_a_lost_phone_is_signed_out_by_the_team(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    url = f"/v1/patients/{clinic.patient.id}/devices"
    [phone] = client.get(url, headers=clinic.nurse.headers).json["items"]
    assert (phone["label"], phone["current"]) == ("a test", False)
    assert client.delete(f"{url}/{phone['id']}", headers=clinic.nurse.headers).status_code == 204
    assert client.get("/v1/me", headers=clinic.patient.headers).status_code == 401
    gone = client.delete(f"{url}/{phone['id']}", headers=clinic.nurse.headers)
    assert (gone.status_code, gone.json["type"]) == (404, "/problems/unknown-device")


def test_a_device_is_found_under_its_own_patient_only(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        berta = a_patient(session, clinic.team, now=datetime.now(UTC))
        phone = signed_in(session, berta, now=datetime.now(UTC))
    wrong = [
        f"/v1/patients/{clinic.patient.id}/devices/{phone.principal.grant_id}",
        f"/v1/patients/{berta.id}/devices/{clinic.nurse.principal.grant_id}",
    ]
    for url in wrong:
        assert client.delete(url, headers=clinic.nurse.headers).status_code == 404


def test_looking_is_written_down(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    url = f"/v1/patients/{clinic.patient.id}"
    client.get("/v1/patients", headers=clinic.nurse.headers)
    client.get(url, headers=clinic.nurse.headers)
    client.get(f"{url}/devices", headers=clinic.scheduler.headers)
    client.post(f"{url}/activations", headers=clinic.nurse.headers)
    with database.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.actor_kind, row.patient_id, row.detail) for row in rows] == [
        ("patients.listed", "staff", None, {"count": 1, "patients": [str(clinic.patient.id)]}),
        ("patient.read", "staff", clinic.patient.id, None),
        ("devices.read", "service", clinic.patient.id, None),
        ("activation.created", "staff", clinic.patient.id, None),
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (" Ada@Example.org ", "ada@example.org"),
        ("ada@müller.example", "ada@xn--mller-kva.example"),
        ("jörg@example.org", "jörg@example.org"),
    ],
)
def test_an_e_mail_address_is_read_as_those_of_staff_are(
    client: FlaskClient, clinic: Clinic, sent: str, kept: str
) -> None:
    assert enrol(client, clinic, email=sent).json["email"] == kept


@pytest.mark.parametrize(
    "sent", ["ada", "ada@localhost", "ada @example.org", "ada@exa_mple.org", "a@b@c.org"]
)
def test_what_no_mail_server_takes_is_no_e_mail_address(
    client: FlaskClient, clinic: Clinic, sent: str
) -> None:
    answer = enrol(client, clinic, email=sent)
    assert answer.status_code == 422
    assert "email" in answer.text
