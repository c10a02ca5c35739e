"""The push key, and a device's address over HTTP."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.app import create_app
from api.db.database import Database
from api.domain.delivery.limits import MessageLimits
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.messages.vapid import new_private_key, public_key_of
from config.settings import Settings
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.support.builders import Clinic, Signed, signed_in
from tests.support.fakes import FakeChannel, FakeClock
from tests.support.push_service import Browser
from tests.support.relays import run_once

BROWSER = Browser("http://127.0.0.1:9")


def put(client: FlaskClient, who: Signed, device: object, body: Any) -> Any:
    return client.put(f"/v1/me/subscriptions/{device}", json=body, headers=who.headers)


def test_the_push_key_is_the_public_half_of_the_operator_s(
    database: Database, settings: Settings, clinic: Clinic
) -> None:
    private_key = new_private_key()
    client = create_app(replace(settings, vapid_private_key=private_key), database=database).test_client()

    answer = client.get("/v1/push-key", headers=clinic.patient.headers)

    assert answer.json == {"public_key": public_key_of(private_key), "resubscribe": []}


def test_without_a_key_nobody_can_subscribe_and_it_says_so(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.get("/v1/push-key", headers=clinic.nurse.headers)

    assert (answer.status_code, answer.json["type"]) == (503, "/problems/push-not-configured")


@pytest.mark.parametrize("who", ["patient", "nurse"])
def test_a_device_is_registered_again_and_again_and_taken_off(
    client: FlaskClient, clinic: Clinic, database: Database, who: str
) -> None:
    caller, device = clinic.everybody()[who], uuid4()

    answers = [put(client, caller, device, BROWSER.subscription()) for _ in range(2)]
    gone = client.delete(f"/v1/me/subscriptions/{device}", headers=caller.headers)

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json["device"] == str(device)
    assert gone.status_code == 204
    with database.read() as session:
        row = session.scalars(select(Subscription)).one()
    assert (row.recipient_id, row.endpoint, row.retired_reason) == (
        caller.id,
        BROWSER.endpoint,
        "unsubscribed",
    )


def test_a_service_is_not_told_by_push(client: FlaskClient, clinic: Clinic) -> None:
    assert put(client, clinic.scheduler, uuid4(), BROWSER.subscription()).status_code == 403


def test_a_device_nobody_knows_is_404(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.delete(f"/v1/me/subscriptions/{uuid4()}", headers=clinic.nurse.headers)

    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-device")


def test_an_address_off_the_list_is_refused_in_words(client: FlaskClient, clinic: Clinic) -> None:
    body = BROWSER.subscription() | {"endpoint": "https://169.254.169.254/latest"}

    answer = put(client, clinic.nurse, uuid4(), body)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/address-refused")
    assert "not a push service" in answer.json["errors"]["endpoint"]


def test_a_listed_name_that_leads_inside_is_refused(app: Flask, client: FlaskClient, clinic: Clinic) -> None:
    app.extensions["aimss.resolver"] = lambda _: ["10.0.0.1"]
    body = Browser("https://fcm.googleapis.com").subscription()

    assert put(client, clinic.nurse, uuid4(), body).status_code == 422


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"endpoint", "keys"}),
        ({"endpoint": "x", "keys": {}}, {"keys.p256dh", "keys.auth"}),
        ({**BROWSER.subscription(), "more": 1}, {"more"}),
        ({**BROWSER.subscription(), "endpoint": "https://fcm.googleapis.com/\u0000"}, {"endpoint"}),
    ],
)
def test_a_body_that_cannot_be_read_is_named(
    client: FlaskClient, clinic: Clinic, body: Any, named: set[str]
) -> None:
    answer = put(client, clinic.nurse, uuid4(), body)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == named


def rotated(database: Database, settings: Settings, *keys: str) -> FlaskClient:
    """Return a client of a server with these keys, the newest first."""
    newest, *previous = keys
    changed = replace(settings, vapid_private_key=newest, vapid_previous_keys=tuple(previous))
    return create_app(changed, database=database).test_client()


def test_a_device_that_has_an_older_key_is_told_to_subscribe_anew(
    database: Database, settings: Settings, clinic: Clinic
) -> None:
    older, newer = new_private_key(), new_private_key()
    before = rotated(database, settings, older)
    device, another = uuid4(), uuid4()
    put(before, clinic.nurse, device, BROWSER.subscription())

    after = rotated(database, settings, newer, older)
    with database.begin() as session:
        laptop = signed_in(session, session.get_one(Staff, clinic.nurse.id), now=datetime.now(UTC))
    put(after, laptop, another, Browser("http://127.0.0.1:9").subscription())
    told = after.get("/v1/push-key", headers=clinic.nurse.headers).json
    again = {**BROWSER.subscription(), "public_key": public_key_of(newer)}
    renewed = put(after, clinic.nurse, device, again)

    assert told == {"public_key": public_key_of(newer), "resubscribe": [str(device)]}
    assert renewed.status_code == 200
    assert after.get("/v1/push-key", headers=clinic.nurse.headers).json["resubscribe"] == []


def test_a_device_registered_before_keys_were_kept_has_the_oldest(
    database: Database, settings: Settings, clinic: Clinic, client: FlaskClient
) -> None:
    device = uuid4()
    put(client, clinic.nurse, device, BROWSER.subscription())  # a server without a key keeps none
    older, newer = new_private_key(), new_private_key()

    for keys, names in (((older,), []), ((newer, older), [str(device)])):
        said = rotated(database, settings, *keys).get("/v1/push-key", headers=clinic.nurse.headers).json
        assert said["resubscribe"] == names


def test_a_key_that_is_not_ours_is_refused(database: Database, settings: Settings, clinic: Clinic) -> None:
    client = rotated(database, settings, new_private_key())
    body = {**BROWSER.subscription(), "public_key": public_key_of(new_private_key())}

    answer = put(client, clinic.nurse, uuid4(), body)

    assert answer.status_code == 422
    assert "subscribe anew" in answer.json["errors"]["public_key"]


@pytest.fixture
def server(settings: Settings, database: Database) -> FlaskClient:
    """A server that can send pushes."""
    with_key = replace(settings, vapid_private_key=new_private_key())
    return create_app(with_key, database=database).test_client()


@pytest.mark.parametrize("who", ["patient", "nurse"])
def test_a_test_notification_goes_the_way_of_every_message_until_the_device_shows_it(
    server: FlaskClient, clinic: Clinic, database: Database, who: str
) -> None:
    with database.begin() as session:  # quiet hours all day: the owner of the device is waiting
        session.execute(update(Patient).values(quiet_from=time(0, 0), quiet_until=time(23, 59)))
    caller, device = clinic.everybody()[who], uuid4()
    put(server, caller, device, BROWSER.subscription())
    url = f"/v1/me/subscriptions/{device}/probe"
    assert server.get(url, headers=caller.headers).status_code == 404

    sent = server.post(url, headers=caller.headers)
    assert (sent.status_code, sent.headers["Location"], sent.json["state"]) == (202, url, "pending")
    lives = datetime.fromisoformat(sent.json["expires_at"]) - datetime.fromisoformat(sent.json["created_at"])
    assert lives == timedelta(minutes=10)

    relay = Relay(database, FakeChannel(), pace=DeliveryPace(10, 2), clock=FakeClock(datetime.now(UTC)))
    run_once(relay)
    relay.close()
    taken = server.get(url, headers=caller.headers).json
    assert (taken["id"], taken["state"], taken["shown_at"]) == (sent.json["id"], "delivered", None)

    server.post("/v1/receipts", json={"id": sent.json["id"], "event": "shown"})
    shown = server.get(url, headers=caller.headers).json["shown_at"]
    [push] = [each["push"] for each in server.get("/v1/me/devices", headers=caller.headers).json["items"]]
    assert shown is not None
    assert (push["device"], push["last_receipt_at"], push["reliable"]) == (str(device), shown, True)
    with database.read() as session:
        tested = session.scalars(select(AuditRow).where(AuditRow.action == "push.tested")).one()
    assert (tested.actor_id, tested.patient_id) == (caller.id, caller.id if who == "patient" else None)


def test_tests_are_few_enough_to_hold_no_reminder_back(
    server: FlaskClient, clinic: Clinic, database: Database
) -> None:
    device = uuid4()
    put(server, clinic.patient, device, BROWSER.subscription())
    url = f"/v1/me/subscriptions/{device}/probe"
    answers = [server.post(url, headers=clinic.patient.headers).status_code for _ in range(7)]
    assert answers == [202] * 5 + [429] * 2
    with database.read() as session:
        sent = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "probe")).all()
    assert len(sent) == 5 < MessageLimits().patient.most


def test_a_device_without_notifications_is_sent_no_test(server: FlaskClient, clinic: Clinic) -> None:
    device = uuid4()
    put(server, clinic.patient, device, BROWSER.subscription())
    url = f"/v1/me/subscriptions/{device}"
    assert server.post(f"{url}/probe", headers=clinic.nurse.headers).status_code == 404
    server.delete(url, headers=clinic.patient.headers)
    answer = server.post(f"{url}/probe", headers=clinic.patient.headers)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-device")


def test_a_server_without_a_push_key_sends_no_test_and_says_so(
    server: FlaskClient, client: FlaskClient, clinic: Clinic
) -> None:
    device = uuid4()
    put(server, clinic.patient, device, BROWSER.subscription())
    answer = client.post(f"/v1/me/subscriptions/{device}/probe", headers=clinic.patient.headers)
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/push-not-configured")
