"""Every sentence a patient can meet is in the catalogue, in every language."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.domain.enrolment import Language
from api.domain.entries import date_floor
from api.domain.instruments.registry import INSTRUMENTS
from api.errors import OF_HTTP, PROBLEMS, slug_of
from api.words import catalogue
from api.words.catalogue import ORDER, problems, translate, translate_problem

API = Path(__file__).parents[2] / "api"
OTHERS = [language for language in Language if language is not Language.ENGLISH]
SENTENCES = catalogue._sentences()
PATIENTS = {slug for slug, words in problems().items() if "de" in words}
COMPOSED = {
    "{}: {}",  # the name of a field and what is wrong with it: each translated by itself
    "{}",
    "check_in_again_at {}",  # its second half stands in the catalogue
    "{} {} {}",  # a retired instrument with its reason: patients read the meaning of the problem instead
}
"""Sentences that are composed of parts."""


def test_every_language_has_its_place_in_a_line() -> None:
    assert set(ORDER) == set(OTHERS)
    assert [text for text, translations in SENTENCES.items() if len(translations) != len(ORDER)] == []


@pytest.mark.parametrize("text", SENTENCES, ids=lambda text: text[:40])
def test_a_translation_keeps_every_placeholder_and_differs_from_the_english(text: str) -> None:
    places = sorted(re.findall(r"{[a-z_]+}", text))
    for translation in SENTENCES[text]:
        assert sorted(re.findall(r"{[a-z_]+}", translation)) == places


def test_every_kind_of_problem_says_what_to_do_and_no_other_is_there() -> None:
    kinds = {slug_of(kind) for kind in PROBLEMS} | set(OF_HTTP.values())
    assert set(problems()) == kinds
    assert all(words["todo"].endswith(".") for words in problems().values())
    assert all("meaning" in problems()[slug] for slug in OF_HTTP.values())


def test_what_a_patient_can_meet_has_words_in_every_language() -> None:
    assert {"invalid-entry", "entry-conflict", "unauthorized", "service-unavailable"} <= PATIENTS
    for slug in PATIENTS:
        assert {language.value for language in OTHERS} <= set(problems()[slug])


def raised_to_patients() -> Iterator[tuple[str, str]]:
    """Return each sentence that is raised as a problem with words for patients, with its place."""
    kinds = {kind.__name__ for kind in PROBLEMS if slug_of(kind) in PATIENTS}
    for path in sorted(API.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                for text in sentences_in(node):
                    yield f"{path.relative_to(API)}:{node.lineno}", text


def sentences_in(call: ast.Call) -> Iterator[str]:
    values = [value for each in call.args if isinstance(each, ast.Dict) for value in each.values]
    for each in [*call.args[:1], *values]:
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value
        if isinstance(each, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) else "{}"  # type: ignore[misc]
                for part in each.values
            )


STAFF_ONLY = {
    "resources/plans.py",
    "services/patients/enrolment.py",
    "services/accounts/activations.py",
    "services/alerts/actions.py",
    "services/alerts/response_times.py",
    "services/policies/site_documents.py",
    "services/reminders/reminders.py",
    "services/care/measurements.py",
    "services/plans/plans.py",
    "services/messages/webhooks.py",
    "services/instruments/jsonl_scoring.py",
}
"""Modules whose problems reach the team only: they may stay English."""


def test_every_sentence_that_is_raised_to_patients_is_translated() -> None:
    lacking = [
        (place, text)
        for place, text in raised_to_patients()
        if place.split(":")[0] not in STAFF_ONLY
        and text not in COMPOSED
        and translate(text.replace("{}", "X1"), Language.GERMAN) is None
    ]
    assert lacking == []


def test_everything_that_can_be_wrong_with_a_field_is_translated() -> None:
    lacking = []
    for name in ("entries/answer_types", "entries/parse", "assessments/assessment"):
        for node in ast.walk(ast.parse((API / f"domain/{name}.py").read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "ValueError"
            ):
                found = list(sentences_in(node))
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                found = list(sentences_in(ast.Call(node.targets[0], [node.value], [])))
            else:
                continue
            lacking += [
                text for text in found if translate(text.replace("{}", "X1"), Language.FRENCH) is None
            ]
    assert lacking == []


def test_the_earliest_day_is_explained_in_every_language() -> None:
    found = date_floor.too_early(
        date(2026, 1, 1), local_date=date(2016, 1, 1), recorded_at=datetime(2016, 1, 1, tzinfo=UTC)
    )
    assert found
    for said in found.values():
        assert [translate(said, each) for each in OTHERS if translate(said, each) is None] == []


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: each.code)
def test_what_questionnaires_are_called_and_mean_is_translated(instrument: object) -> None:
    said = [instrument.title, instrument.recall_period]  # type: ignore[attr-defined]
    for score in instrument.scores:  # type: ignore[attr-defined]
        said += [score.name, *[band.label for band in score.bands]]
    assert [text for text in said if any(translate(text, each) is None for each in OTHERS)] == []


def test_parts_of_a_sentence_are_translated_too() -> None:
    words = (
        "7, severe (higher is worse). Against baseline: worse by 3, more than the 2 that matters, but within "
        "measurement error (1.96·√2·SEM = 3.2). Against the last: no earlier answer to compare with."
    )
    assert translate(words, Language.GERMAN) == (
        "7, stark (höher ist schlechter). Gegenüber dem Ausgangswert: um 3 schlechter, mehr als die 2, ab "
        "denen es zählt, aber innerhalb des Messfehlers (1.96·√2·SEM = 3.2). Gegenüber dem letzten: keine "
        "frühere Antwort zum Vergleich."
    )


def test_a_sentence_the_catalogue_lacks_becomes_what_its_kind_means() -> None:
    body = {"type": "/problems/unknown-entry", "title": "Unknown entry", "detail": "a sentence of tomorrow"}
    shown = translate_problem(body, "unknown-entry", Language.SPANISH)
    assert shown["title"] == "Registro no encontrado"
    assert shown["detail"] == "Ese registro no está entre los suyos."
    assert shown["type"] == body["type"]
