"""E-mail, as a real mail server takes it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiosmtplib import SMTPConnectResponseError

from api.db.database import Database
from api.domain.delivery.messages import Channel, MessageKind
from api.domain.enrolment import Language
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.messages import outbox as box
from api.services.reminders.reminders import trigger
from config.mail import MailServer, domain_of, server_of
from config.settings import Settings
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.email import MailSender, MailTarget, outcome_of
from notifications.channels.registry import ChannelRouter
from notifications.channels.results import Broken, Dead, Delivered, Gone, Retry
from notifications.channels.smtp_pool import SmtpPool
from notifications.compose import link_maker
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, Signed
from tests.support.fakes import FakeChannel, FakeClock, Waited
from tests.support.mail_server import MailServer as Inbox
from tests.support.mail_server import mail_server
from tests.support.relays import run_once

SENDER = "St. Example <care@clinic.example>"
ADA = MailTarget("ada@example.org")


@contextmanager
def writing(
    inbox: Inbox,
    trusted: ssl.SSLContext,
    *,
    user: str = "",
    password: str = "",
    loopback_is_safe: bool = False,
) -> Iterator[Waited]:
    server = MailServer("127.0.0.1", inbox.port, encrypted=False, user=user, password=password)
    post = SmtpPool(server, name="clinic.example", trusted=trusted, loopback_is_safe=loopback_is_safe)
    sender = Waited(MailSender(post, sender=SENDER, clock=FakeClock(NOW)))
    yield sender
    sender.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Inbox, ssl.SSLContext]]:
    """A mail server that asks for STARTTLS."""
    with mail_server(tmp_path) as running:
        yield running


@pytest.fixture
def inbox(server: tuple[Inbox, ssl.SSLContext]) -> Inbox:
    """The e-mails it accepted."""
    return server[0]


@pytest.fixture
def sender(server: tuple[Inbox, ssl.SSLContext]) -> Iterator[Waited]:
    """Our side of it."""
    with writing(*server) as sender:
        yield sender


def a_message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "payload": Payload(MessageKind.CHECK_IN, uuid4()),
        "topic": "t" * 32,
        "ttl_s": 3600,
        "urgency": Urgency.NORMAL,
        "link": "https://clinic.example/m/1",
    }
    return Message(**values | changes)


def test_a_letter_comes_encrypted_in_text_and_html_and_says_nothing(inbox: Inbox, sender: Waited) -> None:
    message = a_message(payload=Payload(MessageKind.CHECK_IN, UUID(int=7), Language.GERMAN))

    assert sender.send(ADA, message) == Delivered()

    (letter,) = inbox.letters
    assert inbox.encrypted == [True]
    assert (letter["From"], letter["To"], letter["Subject"]) == (
        '"St. Example" <care@clinic.example>',
        "ada@example.org",
        "Es ist Zeit für Ihren Check-in.",
    )
    assert letter["Message-ID"] == f"<{UUID(int=7)}@clinic.example>"
    assert letter["Content-Language"] == "de"
    assert letter["Auto-Submitted"] == "auto-generated"
    parts = {part.get_content_type(): part.get_content() for part in letter.iter_parts()}
    assert set(parts) == {"text/plain", "text/html"}
    assert all("https://clinic.example/m/1" in text for text in parts.values())
    assert "<img" not in parts["text/html"]


def test_repeats_about_one_thing_hang_together_and_have_ids_of_their_own(
    inbox: Inbox, sender: Waited
) -> None:
    for _ in range(2):
        sender.send(ADA, a_message())
    sender.send(ADA, a_message(topic="u" * 32))

    first, second, other = inbox.letters
    assert first["References"] == first["In-Reply-To"] == second["References"] != other["References"]
    assert len({letter["Message-ID"] for letter in inbox.letters}) == 3


def test_a_discreet_patient_is_written_to_in_the_plainest_words(inbox: Inbox, sender: Waited) -> None:
    sender.send(
        ADA, a_message(payload=Payload(MessageKind.CHECK_IN, uuid4(), Language.FRENCH, discreet=True))
    )

    (letter,) = inbox.letters
    assert letter["Subject"] == "Vous avez un message."
    assert "suivi" not in letter.as_string()


def test_one_connection_serves_many_letters_and_one_that_broke_is_replaced(
    inbox: Inbox, sender: Waited
) -> None:
    for _ in range(3):
        sender.send(ADA, a_message())
    assert len(inbox.sessions) == 1

    inbox.hangs_up = True
    assert sender.send(ADA, a_message()) == Retry("SMTPServerDisconnected")
    inbox.hangs_up = False
    assert sender.send(ADA, a_message()) == Delivered()


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "outcome"),
    [
        ("550 5.1.1 no such user", "250 OK", Gone("answered 550")),
        ("550 no such user", "250 OK", Gone("answered 550")),
        ("550 5.7.1 looks like spam", "250 OK", Dead("answered 550")),
        ("451 4.7.1 greylisted", "250 OK", Retry("answered 451")),
        ("552 5.2.2 mailbox full", "250 OK", Dead("answered 552")),
        ("250 OK", "554 5.6.0 not wanted", Dead("answered 554")),
        ("250 OK", "452 4.3.1 no room", Retry("answered 452")),
    ],
)
def test_every_refusal_has_its_meaning(
    inbox: Inbox, sender: Waited, *, to_recipient: str, to_data: str, outcome: object
) -> None:
    inbox.to_recipient, inbox.to_data = to_recipient, to_data

    assert sender.send(ADA, a_message()) == outcome
    assert inbox.letters == []


def test_nothing_is_said_to_a_server_without_encryption(tmp_path: Path) -> None:
    with (
        mail_server(tmp_path, starttls=False) as running,
        writing(*running, user="a", password="b") as sender,
    ):
        assert sender.send(ADA, a_message()) == Broken("the mail server offers no TLS")
        assert running[0].users == []


def test_a_server_on_this_machine_may_do_without(tmp_path: Path) -> None:
    with mail_server(tmp_path, starttls=False) as running, writing(*running, loopback_is_safe=True) as sender:
        assert sender.send(ADA, a_message()) == Delivered()


def test_a_certificate_nobody_vouches_for_is_not_spoken_to(server: tuple[Inbox, ssl.SSLContext]) -> None:
    with writing(server[0], ssl.create_default_context()) as sender:
        assert sender.send(ADA, a_message()) == Broken("no encrypted connection: SSLCertVerificationError")
    assert server[0].letters == []


@pytest.mark.parametrize(
    ("password", "outcome"), [("right", Delivered()), ("wrong", Broken("answered 535 to our sign-in"))]
)
def test_a_server_that_asks_who_writes_is_told(tmp_path: Path, password: str, outcome: object) -> None:
    with (
        mail_server(tmp_path, password="right") as running,
        writing(*running, user="clinic", password=password) as sender,
    ):
        assert sender.send(ADA, a_message()) == outcome
        assert set(running[0].users) == {"clinic"}


def test_nobody_there_is_tried_again() -> None:
    assert outcome_of(ConnectionRefusedError()) == Retry("ConnectionRefusedError")
    assert outcome_of(SMTPConnectResponseError(421, "busy")) == Retry("SMTPConnectResponseError")


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = MailServer("127.0.0.1", listener.getsockname()[1], encrypted=False)
        post = SmtpPool(silent, name="x", timeout_s=0.2)
        sender = Waited(MailSender(post, sender=SENDER, clock=FakeClock(NOW)))
        outcome = sender.send(ADA, a_message())
        sender.close()

    assert isinstance(outcome, Retry)


def test_an_address_no_header_can_hold_ends_the_message(sender: Waited) -> None:
    outcome = sender.send(MailTarget("a@example.org\r\nBcc: b@example.org"), a_message())

    assert isinstance(outcome, Dead)


@pytest.mark.parametrize("url", ["", "http://a", "smtp://", "smtp://a:b@c:d", "smtp://u:hush@mail.example/x"])
def test_a_server_that_is_none_is_named_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL is not of the form") as refused:
        server_of(url)
    assert "hush" not in str(refused.value)


def test_who_writes_must_be_said_and_be_an_address() -> None:
    with pytest.raises(ValueError, match="MAIL_FROM"):
        Settings(smtp_url="smtp://mail.example")
    with pytest.raises(ValueError, match="MAIL_FROM"):
        domain_of("St. Example")
    assert server_of("smtps://mail.example").port == 465


def remind(database: Database, ward: Clinic) -> Any:
    with database.begin() as session:
        who, by = ward.patient.id, ward.scheduler.principal
        return trigger(session, by, patient_id=who, purpose="reassessment", slot="1", now=NOW)[0]


def mailbox(database: Database, who: Signed, email: str | None = "ada@example.org") -> None:
    with database.begin() as session:
        person = session.get(Patient, who.id) or session.get_one(Staff, who.id)
        if isinstance(person, Staff):
            person.email_notices = email is not None
        else:
            person.email = email


def a_relay(database: Database, channel: Any, clock: FakeClock) -> Relay:
    return Relay(database, channel, pace=DeliveryPace(10, 2), clock=clock, link=link_maker(Settings()))


def ways(database: Database, who: Signed) -> list[tuple[str, str]]:
    return [(row.channel, row.state) for row in messages_of(database, who)]


def test_who_has_no_device_is_written_to_and_who_has_neither_is_called(
    database: Database, ward: Clinic, sender: Waited, inbox: Inbox
) -> None:
    mailbox(database, ward.patient)
    due = remind(database, ward)
    with database.begin() as session:
        an_alert(session, ward)
    relay = a_relay(database, ChannelRouter({"email": sender.of}), FakeClock(due.due_at))

    run_once(relay)
    relay.close()

    (letter,) = inbox.letters
    assert letter["To"] == "ada@example.org"
    assert ways(database, ward.patient) == [("email", "delivered")]
    assert {channel for channel, _ in ways(database, ward.nurse)} == {"call_list"}
    (row,) = messages_of(database, ward.patient)
    assert str(row.id) in letter["Message-ID"]
    assert str(ward.patient.id) not in letter.as_string()
    assert "Ada" not in letter.as_string().replace("ada@example.org", "")


def test_a_push_that_dies_goes_on_by_e_mail_and_then_onto_the_call_list(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
    mailbox(database, ward.patient)
    clock = FakeClock(remind(database, ward).due_at)
    relay = a_relay(database, FakeChannel(Gone("answered 410"), Dead("answered 554")), clock)

    run_once(relay)
    assert sorted(ways(database, ward.patient)) == [("email", "pending"), ("web_push", "dead")]
    run_once(relay)
    relay.close()

    assert sorted(ways(database, ward.patient)) == [
        ("call_list", "dead"),
        ("email", "dead"),
        ("web_push", "dead"),
    ]


def test_a_dead_push_climbs_at_once_although_an_e_mail_takes_its_place(
    database: Database, ward: Clinic
) -> None:
    mailbox(database, ward.nurse)
    with database.begin() as session:
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward)
    relay = a_relay(database, FakeChannel(Gone("answered 410")), FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert the(database, Alert, alert.id).next_rung_at == NOW
    assert ("email", "pending") in ways(database, ward.nurse)


def test_a_mailbox_nobody_has_is_not_written_to_again(database: Database, ward: Clinic) -> None:
    mailbox(database, ward.patient)
    clock = FakeClock(remind(database, ward).due_at)
    relay = a_relay(database, FakeChannel(Gone("answered 550")), clock)
    run_once(relay)
    relay.close()

    with database.begin() as session:
        assert session.get_one(Patient, ward.patient.id).email_gone_at == clock.now
        notice = box.Notification(MessageKind.CHECK_IN, ward.site.id, "2", "2", NOW, NOW + timedelta(days=9))
        assert box.post(session, notice, recipients=[ward.patient.id], now=clock.now) == 0


def test_ways_that_are_asked_for_are_the_only_ones(database: Database, ward: Clinic) -> None:
    mailbox(database, ward.patient)
    with database.begin() as session:
        subscribe(session, ward.patient)
        subscribe(session, ward.nurse)
        everybody = [ward.patient.id, ward.nurse.id]
        notice = box.Notification(MessageKind.CHECK_IN, ward.site.id, "1", "1", NOW, NOW + timedelta(days=1))
        written = box.post(session, notice, recipients=everybody, now=NOW, channels=(Channel.EMAIL,))

    assert written == 1
    assert ways(database, ward.patient) == [("email", "pending")]
    assert ways(database, ward.nurse) == []


def test_without_a_mail_server_what_waits_for_it_falls_back(database: Database, ward: Clinic) -> None:
    mailbox(database, ward.patient)
    clock = FakeClock(remind(database, ward).due_at)
    relay = a_relay(database, ChannelRouter({}), clock)

    run_once(relay)
    relay.close()

    rows = {row.channel: row.last_outcome for row in messages_of(database, ward.patient)}
    assert rows == {"email": "channel email is not configured", "call_list": "no device could be reached"}


def test_who_has_opted_out_since_is_not_written_to(database: Database, ward: Clinic) -> None:
    mailbox(database, ward.nurse)
    with database.begin() as session:
        an_alert(session, ward)
    mailbox(database, ward.nurse, None)
    channel = FakeChannel()
    relay = a_relay(database, channel, FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert channel.sent == []
    (row,) = [row for row in messages_of(database, ward.nurse) if row.channel == "email"]
    assert the(database, OutboxMessage, row.id).last_outcome == "the address was retired"
