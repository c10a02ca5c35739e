"""Silence in the database: told once, by the worker, and in step with whatever comes late."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.db import Sessions
from api.domain.answering import AlertStatus, Outcome
from api.domain.policy import Policy, Threshold
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert, AlertEvent, Evidence
from api.models.patient import Patient, Trajectory
from api.services import corrections
from api.services.access import enrolment
from api.services.alerting import answers
from api.services.course import scoring
from api.services.course.silence_watch import candidates
from api.services.entries import record_entries
from notifications.silence import tell_of_silence
from tests.builders import Clinic, Signed, a_clinic, a_patient, signed_in

FIRST = date(2026, 1, 1)
ENGINE = Engine()


def at(number: int, hour: int = 19) -> datetime:
    """Return a moment of a day of the diary."""
    return datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=number)


def a_day(number: int, *, recorded: int | None = None, **said: Any) -> dict[str, Any]:
    """Return what a phone posts about a day of the diary, on that day or later."""
    return {
        "id": str(UUID(int=number + 1000)),
        "recorded_at": at(number if recorded is None else recorded).isoformat(),
        "local_date": str(FIRST + timedelta(days=number)),
        **(said or {"pain_worst": 2}),
    }


@pytest.fixture
def clinic(database: Sessions) -> Clinic:
    """A clinic that is as old as the diary."""
    with database.begin() as session:
        return a_clinic(session, now=at(-1))


def post(database: Sessions, patient: Signed, *days: dict[str, Any], now: datetime) -> None:
    with database.begin() as session:
        results = record_entries(session, patient.principal, list(days), engine=ENGINE, now=now)
    assert {result.status for result in results} <= {"created", "duplicate"}


def wait_until(database: Sessions, now: datetime) -> int:
    """Let the worker look once."""
    return tell_of_silence(database, engine=ENGINE, now=now)


def silences(database: Sessions, patient_id: UUID) -> list[Alert]:
    with database.read() as session:
        query = select(Alert).where(Alert.patient_id == patient_id, Alert.kind == "silence")
        return list(session.scalars(query.order_by(Alert.opened_at)))


def steps(database: Sessions, alert: Alert) -> list[str]:
    """Return what became of an alert, step by step."""
    with database.read() as session:
        query = select(AlertEvent.action).where(AlertEvent.alert_id == alert.id)
        return list(session.scalars(query.order_by(AlertEvent.at, AlertEvent.id)))


def written_daily(database: Sessions, clinic: Clinic, days: int = 20) -> Signed:
    """Let the clinic's patient write every evening, and return her."""
    for number in range(days):
        post(database, clinic.patient, a_day(number), now=at(number))
    return clinic.patient


def test_a_patient_who_stops_writing_is_told_of_once_on_the_day_she_counts_as_silent(
    database: Sessions, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)

    told = [wait_until(database, at(number, hour)) for number in range(20, 60) for hour in (3, 15)]

    assert sum(told) == 1
    assert told.index(1) == 2 * (19 + 14 - 20)  # the first look on day 33
    [alert] = silences(database, patient.id)
    assert alert.reason.startswith(
        "no entry since 20 January 2026, for 14 days or more; she usually writes every day"
    )
    assert (alert.tier, alert.status, alert.first_day) == ("routine", "open", FIRST + timedelta(days=33))
    assert (alert.raised_at, alert.opened_at) == (at(33), at(33, 3))
    assert steps(database, alert) == ["opened"]


def test_her_own_midnight_counts_not_the_servers(database: Sessions, clinic: Clinic) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(timezone="America/Los_Angeles"))
    written_daily(database, clinic)

    assert wait_until(database, datetime(2026, 2, 3, 7, 59, tzinfo=UTC)) == 0
    assert wait_until(database, datetime(2026, 2, 3, 8, 1, tzinfo=UTC)) == 1  # day 33 in Los Angeles


def test_when_she_writes_again_the_open_alert_says_so_and_stays_the_nurses(
    database: Sessions, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [before] = silences(database, patient.id)

    post(database, patient, a_day(40), now=at(40))

    [alert] = silences(database, patient.id)
    assert (alert.id, alert.status) == (before.id, "open")
    assert "she has written again" in alert.reason
    assert (alert.first_day, alert.raised_at) == (before.first_day, before.raised_at)
    assert steps(database, alert) == ["opened", "evidence changed"]


def test_a_late_entry_that_fills_the_gap_retracts_it_with_history(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))

    post(database, patient, a_day(27, recorded=27), now=at(36))

    [alert] = silences(database, patient.id)
    assert alert.status == "retracted"
    assert steps(database, alert)[-1] == "retracted: the entries no longer show it"
    assert wait_until(database, at(40)) == 0
    assert wait_until(database, at(27 + 14)) == 1


def test_a_gap_filled_after_she_wrote_again_retracts_it_too(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    post(database, patient, a_day(40), now=at(40))

    post(database, patient, a_day(26, recorded=26), a_day(33, recorded=33), now=at(41))

    [alert] = silences(database, patient.id)
    assert alert.status == "retracted"


def test_a_second_entry_of_the_last_day_withdraws_nothing(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    later = a_day(19) | {"id": str(UUID(int=99)), "recorded_at": at(19, 20).isoformat()}

    post(database, patient, later, now=at(36))

    [alert] = silences(database, patient.id)
    assert (alert.status, alert.raised_at) == ("open", at(33, 20))
    assert wait_until(database, at(50)) == 0


def test_who_fills_in_days_that_lie_behind_is_not_told_of(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    post(database, patient, a_day(-3, recorded=30), now=at(30))

    assert wait_until(database, at(43)) == 0
    assert wait_until(database, at(44)) == 1


@pytest.mark.parametrize("outcome", [Outcome.CALLED_NO_ACTION, Outcome.COULD_NOT_REACH])
def test_what_the_nurse_has_answered_is_not_opened_again_while_it_lasts(
    database: Sessions, clinic: Clinic, outcome: Outcome
) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [alert] = silences(database, patient.id)
    with database.begin() as session:
        answers.resolve(
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
        scoring.rescore(session, scoring.lock(session, patient.id, now=at(81)), engine=ENGINE, now=at(81))
    post(database, patient, a_day(82), now=at(82))

    assert [alert.status for alert in silences(database, patient.id)] == [AlertStatus.RESOLVED]


def test_scoring_again_withdraws_no_silence_that_lasts_and_opens_none(
    database: Sessions, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)
    other = Engine(Policy(low_confidence=Threshold(1, "points", "a site's own")))

    with database.begin() as session:
        scoring.rescore(session, scoring.lock(session, patient.id, now=at(50)), engine=ENGINE, now=at(50))
    assert silences(database, patient.id) == []
    wait_until(database, at(50))
    with database.begin() as session:
        scoring.rescore(session, scoring.lock(session, patient.id, now=at(51)), engine=other, now=at(51))

    [alert] = silences(database, patient.id)
    assert alert.status == "open"
    assert tell_of_silence(database, engine=other, now=at(52)) == 0


def test_taking_the_last_entry_back_makes_the_silence_last_from_the_one_before(
    database: Sessions, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)
    post(database, patient, a_day(60), now=at(60))
    [alert] = silences(database, patient.id)
    assert "she has written again" in alert.reason

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


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
def test_who_is_no_longer_followed_is_not_told_of_but_what_was_told_stands(
    database: Sessions, clinic: Clinic, status: str
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
        scoring.rescore(session, scoring.lock(session, other.id, now=at(61)), engine=ENGINE, now=at(61))

    assert silences(database, patient.id) == []
    assert [alert.status for alert in silences(database, other.id)] == ["open"]


def test_who_never_wrote_is_no_candidate(database: Sessions, clinic: Clinic) -> None:
    assert wait_until(database, at(400)) == 0
    assert silences(database, clinic.patient.id) == []


def test_a_patient_scored_by_another_engine_waits_for_rescoring(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    other = Engine(Policy(low_confidence=Threshold(1, "points", "a site's own")))

    assert tell_of_silence(database, engine=other, now=at(50)) == 0
    with database.begin() as session:
        scoring.rescore(session, scoring.lock(session, patient.id, now=at(50)), engine=other, now=at(50))
    assert tell_of_silence(database, engine=other, now=at(50)) == 1


def test_new_facts_that_nobody_scored_by_are_scored_first(database: Sessions, clinic: Clinic) -> None:
    written_daily(database, clinic)
    with database.begin() as session:
        session.execute(update(Patient).values(ai_started_on=FIRST))

    assert wait_until(database, at(50)) == 0
    assert wait_until(database, at(50)) == 1


def test_one_that_fails_holds_up_no_other_and_is_tried_again(
    database: Sessions, clinic: Clinic, caplog: pytest.LogCaptureFixture
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
    assert "silence could not be told" in caplog.text
    with database.begin() as session:
        session.execute(update(Trajectory).where(Trajectory.patient_id == patient.id).values(state=kept))
    assert wait_until(database, at(50)) == 1


def test_candidates_come_in_pages_that_miss_nobody(database: Sessions, clinic: Clinic) -> None:
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


def test_two_workers_at_once_tell_it_once(postgresql: Sessions) -> None:
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=at(-1))
    written_daily(postgresql, clinic)
    told: list[int] = []
    start = Barrier(4)

    def look() -> None:
        start.wait()
        told.append(wait_until(postgresql, at(50)))

    workers = [Thread(target=look) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(told) == [0, 0, 0, 1]
    assert len(silences(postgresql, clinic.patient.id)) == 1


def test_a_worker_that_dies_before_the_commit_leaves_nothing_and_the_next_tells_it(
    database: Sessions, clinic: Clinic
) -> None:
    patient = written_daily(database, clinic)

    def die(session: Session) -> None:
        from api.services.course.silence_watch import tell  # noqa: PLC0415

        assert tell(session, patient.id, engine=ENGINE, now=at(50))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.begin() as session:
        die(session)

    assert silences(database, patient.id) == []
    assert wait_until(database, at(50)) == 1


def state_of(session: Session, patient_id: UUID) -> tuple[Any, Any]:
    """Return open silence alerts with their live evidence, and until when she is waited for."""
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
def newcomer(database: Sessions, clinic: Clinic) -> Callable[[], Signed]:
    """Return a way to enrol one more patient."""

    def enrol() -> Signed:
        with database.begin() as session:
            return signed_in(session, a_patient(session, clinic.team, now=at(-1)), now=at(-1))

    return enrol


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    days=st.lists(st.integers(0, 90), min_size=1, max_size=12, unique=True),
    data=st.data(),
)
def test_late_entries_and_looks_in_between_end_as_if_all_had_come_in_time(
    database: Sessions, newcomer: Callable[[], Signed], days: list[int], data: st.DataObject
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


def test_a_late_entry_that_moves_the_last_day_asks_nobody_again(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [before] = silences(database, patient.id)

    post(database, patient, a_day(20, recorded=20), now=at(36))
    wait_until(database, at(37))

    [alert] = silences(database, patient.id)
    assert (alert.id, alert.status, alert.told) == (before.id, "open", before.told)
    assert alert.reason.startswith("no entry since 21 January 2026")


def test_a_late_entry_does_not_undo_the_nurses_answer(database: Sessions, clinic: Clinic) -> None:
    patient = written_daily(database, clinic)
    wait_until(database, at(35))
    [alert] = silences(database, patient.id)
    with database.begin() as session:
        answers.resolve(
            session,
            clinic.nurse.principal,
            alert.id,
            outcome=Outcome.CALLED_NO_ACTION,
            note=None,
            check=lambda _: None,
            now=at(36),
        )

    post(database, patient, a_day(20, recorded=20), now=at(37))

    assert [wait_until(database, at(number)) for number in (38, 60)] == [0, 0]
    assert [each.status for each in silences(database, patient.id)] == ["resolved"]


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
def test_scoring_again_opens_no_alert_about_who_is_no_longer_followed(
    database: Sessions, clinic: Clinic, status: str
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
        scoring.rescore(session, scoring.lock(session, patient.id, now=at(22)), engine=stricter, now=at(22))

    with database.read() as session:
        assert session.scalars(select(Alert)).all() == []
        assert session.get_one(Trajectory, patient.id).engine == stricter.version
