"""Names and free texts hold what can be read, in one form, and nothing that hides or reorders words."""

import unicodedata
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from api.domain.answer_kinds import Text as Words
from api.domain.text import cleaned, is_control
from api.schemas.fields import Text
from tests.builders import Clinic, a_report

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
HIDES = [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u200b\ufeff"]
REFUSED = ["\x00", "\x07", "\x7f", "\x85", "\x9b", "\u2028", "\n", "\ud83d"]


def enrolled(client: FlaskClient, clinic: Clinic, **changes: Any) -> Any:
    body = {
        "reference": "P-1",
        "name": "Eve",
        "birth_year": 1960,
        "timezone": "Europe/Berlin",
        "ai": "letrozole",
    }
    return client.post("/v1/patients", json=body | changes, headers=clinic.nurse.headers)


@ON_SQLITE
@pytest.mark.parametrize("letter", HIDES, ids=lambda letter: f"U+{ord(letter):04X}")
def test_a_name_is_kept_without_letters_that_hide_or_reorder_it(
    client: FlaskClient, clinic: Clinic, letter: str
) -> None:
    answer = enrolled(
        client, clinic, name=f"{letter}Eve{letter} Adams{letter}", phone=f"{letter}+49 30 1{letter}"
    )
    assert (answer.json["name"], answer.json["phone"]) == ("Eve Adams", "+49 30 1")


@pytest.mark.parametrize("letter", REFUSED, ids=lambda letter: f"U+{ord(letter):04X}")
def test_a_control_character_in_a_name_is_refused(letter: str) -> None:
    with pytest.raises(ValidationError):
        Text(max=20).deserialize(f"E{letter}ve")


@pytest.mark.parametrize("name", ["علی‌رضا", "क्‍ष", "O’Brien-Smith", "김", "👩‍⚕️"])
def test_names_of_every_script_are_taken(name: str) -> None:
    assert Text(max=20).deserialize(name) == unicodedata.normalize("NFC", name)


@ON_SQLITE
def test_two_spellings_of_one_name_are_kept_as_one(client: FlaskClient, clinic: Clinic) -> None:
    answer = enrolled(client, clinic, name=unicodedata.normalize("NFD", "Zoë Müller"))
    assert answer.json["name"] == unicodedata.normalize("NFC", "Zoë Müller")


@ON_SQLITE
def test_a_note_of_a_diary_loses_what_hides_and_is_not_refused(client: FlaskClient, clinic: Clinic) -> None:
    report = a_report(pain_worst=3, note="\u202ethumbs\u202c since Monday\nworse at night")
    answer = client.post("/v1/me/entries", json=report, headers=clinic.patient.headers)
    assert answer.status_code == 201
    [kept] = client.get("/v1/me/entries", headers=clinic.patient.headers).json["items"]
    assert kept["note"] == "thumbs since Monday\nworse at night"


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30))
def test_what_is_kept_is_clean_and_cleaning_it_again_changes_nothing(text: str) -> None:
    for read in (Text(max=30, lines=True).deserialize, Words(30).read):
        try:
            kept = read(text)
        except (ValidationError, ValueError):
            continue
        assert kept == cleaned(kept) == unicodedata.normalize("NFC", kept.strip())
        assert not any(is_control(letter) or letter in HIDES for letter in kept)
