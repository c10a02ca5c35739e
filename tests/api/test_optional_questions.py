"""Optional questions: off until a clinician of the site signs them off, answers kept in any case."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.entries.optional_questions import OPTIONAL_QUESTIONS, SELF_HARM_QUESTION, SignedQuestions
from api.domain.entries.questions import QUESTIONS
from api.models.audit import AuditRow
from api.models.patient import Patient
from api.models.site_document import QuestionsRow
from tests.support.builders import Clinic, Signed, a_clinic, a_report

URL = "/v1/site/questions"
ALL = {each.name: each.revision for each in OPTIONAL_QUESTIONS}


def sign_off(client: FlaskClient, who: Signed, *names: str, **more: Any) -> Any:
    document = {"name": "Ours", "questions": {name: ALL[name] for name in names}}
    return client.put(URL, json={"document": document, **more}, headers=who.headers)


def asked_of(client: FlaskClient, patient: Signed, **headers: str) -> dict[str, Any]:
    shown = client.get("/v1/me", headers=patient.headers | headers).json["questions"]
    return {each["name"]: each for each in shown}


def set_start(database: Database, clinic: Clinic, weeks: int) -> None:
    started_on = datetime.now(UTC).date() - timedelta(weeks=weeks)
    with database.begin() as session:
        session.execute(
            update(Patient).where(Patient.id == clinic.patient.id).values(ai_started_on=started_on)
        )


def test_every_optional_question_is_one_of_an_entry() -> None:
    assert ALL.keys() <= {each.name for each in QUESTIONS}


def test_no_optional_question_is_on_until_it_is_signed_off(client: FlaskClient, clinic: Clinic) -> None:
    shown = client.get(URL, headers=clinic.nurse.headers).json

    assert (shown["asked"], shown["current"]["id"]) == ([], None)
    assert {each["name"]: each["revision"] for each in shown["available"]} == {
        **ALL,
        SELF_HARM_QUESTION.name: SELF_HARM_QUESTION.revision,
    }
    assert asked_of(client, clinic.patient).keys() == {"gap_reason"}


def test_a_sign_off_shows_who_when_and_why_and_is_audited(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    set_start(database, clinic, weeks=3)
    shown = sign_off(client, clinic.clinician, "doubt", "sleep_trouble", note="Board of 1 March").json

    assert shown["asked"] == ["doubt", "sleep_trouble"]
    assert (shown["current"]["set_by"], shown["current"]["note"]) == (
        str(clinic.clinician.id),
        "Board of 1 March",
    )
    assert shown["current"]["created_at"]
    assert shown["current"]["changes"] == ["questions.doubt: asked", "questions.sleep_trouble: asked"]
    assert asked_of(client, clinic.patient).keys() == {"doubt", "sleep_trouble", "gap_reason"}
    with database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "questions.signed_off")).all()
    assert [row.actor_id for row in rows] == [clinic.clinician.id]


def test_the_same_sign_off_again_changes_nothing_and_another_replaces_it(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    set_start(database, clinic, weeks=3)
    for _ in range(2):
        sign_off(client, clinic.clinician, "doubt")
    assert sign_off(client, clinic.clinician).json["asked"] == []

    assert asked_of(client, clinic.patient).keys() == {"gap_reason"}
    with database.read() as session:
        assert len(session.scalars(select(QuestionsRow)).all()) == 2


@pytest.mark.parametrize("who", ["nurse", "coordinator", "site_admin", "patient"])
def test_only_a_clinician_signs_off(client: FlaskClient, clinic: Clinic, who: str) -> None:
    assert sign_off(client, getattr(clinic, who), "doubt").status_code == 403


def test_another_site_is_not_concerned(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    sign_off(client, other.clinician, "sleep_trouble")

    assert asked_of(client, clinic.patient).keys() == {"gap_reason"}


@pytest.mark.parametrize(
    ("questions", "field"),
    [
        ({"doubt": "0123456789ab"}, "document.questions.doubt"),
        ({"mood": ALL["doubt"]}, "document.questions.mood"),
        ({"doubt": True}, "document.questions.doubt"),
        (["doubt"], "document.questions"),
    ],
)
def test_a_wording_that_is_not_the_present_one_cannot_be_signed_off(
    client: FlaskClient, clinic: Clinic, questions: Any, field: str
) -> None:
    body = {"document": {"name": "Ours", "questions": questions}}
    answer = client.put(URL, json=body, headers=clinic.clinician.headers)

    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-questions")
    assert list(answer.json["errors"]) == [field]


def test_a_question_is_off_again_once_its_wording_has_changed() -> None:
    signed = SignedQuestions("ours", ALL | {"doubt": "0123456789ab"})
    long_ago = datetime.now(UTC).date() - timedelta(days=400)

    asked = [each.name for each in signed.asked_of(long_ago, datetime.now(UTC).date())]

    assert signed.outdated() == ["doubt"]
    assert asked == [name for name in ALL if name != "doubt"]


@pytest.mark.parametrize(("weeks", "is_on"), [(-1, False), (0, False), (1, True), (9, True)])
def test_bother_is_asked_from_the_second_week_on_the_tablets(
    client: FlaskClient, clinic: Clinic, database: Database, weeks: int, is_on: bool
) -> None:
    sign_off(client, clinic.clinician, "side_effects_bother")
    set_start(database, clinic, weeks)

    asked = asked_of(client, clinic.patient)
    assert ("side_effects_bother" in asked) is is_on
    if is_on:
        assert asked["side_effects_bother"]["every_days"] == 7


def test_an_answer_to_a_question_that_is_off_is_kept_and_scored(client: FlaskClient, clinic: Clinic) -> None:
    answers = {"side_effects_bother": 7, "doubt": 3, "cost_trouble": True, "sleep_trouble": False}
    posted = client.post(
        "/v1/me/entries", json=a_report(pain_worst=4, **answers), headers=clinic.patient.headers
    )
    entries = client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    scores = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json["scores"]

    assert posted.status_code == 201
    assert {name: entries[0][name] for name in answers} == answers
    assert len(scores) == 1


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        (
            "en",
            "How much have unwanted effects bothered you in the last 7 days?",
            ["not at all", "extremely"],
        ),
        (
            "de",
            "Wie sehr haben unerwünschte Wirkungen Sie in den letzten 7 Tagen belastet?",
            ["gar nicht", "äußerst stark"],
        ),
        (
            "es",
            "¿Cuánto le han molestado los efectos no deseados en los últimos 7 días?",
            ["nada", "muchísimo"],
        ),
        (
            "fr",
            "À quel point des effets indésirables ont-ils été gênants pour vous ces 7 derniers jours ?",
            ["pas du tout", "extrêmement"],
        ),
    ],
)
def test_questions_are_worded_in_the_language_of_the_patient(
    client: FlaskClient, clinic: Clinic, database: Database, language: str, text: str, ends: list[str]
) -> None:
    set_start(database, clinic, weeks=3)
    sign_off(client, clinic.clinician, *ALL)
    with database.begin() as session:
        session.execute(update(Patient).values(language=language))

    asked = asked_of(client, clinic.patient)

    assert asked["side_effects_bother"]["text"] == text
    assert [each["text"] for each in asked["side_effects_bother"]["options"]] == ends
    assert len(asked["gap_reason"]["options"]) == 5
    english = [each.text for each in OPTIONAL_QUESTIONS]
    assert language == "en" or not {each["text"] for each in asked.values()} & {*english}


def test_what_the_server_knows_of_an_entry_is_not_taken_from_the_client(
    client: FlaskClient, clinic: Clinic
) -> None:
    report = a_report(pain_worst=4, asked="burst", via="visit", reported_by="proxy")
    headers = clinic.patient.headers
    posted = client.post("/v1/me/entries", json=report, headers=headers)
    again = client.post("/v1/me/entries", json=report | {"via": "app"}, headers=headers)
    shown = client.get(posted.headers["Location"], headers=headers).json

    assert (posted.json["status"], again.json["status"]) == ("created", "duplicate")
    assert (shown["asked"], shown["via"], shown["reported_by"]) == ("burst", "app", "patient")


@pytest.mark.parametrize(
    "marks", [{"asked": "own"}, {"via": "app"}, {"asked": "own", "reported_by": "patient"}]
)
def test_marks_alone_are_no_answer(client: FlaskClient, clinic: Clinic, marks: dict[str, str]) -> None:
    report = a_report(pain_worst=None, **marks)

    answer = client.post("/v1/me/entries", json=report, headers=clinic.patient.headers)

    assert (answer.status_code, answer.json["errors"]) == (422, {"entry": "at least one answer is needed"})
