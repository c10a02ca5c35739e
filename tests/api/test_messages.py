"""A patient's delivery log."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.cursor import encode
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.services.reminders.reminders import trigger
from tests.support.builders import Clinic, Signed, a_clinic


@pytest.fixture
def told(database: Database, clinic: Clinic) -> Clinic:
    """A clinic whose patient was reminded three times."""
    with database.begin() as session:
        for slot in ("1", "2", "3"):
            trigger(
                session,
                clinic.scheduler.principal,
                patient_id=clinic.patient.id,
                purpose="reassessment",
                slot=slot,
                now=datetime.now(UTC),
            )
    return clinic


def log(client: FlaskClient, who: Signed, patient: Signed, **query: Any) -> Any:
    return client.get(f"/v1/patients/{patient.id}/messages", query_string=query, headers=who.headers)


def test_the_team_reads_what_was_sent_and_how_it_ended(client: FlaskClient, told: Clinic) -> None:
    answer = log(client, told.nurse, told.patient)

    assert answer.status_code == 200
    newest = answer.json["items"][0]
    assert (newest["kind"], newest["channel"], newest["state"]) == ("reassessment", "call_list", "dead")
    assert (newest["attempts"], newest["last_outcome"]) == (0, "no address")
    assert newest["settled_at"]
    moments = [item["created_at"] for item in answer.json["items"]]
    assert moments == sorted(moments, reverse=True)


def test_a_message_tells_when_it_was_tried_and_what_its_device_says(
    client: FlaskClient, told: Clinic, database: Database
) -> None:
    due, tried, opened = (datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (8, 9, 10))
    with database.begin() as session:
        session.execute(
            update(OutboxMessage).values(
                channel="web_push", state="delivered", attempts=2, due_at=due, tried_at=tried,
                settled_at=tried, last_outcome="delivered", shown_at=tried, opened_at=opened,
            )
        )  # fmt: skip

    (*_, oldest) = log(client, told.nurse, told.patient).json["items"]

    moments = ("due_at", "last_attempt_at", "settled_at", "shown_at", "opened_at")
    assert [datetime.fromisoformat(oldest[name]) for name in moments] == [due, tried, tried, tried, opened]
    assert (oldest["channel"], oldest["state"], oldest["attempts"]) == ("web_push", "delivered", 2)
    assert oldest["dismissed_at"] is None


def test_the_log_comes_in_pages(client: FlaskClient, told: Clinic) -> None:
    first = log(client, told.nurse, told.patient, limit=2).json
    second = log(client, told.nurse, told.patient, limit=2, cursor=first["next"]).json

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert len({item["id"] for item in first["items"] + second["items"]}) == 3


def test_another_site_s_patient_is_404(client: FlaskClient, told: Clinic, database: Database) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")

    assert log(client, elsewhere.site_admin, told.patient).status_code == 404
    assert log(client, told.patient, told.patient).status_code == 403


def test_looking_is_audited(client: FlaskClient, told: Clinic, database: Database) -> None:
    log(client, told.nurse, told.patient)

    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "messages.read")).one()
    assert (row.actor_id, row.patient_id) == (told.nurse.id, told.patient.id)


@pytest.mark.parametrize(
    "moment", ["2026-03-02T12:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00"]
)
def test_a_cursor_with_a_moment_that_is_none_is_refused(
    client: FlaskClient, told: Clinic, moment: str
) -> None:
    made_up = encode(moment, str(told.patient.id))
    answer = log(client, told.nurse, told.patient, cursor=made_up)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-cursor")
