"""The brakes: limits, repeats put together, the emergency stop, the dry run."""

import logging
import signal
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient, FlaskCliRunner

from api.app import create_app
from api.cli.delivery import outbox as outbox_command
from api.cli.delivery import start, stop
from api.db.database import Database
from api.domain.delivery.limits import MessageLimit, MessageLimits, SiteLimit
from api.domain.delivery.messages import Channel, MessageKind
from api.models.outbox import OutboxMessage
from api.services.messages import channel_pause, webhooks
from api.services.messages import outbox as box
from api.services.messages.vapid import new_private_key
from config.settings import Settings
from notifications import claims
from notifications.__main__ import main
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.email import MailTarget
from notifications.channels.registry import ChannelRouter, open_channels
from notifications.channels.results import Rehearsed
from notifications.channels.web_push import PushTarget
from notifications.channels.webhook import WebhookTarget
from notifications.delivery_results import DeliveryResult, Postponed
from notifications.jobs.escalation import escalate_overdue, expire_unsent
from notifications.rate_limits import RateLimiter
from notifications.relay import Relay
from notifications.retry_policy import Backoff, DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, a_patient
from tests.support.fakes import FakeChannel, FakeClock, Waited
from tests.support.push_service import Browser, PushService
from tests.support.relays import run_once

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def remind(database: Database, ward: Clinic, number: int, *, lives: timedelta = 9 * DAY) -> None:
    """Post as many reminders to the patient, each about something else."""
    with database.begin() as session:
        for n in range(number):
            about = f"{uuid4()}:{n}"
            notice = box.Notification(
                MessageKind.CHECK_IN, ward.site.id, about, about, NOW, NOW + lives, patient_id=ward.patient.id
            )
            box.post(session, notice, recipients=[ward.patient.id], now=NOW + timedelta(seconds=n))


def a_relay(database: Database, channel: Any, clock: FakeClock, **more: Any) -> Relay:
    return Relay(database, channel, pace=DeliveryPace(batch=50, per_destination=2), clock=clock, **more)


def outcomes(database: Database, who: Any) -> Counter[str | None]:
    return Counter(f"{row.state}: {row.last_outcome}" for row in messages_of(database, who))


def test_a_patient_gets_twelve_messages_a_day_and_the_rest_waits_with_its_reason(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
    remind(database, ward, 15)
    clock, channel = FakeClock(NOW), FakeChannel()
    relay = a_relay(database, channel, clock)

    run_once(relay)
    after_one = outcomes(database, ward.patient)
    clock.move(DAY - MINUTE)
    run_once(relay)
    still = len(channel.sent)
    clock.move(MINUTE)
    run_once(relay)
    relay.close()

    assert after_one == {"delivered: delivered": 12, "pending: held: 12 messages a day to one person": 3}
    assert still == 12
    assert outcomes(database, ward.patient) == {"delivered: delivered": 15}


def test_what_waits_for_room_for_a_day_has_all_its_tries_left(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
    remind(database, ward, 1)
    held = Postponed(NOW, "held: the site's messages of a day")
    for _ in range(Backoff().attempts + 1):
        with database.begin() as session:
            (message,) = claims.claim(session, now=NOW, limit=1, lease=MINUTE)
        with database.begin() as session:
            claims.settle(session, [DeliveryResult(message, held)], now=NOW, backoff=Backoff())
    channel = FakeChannel()
    relay = a_relay(database, channel, FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert outcomes(database, ward.patient) == {"delivered: delivered": 1}


def test_one_notice_on_three_devices_is_one_message(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        for _ in range(3):
            subscribe(session, ward.patient)
    remind(database, ward, 12)
    channel = FakeChannel()
    relay = a_relay(database, channel, FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert len(channel.sent) == 36


def test_what_would_expire_before_there_is_room_goes_onto_the_call_list(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
    remind(database, ward, 13, lives=timedelta(hours=3))
    relay = a_relay(database, FakeChannel(), FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert outcomes(database, ward.patient) == {
        "delivered: delivered": 12,
        "dead: held: 12 messages a day to one person; it expires before there is room": 1,
        "dead: no device could be reached": 1,
    }


def test_staff_are_told_of_every_alert_however_many(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        for _ in range(40):
            patient = a_patient(session, ward.team, now=NOW)
            an_alert(session, ward, patient_id=patient.id)
    channel = FakeChannel()
    relay = a_relay(database, channel, FakeClock(NOW))

    run_once(relay)
    relay.close()

    assert len(channel.sent) == 40


def test_repeats_of_one_alert_that_waited_come_as_one(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    for minutes in (30, 120, 240):
        escalate_overdue(database, now=NOW + minutes * MINUTE)
    channel = FakeChannel()
    relay = a_relay(database, channel, FakeClock(NOW + 240 * MINUTE))

    run_once(relay)
    relay.close()

    told = [row for row in messages_of(database, ward.nurse) if row.channel == "web_push"]
    assert len(channel.sent) == 1
    assert [row.state for row in told] == ["cancelled"] * (len(told) - 1) + ["delivered"]
    assert told[0].last_outcome == "replaced by a later message about the same"


def test_a_site_has_a_limit_too(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    remind(database, ward, 8)
    brakes = RateLimiter(MessageLimits(site=SiteLimit(least=5, for_each=1)))
    with database.begin() as session:
        claimed = claims.claim(session, now=NOW, limit=50, lease=MINUTE)
    with database.read() as session:
        held = brakes.outcomes(session, claimed, now=NOW)

    assert len(claimed) == 9
    assert len(held) == 3
    assert {message.kind for message in claimed if message.id in held} == {"check_in"}


@pytest.mark.parametrize(
    ("hours_ago", "free_in_h"),
    [([], None), ([1], None), ([1, 2], 22), ([30, 1], None), ([23.9, 1], 1), ([1, 1, 5, 9], 23)],
)
def test_there_is_room_again_when_the_day_is_over(hours_ago: list[float], free_in_h: float | None) -> None:
    sent = [NOW - timedelta(hours=hours) for hours in hours_ago]
    expected = None if free_in_h is None else NOW + timedelta(hours=free_in_h)

    assert MessageLimit(2).free_at(sent, now=NOW) == expected


def test_nothing_leaves_by_a_stopped_channel_until_it_is_started(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
        stopped = [channel_pause.stop(session, Channel.WEB_PUSH, why="a fault", now=NOW) for _ in range(2)]
    channel = FakeChannel()
    relay = a_relay(database, channel, FakeClock(NOW))

    while_stopped = run_once(relay)
    with database.begin() as session:
        started = [channel_pause.start(session, Channel.WEB_PUSH, now=NOW) for _ in range(2)]
    after = run_once(relay)
    relay.close()

    assert (stopped, started) == ([True, False], [True, False])
    assert (while_stopped, after, len(channel.sent)) == (0, 1, 1)
    assert messages_of(database, ward.nurse)[0].attempts == 1


def test_other_channels_go_on_beside_a_stopped_one(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
        channel_pause.stop(session, Channel.EMAIL, why="a fault", now=NOW)
    relay = a_relay(database, FakeChannel(), FakeClock(NOW))

    assert run_once(relay) == 1
    relay.close()


def test_a_stop_is_made_seen_and_taken_back_by_an_operator(database: Database, client: FlaskClient) -> None:
    shell: FlaskCliRunner = create_app(Settings(), database=database).test_cli_runner()

    said = [shell.invoke(stop, ["email", "--why", "the server is blocked"]).output for _ in range(2)]
    shown = shell.invoke(outbox_command).output
    health = client.get("/health/ready").json
    with_no_reason = shell.invoke(stop, ["email"])
    again = [shell.invoke(start, ["email"]).output for _ in range(2)]

    assert said == ["email is stopped\n", "email was stopped already\n"]
    assert "stopped email since" in shown
    assert "the server is blocked" in shown
    assert health["stopped_channels"] == ["email"]
    assert with_no_reason.exit_code == 2
    assert again == ["email is started\n", "email was not stopped\n"]
    assert client.get("/health/ready").json["stopped_channels"] == []


def test_what_waits_for_a_stopped_channel_does_not_take_the_server_out_of_service(
    client: FlaskClient, database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    before = client.get("/health/ready").json["oldest_due_message_s"]
    with database.begin() as session:
        channel_pause.stop(session, Channel.WEB_PUSH, why="a fault", now=NOW)

    assert before > 0
    assert client.get("/health/ready").json["oldest_due_message_s"] == 0


def a_message() -> Message:
    return Message(Payload(MessageKind.ALERT, uuid4()), "t" * 32, 60, Urgency.HIGH)


def test_a_dry_run_does_everything_but_the_last_step(service: PushService) -> None:
    settings = Settings(
        vapid_private_key=new_private_key(),
        push_loopback=True,
        smtp_url="smtp://192.0.2.1",
        mail_from="a@clinic.example",
        secret_key="x",
        delivery_dry_run=True,
    )
    browser = Browser(service.origin)
    channel = Waited(ChannelRouter(open_channels(settings, clock=FakeClock(NOW)), dry_run=True))
    secret = webhooks.key_of("x").encrypt(b"whsec_c2VjcmV0").decode()
    addresses = [
        PushTarget(browser.endpoint, browser.p256dh, browser.auth),
        MailTarget("ada@example.org"),
        WebhookTarget(service.origin, secret),
    ]

    assert [channel.send(address, a_message()) for address in addresses] == [Rehearsed()] * 3
    wrong = channel.send(PushTarget("https://example.org/1", browser.p256dh, browser.auth), a_message())
    channel.close()

    assert service.pushes == []
    assert type(wrong).__name__ == "Dead"  # what would fail fails here too


def test_a_rehearsed_message_is_never_taken_for_a_delivered_one(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    relay = a_relay(database, FakeChannel(Rehearsed()), FakeClock(NOW))

    run_once(relay)
    relay.close()

    (row,) = messages_of(database, ward.nurse)
    row = the(database, OutboxMessage, row.id)
    assert (row.state, row.last_outcome, row.settled_at) == ("rehearsed", "dry run: not sent", NOW)


def test_a_worker_says_that_it_only_rehearses(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers[:])
    monkeypatch.setattr(root, "level", root.level)
    signals = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}

    main(["--once"], {"DATABASE_URL": url, "DELIVERY_DRY_RUN": "true"})

    for name, handler in signals.items():
        signal.signal(name, handler)
    assert "nothing is sent" in capsys.readouterr().err


def test_a_reminder_that_expires_on_a_stopped_channel_goes_on_by_the_next_way(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
        channel_pause.stop(session, Channel.WEB_PUSH, why="a fault", now=NOW)
    remind(database, ward, 1, lives=DAY)

    given_up = [expire_unsent(database, now=NOW + each) for each in (DAY - MINUTE, DAY, DAY)]

    assert given_up == [0, 1, 0]
    assert outcomes(database, ward.patient) == {"dead: expired": 1, "dead: no device could be reached": 1}
