"""What phones send at the same moment is written in one transaction: one commit, one look at each table."""

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from api.db.database import Database
from api.domain.entries.parse import MAX_ENTRIES_PER_BATCH
from api.domain.errors import DomainError
from api.domain.trajectory.engine import Engine
from api.services.entries.record import EntrySubmission, ItemResult, Recorded, record_reports
from api.services.scoring.replayer import Replayer
from api.unavailable import DatabaseUnavailable, Unavailable, why_unavailable

log = logging.getLogger(__name__)

MOST_REPORTS = 32
"""Reports written in one transaction; the more there are, the longer the first of them waits."""


class PendingRequest:
    """A report that waits: until it is recorded, or its own thread is to lead, or to record it alone."""

    __slots__ = ("leads", "recorded", "report", "unavailable", "woken")

    def __init__(self, report: EntrySubmission) -> None:
        self.report = report
        self.recorded: Recorded | None = None
        self.leads = False
        self.unavailable: Unavailable | None = None
        self.woken = threading.Semaphore(0)


class EntryBatcher:
    """Records reports: one thread leads, and takes along what has come while it waited for its turn.

    Whoever comes while a transaction is under way waits for the next. What cannot be recorded together
    with others, waits for a row that is locked, or asks for a long replay, is recorded alone, by its own
    thread: nobody waits for another patient's row or replay, or learns of an error of hers. Alerts are
    waited for together.
    """

    def __init__(self, database: Database, engine: Engine, replayer: Replayer | None = None) -> None:
        """Record through ``database``, scored by ``engine`` where a site has no policy of its own.

        Who is recorded alone is so by ``replayer``: long replays are done outside the transaction.
        """
        self._database = database
        self._engine = engine
        self._replayer = replayer or Replayer(database)
        self._lock = threading.Lock()
        self._queue: list[PendingRequest] = []
        self._is_led = False

    @property
    def waiting(self) -> int:
        """How many reports have come and are not recorded yet."""
        return len(self._queue)

    def __call__(self, report: EntrySubmission) -> list[ItemResult]:
        """Record a report; it is durable when this returns.

        Raises:
            DomainError: None of it was taken.
        """
        mine = PendingRequest(report)
        with self._lock:
            self._queue.append(mine)
            if not self._is_led:
                self._is_led = mine.leads = True
        if not mine.leads:
            mine.woken.acquire()
        if mine.leads:
            self._lead(mine)
        if mine.unavailable is not None:
            raise DatabaseUnavailable(mine.unavailable)
        recorded = mine.recorded
        if recorded is None:
            now, engine = datetime.now(UTC), self._engine
            (recorded,) = self._replayer(
                lambda session: record_reports(session, [report], engine=engine, now=now), is_charged=True
            )
        if recorded is None or isinstance(recorded, DomainError):
            raise recorded or AssertionError("her row was waited for")
        return recorded

    def _lead(self, mine: PendingRequest) -> None:
        some = [mine]
        try:
            with self._database.begin() as session:
                some = self._next()
                reports = [each.report for each in some]
                now = datetime.now(UTC)
                # nor does the leader wait for a row, even alone: everybody would wait behind it
                recorded = record_reports(session, reports, engine=self._engine, now=now, wait=False)
            for each, found in zip(some, recorded, strict=True):
                each.recorded = found
        except Exception as error:
            why = why_unavailable(error)
            if why is not None and self._database.is_for_everybody(why):
                some = self._everybody(why)
                raise
            if len(some) == 1:
                raise
            log.warning("reports are recorded one by one", extra={"error": type(error).__name__})
        finally:
            self._hand_on(some)

    def _everybody(self, why: Unavailable) -> list[PendingRequest]:
        """Return all who wait, told that the database cannot be used: nobody would fare better by waiting."""
        with self._lock:
            everybody = list(self._queue)
        for each in everybody:
            each.unavailable = why
        return everybody

    def _next(self) -> list[PendingRequest]:
        """Return who is written now: the leader, who waits longest, and others as far as there is room."""
        with self._lock:
            queue = self._queue[:MOST_REPORTS]
        some: dict[UUID, PendingRequest] = {}
        items = 0
        for each in queue:
            items += len(each.report.items)
            if each.report.by.id not in some and (not some or items <= MAX_ENTRIES_PER_BATCH):
                some[each.report.by.id] = each
        return list(some.values())

    def _hand_on(self, some: Sequence[PendingRequest]) -> None:
        """Wake those who were written, and let the next lead."""
        with self._lock:
            self._queue = [each for each in self._queue if each not in some]
            following = self._queue[:1]
            self._is_led = bool(following)
        for each in following:
            each.leads = True
        for each in [*some, *following]:
            each.woken.release()
