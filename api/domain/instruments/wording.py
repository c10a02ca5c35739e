"""Wording that a site loads under its own licence: parsed and checked against the items."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.errors import InvalidWording
from api.domain.instruments.definition import Instrument, Item
from api.domain.text import has_control

LONGEST_TEXT = 2000
LONGEST_LICENCE = 500
EVERY_ITEM = "*"
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,5}")  # as an answer is written: 7, not 07
_NAMES = ("language", "licence", "items", "answers")


@dataclass(frozen=True, slots=True)
class LoadedWording:
    """Wording of a questionnaire in one language, with its licence."""

    language: str
    licence: str
    items: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]
    """Text by item and answer, where given; ``*`` is for every item without its own."""


def shipped_languages(instrument: Instrument) -> tuple[str, ...]:
    """Return the languages whose wording is shipped, as its licence allows."""
    on_form = [item for item in instrument.items if item.is_on_form]
    return tuple(sorted(set.intersection(*(set(item.texts) for item in on_form)))) if on_form else ()


def fits(items: Mapping[str, object], instrument: Instrument) -> bool:
    """Return whether a text covers every item of the form."""
    return all(item.id in items for item in instrument.items if item.is_on_form)


def read_wording(instrument: Instrument, document: object) -> LoadedWording:
    """Parse the wording of a questionnaire from a site's document.

    Args:
        instrument: The questionnaire.
        document: ``language``; ``licence``: grantor and date; ``items``: text by item; and
            optionally ``answers``: by item (or ``*`` for all) the text of each answer.

    Raises:
        InvalidWording: It does not fit the instrument; every unknown and missing item is named.
    """
    if not isinstance(document, dict):
        raise InvalidWording("this is no wording", {"document": "an object with " + ", ".join(_NAMES)})
    wrong = {
        f"{name!r}"[:60]: f"is not known; a wording has {', '.join(_NAMES)}"
        for name in document
        if name not in _NAMES
    }
    language, licence = document.get("language"), document.get("licence")
    wrong |= _wrong_language(instrument, language)
    wrong |= _wrong_text("licence", licence, longest=LONGEST_LICENCE, needed="who granted its use, and when")
    wrong |= _wrong_items(instrument, document.get("items"))
    wrong |= _wrong_answers(instrument, document.get("answers", {}))
    if wrong:
        raise InvalidWording("; ".join(f"{name}: {problem}" for name, problem in wrong.items())[:500], wrong)
    return LoadedWording(
        str(language), str(licence).strip(), dict(document["items"]), dict(document.get("answers", {}))
    )


def _wrong_language(instrument: Instrument, language: object) -> dict[str, str]:
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        return {"language": "a language such as en, de or pt-BR is needed"}
    if language in shipped_languages(instrument):
        terms = f"{instrument.code} comes with its wording in {language!r}"
        return {"language": f"{terms}, whose licence allows it; load another language"}
    return {}


def _wrong_text(name: str, text: object, *, longest: int = LONGEST_TEXT, needed: str = "") -> dict[str, str]:
    if not isinstance(text, str) or not text.strip():
        return {name: f"text is needed{': ' if needed else ''}{needed}"}
    if len(text) > longest:
        return {name: f"is longer than {longest} characters"}
    if has_control(text):
        return {name: "contains a control character"}
    return {}


def _wrong_items(instrument: Instrument, items: object) -> dict[str, str]:
    if not isinstance(items, dict):
        return {"items": "an object with the text of every item is needed"}
    known = {item.id: item for item in instrument.items}
    wrong = {
        f"items.{name[:60]}": f"{instrument.code} {instrument.version} has no such item"
        for name in items
        if name not in known
    }
    for name, item in known.items():
        if name in items:
            wrong |= _wrong_text(f"items.{name}", items[name])
        elif item.is_on_form:
            wrong[f"items.{name}"] = "is missing: every item needs its text"
    return wrong


def _wrong_answers(instrument: Instrument, answers: object) -> dict[str, str]:
    if not isinstance(answers, dict):
        return {"answers": "an object of objects: item (or *), answer, text"}
    wrong: dict[str, str] = {}
    for name, texts in answers.items():
        path = f"answers.{name[:60]}"
        items = instrument.items if name == EVERY_ITEM else [i for i in instrument.items if i.id == name]
        if not items:
            wrong[path] = f"{instrument.code} {instrument.version} has no such item"
        elif not isinstance(texts, dict):
            wrong[path] = "an object of texts by answer is needed"
        else:
            wrong |= _wrong_labels(path, texts, items)
    return wrong


def _wrong_labels(
    path: str, texts: Mapping[str, object], items: tuple[Item, ...] | list[Item]
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for answer, text in texts.items():
        if not any(_takes(item, answer) for item in items):
            wrong[f"{path}.{answer[:60]}"] = "is not an answer it takes"
        wrong |= _wrong_text(f"{path}.{answer[:60]}", text)
    return wrong


def _takes(item: Item, answer: str) -> bool:
    if item.choices:
        return answer in item.choices
    return bool(_WHOLE.fullmatch(answer)) and item.lowest <= int(answer) <= item.highest
