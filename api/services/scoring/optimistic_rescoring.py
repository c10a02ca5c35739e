"""Runs a use case whose replays are done outside its transaction, some patients' and some requests' at once.

Optimistic concurrency: the transaction is rolled back, the days are scored without a lock, and it is run
again with what that gave; where the patient's diary has changed meanwhile, once more. After three times
the replay is done in the transaction. One replay of a patient runs at a time; who waits for it holds a
thread, so only a few may.
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

TRIES = 3
"""Replays outside the transaction before it is done in it: an entry must get in, whatever comes with it."""

MAX_OF_PATIENT = 3
"""Requests of one patient that replay, or wait for it: beyond it they are told to come again."""

MAX_AT_ONCE = 8
"""Requests of all patients that do: half of a web process' threads."""


class OptimisticRescorer:
    """Runs use cases; one for a process."""

    def __init__(self, database: Database, budgets: PatientBudgets | None = None) -> None:
        """Open transactions of ``database``; charge days of replay to ``budgets``, where there are any."""
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
            is_charged: Whether the patient's budget of replays is charged: who asks is the patient.

        Raises:
            TooManyRequests: Too many replays are under way, or the patient's budget is spent.
        """
        try:
            return self._attempt(work, Preparation())
        except LongRescoringNeeded as needed:
            patient_id = needed.patient_id
        with self._turn_of(patient_id):
            done: RescoredDays | None = None
            for _ in range(TRIES):
                try:
                    return self._attempt(work, Preparation(has_turn=True, done=done))
                except LongRescoringNeeded as needed:
                    done = self._replayed(needed, is_charged=is_charged)
                if done is None:
                    break
            with self._database.begin() as session:
                return work(session)

    def waiting(self) -> dict[UUID, int]:
        """Return how many requests of each patient replay, or wait for it."""
        with self._guard:
            return dict(self._waiting)

    def _attempt(self, work: Callable[[Session], Result], preparation: Preparation) -> Result:
        with self._database.begin() as session:
            session.info[PREPARED] = preparation
            return work(session)

    def _replayed(self, needed: LongRescoringNeeded, *, is_charged: bool) -> RescoredDays | None:
        """Score the days; None where that fails: the transaction then meets the same error and reports it."""
        job = needed.job
        if job is None:
            return None
        if is_charged and self._budgets is not None:
            self._budgets.charge_replay(needed.patient_id, job.days)
        try:
            # two at once would take as long, and others' requests longer
            with self._arithmetic, _without_collecting():
                return job.run()
        except Exception:
            log.exception("a replay failed", extra={"patient_id": str(needed.patient_id)})
            return None

    @contextmanager
    def _turn_of(self, patient_id: UUID) -> Iterator[None]:
        """Wait until no other replay of the patient is under way."""
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
def _without_collecting() -> Iterator[None]:
    """Hold off the cyclic garbage collector: a replay makes a million objects and not one cycle.

    Looking through all of them, and all that the process has loaded, took a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
