"""Long replays run outside the transaction, count only if nothing changed, and hold few threads."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from api.db.database import Database
from api.domain.authority import Principal
from api.domain.errors import TooManyRequests
from api.services.entries.corrections import withdraw_entry
from api.services.patient_budgets import PatientBudget, PatientBudgets
from api.services.scoring.optimistic_rescoring import MAX_ATTEMPTS, MAX_OF_PATIENT, OptimisticRescorer
from tests.services.test_checkpoints import (
    DAYS,
    ENGINE,
    NOW,
    Phone,
    assert_equals_a_replay,
    item,
    phone,
    record,
)
from tests.support.entries import record_items

__all__ = ["phone"]


class Meanwhile(PatientBudgets):
    """Budgets that do something else just before a replay runs, and count the replays."""

    def __init__(self, something: Callable[[int], None]) -> None:
        super().__init__()
        self.replays = 0
        self._something = something

    def charge_replay(self, patient_id: UUID, days: int) -> None:
        self.replays += 1
        self._something(self.replays)


def late(database: Database, by: Principal, number: int, budgets: PatientBudgets) -> None:
    OptimisticRescorer(database, budgets)(
        lambda session: record_items(session, by, [item(number, pain_worst=9)], engine=ENGINE, now=NOW),
        is_charged=True,
    )


def test_another_patients_entry_is_recorded_while_a_long_replay_runs(
    database: Database, phone: Phone
) -> None:
    """On SQLite the one writer's lock is free meanwhile; if it were held, this would wait for ever."""
    by, other = phone(), phone()
    record(database, by, *[item(number) for number in range(DAYS) if number != 10])
    meanwhile = Meanwhile(lambda _: record(database, other, item(0)))
    late(database, by, 10, meanwhile)
    assert meanwhile.replays == 1
    assert_equals_a_replay(database, by.id, phone)


def test_a_replay_is_done_again_where_the_patients_diary_has_changed_meanwhile(
    database: Database, phone: Phone
) -> None:
    by = phone()
    record(database, by, *[item(number) for number in range(DAYS) if number not in {10, 20}])
    meanwhile = Meanwhile(lambda nth: record(database, by, item(20, pain_worst=8)) if nth == 1 else None)
    late(database, by, 10, meanwhile)
    assert meanwhile.replays == 2
    assert_equals_a_replay(database, by.id, phone)


def test_a_diary_that_never_rests_is_replayed_in_the_transaction_in_the_end(
    database: Database, phone: Phone
) -> None:
    by = phone()
    record(database, by, *[item(number) for number in range(DAYS) if number != 10])
    meanwhile = Meanwhile(lambda nth: record(database, by, item(DAYS + nth)))
    late(database, by, 10, meanwhile)
    assert meanwhile.replays == MAX_ATTEMPTS
    assert_equals_a_replay(database, by.id, phone)


def test_a_long_first_sync_is_scored_outside_the_transaction_too(database: Database, phone: Phone) -> None:
    by, other, items = phone(), phone(), [item(number) for number in range(220)]
    meanwhile = Meanwhile(lambda _: record(database, other, item(0)))
    rescorer = OptimisticRescorer(database, meanwhile)
    for batch in (items[:110], items[110:]):
        rescorer(
            lambda session, batch=batch: record_items(session, by, batch, engine=ENGINE, now=NOW),
            is_charged=True,
        )
    assert meanwhile.replays == 2
    assert_equals_a_replay(database, by.id, phone)


def test_a_withdrawal_is_replayed_outside_the_transaction(database: Database, phone: Phone) -> None:
    by, other = phone(), phone()
    record(database, by, *[item(number) for number in range(DAYS)])
    meanwhile = Meanwhile(lambda _: record(database, other, item(0)))
    OptimisticRescorer(database, meanwhile)(
        lambda session: withdraw_entry(
            session, by, UUID(item(10)["id"]), check_version=lambda _: None, engine=ENGINE, now=NOW
        ),
        is_charged=True,
    )
    assert meanwhile.replays == 1
    assert_equals_a_replay(database, by.id, phone)


def test_one_patient_holds_few_threads_and_other_patients_replay_all_the_same(
    database: Database, phone: Phone
) -> None:
    by, other = phone(), phone()
    for each in (by, other):
        record(database, each, *[item(number) for number in range(DAYS) if number % 20 != 10])
    running, go_on = threading.Semaphore(0), threading.Event()

    def wait(_: int) -> None:
        running.release()
        go_on.wait(20)

    rescorer = OptimisticRescorer(database, Meanwhile(wait))

    def send(whose: Principal, number: int) -> None:
        rescorer(
            lambda session: record_items(session, whose, [item(number)], engine=ENGINE, now=NOW),
            is_charged=True,
        )

    with ThreadPoolExecutor(8) as threads:
        sent = [threads.submit(send, by, 10 + 20 * nth) for nth in range(MAX_OF_PATIENT)]
        running.acquire(timeout=20)
        while sum(rescorer.waiting().values()) < MAX_OF_PATIENT:
            go_on.wait(0.01)
        with pytest.raises(TooManyRequests) as refused:
            send(by, 10 + 20 * MAX_OF_PATIENT)
        others = threads.submit(send, other, 10)
        assert running.acquire(timeout=20)
        go_on.set()
        for each in [*sent, others]:
            each.result(20)
    assert 1 <= refused.value.retry_after_s <= 10
    assert rescorer.waiting() == {}
    send(by, 10 + 20 * MAX_OF_PATIENT)
    assert_equals_a_replay(database, by.id, phone)


def test_a_budget_of_replayed_days_is_spent_and_comes_back(database: Database, phone: Phone) -> None:
    by, time = phone(), [0.0]
    record(database, by, *[item(number) for number in range(DAYS) if number % 20 != 10])
    budgets = PatientBudgets(replayed_days=PatientBudget(200, per_s=400), clock=lambda: time[0])
    late(database, by, 10, budgets)
    late(database, by, 30, budgets)
    with pytest.raises(TooManyRequests) as refused:
        late(database, by, 50, budgets)
    time[0] += refused.value.retry_after_s
    late(database, by, 50, budgets)
    assert_equals_a_replay(database, by.id, phone)
