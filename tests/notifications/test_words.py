"""Every word that leaves the building, in four languages."""

import json
import re
from itertools import product
from uuid import uuid4

import pytest

from api.domain.delivery.messages import FOR_STAFF, MessageKind
from api.domain.enrolment import Language
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.email import compose_email
from notifications.channels.web_push import body_of
from notifications.channels.webhook import body_of as webhook_body_of
from notifications.templates import DISCREET, EMAIL_TEXTS, TITLES, title_of
from tests.conftest import NOW

CLINICAL = re.compile(
    r"pain|ache|joint|stiff|tablet|pill|dose|drug|medic|score|worse|symptom|cancer|tumou?r|breast|oncolog|therap|"
    r"hormone|inhibitor|letrozol|anastrozol|exemestan|bone|grip|"
    r"schmerz|gelenk|steif|tablette|arznei|medikament|krebs|brust|onkolog|verschlechter|beschwerde|knochen|"
    r"dolor|articulac|rigid|pastilla|comprimido|fármaco|cáncer|mama\b|tumor|síntoma|empeor|hueso|"
    r"douleur|articula|raid|comprimé|médicament|sein\b|tumeur|symptôme|aggrav|\bos\b",
    re.IGNORECASE,
)
"""Stems that no title may contain; Spanish and French share them with English."""

EVERYTHING = [
    (kind, language, discreet) for kind, language, discreet in product(MessageKind, Language, (False, True))
]


def a_message(kind: MessageKind, language: Language, *, discreet: bool) -> Message:
    payload = Payload(kind, uuid4(), language, discreet)
    return Message(payload, "t" * 32, 60, Urgency.NORMAL, link="https://clinic.example/m/1")


@pytest.mark.parametrize(("kind", "language", "discreet"), EVERYTHING)
def test_every_kind_has_words_in_every_language_by_every_channel_and_none_is_clinical(
    kind: MessageKind, language: Language, *, discreet: bool
) -> None:
    message = a_message(kind, language, discreet=discreet)
    letter = compose_email(message, to="a@example.org", sender="care@clinic.example", now=NOW)
    said = [
        json.dumps(json.loads(body_of(message))["notification"], ensure_ascii=False),
        letter["Subject"],
        *[part.get_content() for part in letter.iter_parts()],
    ]
    assert title_of(kind, language, discreet=discreet) in said[0]
    assert all(title_of(kind, language, discreet=discreet).strip() for _ in said)
    assert [text for text in said if CLINICAL.search(text)] == []


def test_languages_say_different_things_and_kinds_too() -> None:
    assert set(TITLES) == set(DISCREET) == set(EMAIL_TEXTS) == set(Language)
    titles = [title for words in TITLES.values() for title in words.values()]
    assert len(set(titles)) == len(titles) == len(Language) * len(MessageKind)


@pytest.mark.parametrize("language", Language)
def test_discreet_mode_says_the_same_whatever_it_is_about(language: Language) -> None:
    to_patients = set(MessageKind) - FOR_STAFF
    assert {title_of(kind, language, discreet=True) for kind in to_patients} == {DISCREET[language]}
    assert {title_of(kind, language, discreet=True) for kind in FOR_STAFF}.isdisjoint({DISCREET[language]})


def test_a_program_gets_no_words_at_all() -> None:
    said = webhook_body_of(a_message(MessageKind.ALERT, Language.GERMAN, discreet=False)).decode()
    assert not any(title in said for words in TITLES.values() for title in words.values())


@pytest.mark.parametrize(
    "title", ["Your pain is worse", "Ihre Tablette", "El dolor", "Votre comprimé", "le sein"]
)
def test_the_search_for_clinical_words_would_notice(title: str) -> None:
    assert CLINICAL.search(title)
