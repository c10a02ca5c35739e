"""Late, repeated and withdrawn entries keep an alert of silence in step."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.status import AlertResolution
from api.models.alert import Alert, Evidence
from api.models.patient import Trajectory
from api.services.alerts import actions
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
    written_daily,
)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic that is as old as the diary."""
    return a_clinic_before_the_diary(database)


def test_a_new_entry_is_noted_on_the_open_alert_which_stays_open(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [before] = silences(database, patient.id)

    post(database, patient, a_day(40), now=at(40))

    [alert] = silences(database, patient.id)
    assert (alert.id, alert.status) == (before.id, "open")
    assert "entries have resumed" in alert.reason
    assert (alert.first_day, alert.raised_at) == (before.first_day, before.raised_at)
    assert steps(database, alert) == ["opened", "evidence changed"]


def test_a_late_entry_that_fills_the_gap_retracts_it_with_history(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))

    post(database, patient, a_day(27, recorded=27), now=at(36))

    [alert] = silences(database, patient.id)
    assert alert.status == "retracted"
    assert steps(database, alert)[-1] == "retracted: the entries no longer show it"
    assert wait_until(database, at(40)) == 0
    assert wait_until(database, at(27 + 14)) == 1


def test_a_gap_filled_after_a_new_entry_retracts_it_too(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    post(database, patient, a_day(40), now=at(40))

    post(database, patient, a_day(26, recorded=26), a_day(33, recorded=33), now=at(41))

    [alert] = silences(database, patient.id)
    assert alert.status == "retracted"


def test_a_second_entry_of_the_last_day_withdraws_nothing(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    later = a_day(19) | {"id": str(UUID(int=99)), "recorded_at": at(19, 20).isoformat()}

    post(database, patient, later, now=at(36))

    [alert] = silences(database, patient.id)
    assert (alert.status, alert.raised_at) == ("open", at(33, 20))
    assert wait_until(database, at(50)) == 0


def test_filling_in_earlier_days_raises_no_alert(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    post(database, patient, a_day(-3, recorded=30), now=at(30))

    assert wait_until(database, at(43)) == 0
    assert wait_until(database, at(44)) == 1


def test_taking_the_last_entry_back_makes_the_silence_last_from_the_one_before(
    database: Database, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)
    post(database, patient, a_day(60), now=at(60))
    [alert] = silences(database, patient.id)
    assert "entries have resumed" in alert.reason

    with database.begin() as session:
        corrections.withdraw_entry(
            session,
            patient.principal,
            UUID(int=1060),
            check_version=lambda _: None,
            engine=ENGINE,
            now=at(61),
        )

    [alert] = silences(database, patient.id)
    assert (alert.status, "for 14 days or more" in alert.reason) == ("open", True)


def test_a_late_entry_that_moves_the_last_day_raises_no_second_alert(
    database: Database, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [before] = silences(database, patient.id)

    post(database, patient, a_day(20, recorded=20), now=at(36))
    wait_until(database, at(37))

    [alert] = silences(database, patient.id)
    assert (alert.id, alert.status, alert.times_notified) == (before.id, "open", before.times_notified)
    assert alert.reason.startswith("no entry since 21 January 2026")


def test_a_late_entry_does_not_undo_the_nurses_answer(database: Database, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [alert] = silences(database, patient.id)
    with database.begin() as session:
        actions.resolve(
            session,
            clinic.nurse.principal,
            alert.id,
            outcome=AlertResolution.CALLED_NO_ACTION,
            note=None,
            check=lambda _: None,
            now=at(36),
        )

    post(database, patient, a_day(20, recorded=20), now=at(37))

    assert [wait_until(database, at(number)) for number in (38, 60)] == [0, 0]
    assert [each.status for each in silences(database, patient.id)] == ["resolved"]


def state_of(session: Session, patient_id: UUID) -> tuple[Any, Any]:
    """Return open silence alerts with their live evidence, and the due day of silence."""
    rows = session.execute(
        select(Alert.reason, Alert.first_day, Alert.raised_at, Evidence.key, Evidence.numbers)
        .join(Evidence, Evidence.alert_id == Alert.id)
        .where(Alert.patient_id == patient_id, Alert.kind == "silence")
        .where(Alert.closed_at.is_(None), Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.day)
    ).all()
    shown = [(*row[:-1], json.dumps(row[-1], sort_keys=True)) for row in rows]
    return shown, session.get_one(Trajectory, patient_id).silent_from


@pytest.fixture
def newcomer(database: Database, clinic: Clinic) -> Callable[[], Signed]:
    """Return a way to enrol one more patient."""

    def enrol() -> Signed:
        with database.begin() as session:
            return signed_in(session, a_patient(session, clinic.team, now=at(-1)), now=at(-1))

    return enrol


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(0, 90), min_size=1, max_size=12, unique=True), data=st.data())
def test_late_entries_and_looks_in_between_end_as_if_all_had_come_in_time(
    database: Database, newcomer: Callable[[], Signed], days: list[int], data: st.DataObject
) -> None:
    late, in_time = newcomer(), newcomer()
    end = max(days) + data.draw(st.integers(0, 80))
    for number in data.draw(st.permutations(days)):
        arrives = data.draw(st.integers(number, end))
        if data.draw(st.booleans()):
            wait_until(database, at(arrives))
        post(database, late, a_day(number), now=at(end))
    post(database, in_time, *[a_day(number) for number in days], now=at(end))
    wait_until(database, at(end))
    wait_until(database, at(end))

    with database.read() as session:
        assert state_of(session, late.id) == state_of(session, in_time.id)
