"""Not now: reminders put off for hours or a holiday, a second time of the day, and a clock that travels."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.errors import InvalidMoment
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient, PatientZone
from api.models.reminder import Reminder
from api.services.patients import enrolment
from api.services.reminders import check_ins, snooze
from api.services.reminders.send_due import send_due_reminders
from api.services.reminders.snooze import SnoozeEnd
from notifications.jobs.silence import alert_silent_patients
from tests.support.builders import Clinic, Signed, a_clinic
from tests.support.entries import record_items

ENROLLED = datetime(2026, 2, 27, 12, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Berlin
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BERLIN = zone_of("Europe/Berlin")


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic whose patient is asked on Mondays at nine."""
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        check_ins.start_check_ins(session.get_one(Patient, clinic.patient.id), now=ENROLLED)
    return clinic


def plan(database: Database, now: datetime) -> None:
    with database.begin() as session:
        send_due_reminders(session, now=now)


def put_off(
    database: Database, ward: Clinic, now: datetime, until: SnoozeEnd, day: date | None = None
) -> Patient:
    with database.begin() as session:
        return snooze.snooze(session, ward.patient.principal, wanted=until, until=day, now=now)


def resume(database: Database, ward: Clinic, now: datetime) -> None:
    with database.begin() as session:
        snooze.resume(session, ward.patient.principal, now=now)


def change(database: Database, ward: Clinic, now: datetime, **changes: Any) -> None:
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        wanted = check_ins.with_phone_timezone(patient, changes)
        enrolment.change(session, ward.patient.principal, patient, wanted, now=now)


def patient_of(database: Database, patient_id: UUID) -> Patient:
    with database.read() as session:
        return session.get_one(Patient, patient_id)


def asked_at(database: Database) -> list[str]:
    with database.read() as session:
        rows = session.scalars(select(OutboxMessage.not_before).order_by(OutboxMessage.not_before))
        return [f"{row.astimezone(BERLIN):%a %d %H:%M}" for row in rows]


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage)) or 0


@pytest.mark.parametrize(
    ("until", "hours", "again"),
    [
        (SnoozeEnd.TWO_HOURS, 1, "Mon 02 12:00"),
        (SnoozeEnd.TWO_HOURS, 11, "Tue 03 08:00"),  # 22:00 is in the quiet hours
        (SnoozeEnd.TONIGHT, 1, "Mon 02 19:00"),
        (SnoozeEnd.TONIGHT, 10.5, "Mon 02 20:30"),  # it is evening: in an hour
        (SnoozeEnd.TONIGHT, 11.5, "Tue 03 08:00"),
    ],
)
def test_a_snoozed_task_is_prompted_once_afterwards(
    database: Database, ward: Clinic, *, until: SnoozeEnd, hours: float, again: str
) -> None:
    plan(database, MONDAY)
    put_off(database, ward, MONDAY + hours * HOUR, until)
    for quarter in range(1, 60):
        plan(database, MONDAY + hours * HOUR + quarter * HOUR / 4)

    assert asked_at(database) == ["Mon 02 09:00", again]
    assert patient_of(database, ward.patient.id).snoozed_until is None


def test_what_is_put_off_takes_back_what_waits(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        session.get_one(Patient, ward.patient.id).email = "ada@example.org"
    plan(database, MONDAY)
    put_off(database, ward, MONDAY + HOUR, SnoozeEnd.TWO_HOURS)

    with database.read() as session:
        rows = session.execute(select(OutboxMessage.state, OutboxMessage.last_outcome)).all()
    assert rows == [("cancelled", "put off by the patient")]


def test_in_a_holiday_nothing_comes_and_afterwards_one_reminder(database: Database, ward: Clinic) -> None:
    plan(database, MONDAY)
    put_off(database, ward, MONDAY + HOUR, SnoozeEnd.HOLIDAY, date(2026, 3, 19))  # a Thursday
    for hour in range(1, 24 * 17 + 2):
        plan(database, MONDAY + hour * HOUR)

    assert asked_at(database) == ["Mon 02 09:00", "Thu 19 09:00"]
    shown = patient_of(database, ward.patient.id)
    assert (shown.paused_until, shown.check_in_due_at) == (None, MONDAY + 21 * DAY)


def test_a_holiday_ends_in_the_time_zone_of_its_last_day(database: Database, ward: Clinic) -> None:
    put_off(database, ward, ENROLLED, SnoozeEnd.HOLIDAY, date(2026, 3, 19))
    change(database, ward, MONDAY, timezone="Asia/Tokyo")

    nine_in_tokyo = datetime(2026, 3, 19, tzinfo=UTC)
    assert patient_of(database, ward.patient.id).next_reminder_check_at == nine_in_tokyo
    plan(database, nine_in_tokyo - timedelta(minutes=1))
    assert count(database) == 0
    plan(database, nine_in_tokyo)
    assert count(database) == 1


def test_resuming_early_prompts_what_became_due_meanwhile(database: Database, ward: Clinic) -> None:
    put_off(database, ward, ENROLLED, SnoozeEnd.HOLIDAY, date(2026, 3, 19))
    plan(database, MONDAY)
    resume(database, ward, MONDAY + HOUR)
    resume(database, ward, MONDAY + HOUR)

    shown = patient_of(database, ward.patient.id)
    assert (shown.check_in_due_at, shown.paused_until) == (MONDAY + DAY, None)
    plan(database, MONDAY + DAY)
    assert asked_at(database) == ["Tue 03 09:00"]
    with database.read() as session:
        assert session.scalars(select(Reminder.slot)).all() == ["2026-03-02"]


def test_resuming_with_nothing_missed_prompts_on_the_next_check_in(database: Database, ward: Clinic) -> None:
    put_off(database, ward, ENROLLED, SnoozeEnd.HOLIDAY, date(2026, 3, 19))
    resume(database, ward, ENROLLED + DAY)
    assert patient_of(database, ward.patient.id).check_in_due_at == MONDAY


def test_a_pause_hides_no_silence_and_the_team_sees_it_beside(database: Database) -> None:
    begun = datetime(2026, 1, 1, 19, tzinfo=UTC)
    engine = Engine()
    with database.begin() as session:
        ward = a_clinic(session, now=begun - DAY)
    for number in range(20):
        now = begun + number * DAY
        said = {"id": str(UUID(int=number + 1)), "recorded_at": now.isoformat(), "pain_worst": 2}
        with database.begin() as session:
            record_items(session, ward.patient.principal, [said], engine=engine, now=now)
    put_off(database, ward, now, SnoozeEnd.HOLIDAY, date(2026, 2, 28))

    assert alert_silent_patients(database, engine=engine, now=begun + 34 * DAY) == 1
    with database.read() as session:
        assert session.scalars(select(Alert.kind)).all() == ["silence"]
        assert session.get_one(Patient, ward.patient.id).paused_until == date(2026, 2, 28)


@pytest.mark.parametrize("day", [None, date(2026, 3, 2), date(2026, 3, 1), date(2026, 4, 14)])
def test_a_holiday_ends_on_a_day_ahead_and_not_too_far(
    database: Database, ward: Clinic, day: date | None
) -> None:
    with pytest.raises(InvalidMoment):
        put_off(database, ward, MONDAY, SnoozeEnd.HOLIDAY, day)


def test_the_time_zone_follows_the_phone_or_stays(database: Database, ward: Clinic) -> None:
    change(database, ward, MONDAY, phone_timezone="Asia/Tokyo")
    assert patient_of(database, ward.patient.id).timezone == "Asia/Tokyo"
    change(database, ward, MONDAY + HOUR, timezone_follows_phone=False, timezone="Europe/Berlin")
    change(database, ward, MONDAY + 2 * HOUR, phone_timezone="America/New_York")

    assert patient_of(database, ward.patient.id).timezone == "Europe/Berlin"
    with database.read() as session:
        zones = session.scalars(select(PatientZone.timezone).order_by(PatientZone.since)).all()
    assert zones == ["Europe/Berlin", "Asia/Tokyo", "Europe/Berlin"]


def test_a_new_time_of_the_day_moves_the_next_check_in_and_loses_none(
    database: Database, ward: Clinic
) -> None:
    change(database, ward, MONDAY - HOUR, check_in_at=time(7))  # at eight, an hour before it is due

    assert patient_of(database, ward.patient.id).check_in_due_at == MONDAY + DAY - 2 * HOUR
    plan(database, MONDAY + DAY - 2 * HOUR)
    assert asked_at(database) == ["Tue 03 08:00"]  # after the quiet hours


def test_the_second_time_must_be_the_later_one(database: Database, ward: Clinic) -> None:
    change(database, ward, ENROLLED, check_in_again_at=time(18))
    for wrong in ({"check_in_at": time(19)}, {"check_in_again_at": time(9)}):
        with pytest.raises(InvalidMoment, match="must be later"):
            change(database, ward, ENROLLED, **wrong)
    change(database, ward, ENROLLED, check_in_again_at=None)


def post(client: FlaskClient, who: Signed, body: dict[str, Any]) -> Any:
    return client.post("/v1/me/reminders/snooze", json=body, headers=who.headers)


def test_over_http_a_snooze_has_its_end_and_can_be_ended(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    until = str(local_day(datetime.now(UTC), BERLIN) + 14 * DAY)
    paused = post(client, clinic.patient, {"for": "holiday", "until": until})
    assert (paused.status_code, paused.json["paused_until"], paused.json["snoozed_until"]) == (
        200,
        until,
        None,
    )
    me = client.get("/v1/me", headers=clinic.patient.headers).json
    assert (me["paused_until"], me["timezone_follows_phone"], me["check_in_again_at"]) == (until, True, None)
    seen = client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.nurse.headers).json
    assert seen["paused_until"] == until

    later = post(client, clinic.patient, {"for": "two_hours"}).json
    assert later["paused_until"] is None
    assert datetime.fromisoformat(later["snoozed_until"]) > datetime.now(UTC) + timedelta(minutes=110)
    ended = client.delete("/v1/me/reminders/snooze", headers=clinic.patient.headers).json
    assert (ended["paused_until"], ended["snoozed_until"]) == (None, None)
    with database.read() as session:
        rows = session.scalars(select(AuditRow.action).where(AuditRow.action.startswith("reminders.")))
        assert rows.all() == ["reminders.put_off", "reminders.put_off", "reminders.resumed"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "for"),
        ({"for": "ever"}, "for"),
        ({"for": "holiday"}, "until"),
        ({"for": "tonight", "until": "2026-03-19"}, "until"),
        ({"for": "holiday", "until": "soon"}, "until"),
        ({"for": "holiday", "until": "2020-01-01"}, "until"),
        ({"for": "tonight", "day": 1}, "day"),
    ],
)
def test_what_cannot_be_read_is_named(
    client: FlaskClient, clinic: Clinic, *, body: dict[str, Any], field: str
) -> None:
    answer = post(client, clinic.patient, body)
    assert answer.status_code == 422
    assert field in answer.json["errors"]


def test_over_http_the_second_time_and_the_phone(client: FlaskClient, clinic: Clinic) -> None:
    def patch(version: int, **changes: Any) -> Any:
        headers = clinic.patient.headers | {"If-Match": f'"{version}"'}
        return client.patch("/v1/me", json=changes, headers=headers)

    assert patch(1, check_in_again_at="18:00", phone_timezone="Asia/Tokyo").json["timezone"] == "Asia/Tokyo"
    wrong = patch(2, check_in_again_at="08:00")
    assert (wrong.status_code, set(wrong.json["errors"])) == (422, {"check_in_again_at"})
    stays = patch(2, timezone_follows_phone=False, phone_timezone="Europe/Berlin").json
    assert (stays["timezone"], stays["timezone_follows_phone"], stays["check_in_again_at"]) == (
        "Asia/Tokyo",
        False,
        "18:00",
    )
    assert patch(3, phone_timezone="Mars/Olympus").status_code == 422


def test_the_team_lists_an_unreachable_patient_once(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    def listed() -> tuple[list[str], list[str]]:
        headers = clinic.nurse.headers
        worklist = client.get("/v1/alerts", headers=headers).json["unheard_from"]
        patients = client.get("/v1/patients?unheard_from=true", headers=headers).json["items"]
        return [each["id"] for each in worklist], [each["id"] for each in patients]

    assert listed() == ([], [])
    today = local_day(datetime.now(UTC), BERLIN)
    with database.begin() as session:
        for slot in (today - 12 * DAY, today - 5 * DAY):
            a_reminder_that_led_to_nothing(session, clinic, slot)
    assert listed() == ([str(clinic.patient.id)],) * 2
    until = str(today + 14 * DAY)
    post(client, clinic.patient, {"for": "holiday", "until": until})
    assert listed() == ([], [])


def a_reminder_that_led_to_nothing(session: Session, clinic: Clinic, day: date) -> None:
    now = datetime.now(UTC)
    session.add(
        Reminder(
            site_id=clinic.site.id,
            patient_id=clinic.patient.id,
            purpose="check_in",
            slot=str(day),
            due_at=now,
            created_at=now,
            step="unheard",
            asked_on=day,
            times=2,
        )
    )


def test_it_takes_reminders_before_messages_as_an_entry_does(
    database: Database, ward: Clinic, count_queries: Any
) -> None:
    plan(database, MONDAY)
    with count_queries() as statements:
        put_off(database, ward, MONDAY + HOUR, SnoozeEnd.TWO_HOURS)
    tables = [words.split()[1] for words in statements if words.startswith("UPDATE")]
    assert tables.index("reminders") < tables.index("outbox")
