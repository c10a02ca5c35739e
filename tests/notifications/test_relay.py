"""Claim, send, settle, with whatever can go wrong between."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from api.db.database import Database
from api.domain.delivery.public_address import PushServices
from api.models.alert import Alert
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.services.messages.vapid import new_private_key
from api.services.reminders.reminders import trigger
from notifications.channels.base import Message
from notifications.channels.results import Delivered, Gone, Retry, SendResult
from notifications.channels.web_push import PushTarget, WebPush
from notifications.jobs import escalation
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, a_clinic
from tests.support.fakes import BrokenChannel, FakeChannel, FakeClock
from tests.support.push_service import Browser, Push, PushService
from tests.support.relays import run_once

PACE = DeliveryPace(batch=10, per_destination=4)


def a_relay(database: Database, channel: FakeChannel | WebPush, clock: FakeClock | None = None) -> Relay:
    return Relay(database, channel, pace=PACE, clock=clock or FakeClock(NOW))


def drain(relay: Relay) -> None:
    while run_once(relay):
        pass


def test_what_waits_is_sent_once_and_written_down(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        address = subscribe(session, ward.nurse)
        an_alert(session, ward)
    channel = FakeChannel()
    relay = a_relay(database, channel)

    assert [run_once(relay), run_once(relay)] == [1, 0]
    relay.close()

    ((sent_to, message),) = channel.sent
    (row,) = messages_of(database, ward.nurse)
    assert sent_to.endpoint == address.endpoint
    assert (message.payload.id, message.topic, message.urgency) == (row.id, row.topic, "high")
    assert (row.state, row.settled_at, row.last_outcome, row.attempts) == ("delivered", NOW, "delivered", 1)
    assert channel.is_closed


def test_what_failed_is_tried_again_when_it_is_time(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    channel, clock = FakeChannel(Retry("answered 503")), FakeClock(NOW)
    relay = a_relay(database, channel, clock)

    tried = [run_once(relay), run_once(relay)]
    clock.move(timedelta(seconds=5))
    tried.append(run_once(relay))
    relay.close()

    assert tried == [1, 0, 1]
    assert messages_of(database, ward.nurse)[0].state == "delivered"


def test_a_channel_that_throws_costs_a_try_and_not_the_worker(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    relay = a_relay(database, BrokenChannel())

    assert run_once(relay) == 1
    relay.close()

    row = messages_of(database, ward.nurse)[0]
    assert (row.state, row.last_outcome) == ("pending", "bug: RuntimeError")


def test_a_message_that_cannot_be_handled_repeats_nobody_elses_push(
    database: Database, ward: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        subscribe(session, ward.patient)
        an_alert(session, ward)
        due, _ = trigger(
            session,
            ward.scheduler.principal,
            patient_id=ward.patient.id,
            purpose="reassessment",
            slot="1",
            now=NOW,
        )
        session.get_one(Patient, ward.patient.id).timezone = "Mars/Olympus"  # newer than this worker's list
    channel, clock = FakeChannel(), FakeClock(due.due_at)
    relay = a_relay(database, channel, clock)

    tried = [run_once(relay)]
    clock.move(PACE.lease)
    tried.append(run_once(relay))
    relay.close()

    (poisoned,) = messages_of(database, ward.patient)
    assert (tried, len(channel.sent)) == ([2, 1], 1)
    assert [row.state for row in messages_of(database, ward.nurse)] == ["delivered"]
    assert (poisoned.state, poisoned.last_outcome) == ("pending", "bug: ZoneInfoNotFoundError")
    assert {getattr(record, "message_id", None) for record in caplog.records} == {poisoned.id}


def test_a_dead_push_climbs_the_ladder_at_once(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        dead = subscribe(session, ward.nurse)
        alive = subscribe(session, ward.clinician)
        alert = an_alert(session, ward)
    channel, clock = FakeChannel(Gone("answered 410")), FakeClock(NOW)
    relay = a_relay(database, channel, clock)

    run_once(relay)
    assert escalation.escalate_overdue(database, now=clock()) == 1
    run_once(relay)
    relay.close()

    assert [address.endpoint for address, _ in channel.sent] == [dead.endpoint, alive.endpoint]
    assert the(database, Subscription, dead.id).retired_reason == "answered 410"
    assert the(database, Alert, alert.id).rung == 2


def test_a_browser_that_is_gone_moves_on_to_the_next_rung_over_the_wire(
    database: Database, ward: Clinic, service: PushService
) -> None:
    nurse, clinician = Browser(service.origin), Browser(service.origin)
    with database.begin() as session:
        dead = subscribe(session, ward.nurse, nurse)
        subscribe(session, ward.clinician, clinician)
        alert = an_alert(session, ward)
    service.answer = lambda push: (410 if push.path == nurse.path else 201, {})
    channel = WebPush(
        private_key=new_private_key(),
        subject="mailto:a@example.org",
        services=PushServices((), loopback=True),
        clock=FakeClock(NOW),
    )
    relay = a_relay(database, channel)

    run_once(relay)
    escalation.escalate_overdue(database, now=NOW)
    run_once(relay)
    relay.close()

    (push,) = service.to(clinician)
    (row,) = messages_of(database, ward.clinician)
    said = clinician.read(push)
    assert (said["kind"], said["id"]) == ("alert", str(row.id))
    assert (row.state, row.alert_id) == ("delivered", alert.id)
    assert push.headers["topic"] == row.topic
    assert push.headers["urgency"] == "high"
    assert the(database, Subscription, dead.id).retired_at == NOW


class Mortal(FakeChannel):
    """Sends some, then its process is gone: what it was sending never comes back."""

    def __init__(self, lives: int) -> None:
        super().__init__()
        self._lives = lives
        self.died = threading.Event()

    async def send(self, address: PushTarget, message: Message) -> SendResult:
        if len(self.sent) >= self._lives:
            self.died.set()
            raise SystemExit
        return await super().send(address, message)


@pytest.fixture
def relays(postgresql: Database) -> Iterator[list[Relay]]:
    """Relays that are closed at the end."""
    running: list[Relay] = []
    yield running
    for relay in running:
        relay.close()


def test_two_relays_share_the_work_and_one_that_dies_half_way_loses_nothing(
    postgresql: Database, relays: list[Relay]
) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        for _ in range(60):
            subscribe(session, ward.nurse)
        an_alert(session, ward)
    mortal, healthy, clock = Mortal(lives=7), FakeChannel(), FakeClock(NOW)
    relays += [a_relay(postgresql, mortal, clock), a_relay(postgresql, healthy, clock)]

    def die() -> None:
        with pytest.raises(SystemExit):
            drain(relays[0])

    dying = threading.Thread(target=die)
    dying.start()
    mortal.died.wait(10)
    drain(relays[1])
    dying.join(10)
    drain(relays[1])
    lost = [row for row in messages_of(postgresql, ward.nurse) if row.state == "pending"]
    clock.move(PACE.lease)
    drain(relays[1])

    assert 0 < len(lost) <= PACE.batch
    rows = messages_of(postgresql, ward.nurse)
    assert Counter(row.state for row in rows) == {"delivered": 60}
    times = Counter(message.payload.id for _, message in mortal.sent + healthy.sent)
    assert set(times) == {row.id for row in rows}
    assert {row.id for row in rows if times[row.id] > 1} <= {row.id for row in lost}  # only what it left


def test_two_relays_at_once_send_nothing_twice(postgresql: Database, relays: list[Relay]) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        for _ in range(100):
            subscribe(session, ward.nurse)
        an_alert(session, ward)
    channels = [FakeChannel() for _ in range(3)]
    relays += [a_relay(postgresql, channel) for channel in channels]

    threads = [threading.Thread(target=drain, args=[relay]) for relay in relays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    times = Counter(message.payload.id for channel in channels for _, message in channel.sent)
    assert len(times) == 100
    assert set(times.values()) == {1}


def test_answering_an_alert_while_its_pushes_are_settled_is_no_deadlock(
    postgresql: Database, relays: list[Relay]
) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        for _ in range(20):
            subscribe(session, ward.nurse)
        alert = an_alert(session, ward)

    class Answered(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            with postgresql.begin() as session:  # another transaction holds the alert meanwhile
                session.get_one(Alert, alert.id, with_for_update=True)
            return Gone("answered 410") if len(self.sent) % 2 else await super().send(address, message)

    relays.append(a_relay(postgresql, Answered()))
    drain(relays[0])

    assert Counter(row.state for row in messages_of(postgresql, ward.nurse)) <= Counter(delivered=20, dead=21)


def test_pushes_carry_nothing_but_ids_even_for_a_worsening_patient(
    database: Database, ward: Clinic, service: PushService
) -> None:
    browser = Browser(service.origin)
    with database.begin() as session:
        subscribe(session, ward.nurse, browser)
        an_alert(session, ward, reason="worst pain is 4 points above the baseline")
    channel = WebPush(
        private_key=new_private_key(),
        subject="mailto:a@example.org",
        services=PushServices((), loopback=True),
        clock=FakeClock(NOW),
    )
    relay = a_relay(database, channel)

    run_once(relay)
    relay.close()

    (push,) = service.to(browser)
    said = browser.read(push)
    assert set(said) == {"kind", "id", "web_push", "notification"}
    assert set(said["notification"]) == {"title", "lang", "navigate", "tag"}
    on_the_wire = _everything(push)
    for secret in (str(ward.patient.id), str(ward.nurse.id), "pain", "worsening", "Ada"):
        assert secret.encode() not in on_the_wire


def _everything(push: Push) -> bytes:
    return push.body + repr(push.headers).encode() + push.path.encode()


def test_the_outbox_says_delivered_only_of_what_was(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    relay = a_relay(database, FakeChannel(Delivered(), Retry("Timeout")))

    run_once(relay)
    relay.close()

    assert Counter(row.state for row in messages_of(database, ward.nurse)) == {"delivered": 1, "pending": 1}
    assert the(database, OutboxMessage, messages_of(database)[0].id).attempts == 1
