"""Words of the faces: every sentence is in every catalogue, and the browser gets what translators wrote."""

import re

import pytest

from tests.words.face_words import (
    FACES,
    LANGUAGES,
    STATIC,
    WORDS,
    BadCall,
    all_sentences,
    forms,
    json_text,
    po_text,
    read,
    sentences,
)

SENTENCES = all_sentences()
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def test_there_are_sentences() -> None:
    assert {"Today", "Activation code", "Activate"} <= {each.text for each in SENTENCES}


@in_each_language
def test_every_sentence_is_translated_and_none_is_uncertain(language: str) -> None:
    catalogue = read(language)
    assert [each.text for each in SENTENCES if not all(forms(catalogue, each))] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


@in_each_language
def test_a_translation_keeps_every_placeholder(language: str) -> None:
    catalogue = read(language)
    for each in SENTENCES:
        places = set(re.findall(r"{\w+}", each.text))
        assert [set(re.findall(r"{\w+}", text)) for text in forms(catalogue, each)] == [places] * (
            2 if each.plural else 1
        ), each.text


@in_each_language
def test_the_committed_catalogues_are_those_that_are_made(language: str) -> None:
    catalogue = read(language)
    assert (WORDS / f"{language}.po").read_text() == po_text(language, catalogue, SENTENCES), "make words"
    for face, folders in FACES.items():
        of_face = json_text(catalogue, all_sentences(folders))
        assert (STATIC / f"words/{face}{language}.json").read_text() == of_face, "make words"


@pytest.mark.parametrize(
    "call",
    [
        't("Call {name}", { name: html`<b>${name}</b>` })',
        "t(`Call ${name}`)",
        "t('Call')",
        "t(words)",
        'n("one", many, 2)',
    ],
)
def test_a_sentence_that_could_not_be_translated_is_refused(call: str) -> None:
    with pytest.raises(BadCall):
        list(sentences(f"const x = {call};"))


def test_sentences_with_plurals_and_contexts_are_found_inside_templates() -> None:
    found = list(sentences('html`${n("{n} day", "{n} days", days)} ${c("a verb", "Open")} ${model.t("no")}`'))
    assert [(each.text, each.plural, each.context) for each in found] == [
        ("{n} day", "{n} days", ""),
        ("Open", "", "a verb"),
    ]


def test_german_and_french_address_formally_and_spanish_with_usted() -> None:
    informal = {
        "de": r"\b(du|dich|dir|dein\w*|Patientin\w*)\b",
        "es": r"\b(tú|tu|tus|te|ti|contigo)\b",
        "fr": r"\b(tu|toi|ton|ta|tes)\b",
    }
    for language, words in informal.items():
        texts = [text for each in SENTENCES for text in forms(read(language), each)]
        assert [text for text in texts if re.search(words, text, re.I)] == []
