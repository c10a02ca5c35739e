"""Undone skips: the slot is as before, the task is requested again, and the reason is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.domain.reminders import ClosedReason, ReminderStep
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.plan import PlanSkip, PlanSkipUndone
from api.models.reminder import Reminder
from api.services.reminders.send_due import send_due_reminders
from tests.support.builders import Clinic, Signed, a_clinic, a_questionnaire, a_text
from tests.support.plans_over_http import today

REASON = "in hospital"


@pytest.fixture
def slot() -> str:
    """A slot that is due."""
    return f"bpi-sf:{today()}"


def url_of(clinic: Clinic) -> str:
    return f"/v1/patients/{clinic.patient.id}/plan/skips"


def skip(client: FlaskClient, clinic: Clinic, slot: str) -> TestResponse:
    sent = {"slot": slot, "reason": REASON}
    answer = client.post(url_of(clinic), json=sent, headers=clinic.nurse.headers)
    assert answer.status_code == 201
    return answer


def undo(client: FlaskClient, clinic: Clinic, slot: str, who: Signed | None = None) -> TestResponse:
    return client.delete(f"{url_of(clinic)}/{slot}", headers=(who or clinic.clinician).headers)


def due_of(client: FlaskClient, clinic: Clinic) -> list[Any]:
    items = client.get("/v1/me/due", headers=clinic.patient.headers).json["items"]
    return [item["slot"] for item in items]


def test_a_skipped_slot_is_due_again_and_the_reason_is_kept(
    client: FlaskClient, clinic: Clinic, database: Database, slot: str
) -> None:
    skip(client, clinic, slot)
    assert slot not in due_of(client, clinic)
    answer = undo(client, clinic, slot)
    assert (answer.status_code, answer.json["state"], answer.json["reason"]) == (200, "due", None)
    assert slot in due_of(client, clinic)
    with database.read() as session:
        assert session.scalars(select(PlanSkip)).all() == []
        kept = session.scalars(select(PlanSkipUndone)).one()
        audited = session.scalars(select(AuditRow).where(AuditRow.action == "plan.skip_undone")).one()
    assert (kept.what, kept.due_on, kept.reason) == ("bpi-sf", today(), REASON)
    assert (kept.skipped_by, kept.undone_by) == (clinic.nurse.id, clinic.clinician.id)
    assert (audited.actor_id, audited.patient_id) == (clinic.clinician.id, clinic.patient.id)
    assert audited.detail == {"slot": slot}


def test_undoing_again_changes_nothing_and_it_can_be_skipped_anew(
    client: FlaskClient, clinic: Clinic, database: Database, slot: str
) -> None:
    for _ in range(2):
        skip(client, clinic, slot)
        first = undo(client, clinic, slot)
        again = undo(client, clinic, slot)
        assert (again.status_code, again.json) == (200, first.json)
    with database.read() as session:
        assert len(session.scalars(select(PlanSkipUndone)).all()) == 2
        assert len(session.scalars(select(AuditRow).where(AuditRow.action == "plan.skip_undone")).all()) == 2


def test_a_skip_under_another_plan_is_undone_by_the_overlapping_slot(
    client: FlaskClient, clinic: Clinic, slot: str
) -> None:
    skip(client, clinic, slot)
    put = client.put(
        f"/v1/patients/{clinic.patient.id}/plan", json={"preset": "article"}, headers=clinic.nurse.headers
    )
    assert put.status_code == 200
    (skipped,) = [each for each in put.json["slots"] if each["state"] == "skipped"]
    assert undo(client, clinic, skipped["id"]).json["state"] == "due"


def test_a_slot_answered_in_spite_of_the_skip_stays_done(
    client: FlaskClient, clinic: Clinic, slot: str
) -> None:
    skip(client, clinic, slot)
    sent = a_questionnaire({"worst": 7})
    assert client.post("/v1/me/assessments", json=sent, headers=clinic.patient.headers).status_code == 201
    answer = undo(client, clinic, slot)
    assert (answer.json["state"], answer.json["done_on"], answer.json["reason"]) == (
        "done", str(today()), None
    )  # fmt: skip


def test_a_task_that_was_requested_before_is_requested_again(
    client: FlaskClient, clinic: Clinic, database: Database, slot: str
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        patient = update(Patient).where(Patient.id == clinic.patient.id)
        session.execute(patient.values(is_prompted=True, check_in_due_at=now + timedelta(days=7)))
        a_text(session, clinic.site, "bpi-sf", now=now)
        session.add(_asked(clinic, slot, now))
    skip(client, clinic, slot)
    assert _reminder(database).closed_because == ClosedReason.SKIPPED
    undo(client, clinic, slot)
    opened = _reminder(database)
    assert (opened.closed_at, opened.closed_because, opened.step) == (None, None, None)
    with database.begin() as session:
        session.execute(patient.values(next_reminder_check_at=now - timedelta(minutes=1)))
    with database.begin() as session:
        send_due_reminders(session, now=datetime.now(UTC))
    asked = _reminder(database)
    assert (asked.step, asked.times) == (ReminderStep.PROMPTED, 2)
    with database.read() as session:
        kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert set(kinds) <= {MessageKind.REASSESSMENT, MessageKind.SUMMARY}
    assert kinds


def _asked(clinic: Clinic, slot: str, now: datetime) -> Reminder:
    return Reminder(
        site_id=clinic.site.id,
        patient_id=clinic.patient.id,
        purpose="reassessment",
        slot=slot,
        due_at=now - timedelta(days=3),
        created_at=now - timedelta(days=3),
        asked_on=today() - timedelta(days=3),
        step=ReminderStep.NUDGED,
        stepped_on=today() - timedelta(days=2),
        times=1,
    )


def _reminder(database: Database) -> Reminder:
    with database.read() as session:
        return session.scalars(select(Reminder).where(Reminder.purpose == "reassessment")).one()


@pytest.mark.parametrize("slot", ["bpi-sf:2020-01-01", "vas", "bpi-sf"])
def test_an_unknown_slot_is_named(client: FlaskClient, clinic: Clinic, slot: str) -> None:
    refused = undo(client, clinic, slot)
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/unknown-slot")
    assert list(refused.json["errors"]) == ["slot"]


def test_a_caller_who_may_not_skip_may_not_undo_a_skip(
    client: FlaskClient, clinic: Clinic, database: Database, slot: str
) -> None:
    skip(client, clinic, slot)
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    assert undo(client, clinic, slot, clinic.patient).status_code == 403
    assert undo(client, clinic, slot, other.nurse).status_code == 404
    with database.read() as session:
        assert len(session.scalars(select(PlanSkip)).all()) == 1


def test_no_skip_is_undone_for_a_patient_who_has_left(client: FlaskClient, clinic: Clinic, slot: str) -> None:
    skip(client, clinic, slot)
    headers = clinic.nurse.headers | {"If-Match": "*"}
    left = client.patch(f"/v1/patients/{clinic.patient.id}", json={"status": "completed"}, headers=headers)
    assert left.status_code == 200
    refused = undo(client, clinic, slot)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/patient-not-active")
