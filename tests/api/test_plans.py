"""Plans over HTTP: the site's, a patient's own, and who may set and see them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.domain.plans.parse import document_of
from api.domain.plans.presets import EVIDENCE
from api.models.audit import AuditRow
from api.models.plan import PlanRow
from tests.support.builders import Clinic, a_clinic
from tests.support.plans_over_http import (
    DAY,
    OURS,
    ago,
    answer,
    enrolled,
    plan_of,
    put,
    put_site,
    skip,
    today,
)


def test_until_a_site_sets_a_plan_the_evidence_plan_is_in_force(client: FlaskClient, clinic: Clinic) -> None:
    shown = client.get("/v1/site/plan", headers=clinic.site_admin.headers).json
    present = shown["current"]
    assert (present["name"], present["origin"], present["effective_from"]) == ("evidence", "built_in", None)
    assert (present["document"], present["notices"], shown["upcoming"]) == (document_of(EVIDENCE), [], [])
    assert set(shown["presets"]) == {"article", "evidence"}
    own = plan_of(client, clinic)
    assert own["current"] == present
    assert (own["started_on"], own["today"]) == (str(today()), str(today()))


def test_a_site_chooses_the_articles_plan_and_its_mark_is_shown(client: FlaskClient, clinic: Clinic) -> None:
    answer = put_site(client, clinic, {"preset": "article", "note": "as at the other hospital"})
    assert answer.status_code == 200
    present = answer.json["current"]
    assert (present["name"], present["origin"], present["set_by"]) == ("article", "site", "A site_admin")
    assert (present["effective_from"], present["note"]) == (str(today()), "as at the other hospital")
    assert present["notices"] == [
        {"task": "bone_density", "notice": "guideline: every 24 months (ACS/ASCO 2016)"}
    ]
    own = plan_of(client, clinic)
    assert own["current"] == present
    assert {slot["task"] for slot in own["slots"]} == {"bpi-sf", "fiq", "haq-di", "bone_density"}
    scan = next(slot for slot in own["slots"] if slot["task"] == "bone_density")
    assert scan["notice"] == "guideline: every 24 months (ACS/ASCO 2016)"


def test_a_patients_own_plan_replaces_the_sites_until_it_follows_the_site_again(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    shown = put(client, clinic, {"document": OURS}).json
    present = shown["current"]
    assert (present["name"], present["origin"], present["set_by"]) == ("Ward 3", "patient", "A nurse")
    assert present["document"]["courses"][0]["source"] == "Ward 3, 1 March 2026"
    assert put_site(client, clinic, {"preset": "article"}).status_code == 200
    assert plan_of(client, clinic)["current"]["name"] == "Ward 3"
    back = put(client, clinic, {"preset": "site"}).json
    assert (back["current"]["name"], back["current"]["origin"]) == ("article", "site")
    with database.read() as session:
        rows = session.scalars(select(PlanRow).order_by(PlanRow.created_at)).all()
        assert [(row.preset, row.document is None) for row in rows] == [
            (None, False), ("article", True), (None, True)
        ]  # fmt: skip
        audited = session.scalars(select(AuditRow).where(AuditRow.action == "plan.set")).all()
    assert len(audited) == 3


def test_an_upcoming_plan_is_shown_and_not_in_force_yet(client: FlaskClient, clinic: Clinic) -> None:
    later = str(today() + 30 * DAY)
    shown = put(client, clinic, {"preset": "article", "effective_from": later}).json
    assert shown["current"]["name"] == "evidence"
    assert [(each["name"], each["effective_from"]) for each in shown["upcoming"]] == [("article", later)]


def test_the_same_plan_again_writes_nothing(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    first = put(client, clinic, {"document": OURS})
    again = put(client, clinic, {"document": OURS, "note": "again"})
    assert (again.status_code, again.json) == (200, first.json)
    for _ in range(2):
        assert put_site(client, clinic, {"preset": "evidence"}).status_code == 200  # holds already
    with database.read() as session:
        assert len(session.scalars(select(PlanRow)).all()) == 1


def test_of_one_day_the_last_plan_counts(client: FlaskClient, clinic: Clinic) -> None:
    put(client, clinic, {"preset": "article"})
    assert put(client, clinic, {"document": OURS}).json["current"]["name"] == "Ward 3"


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
def test_an_unusable_plan_is_refused_by_field(
    client: FlaskClient, clinic: Clinic, body: dict[str, Any], place: str, right: str
) -> None:
    for refused in (put(client, clinic, body), put_site(client, clinic, body)):
        assert refused.status_code == 422
        assert right in refused.json["errors"][place]
    assert plan_of(client, clinic)["current"]["origin"] == "built_in"


def test_only_a_patients_plan_can_follow_the_site(client: FlaskClient, clinic: Clinic) -> None:
    assert put_site(client, clinic, {"preset": "site"}).status_code == 422


def test_nothing_is_planned_for_a_patient_who_has_left(client: FlaskClient, clinic: Clinic) -> None:
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


def test_another_sites_plan_and_patients_are_hidden(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    put_site(client, clinic, {"preset": "article"})
    theirs = client.get("/v1/site/plan", headers=other.site_admin.headers).json
    assert theirs["current"]["name"] == "evidence"
    assert (
        client.get(f"/v1/patients/{other.patient.id}/plan", headers=clinic.nurse.headers).status_code == 404
    )


@pytest.mark.parametrize("who", ["nurse", "clinician", "coordinator", "patient", "scheduler"])
def test_only_a_site_admin_sets_the_sites_plan(client: FlaskClient, clinic: Clinic, who: str) -> None:
    headers = getattr(clinic, who).headers
    assert client.get("/v1/site/plan", headers=headers).status_code == 403
    assert client.put("/v1/site/plan", json={"preset": "article"}, headers=headers).status_code == 403


def test_reading_a_plan_is_audited_and_a_scheduler_may(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    plan_of(client, clinic, clinic.scheduler)
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "plan.read")).one()
    assert (row.actor_id, row.patient_id) == (clinic.scheduler.id, UUID(str(clinic.patient.id)))


def test_a_plan_costs_the_same_queries_however_much_was_done(
    client: FlaskClient,
    clinic: Clinic,
    database: Database,
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
