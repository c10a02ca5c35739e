"""Reminders from the first prompt to the team's list: one message at a time, and none for what is done."""

import multiprocessing
import threading
import time as clock
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from api.db import Sessions, make_sessions
from api.domain.assessment import AssessmentStatus, Sent
from api.domain.instruments import registry
from api.domain.instruments.wording import read_wording
from api.domain.schedule import next_at, zone_of
from api.domain.trajectory.engine import Engine
from api.models.outbox import OutboxMessage
from api.models.patient import Patient, PatientZone, Trajectory
from api.models.reminder import Reminder
from api.models.site import Site
from api.services.access import enrolment
from api.services.alerting import worklist
from api.services.care import planned
from api.services.entries import record_entries
from api.services.questionnaires import wordings
from api.services.questionnaires.assessments import record_assessment
from api.services.reminding import asking, check_ins, prompting
from api.services.reminding.reminders import trigger
from notifications import outbox as claims
from notifications.reminders import plan_due
from tests.builders import Clinic, a_clinic, a_patient, a_report
from tests.conftest import NOW
from tests.notifications.conftest import messages_of, subscribe, the

ENROLLED = datetime(2026, 2, 27, 12, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Berlin
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENGINE = Engine()


@pytest.fixture
def ward(database: Sessions) -> Clinic:
    """A clinic whose patient, with a phone and a mailbox, is asked on Mondays at nine."""
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        subscribe(session, clinic.patient)
        patient = session.get_one(Patient, clinic.patient.id)
        patient.email = "ada@example.org"
        check_ins.begin(patient, now=ENROLLED)
    return clinic


def plan(database: Sessions, now: datetime) -> None:
    plan_due(database, now=now)


def every_day(database: Sessions, days: int, *, at: datetime = MONDAY) -> None:
    """Let the planner run at her time of the day for some days."""
    for number in range(days):
        plan(database, at + number * DAY)


def told(database: Sessions) -> list[tuple[str, str, str]]:
    """Return what she was told: local day, kind and channel."""
    return [(f"{row.not_before:%a %d}", row.kind, row.channel) for row in messages_of(database)]


def writes(database: Sessions, ward: Clinic, now: datetime) -> None:
    with database.begin() as session:
        sent = [a_report(recorded_at=now)]
        results = record_entries(session, ward.patient.principal, sent, engine=ENGINE, now=now)
    assert results[0].status == "created"


def reminders(database: Sessions) -> dict[tuple[str, str], Reminder]:
    with database.read() as session:
        return {(row.purpose, row.slot): row for row in session.scalars(select(Reminder))}


def change(database: Sessions, ward: Clinic, now: datetime, **changes: Any) -> None:
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        enrolment.change(session, ward.nurse.principal, patient, changes, now=now)


def with_text(database: Sessions, ward: Clinic, *codes: str) -> None:
    """Let the site hold the text of questionnaires, so that they can be shown."""
    with database.begin() as session:
        for code in codes:
            instrument = registry.find(code)
            items = {item.id: "words" for item in instrument.items}
            said = {"language": "en", "licence": "granted to a test", "items": items}
            site = session.get_one(Site, ward.site.id)
            wordings.load_wording(session, site, instrument, read_wording(instrument, said), now=ENROLLED)


def completes(database: Sessions, ward: Clinic, code: str, now: datetime) -> None:
    instrument = registry.find(code)
    answers = {item.id: item.lowest for item in instrument.items if not item.choices}
    sent = Sent(AssessmentStatus.COMPLETE, now, answers, {}, instrument=code)
    with database.begin() as session:
        record_assessment(session, ward.patient.principal, uuid4(), sent, engine=ENGINE, now=now)


def test_who_does_not_answer_is_nudged_then_told_another_way_and_then_her_team_knows(
    database: Sessions, ward: Clinic
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
        [shown] = worklist.unheard_from(session, ward.nurse.principal)
    assert (shown.id, shown.since) == (ward.patient.id, date(2026, 3, 2))
    assert shown.reason == (
        "asked for a check-in on 2 March 2026, reminded 2 times since; nothing has come from her"
    )


def test_who_is_unheard_from_is_asked_every_week_but_no_longer_chased(
    database: Sessions, ward: Clinic
) -> None:
    every_day(database, 14)

    assert told(database)[3:] == [("Mon 09", "check_in", "web_push")]
    with database.read() as session:
        [shown] = worklist.unheard_from(session, ward.nurse.principal)
    assert shown.since == date(2026, 3, 2)


def test_her_next_entry_takes_her_off_the_list(database: Sessions, ward: Clinic) -> None:
    every_day(database, 6)
    writes(database, ward, MONDAY + 6 * DAY)

    with database.read() as session:
        assert worklist.unheard_from(session, ward.nurse.principal) == []
    assert {row.closed_because for row in reminders(database).values()} == {"done"}


def test_without_a_mailbox_there_is_no_other_way_and_her_team_knows_as_soon(
    database: Sessions, ward: Clinic
) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(email=None))
    every_day(database, 7)

    assert [channel for _, _, channel in told(database)] == ["web_push", "web_push"]
    assert [row.step for row in reminders(database).values()] == ["unheard"]


def test_who_cannot_be_reached_by_machine_is_on_the_call_list_once(database: Sessions) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        check_ins.begin(session.get_one(Patient, clinic.patient.id), now=ENROLLED)
    every_day(database, 7)

    assert told(database) == [("Mon 02", "check_in", "call_list")]
    assert [row.step for row in reminders(database).values()] == ["unheard"]


def test_an_entry_takes_back_what_asks_for_it(database: Sessions, ward: Clinic) -> None:
    plan(database, MONDAY)
    writes(database, ward, MONDAY + timedelta(minutes=5))
    every_day(database, 6, at=MONDAY + DAY)

    [row] = messages_of(database)
    assert (row.state, row.last_outcome) == ("cancelled", "done")
    assert {row.closed_because for row in reminders(database).values()} == {"done"}
    assert the(database, Patient, ward.patient.id).is_prompted is False


def test_what_a_worker_holds_for_another_try_is_taken_back_too(database: Sessions, ward: Clinic) -> None:
    plan(database, MONDAY)
    with database.begin() as session:
        claimed = claims.claim(session, now=MONDAY, limit=10, lease=timedelta(minutes=2))
    writes(database, ward, MONDAY + timedelta(minutes=1))

    assert len(claimed) == 1
    assert [row.state for row in messages_of(database)] == ["cancelled"]
    with database.begin() as session:
        assert claims.claim(session, now=MONDAY + HOUR, limit=10, lease=timedelta(minutes=2)) == []


def test_an_entry_about_a_day_long_past_answers_nothing_but_is_heard(
    database: Sessions, ward: Clinic
) -> None:
    every_day(database, 6)
    with database.begin() as session:
        sent = [a_report(recorded_at=ENROLLED - 5 * DAY)]
        record_entries(session, ward.patient.principal, sent, engine=ENGINE, now=MONDAY + 6 * DAY)

    assert [row.closed_because for row in reminders(database).values()] == ["heard"]


def test_a_second_time_of_the_day_asks_again_unless_it_is_done(database: Sessions, ward: Clinic) -> None:
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


def test_several_things_that_are_due_at_once_are_one_message(database: Sessions, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf", "haq-di")
    with database.begin() as session:
        asked = {"purpose": "reassessment", "slot": "week-6", "now": ENROLLED}
        due, _ = trigger(session, ward.scheduler.principal, patient_id=ward.patient.id, **asked)
    plan(database, due.due_at)  # Saturday: what her plan asks at its beginning, and what the clinic asked for
    plan(database, MONDAY)

    assert told(database) == [("Sat 28", "summary", "web_push"), ("Mon 02", "summary", "web_push")]
    assert sorted(reminders(database)) == [
        ("check_in", "2026-03-02"),
        ("reassessment", "bpi-sf:2026-02-27"),
        ("reassessment", "haq-di:2026-02-27"),
        ("reassessment", "week-6"),
    ]


def test_a_summary_stays_until_all_of_it_is_done(database: Sessions, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf")
    plan(database, MONDAY)
    assert told(database) == [("Mon 02", "summary", "web_push")]

    writes(database, ward, MONDAY + HOUR)
    assert [row.state for row in messages_of(database)] == ["pending"]
    completes(database, ward, "bpi-sf", MONDAY + 2 * HOUR)
    assert [row.state for row in messages_of(database)] == ["cancelled"]


def test_a_questionnaire_without_a_text_is_asked_of_nobody(database: Sessions, ward: Clinic) -> None:
    plan(database, MONDAY)
    assert [purpose for purpose, _ in reminders(database)] == ["check_in"]


def test_a_questionnaire_is_nudged_once_and_is_no_sign_of_silence(database: Sessions, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf")
    writes(database, ward, MONDAY - 2 * HOUR)
    every_day(database, 6)

    assert told(database) == [
        ("Mon 02", "reassessment", "web_push"),
        ("Tue 03", "reassessment", "web_push"),
        ("Wed 04", "reassessment", "email"),
    ]
    with database.read() as session:
        assert worklist.unheard_from(session, ward.nurse.principal) == []


def test_what_the_team_skips_is_asked_for_no_more(database: Sessions, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf")
    writes(database, ward, MONDAY - 2 * HOUR)
    plan(database, MONDAY)
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        slot = "bpi-sf:2026-02-27"
        planned.skip(session, ward.nurse.principal, patient, slot, reason="at the visit", now=MONDAY + HOUR)
    every_day(database, 3, at=MONDAY + DAY)

    [row] = messages_of(database)
    assert (row.state, reminders(database)["reassessment", slot].closed_because) == ("cancelled", "skipped")


def test_the_plan_is_read_for_many_as_it_is_for_one(database: Sessions, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf", "siqr")
    completes(database, ward, "siqr", MONDAY)
    later = MONDAY + 50 * DAY
    with database.begin() as session:
        other = a_patient(session, ward.team, now=ENROLLED, timezone="Pacific/Auckland")
        patients = [session.get_one(Patient, ward.patient.id), other]
        many = asking.Questionnaires(session, patients, now=later)
        for patient in patients:
            one = planned.standing_of(session, patient, now=later).slots
            assert many.slots(patient) == [slot for slot in one if slot.kind == "assessment"]


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
@pytest.mark.parametrize("days", [0, 1, 2, 5])
def test_who_has_left_gets_nothing_at_any_step(
    database: Sessions, ward: Clinic, *, status: str, days: int
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
        assert worklist.unheard_from(session, ward.nurse.principal) == []


def test_a_status_that_was_changed_past_the_service_stops_the_planner_too(
    database: Sessions, ward: Clinic
) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(status="deceased"))
    every_day(database, 3)

    assert messages_of(database) == []
    assert the(database, Patient, ward.patient.id).look_at is None


def test_a_reminder_is_not_asked_for_in_the_quiet_hours(database: Sessions, ward: Clinic) -> None:
    change(database, ward, ENROLLED, check_in_at=time(6, 30))
    plan(database, MONDAY - timedelta(hours=2, minutes=30))

    [row] = messages_of(database)
    assert (row.created_at, row.not_before) == (MONDAY - timedelta(hours=2, minutes=30), MONDAY - HOUR)


def test_nobody_is_forgotten(database: Sessions, ward: Clinic) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(look_at=None, check_in_due_at=None))
    plan(database, NOW)

    expected = next_at(time(9), zone_of("Europe/Berlin"), after=NOW)
    assert the(database, Patient, ward.patient.id).look_at == expected


def test_a_move_east_asks_at_once_for_the_day_that_was_passed_over(database: Sessions, ward: Clinic) -> None:
    change(database, ward, ENROLLED + HOUR, timezone="Pacific/Honolulu")
    landed = datetime(2026, 3, 2, 12, tzinfo=UTC)  # Monday 02:00 in Honolulu, Tuesday 02:00 on Kiritimati
    change(database, ward, landed, timezone="Pacific/Kiritimati")
    plan(database, landed)

    [row] = messages_of(database)
    assert row.not_before == landed + 6 * HOUR  # after her quiet hours
    assert list(reminders(database)) == [("check_in", "2026-03-02")]
    change(database, ward, landed + 7 * HOUR, timezone="Pacific/Honolulu")
    plan(database, landed + 7 * HOUR)
    plan(database, datetime(2026, 3, 2, 19, tzinfo=UTC))  # Monday 09:00 in Honolulu
    assert list(reminders(database)) == [("check_in", "2026-03-02")]


MANY = 10_000


def ten_thousand(database: Sessions) -> None:
    """Put a ward into the database in which all have a check-in due at once, and a phone."""
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        ids = [uuid4() for _ in range(MANY)]
        person = {
            "site_id": clinic.site.id, "team_id": clinic.team.id, "name": "Ada", "birth_year": 1960,
            "timezone": "Europe/Berlin", "check_in_at": time(9),
            "quiet_from": time(21), "quiet_until": time(8),
            "enrolled_at": ENROLLED, "look_at": MONDAY, "check_in_due_at": MONDAY,
        }  # fmt: skip
        session.execute(insert(Patient), [{"id": each, "reference": str(each), **person} for each in ids])
        session.execute(insert(Trajectory), [{"patient_id": each} for each in ids])
        zones = [{"patient_id": each, "since": ENROLLED, "timezone": "Europe/Berlin"} for each in ids]
        session.execute(insert(PatientZone), zones)


def as_planned(database: Sessions) -> Counter[int]:
    """Return how many patients have how many messages."""
    with database.read() as session:
        each = Counter[UUID](session.scalars(select(OutboxMessage.recipient_id)))
    return Counter(each.values())


def a_scheduler(url: str) -> None:
    """Plan in a process of its own."""
    database = make_sessions(url)
    plan_due(database, now=MONDAY)
    database.close()


@pytest.mark.slow
def test_two_schedulers_plan_ten_thousand_within_a_minute_and_none_twice(postgresql: Sessions) -> None:
    ten_thousand(postgresql)
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
def test_one_scheduler_plans_ten_thousand_within_a_minute_on_sqlite(sqlite: Sessions) -> None:
    ten_thousand(sqlite)
    begun = clock.monotonic()
    assert plan_due(sqlite, now=MONDAY) == MANY
    took = clock.monotonic() - begun

    print(f"{MANY} check-ins planned by one scheduler on SQLite in {took:.1f} s")  # noqa: T201
    assert as_planned(sqlite) == {1: MANY}


def test_an_entry_and_the_planner_at_once_leave_nothing_that_asks_for_it(postgresql: Sessions) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=ENROLLED)
        subscribe(session, ward.patient)
        check_ins.begin(session.get_one(Patient, ward.patient.id), now=ENROLLED)
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


def test_the_planner_passes_by_who_is_just_writing(postgresql: Sessions) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=ENROLLED)
        check_ins.begin(session.get_one(Patient, ward.patient.id), now=ENROLLED)
    with postgresql.begin() as session:
        session.get_one(Trajectory, ward.patient.id, with_for_update=True)
        with postgresql.begin() as other:
            assert prompting.prompt_due(other, now=MONDAY) == 0
    with postgresql.begin() as session:
        assert prompting.prompt_due(session, now=MONDAY) == 1
