"""Concurrent entry requests: one transaction for all, and no request pays for another's error."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import PatientNotActive
from api.domain.trajectory.engine import FORMAT, Engine, PatientFactors
from api.models.entry import EntryRow
from api.models.patient import Patient, Trajectory
from api.services.entries.group_commit import MAX_BATCH_REQUESTS, EntryBatcher
from api.services.entries.record import EntrySubmission
from api.services.entries.results import ItemResult
from tests.services.test_races import until_a_session_waits
from tests.support.builders import Clinic, a_patient, a_report, signed_in

WITHIN_S = 20


class Gate(Database):
    """A database whose transactions begin once the gate is open; it counts them, and can be down."""

    def __init__(self, database: Database) -> None:
        """Stand before ``database``."""
        self.opened = threading.Event()
        self.begun = 0
        self.is_down = False
        self._database = database

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction as soon as that may be."""
        self.opened.wait(WITHIN_S)
        if self.is_down:
            raise ConnectionError("the database is down")
        with self._database.begin() as session:
            self.begun += 1
            yield session


class Broken(dict[str, Any]):
    """An item that a bug trips over."""

    def get(self, *_: object) -> Any:
        """Fail."""
        raise RuntimeError("a bug")


@pytest.fixture
def phones(database: Database, clinic: Clinic) -> list[Principal]:
    """The phones of some patients."""
    now = datetime.now(UTC)
    with database.begin() as session:
        patients = [a_patient(session, clinic.team, now=now) for _ in range(6)]
        return [signed_in(session, patient, now=now).principal for patient in patients]


@pytest.fixture
def gate(database: Database) -> Gate:
    """A gate that is still closed."""
    return Gate(database)


Sent = list[Future[list[ItemResult]]]


@pytest.fixture
def send(gate: Gate) -> Iterator[Callable[[Sequence[EntrySubmission]], Sent]]:
    """A way to send reports at the same moment: they have all come before the gate opens."""
    recording = EntryBatcher(gate, Engine())
    with ThreadPoolExecutor(max_workers=2 * MAX_BATCH_REQUESTS) as threads:

        def sending(reports: Sequence[EntrySubmission]) -> Sent:
            gate.opened.clear()
            sent = []
            for number, report in enumerate(reports, start=1):
                sent.append(threads.submit(recording, report))
                while recording.pending < number:
                    time.sleep(0.001)
            gate.opened.set()
            return sent

        yield sending
        gate.opened.set()


def statuses(sent: Sent) -> list[str]:
    return [result.status for each in sent for result in each.result(WITHIN_S)]


def test_reports_that_have_come_meanwhile_are_written_in_one_transaction(
    gate: Gate, send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal], database: Database
) -> None:
    sent = send([EntrySubmission(phone, [a_report(pain_worst=3)]) for phone in phones])
    assert statuses(sent) == ["created"] * len(phones)
    assert gate.begun == 1
    with database.read() as session:
        assert len(session.scalars(select(EntryRow)).all()) == len(phones)
        scored = select(Trajectory.patient_id).where(Trajectory.engine == Engine().version)
        assert set(session.scalars(scored)) == {phone.id for phone in phones}


def test_a_patient_who_has_left_gets_an_error_and_the_others_are_recorded(
    gate: Gate, send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal], database: Database
) -> None:
    with database.begin() as session:
        session.execute(
            update(Patient).where(Patient.id == phones[1].id).values(status=PatientStatus.WITHDRAWN)
        )
    first, left, *others = send([EntrySubmission(phone, [a_report(pain_worst=3)]) for phone in phones])
    with pytest.raises(PatientNotActive):
        left.result(WITHIN_S)
    assert statuses([first, *others]) == ["created"] * (len(phones) - 1)
    assert gate.begun == 1


def test_what_a_bug_trips_over_fails_alone(
    send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal]
) -> None:
    first, broken, *others = send(
        [
            EntrySubmission(phone, [Broken() if number == 1 else a_report()])
            for number, phone in enumerate(phones)
        ]
    )
    with pytest.raises(RuntimeError, match="a bug"):
        broken.result(WITHIN_S)
    assert statuses([first, *others]) == ["created"] * (len(phones) - 1)


def test_who_cannot_be_scored_is_recorded_and_the_others_are_scored(
    gate: Gate, send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal], database: Database
) -> None:
    with database.begin() as session:
        damaged = session.get_one(Trajectory, phones[2].id)
        facts = PatientFactors(ai="letrozole", birth_year=1960).dump()
        damaged.engine = Engine().version
        damaged.state = [FORMAT, damaged.engine, facts, ["nothing that can be read"], None, None]
    assert statuses(send([EntrySubmission(phone, [a_report()]) for phone in phones])) == ["created"] * len(
        phones
    )
    assert gate.begun == 1
    with database.read() as session:
        stands = dict(session.execute(select(Trajectory.patient_id, Trajectory.status)).all())
    assert [stands[phone.id] == "not_scored" for phone in phones] == [n == 2 for n in range(len(phones))]


def test_two_reports_of_one_patient_follow_each_other(
    gate: Gate, send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal]
) -> None:
    report = EntrySubmission(phones[0], [a_report(pain_worst=3)])
    assert statuses(send([report, EntrySubmission(phones[1], [a_report()]), report])) == [
        "created",
        "created",
        "duplicate",
    ]
    assert gate.begun == 2


def test_no_more_entries_are_written_together_than_one_request_may_carry(
    gate: Gate, send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal]
) -> None:
    sent = send([EntrySubmission(phone, [a_report() for _ in range(100)]) for phone in phones])
    assert statuses(sent) == ["created"] * 600
    assert gate.begun == 2


def test_while_the_database_is_down_all_requests_fail_and_afterwards_none_waits(
    gate: Gate, send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal]
) -> None:
    gate.is_down = True
    reports = [EntrySubmission(phone, [a_report()]) for phone in phones]
    for each in send(reports):
        with pytest.raises(ConnectionError):
            each.result(WITHIN_S)
    gate.is_down = False
    assert statuses(send(reports)) == ["created"] * len(phones)


def test_no_request_waits_for_a_patient_locked_by_another(
    send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal], database: Database
) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, and locks no rows")
    with database.begin() as session:
        row = select(Trajectory).where(Trajectory.patient_id == phones[0].id).with_for_update()
        session.execute(row)
        waiting, *others = send([EntrySubmission(phone, [a_report()]) for phone in phones])
        assert statuses(others) == ["created"] * (len(phones) - 1)
        assert not waiting.done()
    assert statuses([waiting]) == ["created"]


def test_a_first_request_that_waits_for_a_locked_row_holds_up_no_other(
    send: Callable[[Sequence[EntrySubmission]], Sent], phones: list[Principal], database: Database
) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer, and locks no rows")
    with database.begin() as session:
        session.execute(select(Trajectory).where(Trajectory.patient_id == phones[0].id).with_for_update())
        [waiting] = send([EntrySubmission(phones[0], [a_report()])])
        until_a_session_waits(database)
        assert (
            statuses(send([EntrySubmission(phone, [a_report()]) for phone in phones[1:]])) == ["created"] * 5
        )
        assert not waiting.done()
    assert statuses([waiting]) == ["created"]


def test_an_error_of_the_database_is_not_taken_for_patients_who_cannot_be_scored(
    gate: Gate,
    send: Callable[[Sequence[EntrySubmission]], Sent],
    phones: list[Principal],
    database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing = iter(["SELECT no_such_function()"])

    def fail_once(*asked: Any) -> tuple[str, Any]:
        of_replay = "assessments" in asked[2]
        return (next(failing, asked[2]), asked[3]) if of_replay else (asked[2], asked[3])

    event.listen(database.engine, "before_cursor_execute", fail_once, retval=True)
    assert statuses(send([EntrySubmission(phone, [a_report()]) for phone in phones])) == ["created"] * len(
        phones
    )
    event.remove(database.engine, "before_cursor_execute", fail_once)
    assert gate.begun == 1 + len(phones)
    assert "could not be scored" not in caplog.text
