"""How tables are reached: the base class, moments in UTC, one writer at a time, insert-once."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    ExceptionContext,
    MetaData,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from api.unavailable import WAIT_S, Gate, Unavailable, WriterLock
from config.private_files import make_private, shut_out_others

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


AWAY = frozenset({Unavailable.AWAY})

CONNECT_WITHIN_S = 5
"""How long PostgreSQL has to answer a new connection, and a thread waits for one that is free."""


READ_ONLY = "read_only"
"""In ``Session.info`` of a session that only looks."""


class OneTransaction(Session):
    """A session that lives for one transaction: it asks for its connection once, not at every statement."""

    _found: Connection | None = None

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        """Return the connection of the transaction."""
        if self._found is None:
            self._found = super().connection(*args, **kwargs)
        return self._found


class Sessions:
    """The way to a database: ``begin`` to write and commit at the end, ``read`` to look."""

    def __init__(self, engine: Engine, lock: WriterLock | None = None) -> None:
        """Serve sessions of ``engine``; SQLite brings its writer lock."""
        self.engine = engine
        self._lock = lock
        reading = {"read_only": True} if lock else {"isolation_level": "AUTOCOMMIT"}
        self._reading = engine.execution_options(**reading)
        self._writers, self._readers = Gate(), Gate()
        # on PostgreSQL what is locked is a row: one patient's
        self._rests_after = AWAY | {Unavailable.LOCKED} if lock else AWAY

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open the one transaction of a use case; commit at its end, roll back on any error.

        Raises:
            DatabaseUnavailable: Too many wait for the database already, or it was away a moment ago.
        """
        with self._writers(rests_after=self._rests_after), self._lock or nullcontext():
            self._writers.check()
            with OneTransaction(self.engine, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only looks; on SQLite it never waits for the writer."""
        looking = {READ_ONLY: True}
        with (
            self._readers(rests_after=AWAY),
            Session(self._reading, expire_on_commit=False, autoflush=False, info=looking) as session,
        ):
            yield session

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Open a bare connection for one prepared statement that reads: what every request does first."""
        with self._readers(rests_after=AWAY), self._reading.connect() as connection:
            yield connection

    def is_for_everybody(self, why: Unavailable) -> bool:
        """Say whether a failure holds for every transaction, and not for one row that somebody holds."""
        return why is not Unavailable.LOCKED or self._lock is not None

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        if self._lock is not None:
            self._lock.close()


def make_sessions(url: str, *, pool_size: int = 16) -> Sessions:
    """Open the database at ``url``: ``sqlite:///path`` or ``postgresql+psycopg://…``."""
    if make_url(url).get_backend_name() == "sqlite":
        return _embedded(url, pool_size=pool_size)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # they hold answers, and what an error says reaches a log or a screen
        pool_timeout=CONNECT_WITHIN_S,
        connect_args={
            "options": "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=60s",
            "connect_timeout": CONNECT_WITHIN_S,
            "tcp_user_timeout": 2000 * CONNECT_WITHIN_S,  # ms until a machine that says nothing is given up
            "keepalives_idle": 30,
        },
    )
    event.listen(engine, "handle_error", _hide_row)
    return Sessions(engine)


def _hide_row(context: ExceptionContext) -> None:
    """Keep of what PostgreSQL says the first line: the lines of detail quote the row that was refused."""
    refused = context.sqlalchemy_exception
    if isinstance(refused, DBAPIError):
        for error in (refused, context.original_exception):
            error.args = (str(error.args[0] if error.args else "").partition("\n")[0],)


def _embedded(url: str, *, pool_size: int) -> Sessions:
    database = make_url(url).database
    path = Path(database) if database and database != ":memory:" else None
    if path is not None:  # SQLite gives what it writes beside the file (-wal, -shm) the rights of the file
        for beside in ("-wal", "-shm"):
            shut_out_others(path.with_name(path.name + beside))
        if not str(path).startswith("file:"):  # a URI of SQLite, such as of a database in memory
            make_private(path)
            make_private(path.with_name(path.name + ".writer"))
    # the last used first: the others have lost what they remembered of the file at the last commit
    pool: dict[str, Any] = {"pool_size": pool_size, "pool_use_lifo": True} if path else {}
    engine = create_engine(
        url,
        **pool,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        connect_args={"timeout": WAIT_S / 2},
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
    """Insert rows with the same columns, doing nothing where a unique key is taken.

    Safe between processes. Columns that are left out take the table's defaults.

    Returns:
        How many rows were new.
    """
    return _write(session, table, values, conflict="DO NOTHING")


def upsert(session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole rows, replacing those with the same primary key."""
    keys = [column.name for column in table.__table__.primary_key]
    others = [column.name for column in table.__table__.c if column.name not in keys]
    changed = ", ".join(f"{name} = excluded.{name}" for name in others)
    _write(session, table, values, conflict=f"({', '.join(keys)}) DO UPDATE SET {changed}")


def add_up(session: Session, table: type[Base], *, values: Sequence[Mapping[str, Any]], column: str) -> None:
    """Insert whole rows, adding ``column`` to that of a row with the same primary key where there is one."""
    keys = ", ".join(key.name for key in table.__table__.primary_key)
    changed = f"{column} = {table.__tablename__}.{column} + excluded.{column}"
    _write(session, table, values, conflict=f"({keys}) DO UPDATE SET {changed}")


def _write(session: Session, table: type[Base], values: Sequence[Mapping[str, Any]], *, conflict: str) -> int:
    """Write rows the way each database does fastest.

    PostgreSQL pays for every round trip and parameter, so it gets all rows as one JSON text. SQLite is
    in our own process, where SQLAlchemy's work for each row costs more than the row: it gets them as
    the driver takes them.
    """
    if not values:
        return 0
    columns = tuple(values[0])
    name, listed = table.__tablename__, ", ".join(columns)
    into = f"INSERT INTO {name} ({listed})"
    connection = session.connection()
    if session.get_bind().dialect.name == "postgresql":
        rows = f"SELECT {listed} FROM json_populate_recordset(NULL::{name}, %s::json)"  # noqa: S608 - our names
        everything = (_dumps(list(values)),)
        return connection.exec_driver_sql(f"{into} {rows} ON CONFLICT {conflict}", everything).rowcount
    marks = ", ".join("?" * len(columns))
    statement = f"{into} VALUES ({marks}) ON CONFLICT {conflict}"
    return connection.exec_driver_sql(statement, _as_driver_takes(table, values)).rowcount


def _as_driver_takes(table: type[Base], values: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    names = list(values[0])
    columns = [[row[name] for row in values] for name in names]
    for place, name in enumerate(names):
        if (way := _sqlite_processor(table, name)) is not None:
            columns[place] = [way(value) for value in columns[place]]
    return list(zip(*columns, strict=True))


@cache
def _sqlite_processor(table: type[Base], column: str) -> Callable[[Any], Any] | None:
    """Return how a column's value is handed to the SQLite driver; None: as it is."""
    kind = table.__table__.c[column].type.dialect_impl(_SQLITE)
    return kind.bind_processor(_SQLITE)


_SQLITE = sqlite.dialect()
_SQLITE._json_serializer = _dumps  # what create_engine(json_serializer=…) sets
