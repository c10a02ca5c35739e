"""Reminders from the first prompt to the team's list: one message at a time, and none for what is done."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from api.db.database import Database
from api.domain.schedule import next_at, zone_of
from api.models.patient import Patient
from api.services.reminders import check_ins
from api.services.worklist import beside as worklist
from notifications import claims
from tests.conftest import NOW
from tests.notifications.conftest import messages_of, the
from tests.support.builders import Clinic, a_clinic
from tests.support.reminded_patient import (
    DAY,
    ENROLLED,
    HOUR,
    MONDAY,
    a_reminded_ward,
    change,
    every_day,
    plan,
    reminders,
    told,
    with_text,
    writes,
)


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic whose patient, with a phone and a mailbox, is asked on Mondays at nine."""
    return a_reminded_ward(database)


def test_without_an_answer_a_nudge_and_another_channel_follow_and_then_the_team_knows(
    database: Database, ward: Clinic
) -> None:
    every_day(database, 7)

    assert told(database) == [
        ("Mon 02", "check_in", "web_push"),
        ("Tue 03", "check_in", "web_push"),
        ("Wed 04", "check_in", "email"),
    ]
    [row] = reminders(database).values()
    assert (row.step, row.times, row.asked_on) == ("unheard", 3, date(2026, 3, 2))
    with database.read() as session:
        [shown] = worklist.unreachable_patients(session, ward.nurse.principal)
    assert (shown.id, shown.unanswered_since) == (ward.patient.id, date(2026, 3, 2))
    assert shown.reason == "asked for a check-in on 2 March 2026, reminded 2 times since; no entry since"


def test_who_is_unheard_from_is_asked_every_week_but_no_longer_chased(
    database: Database, ward: Clinic
) -> None:
    every_day(database, 14)

    assert told(database)[3:] == [("Mon 09", "check_in", "web_push")]
    with database.read() as session:
        [shown] = worklist.unreachable_patients(session, ward.nurse.principal)
    assert shown.unanswered_since == date(2026, 3, 2)


def test_the_next_entry_takes_a_patient_off_the_list(database: Database, ward: Clinic) -> None:
    every_day(database, 6)
    writes(database, ward, MONDAY + 6 * DAY)

    with database.read() as session:
        assert worklist.unreachable_patients(session, ward.nurse.principal) == []
    assert {row.closed_because for row in reminders(database).values()} == {"done"}


def test_without_a_mailbox_there_is_no_other_channel_and_the_team_knows_as_soon(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(email=None))
    every_day(database, 7)

    assert [channel for _, _, channel in told(database)] == ["web_push", "web_push"]
    assert [row.step for row in reminders(database).values()] == ["unheard"]


def test_who_cannot_be_reached_by_machine_is_on_the_call_list_once(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        check_ins.start_check_ins(session.get_one(Patient, clinic.patient.id), now=ENROLLED)
    every_day(database, 7)

    assert told(database) == [("Mon 02", "check_in", "call_list")]
    assert [row.step for row in reminders(database).values()] == ["unheard"]


def test_an_entry_takes_back_what_asks_for_it(database: Database, ward: Clinic) -> None:
    plan(database, MONDAY)
    writes(database, ward, MONDAY + timedelta(minutes=5))
    every_day(database, 6, at=MONDAY + DAY)

    [row] = messages_of(database)
    assert (row.state, row.last_outcome) == ("cancelled", "done")
    assert {row.closed_because for row in reminders(database).values()} == {"done"}
    assert the(database, Patient, ward.patient.id).is_prompted is False


def test_what_a_worker_holds_for_another_try_is_taken_back_too(database: Database, ward: Clinic) -> None:
    plan(database, MONDAY)
    with database.begin() as session:
        claimed = claims.claim(session, now=MONDAY, limit=10, lease=timedelta(minutes=2))
    writes(database, ward, MONDAY + timedelta(minutes=1))

    assert len(claimed) == 1
    assert [row.state for row in messages_of(database)] == ["cancelled"]
    with database.begin() as session:
        assert claims.claim(session, now=MONDAY + HOUR, limit=10, lease=timedelta(minutes=2)) == []


def test_an_entry_about_a_day_long_past_answers_nothing_but_is_heard(
    database: Database, ward: Clinic
) -> None:
    every_day(database, 6)
    writes(database, ward, MONDAY + 6 * DAY, about=ENROLLED - 5 * DAY)

    assert [row.closed_because for row in reminders(database).values()] == ["heard"]


def test_a_second_time_of_the_day_asks_again_unless_it_is_done(database: Database, ward: Clinic) -> None:
    change(database, ward, ENROLLED, check_in_again_at=time(18))
    plan(database, MONDAY)
    plan(database, MONDAY + 9 * HOUR)
    plan(database, MONDAY + 9 * HOUR)

    rows = messages_of(database)
    assert [f"{row.not_before:%H:%M}" for row in rows] == ["08:00", "17:00"]
    assert rows[0].last_outcome == "a newer one took its place"
    assert len({row.topic for row in rows}) == 1

    week = MONDAY + 7 * DAY
    plan(database, week)
    writes(database, ward, week + HOUR)
    plan(database, week + 9 * HOUR)
    assert [f"{row.not_before:%d %H:%M}" for row in messages_of(database)][2:] == ["09 08:00"]


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
@pytest.mark.parametrize("days", [0, 1, 2, 5])
def test_who_has_left_gets_nothing_at_any_step(
    database: Database, ward: Clinic, *, status: str, days: int
) -> None:
    with_text(database, ward, "bpi-sf")
    every_day(database, days)
    before = len(messages_of(database))
    change(database, ward, MONDAY + days * DAY - HOUR, status=status)
    every_day(database, 9, at=MONDAY + days * DAY)

    rows = messages_of(database)
    assert len(rows) == before
    assert {row.state for row in rows} <= {"cancelled"}
    assert {row.closed_because for row in reminders(database).values()} <= {"left"}
    with database.read() as session:
        assert worklist.unreachable_patients(session, ward.nurse.principal) == []


def test_a_status_that_was_changed_past_the_service_stops_the_planner_too(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(status="deceased"))
    every_day(database, 3)

    assert messages_of(database) == []
    assert the(database, Patient, ward.patient.id).next_reminder_check_at is None


def test_a_reminder_is_not_asked_for_in_the_quiet_hours(database: Database, ward: Clinic) -> None:
    change(database, ward, ENROLLED, check_in_at=time(6, 30))
    plan(database, MONDAY - timedelta(hours=2, minutes=30))

    [row] = messages_of(database)
    assert (row.created_at, row.not_before) == (MONDAY - timedelta(hours=2, minutes=30), MONDAY - HOUR)


def test_nobody_is_forgotten(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(next_reminder_check_at=None, check_in_due_at=None))
    plan(database, NOW)

    expected = next_at(time(9), zone_of("Europe/Berlin"), after=NOW)
    assert the(database, Patient, ward.patient.id).next_reminder_check_at == expected


def test_a_move_east_asks_at_once_for_the_day_that_was_passed_over(database: Database, ward: Clinic) -> None:
    change(database, ward, ENROLLED + HOUR, timezone="Pacific/Honolulu")
    landed = datetime(2026, 3, 2, 12, tzinfo=UTC)  # Monday 02:00 in Honolulu, Tuesday 02:00 on Kiritimati
    change(database, ward, landed, timezone="Pacific/Kiritimati")
    plan(database, landed)

    [row] = messages_of(database)
    assert row.not_before == landed + 6 * HOUR  # after quiet hours
    assert list(reminders(database)) == [("check_in", "2026-03-02")]
    change(database, ward, landed + 7 * HOUR, timezone="Pacific/Honolulu")
    plan(database, landed + 7 * HOUR)
    plan(database, datetime(2026, 3, 2, 19, tzinfo=UTC))  # Monday 09:00 in Honolulu
    assert list(reminders(database)) == [("check_in", "2026-03-02")]
