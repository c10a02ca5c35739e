"""Patients ask for the erasure of their data; site admins hear of it and decide."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.privacy import erasure
from notifications.jobs import cleanup
from tests.support.builders import Clinic, Signed, a_clinic, a_patient, signed_in

MINE = "/v1/me/erasure-requests"


def ask(client: FlaskClient, who: Signed) -> dict[str, Any]:
    answer = client.post(MINE, headers=who.headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def decide(client: FlaskClient, who: Signed, request: str, **body: str) -> Any:
    return client.post(f"/v1/erasure-requests/{request}/decision", json=body, headers=who.headers)


def newest(client: FlaskClient, who: Signed) -> dict[str, Any]:
    return dict(client.get(MINE, headers=who.headers).json["items"][0])


def waiting(client: FlaskClient, who: Signed) -> list[str]:
    answer = client.get("/v1/erasure-requests", headers=who.headers)
    return [each["patient"]["id"] for each in answer.json["items"]]


def notified(database: Database) -> list[tuple[Any, Any, Any]]:
    """Return who was written to about a request, by which channel, and about whom."""
    with database.read() as session:
        about = select(OutboxMessage.recipient_id, OutboxMessage.channel, OutboxMessage.patient_id)
        rows = session.execute(about.where(OutboxMessage.kind == MessageKind.ERASURE_REQUESTED))
        return [tuple(row) for row in rows]


def test_a_request_waits_for_a_decision_and_says_what_happens(client: FlaskClient, clinic: Clinic) -> None:
    made = ask(client, clinic.patient)
    assert (made["state"], made["closed_at"], made["reason"]) == ("open", None, None)
    assert made["explanation"].startswith("Your clinic decides about this")
    asked, due = (datetime.fromisoformat(made[name]) for name in ("requested_at", "answer_by"))
    assert due - asked == timedelta(days=30)
    assert waiting(client, clinic.site_admin) == [str(clinic.patient.id)]


def test_one_request_is_open_at_a_time(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    made = ask(client, clinic.patient)
    again = client.post(MINE, headers=clinic.patient.headers)
    assert (again.status_code, again.json["id"]) == (200, made["id"])
    assert len(client.get(MINE, headers=clinic.patient.headers).json["items"]) == 1
    assert len(notified(database)) == 1


def test_the_site_admins_are_notified_by_email_and_each_week_until_they_decide(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Staff, clinic.site_admin.id).email_notices = True
    request = ask(client, clinic.patient)["id"]
    one = (clinic.site_admin.id, "email", clinic.patient.id)
    assert notified(database) == [one]
    now = datetime.now(UTC)
    for days in (1, 6, 8, 9, 13, 15):
        cleanup.delete_expired(database, now=now + timedelta(days=days))
    assert notified(database) == [one] * 3
    with database.begin() as session:
        admin = clinic.site_admin.principal
        erasure.decide(session, admin, UUID(request), accept=True, reason=None, now=now)
    cleanup.delete_expired(database, now=now + timedelta(days=22))
    assert notified(database) == [one] * 3


def test_a_site_without_an_admin_notifies_its_coordinators(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Staff, clinic.site_admin.id).active = False
    ask(client, clinic.patient)
    assert notified(database) == [(clinic.coordinator.id, "call_list", clinic.patient.id)]


def test_an_accepted_request_is_shown_as_such_and_nothing_is_said_to_be_erased(
    client: FlaskClient, clinic: Clinic
) -> None:
    request = ask(client, clinic.patient)["id"]
    decided = decide(client, clinic.site_admin, request, decision="accept").json
    assert (decided["state"], decided["decided_by"]) == ("accepted", str(clinic.site_admin.id))
    shown = newest(client, clinic.patient)
    assert shown["explanation"].startswith("Your clinic has agreed. Your data are still there")
    assert "decided_by" not in shown
    assert waiting(client, clinic.site_admin) == []


def test_a_refusal_needs_a_reason_which_the_patient_sees(client: FlaskClient, clinic: Clinic) -> None:
    request = ask(client, clinic.patient)["id"]
    without = decide(client, clinic.site_admin, request, decision="refuse")
    assert (without.status_code, set(without.json["errors"])) == (422, {"reason"})
    reason = "The law obliges us to keep your record."
    assert decide(client, clinic.site_admin, request, decision="refuse", reason=reason).status_code == 200
    shown = newest(client, clinic.patient)
    assert (shown["state"], shown["reason"]) == ("refused", reason)
    assert ask(client, clinic.patient)["id"] != request


def test_what_a_state_means_is_said_in_the_language_of_the_patient(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).language = "fr"
    assert ask(client, clinic.patient)["explanation"].startswith("Votre clinique en décide")


def test_a_patient_takes_an_open_request_back_and_not_a_decided_one(
    client: FlaskClient, clinic: Clinic
) -> None:
    first = ask(client, clinic.patient)["id"]
    for _ in range(2):
        answer = client.post(f"{MINE}/{first}/withdrawal", headers=clinic.patient.headers)
        assert (answer.status_code, answer.json["state"]) == (200, "withdrawn")
    late = decide(client, clinic.site_admin, first, decision="accept")
    assert (late.status_code, late.json["type"]) == (409, "/problems/erasure-request-closed")
    second = ask(client, clinic.patient)["id"]
    decide(client, clinic.site_admin, second, decision="accept")
    answer = client.post(f"{MINE}/{second}/withdrawal", headers=clinic.patient.headers)
    assert answer.status_code == 409
    assert newest(client, clinic.patient)["state"] == "accepted"


@pytest.mark.parametrize("who", ["nurse", "clinician", "coordinator", "scheduler", "patient"])
def test_only_a_site_admin_sees_and_decides_requests(client: FlaskClient, clinic: Clinic, who: str) -> None:
    request = ask(client, clinic.patient)["id"]
    caller = getattr(clinic, who)
    assert client.get("/v1/erasure-requests", headers=caller.headers).status_code == 403
    assert decide(client, caller, request, decision="accept").status_code == 403


def test_an_admin_of_another_site_neither_sees_nor_decides_a_request(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=datetime.now(UTC), name="Another site")
    request = ask(client, clinic.patient)["id"]
    assert waiting(client, elsewhere.site_admin) == []
    assert decide(client, elsewhere.site_admin, request, decision="accept").status_code == 404
    assert newest(client, clinic.patient)["state"] == "open"


def test_requests_are_listed_oldest_first_in_pages(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    at, expected = datetime.now(UTC), []
    with database.begin() as session:
        for minutes in (3, 1, 2):
            made = signed_in(session, a_patient(session, clinic.team, now=at), now=at)
            erasure.request_erasure(session, made.principal, now=at - timedelta(minutes=minutes))
            expected.append((minutes, str(made.id)))
    url, seen = "/v1/erasure-requests?limit=2", []
    while url:
        page = client.get(url, headers=clinic.site_admin.headers).json
        seen += [each["patient"]["id"] for each in page["items"]]
        url = f"/v1/erasure-requests?limit=2&cursor={page['next']}" if page["more"] else ""
    assert seen == [patient for _, patient in sorted(expected, reverse=True)]


def test_every_step_is_audited_and_the_patient_sees_it(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    request = ask(client, clinic.patient)["id"]
    waiting(client, clinic.site_admin)
    decide(client, clinic.site_admin, request, decision="accept")
    with database.read() as session:
        acts = session.execute(select(AuditRow.action, AuditRow.actor_kind).order_by(AuditRow.id)).all()
    assert acts == [
        ("erasure.requested", "patient"),
        ("erasure_requests.listed", "staff"),
        ("erasure.accepted", "staff"),
    ]
    [use] = client.get("/v1/me/audit", headers=clinic.patient.headers).json["items"]
    assert use["sentence"] == "Your request to erase your data was accepted."
