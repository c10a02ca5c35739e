"""A worker rescores the patients of an earlier policy: some at a time, once, and no others."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from api.db.database import Database
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.services.scoring import rescoring
from notifications.jobs.rescoring import PAGE, catch_up
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker
from tests.support.builders import Clinic, a_clinic, a_patient, signed_in
from tests.support.fakes import FakeChannel
from tests.support.site_with_policy import (
    DAY,
    ENGINE,
    NOW,
    OURS,
    a_week_of_sevens,
    engine_of,
    set_policy,
    severe,
    versions,
    write,
)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic in which it is NOW."""
    with database.begin() as session:
        return a_clinic(session, now=NOW - 100 * DAY)


def test_the_worker_scores_again_whom_an_earlier_policy_has_scored(
    database: Database, clinic: Clinic, count_queries: Callable
) -> None:
    with database.begin() as session:
        others = [a_patient(session, clinic.team, now=NOW - 90 * DAY) for _ in range(3)]
        phones = [signed_in(session, each, now=NOW - 90 * DAY) for each in others]
    for phone in phones:
        a_week_of_sevens(database, phone)
    with database.begin() as session:  # one has left: those scores stay
        session.execute(update(Patient).where(Patient.id == others[2].id).values(status="deceased"))
    assert catch_up(database, engine=ENGINE, now=NOW) == 0

    set_policy(database, clinic, OURS, since=NOW + DAY)
    assert catch_up(database, engine=ENGINE, now=NOW) == 0
    assert catch_up(database, engine=ENGINE, now=NOW + DAY) == 2
    assert catch_up(database, engine=ENGINE, now=NOW + DAY) == 0

    made = [versions(database, each.id) for each in others]
    assert made == [{engine_of(OURS).version}, {engine_of(OURS).version}, {ENGINE.version}]
    assert [severe(database, each.id) for each in others] == [
        [("routine", "retracted")], [("routine", "retracted")], [("routine", "open")],
    ]  # fmt: skip


def test_a_worker_does_so_with_each_tick(database: Database, clinic: Clinic) -> None:
    write(database, clinic.patient, NOW - DAY)
    set_policy(database, clinic, OURS)
    worker = Worker(
        database, FakeChannel(), pace=DeliveryPace(batch=10, per_destination=2), clock=lambda: NOW
    )
    (tick,) = [each for each in worker.jobs() if each.name == "rescoring"]
    tick.run()
    worker.close()
    assert versions(database, clinic.patient.id) == {engine_of(OURS).version}


def test_scoring_again_by_the_worker_equals_having_been_scored_so_from_the_start(
    database: Database, clinic: Clinic
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=NOW - 100 * DAY, name="From the start")
    set_policy(database, other, OURS, now=NOW - 50 * DAY)
    for each in (clinic, other):
        a_week_of_sevens(database, each.patient)
    set_policy(database, clinic, OURS)
    assert catch_up(database, engine=ENGINE, now=NOW) == 1

    columns = [column for column in ScoreRow.__table__.c if column.name != "patient_id"]
    with database.read() as session:
        rows = [
            session.execute(
                select(*columns).where(ScoreRow.patient_id == each.patient.id).order_by(ScoreRow.local_date)
            ).all()
            for each in (clinic, other)
        ]
    assert rows[0] == rows[1]
    assert len(rows[0]) == 7


def test_workers_of_two_versions_of_the_software_do_not_undo_each_others_work(
    database: Database, clinic: Clinic
) -> None:
    write(database, clinic.patient, NOW - DAY)
    set_policy(database, clinic, OURS)
    with database.begin() as session:
        session.execute(update(Trajectory).values(engine="of other code"))
    assert catch_up(database, engine=ENGINE, now=NOW) == 0


class Flaky:
    """The way to a database, on which the first transaction fails."""

    def __init__(self, database: Database) -> None:
        self.read, self._begin, self._failed = database.read, database.begin, False

    def begin(self) -> Any:
        if not self._failed:
            self._failed = True
            raise RuntimeError("the database went away")
        return self._begin()


def test_many_are_scored_again_some_at_a_time_and_one_that_fails_holds_up_no_other(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as session:
        phones = [
            signed_in(session, a_patient(session, clinic.team, now=NOW - 90 * DAY), now=NOW - 90 * DAY)
            for _ in range(PAGE + 2)
        ]
    for phone in phones:
        write(database, phone, NOW - DAY)
    set_policy(database, clinic, OURS)
    done = [catch_up(Flaky(database), engine=ENGINE, now=NOW)]  # type: ignore[arg-type]
    done += [catch_up(database, engine=ENGINE, now=NOW) for _ in range(2)]
    assert done[0] in {PAGE, PAGE + 1}  # the second page is asked for to make up for the one that failed
    assert (sum(done), done[2]) == (PAGE + 2, 0)
    assert "patient could not be scored again" in caplog.text


def test_who_cannot_be_scored_is_not_tried_again_and_again(database: Database, clinic: Clinic) -> None:
    write(database, clinic.patient, NOW - DAY)
    with database.begin() as session:
        session.execute(update(Patient).values(timezone="Mars/Olympus"))
    set_policy(database, clinic, OURS)
    assert [catch_up(database, engine=ENGINE, now=NOW) for _ in range(2)] == [1, 0]
    with database.read() as session:
        assert session.get_one(Trajectory, clinic.patient.id).status == "not_scored"


def test_who_comes_second_finds_nothing_to_do(database: Database, clinic: Clinic) -> None:
    write(database, clinic.patient, NOW - DAY)
    set_policy(database, clinic, OURS)
    with database.begin() as session:
        again = [rescoring.catch_up(session, clinic.patient.id, engine=ENGINE, now=NOW) for _ in range(2)]
    assert again == [True, False]
