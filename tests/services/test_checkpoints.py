"""Checkpoints in the database: kept in step with the diary, never trusted blindly, few."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.authority import Principal
from api.domain.trajectory.checkpoints import replay
from api.domain.trajectory.engine import Engine, PatientFactors
from api.models.entry import EntryRow
from api.models.patient import Patient, Trajectory
from api.models.score import CheckpointRow
from api.services.entries.corrections import correct_entry, withdraw_entry
from api.services.scoring import patient_lock, score
from api.services.scoring.rescore_from_checkpoint import surviving_entries
from tests.services.test_order import answers, whole_state_of
from tests.support.builders import Clinic, a_clinic, a_patient, an_entry, signed_in
from tests.support.entries import record_items

FIRST, NOW = date(2026, 1, 1), datetime(2026, 9, 1, tzinfo=UTC)
ENGINE = Engine()
DAYS = 150

Phone = Callable[[], Principal]


def item(number: int, **answers: Any) -> dict[str, Any]:
    day = FIRST + timedelta(days=number)
    sent = {"id": str(UUID(int=number + 1)), "local_date": str(day), "recorded_at": f"{day}T19:00:00+00:00"}
    return sent | (answers or {"pain_worst": 2 + number // 60, "dose": "taken", "confidence": 8})


@pytest.fixture
def phone(database: Database) -> Phone:
    """Return a way to enrol one more patient of one clinic."""
    clinic: list[Clinic] = []

    def enrol() -> Principal:
        with database.begin() as session:
            clinic[:] = clinic or [a_clinic(session, now=NOW)]
            return signed_in(session, a_patient(session, clinic[0].team, now=NOW), now=NOW).principal

    return enrol


def record(database: Database, by: Principal, *items: dict[str, Any]) -> None:
    with database.begin() as session:
        record_items(session, by, items, engine=ENGINE, now=NOW)


def everything_of(session: Session, patient_id: UUID) -> tuple[Any, ...]:
    """Return scores, alerts, and the state of the trajectory to the last bit."""
    state = session.get_one(Trajectory, patient_id).state
    return *whole_state_of(session, patient_id), json.dumps(state)


def checkpoints_of(session: Session, patient_id: UUID) -> dict[date, str]:
    rows = select(CheckpointRow.last_day, CheckpointRow.state).where(CheckpointRow.patient_id == patient_id)
    return dict(session.execute(rows).all())


def assert_equals_a_replay(database: Database, patient_id: UUID, phone: Phone) -> None:
    """Compare state and checkpoints with those of a patient who sent the surviving entries at once."""
    with database.read() as session:
        entries = surviving_entries(session, patient_id)
    items = [
        {
            "id": str(e.id),
            "local_date": str(e.local_date),
            "recorded_at": e.recorded_at.isoformat(),
            **e.answers,
        }
        for e in entries
    ]
    other = phone()
    record(database, other, *items)
    with database.read() as session:
        assert everything_of(session, patient_id) == everything_of(session, other.id)
        for day, state in checkpoints_of(session, patient_id).items():
            course = ENGINE.begin(PatientFactors(ai="letrozole", birth_year=1960))
            course.add([entry for entry in entries if entry.local_date <= day])
            assert json.loads(state)[3] == course.snapshot()[5]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_late_corrected_and_withdrawn_entries_end_in_the_state_of_a_replay_from_the_start(
    database: Database, phone: Phone, data: st.DataObject
) -> None:
    """Each change replays from a checkpoint, and moves those after it."""
    by, numbers = phone(), list(range(DAYS))
    late = data.draw(st.sets(st.sampled_from(numbers), max_size=5))
    record(database, by, *[item(number) for number in numbers if number not in late])
    changes = [("late", number, None) for number in late]
    touched = st.sampled_from([number for number in numbers if number not in late])
    drawn = st.tuples(st.sampled_from(["correct", "withdraw"]), touched, answers)
    changes += data.draw(st.lists(drawn, max_size=6))
    for what, number, new_answers in data.draw(st.permutations(changes)):
        with database.begin() as session:
            _change(session, by, what, number, new_answers)
    assert_equals_a_replay(database, by.id, phone)


def _change(session: Session, by: Principal, what: str, number: int, answers: dict[str, Any] | None) -> None:
    sent = item(number, **(answers or {}))
    if what == "late":
        record_items(session, by, [sent], engine=ENGINE, now=NOW)
    elif what == "withdraw":
        withdraw_entry(session, by, UUID(sent["id"]), check_version=lambda _: None, engine=ENGINE, now=NOW)
    else:
        correct_entry(
            session, by, UUID(sent["id"]), sent, check_version=lambda _: None, engine=ENGINE, now=NOW
        )


def test_entries_that_come_one_a_day_leave_checkpoints_and_never_many(
    database: Database, phone: Phone
) -> None:
    by = phone()
    for number in range(100):
        record(database, by, item(number))
    with database.read() as session:
        kept = sorted(checkpoints_of(session, by.id))
    assert 5 <= len(kept) <= 8
    assert max(b - a for a, b in pairwise(kept)) <= timedelta(days=32)
    record(database, by, item(60, pain_worst=9) | {"id": str(UUID(int=999))})
    assert_equals_a_replay(database, by.id, phone)


def test_ten_years_a_day_keep_some_twenty_checkpoints() -> None:
    days = (FIRST + timedelta(days=number) for number in range(3650))
    entries = [an_entry(local_date=day, pain_worst=day.day % 5, dose="taken") for day in days]
    _, _, checkpoints = replay(ENGINE.begin(PatientFactors()), entries)
    assert 15 <= len(checkpoints) <= 30
    assert sum(len(json.dumps(each.snapshot)) for each in checkpoints) < 150_000


@pytest.mark.parametrize(
    "harm",
    [{"state": "{"}, {"state": '[3,"x",[],[],null,null]'}, {"digest": "0" * 64}, {"engine": "another"}],
)
def test_a_damaged_or_outdated_checkpoint_is_not_used(
    database: Database, phone: Phone, harm: dict[str, Any]
) -> None:
    by = phone()
    record(database, by, *[item(number) for number in range(DAYS) if number != 100])
    with database.begin() as session:
        session.execute(update(CheckpointRow).where(CheckpointRow.patient_id == by.id).values(**harm))
    record(database, by, item(100, pain_worst=9))
    assert_equals_a_replay(database, by.id, phone)


def test_a_checkpoint_of_other_facts_is_not_used(database: Database, phone: Phone) -> None:
    by = phone()
    record(database, by, *[item(number) for number in range(DAYS) if number != 100])
    with database.begin() as session:
        before = checkpoints_of(session, by.id)
        session.execute(update(Patient).where(Patient.id == by.id).values(ai_started_on=FIRST))
        score.rescore(session, patient_lock.lock(session, by.id, now=NOW), engine=ENGINE, now=NOW)
        after = checkpoints_of(session, by.id)
    assert after.keys() == before.keys()
    assert all(after[day] != before[day] for day in after)


def test_an_entry_stored_by_software_without_checkpoints_makes_them_unusable(
    database: Database, phone: Phone
) -> None:
    """As while two versions run side by side: the older one scores all days and leaves checkpoints alone."""
    by = phone()
    record(database, by, *[item(number) for number in range(DAYS) if number not in {40, 100}])
    with database.begin() as session:
        newest = session.get_one(Trajectory, by.id)
        newest.change_seq += 1
        early = session.get_one(EntryRow, (by.id, UUID(int=31)))
        early.answers, early.change_seq = {"pain_worst": 9}, newest.change_seq
    record(database, by, item(DAYS))
    record(database, by, item(DAYS + 40))
    record(database, by, item(100, pain_worst=9))
    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, by.id, now=NOW), engine=ENGINE, now=NOW)
    assert_equals_a_replay(database, by.id, phone)


def test_the_last_entry_withdrawn_leaves_the_day_before_as_the_last(database: Database, phone: Phone) -> None:
    by = phone()
    record(database, by, *[item(number) for number in range(33)])
    for number in range(32, 14, -1):
        with database.begin() as session:
            _change(session, by, "withdraw", number, None)
    assert_equals_a_replay(database, by.id, phone)
    record(database, by, item(40))
    assert_equals_a_replay(database, by.id, phone)
