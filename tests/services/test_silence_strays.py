"""Silence in the database: stray days, paper diaries and gaps from before enrolment."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.db.database import Database
from api.models.patient import Trajectory
from api.models.score import ScoreRow
from api.services.entries import corrections
from tests.support.builders import Clinic, Signed, a_patient, signed_in
from tests.support.silence import (
    ENGINE,
    a_clinic_before_the_diary,
    a_day,
    at,
    post,
    silences,
    steps,
    wait_until,
)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic that is as old as the diary."""
    return a_clinic_before_the_diary(database)


def withdraw(database: Database, patient: Signed, number: int, *, now: Any) -> None:
    with database.begin() as session:
        corrections.withdraw_entry(
            session,
            patient.principal,
            UUID(int=number + 1000),
            check_version=lambda _: None,
            engine=ENGINE,
            now=now,
        )


def last_risk(database: Database, patient: Signed) -> float | None:
    with database.read() as session:
        of_patient = select(ScoreRow.risk_90d).where(ScoreRow.patient_id == patient.id)
        return session.scalar(of_patient.order_by(ScoreRow.local_date.desc()).limit(1))


def test_a_stray_day_months_before_opens_no_silence_while_entries_come(
    database: Database, clinic: Clinic
) -> None:
    patient = clinic.patient
    for number in range(20):
        post(database, patient, a_day(number), now=at(number))
    before = last_risk(database, patient)

    post(database, patient, a_day(-189, recorded=20), now=at(20))

    assert silences(database, patient.id) == []
    assert [wait_until(database, at(number)) for number in (21, 33)] == [0, 0]
    assert last_risk(database, patient) == pytest.approx(before, rel=0.02)
    assert wait_until(database, at(34)) == 1  # 14 days after the last day that came


@pytest.mark.parametrize("block", [range(-250, -220), range(-300, -280)])
def test_a_paper_diary_from_long_before_enrolment_opens_no_silence(
    database: Database, clinic: Clinic, block: range
) -> None:
    patient = clinic.patient

    post(database, patient, *[a_day(n, recorded=n) for n in (*block, *range(10))], now=at(10))

    assert silences(database, patient.id) == []


def test_a_notified_silence_from_before_enrolment_stays_when_the_patient_writes_again(
    database: Database, clinic: Clinic
) -> None:
    patient = clinic.patient
    post(database, patient, *[a_day(n, recorded=n) for n in range(-300, -270)], now=at(0))
    assert wait_until(database, at(0)) == 1

    post(database, patient, a_day(1), now=at(1))

    [alert] = silences(database, patient.id)
    assert (alert.status, "entries have resumed" in alert.reason) == ("open", True)


def test_a_silence_after_one_entry_is_taken_back_with_history_when_the_diary_begins(
    database: Database, clinic: Clinic
) -> None:
    patient = clinic.patient
    post(database, patient, a_day(0), now=at(0))
    assert wait_until(database, at(35)) == 1

    post(database, patient, a_day(60), now=at(60))

    [alert] = silences(database, patient.id)
    assert alert.status == "retracted"
    assert steps(database, alert)[-1] == "retracted: the entries no longer show it"
    assert wait_until(database, at(94)) == 0
    assert wait_until(database, at(95)) == 1


def test_a_withdrawn_stray_day_leaves_nothing_behind(database: Database, clinic: Clinic) -> None:
    patient = clinic.patient
    post(database, patient, *[a_day(number) for number in range(20)], now=at(20))
    with database.read() as session:
        before = session.get_one(Trajectory, patient.id).state

    post(database, patient, a_day(-100, recorded=20), now=at(20))
    withdraw(database, patient, -100, now=at(21))

    with database.read() as session:
        assert session.get_one(Trajectory, patient.id).state == before


@pytest.fixture
def newcomer(database: Database, clinic: Clinic) -> Callable[[], Signed]:
    """Return a way to enrol one more patient."""

    def enrol() -> Signed:
        with database.begin() as session:
            return signed_in(session, a_patient(session, clinic.team, now=at(-1)), now=at(-1))

    return enrol


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strays=st.lists(st.integers(-300, -40), min_size=1, max_size=2, unique=True), data=st.data())
def test_strays_in_any_order_leave_the_alerts_of_a_diary_without_them(
    database: Database, newcomer: Callable[[], Signed], strays: list[int], data: st.DataObject
) -> None:
    patient = newcomer()
    diary = [a_day(number) for number in range(0, 30, data.draw(st.sampled_from([1, 2, 7])))]
    sent = [a_day(stray, recorded=0) for stray in strays] + diary
    for item in data.draw(st.permutations(sent)):
        post(database, patient, item, now=at(30))
        if data.draw(st.booleans()):
            wait_until(database, at(30))

    assert [alert for alert in silences(database, patient.id) if alert.status == "open"] == []
