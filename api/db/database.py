"""How tables are reached: the base class, moments in UTC, one writer at a time, insert-once."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Engine,
    ExceptionContext,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.db.base import dump_json
from api.db.sqlite import begin_transaction, prepare_connection
from api.unavailable import WAIT_S, Gate, Unavailable, WriterLock
from config.private_files import make_private, shut_out_others

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


class Database:
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


def open_database(url: str, *, pool_size: int = 16) -> Database:
    """Open the database at ``url``: ``sqlite:///path`` or ``postgresql+psycopg://…``."""
    if make_url(url).get_backend_name() == "sqlite":
        return _embedded(url, pool_size=pool_size)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_use_lifo=True,
        json_serializer=dump_json,
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
    return Database(engine)


def _hide_row(context: ExceptionContext) -> None:
    """Keep of what PostgreSQL says the first line: the lines of detail quote the row that was refused."""
    refused = context.sqlalchemy_exception
    if isinstance(refused, DBAPIError):
        for error in (refused, context.original_exception):
            error.args = (str(error.args[0] if error.args else "").partition("\n")[0],)


def _embedded(url: str, *, pool_size: int) -> Database:
    file = make_url(url).database
    path = Path(file) if file and file != ":memory:" else None
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
        json_serializer=dump_json,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        connect_args={"timeout": WAIT_S / 2},
    )
    event.listen(engine, "connect", prepare_connection)
    event.listen(engine, "begin", begin_transaction)
    return Database(engine, WriterLock(path))
