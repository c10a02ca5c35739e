"""Silence, scoring again, and who is followed no longer."""

import pytest
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.policy import Policy, Threshold
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.patient import Patient, Trajectory
from api.services.patients import enrolment
from api.services.scoring import patient_lock, score
from notifications.jobs.silence import alert_silent_patients
from tests.support.builders import Clinic, a_patient, signed_in
from tests.support.silence import (
    ENGINE,
    FIRST,
    a_clinic_before_the_diary,
    a_day,
    at,
    post,
    silences,
    wait_until,
    written_daily,
)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic that is as old as the diary."""
    return a_clinic_before_the_diary(database)


def test_scoring_again_withdraws_no_silence_that_lasts_and_opens_none(
    database: Database, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)
    other = Engine(Policy(low_confidence=Threshold(1, "points", "a site's own")))

    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, patient.id, now=at(50)), engine=ENGINE, now=at(50))
    assert silences(database, patient.id) == []
    wait_until(database, at(50))
    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, patient.id, now=at(51)), engine=other, now=at(51))

    [alert] = silences(database, patient.id)
    assert alert.status == "open"
    assert alert_silent_patients(database, engine=other, now=at(52)) == 0


def test_a_patient_scored_by_another_engine_waits_for_rescoring(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    other = Engine(Policy(low_confidence=Threshold(1, "points", "a site's own")))

    assert alert_silent_patients(database, engine=other, now=at(50)) == 0
    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, patient.id, now=at(50)), engine=other, now=at(50))
    assert alert_silent_patients(database, engine=other, now=at(50)) == 1


def test_changed_factors_are_scored_first(database: Database, clinic: Clinic) -> None:
    written_daily(database, clinic)
    with database.begin() as session:
        session.execute(update(Patient).values(ai_started_on=FIRST))

    assert wait_until(database, at(50)) == 0
    assert wait_until(database, at(50)) == 1


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
def test_scoring_again_opens_no_alert_about_who_is_no_longer_followed(
    database: Database, clinic: Clinic, status: str
) -> None:
    patient = written_daily(database, clinic)
    with database.begin() as session:
        row = session.get_one(Patient, patient.id)
        enrolment.change(session, clinic.coordinator.principal, row, {"status": status}, now=at(21))
    stricter = Engine(
        Policy(
            severe_from=Threshold(2, "points", "a site's own"),
            severe_ends=Threshold(1, "points", "a site's own"),
        )
    )

    with database.begin() as session:
        score.rescore(
            session, patient_lock.lock(session, patient.id, now=at(22)), engine=stricter, now=at(22)
        )

    with database.read() as session:
        assert session.scalars(select(Alert)).all() == []
        assert session.get_one(Trajectory, patient.id).engine == stricter.version


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
def test_a_patient_no_longer_followed_raises_no_alert_but_open_ones_stay(
    database: Database, clinic: Clinic, status: str
) -> None:
    patient = written_daily(database, clinic)
    with database.begin() as session:
        other = signed_in(session, a_patient(session, clinic.team, now=at(0)), now=at(0))
    post(database, other, *[a_day(number) for number in range(14)], now=at(14))
    wait_until(database, at(30))
    for person in (patient, other):
        with database.begin() as session:
            row = session.get_one(Patient, person.id)
            enrolment.change(session, clinic.coordinator.principal, row, {"status": status}, now=at(31))

    assert wait_until(database, at(60)) == 0
    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, other.id, now=at(61)), engine=ENGINE, now=at(61))

    assert silences(database, patient.id) == []
    assert [alert.status for alert in silences(database, other.id)] == ["open"]
