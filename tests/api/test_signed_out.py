"""Patients whose last device was ended by others are marked, and the team is notified."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.domain.enrolment import PatientStatus
from api.models.identity import Token
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.access import tokens
from api.services.accounts import devices
from api.services.accounts.activations import key_of, make_code
from notifications.jobs import cleanup
from tests.conftest import SECRET_KEY
from tests.support.builders import Clinic, signed_in


@pytest.fixture(autouse=True)
def _a_mailbox(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        session.get_one(Staff, clinic.nurse.id).email_notices = True


def notices(database: Database) -> list[tuple[Any, Any]]:
    """Return who was written to about a signed-out patient, and about whom."""
    with database.read() as session:
        query = select(OutboxMessage.recipient_id, OutboxMessage.patient_id).where(
            OutboxMessage.kind == MessageKind.SIGNED_OUT, OutboxMessage.channel == "email"
        )
        return [(to, about) for to, about in session.execute(query)]


def marks(client: FlaskClient, clinic: Clinic) -> tuple[list[str], bool]:
    """Return the ids on the worklist, and whether the list of patients shows the mark."""
    listed = client.get("/v1/alerts", headers=clinic.nurse.headers).json["signed_out"]
    patients = client.get("/v1/patients", headers=clinic.nurse.headers).json["items"]
    return [each["id"] for each in listed], patients[0]["signed_out_at"] is not None


def is_marked(client: FlaskClient, clinic: Clinic, database: Database) -> bool:
    ids, in_list = marks(client, clinic)
    assert in_list is bool(ids)
    assert notices(database) == ([(clinic.nurse.id, clinic.patient.id)] if ids else [])
    return bool(ids)


def revoke_by_staff(client: FlaskClient, clinic: Clinic) -> None:
    of_patient = f"/v1/patients/{clinic.patient.id}/devices"
    device = client.get(of_patient, headers=clinic.nurse.headers).json["items"][0]["id"]
    assert client.delete(f"{of_patient}/{device}", headers=clinic.nurse.headers).status_code == 204


def test_ended_by_staff(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    revoke_by_staff(client, clinic)
    assert is_marked(client, clinic, database)


def test_not_while_another_device_is_left(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        signed_in(session, session.get_one(Patient, clinic.patient.id), now=datetime.now(UTC))
    revoke_by_staff(client, clinic)
    assert not is_marked(client, clinic, database)
    revoke_by_staff(client, clinic)
    assert is_marked(client, clinic, database)


@pytest.mark.parametrize("path", ["/v1/tokens/current", "/v1/me/devices/{own}"])
def test_not_by_the_patients_own_hand(
    client: FlaskClient, clinic: Clinic, database: Database, path: str
) -> None:
    url = path.format(own=clinic.patient.principal.grant_id)
    assert client.delete(url, headers=clinic.patient.headers).status_code == 204
    assert not is_marked(client, clinic, database)


def test_not_of_a_patient_who_left_monitoring(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).status = PatientStatus.WITHDRAWN
        devices.end_all(session, clinic.patient.id, because="patient withdrawn", now=datetime.now(UTC))
    assert not is_marked(client, clinic, database)


def test_ended_by_a_copied_token(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        refresh = select(Token).where(Token.grant_id == clinic.patient.principal.grant_id)
        first = session.scalars(refresh.where(Token.use == "refresh")).one()
        first.digest = tokens.digest_of("copied")
    newest = "copied"
    for _ in range(2):
        newest = client.post("/v1/tokens", json={"refresh_token": newest}).json["refresh_token"]
    with database.begin() as session:
        session.get_one(Token, tokens.digest_of("copied")).used_at = datetime.now(UTC) - timedelta(hours=1)
    assert client.post("/v1/tokens", json={"refresh_token": "copied"}).status_code == 401
    assert is_marked(client, clinic, database)


def test_ended_by_time(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    now = datetime.now(UTC)
    for days, ended in ((399, False), (401, True)):
        cleanup.delete_expired(database, now=now + timedelta(days=days))
        with database.begin() as session:  # the nurse's own sign-in is over by then
            clinic.nurse.headers = signed_in(
                session, session.get_one(Staff, clinic.nurse.id), now=now
            ).headers
        assert is_marked(client, clinic, database) is ended


def test_the_mark_goes_with_the_next_activation(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    revoke_by_staff(client, clinic)
    now = datetime.now(UTC)
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        made = make_code(
            session,
            clinic.nurse.principal,
            patient,
            key=key_of(SECRET_KEY),
            lifetime=timedelta(hours=1),
            now=now,
        )
    assert client.post("/v1/activations", json={"code": made.code}).status_code == 201
    assert marks(client, clinic) == ([], False)


def test_staff_sign_in_that_ran_out_leaves_the_list_unless_push_comes_by_it(
    clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        nurse = session.get_one(Staff, clinic.nurse.id)
        by_push = signed_in(session, nurse, now=now).principal.grant_id
        session.add(
            Subscription(
                site_id=clinic.site.id,
                recipient_id=nurse.id,
                grant_id=by_push,
                device=uuid4(),
                endpoint="https://push.example/1",
                p256dh="-",
                auth="-",
                created_at=now,
            )
        )
    cleanup.delete_expired(database, now=now + timedelta(hours=13))
    with database.read() as session:
        assert [grant.id for grant in tokens.live_grants(session, clinic.nurse.id)] == [by_push]
