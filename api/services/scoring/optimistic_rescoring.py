"""Runs a use case whose long rescoring is done outside its transaction (optimistic concurrency).

The transaction is rolled back, the days are scored without a lock, and the transaction runs again
with the result. Where the patient's entries have changed in between, this is repeated; after three
attempts the days are scored within the transaction. A patient is rescored by one request at a time;
the others wait and hold a thread each, so their number is limited.
"""

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.errors import TooManyRequests
from api.services.patient_budgets import PatientBudgets
from api.services.scoring.rescore_from_checkpoint import (
    PREPARED,
    LongRescoringNeeded,
    Preparation,
    RescoredDays,
)

log = logging.getLogger(__name__)

Result = TypeVar("Result")

MAX_ATTEMPTS = 3
"""Attempts outside the transaction; then the days are scored in it, so that it completes."""

MAX_OF_PATIENT = 3
"""Requests of one patient that are rescored or wait for it; further ones get 429."""

MAX_AT_ONCE = 8
"""Requests of all patients that are rescored or wait: half of the threads of a web process."""


class OptimisticRescorer:
    """Runs use cases; one for a process."""

    def __init__(self, database: Database, budgets: PatientBudgets | None = None) -> None:
        """Open transactions of ``database``; charge rescored days to ``budgets``, if given."""
        self._database = database
        self._budgets = budgets
        self._guard = threading.Lock()
        self._waiting: dict[UUID, int] = {}
        self._turns: dict[UUID, threading.Lock] = {}
        self._arithmetic = threading.Lock()

    def __call__(self, work: Callable[[Session], Result], *, is_charged: bool = False) -> Result:
        """Run a use case in a transaction of its own; it is durable when this returns.

        Args:
            work: The use case. It may be run several times, each time in a new transaction.
            is_charged: Whether the patient's budget is charged for rescored days (own requests).

        Raises:
            TooManyRequests: Too many requests are rescored, or the patient's budget is spent.
        """
        try:
            return self._attempt(work, Preparation())
        except LongRescoringNeeded as needed:
            patient_id = needed.patient_id
        with self._turn_of(patient_id):
            done: RescoredDays | None = None
            for _ in range(MAX_ATTEMPTS):
                try:
                    return self._attempt(work, Preparation(has_turn=True, done=done))
                except LongRescoringNeeded as needed:
                    done = self._score_days(needed, is_charged=is_charged)
                if done is None:
                    break
            with self._database.begin() as session:
                return work(session)

    def waiting(self) -> dict[UUID, int]:
        """Return the number of requests of each patient that are rescored or wait for it."""
        with self._guard:
            return dict(self._waiting)

    def _attempt(self, work: Callable[[Session], Result], preparation: Preparation) -> Result:
        with self._database.begin() as session:
            session.info[PREPARED] = preparation
            return work(session)

    def _score_days(self, needed: LongRescoringNeeded, *, is_charged: bool) -> RescoredDays | None:
        """Score the days; None where that fails, as the transaction then reports the same error."""
        job = needed.job
        if job is None:
            return None
        if is_charged and self._budgets is not None:
            self._budgets.charge_replay(needed.patient_id, job.days)
        try:
            # two at once would take as long in all, and delay other requests
            with self._arithmetic, _without_garbage_collection():
                return job.run()
        except Exception:
            log.exception("rescoring failed", extra={"patient_id": str(needed.patient_id)})
            return None

    @contextmanager
    def _turn_of(self, patient_id: UUID) -> Iterator[None]:
        """Wait until no other request of the patient is rescored."""
        with self._guard:
            of_patient = self._waiting.get(patient_id, 0)
            if of_patient >= MAX_OF_PATIENT or sum(self._waiting.values()) >= MAX_AT_ONCE:
                raise TooManyRequests("earlier days are being scored again; send this again", retry_after_s=2)
            self._waiting[patient_id] = of_patient + 1
            turn = self._turns.setdefault(patient_id, threading.Lock())
        try:
            with turn:
                yield
        finally:
            with self._guard:
                self._waiting[patient_id] -= 1
                if not self._waiting[patient_id]:
                    del self._waiting[patient_id], self._turns[patient_id]


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Disable the cyclic garbage collector: rescoring makes a million objects and no cycles.

    Its passes over these and over all loaded objects took a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
