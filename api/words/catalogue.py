"""Translations of sentences from English to the languages of patients.

The code, the tables and the logs contain English. Text is translated only in a response. The files
``sentences.toml``, ``check_in.toml``, ``demo.toml`` and ``problems.toml`` contain all translations, and
tests check that they are complete.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from api.domain.enrolment import Language

HERE = Path(__file__).parent
ORDER = (Language.GERMAN, Language.SPANISH, Language.FRENCH)
"""Order of the translations in a line of a file of sentences."""

SENTENCE_FILES = ("sentences.toml", "check_in.toml", "demo.toml")

DEEPEST = 6
"""Maximum nesting of translated parts in one sentence."""


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """Title and text of a type of problem, for a patient."""

    title: str
    text: str


def translate(text: str, language: Language, *, depth: int = 0) -> str | None:
    """Return ``text`` in ``language``; None where the catalogue has no such sentence.

    >>> translate("Must be one of: a, b.", Language.GERMAN)
    'Muss eines von diesen sein: a, b.'
    >>> translate("worse by 2; what change matters is not known for this score", Language.FRENCH)
    'moins bien de 2 ; on ne sait pas quel changement compte pour ce score'
    """
    if language is Language.ENGLISH:
        return text
    place = ORDER.index(language)
    exact = _sentences().get(text)
    if exact is not None:
        return exact[place]
    for pattern, translations in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            if depth < DEEPEST:
                parts = {
                    name: translate(part, language, depth=depth + 1) or part for name, part in parts.items()
                }
            return _filled(translations[place], parts)
    return None


def translated(text: str, language: Language) -> str:
    """Return ``text`` in ``language``, or unchanged if the catalogue does not have it."""
    return translate(text, language) or text


def problem_words(slug: str, language: Language) -> ProblemWords | None:
    """Return title and text of a type of problem; None in English, and for types that only staff meet."""
    found = problems().get(slug, {}).get(language.value)
    return ProblemWords(**found) if found else None


def translate_problem(body: Mapping[str, Any], slug: str, language: Language) -> dict[str, Any]:
    """Return a problem's body in ``language``.

    ``detail`` is translated if the catalogue has the sentence, else replaced by the text of the type.
    In ``errors`` a field keeps its name, and a text that is not in the catalogue stays in English.
    """
    words = problem_words(slug, language)
    if words is None:
        return dict(body)
    shown = dict(body) | ({"title": words.title} if "title" in body else {})
    if errors := body.get("errors"):
        shown["errors"] = {name: translate_all(what, language) for name, what in errors.items()}
        shown["detail"] = f"{words.text} " + "; ".join(f"{name}: {w}" for name, w in shown["errors"].items())
        shown["detail"] = shown["detail"][:1000]
    elif "detail" in body:
        shown["detail"] = translate(body["detail"], language) or words.text
    return shown


def translate_all(text: str, language: Language) -> str:
    """Return ``text``, one or several sentences, in ``language``; sentences without a translation stay.

    A sentence is looked up alone, and where it is not in the catalogue, together with those after it.
    """
    parts = re.split(r"(?<=\.) ", text)
    said: list[str] = []
    while parts:
        runs = [" ".join(parts[:count]) for count in range(1, len(parts) + 1)]
        found = ((count, translate(run, language)) for count, run in enumerate(runs, start=1))
        known = ((count, words) for count, words in found if words and words != runs[count - 1])
        count, words = next(known, (1, parts[0]))
        said.append(words)
        parts = parts[count:]
    return " ".join(said)


@cache
def problems() -> Mapping[str, Any]:
    """Return ``problems.toml``, by slug."""
    return tomllib.loads((HERE / "problems.toml").read_text(encoding="utf-8"))


@cache
def _sentences() -> Mapping[str, list[str]]:
    files = (tomllib.loads((HERE / name).read_text(encoding="utf-8")) for name in SENTENCE_FILES)
    return {english: translations for sentences in files for english, translations in sentences.items()}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], list[str]], ...]:
    """Return the sentences with placeholders as patterns, the most specific first."""
    found = [(text, translations) for text, translations in _sentences().items() if _PLACE.search(text)]
    found.sort(key=lambda each: len(_PLACE.sub("", each[0])), reverse=True)
    return tuple((_pattern(text), translations) for text, translations in found)


_PLACE = re.compile(r"\{([a-z_]+)\}")


def _pattern(text: str) -> re.Pattern[str]:
    literal = _PLACE.split(text)
    pieces = [f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(literal)]
    return re.compile("".join(pieces), re.S)


def _filled(text: str, parts: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda found: parts[found[1]], text)
