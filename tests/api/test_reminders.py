"""A scheduler asks what is due, asks for a reminder, and reads how it went."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from api.db.database import Database
from api.domain.cursor import encode
from api.domain.enrolment import PatientStatus
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.services.messages import subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from api.services.reminders.reminders import trigger
from api.services.reminders.send_due import send_due_reminders
from tests.conftest import NOW
from tests.support.builders import Clinic, Signed, a_clinic
from tests.support.push_service import Browser


def ask(client: FlaskClient, who: Signed, **body: Any) -> Any:
    return client.post("/v1/reminders", json={"slot": "week-6", **body}, headers=who.headers)


def due(client: FlaskClient, who: Signed, **query: Any) -> Any:
    before = {"due_before": (datetime.now(UTC) + timedelta(days=30)).isoformat()}
    return client.get("/v1/reminders", query_string=before | query, headers=who.headers)


def test_a_reminder_triggered_twice_is_one(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    first = ask(client, clinic.scheduler, patient_id=str(clinic.patient.id))
    again = ask(client, clinic.scheduler, patient_id=str(clinic.patient.id), purpose="reassessment")
    other = ask(client, clinic.scheduler, patient_id=str(clinic.patient.id), slot="week-12")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert first.json == again.json
    assert first.json["id"] != other.json["id"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 2


@pytest.mark.parametrize(
    ("asked_at", "at", "quiet", "due_at"),
    [
        ("2026-03-02T07:00", time(9), (time(21), time(8)), "2026-03-02T08:00"),  # today, at nine
        ("2026-03-02T12:00", time(9), (time(21), time(8)), "2026-03-03T08:00"),  # nine is past
        ("2026-03-28T12:00", time(9), (time(21), time(8)), "2026-03-29T07:00"),  # summer time since
        ("2026-03-28T23:00", time(2, 30), (time(0), time(0)), "2026-03-29T01:30"),  # the gap: 03:30
        ("2026-03-02T12:00", time(22), (time(21), time(8)), "2026-03-03T07:00"),  # not in the night
    ],
)
def test_a_patient_is_reminded_in_the_own_time_zone(
    database: Database, *, asked_at: str, at: time, quiet: tuple[time, time], due_at: str
) -> None:
    now = datetime.fromisoformat(asked_at).replace(tzinfo=UTC)
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        patient = session.get_one(Patient, clinic.patient.id)
        patient.check_in_at, (patient.quiet_from, patient.quiet_until) = at, quiet
        caller = clinic.scheduler.principal
        reminder, _ = trigger(
            session, caller, patient_id=patient.id, purpose="reassessment", slot="1", now=now
        )
        waits_until = session.scalars(select(OutboxMessage.not_before)).one()

    assert reminder.due_at == waits_until == datetime.fromisoformat(due_at).replace(tzinfo=UTC)


def test_an_unknown_patient_and_another_site_s_are_the_same_404(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")

    for patient_id in (uuid4(), elsewhere.patient.id):
        answer = ask(client, clinic.scheduler, patient_id=str(patient_id))
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-patient")


def test_who_has_left_monitoring_is_not_reminded(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).status = PatientStatus.COMPLETED

    answer = ask(client, clinic.scheduler, patient_id=str(clinic.patient.id))

    assert (answer.status_code, answer.json["type"]) == (409, "/problems/patient-not-active")


@pytest.mark.parametrize(
    "body",
    [{"slot": ""}, {"slot": "a b"}, {"slot": "x\n"}, {"slot": "x" * 65}, {"purpose": "check_in"}, {"day": 1}],
)
def test_what_cannot_be_read_is_named(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> None:
    answer = ask(client, clinic.scheduler, patient_id=str(clinic.patient.id), **body)

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == set(body)


@pytest.mark.parametrize(
    ("who", "reads", "asks"),
    [
        ("nurse", 200, 403),
        ("coordinator", 200, 201),
        ("site_admin", 200, 201),
        ("scheduler", 200, 201),
        ("patient", 403, 403),
    ],
)
def test_who_may(client: FlaskClient, clinic: Clinic, *, who: str, reads: int, asks: int) -> None:
    caller = clinic.everybody()[who]

    assert due(client, caller).status_code == reads
    assert ask(client, caller, patient_id=str(clinic.patient.id)).status_code == asks


def test_the_list_shows_what_will_be_due_and_how_what_was_due_fared(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    browser = Browser("https://fcm.googleapis.com")
    address = BrowserSubscription(browser.endpoint, browser.p256dh, browser.auth)
    with database.begin() as session:
        subscriptions.register(session, clinic.patient.principal, device=uuid4(), address=address, now=now)
        session.get_one(Patient, clinic.patient.id).check_in_due_at = now - timedelta(minutes=1)
        send_due_reminders(session, now=now)
    ask(client, clinic.scheduler, patient_id=str(clinic.patient.id))

    def stands() -> dict[tuple[str, bool], str]:
        items = due(client, clinic.scheduler).json["items"]
        assert items == sorted(items, key=lambda item: item["due_at"])
        return {(item["purpose"], item["id"] is None): item["delivery"] for item in items}

    assert stands() == {
        ("check_in", True): "planned",
        ("check_in", False): "waiting",
        ("reassessment", False): "waiting",
    }
    for state, shown in (("delivered", "delivered"), ("dead", "undelivered"), ("cancelled", "cancelled")):
        with database.begin() as session:
            session.execute(update(OutboxMessage).values(state=state))
        assert stands()["check_in", False] == shown


def test_the_list_comes_in_pages_that_lose_nothing(client: FlaskClient, clinic: Clinic) -> None:
    for n in range(5):
        ask(client, clinic.scheduler, patient_id=str(clinic.patient.id), slot=f"slot-{n}")

    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = due(client, clinic.scheduler, limit=2, **({"cursor": cursor} if cursor else {})).json
        seen += [item["slot"] for item in page["items"]]
        cursor, pages = page["next"], pages + 1

    assert sorted(seen) == [f"slot-{n}" for n in range(5)]
    assert pages == 3


def test_a_cursor_that_was_not_made_here_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    assert due(client, clinic.scheduler, cursor="abc").json["type"] == "/problems/invalid-cursor"


def test_the_list_stops_at_the_team_and_the_site(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    ask(client, clinic.scheduler, patient_id=str(clinic.patient.id))

    assert due(client, elsewhere.scheduler).json == {"items": [], "next": None, "more": False}
    assert len(due(client, clinic.nurse).json["items"]) == 1


def test_triggering_and_reading_are_audited(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    ask(client, clinic.scheduler, patient_id=str(clinic.patient.id))
    due(client, clinic.scheduler)

    with database.read() as session:
        rows = session.execute(select(AuditRow.action, AuditRow.detail).order_by(AuditRow.id)).all()
    shown = {"count": 1, "patients": [str(clinic.patient.id)]}
    assert rows == [("reminder.triggered", None), ("reminders.read", shown)]


@pytest.mark.parametrize(
    "moment", ["2026-03-02T12:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_cursor_with_a_moment_that_is_none_is_refused(
    client: FlaskClient, clinic: Clinic, moment: str
) -> None:
    made_up = encode(moment, str(clinic.patient.id))
    assert due(client, clinic.scheduler, cursor=made_up).json["type"] == "/problems/invalid-cursor"
