"""Temporary unavailability of a database: classification of errors, and bounds on waiting."""

import fcntl
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

WAIT_S = 10.0
"""Longest wait of a transaction for the writer or a row; phones give up at about that time."""

SHORT_WAIT_S = 2.0
"""Longest wait while ``MOST_WAITING`` threads wait already; the others stay free to read."""

MOST_WAITING = 8
"""Half of a web process's threads."""

CLOSED_S = 1.0
"""For how long a database that was away is not tried again."""


class Unavailable(StrEnum):
    """Reason a database cannot be used for the moment."""

    AWAY = "away"  # it cannot be reached, starts or stops
    LOCKED = "locked"  # another transaction holds the row or the writer lock
    FULL = "full"  # it takes no writes: no room on the disk, or read only
    BUSY = "busy"  # it takes no more connections, or takes too long


class DatabaseUnavailable(Exception):
    """The database cannot be used for the moment; whether anything was kept is not known."""

    def __init__(self, why: Unavailable) -> None:
        """Fail because of ``why``."""
        super().__init__(f"the database is {why.value}")
        self.why = why


_SQLSTATES = {
    "08": Unavailable.AWAY,  # connection exceptions
    "57P0": Unavailable.AWAY,  # shut down, crashed, cannot connect now
    "58": Unavailable.AWAY,  # its operating system
    "53100": Unavailable.FULL,
    "53": Unavailable.BUSY,  # out of memory, or of connections
    "25006": Unavailable.FULL,  # read only
    "55P03": Unavailable.LOCKED,
    "57014": Unavailable.BUSY,  # statement_timeout
    "40": Unavailable.LOCKED,  # a deadlock, or a conflict with another transaction
}
"""PostgreSQL's codes by their beginning (appendix A of its manual), the longer ones first where both fit."""

_SQLITE_NAMES = {
    "SQLITE_BUSY": Unavailable.LOCKED,
    "SQLITE_LOCKED": Unavailable.LOCKED,
    "SQLITE_FULL": Unavailable.FULL,
    "SQLITE_IOERR": Unavailable.FULL,
    "SQLITE_READONLY": Unavailable.FULL,
    "SQLITE_CANTOPEN": Unavailable.AWAY,
    "SQLITE_CORRUPT": Unavailable.AWAY,
    "SQLITE_NOTADB": Unavailable.AWAY,
    "SQLITE_NOMEM": Unavailable.BUSY,
}


def why_unavailable(error: BaseException) -> Unavailable | None:
    """Return why the database cannot be used; None: the error has another cause."""
    if isinstance(error, DatabaseUnavailable):
        return error.why
    if isinstance(error, NoConnectionFree):
        return Unavailable.BUSY
    if not isinstance(error, DBAPIError):
        return None
    below = error.orig
    if isinstance(below, sqlite3.Error):
        name = "_".join(str(getattr(below, "sqlite_errorname", "")).split("_")[:2])
        return _SQLITE_NAMES.get(name)
    state = getattr(below, "sqlstate", None)
    if state is None:  # psycopg has none where the server did not answer
        return Unavailable.AWAY if error.connection_invalidated or _is_operational(below) else None
    return next((why for start, why in _SQLSTATES.items() if str(state).startswith(start)), None)


def _is_operational(error: BaseException | None) -> bool:
    return type(error).__name__ in {"OperationalError", "ConnectionTimeout", "InterfaceError"}


class Gate:
    """Limit on the threads of a process that wait for a database that does not answer.

    A further thread fails at once while ``MOST_WAITING`` have been inside for longer than
    ``SHORT_WAIT_S``, and for ``CLOSED_S`` after the database was found to be away.
    """

    def __init__(self) -> None:
        """Start open."""
        self._lock = threading.Lock()
        self._inside: dict[int, float] = {}
        self._ticket = 0
        self._closed_until = 0.0
        self._why = Unavailable.AWAY

    @contextmanager
    def __call__(self, *, closes_after: frozenset[Unavailable]) -> Iterator[None]:
        """Enter and leave; an error for one of ``closes_after`` closes the gate for ``CLOSED_S``."""
        ticket = self._enter()
        try:
            yield
        except BaseException as error:
            why = None if isinstance(error, DatabaseUnavailable) else why_unavailable(error)
            if why in closes_after:
                self._closed_until, self._why = time.monotonic() + CLOSED_S, why
            raise
        finally:
            with self._lock:
                del self._inside[ticket]

    def check(self) -> None:
        """Fail if the database was found to be away while the caller waited.

        Raises:
            DatabaseUnavailable: It was.
        """
        if time.monotonic() < self._closed_until:
            raise DatabaseUnavailable(self._why)

    def _enter(self) -> int:
        now = time.monotonic()
        self.check()
        with self._lock:
            slow = sum(now - since > SHORT_WAIT_S for since in self._inside.values())
            if slow >= MOST_WAITING:
                raise DatabaseUnavailable(Unavailable.LOCKED)
            self._ticket += 1
            self._inside[self._ticket] = now
            return self._ticket


class WriterLock:
    """One writer at a time on SQLite, also between processes, waited for no longer than ``WAIT_S``.

    SQLite's own busy handler sleeps and retries, which adds up to half a second when a web process and
    a worker write at the same time. This lock wakes the next writer at once.
    """

    def __init__(self, path: Path | None) -> None:
        """Guard the database at ``path``; None guards this process only (a database in memory)."""
        self._threads = threading.Lock()
        self._file = _FileLock(path.with_name(path.name + ".writer").open("a")) if path else None
        self._waiting = 0
        self._count = threading.Lock()

    def __enter__(self) -> None:
        """Wait for the turn.

        Raises:
            DatabaseUnavailable: It did not come in time.
        """
        with self._count:
            self._waiting += 1
            until = time.monotonic() + (WAIT_S if self._waiting <= MOST_WAITING else SHORT_WAIT_S)
        try:
            if not self._threads.acquire(timeout=max(0.0, until - time.monotonic())):
                raise DatabaseUnavailable(Unavailable.LOCKED)
        finally:
            with self._count:
                self._waiting -= 1
        is_granted = False
        try:
            is_granted = self._file is None or self._file.acquire(until=until)
        finally:
            if not is_granted:
                self._threads.release()
        if not is_granted:
            raise DatabaseUnavailable(Unavailable.LOCKED)

    def __exit__(self, *_: object) -> None:
        """Release the lock to the next writer."""
        if self._file is not None:
            self._file.release()
        self._threads.release()

    def close(self) -> None:
        """Close the file of the lock."""
        if self._file is not None:
            self._file.close()


class _FileLock:
    """Advisory lock between processes (`flock`) with a time limit, used by one thread at a time.

    `flock` waits without a limit, so a helper thread waits while another process holds the lock. If the
    caller has given up by the time the lock is granted, the helper releases it.
    """

    def __init__(self, file: TextIOWrapper) -> None:
        self._file = file
        self._state = threading.Condition()
        self._is_awaited = False  # by a thread of ours
        self._helper_waits = False
        self._is_granted = False

    def acquire(self, *, until: float) -> bool:
        """Wait for the lock until a time of the monotonic clock; return whether it was granted."""
        with self._state:
            if not self._helper_waits:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    self._helper_waits = True
                    threading.Thread(target=self._help, name="writer-lock", daemon=True).start()
                else:
                    return True
            self._is_awaited = True
            self._state.wait_for(lambda: self._is_granted, timeout=max(0.0, until - time.monotonic()))
            self._is_awaited = False
            granted, self._is_granted = self._is_granted, False
            return granted

    def release(self) -> None:
        """Release the lock."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _help(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except (OSError, ValueError):  # the file was closed meanwhile
            return
        with self._state:
            self._helper_waits = False
            if self._is_awaited:
                self._is_granted = True
                self._state.notify()
            else:
                fcntl.flock(self._file, fcntl.LOCK_UN)
