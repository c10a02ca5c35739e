"""Group commit: concurrent entry requests share one transaction (leader and followers).

The first request leads: it opens a transaction and records the submissions that queued up until
then, with one query per table and one commit for all. The others wait for it. Requests that come
while the transaction runs are recorded by the next leader.
"""

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from api.db.database import Database
from api.domain.entries.parse import MAX_ENTRIES_PER_BATCH
from api.domain.trajectory.engine import Engine
from api.services.entries.record import EntrySubmission, record_entries
from api.services.entries.results import ItemResult, RowBusy, SubmissionResult
from api.services.scoring.optimistic_rescoring import OptimisticRescorer
from api.unavailable import DatabaseUnavailable, Unavailable, why_unavailable

log = logging.getLogger(__name__)

MAX_BATCH_REQUESTS = 32
"""Requests recorded in one transaction; the more there are, the longer the first of them waits."""


class PendingRequest:
    """A queued request, until its submission is recorded or its thread becomes the leader."""

    __slots__ = ("is_leader", "result", "submission", "unavailable", "woken")

    def __init__(self, submission: EntrySubmission) -> None:
        self.submission = submission
        self.result: SubmissionResult | None = None
        self.is_leader = False
        self.unavailable: Unavailable | None = None
        self.woken = threading.Semaphore(0)


class EntryBatcher:
    """Records submissions in shared transactions; one for a process.

    A locked row, a long rescoring or an error affects only its own request: that one is recorded
    alone, by its own thread. Only the site's lock for alerts is waited for together.
    """

    def __init__(
        self, database: Database, engine: Engine, rescorer: OptimisticRescorer | None = None
    ) -> None:
        """Record in ``database``; ``engine`` scores where a site has no policy of its own.

        ``rescorer`` runs the transaction of a request that is recorded alone.
        """
        self._database = database
        self._engine = engine
        self._rescorer = rescorer or OptimisticRescorer(database)
        self._lock = threading.Lock()
        self._queue: list[PendingRequest] = []
        self._has_leader = False

    @property
    def pending(self) -> int:
        """The number of requests that are not recorded yet."""
        return len(self._queue)

    def __call__(self, submission: EntrySubmission) -> list[ItemResult]:
        """Record a submission; it is durable when this returns.

        Raises:
            DomainError: Nothing of it was recorded.
        """
        mine = PendingRequest(submission)
        with self._lock:
            self._queue.append(mine)
            if not self._has_leader:
                self._has_leader = mine.is_leader = True
        if not mine.is_leader:
            mine.woken.acquire()
        if mine.is_leader:
            self._lead_batch(mine)
        if mine.unavailable is not None:
            raise DatabaseUnavailable(mine.unavailable)
        result = mine.result
        if result is None or isinstance(result, RowBusy):
            result = self._record_alone(submission)
        return result.results()

    def _lead_batch(self, mine: PendingRequest) -> None:
        batch = [mine]
        try:
            with self._database.begin() as session:
                batch = self._next_batch()
                submissions = [each.submission for each in batch]
                now = datetime.now(UTC)
                # the leader waits for no row, even alone: all later requests would wait behind it
                results = record_entries(session, submissions, engine=self._engine, now=now, wait=False)
            for each, result in zip(batch, results, strict=True):
                each.result = result
        except Exception as error:
            why = why_unavailable(error)
            if why is not None and self._database.affects_all(why):
                batch = self._fail_all(why)
                raise
            if len(batch) == 1:
                raise
            log.warning(
                "a batch failed: recording its requests one by one", extra={"error": type(error).__name__}
            )
        finally:
            self._hand_over(batch)

    def _record_alone(self, submission: EntrySubmission) -> SubmissionResult:
        now = datetime.now(UTC)
        (result,) = self._rescorer(
            lambda session: record_entries(session, [submission], engine=self._engine, now=now),
            is_charged=True,
        )
        return result

    def _fail_all(self, why: Unavailable) -> list[PendingRequest]:
        """Mark all queued requests as failed, since the database is unavailable; return them."""
        with self._lock:
            queue = list(self._queue)
        for each in queue:
            each.unavailable = why
        return queue

    def _next_batch(self) -> list[PendingRequest]:
        """Return the oldest requests, one per patient, as many as fit into a transaction."""
        with self._lock:
            queue = self._queue[:MAX_BATCH_REQUESTS]
        batch: dict[UUID, PendingRequest] = {}
        items = 0
        for each in queue:
            items += len(each.submission.items)
            if each.submission.by.id not in batch and (not batch or items <= MAX_ENTRIES_PER_BATCH):
                batch[each.submission.by.id] = each
        return list(batch.values())

    def _hand_over(self, batch: Sequence[PendingRequest]) -> None:
        """Take a batch off the queue, wake its requests, and let the oldest other one lead."""
        with self._lock:
            self._queue = [each for each in self._queue if each not in batch]
            following = self._queue[:1]
            self._has_leader = bool(following)
        for each in following:
            each.is_leader = True
        for each in [*batch, *following]:
            each.woken.release()
