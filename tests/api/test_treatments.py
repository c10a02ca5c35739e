"""Treatments of a patient over time: a switch keeps what was before, and scores count as they did."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.domain.diary.treatments import MAX_TREATMENTS
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient
from api.models.score import ScoreRow
from api.services.policies.stopping_share import stopping_share_at
from tests.support.builders import Clinic, a_patient, a_report, signed_in

TODAY = datetime.now(UTC).date()
BEGAN, ENDED, SWITCHED = (str(TODAY - timedelta(days=ago)) for ago in (300, 110, 100))
FIRST = {"ai": "anastrozole", "from": BEGAN, "until": ENDED, "why_stopped": "side_effects"}
SECOND = {"ai": "letrozole", "from": SWITCHED, "until": None, "why_stopped": None}

Treatments = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def url(clinic: Clinic) -> str:
    return f"/v1/patients/{clinic.patient.id}"


@pytest.fixture
def treatments(client: FlaskClient, clinic: Clinic, url: str) -> Treatments:
    """A way to read the treatments as the team."""
    return lambda: client.get(f"{url}/treatments", headers=clinic.nurse.headers).json["treatments"]  # type: ignore[no-any-return]


@pytest.fixture
def put(client: FlaskClient, clinic: Clinic, url: str) -> Callable[..., Any]:
    """A way to set all treatments."""

    def putting(*items: dict[str, Any]) -> Any:
        headers = clinic.nurse.headers | {"If-Match": "*"}
        return client.put(f"{url}/treatments", json={"treatments": list(items)}, headers=headers)

    return putting


@pytest.fixture
def patch(client: FlaskClient, clinic: Clinic, url: str) -> Callable[..., Any]:
    """A way to change the patient."""

    def patching(**changes: Any) -> Any:
        return client.patch(url, json=changes, headers=clinic.nurse.headers | {"If-Match": "*"})

    return patching


def scores_of(database: Database, patient_id: Any) -> list[tuple[Any, ...]]:
    names = [column for column in ScoreRow.__table__.c if column.name != "patient_id"]
    with database.read() as session:
        rows = session.execute(select(*names).where(ScoreRow.patient_id == patient_id).order_by(*names[:1]))
        return [tuple(row) for row in rows]


def test_what_was_known_before_there_was_a_history_is_the_present_treatment(
    database: Database, clinic: Clinic, treatments: Treatments
) -> None:
    assert treatments() == [{"ai": "letrozole", "from": None, "until": None, "why_stopped": None}]
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).ai = None
    assert treatments() == []


def test_a_switch_by_a_change_of_the_patient_keeps_the_treatment_before(
    patch: Any, treatments: Treatments
) -> None:
    patch(ai="anastrozole", ai_started_on=BEGAN)
    patch(ai="letrozole", ai_started_on=SWITCHED)
    patch(ai="exemestane", ai_started_on=str(TODAY))
    drugs = [(each["ai"], each["from"], each["until"]) for each in treatments()]
    assert drugs == [
        ("anastrozole", BEGAN, SWITCHED),
        ("letrozole", SWITCHED, str(TODAY)),
        ("exemestane", str(TODAY), None),
    ]


def test_a_switch_after_an_end_keeps_the_end_and_begins_anew(
    put: Any, patch: Any, treatments: Treatments
) -> None:
    put(FIRST)
    changed = patch(ai="letrozole", ai_started_on=SWITCHED)
    assert (changed.status_code, changed.json["ai_stopped_on"]) == (200, None)
    assert treatments() == [FIRST, SECOND]


@pytest.mark.parametrize(
    "changes",
    [{"ai_started_on": SWITCHED}, {"ai": "exemestane"}, {"ai": "exemestane", "ai_started_on": BEGAN}],
)
def test_a_correction_of_the_present_treatment_is_no_switch(
    patch: Any, treatments: Treatments, changes: dict[str, str]
) -> None:
    patch(ai="letrozole", ai_started_on=BEGAN)
    patch(**changes)
    assert len(treatments()) == 1


@pytest.mark.parametrize("between", [[], [None], [ENDED]])
def test_the_reason_of_one_stop_is_not_that_of_the_next(
    put: Any, patch: Any, treatments: Treatments, between: list[str | None]
) -> None:
    put(FIRST | {"until": SWITCHED, "why_stopped": "pause"})
    for day in [*between, str(TODAY)]:
        assert patch(ai_stopped_on=day).status_code == 200
        assert treatments() == [FIRST | {"until": day, "why_stopped": None}]
        assert put(*treatments()).status_code == 200


def test_a_change_of_something_else_keeps_the_reason_of_a_stop(
    put: Any, patch: Any, treatments: Treatments
) -> None:
    put(FIRST)
    patch(ai_stopped_on=ENDED, language="de")
    assert treatments() == [FIRST]


@pytest.mark.parametrize("began", [str(TODAY - timedelta(days=200)), None])
def test_a_change_that_contradicts_the_treatments_before_is_refused_by_its_field(
    put: Any, patch: Any, treatments: Treatments, began: str | None
) -> None:
    put(FIRST, SECOND)
    refused = patch(ai_started_on=began)
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"ai_started_on"})
    assert refused.json["type"] == "/problems/invalid-treatments"
    assert treatments() == [FIRST, SECOND]
    assert patch(language="de").status_code == 200


def test_a_switch_beyond_the_longest_history_is_refused(put: Any, patch: Any, treatments: Treatments) -> None:
    days = [str(TODAY - timedelta(days=ago)) for ago in range(MAX_TREATMENTS + 1, 0, -1)]
    longest = [SECOND | {"from": day, "until": until} for day, until in pairwise(days)]
    put(*longest[:-1], longest[-1] | {"until": None})
    refused = patch(ai="exemestane", ai_started_on=str(TODAY))
    assert (refused.status_code, set(refused.json["errors"])) == (422, {"ai"})
    assert len(treatments()) == MAX_TREATMENTS


def test_the_whole_history_can_be_set_and_the_patient_follows_it(
    client: FlaskClient, clinic: Clinic, url: str, put: Any, treatments: Treatments
) -> None:
    answer = put(FIRST, SECOND)
    patient = client.get(url, headers=clinic.nurse.headers)
    assert answer.json["treatments"] == treatments() == [FIRST, SECOND]
    assert (patient.json["ai"], patient.json["ai_started_on"], patient.json["ai_stopped_on"]) == (
        "letrozole",
        SWITCHED,
        None,
    )
    assert answer.headers["ETag"] == patient.headers["ETag"]
    assert put(FIRST).json["treatments"] == [FIRST]
    assert client.get(url, headers=clinic.nurse.headers).json["ai_stopped_on"] == ENDED


def test_setting_it_needs_the_version_that_was_read(client: FlaskClient, clinic: Clinic, url: str) -> None:
    body, headers = {"treatments": [FIRST, SECOND]}, clinic.nurse.headers
    etag = client.get(f"{url}/treatments", headers=headers).headers["ETag"]
    answers = [
        client.put(f"{url}/treatments", json=body, headers=headers | matching).status_code
        for matching in ({}, {"If-Match": etag}, {"If-Match": etag})
    ]
    assert answers == [428, 200, 412]


@pytest.mark.parametrize(
    ("items", "wrong"),
    [
        ([FIRST | {"until": None, "why_stopped": None}, SECOND], "treatments.0.until"),
        ([FIRST, SECOND | {"from": None}], "treatments.1.from"),
        ([FIRST, SECOND | {"from": BEGAN}], "treatments.1.from"),
        ([FIRST | {"from": SWITCHED}], "treatments.0.until"),
        ([SECOND | {"why_stopped": "other"}], "treatments.0.why_stopped"),
        ([{}], "treatments.0"),
    ],
)
def test_treatments_that_contradict_each_other_are_refused(
    put: Any, treatments: Treatments, items: list[dict[str, Any]], wrong: str
) -> None:
    before = treatments()
    answer = put(*items)
    assert (answer.status_code, set(answer.json["errors"])) == (422, {wrong})
    assert treatments() == before


def test_scores_are_those_of_a_patient_with_the_same_present_treatment(
    client: FlaskClient, clinic: Clinic, database: Database, put: Any
) -> None:
    with database.begin() as session:
        began = TODAY - timedelta(days=100)
        other = a_patient(session, clinic.team, now=datetime.now(UTC), ai="letrozole", ai_started_on=began)
        phone = signed_in(session, other, now=datetime.now(UTC))
    now = datetime.now(UTC)
    diary = [
        a_report(recorded_at=now - timedelta(days=ago), pain_worst=2 + ago % 3, dose="taken")
        for ago in range(1, 40, 2)
    ]
    for who in (clinic.patient, phone):
        sent = [entry | {"id": entry["id"]} for entry in diary]
        assert client.post("/v1/me/entries", json={"entries": sent}, headers=who.headers).status_code == 200
    unknown = scores_of(database, clinic.patient.id)
    put(FIRST, SECOND)
    expected = scores_of(database, phone.id)
    assert scores_of(database, clinic.patient.id) == expected != unknown
    put(FIRST | {"why_stopped": "medical"}, SECOND)
    assert scores_of(database, clinic.patient.id) == expected


def test_the_patient_sees_the_treatments_unless_the_site_hides_them(
    client: FlaskClient, clinic: Clinic, put: Any
) -> None:
    put(FIRST, SECOND)
    headers = clinic.site_admin.headers | {"If-Match": "*"}
    seen = client.get("/v1/me/treatments", headers=clinic.patient.headers).json
    client.patch("/v1/site", json={"shows_treatments": False}, headers=headers)
    hidden = client.get("/v1/me/treatments", headers=clinic.patient.headers).json
    assert seen == {"treatments": [FIRST, SECOND], "shown": True}
    assert hidden == {"treatments": [], "shown": False}


@pytest.mark.parametrize(("why", "stopped"), [("side_effects", 1), (None, 1), ("planned_end", None)])
def test_a_planned_end_is_not_counted_as_stopping_early(
    clinic: Clinic, database: Database, put: Any, why: str | None, stopped: int | None
) -> None:
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).enrolled_at = datetime.now(UTC) - timedelta(days=290)
    put(FIRST | {"why_stopped": why})
    with database.read() as session:
        share = stopping_share_at(session, clinic.site.id, Engine(), now=datetime.now(UTC))
    assert share.stopped == stopped
