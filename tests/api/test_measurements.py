"""Measurements over HTTP: recorded once, asked about when unlikely, corrected with history, for staff."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.measurement import MeasurementRow
from api.models.patient import Patient
from tests.support.builders import Clinic, a_clinic, a_patient, a_report

TODAY = datetime.now(UTC).date()
GRIP = {"kind": "grip_strength", "hand": "left", "dominant": False, "tries": [20, 21, 25], "unit": "kg"}
LEVEL = {"kind": "vitamin_d", "value": 15, "unit": "ng/ml"}
WEIGHT = {"kind": "weight", "value": 70, "unit": "kg"}


def url_of(clinic: Clinic) -> str:
    return f"/v1/patients/{clinic.patient.id}/measurements"


def new(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "measured_on": str(TODAY), **body, **changes}


def post(client: FlaskClient, clinic: Clinic, body: Any) -> Any:
    return client.post(url_of(clinic), json=body, headers=clinic.nurse.headers)


def recorded(client: FlaskClient, clinic: Clinic, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = post(client, clinic, new(body, **changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def listed(client: FlaskClient, clinic: Clinic, query: str = "") -> Any:
    return client.get(url_of(clinic) + query, headers=clinic.nurse.headers).json


def trajectory(client: FlaskClient, clinic: Clinic, query: str = "") -> Any:
    url = f"/v1/patients/{clinic.patient.id}/trajectory{query}"
    return client.get(url, headers=clinic.nurse.headers).json


def change(client: FlaskClient, clinic: Clinic, method: str, of: dict[str, Any], **sent: Any) -> Any:
    match = sent.pop("match", f'"{of["version"]}"')
    headers = {**clinic.nurse.headers, **({"If-Match": match} if match else {})}
    return client.open(f"{url_of(clinic)}/{of['id']}", method=method, headers=headers, **sent)


def test_a_measurement_is_recorded_once_with_its_values_in_both_units(
    client: FlaskClient, clinic: Clinic
) -> None:
    body = new(LEVEL)
    first, again = post(client, clinic, body), post(client, clinic, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["ETag"] == '"1"'
    assert first.headers["Location"].endswith(f"/measurements/{body['id']}")
    assert again.json == first.json
    assert first.json["values"] == {"ng_per_ml": 15, "nmol_per_l": 37.44}
    assert first.json["entered_values"] == {"value": 15, "unit": "ng/ml"}
    assert first.json["recorded_by"] == str(clinic.nurse.id)
    assert "low, 10 to under 20 ng/ml" in first.json["interpretation"]["description"]
    assert [each["id"] for each in listed(client, clinic)["items"]] == [body["id"]]


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(
    client: FlaskClient, clinic: Clinic
) -> None:
    body = new(WEIGHT)
    post(client, clinic, body)
    for other in ({**body, "value": 71}, new(LEVEL, id=body["id"])):
        answer = post(client, clinic, other)
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/measurement-conflict")
    assert listed(client, clinic)["items"][0]["values"] == {"kg": 70}


def test_a_late_retry_after_a_correction_is_still_a_duplicate(client: FlaskClient, clinic: Clinic) -> None:
    body = new(WEIGHT)
    first = post(client, clinic, body).json
    assert change(client, clinic, "PUT", first, json={**body, "value": 72}).status_code == 200
    again = post(client, clinic, body)
    assert (again.status_code, again.json["values"], again.json["version"]) == (200, {"kg": 72}, 2)


def test_an_unlikely_value_is_asked_about_with_its_range_and_kept_once_confirmed(
    client: FlaskClient, clinic: Clinic
) -> None:
    body = new(GRIP, tries=[20, 75])
    asked = post(client, clinic, body)
    assert (asked.status_code, asked.json["type"]) == (422, "/problems/implausible-measurement")
    assert asked.json["errors"] == {"tries.1": "75 kg is unlikely: 2 to 60 kg is plausible"}
    assert listed(client, clinic)["items"] == []
    kept = post(client, clinic, {**body, "confirmed": True})
    assert (kept.status_code, kept.json["confirmed"]) == (201, True)
    assert post(client, clinic, {**body, "confirmed": True}).status_code == 200


def test_what_cannot_be_is_refused_whatever_is_confirmed(client: FlaskClient, clinic: Clinic) -> None:
    answer = post(client, clinic, new(GRIP, tries=[120], confirmed=True))
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-measurement")
    assert answer.json["errors"] == {"tries.0": "120 kg cannot be: 0 to 100 kg is possible"}
    assert post(client, clinic, [1]).status_code == 422


def test_a_correction_keeps_the_former_content_and_its_author(client: FlaskClient, clinic: Clinic) -> None:
    first = recorded(client, clinic, WEIGHT, note="with shoes")
    body = {"kind": "weight", "measured_on": first["measured_on"], "value": 160, "unit": "lb"}
    assert change(client, clinic, "PUT", first, json=body, match=None).status_code == 428
    assert change(client, clinic, "PUT", first, json=body, match='"7"').status_code == 412
    done = change(client, clinic, "PUT", first, json=body)
    assert (done.status_code, done.headers["ETag"]) == (200, '"2"')
    assert done.json["values"] == {"kg": 72.574779}
    assert change(client, clinic, "PUT", first, json=body).status_code == 200, "a retry is safe"
    url = f"{url_of(clinic)}/{first['id']}/versions"
    [before] = client.get(url, headers=clinic.clinician.headers).json["items"]
    assert (before["version"], before["values"], before["note"]) == (1, {"kg": 70}, "with shoes")
    assert (before["recorded_by"], before["superseded_by"]) == (str(clinic.nurse.id), str(clinic.nurse.id))
    one = client.get(f"{url_of(clinic)}/{first['id']}", headers=clinic.clinician.headers)
    assert (one.json["version"], one.headers["ETag"]) == (2, '"2"')


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "vitamin_d", "unit": "ng/ml"}, "kind"),
        ({"id": str(uuid4())}, "id"),
        ({"value": -5}, "value"),
    ],
)
def test_a_correction_is_read_as_strictly_and_keeps_id_and_kind(
    client: FlaskClient, clinic: Clinic, changes: dict[str, Any], field: str
) -> None:
    first = recorded(client, clinic, WEIGHT)
    answer = change(client, clinic, "PUT", first, json=new(WEIGHT, id=first["id"]) | changes)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_withdrawn_measurement_no_longer_counts_and_can_come_back(
    client: FlaskClient, clinic: Clinic
) -> None:
    first = recorded(client, clinic, LEVEL, note="hush")
    assert trajectory(client, clinic)["considerations"] != []
    assert change(client, clinic, "DELETE", first, match=None).status_code == 428
    assert change(client, clinic, "DELETE", first).status_code == 204
    assert change(client, clinic, "DELETE", first).status_code == 204, "a retry is safe"
    [tombstone] = listed(client, clinic)["items"]
    assert tombstone["withdrawn"] is True
    gone = [tombstone[name] for name in ("entered_values", "values", "note", "interpretation")]
    assert gone == [None, None, None, None]
    course = trajectory(client, clinic)
    assert (course["measurements"], course["considerations"]) == ([], [])
    back = change(client, clinic, "PUT", tombstone, json=new(LEVEL, id=first["id"]))
    assert (back.status_code, back.json["withdrawn"], back.json["version"]) == (200, False, 3)
    assert len(trajectory(client, clinic)["measurements"]) == 1


def test_an_unknown_measurement_is_not_found(client: FlaskClient, clinic: Clinic) -> None:
    nowhere = {"id": str(uuid4()), "version": 1}
    for answer in (
        change(client, clinic, "GET", nowhere),
        change(client, clinic, "PUT", nowhere, json=new(WEIGHT, id=nowhere["id"])),
        change(client, clinic, "DELETE", nowhere),
        client.get(f"{url_of(clinic)}/{nowhere['id']}/versions", headers=clinic.nurse.headers),
    ):
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-measurement")


def test_a_measurement_is_found_under_its_own_patient_only(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    first = recorded(client, clinic, WEIGHT)
    with database.begin() as session:
        berta = a_patient(session, clinic.team, now=datetime.now(UTC))
    url = f"/v1/patients/{berta.id}/measurements"
    assert client.get(f"{url}/{first['id']}", headers=clinic.nurse.headers).status_code == 404
    same_id = client.post(url, json=new(WEIGHT, id=first["id"], value=80), headers=clinic.nurse.headers)
    assert same_id.status_code == 201, "an id belongs to one patient and reveals nothing of another's"


def test_another_site_and_a_service_account_cannot_record(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=datetime.now(UTC), name="Another site")
    foreign = client.post(url_of(clinic), json=new(WEIGHT), headers=elsewhere.nurse.headers)
    assert (foreign.status_code, foreign.json["type"]) == (404, "/problems/unknown-patient")
    assert client.post(url_of(clinic), json=new(WEIGHT), headers=clinic.scheduler.headers).status_code == 403
    assert client.get(url_of(clinic), headers=clinic.scheduler.headers).status_code == 200


def test_after_monitoring_has_ended_nothing_new_is_taken_but_a_retry_is_answered(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    body = new(WEIGHT)
    first = post(client, clinic, body).json
    with database.begin() as session:
        session.execute(update(Patient).where(Patient.id == clinic.patient.id).values(status="completed"))
    answer = post(client, clinic, new(WEIGHT))
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/patient-not-active")
    assert post(client, clinic, body).status_code == 200
    assert change(client, clinic, "PUT", first, json={**body, "value": 69}).status_code == 200


def test_every_deed_and_every_look_is_written_down(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    first = recorded(client, clinic, WEIGHT)
    change(client, clinic, "GET", first)
    listed(client, clinic)
    change(client, clinic, "PUT", first, json=new(WEIGHT, id=first["id"], value=71))
    change(client, clinic, "DELETE", first, match='"2"')
    client.get(f"{url_of(clinic)}/{first['id']}/versions", headers=clinic.nurse.headers)
    with database.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    assert [(row.action, row.detail) for row in rows] == [
        ("measurement.recorded", {"kind": "weight", "version": 1}),
        ("measurement.read", None),
        ("measurements.read", None),
        ("measurement.corrected", {"kind": "weight", "version": 2}),
        ("measurement.withdrawn", {"kind": "weight", "version": 3}),
        ("measurement_versions.read", None),
    ]
    assert {row.patient_id for row in rows} == {clinic.patient.id}


def test_the_list_is_paged_newest_first_and_by_kind(client: FlaskClient, clinic: Clinic) -> None:
    for days in (0, 30, 60):
        recorded(client, clinic, WEIGHT, value=70 - days / 30, measured_on=str(TODAY - timedelta(days=days)))
    recorded(client, clinic, GRIP)
    weights = listed(client, clinic, "?kind=weight")
    assert [each["values"]["kg"] for each in weights["items"]] == [70, 69, 68]
    assert "1.0 kg more than on" in weights["items"][0]["interpretation"]["description"]
    assert "than on" not in weights["items"][2]["interpretation"]["description"]
    first = listed(client, clinic, "?limit=3")
    rest = listed(client, clinic, f"?limit=3&cursor={first['next']}")
    assert len({each["id"] for each in first["items"] + rest["items"]}) == 4
    assert rest["next"] is None
    for query in ("?kind=height", "?cursor=WyJub3QgYSBkYXkiLCJ4Il0", "?limit=0"):
        assert client.get(url_of(clinic) + query, headers=clinic.nurse.headers).status_code == 422


def test_a_hand_is_compared_with_itself_and_with_an_earlier_day(client: FlaskClient, clinic: Clinic) -> None:
    past = str(TODAY - timedelta(days=90))
    recorded(client, clinic, GRIP, tries=[30, 30, 30], measured_on=past)
    recorded(client, clinic, GRIP, hand="right", tries=[10], measured_on=past)
    recorded(client, clinic, GRIP, tries=[29, 29, 29])
    again = recorded(client, clinic, GRIP)
    assert "8.0 kg less than on" in again["interpretation"]["description"]
    assert "worse, by at least the 5 kg" in again["interpretation"]["description"]


def test_staff_see_measurements_of_the_period_on_the_trajectory_oldest_first(
    client: FlaskClient, clinic: Clinic
) -> None:
    past = TODAY - timedelta(days=90)
    recorded(client, clinic, WEIGHT)
    recorded(client, clinic, LEVEL, value=32, measured_on=str(past))
    assert [each["kind"] for each in trajectory(client, clinic)["measurements"]] == ["vitamin_d", "weight"]
    lately = trajectory(client, clinic, f"?since={past + timedelta(days=1)}")["measurements"]
    assert [each["kind"] for each in lately] == ["weight"]
    before = trajectory(client, clinic, f"?until={past}")["measurements"]
    assert [each["kind"] for each in before] == ["vitamin_d"]


def test_what_to_bear_in_mind_stands_beside_the_trajectory_with_verdict_and_evidence(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    assert trajectory(client, clinic)["considerations"] == []
    recorded(client, clinic, LEVEL)
    known = {"joint_disease": True, "joint_disease_note": "rheumatoid arthritis"}
    headers = {**clinic.nurse.headers, "If-Match": '"1"'}
    changed = client.patch(f"/v1/patients/{clinic.patient.id}", json=known, headers=headers)
    assert (changed.json["joint_disease"], changed.json["joint_disease_note"]) == tuple(known.values())
    diary = [
        a_report(recorded_at=datetime.now(UTC) - timedelta(days=20 - day), pain_worst=9, dose="missed")
        for day in range(20)
    ]
    client.post("/v1/me/entries", json={"entries": diary}, headers=clinic.patient.headers)
    found = {each["id"]: each for each in trajectory(client, clinic)["considerations"]}
    assert list(found) == ["vitamin-d-10-19", "joint-disease-before", "multidisciplinary"]
    assert "15.0 ng/ml" in found["vitamin-d-10-19"]["reason"]
    assert found["vitamin-d-10-19"]["verdict"] == "weak"
    assert any("Rastelli" in line for line in found["vitamin-d-10-19"]["citations"])
    assert "rheumatoid arthritis" in found["joint-disease-before"]["reason"]
    assert "a gap in taking the tablets" in found["multidisciplinary"]["reason"]


def test_the_newest_level_counts(client: FlaskClient, clinic: Clinic) -> None:
    recorded(client, clinic, LEVEL, value=8, measured_on=str(TODAY - timedelta(days=60)))
    assert [each["id"] for each in trajectory(client, clinic)["considerations"]] == ["vitamin-d-below-10"]
    recorded(client, clinic, LEVEL, value=31)
    assert trajectory(client, clinic)["considerations"] == []


def test_the_patient_sees_neither_considerations_nor_measurements_by_staff(
    client: FlaskClient, clinic: Clinic
) -> None:
    recorded(client, clinic, LEVEL)
    own = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json
    assert {"measurements", "considerations"}.isdisjoint(own)
    assert client.get(url_of(clinic), headers=clinic.patient.headers).status_code == 403
    me = client.get("/v1/me", headers=clinic.patient.headers)
    assert "joint_disease" not in me.text


def test_a_weak_grip_alone_leads_to_no_consideration_and_no_alert(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    recorded(client, clinic, GRIP, tries=[5, 5, 5])
    assert trajectory(client, clinic)["considerations"] == []
    alerts = client.get(f"/v1/patients/{clinic.patient.id}/alerts", headers=clinic.nurse.headers)
    assert alerts.json["items"] == []


def test_two_members_of_staff_who_send_the_same_make_one(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    body = new(WEIGHT)
    answers = [
        client.post(url_of(clinic), json=body, headers=who.headers)
        for who in (clinic.nurse, clinic.clinician)
    ]
    assert [answer.status_code for answer in answers] == [201, 200]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(MeasurementRow)) == 1


def test_the_number_of_queries_does_not_grow_with_the_measurements(
    client: FlaskClient, clinic: Clinic, count_queries: Any
) -> None:
    def asked() -> int:
        with count_queries() as statements:
            trajectory(client, clinic)
        return len(statements)

    recorded(client, clinic, GRIP)
    before = asked()
    for days in range(1, 6):
        recorded(client, clinic, GRIP, measured_on=str(TODAY - timedelta(days=days)))
    assert asked() == before
