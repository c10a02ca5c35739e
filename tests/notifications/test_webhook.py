"""Webhooks, checked by a library that is not ours."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.domain.errors import AddressRefused
from api.models.outbox import OutboxMessage, Webhook
from api.services.messages import webhooks
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.registry import ChannelRouter
from notifications.channels.results import Dead, Delivered, Gone, Retry, SendResult
from notifications.channels.webhook import WebhookSender, WebhookTarget
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, the
from tests.support.builders import Clinic
from tests.support.fakes import FakeChannel, FakeClock, Waited
from tests.support.push_service import Push, PushService
from tests.support.relays import run_once

KEY = webhooks.key_of("not a secret: for tests only")


@pytest.fixture
def clock() -> FakeClock:
    """The present: the library that checks asks its own clock."""
    return FakeClock(datetime.now(UTC))


@pytest.fixture
def sender(clock: FakeClock) -> Iterator[Waited]:
    """Our sender, let loose on this machine."""
    sender = Waited(WebhookSender(key=KEY, clock=clock, loopback=True))
    yield sender
    sender.close()


def made(database: Database, ward: Clinic, service: PushService) -> tuple[Webhook, str]:
    with database.begin() as session:
        url = f"{service.origin}/in?team=1"
        return webhooks.add(session, site_id=ward.site.id, url=url, key=KEY, now=NOW)


def a_message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "payload": Payload(MessageKind.ALERT, uuid4()),
        "topic": "a" * 32,
        "ttl_s": 3600,
        "urgency": Urgency.HIGH,
        "alert_id": uuid4(),
    }
    return Message(**values | changes)


def verified(push: Push, secret: str) -> Any:
    return Verifier(secret).verify(push.body, push.headers)


def test_a_program_can_check_who_writes_and_reads_a_kind_and_ids(
    database: Database, ward: Clinic, service: PushService, sender: Waited
) -> None:
    webhook, secret = made(database, ward, service)
    message = a_message()

    assert sender.send(WebhookTarget(webhook.url, webhook.secret), message) == Delivered()

    (push,) = service.pushes
    assert push.path == "/in?team=1"
    assert secret.startswith("whsec_")
    assert verified(push, secret) == {
        "type": "alert",
        "data": {"message_id": str(message.payload.id), "alert_id": str(message.alert_id)},
    }


def test_a_forged_or_changed_message_would_be_found_out(
    database: Database, ward: Clinic, service: PushService, sender: Waited
) -> None:
    webhook, secret = made(database, ward, service)
    _, another = made(database, ward, service)
    sender.send(WebhookTarget(webhook.url, webhook.secret), a_message())
    (push,) = service.pushes

    forgeries = [(push, another), (replace(push, body=push.body.replace(b"alert", b"probe")), secret)]
    for forged, key in forgeries:
        with pytest.raises(WebhookVerificationError):
            verified(forged, key)


def test_a_later_try_has_the_same_id_and_a_signature_of_its_own(
    database: Database, ward: Clinic, service: PushService, sender: Waited, clock: FakeClock
) -> None:
    webhook, secret = made(database, ward, service)
    service.answer = lambda _: (503, {"Retry-After": "30"})
    message, hook = a_message(), WebhookTarget(webhook.url, webhook.secret)

    first = sender.send(hook, message)
    clock.move(timedelta(seconds=30))
    service.answer = lambda _: (204, {})

    assert [first, sender.send(hook, message)] == [Retry("answered 503", timedelta(seconds=30)), Delivered()]
    early, late = service.pushes
    assert early.headers["webhook-id"] == late.headers["webhook-id"] == str(message.payload.id)
    assert early.headers["webhook-signature"] != late.headers["webhook-signature"]
    assert verified(early, secret) == verified(late, secret)


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (200, {}, Delivered()),
        (404, {}, Retry("answered 404")),
        (410, {}, Gone("answered 410")),
        (400, {}, Dead("answered 400")),
        (302, {"Location": "http://127.0.0.1:1/"}, Dead("answered 302")),
    ],
)
def test_every_answer_has_its_meaning_and_no_redirect_is_followed(
    database: Database, ward: Clinic, service: PushService, sender: Waited, *,
    status: int, headers: dict[str, str], outcome: SendResult,
) -> None:  # fmt: skip
    webhook, _ = made(database, ward, service)
    service.answer = lambda _: (status, headers)

    assert sender.send(WebhookTarget(webhook.url, webhook.secret), a_message()) == outcome
    assert len(service.pushes) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://pager.example.org/", "only https"),
        ("https://pager.example.org:8443/", "only port 443"),
        ("https://a:b@pager.example.org/", "names a user"),
        ("https://10.0.0.1/", "not a full name"),
        ("https://[::1]/", "not a full name"),
        ("https://0x7f.1/", "not a full name"),
        ("https://localhost/", "not a full name"),
        ("https://pager.example.org/#x", "not a URL"),
        ("gopher://pager.example.org/", "only https"),
    ],
)
def test_an_address_nothing_may_be_sent_to_is_refused(url: str, why: str) -> None:
    with pytest.raises(AddressRefused, match=why) as refused:
        webhooks.check(url, loopback=False, resolver=lambda _: ["93.184.216.34"])
    assert set(refused.value.problems or {}) == {"url"}


@pytest.mark.parametrize(
    "reached", ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"]
)
def test_a_name_that_leads_inside_is_refused(reached: str) -> None:
    with pytest.raises(AddressRefused, match="not public"):
        webhooks.check(
            "https://pager.example.org/", loopback=False, resolver=lambda _: ["93.184.216.34", reached]
        )


def test_a_name_that_leads_inside_only_when_it_is_sent_to_gets_not_one_byte(clock: FakeClock) -> None:
    sender = Waited(WebhookSender(key=KEY, clock=clock, loopback=False))
    secret = KEY.encrypt(b"whsec_c2VjcmV0").decode()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://localhost:{listener.getsockname()[1]}/"
        assert isinstance(sender.send(WebhookTarget(url, secret), a_message()), Dead)
    sender.close()


def test_a_secret_is_not_in_the_database_as_it_is(
    database: Database, ward: Clinic, service: PushService
) -> None:
    webhook, secret = made(database, ward, service)

    assert secret.removeprefix("whsec_") not in the(database, Webhook, webhook.id).secret
    stranger = Waited(WebhookSender(key=webhooks.key_of("another"), clock=FakeClock(NOW), loopback=True))
    outcome = stranger.send(WebhookTarget(webhook.url, webhook.secret), a_message())
    stranger.close()
    assert outcome == Dead("the secret cannot be decrypted: was SECRET_KEY changed?")


def rows(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.query(OutboxMessage).filter_by(channel="webhook"))


def test_a_site_s_program_hears_of_an_alert_and_is_nobody_on_the_ladder(
    database: Database, ward: Clinic, service: PushService, sender: Waited
) -> None:
    made(database, ward, service)
    with database.begin() as session:
        alert = an_alert(session, ward)
    relay = Relay(
        database, ChannelRouter({"webhook": sender.of}), pace=DeliveryPace(10, 2), clock=FakeClock(NOW)
    )

    run_once(relay)
    relay.close()

    said = [json.loads(push.body)["data"] for push in service.pushes]
    assert {each["alert_id"] for each in said} == {str(alert.id)}
    assert alert.rung == 3  # no person could be reached, so it went up at once
    assert str(ward.patient.id) not in repr(service.pushes)
    assert {row.state for row in rows(database)} >= {"delivered"}


def test_a_webhook_that_is_gone_is_retired_and_puts_nobody_on_the_call_list(
    database: Database, ward: Clinic, service: PushService
) -> None:
    webhook, _ = made(database, ward, service)
    with database.begin() as session:
        an_alert(session, ward)
    before = {row.recipient_id for row in rows(database)}
    relay = Relay(database, FakeChannel(Gone("answered 410")), pace=DeliveryPace(1, 1), clock=FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert before == {webhook.id}
    gone = the(database, Webhook, webhook.id)
    assert (gone.retired_at, gone.retired_reason) == (NOW, "answered 410")
    with database.read() as session:
        assert (
            session.query(OutboxMessage).filter_by(recipient_id=webhook.id, channel="call_list").count() == 0
        )
