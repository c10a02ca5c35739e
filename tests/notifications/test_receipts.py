"""Receipts of devices, and the treatment of devices that send none."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.delivery.messages import ReceiptEvent
from api.domain.delivery.push_liveness import LivenessPolicy
from api.models.alert import Alert
from api.models.identity import Throttle
from api.models.outbox import OutboxMessage, Subscription
from api.models.staff import Staff
from api.services.messages import receipts
from notifications.channels.results import Gone
from notifications.jobs import push_liveness
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, Signed, a_clinic
from tests.support.fakes import FakeChannel, FakeClock
from tests.support.push_service import Browser
from tests.support.relays import run_once

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def pushed(database: Database, clinic: Clinic, *, times: int = 1, at: datetime = NOW) -> list[UUID]:
    """Notify the nurse of as many alerts, and deliver the pushes."""
    with database.begin() as session:
        for _ in range(times):
            alert = an_alert(session, clinic, opened_at=at, closed_at=at)
            alert.next_rung_at = None
        mine = OutboxMessage.recipient_id == clinic.nurse.id
        new = mine & OutboxMessage.settled_at.is_(None) & (OutboxMessage.channel == "web_push")
        ids = session.scalars(select(OutboxMessage.id).where(new)).all()
        session.execute(update(OutboxMessage).where(new).values(state="delivered", settled_at=at))
    return list(ids)


def say(client: FlaskClient, message_id: object, event: str = "shown", **more: Any) -> int:
    return client.post("/v1/receipts", json={"id": str(message_id), "event": event} | more).status_code


def test_a_device_says_what_became_of_a_push_without_a_sign_in_and_as_often_as_it_likes(
    client: FlaskClient, database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
    (told,) = pushed(database, ward)
    at = [NOW + MINUTE * n for n in range(4)]

    answers = [
        say(client, told, "shown", at=at[1].isoformat()),
        say(client, told, "shown", at=at[3].isoformat()),
        say(client, told, "opened", at=at[2].isoformat()),
        say(client, told, "dismissed"),
    ]

    row = the(database, OutboxMessage, told)
    assert answers == [204] * 4
    assert (row.shown_at, row.opened_at) == (at[1], at[2])
    assert row.dismissed_at is not None
    assert row.state == "delivered"


def test_a_push_nobody_was_sent_is_answered_the_same(client: FlaskClient, database: Database) -> None:
    assert say(client, uuid4()) == 204


def test_ids_that_nobody_was_sent_cost_nothing_and_keep_no_receipt_out(
    client: FlaskClient, database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
    (told,) = pushed(database, ward)
    assert {say(client, uuid4()) for _ in range(400)} == {204}
    assert say(client, told) == 204
    with database.read() as session:
        assert session.scalars(select(Throttle)).all() == []
        assert session.get_one(OutboxMessage, told).shown_at is not None


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"id", "event"}),
        ({"id": "x", "event": "eaten"}, {"id", "event"}),
        ({"id": str(uuid4()), "event": "shown", "note": "pain"}, {"note"}),
    ],
)
def test_a_receipt_that_cannot_be_read_is_named(client: FlaskClient, body: Any, named: set[str]) -> None:
    answer = client.post("/v1/receipts", json=body)
    assert (answer.status_code, set(answer.json["errors"])) == (422, named)


def test_a_moment_that_cannot_be_is_moved_to_the_nearest_that_can(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
    early, late = pushed(database, ward, times=2)
    for told, at in ((early, NOW - DAY), (late, NOW + 9 * DAY)):
        with database.begin() as session:
            assert receipts.take(session, told, ReceiptEvent.SHOWN, at=at, now=NOW + DAY)

    assert the(database, OutboxMessage, early).shown_at == NOW
    assert the(database, OutboxMessage, late).shown_at == NOW + DAY


def test_a_receipt_answers_no_alert(client: FlaskClient, database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward)
    (row,) = messages_of(database, ward.nurse)

    assert say(client, row.id, "opened") == 204  # quicker than the worker writes that it was taken

    assert the(database, Alert, alert.id).status == "open"
    assert the(database, OutboxMessage, row.id).opened_at is not None


@pytest.fixture
def silent(database: Database, ward: Clinic) -> Subscription:
    """The nurse's browser with five pushes and no receipt, among others that send receipts."""
    with database.begin() as session:
        silent = subscribe(session, ward.nurse)
        answering = subscribe(session, ward.clinician)
        answering.last_receipt_at = NOW
    pushed(database, ward, times=LivenessPolicy().pushes)
    return silent


def standing(database: Database, subscription: Subscription) -> tuple[bool, bool]:
    row = the(database, Subscription, subscription.id)
    return row.probed_at is not None, row.distrusted_at is not None


def probes(database: Database, who: Signed) -> list[OutboxMessage]:
    return [row for row in messages_of(database, who) if row.kind == "probe"]


def test_a_device_that_never_answers_is_asked_once_and_then_no_longer_trusted(
    database: Database, ward: Clinic, silent: Subscription
) -> None:
    found = []
    for after in (timedelta(0), MINUTE, 2 * DAY - MINUTE, 2 * DAY, 3 * DAY):
        push_liveness.examine(database, now=NOW + after)
        found.append(standing(database, silent))

    assert found == [(True, False), (True, False), (True, False), (True, True), (True, True)]
    (probe,) = probes(database, ward.nurse)
    assert (probe.channel, probe.subscription_id, probe.alert_id) == ("web_push", silent.id, None)


def test_a_device_that_answers_the_probe_is_trusted_again(
    client: FlaskClient, database: Database, ward: Clinic, silent: Subscription
) -> None:
    push_liveness.examine(database, now=NOW)
    (probe,) = probes(database, ward.nurse)
    say(client, probe.id)
    push_liveness.examine(database, now=NOW + 3 * DAY)

    assert standing(database, silent) == (False, False)


def test_four_pushes_prove_nothing(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        quiet = subscribe(session, ward.nurse)
        subscribe(session, ward.clinician).last_receipt_at = NOW
    pushed(database, ward, times=LivenessPolicy().pushes - 1)

    assert push_liveness.examine(database, now=NOW) == 0
    assert standing(database, quiet) == (False, False)


def test_a_kind_of_browser_that_never_answers_is_left_in_peace(
    database: Database, ward: Clinic, silent: Subscription
) -> None:
    with database.begin() as session:
        apple = Subscription.id == silent.id
        session.execute(update(Subscription).where(apple).values(endpoint="https://web.push.apple.com/Q"))

    assert push_liveness.examine(database, now=NOW + 9 * DAY) == 0
    assert standing(database, silent) == (False, False)


def test_who_has_only_a_device_that_is_not_trusted_is_told_by_the_next_way_too(
    database: Database, ward: Clinic, silent: Subscription
) -> None:
    with database.begin() as session:
        session.execute(update(Subscription).where(Subscription.id == silent.id).values(distrusted_at=NOW))
        an_alert(session, ward, first_day=NOW.date() - DAY)
    called = {row.channel for row in messages_of(database, ward.nurse) if row.state in {"pending", "dead"}}
    with database.begin() as session:
        session.execute(update(Staff).values(email_notices=True))
        an_alert(session, ward, kind="red_flag")
    channels = [row.channel for row in messages_of(database, ward.nurse)]

    assert called == {"web_push", "call_list"}
    assert channels.count("email") == 1
    assert channels.count("call_list") == 1


def test_a_probe_that_dies_puts_nobody_on_the_call_list(
    database: Database, ward: Clinic, silent: Subscription
) -> None:
    push_liveness.examine(database, now=NOW)
    relay = Relay(database, FakeChannel(Gone("answered 410")), pace=DeliveryPace(10, 2), clock=FakeClock(NOW))
    run_once(relay)
    relay.close()

    assert {row.channel for row in messages_of(database, ward.nurse)} == {"web_push"}
    assert the(database, Subscription, silent.id).retired_reason == "answered 410"


def test_a_new_address_of_a_device_begins_with_a_clean_slate(
    database: Database, ward: Clinic, silent: Subscription
) -> None:
    push_liveness.examine(database, now=NOW)
    fresh = Browser("https://fcm.googleapis.com", device=silent.device)
    with database.begin() as session:
        subscribe(session, ward.nurse, fresh)

    assert standing(database, silent) == (False, False)


def test_two_workers_at_once_ask_a_device_once(postgresql: Database) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        subscribe(session, ward.nurse)
        subscribe(session, ward.clinician).last_receipt_at = NOW
    pushed(postgresql, ward, times=9)
    for _ in range(2):
        push_liveness.examine(postgresql, now=NOW)

    assert len(probes(postgresql, ward.nurse)) == 1


def test_what_is_known_of_a_device_is_shown_to_its_owner(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    def mine() -> Any:
        return client.get("/v1/me/devices", headers=clinic.nurse.headers).json["items"][0]["push"]

    before = mine()
    with database.begin() as session:
        subscription = subscribe(session, clinic.nurse)
    first = mine()
    with database.begin() as session:
        session.get_one(Subscription, subscription.id).distrusted_at = NOW

    assert before is None
    assert (first["reliable"], first["last_receipt_at"]) == (True, None)
    assert mine()["reliable"] is False
