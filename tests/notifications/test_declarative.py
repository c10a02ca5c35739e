"""Declarative pushes that a browser shows by itself, and the keys that sign pushes."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.domain.delivery.public_address import PushServices
from api.domain.enrolment import Language
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.alerts import ack_links
from api.services.messages.outbox import Notification, post
from api.services.messages.vapid import new_private_key, public_key_of
from config.settings import Settings
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.results import Delivered, Gone
from notifications.channels.web_push import PushTarget, WebPush, body_of
from notifications.compose import link_maker
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, subscribe
from tests.notifications.test_web_push import address_of
from tests.support.builders import Clinic
from tests.support.fakes import FakeChannel, FakeClock, Waited
from tests.support.push_service import Browser, PushService
from tests.support.relays import run_once

SETTINGS = Settings(secret_key="-" * 32, public_url="https://clinic.example")
OLDEST, OLDER, NEWEST = new_private_key(), new_private_key(), new_private_key()

LONGEST_BODY = 4096 - 103
"""Bytes left by encryption of the 4096 that every push service accepts (RFC 8291, section 4)."""


def shown(body: bytes) -> dict[str, Any]:
    """Read a push as the W3C Push API specifies for browsers without a service worker."""
    message = json.loads(body)
    assert message["web_push"] == 8030
    notification = message["notification"]
    assert isinstance(notification["title"], str)
    assert urlsplit(notification["navigate"]).scheme in {"http", "https"}
    assert set(notification) <= {"title", "navigate", "lang", "dir", "body", "tag", "silent"}
    return dict(notification)


@pytest.mark.parametrize("language", Language)
def test_a_browser_shows_a_push_by_itself(language: Language) -> None:
    payload = Payload(MessageKind.CHECK_IN, UUID(int=7), language)
    message = Message(payload, "t" * 32, 60, Urgency.NORMAL, link="https://clinic.example/m/7")

    notification = shown(body_of(message))

    assert notification["lang"] == language.value
    assert notification["tag"] == "t" * 32
    assert notification["navigate"] == "https://clinic.example/m/7"


def test_the_longest_push_fits_every_push_service() -> None:
    link = f"https://{'a' * 63}.{'b' * 63}.example/m/{uuid4()}#{'x' * 50}"
    longest = max(
        len(body_of(Message(Payload(kind, uuid4(), language, discreet), "t" * 32, 60, Urgency.NORMAL, link)))
        for kind, language, discreet in product(MessageKind, Language, (True, False))
    )
    assert longest <= LONGEST_BODY


def test_an_encrypted_push_is_not_longer_than_4096_bytes(service: PushService, channel: Waited) -> None:
    browser = Browser(service.origin)

    assert channel.send(address_of(browser), a_message(link="https://c.example/" + "x" * 3000)) == Delivered()

    (push,) = service.to(browser)
    assert len(push.body) <= 4096
    assert shown(json.dumps(browser.read(push)).encode())["navigate"].endswith("x" * 3000)
    assert push.headers["content-type"] == "application/octet-stream"


@pytest.fixture
def channel() -> Iterator[Waited]:
    """A sender whose key was changed twice."""
    push = WebPush(
        private_key=NEWEST,
        previous=(OLDER, OLDEST),
        subject="mailto:operator@example.org",
        services=PushServices((), loopback=True),
        clock=FakeClock(NOW),
    )
    channel = Waited(push)
    yield channel
    channel.close()


def a_message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "payload": Payload(MessageKind.ALERT, uuid4()),
        "topic": "a" * 32,
        "ttl_s": 3600,
        "urgency": Urgency.HIGH,
    }
    return Message(**values | changes)


@pytest.mark.parametrize(
    ("made_with", "signed_with"),
    [
        (public_key_of(NEWEST), NEWEST),
        (public_key_of(OLDER), OLDER),
        (public_key_of(OLDEST), OLDEST),
        (None, OLDEST),
    ],
    ids=["the newest", "an older one", "the oldest", "one without a record"],
)
def test_a_push_is_signed_with_the_key_its_browser_subscribed_with(
    channel: Waited, service: PushService, *, made_with: str | None, signed_with: str
) -> None:
    browser = Browser(service.origin)
    address = PushTarget(browser.endpoint, browser.p256dh, browser.auth, made_with)

    assert channel.send(address, a_message()) == Delivered()

    (push,) = service.to(browser)
    assert f"k={public_key_of(signed_with)}" in push.headers["authorization"]


def test_a_browser_of_a_key_that_was_thrown_away_is_gone(channel: Waited, service: PushService) -> None:
    browser = Browser(service.origin)
    lost = PushTarget(browser.endpoint, browser.p256dh, browser.auth, public_key_of(new_private_key()))

    assert channel.send(lost, a_message()) == Gone("subscribed with a key this server no longer has")
    assert service.pushes == []


def test_previous_keys_are_read_from_the_environment() -> None:
    settings = Settings.from_env({"VAPID_PRIVATE_KEY": NEWEST, "VAPID_PREVIOUS_KEYS": f"{OLDER}, {OLDEST}"})

    assert settings.vapid_previous_keys == (OLDER, OLDEST)


def test_a_patient_is_notified_in_the_chosen_language_and_discreetly_on_request(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
        patient = session.get_one(Patient, ward.patient.id)
        patient.language, patient.discreet = "es", True
        notice = Notification(MessageKind.CHECK_IN, ward.site.id, "1", "1", NOW, NOW + timedelta(days=1))
        post(session, notice, recipients=[patient.id], now=NOW)

    ((_, message),) = sent(database)

    assert (message.payload.language, message.payload.discreet) == (Language.SPANISH, True)
    assert message.link == f"https://clinic.example/app/#/message?id={message.payload.id}"


def test_an_alert_leads_its_reader_to_where_it_is_acknowledged_once(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        session.get_one(Staff, ward.nurse.id).language = "fr"
        alert = an_alert(session, ward)

    ((_, message),) = sent(database)

    page, _, token = message.link.partition("#")
    assert page == f"https://clinic.example/m/{message.payload.id}"
    assert message.payload.language is Language.FRENCH
    with database.begin() as session:
        redeemed = ack_links.redeem(session, token, ward.nurse.principal, settings=SETTINGS, now=NOW)
        assert redeemed.id == alert.id


def sent(database: Database) -> list[tuple[PushTarget, Message]]:
    """Let a worker send what waits, and return what it was."""
    channel = FakeChannel()
    relay = Relay(
        database,
        channel,
        pace=DeliveryPace(batch=10, per_destination=2),
        clock=FakeClock(NOW),
        link=link_maker(SETTINGS),
    )
    run_once(relay)
    relay.close()
    return channel.sent
