"""Ways of delivery broken by a fault of ours, against a real push service and a real mail server."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from aiosmtplib import SMTPHeloError, SMTPRecipientRefused, SMTPRecipientsRefused, SMTPSenderRefused
from sqlalchemy import update

from api.db.database import Database
from api.domain.delivery.messages import Channel, MessageKind
from api.domain.delivery.public_address import PushServices
from api.models.alert import Alert
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.messages import channel_pause, faults, outbox
from api.services.messages.outbox import Notification
from api.services.messages.vapid import new_private_key
from api.services.monitoring.health import examine
from config.mail import MailServer
from config.settings import PUSH_SERVICES
from notifications.channels.email import MailSender, MailTarget, outcome_of
from notifications.channels.http_outcome import ACCEPTED_LATELY, Refusals
from notifications.channels.registry import ChannelRouter
from notifications.channels.results import Broken, Dead, Delivered, Gone
from notifications.channels.smtp_pool import SmtpPool
from notifications.channels.ssrf_guard import HttpResponse
from notifications.channels.web_push import WebPush
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.notifications.test_email import SENDER, a_message
from tests.support.builders import Clinic
from tests.support.fakes import BrokenChannel, FakeChannel, FakeClock, Waited
from tests.support.mail_server import MailServer as Inbox
from tests.support.mail_server import mail_server
from tests.support.push_service import Browser, Push, PushService
from tests.support.relays import run_once

KEY = new_private_key()
SERVICES = PushServices(PUSH_SERVICES, loopback=True)
URL = "https://fcm.googleapis.com/fcm/send/abc"


def refusing(_: Push) -> tuple[int, dict[str, str]]:
    """Take nothing that we sign."""
    return 403, {}


def taking(_: Push) -> tuple[int, dict[str, str]]:
    """Take everything."""
    return 201, {}


@contextmanager
def a_relay(database: Database, clock: FakeClock, inbox: Inbox, trusted: ssl.SSLContext) -> Iterator[Relay]:
    push = WebPush(private_key=KEY, subject="mailto:ops@example.org", services=SERVICES, clock=clock)
    server = MailServer("127.0.0.1", inbox.port, encrypted=False)
    post = SmtpPool(server, name="clinic.example", trusted=trusted, loopback_is_safe=False)
    mail = MailSender(post, sender=SENDER, clock=clock)
    relay = Relay(
        database, ChannelRouter({"web_push": push, "email": mail}), pace=DeliveryPace(10, 2), clock=clock
    )
    try:
        yield relay
    finally:
        relay.close()


@pytest.fixture
def clock() -> FakeClock:
    """The time of these tests."""
    return FakeClock(NOW)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Inbox, ssl.SSLContext]]:
    """A mail server."""
    with mail_server(tmp_path) as running:
        yield running


@pytest.fixture
def relay(database: Database, clock: FakeClock, post: tuple[Inbox, ssl.SSLContext]) -> Iterator[Relay]:
    """A relay by push and e-mail."""
    with a_relay(database, clock, *post) as relay:
        yield relay


def alert_the_nurse(database: Database, ward: Clinic, service: PushService) -> Alert:
    with database.begin() as session:
        session.execute(update(Staff).values(email_notices=True))
        subscribe(session, ward.nurse, Browser(service.origin))
        return an_alert(session, ward)


def broken(database: Database) -> list[str]:
    with database.read() as session:
        return [f"{fault.channel}: {fault.reason}" for fault in faults.list_broken(session)]


def states(database: Database) -> list[tuple[str, str, int]]:
    return sorted((row.channel, row.state, row.attempts) for row in messages_of(database))


def test_a_refused_signature_sends_the_alert_by_email_at_once_and_names_the_way_to_the_operator(
    database: Database,
    ward: Clinic,
    service: PushService,
    relay: Relay,
    post: tuple[Inbox, ssl.SSLContext],
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.answer = refusing
    alert_the_nurse(database, ward, service)
    run_once(relay)
    run_once(relay)
    assert states(database) == [("email", "delivered", 1), ("web_push", "dead", 1)]
    assert len(post[0].letters) == 1
    assert broken(database) == ["web_push: answered 403 to our signature"]
    with database.read() as session:
        health = examine(session, now=NOW)
    assert health.misconfigured_channels == [
        f"web_push ({service.origin.removeprefix('http://')}): answered 403 to our signature"
    ]
    [said] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert said.message == "delivery channel is broken"


def test_while_a_way_is_broken_nothing_is_sent_by_it_and_it_opens_by_itself(
    database: Database, ward: Clinic, service: PushService, relay: Relay, clock: FakeClock
) -> None:
    service.answer = refusing
    alert_the_nurse(database, ward, service)
    run_once(relay)
    with database.begin() as session:
        an_alert(session, ward, kind="silence")
    clock.move(timedelta(minutes=1))
    run_once(relay)
    assert len(service.pushes) == 1  # the second was not even tried, and is on its way by e-mail
    service.answer = taking
    with database.begin() as session:
        an_alert(session, ward, kind="severe_symptoms")
    clock.move(faults.PROBED_EVERY)
    run_once(relay)
    assert len(service.pushes) == 2
    assert broken(database) == []


def test_a_probe_that_is_refused_leaves_the_way_closed_and_costs_one_message_its_try(
    database: Database, ward: Clinic, service: PushService, relay: Relay, clock: FakeClock
) -> None:
    service.answer = refusing
    alert_the_nurse(database, ward, service)
    run_once(relay)
    for kind in ("silence", "severe_symptoms", "atypical"):
        with database.begin() as session:
            an_alert(session, ward, kind=kind)
    clock.move(faults.PROBED_EVERY)
    run_once(relay)
    assert len(service.pushes) == 2
    assert len(broken(database)) == 1
    pushes = [row for row in messages_of(database) if row.channel == Channel.WEB_PUSH]
    assert {row.state for row in pushes} == {"dead"}


def test_an_operator_and_a_restart_let_a_broken_way_be_tried_at_once(
    database: Database, ward: Clinic, service: PushService, relay: Relay, clock: FakeClock
) -> None:
    service.answer = refusing
    alert_the_nurse(database, ward, service)
    run_once(relay)
    service.answer = taking
    worker = Worker(database, FakeChannel(), pace=DeliveryPace(), clock=clock)
    worker.probe_broken_channels()
    with database.begin() as session:
        an_alert(session, ward, kind="silence")
    run_once(relay)
    assert (len(service.pushes), broken(database)) == (2, [])
    with database.begin() as session:
        faults.record(session, "push.example.org", Channel.WEB_PUSH, reason="answered 401", now=NOW)
    with database.begin() as session:
        assert channel_pause.start(session, Channel.WEB_PUSH, now=NOW)
    assert broken(database) == []
    worker.close()


def test_a_reminder_waits_for_a_broken_way_rather_than_have_every_patient_called(
    database: Database, ward: Clinic, service: PushService, relay: Relay, clock: FakeClock
) -> None:
    service.answer = refusing
    with database.begin() as session:
        session.execute(update(Patient).values(email=None))
        subscribe(session, ward.patient, Browser(service.origin))
        asked = Notification(
            kind=MessageKind.CHECK_IN,
            site_id=ward.site.id,
            purpose="check_in:1",
            topic_of="check_in",
            not_before=NOW,
            expires_at=NOW + timedelta(days=1),
            patient_id=ward.patient.id,
        )
        outbox.post(session, asked, recipients=[ward.patient.id], now=NOW)
    run_once(relay)
    [waits] = messages_of(database)
    assert (waits.state, waits.attempts, waits.not_before) == ("pending", 0, NOW + faults.PROBED_EVERY)
    service.answer = taking
    clock.move(faults.PROBED_EVERY)
    run_once(relay)
    assert the(database, type(waits), waits.id).state == "delivered"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Broken("answered 403 to our signature")),
        ('{"reason":"BadJwtToken"}', Broken("answered 403 to our signature")),
        ('{"reason":"VapidPkHashMismatch"}', Gone("subscribed with another key")),
        ("the VAPID credentials … do not correspond to …", Gone("subscribed with another key")),
    ],
)
def test_a_service_that_refuses_us_is_told_from_one_that_refuses_an_address(
    text: str, meant: Broken | Gone
) -> None:
    assert Refusals().judge(URL, HttpResponse(403, {}, text), now=NOW) == meant


def test_a_400_is_ours_where_it_speaks_of_our_signature_and_else_the_messages() -> None:
    refusals = Refusals()
    assert isinstance(refusals.judge(URL, HttpResponse(400, {}, "invalid VAPID subject"), now=NOW), Broken)
    assert refusals.judge(URL, HttpResponse(400, {}, "bad token"), now=NOW) == Dead("answered 400")


def test_one_refusal_among_what_is_taken_closes_nothing_and_three_in_a_row_do() -> None:
    refusals = Refusals()
    assert refusals.judge(URL, HttpResponse(201, {}), now=NOW) == Delivered()
    meant = [refusals.judge(URL, HttpResponse(403, {}), now=NOW) for _ in range(3)]
    assert [type(each) for each in meant] == [Dead, Dead, Broken]
    assert refusals.judge(URL, HttpResponse(201, {}), now=NOW) == Delivered()
    later = NOW + ACCEPTED_LATELY
    assert isinstance(refusals.judge(URL, HttpResponse(403, {}), now=later), Broken)


def test_a_mail_server_that_refuses_our_sign_in_puts_the_name_on_the_call_list_at_once(
    database: Database, ward: Clinic, clock: FakeClock, tmp_path: Path
) -> None:
    with database.begin() as session:
        session.execute(update(Staff).values(email_notices=True))
        an_alert(session, ward)
    with mail_server(tmp_path, password="right") as (inbox, trusted):
        server = MailServer("127.0.0.1", inbox.port, encrypted=False, user="clinic", password="wrong")
        sender = MailSender(
            SmtpPool(server, name="x", trusted=trusted, loopback_is_safe=False), sender=SENDER, clock=clock
        )
        relay = Relay(database, ChannelRouter({"email": sender}), pace=DeliveryPace(10, 2), clock=clock)
        run_once(relay)
        relay.close()
    assert ("call_list", "dead", 0) in states(database)
    assert broken(database) == ["email: answered 535 to our sign-in"]


@pytest.mark.parametrize(
    "error",
    [
        SMTPSenderRefused(550, "5.7.1 not yours", "care@clinic.example"),
        SMTPRecipientsRefused([SMTPRecipientRefused(554, "5.7.1 Relay access denied", "a@b.example")]),
        SMTPRecipientsRefused([SMTPRecipientRefused(530, "5.7.0 authentication required", "a@b.example")]),
        SMTPHeloError(550, "no"),
        ssl.SSLError("WRONG_VERSION_NUMBER"),
    ],
)
def test_what_a_mail_server_refuses_of_us_is_broken_and_not_tried_twelve_times(error: Exception) -> None:
    assert isinstance(outcome_of(error), Broken)


def test_an_address_beyond_ascii_is_dead_at_once_where_the_server_cannot_take_it(
    post: tuple[Inbox, ssl.SSLContext],
) -> None:
    with a_sender(*post) as sender:
        said = sender.send(MailTarget("jörg@müller.example"), a_message())
        assert said == Dead("the mail server takes no address beyond ASCII (SMTPUTF8)")
        assert sender.send(MailTarget("joerg@müller.example"), a_message()) == Delivered()
    [letter] = post[0].letters
    assert letter["To"] == "joerg@xn--mller-kva.example"


@contextmanager
def a_sender(inbox: Inbox, trusted: ssl.SSLContext) -> Iterator[Waited]:
    server = MailServer("127.0.0.1", inbox.port, encrypted=False)
    post = SmtpPool(server, name="clinic.example", trusted=trusted, loopback_is_safe=False)
    sender = Waited(MailSender(post, sender=SENDER, clock=FakeClock(NOW)))
    yield sender
    sender.close()


def test_a_bug_of_ours_costs_three_tries_and_not_twelve(
    database: Database, ward: Clinic, clock: FakeClock
) -> None:
    with database.begin() as session:
        session.execute(update(Staff).values(email_notices=True))
        an_alert(session, ward)
    relay = Relay(database, BrokenChannel(), pace=DeliveryPace(10, 2), clock=clock)
    run: Callable[[], int] = partial(run_once, relay)
    for _ in range(3):
        run()
        clock.move(timedelta(minutes=1))
    relay.close()
    assert ("call_list", "dead", 0) in states(database)
