"""Plans over HTTP: the site's, a patient's own, what is due by them, and what was skipped."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from api.db import Sessions
from api.domain.plans.presets import ARTICLE, EVIDENCE
from api.domain.plans.reading import document_of
from api.models.audit import AuditRow
from api.models.patient import Patient, PatientZone
from api.models.plan import PlanRow, PlanSkip
from api.services.reminding.prompting import prompt_due
from tests.builders import (
    Clinic,
    Signed,
    a_clinic,
    a_measurement,
    a_patient,
    a_questionnaire,
    a_report,
    signed_in,
)

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
OURS: dict[str, Any] = {
    "name": "Ward 3",
    "courses": [{"what": "bpi-sf", "at_weeks": [0, 4], "source": "Ward 3, 1 March 2026"}],
}
ANSWERS = {"worst": 7, "least": 2, "average": 5, "now": 4}


def today() -> date:
    """Return the day it is in Berlin, where the clinic and its patient are."""
    return datetime.now(UTC).astimezone(BERLIN).date()


def ago(number: int) -> date:
    return today() - number * DAY


def noon(day: date) -> datetime:
    """Return a moment of a past day that no change of the clocks takes to another."""
    return datetime.combine(day, time(12), BERLIN)


def enrolled(database: Sessions, clinic: Clinic, days_ago: int) -> None:
    """Let the patient have been enrolled some days ago."""
    at = noon(ago(days_ago))
    with database.begin() as session:
        hers = Patient.id == clinic.patient.id
        session.execute(update(Patient).where(hers).values(enrolled_at=at))
        zones = PatientZone.patient_id == clinic.patient.id
        session.execute(update(PatientZone).where(zones).values(since=at))


def plan_of(client: FlaskClient, clinic: Clinic, who: Signed | None = None) -> dict[str, Any]:
    headers = (who or clinic.nurse).headers
    answer = client.get(f"/v1/patients/{clinic.patient.id}/plan", headers=headers)
    assert answer.status_code == 200
    return dict(answer.json)


def states(plan: dict[str, Any], what: str) -> dict[str, str]:
    return {slot["due_on"]: slot["state"] for slot in plan["slots"] if slot["what"] == what}


def put(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> TestResponse:
    return client.put(f"/v1/patients/{clinic.patient.id}/plan", json=body, headers=clinic.nurse.headers)


def put_site(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> TestResponse:
    return client.put("/v1/site/plan", json=body, headers=clinic.site_admin.headers)


def skip(client: FlaskClient, clinic: Clinic, slot: str, reason: str = "away") -> TestResponse:
    url = f"/v1/patients/{clinic.patient.id}/plan/skips"
    return client.post(url, json={"slot": slot, "reason": reason}, headers=clinic.nurse.headers)


def due_of(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    answer = client.get("/v1/me/due", headers=clinic.patient.headers)
    assert answer.status_code == 200
    return list(answer.json["items"])


def answer(client: FlaskClient, clinic: Clinic, on: date | None = None, **changes: Any) -> dict[str, Any]:
    at = noon(on) if on else datetime.now(UTC) - timedelta(minutes=1)
    sent = a_questionnaire(ANSWERS, recorded_at=at.isoformat(), **changes)
    assert client.post("/v1/me/assessments", json=sent, headers=clinic.patient.headers).status_code == 201
    return sent


# What holds


def test_until_a_site_has_set_one_the_evidences_plan_holds(client: FlaskClient, clinic: Clinic) -> None:
    shown = client.get("/v1/site/plan", headers=clinic.site_admin.headers).json
    present = shown["present"]
    assert (present["name"], present["origin"], present["effective_from"]) == ("evidence", "built_in", None)
    assert (present["document"], present["marks"], shown["coming"]) == (document_of(EVIDENCE), [], [])
    assert set(shown["presets"]) == {"article", "evidence"}
    hers = plan_of(client, clinic)
    assert hers["present"] == present
    assert (hers["started_on"], hers["today"]) == (str(today()), str(today()))


def test_a_site_chooses_the_articles_plan_and_its_mark_is_shown(client: FlaskClient, clinic: Clinic) -> None:
    answer = put_site(client, clinic, {"preset": "article", "note": "as at the other hospital"})
    assert answer.status_code == 200
    present = answer.json["present"]
    assert (present["name"], present["origin"], present["set_by"]) == ("article", "site", "A site_admin")
    assert (present["effective_from"], present["note"]) == (str(today()), "as at the other hospital")
    assert present["marks"] == [
        {"what": "bone_density", "mark": "guideline: every 24 months (ACS/ASCO 2016)"}
    ]
    hers = plan_of(client, clinic)
    assert hers["present"] == present
    assert {slot["what"] for slot in hers["slots"]} == {"bpi-sf", "fiq", "haq-di", "bone_density"}
    scan = next(slot for slot in hers["slots"] if slot["what"] == "bone_density")
    assert scan["mark"] == "guideline: every 24 months (ACS/ASCO 2016)"


def test_a_patients_own_plan_goes_before_the_sites_until_she_follows_it_again(
    client: FlaskClient, clinic: Clinic, database: Sessions
) -> None:
    shown = put(client, clinic, {"document": OURS}).json
    present = shown["present"]
    assert (present["name"], present["origin"], present["set_by"]) == ("Ward 3", "patient", "A nurse")
    assert present["document"]["courses"][0]["source"] == "Ward 3, 1 March 2026"
    assert put_site(client, clinic, {"preset": "article"}).status_code == 200
    assert plan_of(client, clinic)["present"]["name"] == "Ward 3"
    back = put(client, clinic, {"preset": "site"}).json
    assert (back["present"]["name"], back["present"]["origin"]) == ("article", "site")
    with database.read() as session:
        rows = session.scalars(select(PlanRow).order_by(PlanRow.created_at)).all()
        assert [(row.preset, row.document is None) for row in rows] == [
            (None, False), ("article", True), (None, True)
        ]  # fmt: skip
        audited = session.scalars(select(AuditRow).where(AuditRow.action == "plan.set")).all()
    assert len(audited) == 3


def test_a_plan_that_comes_later_is_shown_and_does_not_hold_yet(client: FlaskClient, clinic: Clinic) -> None:
    later = str(today() + 30 * DAY)
    shown = put(client, clinic, {"preset": "article", "effective_from": later}).json
    assert shown["present"]["name"] == "evidence"
    assert [(each["name"], each["effective_from"]) for each in shown["coming"]] == [("article", later)]


def test_the_same_plan_again_writes_nothing(client: FlaskClient, clinic: Clinic, database: Sessions) -> None:
    first = put(client, clinic, {"document": OURS})
    again = put(client, clinic, {"document": OURS, "note": "again"})
    assert (again.status_code, again.json) == (200, first.json)
    for _ in range(2):
        assert put_site(client, clinic, {"preset": "evidence"}).status_code == 200  # holds already
    with database.read() as session:
        assert len(session.scalars(select(PlanRow)).all()) == 1


def test_of_one_day_the_last_that_was_set_holds(client: FlaskClient, clinic: Clinic) -> None:
    put(client, clinic, {"preset": "article"})
    assert put(client, clinic, {"document": OURS}).json["present"]["name"] == "Ward 3"


@pytest.mark.parametrize(
    ("body", "place", "right"),
    [
        ({}, "preset", "either a preset or a document"),
        ({"preset": "article", "document": OURS}, "preset", "either"),
        ({"preset": "weekly"}, "preset", "one of"),
        ({"document": {"name": "x"}}, "document.courses", "1 to 30"),
        (
            {"document": {"name": "x", "courses": [{"what": "vas", "at_weeks": [0], "source": "s"}]}},
            "document.courses.0.what",
            "haq-di",
        ),
        ({"preset": "article", "effective_from": "2020-01-01"}, "effective_from", "is past"),
        ({"preset": "article", "effective_from": "2099-01-01"}, "effective_from", "366 days ahead"),
        ({"preset": "article", "effective_from": "soon"}, "effective_from", "date"),
        ({"preset": "article", "until": "2099-01-01"}, "until", "Unknown"),
    ],
)
def test_what_is_no_plan_is_refused_by_field(
    client: FlaskClient, clinic: Clinic, body: dict[str, Any], place: str, right: str
) -> None:
    for refused in (put(client, clinic, body), put_site(client, clinic, body)):
        assert refused.status_code == 422
        assert right in refused.json["errors"][place]
    assert plan_of(client, clinic)["present"]["origin"] == "built_in"


def test_only_a_patients_plan_can_follow_the_site(client: FlaskClient, clinic: Clinic) -> None:
    assert put_site(client, clinic, {"preset": "site"}).status_code == 422


# What is due


def test_a_new_patient_is_asked_for_her_baseline_and_never_for_a_scan(
    client: FlaskClient, clinic: Clinic
) -> None:
    items = due_of(client, clinic)
    assert [item["instrument"] for item in items] == ["bpi-sf", "haq-di", "siqr"]
    assert {item["kind"] for item in items} == {"assessment"}
    assert not any(item["overdue"] for item in items)
    assert items[0]["slot"] == f"bpi-sf:{today()}"
    assert datetime.fromisoformat(items[0]["due_at"]) <= datetime.now(UTC)
    assert items[0]["notice"] == "wording not licensed at this site"
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


def test_a_measurement_and_an_entry_are_done(client: FlaskClient, clinic: Clinic, database: Sessions) -> None:
    before = plan_of(client, clinic)
    assert states(before, "check_in")[str(today())] == "due"
    with database.begin() as session:
        scan = {"kind": "bone_density", "site": "total_hip", "t_score": -1.2}
        a_measurement(session, clinic.patient.id, scan)
    client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    after = plan_of(client, clinic)
    assert states(after, "bone_density")[str(today())] == "done"
    assert states(after, "check_in")[str(today())] == "done"


def test_due_overdue_missed_and_next(client: FlaskClient, clinic: Clinic, database: Sessions) -> None:
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


def test_her_check_in_stands_beside_her_questionnaires_and_me_shows_it_as_before(
    client: FlaskClient, clinic: Clinic, database: Sessions
) -> None:
    with database.begin() as session:
        asked_at = datetime.now(UTC) - timedelta(hours=1)
        hers = Patient.id == clinic.patient.id
        session.execute(update(Patient).where(hers).values(check_in_due_at=asked_at))
    with database.begin() as session:
        prompt_due(session, now=datetime.now(UTC))
    items = due_of(client, clinic)
    kinds = [item["kind"] for item in items]
    mine = client.get("/v1/me", headers=clinic.patient.headers).json["due"]
    assert [each["kind"] for each in mine] == [kind for kind in kinds if kind == "check_in"]
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


# Never asked again


def test_a_plan_that_changes_asks_for_nothing_that_was_done_or_skipped(
    client: FlaskClient, clinic: Clinic, database: Sessions
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
def test_wherever_she_moves_her_slots_stay_where_they_are(
    client: FlaskClient, clinic: Clinic, database: Sessions, zone: str
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
    assert [(slot["id"], slot["state"]) for slot in after["slots"] if slot["what"] != "check_in"] == [
        (slot["id"], slot["state"]) for slot in before["slots"] if slot["what"] != "check_in"
    ]


def test_a_site_that_changes_its_plan_does_so_for_those_enrolled_before_and_after(
    client: FlaskClient, clinic: Clinic, database: Sessions
) -> None:
    enrolled(database, clinic, 60)
    put_site(client, clinic, {"preset": "article"})
    with database.begin() as session:
        team = clinic.team
        fresh = signed_in(session, a_patient(session, team, now=datetime.now(UTC)), now=datetime.now(UTC))
    url = f"/v1/patients/{fresh.id}/plan"
    slots = client.get(url, headers=clinic.nurse.headers).json["slots"]
    assert {slot["plan"] for slot in slots} == {"article"}
    assert {slot["what"] for slot in slots} == {course.what for course in ARTICLE.courses}
    old = plan_of(client, clinic)
    assert {slot["plan"] for slot in old["slots"] if slot["what"] == "siqr"} == {"evidence"}
    assert "siqr" not in [slot["what"] for slot in old["slots"] if slot["state"] in {"due", "overdue"}]


# Skipping


def test_a_slot_is_skipped_with_its_reason_once(
    client: FlaskClient, clinic: Clinic, database: Sessions
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


def test_what_is_skipped_is_not_asked_for_and_an_answer_still_counts(
    client: FlaskClient, clinic: Clinic
) -> None:
    skip(client, clinic, f"bpi-sf:{today()}")
    assert "bpi-sf" not in [item["instrument"] for item in due_of(client, clinic)]
    answer(client, clinic)
    assert states(plan_of(client, clinic), "bpi-sf")[str(today())] == "done"


def test_what_is_done_or_is_no_slot_cannot_be_skipped(client: FlaskClient, clinic: Clinic) -> None:
    answer(client, clinic)
    done = skip(client, clinic, f"bpi-sf:{today()}")
    assert (done.status_code, done.json["type"]) == (409, "/problems/slot-settled")
    for slot in ("bpi-sf:2020-01-01", "vas", f"fiq:{today()}"):
        unknown = skip(client, clinic, slot)
        assert (unknown.status_code, unknown.json["type"]) == (422, "/problems/unknown-slot")
        assert list(unknown.json["errors"]) == ["slot"]
    empty = skip(client, clinic, f"haq-di:{today()}", " ")
    assert (empty.status_code, list(empty.json["errors"])) == (422, ["reason"])


# Who may


def test_who_has_left_is_planned_nothing_more(client: FlaskClient, clinic: Clinic) -> None:
    answer(client, clinic)
    left = client.patch(
        f"/v1/patients/{clinic.patient.id}",
        json={"status": "completed"},
        headers=clinic.nurse.headers | {"If-Match": "*"},
    )
    assert left.status_code == 200
    assert [slot["state"] for slot in plan_of(client, clinic)["slots"]] == ["done"]
    for refused in (put(client, clinic, {"preset": "article"}), skip(client, clinic, f"haq-di:{today()}")):
        assert (refused.status_code, refused.json["type"]) == (409, "/problems/patient-not-active")


def test_another_sites_plan_and_patients_are_not_to_be_seen(
    client: FlaskClient, clinic: Clinic, database: Sessions
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    put_site(client, clinic, {"preset": "article"})
    theirs = client.get("/v1/site/plan", headers=other.site_admin.headers).json
    assert theirs["present"]["name"] == "evidence"
    assert (
        client.get(f"/v1/patients/{other.patient.id}/plan", headers=clinic.nurse.headers).status_code == 404
    )


@pytest.mark.parametrize("who", ["nurse", "clinician", "coordinator", "patient", "scheduler"])
def test_only_a_site_admin_sets_the_sites_plan(client: FlaskClient, clinic: Clinic, who: str) -> None:
    headers = getattr(clinic, who).headers
    assert client.get("/v1/site/plan", headers=headers).status_code == 403
    assert client.put("/v1/site/plan", json={"preset": "article"}, headers=headers).status_code == 403


def test_reading_a_plan_is_audited_and_a_scheduler_may(
    client: FlaskClient, clinic: Clinic, database: Sessions
) -> None:
    plan_of(client, clinic, clinic.scheduler)
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "plan.read")).one()
    assert (row.actor_id, row.patient_id) == (clinic.scheduler.id, UUID(str(clinic.patient.id)))


def test_a_plan_costs_the_same_queries_however_much_was_done(
    client: FlaskClient,
    clinic: Clinic,
    database: Sessions,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    enrolled(database, clinic, 300)
    url = f"/v1/patients/{clinic.patient.id}/plan"
    counts = []
    for done in (0, 3):
        for number in range(done):
            answer(client, clinic, on=ago(290 - 90 * number))
            skip(client, clinic, f"haq-di:{ago(300 - 42 * number)}")
        with count_queries() as statements:
            assert client.get(url, headers=clinic.nurse.headers).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
