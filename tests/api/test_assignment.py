"""Assignment of alerts to members of staff."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.site import Team
from api.models.staff import Staff
from notifications.jobs.escalation import reopen_unresolved
from tests.support.builders import Clinic, a_clinic, a_member_of_staff, a_report, signed_in


@pytest.fixture
def alert(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    """An open alert of the clinic's patient."""
    client.post("/v1/me/entries", json=a_report(wants_to_stop=True), headers=clinic.patient.headers)
    [found] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    return dict(found)


def assign(client: FlaskClient, clinic: Clinic, alert: dict[str, Any], to: UUID | None) -> Any:
    return client.post(
        f"/v1/alerts/{alert['id']}/assignment",
        json={"to": str(to) if to else None},
        headers={**clinic.nurse.headers, "If-Match": f'"{alert["version"]}"'},
    )


def test_an_alert_is_assigned_and_its_history_names_both(
    client: FlaskClient, clinic: Clinic, alert: dict[str, Any], database: Database
) -> None:
    done = assign(client, clinic, alert, clinic.clinician.id).json
    clinician = {"id": str(clinic.clinician.id), "name": "A clinician"}
    nurse = {"id": str(clinic.nurse.id), "name": "A nurse"}
    assert (done["assigned_to"], done["status"], done["version"]) == (clinician, "open", alert["version"] + 1)
    assert done["next_rung_at"] == alert["next_rung_at"], "it is no answer"
    last = done["history"][-1]
    assert (last["action"], last["by"], last["assigned_to"]) == ("assigned", nurse, clinician)
    [listed] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert listed["assigned_to"] == clinician
    assert assign(client, clinic, done, clinic.clinician.id).json["version"] == done["version"]
    assert assign(client, clinic, done, None).json["assigned_to"] is None
    with database.read() as session:
        acts = select(AuditRow.action).where(AuditRow.object_id == UUID(alert["id"])).order_by(AuditRow.id)
        assert session.scalars(acts).all()[-2:] == ["alert.assigned", "alert.unassigned"]


def test_an_assignment_names_the_version_it_is_based_on(
    client: FlaskClient, clinic: Clinic, alert: dict[str, Any]
) -> None:
    assign(client, clinic, alert, clinic.clinician.id)
    assert assign(client, clinic, alert, clinic.nurse.id).status_code == 412
    path = f"/v1/alerts/{alert['id']}/assignment"
    assert client.post(path, json={"to": None}, headers=clinic.nurse.headers).status_code == 428


def test_only_staff_who_may_answer_an_alert_can_have_it(
    client: FlaskClient, clinic: Clinic, alert: dict[str, Any], database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        another = Team(id=uuid4(), site_id=clinic.site.id, name="Another team")
        session.add(another)
        session.flush()
        of_another_team = a_member_of_staff(session, another, now=now).id
        inactive = a_member_of_staff(session, clinic.team, now=now, active=False).id
        elsewhere = a_clinic(session, now=now, name="Elsewhere").coordinator.id
    for who in (of_another_team, inactive, elsewhere, clinic.patient.id, uuid4()):
        refused = assign(client, clinic, alert, who)
        assert (refused.status_code, refused.json["type"]) == (422, "/problems/unknown-assignee")
    assert assign(client, clinic, alert, clinic.coordinator.id).status_code == 200


def test_who_acknowledges_an_alert_has_it_until_it_opens_again(
    client: FlaskClient, clinic: Clinic, alert: dict[str, Any], database: Database
) -> None:
    assign(client, clinic, alert, clinic.clinician.id)
    path = f"/v1/alerts/{alert['id']}"
    done = client.post(f"{path}/acknowledgement", headers=clinic.nurse.headers).json
    assert done["assigned_to"]["id"] == done["acknowledged_by"]["id"] == str(clinic.nurse.id)
    assert reopen_unresolved(database, now=datetime.now(UTC) + timedelta(days=8)) == 1
    again = client.get(path, headers=clinic.nurse.headers).json
    assert (again["status"], again["assigned_to"], again["acknowledged_by"]) == ("open", None, None)


def test_a_snoozed_alert_comes_back_to_who_has_it(
    client: FlaskClient, clinic: Clinic, alert: dict[str, Any], database: Database
) -> None:
    assign(client, clinic, alert, clinic.clinician.id)
    path, soon = f"/v1/alerts/{alert['id']}", datetime.now(UTC) + timedelta(hours=1)
    client.post(f"{path}/snooze", json={"until": soon.isoformat()}, headers=clinic.nurse.headers)
    assert reopen_unresolved(database, now=soon + timedelta(hours=1)) == 1
    again = client.get(path, headers=clinic.nurse.headers).json
    assert (again["status"], again["assigned_to"]["name"]) == ("open", "A clinician")


def test_a_closed_alert_is_not_assigned(client: FlaskClient, clinic: Clinic, alert: dict[str, Any]) -> None:
    headers = {**clinic.nurse.headers, "If-Match": f'"{alert["version"]}"'}
    client.post(f"/v1/alerts/{alert['id']}/resolution", json={"outcome": "referred"}, headers=headers)
    refused = assign(client, clinic, alert, clinic.nurse.id)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/alert-already-closed")


def test_names_for_a_choice_come_without_addresses(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        session.get_one(Staff, clinic.clinician.id).active = False
        newcomer = a_member_of_staff(session, clinic.team, now=datetime.now(UTC), name="Zoe")
        headers = signed_in(session, newcomer, now=datetime.now(UTC)).headers
    items = client.get("/v1/staff?active=true", headers=headers).json["items"]
    assert [each["name"] for each in items] == ["A coordinator", "A nurse", "A site_admin", "Zoe"]
    assert not any("email" in each for each in items)
