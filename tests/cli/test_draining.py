"""An operator empties the outbox before a change."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import update

from api.app import create_app
from api.cli.delivery import drain, outbox, resume
from api.db.database import Database
from api.domain.delivery.messages import Channel
from api.models.outbox import Heartbeat, OutboxMessage
from api.models.patient import Patient
from api.services.messages import channel_pause, draining
from api.services.messages.draining import UnsentMessages
from config.settings import Settings
from notifications.channels.base import Message
from notifications.channels.results import Retry, SendResult
from notifications.channels.web_push import PushTarget
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker
from tests.notifications.conftest import an_alert, messages_of, subscribe
from tests.support.builders import Clinic, a_clinic
from tests.support.fakes import FakeChannel

PACE = DeliveryPace(batch=1, per_destination=1)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic whose nurse has three browsers with an alert that is due now."""
    with database.begin() as session:
        clinic = a_clinic(session, now=now())
        for _ in range(3):
            subscribe(session, clinic.nurse)
        an_alert(session, clinic)
        values = {"not_before": now(), "due_at": now(), "expires_at": now() + timedelta(hours=1)}
        session.execute(update(OutboxMessage).values(values))
    return clinic


@pytest.fixture
def shell(database: Database, ward: Clinic) -> FlaskCliRunner:
    """The operator's shell."""
    return create_app(Settings(), database=database).test_cli_runner()


def a_tick(database: Database) -> None:
    with database.begin() as session:
        session.add(Heartbeat(worker="host:1", started_at=now(), ticked_at=now()))


class Waits(FakeChannel):
    """Sends nothing until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    async def send(self, address: PushTarget, message: Message) -> SendResult:  # type: ignore[override]
        await asyncio.to_thread(self.may.wait, 20)
        return await super().send(address, message)


@pytest.fixture
def channel() -> Iterator[Waits]:
    """A channel that blocks every send until the test is over."""
    waits = Waits()
    yield waits
    waits.may.set()


def test_drain_waits_until_the_workers_have_sent_what_is_due(
    shell: FlaskCliRunner, database: Database, ward: Clinic, channel: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = draining.left

    def left_then_released(*given: Any, **named: Any) -> UnsentMessages:
        counted = left(*given, **named)
        channel.may.set()
        return counted

    monkeypatch.setattr(draining, "left", left_then_released)
    worker = Worker(database, channel, pace=PACE, clock=now)  # type: ignore[arg-type]
    working = threading.Thread(target=worker.relay)
    a_tick(database)
    working.start()

    said = shell.invoke(outbox, ["drain", "--json"])
    working.join()
    worker.close()

    assert said.exit_code == 0, said.output
    lines = [json.loads(line) for line in said.output.splitlines()]
    assert sum(lines[0].values()) == 3
    assert lines[-1] == {"waiting": 0, "under_way": 0}
    assert {row.state for row in messages_of(database, ward.nurse)} == {"delivered"}


def test_what_is_tried_again_later_is_waited_for_and_what_is_due_later_or_stopped_is_not(
    database: Database, ward: Clinic
) -> None:
    with database.read() as session:
        assert draining.left(session, now=now()) == UnsentMessages(3, 0)
    worker = Worker(database, FakeChannel(Retry("answered 503")), pace=PACE, clock=now)
    worker.relay()

    with database.read() as session:
        assert draining.left(session, now=now()) == UnsentMessages(0, 1)
        assert draining.left(session, now=now() - timedelta(hours=1)).is_none
    with database.begin() as session:
        channel_pause.stop(session, Channel.WEB_PUSH, why="a test", now=now())
    with database.read() as session:
        assert draining.left(session, now=now()).is_none
    worker.close()


def test_without_a_worker_drain_says_so(shell: FlaskCliRunner) -> None:
    said = shell.invoke(outbox, ["drain"])

    assert said.exit_code == 1
    assert said.output.startswith("left: 3 wait, 0 under way or to be tried again\n")
    assert "start one" in said.output


def test_drain_gives_up_in_time(shell: FlaskCliRunner, database: Database) -> None:
    a_tick(database)

    said = shell.invoke(outbox, ["drain", "--within", "0"])

    assert said.exit_code == 1
    assert "not empty after 0 s" in said.output


def test_while_it_drains_nothing_is_planned_and_afterwards_what_fell_due_is(
    shell: FlaskCliRunner, database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(state="delivered"))
        session.get_one(Patient, ward.patient.id).check_in_due_at = now()
        subscribe(session, ward.patient)
    worker = Worker(database, FakeChannel(), pace=PACE, clock=now)

    assert shell.invoke(outbox, ["drain"]).output == "nothing due is left\n"
    worker.remind()
    assert messages_of(database, ward.patient) == []
    assert shell.invoke(outbox, ["resume"]).output == "planning goes on\n"
    assert shell.invoke(outbox, ["resume"]).output == "planning was not paused\n"
    worker.remind()
    worker.close()

    assert len(messages_of(database, ward.patient)) == 1


def test_a_pause_runs_out_by_itself(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        draining.pause_planning(session, until=now() + timedelta(minutes=15))
    with database.read() as session:
        assert draining.is_planning_paused(session, now=now())
        assert not draining.is_planning_paused(session, now=now() + timedelta(minutes=16))


@pytest.mark.parametrize("words", [["drain", "--help"], ["resume", "--help"], ["--help"], ["late", "--help"]])
def test_each_command_explains_itself(shell: FlaskCliRunner, words: list[str]) -> None:
    said = shell.invoke(outbox, words)
    assert said.exit_code == 0
    assert "Usage" in said.output
    assert {drain.name, resume.name} <= set(outbox.commands)
