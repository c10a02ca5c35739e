"""An operator looks into the outbox and makes a key."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select, update

from api.app import create_app
from api.cli.delivery import outbox, vapid_keys
from api.db.database import Database
from api.models.outbox import Heartbeat, OutboxMessage
from api.services.messages import subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from api.services.messages.vapid import public_key_of
from api.services.reminders.reminders import trigger
from config.settings import Settings
from tests.support.builders import Clinic, a_clinic
from tests.support.push_service import Browser


@pytest.fixture
def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@pytest.fixture
def ward(database: Database, now: datetime) -> Clinic:
    """A clinic with three reminders in the outbox: one to a browser is dead, one late, one to be called."""
    browser = Browser("https://fcm.googleapis.com")
    with database.begin() as session:
        clinic = a_clinic(session, now=now)

        def remind(slot: str) -> None:
            caller = clinic.scheduler.principal
            trigger(session, caller, patient_id=clinic.patient.id, purpose="reassessment", slot=slot, now=now)

        remind("1")
        address = BrowserSubscription(browser.endpoint, browser.p256dh, browser.auth)
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
def shell(database: Database, ward: Clinic) -> FlaskCliRunner:
    """The operator's shell."""
    return create_app(Settings(), database=database).test_cli_runner()


def states(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(OutboxMessage.state)))


def test_the_outbox_says_what_waits_and_since_when(shell: FlaskCliRunner) -> None:
    said = shell.invoke(outbox)

    assert said.exit_code == 0
    assert said.output.splitlines()[:4] == ["waiting 1", "late 1", "dead 1", "to call 1"]
    assert "oldest due" in said.output
    assert " 300 s ago" in said.output or " 301 s ago" in said.output


def test_an_outbox_with_nothing_due_names_no_oldest(shell: FlaskCliRunner, database: Database) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(state="delivered"))

    assert shell.invoke(outbox).output == "waiting 0\nlate 0\ndead 0\nto call 0\n"


def test_the_dead_are_listed_with_their_reasons(shell: FlaskCliRunner) -> None:
    lines = shell.invoke(outbox, ["dead"]).output.splitlines()

    assert {tuple(line.split("\t")[2:]) for line in lines} == {
        ("reassessment", "web_push", "12", "answered 400"),
        ("reassessment", "call_list", "0", "no address"),
    }


def test_all_that_died_by_machine_is_tried_again(shell: FlaskCliRunner, database: Database) -> None:
    assert shell.invoke(outbox, ["requeue", "--all-dead"]).output == "requeued 1\n"
    assert states(database) == ["dead", "pending", "pending"]  # the call list stays


def test_what_died_long_ago_is_left_in_peace_unless_it_is_asked_for(
    shell: FlaskCliRunner, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(created_at=now - timedelta(days=20)))

    assert shell.invoke(outbox, ["requeue", "--all-dead"]).output == "requeued 0\n"
    assert shell.invoke(outbox, ["requeue", "--all-dead", "--days", "30"]).output == "requeued 1\n"


def test_one_that_died_is_tried_again(shell: FlaskCliRunner, database: Database) -> None:
    with database.read() as session:
        ids = session.scalars(select(OutboxMessage.id).where(OutboxMessage.state == "dead")).all()

    assert shell.invoke(outbox, ["requeue", *map(str, ids)]).output == "requeued 1\n"
    with database.read() as session:
        again = session.scalars(select(OutboxMessage).where(OutboxMessage.last_outcome == "requeued")).one()
    assert (again.state, again.attempts, again.settled_at) == ("pending", 0, None)


def test_what_waits_and_what_is_late_is_listed(
    shell: FlaskCliRunner, database: Database, ward: Clinic, now: datetime
) -> None:
    with database.begin() as session:
        caller = ward.scheduler.principal
        trigger(session, caller, patient_id=ward.patient.id, purpose="reassessment", slot="4", now=now)

    waiting, late = (shell.invoke(outbox, [name]).output.splitlines() for name in ("waiting", "late"))

    assert len(waiting) == 2
    assert late == waiting[:1]
    assert late[0].split("\t")[2:] == ["reassessment", "web_push", "0", "-"]
    assert len(shell.invoke(outbox, ["waiting", "--limit", "1"]).output.splitlines()) == 1


def test_a_program_reads_the_same_as_json(shell: FlaskCliRunner, database: Database, now: datetime) -> None:
    with database.begin() as session:
        session.add(Heartbeat(worker="host:1", started_at=now, ticked_at=now))

    def read(*words: str) -> Any:
        said = shell.invoke(outbox, [*words, "--json"])
        assert said.exit_code == 0, said.output
        return json.loads(said.output)

    box = read()
    assert {name: box[name] for name in ("waiting", "late", "dead", "to_call", "stopped")} == {
        "waiting": 1, "late": 1, "dead": 1, "to_call": 1, "stopped": [],
    }  # fmt: skip
    assert datetime.fromisoformat(box["oldest_due_at"]) == now - timedelta(minutes=5)
    (waits,) = read("waiting")
    assert (waits["state"], waits["attempts"], waits["tried_at"]) == ("pending", 0, None)
    assert read("late") == [waits]
    assert {row["last_outcome"] for row in read("dead")} == {"answered 400", "no address"}
    assert [row["worker"] for row in read("workers")] == ["host:1"]
    assert read("requeue", "--all-dead") == {"requeued": 1}
    told = json.dumps([box, waits])
    assert "Ada" not in told
    assert "googleapis" not in told


def test_the_workers_are_listed_with_their_last_ticks(
    shell: FlaskCliRunner, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        for number in (1, 2):
            ticked_at = now - timedelta(minutes=number)
            session.add(Heartbeat(worker=f"host:{number}", started_at=now, ticked_at=ticked_at))

    lines = shell.invoke(outbox, ["workers"]).output.splitlines()

    assert [line.split("\t")[0] for line in lines] == ["host:1", "host:2"]


@pytest.mark.parametrize("words", [[], ["--all-dead", "00000000-0000-0000-0000-000000000000"]])
def test_requeue_wants_to_know_what(shell: FlaskCliRunner, words: list[str]) -> None:
    assert shell.invoke(outbox, ["requeue", *words]).exit_code == 2


@pytest.mark.parametrize(
    "words", [["dead", "--limit", "0"], ["late", "--limit", str(10**20)], ["drain", "--hold", str(10**11)]]
)
def test_a_number_that_cannot_be_is_refused_in_a_sentence(shell: FlaskCliRunner, words: list[str]) -> None:
    said = shell.invoke(outbox, words)
    assert said.exit_code == 2
    assert "is not in the range" in said.output


def test_a_new_key_fits_the_settings(shell: FlaskCliRunner) -> None:
    first, second = shell.invoke(vapid_keys).output.splitlines()

    name, _, private_key = first.partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert second.endswith(public_key_of(private_key))
