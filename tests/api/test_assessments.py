"""Questionnaires over HTTP: begun, resumed elsewhere, completed, corrected, withdrawn, compared."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from api.db.database import Database
from api.domain import cursor as cursors
from api.models.assessment import AssessmentRow, AssessmentScore, AssessmentVersion
from api.models.audit import AuditRow
from api.models.patient import Patient
from tests.api.assessments import SEVERITY, URL, days_ago, get, post, put, scores
from tests.support.builders import Clinic, a_clinic, a_questionnaire


def test_a_retry_gets_the_first_result_and_other_content_under_the_same_id_is_a_conflict(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    sent = a_questionnaire(SEVERITY)
    first, again = post(client, clinic, sent), post(client, clinic, sent)
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    same = {**sent, "answers": {**SEVERITY, "worst": 7.0, "mood": None}, "options": {}}
    assert post(client, clinic, same).status_code == 200
    for other in (
        {**sent, "answers": {**SEVERITY, "worst": 8}},
        {**sent, "instrument": "haq-di", "answers": {}},
    ):
        answer = post(client, clinic, {**other, "status": "partial"})
        assert (answer.status_code, answer.json["type"]) == (409, "/problems/assessment-conflict")
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AssessmentRow)) == 1
        assert session.scalar(select(func.count()).select_from(AssessmentScore)) == 1


def test_a_questionnaire_says_when_its_present_version_came(client: FlaskClient, clinic: Clinic) -> None:
    sent = a_questionnaire(SEVERITY)
    first = post(client, clinic, sent).json
    changed = put(client, clinic, sent | {"answers": SEVERITY | {"worst": 8}}).json
    assert (first["version"], changed["version"]) == (1, 2)
    assert first["received_at"] < changed["received_at"]
    assert get(client, clinic).json["items"][0]["received_at"] == changed["received_at"]


def test_partial_answers_are_kept_unscored_and_gone_on_with_on_another_device(
    client: FlaskClient, clinic: Clinic
) -> None:
    sent = a_questionnaire({"worst": 7}, status="partial", recorded_at=days_ago(2))
    begun = post(client, clinic, sent)
    assert (begun.status_code, begun.json["scores"], begun.json["scoring"]) == (201, [], None)
    assert begun.json["unscored_reason"] == "it is not complete yet"
    assert begun.json["completed_at"] is None

    there = get(client, clinic, f"/{sent['id']}")
    assert there.json["answers"] == {"worst": 7}
    more = {**sent, "answers": {**there.json["answers"], "least": 2}, "recorded_at": days_ago(1)}
    gone_on = put(client, clinic, more, there.headers["ETag"])
    assert (gone_on.status_code, gone_on.json["version"], gone_on.json["scores"]) == (200, 2, [])
    late = put(client, clinic, {**more, "answers": {"worst": 1}}, there.headers["ETag"])
    assert late.status_code == 412

    done = put(client, clinic, {**more, "answers": SEVERITY, "status": "complete"}, gone_on.headers["ETag"])
    assert (scores(done)["severity"], done.json["status"], done.json["version"]) == (4.5, "complete", 3)
    assert done.json["started_at"] == begun.json["started_at"]
    assert post(client, clinic, sent).status_code == 200
    back = put(client, clinic, {**more, "status": "partial"}, done.headers["ETag"])
    assert (back.status_code, "withdraw it" in back.json["detail"]) == (409, True)


def test_a_correction_needs_the_version_that_was_read_and_keeps_answers_and_scores_of_before(
    client: FlaskClient, clinic: Clinic
) -> None:
    sent = a_questionnaire(SEVERITY, recorded_at=days_ago(3))
    first = post(client, clinic, sent)
    right = {**sent, "answers": {**SEVERITY, "worst": 3}, "recorded_at": days_ago(0)}
    assert put(client, clinic, right, None).status_code == 428
    assert put(client, clinic, right, '"7"').status_code == 412
    corrected = put(client, clinic, right, '"1"')
    assert (corrected.status_code, scores(corrected)["severity"]) == (200, 3.5)
    assert corrected.json["local_date"] == first.json["local_date"]
    assert corrected.json["completed_at"] == first.json["completed_at"]
    retried = put(client, clinic, right, '"1"')
    assert (retried.status_code, retried.json) == (200, corrected.json)
    history = get(client, clinic, f"/{sent['id']}/versions").json
    assert [(item["version"], item["answers"]) for item in history["items"]] == [(1, SEVERITY)]
    kept = [
        (made["assessment_version"], made["scores"]["severity"], made["current"])
        for made in history["scores"]
    ]
    assert kept == [(1, 4.5, False), (2, 3.5, True)]


def test_a_withdrawn_one_no_longer_counts_and_can_come_back(client: FlaskClient, clinic: Clinic) -> None:
    earlier, later = (
        a_questionnaire({"worst": 2}, recorded_at=days_ago(9)),
        a_questionnaire({"worst": 7}, recorded_at=days_ago(1)),
    )
    post(client, clinic, earlier)
    assert post(client, clinic, later).json["scoring"]["previous"]["id"] == earlier["id"]
    url = f"{URL}/{earlier['id']}"
    assert client.delete(url, headers=clinic.patient.headers).status_code == 428
    matched = {**clinic.patient.headers, "If-Match": '"1"'}
    assert client.delete(url, headers=matched).status_code == 204
    assert client.delete(url, headers=matched).status_code == 204
    gone = get(client, clinic, f"/{earlier['id']}").json
    assert (gone["status"], gone["answers"], gone["scores"]) == ("withdrawn", {}, [])
    assert gone["unscored_reason"] == "it was withdrawn"
    assert get(client, clinic, f"/{later['id']}").json["scoring"]["previous"] is None
    back = put(client, clinic, earlier, '"2"')
    assert (back.status_code, back.json["status"], scores(back)["worst"]) == (200, "complete", 2.0)
    assert get(client, clinic, f"/{later['id']}").json["scoring"]["previous"]["id"] == earlier["id"]


@pytest.mark.parametrize(
    ("change", "status", "kind", "named"),
    [
        ({"answers": {"worst": 11}}, 422, "invalid-answers", "worst"),
        ({"answers": {"worst": 1.5}}, 422, "invalid-answers", "worst"),
        ({"answers": {"pain": 1}}, 422, "invalid-answers", "pain"),
        ({"answers": {"worst": ["x"]}}, 422, "invalid-answers", "worst"),
        ({"answers": {"worst": True}}, 422, None, "answers.worst.value"),
        ({"answers": {"worst": "7"}}, 422, None, "answers.worst.value"),
        ({"answers": {"worst": {}}}, 422, None, "answers.worst.value"),
        ({"answers": [7]}, 422, None, "answers"),
        ({"answers": {}}, 422, "invalid-answers", "answers"),
        ({"answers": {"worst": None}}, 422, "invalid-answers", "answers"),
        ({"answers": {f"q{n}": 1 for n in range(201)}}, 422, None, "answers"),
        ({"options": {"impute": True}}, 422, "invalid-answers", "options.impute"),
        ({"options": {"impute": "yes"}}, 422, None, "options.impute.value"),
        ({"instrument": "bpi"}, 404, "unknown-instrument", None),
        ({"instrument_version": "0"}, 404, "unknown-instrument", None),
        ({"status": "withdrawn"}, 422, None, "status"),
        ({"recorded_at": "2126-01-01T00:00:00Z"}, 422, "invalid-moment", "recorded_at"),
        ({"recorded_at": "1950-01-01T00:00:00Z"}, 422, "invalid-moment", "recorded_at"),
        ({"recorded_at": "2026-03-01T12:00:00"}, 422, None, "recorded_at"),
        ({"started_at": "2126-01-01T00:00:00Z"}, 422, "invalid-moment", "started_at"),
        ({"started_at": "1950-01-01T00:00:00Z"}, 422, "invalid-moment", "started_at"),
        ({"local_date": "2126-01-01"}, 422, "invalid-moment", "local_date"),
        ({"local_date": "1950-01-01"}, 422, "invalid-moment", "local_date"),
        ({"id": "7"}, 422, None, "id"),
        ({"extra": 1}, 422, None, "extra"),
    ],
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_kept(
    client: FlaskClient,
    clinic: Clinic,
    database: Database,
    change: dict[str, Any],
    status: int,
    kind: str | None,
    named: str | None,
) -> None:
    answer = post(client, clinic, a_questionnaire(SEVERITY) | change)
    assert answer.status_code == status, answer.json
    assert answer.json["type"] == (f"/problems/{kind}" if kind else "/problems/invalid-request")
    assert named is None or named in answer.json["errors"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AssessmentRow)) == 0


def test_a_blank_answer_is_never_a_zero(client: FlaskClient, clinic: Clinic) -> None:
    zeros = {"worst": 0, "least": 0, "average": 0, "now": 0}
    answered = post(client, clinic, a_questionnaire(zeros))
    blank = post(client, clinic, a_questionnaire(zeros | {"least": None}))
    assert (scores(answered)["severity"], scores(blank)["severity"]) == (0.0, None)
    assert "least" not in blank.json["answers"]


def test_a_change_of_instrument_or_id_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    sent = a_questionnaire(SEVERITY)
    post(client, clinic, sent)
    other = put(client, clinic, {**sent, "instrument": "haq-di"})
    assert (other.status_code, "is of bpi-sf, not of haq-di" in other.json["detail"]) == (409, True)
    headers = {**clinic.patient.headers, "If-Match": "*"}
    body = {**sent, "id": str(uuid4())}
    answer = client.put(f"{URL}/{sent['id']}", json=body, headers=headers)
    assert (answer.status_code, "id" in answer.json["errors"]) == (409, True)
    assert client.put(f"{URL}/{uuid4()}", json=sent | {"id": None}, headers=headers).status_code == 422
    nowhere = {name: value for name, value in sent.items() if name != "id"}
    assert client.put(f"{URL}/{uuid4()}", json=nowhere, headers=headers).status_code == 404


def test_the_feed_gives_everything_once_and_then_only_what_changed(
    client: FlaskClient, clinic: Clinic
) -> None:
    sent = [a_questionnaire({"worst": worst}, recorded_at=days_ago(worst + 1)) for worst in range(5)]
    for body in sent:
        post(client, clinic, body)
    seen, cursor = [], ""
    for _ in range(3):
        page = get(client, clinic, f"?limit=2&{cursor}").json
        seen += [item["answers"]["worst"] for item in page["items"]]
        cursor = f"since={page['next']}"
    assert (seen, page["more"]) == ([0, 1, 2, 3, 4], False)
    client.delete(f"{URL}/{sent[1]['id']}", headers={**clinic.patient.headers, "If-Match": "*"})
    [changed] = get(client, clinic, f"?{cursor}").json["items"]
    assert (changed["id"], changed["status"]) == (sent[1]["id"], "withdrawn")
    assert len(get(client, clinic, "?instrument=bpi-sf").json["items"]) == 5
    assert get(client, clinic, "?instrument=mars-5").json["items"] == []
    assert get(client, clinic, "?instrument=nothing").status_code == 404
    for nonsense in ("nonsense", cursors.encode(2**31), cursors.encode("x")):
        for feed in (URL, "/v1/me/entries"):
            answer = client.get(f"{feed}?since={nonsense}", headers=clinic.patient.headers)
            assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-cursor")


def test_a_page_costs_as_many_queries_as_one(
    client: FlaskClient, clinic: Clinic, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    spent = []
    for more in (1, 9):
        for _ in range(more):
            post(client, clinic, a_questionnaire(SEVERITY))
        with count_queries() as statements:
            get(client, clinic)
        spent.append(len(statements))
    assert spent[0] == spent[1]


def test_the_team_sees_answers_scores_and_history_and_is_audited(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    sent = a_questionnaire(SEVERITY)
    own = post(client, clinic, sent).json
    url = f"/v1/patients/{clinic.patient.id}/assessments"
    assert client.get(url, headers=clinic.nurse.headers).json["items"] == [own]
    history = client.get(f"{url}/{sent['id']}/versions", headers=clinic.nurse.headers).json
    assert (history["items"], [made["current"] for made in history["scores"]]) == ([], [True])
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Another site")
    assert client.get(url, headers=other.nurse.headers).status_code == 404
    assert client.get(f"{url}/{sent['id']}/versions", headers=other.nurse.headers).status_code == 404
    with database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.patient_id == clinic.patient.id))
        acts = [(row.action, row.detail) for row in rows if row.action.startswith("assessment")]
    assert acts == [
        ("assessment.recorded", {"instrument": "bpi-sf", "status": "complete"}),
        ("assessments.read", None),
        ("assessment_versions.read", None),
    ]


def test_a_patient_who_has_left_monitoring_sends_nothing_more(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    sent = a_questionnaire(SEVERITY)
    post(client, clinic, sent)
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).status = "completed"
    for answer in (post(client, clinic, a_questionnaire(SEVERITY)), put(client, clinic, sent)):
        assert answer.json["type"] == "/problems/patient-not-active"


def test_a_refused_change_leaves_nothing_behind(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    sent = a_questionnaire(SEVERITY)
    post(client, clinic, sent)
    assert put(client, clinic, {**sent, "answers": {"worst": 11}}).status_code == 422
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(AssessmentVersion)) == 0
        assert session.scalars(select(AssessmentRow.version)).one() == 1


def test_the_local_day_is_that_of_the_patients_zone_where_the_phone_sends_none(
    client: FlaskClient, clinic: Clinic
) -> None:
    evening = datetime.combine(datetime.now(UTC).date() - timedelta(days=2), time(23, 30), UTC)
    answer = post(client, clinic, a_questionnaire(SEVERITY, recorded_at=evening.isoformat()))
    following = str(evening.date() + timedelta(days=1))  # half past midnight or later in Berlin
    assert answer.json["local_date"] == following
