"""Writing down how messages ended, while others hold the rows, and while the database is away."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from api.db.database import Database
from api.domain.delivery.messages import MessageKind, ReceiptEvent
from api.models.outbox import OutboxMessage
from api.services import counters
from api.services.messages import outbox as box
from api.services.messages import receipts
from notifications import claims
from notifications.channels.base import Message
from notifications.channels.results import Gone, Retry, SendResult
from notifications.channels.web_push import PushTarget
from notifications.delivery_results import DeliveryResult
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe
from tests.support.builders import Clinic, a_clinic
from tests.support.fakes import FakeChannel, FakeClock
from tests.support.relays import run_once

PACE = DeliveryPace(batch=10, per_destination=2)
WITHIN_S = 20


def until(is_so: Callable[[], bool]) -> bool:
    """Wait until something is so; say whether it ever was."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if is_so():
            return True
    return False


def is_any_waiting(database: Database) -> bool:
    """Return whether a transaction of this database waits for another one's lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    with database.read() as session:
        return bool(session.scalar(query))


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """A thread beside the test's own."""
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_a_push_whose_receipt_is_just_being_written_is_not_sent_again(
    postgresql: Database, pool: ThreadPoolExecutor
) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    shown, clock = threading.Event(), FakeClock(NOW)

    class Quick(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            outcome = await super().send(address, message)
            # the phone's receipt comes before we know that the push arrived
            await asyncio.to_thread(shown.wait, WITHIN_S)
            return outcome

    channel = Quick()
    relay = Relay(postgresql, channel, pace=PACE, clock=clock)
    sending = pool.submit(run_once, relay)
    assert until(lambda: bool(channel.sent))
    with postgresql.begin() as session:
        key = channel.sent[0][1].payload.id
        assert receipts.take(session, key, ReceiptEvent.SHOWN, at=NOW, now=NOW)
        shown.set()
        until(lambda: sending.done() or is_any_waiting(postgresql))
    sending.result(WITHIN_S)
    clock.move(PACE.lease)
    run_once(relay)
    relay.close()

    assert [row.state for row in messages_of(postgresql, ward.nurse)] == ["delivered"]
    assert len(channel.sent) == 1


@pytest.mark.parametrize(
    ("kind", "who"), [(MessageKind.CHECK_IN, "patient"), (MessageKind.NOT_SCORED, "nurse")]
)
def test_two_devices_that_die_in_two_workers_at_once_leave_somebody_to_call(
    postgresql: Database, pool: ThreadPoolExecutor, *, kind: MessageKind, who: str
) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        person = getattr(ward, who)
        for _ in range(2):
            subscribe(session, person)
        notice = box.Notification(
            kind, ward.site.id, "a", "a", NOW, NOW + timedelta(hours=1), ward.patient.id
        )
        box.post(session, notice, recipients=[person.id], now=NOW, channels=(box.Channel.WEB_PUSH,))
    with postgresql.begin() as session:
        first, second = claims.claim(session, now=NOW, limit=2, lease=PACE.lease)

    def die(message: claims.ClaimedMessage) -> bool:
        with postgresql.begin() as session:
            return claims.settle_failed(session, DeliveryResult(message, Gone("answered 410")), now=NOW)

    with postgresql.begin() as session:
        assert claims.settle_failed(session, DeliveryResult(first, Gone("answered 410")), now=NOW)
        other: Future[bool] = pool.submit(die, second)
        until(lambda: other.done() or is_any_waiting(postgresql))
    assert other.result(WITHIN_S)

    ways = Counter(row.channel for row in messages_of(postgresql, person))
    assert ways == {"web_push": 2, "call_list": 1}


class Away:
    """A database that cannot be written to while it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_away = False

    def begin(self) -> object:
        if self.is_away:
            raise OperationalError("COMMIT", {}, Exception("away"))
        return self._database.begin()

    def read(self) -> object:
        return self._database.read()


def test_what_was_sent_while_the_database_went_away_is_written_down_when_it_is_back(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        for _ in range(3):
            subscribe(session, ward.nurse)
        an_alert(session, ward)
    away = Away(database)

    class Cut(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            away.is_away = True
            return await super().send(address, message)

    channel, clock = Cut(), FakeClock(NOW)
    relay = Relay(away, channel, pace=PACE, clock=clock)

    with pytest.raises(OperationalError):
        relay.run(stopped=lambda: False, heartbeat=lambda: None)
    away.is_away = False
    relay.run(stopped=lambda: False, heartbeat=lambda: None)
    clock.move(PACE.lease)
    relay.run(stopped=lambda: False, heartbeat=lambda: None)
    relay.close()

    assert len(channel.sent) == 3
    assert {row.state for row in messages_of(database, ward.nurse)} == {"delivered"}


def test_what_could_not_be_written_down_for_a_whole_lease_is_let_go(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    away = Away(database)

    class Cut(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            away.is_away = not self.sent
            return await super().send(address, message)

    channel, clock = Cut(), FakeClock(NOW)
    relay = Relay(away, channel, pace=PACE, clock=clock)

    with pytest.raises(OperationalError):
        run_once(relay)
    away.is_away = False
    clock.move(PACE.lease)
    assert run_once(relay) == 1
    relay.close()

    (row,) = messages_of(database, ward.nurse)
    assert (row.state, row.attempts, len(channel.sent)) == ("delivered", 2, 2)


def test_what_ends_after_its_lease_takes_no_later_try_for_itself(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
    lands, clock = threading.Event(), FakeClock(NOW)

    class Slow(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            outcome = await super().send(address, message)
            is_first = len(self.sent) == 1
            await (asyncio.to_thread(lands.wait, WITHIN_S) if is_first else asyncio.sleep(0.3))
            return outcome

    def no_heartbeat() -> None:
        raise OperationalError("COMMIT", {}, Exception("away"))

    channel = Slow()
    relay = Relay(database, channel, pace=PACE, clock=clock)
    with pytest.raises(OperationalError):
        relay.run(stopped=lambda: False, heartbeat=no_heartbeat)
    clock.move(PACE.lease)
    lands.set()
    for _ in range(4):
        relay.run(stopped=lambda: False, heartbeat=lambda: None)
        clock.move(PACE.lease)
    relay.close()

    assert len(channel.sent) == 2
    assert {row.state for row in messages_of(database, ward.nurse)} == {"delivered"}


def test_what_comes_to_its_turn_when_its_lease_is_nearly_over_is_not_sent_by_this_worker(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        for _ in range(2):
            subscribe(session, ward.nurse)
        an_alert(session, ward)
    clock = FakeClock(NOW)

    class Stalls(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            clock.move(pace.lease - timedelta(seconds=pace.timeout_s - 1))
            return await super().send(address, message)

    channel, pace = Stalls(), DeliveryPace(batch=2, per_destination=1)
    relay = Relay(database, channel, pace=pace, clock=clock)
    run_once(relay)
    relay.close()

    assert len(channel.sent) == 1
    states = {row.last_outcome: row.state for row in messages_of(database, ward.nurse)}
    assert states == {"delivered": "delivered", "the lease was nearly over": "pending"}


def test_a_row_that_is_held_is_waited_for_and_the_others_are_not_counted_twice(
    postgresql: Database, pool: ThreadPoolExecutor
) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        for _ in range(2):
            subscribe(session, ward.nurse)
        an_alert(session, ward)
    held = threading.Event()

    def hold(key: UUID) -> None:
        with postgresql.begin() as session:
            session.get_one(OutboxMessage, key, with_for_update=True)
            held.set()
            until(lambda: is_any_waiting(postgresql))

    class Held(FakeChannel):
        async def send(self, address: PushTarget, message: Message) -> SendResult:
            await super().send(address, message)
            if len(self.sent) == 1:
                pool.submit(hold, message.payload.id)
            await asyncio.to_thread(held.wait, WITHIN_S)
            return Retry("answered 503")

    relay = Relay(postgresql, Held(), pace=PACE, clock=FakeClock(NOW))
    run_once(relay)
    relay.close()

    with postgresql.read() as session:
        assert counters.totals(session)[counters.SENDS, "web_push retry"] == 2
