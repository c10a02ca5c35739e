"""How tables are reached: the base class, moments in UTC, one writer at a time, insert-once."""

import fcntl
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    MetaData,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's base, with names for constraints so that migrations can speak of them."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware going in, UTC in the table, UTC coming out; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back UTC, whatever zone the database session speaks."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WriterLock:
    """One writer at a time on SQLite, first come first served, also between processes.

    SQLite's own busy handler sleeps and retries, which costs half-second tails when a web process
    and a worker write at once; a lock that wakes the next one at once does not.
    """

    def __init__(self, path: Path | None) -> None:
        """Guard the database at ``path``; None guards this process only (a database in memory)."""
        self._threads = threading.Lock()
        self._file = path.with_name(path.name + ".writer").open("a") if path else None

    def __enter__(self) -> None:
        """Wait for the turn."""
        self._threads.acquire()
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        """Let the next one in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()

    def close(self) -> None:
        """Give the lock's file back."""
        if self._file is not None:
            self._file.close()


class Sessions:
    """The way to a database: ``begin`` to write and commit at the end, ``read`` to look."""

    def __init__(self, engine: Engine, lock: WriterLock | None = None) -> None:
        """Serve sessions of ``engine``; SQLite brings its writer lock."""
        self.engine = engine
        self._lock = lock
        reading = {"read_only": True} if lock else {"isolation_level": "AUTOCOMMIT"}
        self._reading = engine.execution_options(**reading)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open the one transaction of a use case; commit at its end, roll back on any error."""
        if self._lock is None:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with self._lock, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only looks; on SQLite it never waits for the writer."""
        with Session(self._reading, expire_on_commit=False, autoflush=False) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def make_sessions(url: str, *, pool_size: int = 16) -> Sessions:
    """Open the database at ``url``: ``sqlite:///path`` or ``postgresql+psycopg://…``."""
    if make_url(url).get_backend_name() == "sqlite":
        return _embedded(url)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=60s"},
    )
    return Sessions(engine)


def _embedded(url: str) -> Sessions:
    database = make_url(url).database
    path = Path(database) if database else None
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, json_serializer=_dumps, json_deserializer=orjson.loads, connect_args={"timeout": 10}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Sessions(engine, WriterLock(path))


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def insert_once(session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows, doing nothing where a unique key is taken; safe between processes.

    Returns:
        How many rows were new.
    """
    if not values:
        return 0
    result = session.execute(_insert_once(table, _dialect(session)), list(values))
    return cast("CursorResult[Any]", result).rowcount


def upsert(session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole rows, replacing those with the same primary key."""
    if values:
        session.execute(_upsert(table, _dialect(session)), list(values))


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@cache  # building a statement costs more than running it
def _insert_once(table: type[Base], dialect: str) -> Executable:
    # without this option psycopg's row count is lost: SQLAlchemy 2.1 answers -1
    return _insert(table, dialect).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


@cache
def _upsert(table: type[Base], dialect: str) -> Executable:
    statement = _insert(table, dialect)
    keys = [column.name for column in table.__table__.primary_key]
    names = [column.name for column in table.__table__.c]
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def _insert(table: type[Base], dialect: str) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if dialect == "postgresql" else sqlite.insert)(cast("Table", table.__table__))
