"""Texts of the API for a patient are in the patient's language."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.enrolment import Language
from api.errors import OF_HTTP, PROBLEMS, slug_of
from api.models.entry import RejectedEntry
from api.models.patient import Patient
from tests.support.builders import Clinic, a_questionnaire, a_report

OTHERS = ["de", "es", "fr"]
ENGLISH = ("The", "the ", "is not", "needed", "must", "Must", "Not ", "there is", " by ", "This is")


def speaks(database: Database, clinic: Clinic, language: str) -> None:
    with database.begin() as session:
        session.execute(update(Patient).where(Patient.id == clinic.patient.id).values(language=language))


def said(value: Any, place: str = "") -> list[str]:
    """Return every sentence of an answer: texts with a blank in them, but for what people wrote."""
    if isinstance(value, dict):
        kept = {"sources", "source", "contact", "name", "label", "terms", "body", "direction", "scopes"}
        return [text for key, each in value.items() if key not in kept for text in said(each, key)]
    if isinstance(value, list):
        return [text for each in value for text in said(each, place)]
    return [value] if isinstance(value, str) and " " in value else []


@pytest.mark.parametrize("language", OTHERS)
def test_notices_due_tasks_and_scores_are_in_the_patients_language(
    client: FlaskClient, clinic: Clinic, database: Database, language: str
) -> None:
    me = clinic.patient.headers
    client.post("/v1/me/entries", json=a_report(pain_worst=9, red_flags=["chest_pain"]), headers=me)
    client.post("/v1/me/assessments", json=a_questionnaire({"worst": 7}), headers=me)
    paths = ["/v1/me", "/v1/me/due", "/v1/me/trajectory", "/v1/me/assessments", "/v1/instruments"]
    english = {path: said(client.get(path, headers=me).json) for path in paths}
    speaks(database, clinic, language)
    for path in paths:
        answer = client.get(path, headers=me)
        assert answer.headers["Content-Language"] == language, path
        same = set(english[path]) & set(said(answer.json))
        assert [text for text in same if any(word in text for word in ENGLISH)] == [], path


def test_the_curve_is_summed_up_in_the_patients_language_whatever_period_is_read(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    me = clinic.patient.headers
    client.post("/v1/me/entries", json=a_report(pain_worst=4), headers=me)
    speaks(database, clinic, "de")
    whole = client.get("/v1/me/trajectory", headers=me).json["summary"]
    before = client.get("/v1/me/trajectory?until_date=2020-01-01", headers=me).json
    assert (before["scores"], before["summary"]) == ([], whole)
    assert whole["key"] in {"level_only", "no_baseline", "too_few_answers"}
    assert whole["text"].endswith(("Dafür braucht es erst mehr Einträge.", "dass alles in Ordnung ist."))


@pytest.mark.parametrize("language", OTHERS)
def test_every_problem_of_a_patients_request_is_in_the_patients_language(
    client: FlaskClient, clinic: Clinic, database: Database, language: str
) -> None:
    me, report = clinic.patient.headers, a_report(pain_worst=4)
    client.post("/v1/me/entries", json=report, headers=me)
    wrong = a_report(pain_worst=11) | {
        "stiffness": 1.5, "note": "\x00", "dose": "x", "body_sites": [{}], "what": 1, "local_date": "x",
    }  # fmt: skip
    place = f"/v1/me/entries/{report['id']}"
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v1/me/entries", {"json": wrong}),
        ("POST", "/v1/me/entries", {"json": {}}),
        ("POST", "/v1/me/entries", {"json": report | {"pain_worst": 5}}),
        ("POST", "/v1/me/entries", {"json": {"entries": 1}}),
        ("POST", "/v1/me/entries", {"data": "{", "content_type": "application/json"}),
        ("POST", "/v1/me/entries", {"data": "a", "content_type": "text/plain"}),
        ("POST", "/v1/me/entries?dry_run=1", {"json": report}),
        ("GET", f"/v1/me/entries/{uuid4()}", {}),
        ("GET", "/v1/me/entries?since=x", {}),
        ("GET", "/v1/me/nothing", {}),
        ("PATCH", place, {"json": {}}),
        ("PUT", place, {"json": report}),
        ("PUT", place, {"json": report, "headers": {"If-Match": '"7"'}}),
        ("PUT", place, {"json": report | {"pain_worst": 5}, "headers": {"If-Match": '"7"'}}),
        ("DELETE", place, {}),
        ("POST", "/v1/me/assessments", {"json": {"id": 1}}),
        ("POST", "/v1/me/assessments", {"json": a_questionnaire({"worst": 11, "x": 1})}),
        ("POST", "/v1/me/assessments", {"json": a_questionnaire({}, instrument="x")}),
        ("PATCH", "/v1/me", {"json": {"check_in_at": "x", "timezone": "x", "name": "x", "email": "x"}}),
        ("PATCH", "/v1/me", {"json": {"name": "x"}}),
        ("POST", "/v1/me/reminders/snooze", {"json": {"until": "2026-01-01"}}),
        ("GET", "/v1/patients", {}),
        ("GET", "/v1/push-key", {}),
    ]
    answers = {}
    for tongue in ("en", language):
        speaks(database, clinic, tongue)
        answers[tongue] = [
            client.open(path, method=method, **options | {"headers": me | options.get("headers", {})})
            for method, path, options in requests
        ]
    for (method, path, _), english, other in zip(requests, *answers.values(), strict=True):
        assert english.status_code == other.status_code
        if english.status_code < 400:
            continue
        assert english.json["type"] == other.json["type"]
        same = set(said(english.json)) & set(said(other.json))
        assert same == set(), (method, path)
        left = [
            text for text in said(other.json) if any(word in text for word in ("needed", "Must", "valid "))
        ]
        assert left == [], (method, path)


def test_what_is_stored_stays_english_and_what_is_shown_does_not(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    speaks(database, clinic, "de")
    refused = client.post("/v1/me/entries", json=a_report(pain_worst=11), headers=clinic.patient.headers)
    words = "11 ist keine ganze Zahl von 0 bis 10"
    assert refused.json["errors"] == {"pain_worst": words}
    with database.read() as session:
        stored = session.scalars(select(RejectedEntry.problem)).one()
    assert stored["errors"] == {"pain_worst": "11 is not a whole number in 0..10"}
    mine = client.get("/v1/me/rejected-entries", headers=clinic.patient.headers).json["items"]
    assert [each["problem"]["errors"]["pain_worst"] for each in mine] == [words]
    path = f"/v1/patients/{clinic.patient.id}/rejected-entries"
    [shown] = client.get(path, headers=clinic.nurse.headers).json["items"]
    assert shown["problem"] == stored


def test_who_is_not_signed_in_reads_what_accept_language_asks_for(client: FlaskClient) -> None:
    spanish = {"Accept-Language": "it, es-MX;q=0.9, en;q=0.5"}
    refused = client.post("/v1/activations", json={"code": "AAAAA-AAAAA", "label": "a"}, headers=spanish)
    assert refused.json["detail"] == "El código no sirve; el equipo puede crear uno nuevo."
    assert client.get("/v1/me", headers=spanish).json["title"] == "Sin sesión"
    assert client.get("/v1/me").json["title"] == "Unauthorized"


def test_every_type_of_problem_is_a_page_that_says_what_to_do(client: FlaskClient) -> None:
    for slug in {slug_of(kind) for kind in PROBLEMS} | set(OF_HTTP.values()):
        page = client.get(f"/problems/{slug}")
        assert page.status_code == 200
        assert "What to do" in page.text
    assert (
        "Registro ilegible" in client.get("/problems/invalid-entry", headers={"Accept-Language": "es"}).text
    )
    assert client.get("/problems/nothing").status_code == 404


def test_no_problem_is_about_blank(client: FlaskClient, clinic: Clinic) -> None:
    me = clinic.nurse.headers
    answers = [
        client.get("/v1/me"),
        client.get("/nowhere"),
        client.put("/v1/me", headers=me),
        client.get("/v1/me/entries", headers=me),
        client.post("/v1/patients", json={}, headers=me),
        client.post("/v1/patients", data="{", content_type="application/json", headers=me),
        client.post("/v1/patients", data="a", content_type="text/csv", headers=me),
    ]
    assert [answer.status_code for answer in answers] == [401, 404, 405, 403, 422, 400, 415]
    for answer in answers:
        assert client.get(answer.json["type"]).status_code == 200


def test_every_language_of_a_patient_is_one_of_the_catalogues() -> None:
    assert [language.value for language in Language if language is not Language.ENGLISH] == OTHERS


def test_the_page_a_message_leads_to_is_in_the_readers_language(client: FlaskClient) -> None:
    page = client.get(f"/m/{uuid4()}", headers={"Accept-Language": "fr-CA"}).text
    assert 'lang="fr"' in page
    assert "Vous avez un message." in page
