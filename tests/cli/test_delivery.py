"""An operator looks into the outbox and makes a key."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update

from api.app import create_app
from api.cli.delivery import outbox, vapid_keys
from api.db import Sessions
from api.models.outbox import OutboxMessage
from api.services import subscriptions
from api.services.reminders import trigger
from api.services.subscriptions import Address
from api.services.vapid import public_key_of
from config.settings import Settings
from tests.builders import Clinic, a_clinic
from tests.push_service import Browser


@pytest.fixture
def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@pytest.fixture
def ward(database: Sessions, now: datetime) -> Clinic:
    """A clinic with three reminders in the outbox: one to a browser is dead, one late, one to be called."""
    browser = Browser("https://fcm.googleapis.com")
    with database.begin() as session:
        clinic = a_clinic(session, now=now)

        def remind(slot: str) -> None:
            caller = clinic.scheduler.principal
            trigger(session, caller, patient_id=clinic.patient.id, purpose="reassessment", slot=slot, now=now)

        remind("1")
        address = Address(browser.endpoint, browser.p256dh, browser.auth)
        subscriptions.register(
            session, clinic.patient.principal, device=browser.device, address=address, now=now
        )
        remind("2")
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == "pending")
            .values(state="dead", attempts=12, last_outcome="answered 400", settled_at=now)
        )
        remind("3")
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == "pending")
            .values(not_before=now - timedelta(minutes=5))
        )
    return clinic


@pytest.fixture
def shell(database: Sessions, ward: Clinic) -> FlaskCliRunner:
    """The operator's shell."""
    return create_app(Settings(), sessions=database).test_cli_runner()


def states(database: Sessions) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(OutboxMessage.state)))


def test_the_outbox_says_what_waits_and_since_when(shell: FlaskCliRunner) -> None:
    said = shell.invoke(outbox)

    assert said.exit_code == 0
    assert said.output.splitlines()[:4] == ["waiting 1", "late 1", "dead 1", "to call 1"]
    assert "oldest due" in said.output
    assert " 300 s ago" in said.output or " 301 s ago" in said.output


def test_an_outbox_with_nothing_due_names_no_oldest(shell: FlaskCliRunner, database: Sessions) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(state="delivered"))

    assert shell.invoke(outbox).output == "waiting 0\nlate 0\ndead 0\nto call 0\n"


def test_the_dead_are_listed_with_their_reasons(shell: FlaskCliRunner) -> None:
    lines = shell.invoke(outbox, ["dead"]).output.splitlines()

    assert {tuple(line.split("\t")[2:]) for line in lines} == {
        ("reassessment", "web_push", "12", "answered 400"),
        ("reassessment", "call_list", "0", "no address"),
    }


def test_all_that_died_by_machine_is_tried_again(shell: FlaskCliRunner, database: Sessions) -> None:
    assert shell.invoke(outbox, ["requeue", "--all-dead"]).output == "requeued 1\n"
    assert states(database) == ["dead", "pending", "pending"]  # the call list stays


def test_one_that_died_is_tried_again(shell: FlaskCliRunner, database: Sessions) -> None:
    with database.read() as session:
        ids = session.scalars(select(OutboxMessage.id).where(OutboxMessage.state == "dead")).all()

    assert shell.invoke(outbox, ["requeue", *map(str, ids)]).output == "requeued 1\n"
    with database.read() as session:
        again = session.scalars(select(OutboxMessage).where(OutboxMessage.last_outcome == "requeued")).one()
    assert (again.state, again.attempts, again.settled_at) == ("pending", 0, None)


@pytest.mark.parametrize("words", [[], ["--all-dead", "00000000-0000-0000-0000-000000000000"]])
def test_requeue_wants_to_know_what(shell: FlaskCliRunner, words: list[str]) -> None:
    assert shell.invoke(outbox, ["requeue", *words]).exit_code == 2


def test_a_new_key_fits_the_settings(shell: FlaskCliRunner) -> None:
    first, second = shell.invoke(vapid_keys).output.splitlines()

    name, _, private_key = first.partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert second.endswith(public_key_of(private_key))
