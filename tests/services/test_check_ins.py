"""Check-ins in local time: prompted once, at the right minute, and only where needed."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.db.database import Database
from api.models.entry import EntryRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.reminders.check_ins import first_check_in
from api.services.reminders.send_due import send_due_reminders
from notifications.jobs.reminders import BATCH, plan_due
from tests.conftest import NOW
from tests.support.builders import Clinic, a_clinic, a_patient

WEEK = timedelta(weeks=1)
MONDAY_NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)  # 09:00 in Berlin


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic at NOW."""
    with database.begin() as session:
        return a_clinic(session, now=NOW)


def enrolled(database: Database, clinic: Clinic, **changes: Any) -> UUID:
    with database.begin() as session:
        patient = a_patient(session, clinic.team, now=MONDAY_NINE - WEEK, **changes)
        if "check_in_due_at" not in changes:
            patient.check_in_due_at = first_check_in(patient, now=MONDAY_NINE - timedelta(hours=1))
        return patient.id


def plan(database: Database, now: datetime) -> int:
    with database.begin() as session:
        return send_due_reminders(session, now=now)


def due_of(database: Database, patient_id: UUID) -> datetime | None:
    with database.read() as session:
        return session.get_one(Patient, patient_id).check_in_due_at


def asked(database: Database) -> list[tuple[str, datetime]]:
    with database.read() as session:
        rows = session.execute(select(Reminder.slot, Reminder.due_at).order_by(Reminder.due_at))
        return [(slot, due_at) for slot, due_at in rows]


def messages(database: Database) -> list[OutboxMessage]:
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage)))


def wrote(database: Database, patient_id: UUID, day: date, *, withdrawn: bool = False) -> None:
    with database.begin() as session:
        session.add(
            EntryRow(
                patient_id=patient_id,
                id=uuid4(),
                recorded_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
                local_date=day,
                received_at=NOW,
                answers={"pain_worst": 3},
                withdrawn=withdrawn,
                change_seq=1,
                grant_id=uuid4(),
            )
        )


def test_a_check_in_is_prompted_when_it_is_due_and_not_before(database: Database, ward: Clinic) -> None:
    patient_id = enrolled(database, ward)

    assert plan(database, MONDAY_NINE - timedelta(seconds=1)) == 0
    assert plan(database, MONDAY_NINE) == 1
    assert plan(database, MONDAY_NINE) == 0

    assert asked(database) == [("2026-03-02", MONDAY_NINE)]
    (message,) = messages(database)
    assert (message.kind, message.recipient_id, message.not_before) == ("check_in", patient_id, MONDAY_NINE)
    assert message.dedupe_key.startswith(f"check_in:{patient_id}:2026-03-02:")
    assert due_of(database, patient_id) == MONDAY_NINE + WEEK


def test_check_ins_keep_the_local_time_when_the_clocks_change(database: Database, ward: Clinic) -> None:
    patient_id = enrolled(database, ward)
    for _ in range(6):
        due = due_of(database, patient_id)
        assert due is not None
        plan(database, due - timedelta(seconds=1))  # the days between are looked at, and ask for nothing new
        before = len(asked(database))
        plan(database, due)
        assert len(asked(database)) == before + 1

    assert [due_at.strftime("%m-%d %H:%M") for _, due_at in asked(database)] == [
        "03-02 08:00",
        "03-09 08:00",
        "03-16 08:00",
        "03-23 08:00",
        "03-30 07:00",  # summer time
        "04-06 07:00",
    ]


@pytest.mark.parametrize(
    ("zone", "at", "utc"),
    [
        ("America/New_York", time(2, 30), "2026-03-08T07:30"),  # the gap: 03:30
        ("America/New_York", time(1, 30), "2026-03-08T06:30"),
        ("Asia/Kathmandu", time(9), "2026-03-08T03:15"),
    ],
)
def test_a_check_in_in_the_night_the_clocks_change(
    database: Database, ward: Clinic, *, zone: str, at: time, utc: str
) -> None:
    midnight = time(0)
    patient_id = enrolled(
        database,
        ward,
        timezone=zone,
        check_in_weekday=6,
        check_in_at=at,
        quiet_from=midnight,
        quiet_until=midnight,
    )
    due = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert due_of(database, patient_id) == due
    assert (plan(database, due - timedelta(minutes=1)), plan(database, due)) == (0, 1)


def test_a_long_stop_is_caught_up_with_one_reminder_and_not_in_the_night(
    database: Database, ward: Clinic
) -> None:
    patient_id = enrolled(database, ward)
    night = datetime(2026, 5, 13, 22, 0, tzinfo=UTC)  # Wednesday, ten weeks later; midnight in Berlin

    assert plan(database, night) == 1

    assert asked(database) == [("2026-05-11", datetime(2026, 5, 14, 6, 0, tzinfo=UTC))]
    assert len(messages(database)) == 1
    assert due_of(database, patient_id) == datetime(2026, 5, 18, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days_ago", "withdrawn", "asks"), [(0, False, 0), (2, False, 0), (3, False, 1), (0, True, 1)]
)
def test_an_entry_of_the_last_three_days_answers_the_check_in(
    database: Database, ward: Clinic, *, days_ago: int, withdrawn: bool, asks: int
) -> None:
    patient_id = enrolled(database, ward)
    wrote(database, patient_id, date(2026, 3, 2) - timedelta(days=days_ago), withdrawn=withdrawn)

    plan(database, MONDAY_NINE)

    assert len(asked(database)) == asks
    assert due_of(database, patient_id) == MONDAY_NINE + WEEK


def test_a_patient_who_has_left_is_not_prompted(database: Database, ward: Clinic) -> None:
    patient_id = enrolled(database, ward, status="withdrawn", check_in_due_at=MONDAY_NINE)

    plan(database, MONDAY_NINE)

    assert (asked(database), due_of(database, patient_id)) == ([], None)


def test_a_day_has_one_check_in_even_if_its_time_is_changed(database: Database, ward: Clinic) -> None:
    patient_id = enrolled(database, ward)
    plan(database, MONDAY_NINE)
    with database.begin() as session:
        patient = session.get_one(Patient, patient_id)
        patient.check_in_at = time(18)
        patient.next_reminder_check_at = patient.check_in_due_at = first_check_in(patient, now=NOW)

    assert plan(database, MONDAY_NINE + timedelta(hours=9)) == 1
    assert len(asked(database)) == len(messages(database)) == 1


def test_after_week_twelve_check_ins_are_every_fourth_week(database: Database, ward: Clinic) -> None:
    begun = {"ai_started_on": date(2025, 12, 1), "enrolled_at": datetime(2025, 12, 1, tzinfo=UTC)}
    patient_id = enrolled(database, ward, **begun)

    plan(database, MONDAY_NINE)

    assert due_of(database, patient_id) == datetime(2026, 3, 23, 8, tzinfo=UTC)  # week 16


def test_more_than_one_transaction_holds_are_all_planned(sqlite: Database) -> None:
    with sqlite.begin() as session:
        ward = a_clinic(session, now=NOW)
        for _ in range(BATCH + 5):
            a_patient(session, ward.team, now=NOW, check_in_due_at=MONDAY_NINE)

    assert plan_due(sqlite, now=MONDAY_NINE) == BATCH + 5
    assert len(asked(sqlite)) == BATCH + 5


def test_two_schedulers_at_once_plan_none_twice(postgresql: Database) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        for _ in range(300):
            a_patient(session, ward.team, now=NOW, check_in_due_at=MONDAY_NINE)
    planned: list[int] = []

    def work() -> None:
        planned.append(plan_due(postgresql, now=MONDAY_NINE))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    work()  # a scheduler that found the rest locked leaves it to the next tick

    assert sum(planned) == 300
    assert len(asked(postgresql)) == len(messages(postgresql)) == 300


def test_a_patient_who_cannot_be_planned_does_not_delay_others(
    database: Database, ward: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    hour = timedelta(hours=1)
    unknown = enrolled(database, ward, timezone="Mars/Olympus", check_in_due_at=MONDAY_NINE - hour)
    other = enrolled(database, ward)

    with database.begin() as session:
        assert send_due_reminders(session, now=MONDAY_NINE, limit=1) == 1
    assert plan(database, MONDAY_NINE) == 1

    assert [message.recipient_id for message in messages(database)] == [other]
    with database.read() as session:
        assert session.get_one(Patient, unknown).next_reminder_check_at == MONDAY_NINE + hour
    assert [getattr(record, "patient_id", None) for record in caplog.records] == [unknown]
