"""A code from the care team turns a phone into the patient's device."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app import create_app
from api.db.database import Database
from api.models.audit import AuditRow
from config.settings import Settings
from tests.support.builders import Clinic


def a_code(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    url = f"/v1/patients/{clinic.patient.id}/activations"
    answer = client.post(url, headers=clinic.nurse.headers)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json
    return made


def activate(client: FlaskClient, code: str, **more: Any) -> Any:
    return client.post("/v1/activations", json={"code": code} | more)


def test_a_code_signs_the_patients_phone_in(client: FlaskClient, clinic: Clinic) -> None:
    answer = activate(client, a_code(client, clinic)["code"], label="Ada's phone")
    assert answer.status_code == 201
    me = client.get("/v1/me", headers={"Authorization": f"Bearer {answer.json['access_token']}"})
    assert (me.json["kind"], me.json["id"]) == ("patient", str(clinic.patient.id))
    devices = client.get("/v1/me/devices", headers=clinic.patient.headers).json["items"]
    assert {device["label"] for device in devices} == {"Ada's phone", "a test"}


def test_a_code_is_shown_to_type_and_to_scan_and_stays_out_of_logs(
    client: FlaskClient, clinic: Clinic
) -> None:
    made = a_code(client, clinic)
    assert made["url"] == f"http://127.0.0.1:8000/activate#{made['code']}"
    assert made["qr_svg"].startswith("<svg")
    assert len(made["code"]) == 11


def test_a_code_may_be_typed_in_any_form(client: FlaskClient, clinic: Clinic) -> None:
    code = a_code(client, clinic)["code"]
    typed = " " + code.replace("-", " ").replace("1", "l").replace("0", "o").lower()
    assert activate(client, typed).status_code == 201


def test_a_code_works_once(client: FlaskClient, clinic: Clinic) -> None:
    code = a_code(client, clinic)["code"]
    activate(client, code)
    assert_refused(activate(client, code))


def test_a_new_code_replaces_the_one_before(client: FlaskClient, clinic: Clinic) -> None:
    first, second = a_code(client, clinic)["code"], a_code(client, clinic)["code"]
    assert_refused(activate(client, first))
    assert activate(client, second).status_code == 201


def test_a_code_expires(database: Database, client: FlaskClient, clinic: Clinic) -> None:
    hasty = Settings(secret_key="-", activation_lifetime=timedelta(0))
    app = create_app(hasty, database=database)
    assert_refused(activate(client, a_code(app.test_client(), clinic)["code"]))


@pytest.mark.parametrize("code", ["", " ", "short", "ABCDE-FGHJK", "U" * 10, "1" * 41, "ABCDE\0FGHJK"])
def test_what_is_no_code_is_refused(client: FlaskClient, clinic: Clinic, code: str) -> None:
    assert activate(client, code).status_code in {401, 422}


def test_a_code_is_made_only_for_who_is_monitored(client: FlaskClient, clinic: Clinic) -> None:
    url = f"/v1/patients/{clinic.patient.id}"
    client.patch(url, json={"status": "withdrawn"}, headers=clinic.nurse.headers | {"If-Match": '"1"'})
    answer = client.post(f"{url}/activations", headers=clinic.nurse.headers)
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/patient-not-active")


def test_guessing_is_throttled_with_the_time_to_wait(client: FlaskClient, clinic: Clinic) -> None:
    statuses = {activate(client, "AAAAA-AAAAA").status_code for _ in range(20)}
    assert statuses == {401}
    answer = activate(client, a_code(client, clinic)["code"])
    assert (answer.status_code, answer.json["type"]) == (429, "/problems/too-many-tries")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_successes_do_not_use_up_the_tries(client: FlaskClient, clinic: Clinic) -> None:
    statuses = [activate(client, a_code(client, clinic)["code"]).status_code for _ in range(25)]
    assert set(statuses) == {201}


def assert_refused(answer: Any) -> None:
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/activation-refused")


def test_one_place_cannot_lock_out_another(app: Flask, clinic: Clinic) -> None:
    guesser, patient = app.test_client(), app.test_client()
    for _ in range(21):
        activate(guesser, "AAAAA-AAAAA")
    code = a_code(patient, clinic)["code"]
    answer = patient.post(
        "/v1/activations", json={"code": code}, environ_base={"REMOTE_ADDR": "198.51.100.9"}
    )
    assert answer.status_code == 201


def an_own_code(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    answer = client.post("/v1/me/activations", headers=clinic.patient.headers)
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json
    return made


def test_a_patient_adds_a_second_phone_with_a_code_of_their_own(client: FlaskClient, clinic: Clinic) -> None:
    made = an_own_code(client, clinic)
    assert made["url"].endswith(f"/activate#{made['code']}")
    assert made["qr_svg"].startswith("<svg")
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < lasts <= timedelta(minutes=10)

    answer = activate(client, made["code"], label="My tablet")
    me = client.get("/v1/me", headers={"Authorization": f"Bearer {answer.json['access_token']}"})
    assert me.json["id"] == str(clinic.patient.id)
    assert_refused(activate(client, made["code"]))
    still = client.get("/v1/me/devices", headers=clinic.patient.headers).json["items"]
    assert {device["label"] for device in still} == {"My tablet", "a test"}


def test_an_own_code_replaces_the_own_one_before_and_spares_that_of_the_team(
    client: FlaskClient, clinic: Clinic
) -> None:
    on_paper = a_code(client, clinic)["code"]
    first, second = an_own_code(client, clinic)["code"], an_own_code(client, clinic)["code"]
    assert_refused(activate(client, first))
    assert activate(client, second).status_code == 201
    assert activate(client, on_paper).status_code == 201


def test_a_code_of_the_team_replaces_an_own_one(client: FlaskClient, clinic: Clinic) -> None:
    own = an_own_code(client, clinic)["code"]
    a_code(client, clinic)
    assert_refused(activate(client, own))


def test_an_own_code_is_audited_and_its_number_is_limited(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    answers = [client.post("/v1/me/activations", headers=clinic.patient.headers) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [201] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    with database.read() as session:
        made = session.scalars(select(AuditRow).where(AuditRow.action == "activation.created")).all()
    assert {(row.actor_id, row.patient_id) for row in made} == {(clinic.patient.id, clinic.patient.id)}
    assert len(made) == 10


def test_only_a_patient_makes_an_own_code(client: FlaskClient, clinic: Clinic) -> None:
    assert client.post("/v1/me/activations", headers=clinic.nurse.headers).status_code == 403
