"""Patients see who used their data, in their own language."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from api.db.bulk import insert_once
from api.db.database import Database
from api.models.audit import AuditRow
from api.models.patient import Patient
from tests.support.builders import Clinic, Signed, a_patient, a_report, signed_in

CountQueries = Callable[[], AbstractContextManager[list[str]]]


def uses(client: FlaskClient, who: Signed, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/v1/me/audit{query}", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def test_a_patient_sees_who_read_the_own_data_by_role_and_without_name_or_id(
    client: FlaskClient, clinic: Clinic
) -> None:
    client.get(f"/v1/patients/{clinic.patient.id}/entries", headers=clinic.nurse.headers)
    client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.scheduler.headers)
    program, nurse = uses(client, clinic.patient)
    assert (nurse["actor_kind"], nurse["role"], nurse["action"]) == ("staff", "nurse", "entries.read")
    assert nurse["sentence"] == "Your entries were read."
    assert (program["actor_kind"], program["role"]) == ("service", None)
    assert set(nurse) == {"at", "actor_kind", "role", "proxy", "action", "sentence"}


def test_what_was_done_is_said_in_the_language_of_the_patient(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).language = "de"
    client.get(f"/v1/patients/{clinic.patient.id}/entries", headers=clinic.nurse.headers)
    assert [use["sentence"] for use in uses(client, clinic.patient)] == ["Ihre Einträge wurden gelesen."]


def test_what_the_patient_did_is_shown_only_when_asked_for(client: FlaskClient, clinic: Clinic) -> None:
    client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    assert uses(client, clinic.patient) == []
    [own] = uses(client, clinic.patient, "?own=true")
    assert (own["actor_kind"], own["action"]) == ("patient", "entries.recorded")


def test_a_patient_sees_nothing_about_another_patient(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        other = signed_in(
            session, a_patient(session, clinic.team, now=datetime.now(UTC)), now=datetime.now(UTC)
        )
    client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.nurse.headers)
    assert uses(client, other, "?own=true") == []


def test_pages_hold_every_use_once_and_read_as_many_rows_in_a_long_log(
    client: FlaskClient, clinic: Clinic, database: Database, count_queries: CountQueries
) -> None:
    for _ in range(3):
        client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.nurse.headers)
    client.get(f"/v1/patients/{clinic.patient.id}/entries", headers=clinic.clinician.headers)
    first = client.get("/v1/me/audit?limit=3", headers=clinic.patient.headers).json
    with count_queries() as statements:
        rest = client.get(f"/v1/me/audit?limit=3&cursor={first['next']}", headers=clinic.patient.headers).json
    assert [each["role"] for each in first["items"] + rest["items"]] == ["clinician"] + ["nurse"] * 3
    assert (first["more"], rest["more"], rest["next"]) == (True, False, None)
    assert len([each for each in statements if "FROM staff" in each]) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_uses_of_others_are_found_by_an_index_among_many_own_ones(
    clinic: Clinic, database: Database
) -> None:
    newest = "SELECT * FROM audit WHERE patient_id = '-' AND actor_kind <> 'patient' ORDER BY id DESC"
    with database.read() as session:
        plan = session.execute(text("EXPLAIN QUERY PLAN " + newest)).all()
    assert "ix_audit_by_others" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


def test_an_action_that_is_not_known_is_shown_all_the_same(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        row = {"at": datetime.now(UTC) - timedelta(days=900), "actor_kind": "system", "action": "old.deed"}
        insert_once(session, AuditRow, values=[{**row, "patient_id": clinic.patient.id}])
    [use] = uses(client, clinic.patient)
    assert (use["action"], use["sentence"]) == ("old.deed", "Your data were used.")


def test_a_patient_who_signed_in_before_the_scope_existed_reads_it_too(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE grants SET scopes = '[\"self\", \"report\"]' WHERE kind = 'patient'"))
    assert uses(client, clinic.patient) == []


@pytest.mark.parametrize("who", ["nurse", "site_admin", "scheduler"])
def test_nobody_else_has_an_access_log_of_their_own(client: FlaskClient, clinic: Clinic, who: str) -> None:
    assert client.get("/v1/me/audit", headers=getattr(clinic, who).headers).status_code == 403
