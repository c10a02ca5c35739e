"""Webhooks over HTTP and on the command line; and what people choose about e-mail."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app import create_app
from api.cli.webhooks import webhook as command
from api.db.database import Database
from api.models.audit import AuditRow
from api.models.outbox import Webhook
from api.models.patient import Patient
from api.models.staff import Staff
from config.settings import Settings
from tests.support.builders import Clinic

PAGER = "https://pager.example.org/in"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application, for which every name leads to a public machine."""
    app.extensions["aimss.resolver"] = lambda _: ["93.184.216.34"]
    return app


def listed(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    return list(client.get("/v1/webhooks", headers=clinic.site_admin.headers).json["items"])


def test_a_site_admin_adds_a_webhook_sees_its_secret_once_and_takes_it_off(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    headers = clinic.site_admin.headers
    made = client.post("/v1/webhooks", json={"url": PAGER}, headers=headers)
    while_on = listed(client, clinic)
    gone = [client.delete(f"/v1/webhooks/{made.json['id']}", headers=headers).status_code for _ in range(2)]

    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    assert [(one["url"], one["retired_at"]) for one in while_on] == [(PAGER, None)]
    assert "secret" not in while_on[0]
    assert gone == [204, 204]
    assert listed(client, clinic)[0]["retired_reason"] == "removed"
    with database.read() as session:
        done = select(AuditRow.action).where(AuditRow.action.like("webhook%")).order_by(AuditRow.id)
        assert session.scalars(done).all() == ["webhook.added", "webhook.removed"]


@pytest.mark.parametrize(
    "url", ["http://pager.example.org/", "https://192.168.0.1/", "https://pager/", "x", ""]
)
def test_an_address_nothing_may_be_sent_to_is_refused_in_words(
    client: FlaskClient, clinic: Clinic, url: str
) -> None:
    answer = client.post("/v1/webhooks", json={"url": url}, headers=clinic.site_admin.headers)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"url"}


def test_a_name_that_leads_inside_is_refused(app: Flask, client: FlaskClient, clinic: Clinic) -> None:
    app.extensions["aimss.resolver"] = lambda _: ["169.254.169.254"]
    answer = client.post("/v1/webhooks", json={"url": PAGER}, headers=clinic.site_admin.headers)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/address-refused")


def test_a_webhook_nobody_knows_is_404(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.delete(f"/v1/webhooks/{uuid4()}", headers=clinic.site_admin.headers)

    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-webhook")


def test_an_operator_does_the_same_on_the_command_line(database: Database, clinic: Clinic) -> None:
    settings = Settings(secret_key="x", push_loopback=True)
    shell = create_app(settings, database=database).test_cli_runner()

    added = shell.invoke(command, ["add", "http://127.0.0.1:9/in", "--site", clinic.site.name])
    key, secret = added.output.split()
    shown = shell.invoke(command, ["list", "--site", clinic.site.name]).output
    removed = [
        shell.invoke(command, ["remove", key]).output,
        shell.invoke(command, ["remove", str(uuid4())]).output,
    ]
    refused = shell.invoke(command, ["add", "http://10.0.0.1/", "--site", clinic.site.name])
    nowhere = shell.invoke(command, ["list", "--site", "Nowhere"])

    assert secret.startswith("whsec_")
    assert "http://127.0.0.1:9/in" in shown
    assert "in use" in shown
    assert removed == ["removed\n", "Error: there is no such webhook\n"]
    assert (refused.exit_code, nowhere.exit_code) == (1, 1)
    assert "only https" in refused.output
    with database.read() as session:
        assert session.scalars(select(Webhook.retired_reason)).all() == ["removed"]


def test_a_patient_sets_an_address_for_e_mail_and_removes_it(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    headers = clinic.patient.headers | {"If-Match": "*"}
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).email_gone_at = clinic.site.created_at

    said = client.patch("/v1/me", json={"email": " ada@example.org "}, headers=headers)
    with database.read() as session:
        assert session.get_one(Patient, clinic.patient.id).email_gone_at is None
    taken_back = client.patch("/v1/me", json={"email": None}, headers=headers)

    assert (said.status_code, said.json["email"]) == (200, "ada@example.org")
    assert taken_back.json["email"] is None


@pytest.mark.parametrize(
    "email", ["ada", "ada@example", "a b@example.org", "ada@example.org\nBcc: x@example.org", "", 7]
)
def test_an_address_that_is_none_is_refused(client: FlaskClient, clinic: Clinic, email: object) -> None:
    headers = clinic.coordinator.headers | {"If-Match": "*"}
    answer = client.patch(f"/v1/patients/{clinic.patient.id}", json={"email": email}, headers=headers)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"email"}


def test_staff_choose_their_language_and_whether_e_mail_may_come(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Staff, clinic.nurse.id).email_gone_at = clinic.site.created_at
    changes = {"language": "de", "email_notices": True}

    answer = client.patch("/v1/me", json=changes, headers=clinic.nurse.headers)

    assert {name: answer.json[name] for name in changes} == changes
    with database.read() as session:
        assert session.get_one(Staff, clinic.nurse.id).email_gone_at is None
    refused = client.patch("/v1/me", json={"email": "x@example.org"}, headers=clinic.nurse.headers)
    assert refused.status_code == 422  # the address is also the sign-in
