"""Fixtures of every test: a database, an application, a client, and the time."""

import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, create_engine, event

from api.app import create_app
from api.db import database as database_module
from api.db.database import Database, open_database
from api.services.monitoring import readiness
from config.settings import Settings
from tests.support import databases
from tests.support.builders import Clinic, a_clinic
from tests.support.contract import CheckedClient

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""The present moment of every test that passes the time in; a Monday."""


SECRET_KEY = "not a secret: for tests only"

hypothesis_settings.register_profile(
    "aimss", deadline=None
)  # the duration of an example depends on the machine
hypothesis_settings.load_profile("aimss")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell starts background jobs so, and the processes of tests would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _unhurried_readiness() -> Iterator[None]:
    """Let a readiness check in this process take as long as a loaded machine needs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readiness, "ANSWERS_WITHIN_S", 60.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """Let databases of one kind share compiled statements, as the requests of one server do."""
    connected: dict[str, Engine] = {}

    def create(*arguments: Any, **options: Any) -> Engine:
        engine = create_engine(*arguments, query_cache_size=5000, **options)
        kind = engine.dialect.name
        if kind in connected:  # statements are kept by dialect
            engine.dialect = connected[kind].dialect
            engine._compiled_cache = connected[kind]._compiled_cache
        else:
            event.listen(engine, "first_connect", lambda *_: connected.setdefault(kind, engine))
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database_module, "create_engine", create)
        yield


@pytest.fixture(scope="session")
def _postgresql_database() -> Iterator[str]:
    url = databases.new_postgresql_database()
    databases.migrate(url)
    yield url
    databases.drop_postgresql_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database; every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        database = databases.fresh_sqlite(tmp_path)
        yield database
        database.close()
        return
    database = open_database(request.getfixturevalue("_postgresql_database"))
    yield database
    databases.empty(database.engine)
    database.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database, for a test in which the kind does not matter."""
    database = databases.fresh_sqlite(tmp_path)
    yield database
    database.close()


@pytest.fixture
def postgresql(_postgresql_database: str) -> Iterator[Database]:
    """An empty PostgreSQL database, for tests of concurrency."""
    database = open_database(_postgresql_database)
    yield database
    databases.empty(database.engine)
    database.close()


@pytest.fixture
def settings() -> Settings:
    """Settings as in development."""
    return Settings(secret_key=SECRET_KEY, push_loopback=True)


@pytest.fixture
def app(database: Database, settings: Settings) -> Flask:
    """The application on each kind of database; its clients check every answer against the contract."""
    app = create_app(settings, database=database)
    app.test_client_class = CheckedClient
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser or phone that is not signed in."""
    return app.test_client()


@pytest.fixture
def count_queries(database: Database) -> Callable[[], AbstractContextManager[list[str]]]:
    """Context manager that records the statements of a block."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        yield statements
        event.remove(database.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A site with a team, one member of staff of each role, a patient and a scheduler, signed in."""
    with database.begin() as session:
        return a_clinic(session, now=datetime.now(UTC))
