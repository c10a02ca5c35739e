"""Slots of a plan over HTTP: requested until done or skipped, and never again."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.plans.presets import ARTICLE
from api.models.audit import AuditRow
from api.models.patient import Patient
from api.models.plan import PlanSkip
from api.services.reminders.send_due import send_due_reminders
from tests.support.builders import Clinic, a_measurement, a_patient, a_report, signed_in
from tests.support.plans_over_http import (
    DAY,
    OURS,
    ago,
    answer,
    due_of,
    enrolled,
    plan_of,
    put,
    put_site,
    skip,
    states,
    today,
)


def test_a_new_patient_gets_baseline_questionnaires_and_never_a_scan(
    client: FlaskClient, clinic: Clinic
) -> None:
    items = due_of(client, clinic)
    assert [item["instrument"] for item in items] == ["bpi-sf", "haq-di", "siqr"]
    assert {item["kind"] for item in items} == {"assessment"}
    assert not any(item["overdue"] for item in items)
    assert items[0]["slot"] == f"bpi-sf:{today()}"
    assert datetime.fromisoformat(items[0]["due_at"]) <= datetime.now(UTC)
    assert items[0]["notice"] == "wording not licensed at this site"
    assert items[2]["titles"] == {
        "en": "Symptom Impact Questionnaire (SIQR)",
        "de": "Fragebogen zu Auswirkungen der Beschwerden (SIQR)",
        "es": "Cuestionario de impacto de los síntomas (SIQR)",
        "fr": "Questionnaire d'impact des symptômes (SIQR)",
    }
    assert states(plan_of(client, clinic), "bone_density")[str(today())] == "due"


def test_a_completed_questionnaire_is_done_a_partial_one_is_not(client: FlaskClient, clinic: Clinic) -> None:
    answer(client, clinic, status="partial")
    assert "bpi-sf" in [item["instrument"] for item in due_of(client, clinic)]
    sent = answer(client, clinic)
    assert "bpi-sf" not in [item["instrument"] for item in due_of(client, clinic)]
    (slot,) = [each for each in plan_of(client, clinic)["slots"] if each["id"] == f"bpi-sf:{today()}"]
    assert (slot["state"], slot["done_on"]) == ("done", str(today()))
    withdrawn = client.delete(
        f"/v1/me/assessments/{sent['id']}", headers=clinic.patient.headers | {"If-Match": "*"}
    )
    assert withdrawn.status_code == 204
    assert "bpi-sf" in [item["instrument"] for item in due_of(client, clinic)]


def test_a_measurement_and_an_entry_are_done(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    before = plan_of(client, clinic)
    assert states(before, "check_in")[str(today())] == "due"
    with database.begin() as session:
        scan = {"kind": "bone_density", "site": "total_hip", "t_score": -1.2}
        a_measurement(session, clinic.patient.id, scan)
    client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    after = plan_of(client, clinic)
    assert states(after, "bone_density")[str(today())] == "done"
    assert states(after, "check_in")[str(today())] == "done"


def test_due_overdue_missed_and_next(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    enrolled(database, clinic, 60)
    start = ago(60)
    answer(client, clinic, on=start)
    shown = plan_of(client, clinic)
    assert shown["started_on"] == str(start)
    assert states(shown, "bpi-sf") == {
        str(start): "done", str(start + 42 * DAY): "overdue", str(start + 84 * DAY): "upcoming"
    }  # fmt: skip
    assert states(shown, "haq-di")[str(start)] == "missed"
    (late,) = [item for item in due_of(client, clinic) if item["instrument"] == "bpi-sf"]
    assert late["overdue"] is True


def test_a_check_in_is_listed_with_the_questionnaires_and_me_shows_the_same(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        asked_at = datetime.now(UTC) - timedelta(hours=1)
        this_patient = Patient.id == clinic.patient.id
        no_quiet_hours = {"quiet_from": time(0), "quiet_until": time(0)}  # the test runs at any time of day
        session.execute(
            update(Patient).where(this_patient).values(check_in_due_at=asked_at, **no_quiet_hours)
        )
    with database.begin() as session:
        send_due_reminders(session, now=datetime.now(UTC))
    items = due_of(client, clinic)
    assert "check_in" in [item["kind"] for item in items]
    mine = client.get("/v1/me", headers=clinic.patient.headers).json["due"]
    assert mine == items
    client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    assert "check_in" not in [item["kind"] for item in due_of(client, clinic)]


def test_the_drugs_first_day_is_the_start_where_it_comes_after_enrolment(
    client: FlaskClient, clinic: Clinic
) -> None:
    start = str(today() + 20 * DAY)
    changed = client.patch(
        f"/v1/patients/{clinic.patient.id}",
        json={"ai_started_on": start},
        headers=clinic.nurse.headers | {"If-Match": "*"},
    )
    assert changed.status_code == 200
    shown = plan_of(client, clinic)
    assert shown["started_on"] == start
    assert states(shown, "bpi-sf") == {start: "upcoming"}
    answer(client, clinic)
    assert states(plan_of(client, clinic), "bpi-sf")[start] == "done", "the baseline is from before"


def test_a_changed_plan_requests_nothing_that_was_done_or_skipped(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    enrolled(database, clinic, 43)
    answer(client, clinic, on=ago(43))
    answer(client, clinic, on=ago(2))
    assert skip(client, clinic, f"haq-di:{ago(1)}").status_code == 201
    before = {
        slot["id"]: slot["state"]
        for slot in plan_of(client, clinic)["slots"]
        if slot["state"] in {"done", "skipped"}
    }
    assert len(before) == 3
    weekly = {"what": "bpi-sf", "at_weeks": [0, 3, 6, 9], "late_days": 7, "source": "Ward 3"}
    plans = ({"preset": "article"}, {"document": OURS}, {"document": OURS | {"courses": [weekly]}})
    for body in (*plans, {"preset": "site"}):
        assert put(client, clinic, body).status_code == 200
        slots = plan_of(client, clinic)["slots"]
        assert before.items() <= {slot["id"]: slot["state"] for slot in slots}.items()
        assert "bpi-sf" not in [item["instrument"] for item in due_of(client, clinic)]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
def test_slots_stay_on_their_days_when_the_patient_changes_time_zone(
    client: FlaskClient, clinic: Clinic, database: Database, zone: str
) -> None:
    enrolled(database, clinic, 50)
    answer(client, clinic, on=ago(50))
    answer(client, clinic, on=ago(5))
    skip(client, clinic, f"haq-di:{ago(8)}")
    before = plan_of(client, clinic)
    moved = client.patch(
        "/v1/me", json={"timezone": zone}, headers=clinic.patient.headers | {"If-Match": "*"}
    )
    assert moved.status_code == 200
    after = plan_of(client, clinic)
    assert after["started_on"] == before["started_on"]
    assert [(slot["id"], slot["state"]) for slot in after["slots"] if slot["task"] != "check_in"] == [
        (slot["id"], slot["state"]) for slot in before["slots"] if slot["task"] != "check_in"
    ]


def test_a_site_that_changes_its_plan_does_so_for_those_enrolled_before_and_after(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    enrolled(database, clinic, 60)
    put_site(client, clinic, {"preset": "article"})
    with database.begin() as session:
        team = clinic.team
        fresh = signed_in(session, a_patient(session, team, now=datetime.now(UTC)), now=datetime.now(UTC))
    url = f"/v1/patients/{fresh.id}/plan"
    slots = client.get(url, headers=clinic.nurse.headers).json["slots"]
    assert {slot["plan"] for slot in slots} == {"article"}
    assert {slot["task"] for slot in slots} == {course.task for course in ARTICLE.courses}
    old = plan_of(client, clinic)
    assert {slot["plan"] for slot in old["slots"] if slot["task"] == "siqr"} == {"evidence"}
    assert "siqr" not in [slot["task"] for slot in old["slots"] if slot["state"] in {"due", "overdue"}]


def test_a_slot_is_skipped_with_its_reason_once(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    slot = f"bone_density:{today()}"
    first = skip(client, clinic, slot, "scanned elsewhere in May")
    assert first.status_code == 201
    assert (first.json["state"], first.json["reason"]) == ("skipped", "scanned elsewhere in May")
    again = skip(client, clinic, slot, "scanned elsewhere in May")
    assert (again.status_code, again.json) == (200, first.json)
    other = skip(client, clinic, slot, "forgotten")
    assert (other.status_code, other.json["type"]) == (409, "/problems/slot-settled")
    with database.read() as session:
        (row,) = session.scalars(select(PlanSkip)).all()
        assert (row.what, row.due_on, row.skipped_by) == ("bone_density", today(), clinic.nurse.id)
        audited = session.scalars(select(AuditRow).where(AuditRow.action == "plan.skipped")).one()
    assert audited.detail == {"slot": slot}


def test_a_skipped_slot_is_not_requested_and_an_answer_still_counts(
    client: FlaskClient, clinic: Clinic
) -> None:
    skip(client, clinic, f"bpi-sf:{today()}")
    assert "bpi-sf" not in [item["instrument"] for item in due_of(client, clinic)]
    answer(client, clinic)
    assert states(plan_of(client, clinic), "bpi-sf")[str(today())] == "done"


def test_a_done_or_unknown_slot_cannot_be_skipped(client: FlaskClient, clinic: Clinic) -> None:
    answer(client, clinic)
    done = skip(client, clinic, f"bpi-sf:{today()}")
    assert (done.status_code, done.json["type"]) == (409, "/problems/slot-settled")
    for slot in ("bpi-sf:2020-01-01", "vas", f"fiq:{today()}"):
        unknown = skip(client, clinic, slot)
        assert (unknown.status_code, unknown.json["type"]) == (422, "/problems/unknown-slot")
        assert list(unknown.json["errors"]) == ["slot"]
    empty = skip(client, clinic, f"haq-di:{today()}", " ")
    assert (empty.status_code, list(empty.json["errors"])) == (422, ["reason"])
