"""Silence in the database: one alert, by the worker, despite failures and concurrency."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.status import AlertResolution, AlertStatus
from api.models.patient import Patient, Trajectory
from api.services.alerts import actions
from api.services.scoring import patient_lock, score
from api.services.scoring.silence_alerts import candidates
from tests.support.builders import Clinic, a_clinic, a_patient, signed_in
from tests.support.silence import (
    ENGINE,
    FIRST,
    a_clinic_before_the_diary,
    a_day,
    at,
    post,
    silences,
    steps,
    wait_until,
    written_daily,
)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic that is as old as the diary."""
    return a_clinic_before_the_diary(database)


def test_a_patient_who_stops_writing_raises_one_alert_on_the_first_silent_day(
    database: Database, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)

    opened = [wait_until(database, at(number, hour)) for number in range(20, 60) for hour in (3, 15)]

    assert sum(opened) == 1
    assert opened.index(1) == 2 * (19 + 14 - 20)  # the first look on day 33
    [alert] = silences(database, patient.id)
    assert alert.reason.startswith(
        "no entry since 20 January 2026, for 14 days or more; entries usually come every day"
    )
    assert (alert.tier, alert.status, alert.first_day) == ("routine", "open", FIRST + timedelta(days=33))
    assert (alert.raised_at, alert.opened_at) == (at(33), at(33, 3))
    assert steps(database, alert) == ["opened"]


def test_the_patients_midnight_counts_not_the_servers(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(timezone="America/Los_Angeles"))
    written_daily(database, clinic)

    assert wait_until(database, datetime(2026, 2, 3, 7, 59, tzinfo=UTC)) == 0
    assert wait_until(database, datetime(2026, 2, 3, 8, 1, tzinfo=UTC)) == 1  # day 33 in Los Angeles


@pytest.mark.parametrize("outcome", [AlertResolution.CALLED_NO_ACTION, AlertResolution.COULD_NOT_REACH])
def test_what_the_nurse_has_answered_is_not_opened_again_while_it_lasts(
    database: Database, clinic: Clinic, outcome: AlertResolution
) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [alert] = silences(database, patient.id)
    with database.begin() as session:
        actions.resolve(
            session,
            clinic.nurse.principal,
            alert.id,
            outcome=outcome,
            note=None,
            check=lambda _: None,
            now=at(36),
        )

    for number in (36, 40, 80):
        assert wait_until(database, at(number)) == 0
    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, patient.id, now=at(81)), engine=ENGINE, now=at(81))
    post(database, patient, a_day(82), now=at(82))

    assert [alert.status for alert in silences(database, patient.id)] == [AlertStatus.RESOLVED]


def test_who_never_wrote_is_no_candidate(database: Database, clinic: Clinic) -> None:
    assert wait_until(database, at(400)) == 0
    assert silences(database, clinic.patient.id) == []


def test_one_that_fails_holds_up_no_other_and_is_tried_again(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    patient = written_daily(database, clinic)
    with database.begin() as session:
        other = signed_in(session, a_patient(session, clinic.team, now=at(0)), now=at(0))
    post(database, other, *[a_day(number) for number in range(30)], now=at(30))
    with database.begin() as session:
        kept = session.get_one(Trajectory, patient.id).state
        broken = [*kept[:3], "no", "state", None]
        session.execute(update(Trajectory).where(Trajectory.patient_id == patient.id).values(state=broken))

    assert wait_until(database, at(50)) == 1
    assert "silence could not be checked" in caplog.text
    with database.begin() as session:
        session.execute(update(Trajectory).where(Trajectory.patient_id == patient.id).values(state=kept))
    assert wait_until(database, at(50)) == 1


def test_candidates_come_in_pages_that_miss_nobody(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        people = [signed_in(session, a_patient(session, clinic.team, now=at(0)), now=at(0)) for _ in range(5)]
    for number, person in enumerate(people):
        post(database, person, a_day(number // 2), now=at(10))
    found, after = [], None
    with database.read() as session:
        while page := candidates(session, engine=ENGINE, now=at(90), limit=2, after=after):
            found += page
            after = page[-1]

    assert found == sorted(found)
    assert {candidate.patient_id for candidate in found} == {person.id for person in people}


def test_two_workers_at_once_open_one_alert(postgresql: Database) -> None:
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=at(-1))
    written_daily(postgresql, clinic)
    opened: list[int] = []
    start = Barrier(4)

    def look() -> None:
        start.wait()
        opened.append(wait_until(postgresql, at(50)))

    workers = [Thread(target=look) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(opened) == [0, 0, 0, 1]
    assert len(silences(postgresql, clinic.patient.id)) == 1


def test_a_worker_that_dies_before_the_commit_leaves_nothing_and_the_next_alerts(
    database: Database, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)

    def die(session: Session) -> None:
        from api.services.scoring.silence_alerts import open_silence_alert  # noqa: PLC0415

        assert open_silence_alert(session, patient.id, engine=ENGINE, now=at(50))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.begin() as session:
        die(session)

    assert silences(database, patient.id) == []
    assert wait_until(database, at(50)) == 1
