"""Metrics and logs of a worker."""

import asyncio
import logging
import threading
from collections import Counter
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from api.db.database import Database
from api.domain.delivery.send_outcomes import SendOutcome
from api.models.outbox import OutboxMessage
from api.services import counters
from notifications import claims
from notifications.channels.base import Message
from notifications.channels.results import Dead, Delivered, Gone, Retry, SendResult
from notifications.channels.web_push import PushTarget
from notifications.delivery_results import Cancelled, DeliveryResult, Outcome, Postponed
from notifications.metrics import OUTCOMES
from notifications.relay import Relay
from notifications.retry_policy import Backoff, DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, subscribe
from tests.support.builders import Clinic
from tests.support.fakes import FakeChannel, FakeClock
from tests.support.relays import run_once

LEASE = timedelta(minutes=2)


def sends(database: Database) -> dict[str, float]:
    with database.read() as session:
        totals = counters.totals(session)
    return {labels: value for (name, labels), value in totals.items() if name == counters.SENDS}


def told(database: Database, ward: Clinic, browsers: int) -> None:
    with database.begin() as session:
        for _ in range(browsers):
            subscribe(session, ward.nurse)
        an_alert(session, ward)


def claim(database: Database, limit: int = 10) -> list[claims.ClaimedMessage]:
    with database.begin() as session:
        return claims.claim(session, now=NOW, limit=limit, lease=LEASE)


class Hangs(FakeChannel):
    """Hangs with the first message until it is released; sends all others."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self._is_first = True

    async def send(self, address: PushTarget, message: Message) -> SendResult:  # type: ignore[override]
        is_first, self._is_first = self._is_first, False
        outcome = await super().send(address, message)
        if is_first:
            await asyncio.to_thread(self.may.wait, 20)
        return outcome


def test_every_way_a_message_can_end_is_counted_by_name() -> None:
    assert set(OUTCOMES) == set(get_args(Outcome))
    assert set(OUTCOMES.values()) == set(SendOutcome) - {SendOutcome.OTHER}


def test_each_ending_is_counted_with_the_row_it_is_written_to(database: Database, ward: Clinic) -> None:
    told(database, ward, 6)
    endings: list[Outcome] = [
        Delivered(), Retry("answered 503"), Cancelled("answered"), Postponed(NOW + LEASE), Gone("410"),
        Dead("answered 400"),
    ]  # fmt: skip
    results = [
        DeliveryResult(message, ending) for message, ending in zip(claim(database), endings, strict=True)
    ]

    with database.begin() as session:
        claims.settle(session, results[:4], now=NOW, backoff=Backoff(), worker="host:1")
    for failed in results[4:]:
        with database.begin() as session:
            claims.settle_failed(session, failed, now=NOW, worker="host:1")

    names = ("delivered", "retry", "cancelled", "postponed", "gone", "dead")
    assert sends(database) == {f"web_push {name}": 1 for name in names}


def test_what_somebody_else_has_claimed_since_is_not_counted(database: Database, ward: Clinic) -> None:
    told(database, ward, 1)
    (stale,) = claim(database)
    with database.begin() as session:
        (fresh,) = claims.claim(session, now=NOW + LEASE, limit=1, lease=LEASE)

    for message in (stale, fresh, fresh):
        with database.begin() as session:
            claims.settle(
                session, [DeliveryResult(message, Delivered())], now=NOW, backoff=Backoff(), worker="w"
            )

    assert sends(database) == {"web_push delivered": 1}


def test_quiet_hours_and_requeuing_move_when_a_message_is_meant_to_go_and_tries_do_not(
    database: Database, ward: Clinic
) -> None:
    told(database, ward, 2)
    waits, tried = claim(database)
    until = NOW + timedelta(hours=9)
    with database.begin() as session:
        results = [DeliveryResult(waits, Postponed(until)), DeliveryResult(tried, Retry("answered 503"))]
        claims.settle(session, results, now=NOW, backoff=Backoff())

    with database.read() as session:
        rows = {row.id: row for row in session.scalars(select(OutboxMessage))}
    assert rows[waits.id].due_at == rows[waits.id].not_before == until
    assert (rows[tried.id].due_at, rows[tried.id].tried_at) == (NOW, NOW)
    assert rows[tried.id].not_before > NOW


def test_a_worker_says_how_each_try_ended_by_ids_only(
    database: Database, ward: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    told(database, ward, 3)
    channel = FakeChannel(Retry("answered 503"), Dead("answered 400"))
    relay = Relay(database, channel, pace=DeliveryPace(10, 1), clock=FakeClock(NOW), worker="host:1")

    with caplog.at_level(logging.DEBUG, logger="notifications.relay"):
        run_once(relay)
    relay.close()

    said = [record for record in caplog.records if record.message == "message tried"]
    assert Counter((record.levelname, vars(record)["outcome"].value) for record in said) == {
        ("INFO", "retry"): 1,
        ("INFO", "dead"): 1,
        ("DEBUG", "delivered"): 1,
    }
    assert {vars(record)["error"] for record in said} == {"answered 503", "answered 400", None}


def test_new_messages_are_taken_up_while_others_hang(database: Database, ward: Clinic) -> None:
    told(database, ward, 40)
    channel = Hangs()
    relay = Relay(database, channel, pace=DeliveryPace(4, 2), clock=FakeClock(NOW), worker="host:1")
    beats: list[int] = []

    def between() -> None:
        beats.append(len(channel.sent))
        if len(channel.sent) >= 40:
            channel.may.set()

    relay.run(stopped=lambda: False, heartbeat=between)
    relay.close()

    assert sends(database) == {"web_push delivered": 40}
    assert len(beats) > 1


def test_a_relay_that_is_told_to_stop_finishes_what_is_under_way_and_claims_no_more(
    database: Database, ward: Clinic
) -> None:
    told(database, ward, 10)
    relay = Relay(
        database, FakeChannel(), pace=DeliveryPace(batch=4, per_destination=2), clock=FakeClock(NOW)
    )

    relay.run(stopped=lambda: True, heartbeat=lambda: None)
    relay.close()

    assert sends(database) == {"web_push delivered": 4}
