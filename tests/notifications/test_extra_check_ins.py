"""Extra check-ins are asked for like others, one a day, and stop as soon as they are not needed."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.domain.schedule import zone_of
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.entries import corrections
from api.services.reminders import snooze
from api.services.reminders.due_now import DueTask, due_check_ins
from api.services.reminders.extra_check_ins import REASON, ExtraCheckIns, extra_check_ins_of
from tests.support.builders import Clinic, a_report
from tests.support.entries import record_items
from tests.support.reminded_patient import (
    DAY,
    ENGINE,
    HOUR,
    a_reminded_ward,
    change,
    every_day,
    plan,
    reminders,
    told,
)

TUESDAY = datetime(2026, 3, 3, 7, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 5, 8, tzinfo=UTC)  # 09:00 in Berlin, the time of check-ins
EXTRA = "extra_check_in"


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic whose patient wrote on Tuesdays, and on the last of them had more pain than usual."""
    ward = a_reminded_ward(database)
    answers = [2, 3, 2, 1, 2, 3, 2, 2, 6]
    for weeks_before, pain in zip(range(8, -1, -1), answers, strict=True):
        says(database, ward, TUESDAY - weeks_before * 7 * DAY, pain_worst=pain)
    plan(database, THURSDAY - DAY)
    return ward


def says(
    database: Database, ward: Clinic, moment: datetime, *, at: datetime | None = None, **said: Any
) -> Any:
    """Record an entry of a moment; it has no other answers."""
    sent = {"id": a_report()["id"], "recorded_at": moment.isoformat(), **said}
    sent["local_date"] = moment.date().isoformat()
    with database.begin() as session:
        record_items(session, ward.patient.principal, [sent], engine=ENGINE, now=at or moment)


def due(database: Database, ward: Clinic, now: datetime) -> list[DueTask]:
    with database.read() as session:
        return due_check_ins(session, session.get_one(Patient, ward.patient.id), now=now)


def shown(database: Database, ward: Clinic, now: datetime) -> ExtraCheckIns | None:
    with database.read() as session:
        return extra_check_ins_of(session, session.get_one(Patient, ward.patient.id), now=now)


def days_asked(database: Database) -> list[str]:
    return sorted(slot for purpose, slot in reminders(database) if purpose == EXTRA)


def test_an_extra_check_in_comes_at_the_patients_hour_and_tells_why(database: Database, ward: Clinic) -> None:
    plan(database, THURSDAY - HOUR)
    assert told(database) == []

    plan(database, THURSDAY)

    assert told(database) == [("Thu 05", "check_in", "web_push")]
    (task,) = due(database, ward, THURSDAY)
    assert (task.kind, task.asked, task.reason) == ("check_in", "burst", REASON)
    assert task.also_ask is not None
    assert task.also_ask.name == "is_this_usual"


def test_without_an_answer_they_are_asked_on_their_days_once_and_the_team_sees_it(
    database: Database, ward: Clinic
) -> None:
    every_day(database, 5, at=THURSDAY)  # until Monday, with its regular check-in

    assert [day for day, *_ in told(database)] == ["Thu 05", "Sat 07", "Mon 09"]
    assert days_asked(database) == ["2026-03-05", "2026-03-07", "2026-03-09"]
    closed = [reminders(database)[EXTRA, day].closed_because for day in days_asked(database)]
    assert closed == ["missed", "missed", None]
    every_day(database, 12, at=THURSDAY + 5 * DAY)
    assert days_asked(database)[3:] == []
    assert shown(database, ward, THURSDAY + 17 * DAY) == ExtraCheckIns(date(2026, 3, 5), 3, 0, None)
    assert shown(database, ward, THURSDAY + 40 * DAY) is None


def test_an_answer_of_the_day_ends_its_prompt_and_the_next_is_asked_for(
    database: Database, ward: Clinic
) -> None:
    plan(database, THURSDAY)
    says(database, ward, THURSDAY + HOUR, pain_worst=2, is_this_usual="changed", asked="burst")

    assert due(database, ward, THURSDAY + 2 * HOUR) == []
    assert reminders(database)[EXTRA, "2026-03-05"].closed_because == "done"
    every_day(database, 2, at=THURSDAY + DAY)
    assert days_asked(database) == ["2026-03-05", "2026-03-07"]
    assert shown(database, ward, THURSDAY + 2 * DAY) == ExtraCheckIns(date(2026, 3, 5), 2, 1, "changed")


def test_a_reason_for_a_gap_is_no_answer_that_the_team_could_take_for_one(
    database: Database, ward: Clinic
) -> None:
    plan(database, THURSDAY)
    says(database, ward, THURSDAY + HOUR, gap_reason="forgot", asked="burst")

    assert due(database, ward, THURSDAY + 2 * HOUR) == []
    assert shown(database, ward, THURSDAY + 2 * HOUR) == ExtraCheckIns(date(2026, 3, 5), 1, 0, None)


def test_an_entry_that_answers_a_regular_check_in_too_is_one_of_the_rhythm(
    database: Database, ward: Clinic
) -> None:
    every_day(database, 5, at=THURSDAY)  # until Monday, with its regular check-in

    (task,) = due(database, ward, THURSDAY + 4 * DAY)

    assert (task.asked, task.reason) == ("prompted", REASON)
    assert len(told(database)) == 3


def test_a_day_that_is_answered_before_it_is_asked_is_not_asked(database: Database, ward: Clinic) -> None:
    says(database, ward, THURSDAY - HOUR, pain_worst=2)

    every_day(database, 3, at=THURSDAY)

    assert days_asked(database) == ["2026-03-07"]


def test_a_red_flag_ends_them(database: Database, ward: Clinic) -> None:
    plan(database, THURSDAY)
    says(database, ward, THURSDAY - DAY, at=THURSDAY + HOUR, red_flags=["leg_swelling"])

    assert due(database, ward, THURSDAY + HOUR) == []
    assert reminders(database)[EXTRA, "2026-03-05"].closed_because == "lapsed"
    every_day(database, 8, at=THURSDAY + DAY)
    assert days_asked(database) == ["2026-03-05"]
    assert shown(database, ward, THURSDAY + DAY) is None


def test_a_patient_who_wants_none_gets_none(database: Database, ward: Clinic) -> None:
    plan(database, THURSDAY)

    change(database, ward, THURSDAY + HOUR, extra_check_ins=False)

    assert due(database, ward, THURSDAY + HOUR) == []
    every_day(database, 3, at=THURSDAY + DAY)
    assert days_asked(database) == ["2026-03-05"]


def test_none_begin_in_a_pause(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        holiday = snooze.SnoozeEnd.HOLIDAY
        snooze.snooze(
            session, ward.patient.principal, wanted=holiday, until=date(2026, 3, 9), now=THURSDAY - HOUR
        )

    every_day(database, 8, at=THURSDAY)

    assert days_asked(database) == []


def test_the_reason_for_them_may_be_withdrawn(database: Database, ward: Clinic) -> None:
    plan(database, THURSDAY)
    with database.read() as session:
        newest = session.scalars(select(EntryRow).order_by(EntryRow.local_date.desc())).first()
    assert newest is not None
    with database.begin() as session:
        corrections.withdraw_entry(
            session,
            ward.patient.principal,
            newest.id,
            check_version=lambda _: None,
            engine=ENGINE,
            now=THURSDAY + HOUR,
        )

    assert [task.reason for task in due(database, ward, THURSDAY + HOUR)] == [None]  # the regular one
    every_day(database, 3, at=THURSDAY + DAY)
    assert days_asked(database) == ["2026-03-05"]


def test_an_entry_that_arrives_days_later_begins_none(database: Database) -> None:
    ward = a_reminded_ward(database)
    for weeks_before, pain in zip(range(8, -1, -1), [2, 3, 2, 1, 2, 3, 2, 2, 6], strict=True):
        moment = TUESDAY - weeks_before * 7 * DAY
        says(database, ward, moment, at=max(moment, TUESDAY + 4 * DAY), pain_worst=pain)

    every_day(database, 6, at=THURSDAY + 4 * DAY)

    assert days_asked(database) == []


def test_a_patient_who_has_left_gets_none(database: Database, ward: Clinic) -> None:
    change(database, ward, TUESDAY + HOUR, status="completed")

    every_day(database, 3, at=THURSDAY)

    assert days_asked(database) == []


def test_they_are_shown_to_patient_and_team_over_http(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    shown_to_patient = client.get("/v1/me", headers=clinic.patient.headers)
    assert shown_to_patient.json["extra_check_ins"] is True
    headers = clinic.patient.headers | {"If-Match": shown_to_patient.headers["ETag"]}
    changed = client.patch("/v1/me", json={"extra_check_ins": False}, headers=headers)
    assert changed.json["extra_check_ins"] is False
    of_team = client.get(f"/v1/patients/{clinic.patient.id}/trajectory", headers=clinic.nurse.headers)
    assert of_team.json["extra_check_ins"] is None
    patient = client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.nurse.headers)
    assert patient.json["extra_check_ins"] is False


@pytest.mark.parametrize(
    ("language", "begins"), [("en", "A few more"), ("de", "Einige"), ("es", "Unas"), ("fr", "Quelques")]
)
def test_the_patient_is_told_why_in_their_language(
    client: FlaskClient, clinic: Clinic, database: Database, language: str, begins: str
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        patient.language = language
        today = now.astimezone(zone_of(patient.timezone)).date()
        of_patient = {"site_id": patient.site_id, "patient_id": patient.id, "asked_on": today}
        times = {"slot": today.isoformat(), "due_at": now - HOUR, "created_at": now - HOUR}
        session.add(Reminder(purpose=EXTRA, step="asked", **of_patient, **times))

    items = client.get("/v1/me/due", headers=clinic.patient.headers).json["items"]

    (task,) = [each for each in items if each["kind"] == "check_in"]
    assert (task["asked"], task["also_ask"]["name"]) == ("burst", "is_this_usual")
    assert task["reason"].startswith(begins)
    of_team = client.get(f"/v1/patients/{clinic.patient.id}/trajectory", headers=clinic.nurse.headers)
    assert of_team.json["extra_check_ins"] == {
        "since": today.isoformat(),
        "asked": 1,
        "answered": 0,
        "is_this_usual": None,
    }
