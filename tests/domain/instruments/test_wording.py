"""Wording loaded by a site, and shipped wording."""

from dataclasses import replace

import pytest

from api.domain.errors import InvalidWording
from api.domain.instruments.definition import Instrument, Item
from api.domain.instruments.registry import find
from api.domain.instruments.wording import fits, read_wording, shipped_languages

OPEN: Instrument = replace(
    find("bpi-sf"),
    items=(
        Item("first", 0, 10, texts={"en": "?", "de": "?"}),
        Item("second", 0, 10, texts={"en": "?"}),
        Item("beside", 0, 10, is_on_form=False),
    ),
)
TEXT = {"language": "de", "licence": "The owner, 1 March 2026", "items": {"first": "?", "second": "?"}}


def test_a_language_ships_where_every_item_of_the_form_has_its_text() -> None:
    assert shipped_languages(OPEN) == ("en",)
    assert shipped_languages(find("bpi-sf")) == ()


def test_a_shipped_language_is_not_replaced_but_others_are_added() -> None:
    assert read_wording(OPEN, TEXT).items == TEXT["items"]
    with pytest.raises(InvalidWording, match="comes with its wording in 'en', whose licence allows it"):
        read_wording(OPEN, {**TEXT, "language": "en"})


def test_an_item_outside_the_form_needs_no_text_and_may_have_one() -> None:
    more = {**TEXT, "items": {**TEXT["items"], "beside": "?"}}
    assert read_wording(OPEN, more).items["beside"] == "?"
    assert fits(TEXT["items"], OPEN)
    assert not fits({"first": "?"}, OPEN)
