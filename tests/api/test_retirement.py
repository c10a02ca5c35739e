"""An instrument retired by one field of its definition, walked over HTTP."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from api.domain.instruments.catalogue.bpi_sf import BPI_SF
from api.domain.instruments.definition import Retirement
from api.domain.instruments.registry import NEWEST
from api.domain.trajectory.engine import Engine
from api.services.assessments import assessment_rescoring
from api.services.instruments import instrument_pages
from api.services.instruments.jsonl_scoring import score_line
from tests.support.builders import Clinic, a_questionnaire
from tests.support.plans_over_http import (
    ANSWERS,
    DAY,
    OURS,
    ago,
    answer,
    due_of,
    enrolled,
    noon,
    plan_of,
    put,
    put_site,
    states,
    today,
)
from tests.support.reminded_patient import DAY as ONE_DAY
from tests.support.reminded_patient import MONDAY, a_reminded_ward, every_day, reminders, with_text

URL = "/v1/me/assessments"
REASON = "the licence has ended"
Retire = Callable[[date], None]


@pytest.fixture
def retire() -> Iterator[Retire]:
    """Set the one field on the shipped definition; its value of before is put back afterwards."""

    def set_field(effective_from: date) -> None:
        object.__setattr__(BPI_SF, "retired", Retirement(effective_from, REASON, "promis-pi-4a"))

    yield set_field
    object.__setattr__(BPI_SF, "retired", None)


def post(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> Any:
    return client.post(URL, json=body, headers=clinic.patient.headers)


def test_a_retired_instrument_is_listed_as_retired(
    client: FlaskClient, clinic: Clinic, retire: Retire
) -> None:
    retire(today())
    headers = clinic.patient.headers
    listed = {each["code"]: each for each in client.get("/v1/instruments", headers=headers).json["items"]}
    assert set(listed) == set(NEWEST)
    expected = {"effective_from": str(today()), "reason": REASON, "successor": "promis-pi-4a"}
    assert listed["bpi-sf"]["retired"] == expected
    assert listed["promis-pi-4a"]["retired"] is None
    one = client.get("/v1/instruments/bpi-sf", headers=headers).json
    assert (one["retired"], len(one["items"])) == (expected, 11)


def test_it_takes_no_new_assessment_but_keeps_answers_given_before(
    client: FlaskClient, clinic: Clinic, database: Database, retire: Retire
) -> None:
    enrolled(database, clinic, 43)
    sent = answer(client, clinic, on=ago(43))
    begun = a_questionnaire({"worst": 7}, status="partial", recorded_at=noon(ago(2)).isoformat())
    assert post(client, clinic, begun).status_code == 201
    retire(today())

    refused = post(client, clinic, a_questionnaire(ANSWERS))
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/instrument-retired")
    assert refused.json["detail"] == (
        f"bpi-sf 1 is retired from {today()}: the licence has ended; use promis-pi-4a instead"
    )
    assert post(client, clinic, sent).status_code == 200, "a retry of one that is stored"
    late = a_questionnaire(ANSWERS, recorded_at=noon(ago(1)).isoformat())
    assert post(client, clinic, late).status_code == 201, "given before the retirement, sent late"
    completed = client.put(
        f"{URL}/{begun['id']}",
        json={**begun, "status": "complete", "answers": ANSWERS},
        headers=clinic.patient.headers | {"If-Match": '"1"'},
    )
    assert (completed.status_code, completed.json["unscored_reason"]) == (200, None)


def test_stored_assessments_stay_readable_correctable_and_rescored(
    client: FlaskClient, clinic: Clinic, database: Database, retire: Retire
) -> None:
    enrolled(database, clinic, 43)
    sent = answer(client, clinic, on=ago(43))
    path = f"{URL}/{sent['id']}"
    before = client.get(path, headers=clinic.patient.headers).json
    retire(today())

    assert client.get(path, headers=clinic.patient.headers).json == before
    feed = client.get(f"{URL}?instrument=bpi-sf", headers=clinic.patient.headers).json
    assert [each["id"] for each in feed["items"]] == [sent["id"]]
    corrected = client.put(
        path,
        json={**sent, "answers": {**ANSWERS, "worst": 9}},
        headers=clinic.patient.headers | {"If-Match": '"1"'},
    )
    assert (corrected.status_code, corrected.headers["ETag"]) == (200, '"2"')
    assert {each["id"]: each["value"] for each in corrected.json["scores"]}["worst"] == 9
    history = client.get(f"{path}/versions", headers=clinic.patient.headers).json
    assert [each["answers"]["worst"] for each in history["items"]] == [7]

    key = (clinic.patient.id, UUID(sent["id"]))
    next_version = (BPI_SF, replace(BPI_SF, version="2"))
    with database.begin() as session:
        assert assessment_rescoring.outdated(session, among=next_version) == [key]
        found = assessment_rescoring.rescore(
            session, key, engine=Engine(), now=datetime.now(UTC), among=next_version
        )
    assert (found.version, found.problem) == ("2", None)

    withdrawn = client.delete(path, headers=clinic.patient.headers | {"If-Match": "*"})
    assert withdrawn.status_code == 204


def test_it_is_no_longer_due_from_plans_that_name_it(
    client: FlaskClient, clinic: Clinic, database: Database, retire: Retire
) -> None:
    enrolled(database, clinic, 28)
    assert put(client, clinic, {"document": OURS}).status_code == 200
    answer(client, clinic, on=ago(28))
    assert "bpi-sf" in {item["instrument"] for item in due_of(client, clinic)}

    retire(today() + DAY)
    assert "bpi-sf" in {item["instrument"] for item in due_of(client, clinic)}, "not retired yet"
    retire(today())
    shown = plan_of(client, clinic)
    assert shown["current"]["document"]["courses"][0]["what"] == "bpi-sf", "the stored plan still reads"
    assert shown["current"]["notices"] == [{"task": "bpi-sf", "notice": f"bpi-sf {_notice(today())}"}]
    assert states(shown, "bpi-sf") == {str(ago(28)): "done"}, "nothing is missed"
    assert "bpi-sf" not in {item["instrument"] for item in due_of(client, clinic)}


def test_no_new_plan_may_name_it_and_a_preset_leaves_it_out(
    client: FlaskClient, clinic: Clinic, retire: Retire
) -> None:
    retire(today())
    for refused in (put(client, clinic, {"document": OURS}), put_site(client, clinic, {"document": OURS})):
        assert (refused.status_code, refused.json["type"]) == (422, "/problems/invalid-plan")
        assert refused.json["errors"] == {"document.courses.0.what": f"bpi-sf {_notice(today())}"}
    assert put_site(client, clinic, {"preset": "article"}).status_code == 200
    shown = plan_of(client, clinic)
    assert {slot["task"] for slot in shown["slots"]} == {"fiq", "haq-di", "bone_density"}
    assert {each["task"] for each in shown["current"]["notices"]} == {"bpi-sf", "bone_density"}


def test_an_open_reminder_is_closed_and_no_other_follows(sqlite: Database, retire: Retire) -> None:
    ward = a_reminded_ward(sqlite)
    with_text(sqlite, ward, "bpi-sf")
    every_day(sqlite, 1)
    [(slot, reminder)] = [(of[1], each) for of, each in reminders(sqlite).items() if of[0] == "reassessment"]
    assert (slot.partition(":")[0], reminder.closed_at) == ("bpi-sf", None)

    retire(MONDAY.date() + ONE_DAY)
    every_day(sqlite, 60, at=MONDAY + ONE_DAY)
    questionnaires = {of[1]: each for of, each in reminders(sqlite).items() if of[0] == "reassessment"}
    assert set(questionnaires) == {slot}
    assert (questionnaires[slot].closed_because, questionnaires[slot].times) == ("missed", 1)


def test_answers_in_files_are_still_scored_and_the_page_shows_the_retirement(retire: Retire) -> None:
    retire(date(2026, 12, 1))
    scored = score_line({"instrument": "bpi-sf", "answers": ANSWERS})
    assert scored["scores"]["severity"] == 4.5
    assert "[Brief Pain Inventory, Short Form](bpi-sf.md) (retired)" in instrument_pages.index([BPI_SF])


def _notice(day: date) -> str:
    return f"is retired from {day}: the licence has ended; use promis-pi-4a instead"
