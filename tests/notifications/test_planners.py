"""Planners side by side, and beside entries that come meanwhile."""

import multiprocessing
import os
import threading
import time as clock
from collections import Counter
from datetime import datetime, time
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select

from api.db.database import Database, open_database
from api.models.outbox import OutboxMessage
from api.models.patient import Patient, PatientZone, Trajectory
from api.services.reminders import check_ins, send_due
from notifications.jobs.reminders import plan_due
from tests.notifications.conftest import messages_of, subscribe
from tests.support.builders import a_clinic
from tests.support.reminded_patient import DAY, ENROLLED, MONDAY, reminders, writes

MANY = int(os.environ.get("PLANNED_AT_ONCE", "2000"))
"""10,000 were tried so; ten batches show as well that none is planned twice."""


def many(database: Database) -> None:
    """Put a ward into the database in which all have a check-in due at once, and a phone."""
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        ids = [uuid4() for _ in range(MANY)]
        person = {
            "site_id": clinic.site.id, "team_id": clinic.team.id, "name": "Ada", "birth_year": 1960,
            "timezone": "Europe/Berlin", "check_in_at": time(9),
            "quiet_from": time(21), "quiet_until": time(8),
            "enrolled_at": ENROLLED, "next_reminder_check_at": MONDAY, "check_in_due_at": MONDAY,
        }  # fmt: skip
        session.execute(insert(Patient), [{"id": each, "reference": str(each), **person} for each in ids])
        session.execute(insert(Trajectory), [{"patient_id": each} for each in ids])
        zones = [{"patient_id": each, "since": ENROLLED, "timezone": "Europe/Berlin"} for each in ids]
        session.execute(insert(PatientZone), zones)


def as_planned(database: Database) -> Counter[int]:
    """Return how many patients have how many messages."""
    with database.read() as session:
        each = Counter[UUID](session.scalars(select(OutboxMessage.recipient_id)))
    return Counter(each.values())


def a_scheduler(url: str) -> None:
    """Plan in a process of its own."""
    database = open_database(url)
    plan_due(database, now=MONDAY)
    database.close()


@pytest.mark.slow
def test_two_schedulers_plan_many_and_none_twice(postgresql: Database) -> None:
    many(postgresql)
    url = postgresql.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    schedulers = [context.Process(target=a_scheduler, args=(url,)) for _ in range(2)]
    begun = clock.monotonic()
    for scheduler in schedulers:
        scheduler.start()
    for scheduler in schedulers:
        scheduler.join(120)
    took = clock.monotonic() - begun
    plan_due(postgresql, now=MONDAY)  # what one found locked by the other it leaves to the next tick

    print(f"{MANY} check-ins planned by two schedulers on PostgreSQL in {took:.1f} s")  # noqa: T201
    assert [scheduler.exitcode for scheduler in schedulers] == [0, 0]
    assert as_planned(postgresql) == {1: MANY}


@pytest.mark.slow
def test_one_scheduler_plans_many_on_sqlite(sqlite: Database) -> None:
    many(sqlite)
    begun = clock.monotonic()
    assert plan_due(sqlite, now=MONDAY) == MANY
    took = clock.monotonic() - begun

    print(f"{MANY} check-ins planned by one scheduler on SQLite in {took:.1f} s")  # noqa: T201
    assert as_planned(sqlite) == {1: MANY}


def test_an_entry_and_the_planner_at_once_leave_nothing_that_asks_for_it(postgresql: Database) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=ENROLLED)
        subscribe(session, ward.patient)
        check_ins.start_check_ins(session.get_one(Patient, ward.patient.id), now=ENROLLED)
    for number in range(8):
        now = MONDAY + number * 7 * DAY
        start = threading.Barrier(2)

        def entry(start: threading.Barrier = start, now: datetime = now) -> None:
            start.wait()
            writes(postgresql, ward, now)

        def planner(start: threading.Barrier = start, now: datetime = now) -> None:
            start.wait()
            plan_due(postgresql, now=now)

        threads = [threading.Thread(target=entry), threading.Thread(target=planner)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        plan_due(postgresql, now=now)

    assert {row.state for row in messages_of(postgresql)} <= {"cancelled"}
    assert {row.closed_because for row in reminders(postgresql).values()} <= {"done"}


def test_the_planner_passes_by_who_is_just_writing(postgresql: Database) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=ENROLLED)
        check_ins.start_check_ins(session.get_one(Patient, ward.patient.id), now=ENROLLED)
    with postgresql.begin() as session:
        session.get_one(Trajectory, ward.patient.id, with_for_update=True)
        with postgresql.begin() as other:
            assert send_due.send_due_reminders(other, now=MONDAY) == 0
    with postgresql.begin() as session:
        assert send_due.send_due_reminders(session, now=MONDAY) == 1
