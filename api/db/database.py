"""Access to a database: engines, sessions that write or read, and one writer at a time on SQLite."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from api.db.base import dump_json
from api.db.sqlite import begin_transaction, prepare_connection
from api.unavailable import WAIT_S, Gate, Unavailable, WriterLock
from config.private_files import make_private, shut_out_others

AWAY = frozenset({Unavailable.AWAY})

CONNECT_WITHIN_S = 5
"""Time PostgreSQL has to accept a connection, and time a thread waits for a free one."""


READ_ONLY = "read_only"
"""Key in ``Session.info`` of a session that only reads."""


class OneTransaction(Session):
    """Session of one transaction; it fetches its connection once, not for every statement."""

    _found: Connection | None = None

    def connection(self, *args: Any, **kwargs: Any) -> Connection:
        """Return the connection of the transaction."""
        if self._found is None:
            self._found = super().connection(*args, **kwargs)
        return self._found


class Database:
    """A database: ``begin`` opens a transaction that commits at its end, ``read`` a session that reads."""

    def __init__(self, engine: Engine, lock: WriterLock | None = None) -> None:
        """Open sessions of ``engine``; SQLite needs its writer lock."""
        self.engine = engine
        self._lock = lock
        reading = {"read_only": True} if lock else {"isolation_level": "AUTOCOMMIT"}
        self._reading = engine.execution_options(**reading)
        self._writers, self._readers = Gate(), Gate()
        # on PostgreSQL a lock is on the row of one patient
        self._closes_after = AWAY | {Unavailable.LOCKED} if lock else AWAY

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open the one transaction of a use case; commit at its end, roll back on any error.

        Raises:
            DatabaseUnavailable: Too many threads wait for the database, or it was away a moment ago.
        """
        with self._writers(closes_after=self._closes_after), self._lock or nullcontext():
            self._writers.check()
            with OneTransaction(self.engine, expire_on_commit=False) as session, session.begin():
                yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that only reads; on SQLite it never waits for the writer."""
        info = {READ_ONLY: True}
        with (
            self._readers(closes_after=AWAY),
            Session(self._reading, expire_on_commit=False, autoflush=False, info=info) as session,
        ):
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a connection for one prepared statement that reads, such as the check of a token."""
        with self._readers(closes_after=AWAY), self._reading.connect() as connection:
            yield connection

    def affects_all(self, why: Unavailable) -> bool:
        """Return whether a failure affects every transaction, not only those that need a locked row."""
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
        hide_parameters=True,  # they hold answers, and errors are logged and printed
        pool_timeout=CONNECT_WITHIN_S,
        connect_args={
            "options": "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=60s",
            "connect_timeout": CONNECT_WITHIN_S,
            "tcp_user_timeout": 2000 * CONNECT_WITHIN_S,  # ms
            "keepalives_idle": 30,
        },
    )
    event.listen(engine, "handle_error", _hide_row)
    return Database(engine)


def _hide_row(context: ExceptionContext) -> None:
    """Keep the first line of PostgreSQL's error only; the detail lines quote the row."""
    refused = context.sqlalchemy_exception
    if isinstance(refused, DBAPIError):
        for error in (refused, context.original_exception):
            error.args = (str(error.args[0] if error.args else "").partition("\n")[0],)


def _embedded(url: str, *, pool_size: int) -> Database:
    file = make_url(url).database
    path = Path(file) if file and file != ":memory:" else None
    if path is not None:  # SQLite creates -wal and -shm with the permissions of the file
        for beside in ("-wal", "-shm"):
            shut_out_others(path.with_name(path.name + beside))
        if not str(path).startswith("file:"):  # a URI of SQLite, such as of a database in memory
            make_private(path)
            make_private(path.with_name(path.name + ".writer"))
    # LIFO: SQLite drops the page cache of a connection when another one commits
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
