"""Health and readiness of the server."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from api.app import create_app
from api.db.database import Database
from api.domain.delivery.messages import Channel
from api.models.outbox import Heartbeat, OutboxMessage
from api.services.messages import channel_pause
from config.settings import Settings
from tests.notifications.conftest import an_alert, subscribe
from tests.support.builders import Clinic


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def settings() -> Settings:
    """Settings of an operator who lets messages wait for half a minute."""
    return Settings.from_env({"READY_LONGEST_WAIT_S": "30", "SECRET_KEY": "-" * 32})


def ready(client: FlaskClient) -> tuple[int, Any]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json


def waits(database: Database, clinic: Clinic, seconds: int) -> None:
    with database.begin() as session:
        subscribe(session, clinic.nurse)
        an_alert(session, clinic)
        session.execute(update(OutboxMessage).values(not_before=now() - timedelta(seconds=seconds)))
        session.add(Heartbeat(worker="host:1", started_at=now(), ticked_at=now()))


def test_a_message_that_waits_longer_than_the_operator_allows_turns_it_red(
    client: FlaskClient, database: Database, clinic: Clinic
) -> None:
    waits(database, clinic, 31)

    status, health = ready(client)

    assert (status, health["status"]) == (503, "messages wait too long")
    assert health["oldest_due_message_s"] == pytest.approx(31, abs=5)


def test_one_that_waits_less_long_does_not(client: FlaskClient, database: Database, clinic: Clinic) -> None:
    waits(database, clinic, 10)

    assert ready(client)[0] == 200


def test_by_default_two_minutes_are_allowed(database: Database, clinic: Clinic) -> None:
    client = create_app(Settings(), database=database).test_client()
    waits(database, clinic, 110)
    assert ready(client)[0] == 200

    with database.begin() as session:
        session.execute(update(OutboxMessage).values(not_before=now() - timedelta(seconds=130)))
    assert ready(client)[0] == 503


def test_a_stopped_channel_is_shown_but_is_no_problem(
    client: FlaskClient, database: Database, clinic: Clinic
) -> None:
    waits(database, clinic, 600)
    with database.begin() as session:
        channel_pause.stop(session, Channel.WEB_PUSH, why="a test", now=now())

    status, health = ready(client)

    assert (status, health["stopped_channels"], health["oldest_due_message_s"]) == (200, ["web_push"], 0)


def test_without_a_worker_it_is_not_ready(app: Flask, client: FlaskClient, database: Database) -> None:
    status, health = ready(client)
    assert (status, health["status"], health["last_tick_s"]) == (
        503,
        "no delivery worker has ticked lately",
        None,
    )

    with database.begin() as session:
        session.add(Heartbeat(worker="host:1", started_at=now(), ticked_at=now() - timedelta(minutes=3)))
    assert ready(client)[0] == 503
