"""The words of the check-in: complete, in the patient's language, and kept by an app until they change."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.domain.enrolment import Language
from api.domain.entries.answer_types import BodySites, Choice, Choices
from api.domain.entries.check_in import CHECK_IN, NOT_WORDED
from api.domain.entries.optional_questions import SELF_HARM_QUESTION
from api.domain.entries.questions import EMERGENCY_FLAGS, QUESTIONS, RED_FLAGS, SITES
from api.words.catalogue import translate
from api.words.check_in import CRISIS_WORDS, check_in
from tests.support.builders import Clinic, a_report

URL = "/v1/check-in"
ENGLISH = check_in(Language.ENGLISH)
QUESTION = {each["name"]: each for each in ENGLISH["questions"]}


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            if isinstance(member, str) and (name == "label" or name.endswith("text") or name == "hint"):
                yield member
            yield from texts_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from texts_in(member)


def set_site(client: FlaskClient, clinic: Clinic, **changes: Any) -> None:
    headers = clinic.site_admin.headers | {"If-Match": "*"}
    assert client.patch("/v1/site", json=changes, headers=headers).status_code == 200


def test_every_question_has_words_but_those_that_are_never_asked() -> None:
    assert {each.name for each in CHECK_IN} == {each.name for each in QUESTIONS} - NOT_WORDED
    assert [each["name"] for each in ENGLISH["questions"] if each["asked"] == "always"] == [
        "pain_worst",
        "stiffness",
        "dose",
    ]


def test_every_value_of_every_choice_has_words() -> None:
    worded = {name: {option["value"] for option in each["options"]} for name, each in QUESTION.items()}
    for question in QUESTIONS:
        if isinstance(question.kind, Choice | Choices) and question.name not in NOT_WORDED:
            own_page = {SELF_HARM_QUESTION.name} if question.name == "red_flags" else set()
            assert worded[question.name] == set(question.kind.options) - own_page


def test_the_red_flags_are_those_of_the_list_and_the_emergencies_come_first() -> None:
    flags = QUESTION["red_flags"]["options"]
    offered = [each["value"] for each in flags if each["offered"]]
    former, own_page = "sudden_severe_back_pain", "thoughts_of_self_harm"
    assert offered == [flag for flag in RED_FLAGS if flag not in {former, own_page}]
    assert {each["value"] for each in flags if each["group"] == "emergency"} == set(EMERGENCY_FLAGS)
    assert ENGLISH["self_harm"]["flag"] == own_page


def test_body_sites_come_in_the_order_of_their_frequency_and_name_each_side() -> None:
    sites = QUESTION["body_sites"]["options"]
    assert [each["value"] for each in sites][:5] == ["hand", "wrist", "knee", "foot", "ankle"]
    assert {each["value"] for each in sites} == set(SITES)
    kind = next(each.kind for each in QUESTIONS if each.name == "body_sites")
    assert isinstance(kind, BodySites)
    assert {side["value"] for each in sites for side in each["sides"]} == set(kind.sides)
    assert [side["text"] for side in sites[0]["sides"]] == ["left hand", "right hand", "both hands"]


@pytest.mark.parametrize("language", [each for each in Language if each is not Language.ENGLISH])
def test_every_text_is_in_every_language(language: Language) -> None:
    said = {*texts_in(ENGLISH), CRISIS_WORDS}
    assert len(said) > 150
    assert {text for text in said if translate(text, language) is None} == set()
    shown = check_in(language)
    assert len(list(texts_in(shown))) == len(list(texts_in(ENGLISH)))
    assert shown["language"] == language


def test_a_patient_gets_the_words_in_the_own_language_with_a_revision(
    client: FlaskClient, clinic: Clinic
) -> None:
    patient = clinic.patient.headers
    english = client.get(URL, headers=patient)
    client.patch("/v1/me", json={"language": "de"}, headers=patient | {"If-Match": "*"})
    german = client.get(URL, headers=patient | {"Accept-Language": "fr"})

    pain = german.json["questions"][0]
    assert (pain["text"], pain["options"][0]["text"]) == (
        "Wie stark war heute Ihr stärkster Gelenkschmerz?",
        "kein Schmerz",
    )
    assert (german.json["language"], german.headers["Content-Language"]) == ("de", "de")
    assert english.headers["ETag"] == f'"{english.json["revision"]}"'
    assert english.headers["ETag"] != german.headers["ETag"]


def test_words_that_have_not_changed_are_not_sent_again(client: FlaskClient, clinic: Clinic) -> None:
    patient = clinic.patient.headers
    known = {"If-None-Match": client.get(URL, headers=patient).headers["ETag"]}
    assert client.get(URL, headers=patient | known).status_code == 304

    set_site(client, clinic, crisis_line="988")
    again = client.get(URL, headers=patient | known)
    assert (again.status_code, again.json["self_harm"]["crisis_line"]) == (200, "988")


def test_self_harm_is_asked_about_only_where_the_site_says_who_answers(
    client: FlaskClient, clinic: Clinic
) -> None:
    patient = clinic.patient.headers
    before = client.get(URL, headers=patient).json["self_harm"]
    assert (before["offered"], before["approved"], before["answered_by"]) == (False, False, None)
    assert before["crisis_text"] == CRISIS_WORDS

    set_site(client, clinic, self_harm_answered_by={"en": "A nurse calls you."})
    after = client.get(URL, headers=patient).json["self_harm"]
    assert (after["offered"], after["approved"], after["answered_by"]) == (True, False, "A nurse calls you.")


def test_a_clinician_approves_the_words_about_self_harm(client: FlaskClient, clinic: Clinic) -> None:
    name, revision = SELF_HARM_QUESTION.name, SELF_HARM_QUESTION.revision
    document = {"name": "Ours", "questions": {name: revision}}
    url, approval = "/v1/site/questions", {"document": document}
    assert client.put(url, json=approval, headers=clinic.nurse.headers).status_code == 403
    signed = client.put(url, json=approval, headers=clinic.clinician.headers)
    assert signed.json["asked"] == [name]

    shown = client.get(URL, headers=clinic.patient.headers).json["self_harm"]
    assert (shown["approved"], shown["offered"], shown["revision"]) == (True, False, revision)
    listed = client.get("/v1/me", headers=clinic.patient.headers).json["questions"]
    assert [each["name"] for each in listed] == ["gap_reason"]


def test_thoughts_of_self_harm_raise_an_alert_where_they_are_not_offered(
    client: FlaskClient, clinic: Clinic
) -> None:
    report = a_report(red_flags=[SELF_HARM_QUESTION.name])
    sent = client.post("/v1/me/entries", json=report, headers=clinic.patient.headers)
    assert sent.status_code == 201
    alerts = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert [(each["kind"], each["tier"]) for each in alerts] == [("red_flag", "same_day")]


def test_staff_read_the_words_in_the_language_of_their_page(client: FlaskClient, clinic: Clinic) -> None:
    asked = clinic.nurse.headers | {"Accept-Language": "de"}
    german, english = (client.get(URL, headers=each).json for each in (asked, clinic.nurse.headers))
    assert german["questions"][0]["label"] == check_in(Language.GERMAN)["questions"][0]["label"]
    assert english["questions"][0]["label"] == ENGLISH["questions"][0]["label"]
