"""Those who watch over the data see who looked at it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.audit import AuditRow
from tests.support.builders import Clinic, a_clinic, a_patient

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def read_somebody(client: FlaskClient, clinic: Clinic, times: int = 1) -> None:
    for _ in range(times):
        client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.nurse.headers)


def test_an_admin_sees_who_looked_at_whom(client: FlaskClient, clinic: Clinic) -> None:
    read_somebody(client, clinic)
    [act] = client.get("/v1/audit", headers=clinic.site_admin.headers).json["items"]
    assert (act["action"], act["actor_kind"]) == ("patient.read", "staff")
    assert (act["actor_id"], act["patient_id"]) == (str(clinic.nurse.id), str(clinic.patient.id))


def test_the_trail_is_newest_first_and_read_in_pages(client: FlaskClient, clinic: Clinic) -> None:
    read_somebody(client, clinic, times=3)
    query = f"patient_id={clinic.patient.id}&limit=2"
    first = client.get(f"/v1/audit?{query}", headers=clinic.site_admin.headers).json
    rest = client.get(f"/v1/audit?{query}&cursor={first['next']}", headers=clinic.site_admin.headers).json
    numbers = [act["id"] for act in first["items"] + rest["items"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 3
    assert rest["next"] is None


def test_reading_the_trail_is_written_into_it(client: FlaskClient, clinic: Clinic) -> None:
    client.get("/v1/audit", headers=clinic.site_admin.headers)
    [act] = client.get("/v1/audit", headers=clinic.scheduler.headers).json["items"]
    assert (act["action"], act["detail"]) == ("audit.read", {"count": 0, "patients": []})


def test_a_site_sees_its_own_trail_only(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=datetime.now(UTC), name="Another site")
    read_somebody(client, elsewhere)
    assert client.get("/v1/audit", headers=clinic.site_admin.headers).json["items"] == []
    for patient_id in (elsewhere.patient.id, uuid4()):
        url = f"/v1/audit?patient_id={patient_id}"
        assert client.get(url, headers=clinic.site_admin.headers).status_code == 404


def test_a_cursor_of_another_list_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    for cursor in ("nonsense", "WyJhIl0", "WzFlOTld", "WzE4NDQ2NzQ0MDczNzA5NTUxNjE2XQ"):
        answer = client.get(f"/v1/audit?cursor={cursor}", headers=clinic.site_admin.headers)
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-cursor")


def test_a_nurse_does_not_read_the_trail(client: FlaskClient, clinic: Clinic) -> None:
    assert client.get("/v1/audit", headers=clinic.nurse.headers).status_code == 403


def test_a_patients_trail_has_the_lists_that_showed_the_patient(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        other = a_patient(session, clinic.team, now=datetime.now(UTC), reference="Q-1")
    client.get("/v1/patients", headers=clinic.nurse.headers)
    client.get("/v1/patients?reference=Q-1", headers=clinic.nurse.headers)
    client.get("/v1/reminders?due_before=9999-01-01T00:00:00Z", headers=clinic.scheduler.headers)

    def lists_that_showed(patient_id: UUID) -> list[str]:
        url = f"/v1/audit?patient_id={patient_id}"
        acts = client.get(url, headers=clinic.site_admin.headers).json["items"]
        return [act["action"] for act in acts if act["action"] != "audit.read"]

    assert lists_that_showed(clinic.patient.id) == ["patients.listed"]
    assert lists_that_showed(other.id) == ["patients.listed", "patients.listed"]


def test_the_trail_is_filtered_by_actor_action_and_time(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    read_somebody(client, clinic)
    client.get("/v1/patients", headers=clinic.nurse.headers)
    client.get(f"/v1/patients/{clinic.patient.id}", headers=clinic.coordinator.headers)
    with database.begin() as session:
        for number, row in enumerate(session.scalars(select(AuditRow).order_by(AuditRow.id))):
            row.at = NOON + timedelta(hours=number)

    def found(**query: str) -> list[tuple[str, str]]:
        answer = client.get("/v1/audit", query_string=query, headers=clinic.site_admin.headers)
        acts = [act for act in answer.json["items"] if act["action"] != "audit.read"]
        return [(act["action"], act["actor_id"]) for act in acts]

    nurse, coordinator = str(clinic.nurse.id), str(clinic.coordinator.id)
    assert found(actor_id=nurse) == [("patients.listed", nurse), ("patient.read", nurse)]
    assert found(action="patient.read") == [("patient.read", coordinator), ("patient.read", nurse)]
    later = (NOON + timedelta(hours=1)).isoformat()
    assert found(**{"from": later, "action": "patient.read"}) == [("patient.read", coordinator)]
    assert found(until=later) == [("patient.read", nurse)]
    assert found(**{"from": later, "until": later}) == []
