"""Questionnaires that are asked for: with a check-in in one message, and only where there is a text."""

import pytest
from sqlalchemy import delete

from api.db.database import Database
from api.models.patient import Patient
from api.models.wording import InstrumentWording
from api.services.plans import slots
from api.services.reminders import context, skips
from api.services.reminders.reminders import trigger
from api.services.worklist import beside as worklist
from tests.notifications.conftest import messages_of
from tests.support.builders import Clinic, a_patient
from tests.support.reminded_patient import (
    DAY,
    ENROLLED,
    HOUR,
    MONDAY,
    a_reminded_ward,
    change,
    completes,
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


def test_several_things_that_are_due_at_once_are_one_message(database: Database, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf", "haq-di")
    with database.begin() as session:
        asked = {"purpose": "reassessment", "slot": "week-6", "now": ENROLLED}
        due, _ = trigger(session, ward.scheduler.principal, patient_id=ward.patient.id, **asked)
    plan(database, due.due_at)  # Saturday: the first task of the plan, and the one the clinic requested
    plan(database, MONDAY)

    assert told(database) == [("Sat 28", "summary", "web_push"), ("Mon 02", "summary", "web_push")]
    assert sorted(reminders(database)) == [
        ("check_in", "2026-03-02"),
        ("reassessment", "bpi-sf:2026-02-27"),
        ("reassessment", "haq-di:2026-02-27"),
        ("reassessment", "week-6"),
    ]


def test_a_summary_stays_until_all_of_it_is_done(database: Database, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf")
    plan(database, MONDAY)
    assert told(database) == [("Mon 02", "summary", "web_push")]

    writes(database, ward, MONDAY + HOUR)
    assert [row.state for row in messages_of(database)] == ["pending"]
    completes(database, ward, "bpi-sf", MONDAY + 2 * HOUR)
    assert [row.state for row in messages_of(database)] == ["cancelled"]


def test_a_questionnaire_without_a_text_is_asked_of_nobody(database: Database, ward: Clinic) -> None:
    plan(database, MONDAY)
    assert [purpose for purpose, _ in reminders(database)] == ["check_in"]


def test_a_questionnaire_is_nudged_once_and_is_no_sign_of_silence(database: Database, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf")
    writes(database, ward, MONDAY - 2 * HOUR)
    every_day(database, 6)

    assert told(database) == [
        ("Mon 02", "reassessment", "web_push"),
        ("Tue 03", "reassessment", "web_push"),
        ("Wed 04", "reassessment", "email"),
    ]
    with database.read() as session:
        assert worklist.unreachable_patients(session, ward.nurse.principal) == []


def test_a_questionnaire_whose_text_is_there_no_more_is_not_asked_for_again(
    database: Database, ward: Clinic
) -> None:
    with_text(database, ward, "bpi-sf")
    writes(database, ward, MONDAY - 2 * HOUR)
    plan(database, MONDAY)
    with database.begin() as session:
        session.execute(delete(InstrumentWording))
    every_day(database, 3, at=MONDAY + DAY)
    assert told(database) == [("Mon 02", "reassessment", "web_push")]

    with_text(database, ward, "bpi-sf")
    plan(database, MONDAY + 4 * DAY)
    assert told(database)[1:] == [("Fri 06", "reassessment", "web_push")]


def test_who_reads_another_language_than_the_text_is_not_asked_for_it_again(
    database: Database, ward: Clinic
) -> None:
    with_text(database, ward, "bpi-sf")
    writes(database, ward, MONDAY - 2 * HOUR)
    plan(database, MONDAY)
    change(database, ward, MONDAY + HOUR, language="fr")
    every_day(database, 3, at=MONDAY + DAY)

    assert told(database) == [("Mon 02", "reassessment", "web_push")]


def test_what_the_team_skips_is_asked_for_no_more(database: Database, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf")
    writes(database, ward, MONDAY - 2 * HOUR)
    plan(database, MONDAY)
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        slot = "bpi-sf:2026-02-27"
        skips.skip(session, ward.nurse.principal, patient, slot, reason="at the visit", now=MONDAY + HOUR)
    every_day(database, 3, at=MONDAY + DAY)

    [row] = messages_of(database)
    assert (row.state, reminders(database)["reassessment", slot].closed_because) == ("cancelled", "skipped")


def test_the_plan_is_read_for_many_as_it_is_for_one(database: Database, ward: Clinic) -> None:
    with_text(database, ward, "bpi-sf", "siqr")
    completes(database, ward, "siqr", MONDAY)
    later = MONDAY + 50 * DAY
    with database.begin() as session:
        other = a_patient(session, ward.team, now=ENROLLED, timezone="Pacific/Auckland")
        patients = [session.get_one(Patient, ward.patient.id), other]
        many = context.PlannedQuestionnaires(session, patients, now=later)
        for patient in patients:
            one = slots.plan_status(session, patient, now=later).slots
            assert many.slots(patient) == [slot for slot in one if slot.kind == "assessment"]
