"""Profile of the caller, due tasks, and changes to the own settings."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.patient import PatientZone
from tests.support.builders import Clinic, Signed
from tests.support.plans_over_http import due_of, enrolled


def me(client: FlaskClient, who: Signed) -> Any:
    return client.get("/v1/me", headers=who.headers)


def change(client: FlaskClient, who: Signed, changes: Any, version: str | None = '"1"') -> Any:
    headers = who.headers | ({"If-Match": version} if version else {})
    return client.patch("/v1/me", json=changes, headers=headers)


def test_a_patient_reads_settings_and_the_contact_of_the_team(client: FlaskClient, clinic: Clinic) -> None:
    answer = me(client, clinic.patient)
    assert answer.headers["ETag"].startswith('"1.')  # the version, then what is shown beside the record
    shown = answer.json
    assert (shown["kind"], shown["name"], shown["timezone"]) == ("patient", "Ada Example", "Europe/Berlin")
    assert (shown["check_in_weekday"], shown["check_in_at"]) == (0, "09:00")
    assert (shown["quiet_from"], shown["quiet_until"]) == ("21:00", "08:00")
    assert shown["care_team"]["contact"] == "Call 030 1234."
    assert "not an emergency line" in shown["care_team"]["notice"]
    assert {each["kind"] for each in shown["due"]} == {"assessment"}


def test_staff_read_their_role_team_and_site(client: FlaskClient, clinic: Clinic) -> None:
    shown = me(client, clinic.nurse).json
    assert (shown["kind"], shown["role"], shown["one_time_codes"]) == ("staff", "nurse", False)
    assert shown["team"] == {"id": str(clinic.team.id), "name": "Breast clinic"}
    assert shown["site"] == {"id": str(clinic.site.id), "name": "St. Example"}
    assert me(client, clinic.site_admin).json["team"] is None


def test_a_service_reads_its_name_and_scopes(client: FlaskClient, clinic: Clinic) -> None:
    shown = me(client, clinic.scheduler).json
    assert (shown["kind"], shown["name"]) == ("service", "scheduler")
    assert shown["scopes"] == sorted(clinic.scheduler.principal.scopes)


def test_a_patient_changes_settings(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    wanted = {
        "timezone": "America/New_York",
        "language": "es",
        "check_in_weekday": 6,
        "check_in_at": "18:30",
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "discreet": True,
    }
    answer = change(client, clinic.patient, wanted)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert wanted.items() <= answer.json.items()
    with database.read() as session:
        zones = select(PatientZone.timezone).where(PatientZone.patient_id == clinic.patient.id)
        assert list(session.scalars(zones.order_by(PatientZone.since))) == [
            "Europe/Berlin",
            "America/New_York",
        ]
        row = session.scalars(select(AuditRow).where(AuditRow.action == "patient.changed")).one()
    assert (row.actor_id, row.detail) == (clinic.patient.id, {"fields": sorted(wanted)})


def test_a_change_names_the_version_it_changes(client: FlaskClient, clinic: Clinic) -> None:
    without = change(client, clinic.patient, {"discreet": True}, version=None)
    assert (without.status_code, without.json["type"]) == (428, "/problems/version-missing")
    assert change(client, clinic.patient, {"discreet": True}).status_code == 200
    late = change(client, clinic.patient, {"discreet": False})
    assert (late.status_code, late.json["type"]) == (412, "/problems/version-moved")
    assert me(client, clinic.patient).json["discreet"] is True


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": None}, "timezone"),
        ({"language": "tlh"}, "language"),
        ({"check_in_weekday": 7}, "check_in_weekday"),
        ({"check_in_weekday": "1"}, "check_in_weekday"),
        ({"check_in_at": "9:30"}, "check_in_at"),
        ({"check_in_at": "24:00"}, "check_in_at"),
        ({"discreet": "yes"}, "discreet"),
        ({"status": "completed"}, "status"),
        ({"birth_year": 1970}, "birth_year"),
        ({"name": "Eve"}, "name"),
    ],
)
def test_fields_a_patient_may_not_change_are_named(
    client: FlaskClient, clinic: Clinic, changes: dict[str, Any], wrong: str
) -> None:
    answer = change(client, clinic.patient, changes)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [wrong])


def test_staff_change_their_name_and_nothing_else(client: FlaskClient, clinic: Clinic) -> None:
    answer = change(client, clinic.nurse, {"name": "Nora Nurse"}, version=None)
    assert (answer.status_code, answer.json["name"]) == (200, "Nora Nurse")
    refused = change(client, clinic.nurse, {"timezone": "Europe/Berlin", "role": "site_admin"})
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"role"})
    refused = change(client, clinic.nurse, {"timezone": "Europe/Berlin"})
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"timezone"})
    assert change(client, clinic.nurse, {}).status_code == 200


def test_a_service_changes_nothing(client: FlaskClient, clinic: Clinic) -> None:
    assert change(client, clinic.scheduler, {"name": "cron"}).status_code == 422


def test_a_lost_phone_is_signed_out(client: FlaskClient, clinic: Clinic) -> None:
    [here] = client.get("/v1/me/devices", headers=clinic.patient.headers).json["items"]
    assert (here["label"], here["current"]) == ("a test", True)
    url = f"/v1/me/devices/{here['id']}"
    assert client.delete(url, headers=clinic.patient.headers).status_code == 204
    assert me(client, clinic.patient).status_code == 401


def test_a_user_cannot_sign_out_the_device_of_another(client: FlaskClient, clinic: Clinic) -> None:
    for device in (clinic.patient.principal.grant_id, uuid4()):
        answer = client.delete(f"/v1/me/devices/{device}", headers=clinic.nurse.headers)
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-device")
    assert me(client, clinic.patient).status_code == 200


def test_one_time_codes_are_for_staff(client: FlaskClient, clinic: Clinic) -> None:
    assert client.post("/v1/me/totp", headers=clinic.patient.headers).status_code == 403
    assert client.post("/v1/me/totp", headers=clinic.scheduler.headers).status_code == 403


def test_due_tasks_are_the_same_on_every_page(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    enrolled(database, clinic, days_ago=50)
    due = due_of(client, clinic)
    assert {each["kind"] for each in due} >= {"assessment"}
    assert me(client, clinic.patient).json["due"] == due
