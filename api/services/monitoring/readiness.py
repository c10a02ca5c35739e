"""Readiness check with a real write to the database and a time limit."""

import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.db.database import Database
from api.models.delivery import WriteProbe
from api.services.monitoring.health import Health, examine
from api.unavailable import DatabaseUnavailable, Unavailable, why_unavailable

ANSWERS_WITHIN_S = 2.0
"""Slightly less than the usual timeout of a load balancer."""

WRITES_EVERY_S = 2.0
"""Validity of a successful write, so that frequent checks cost the disk little."""

ROWS = 200
"""Rows written and deleted by one check: several pages, so that a full disk is detected."""

LEAST_FREE_BYTES = 1_000_000

WHY = {
    Unavailable.AWAY: "the database does not answer, or is not migrated",
    Unavailable.LOCKED: "another connection locks the database",
    Unavailable.FULL: "the database takes no writes: is its disk full?",
    Unavailable.BUSY: "the database is too busy to answer in time",
}


class Readiness:
    """Readiness of this process; at most one check of the database runs at a time."""

    def __init__(self, database: Database, *, longest_wait: timedelta) -> None:
        """Try ``database``; messages may wait for ``longest_wait``."""
        self._database = database
        self._longest_wait = longest_wait
        self._lock = threading.Lock()
        self._running: _Check | None = None
        self._written_at_s = -WRITES_EVERY_S

    def __call__(self, clock: Callable[[], datetime]) -> Health:
        """Return the health of the server; too busy after ``ANSWERS_WITHIN_S`` without a result."""
        with self._lock:
            if self._running is None or self._running.ended.is_set():
                self._running = _Check(lambda: self._examine(clock()))
            running = self._running
        running.ended.wait(ANSWERS_WITHIN_S)
        return running.health or _unwell(WHY[Unavailable.BUSY])

    def _examine(self, now: datetime) -> Health:
        try:
            if time.monotonic() - self._written_at_s >= WRITES_EVERY_S:
                with self._database.begin() as session:
                    _write(session, now=now)
                self._written_at_s = time.monotonic()
            with self._database.read() as session:
                health = examine(session, now=now, longest_wait=self._longest_wait)
        except (SQLAlchemyError, DatabaseUnavailable) as error:
            self._written_at_s = -WRITES_EVERY_S
            return _unwell(WHY[why_unavailable(error) or Unavailable.AWAY])
        if self._has_little_room():
            health.problems.insert(0, "less than 1 MB is free on the disk of the database")
        return health

    def _has_little_room(self) -> bool:
        url = self._database.engine.url
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return False
        return shutil.disk_usage(Path(url.database).parent).free < LEAST_FREE_BYTES


class _Check:
    """One check of the database in a thread of its own, so that the caller does not hang with it."""

    def __init__(self, examine: Callable[[], Health]) -> None:
        self.ended = threading.Event()
        self.health: Health | None = None
        self._examine = examine
        threading.Thread(target=self._run, name="readiness", daemon=True).start()

    def _run(self) -> None:
        try:
            self.health = self._examine()
        finally:
            self.ended.set()


def _write(session: Session, *, now: datetime) -> None:
    rows = [{"id": number, "written_at": now} for number in range(2, ROWS + 2)]
    session.execute(delete(WriteProbe).where(WriteProbe.id > 1))
    session.execute(insert(WriteProbe), rows)
    session.execute(delete(WriteProbe).where(WriteProbe.id > 1))
    upsert(session, WriteProbe, values=[{"id": 1, "written_at": now}])


def _unwell(problem: str) -> Health:
    return Health(problems=[problem])
