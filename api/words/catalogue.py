"""The catalogue of sentences: from what the code says in English to what a patient reads.

English is what is written in the code, stored and logged; a translation is made on the way out and nowhere
else. ``sentences.toml`` and ``problems.toml`` hold every translation; tests hold them complete.
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
"""In which order a line of ``sentences.toml`` has its translations."""

DEEPEST = 6
"""How many parts within parts of one sentence are translated."""


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """What a kind of problem is called, and what it means to a patient who meets it."""

    title: str
    said: str


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
    """Return ``text`` in ``language``, or as it is where the catalogue has no such sentence."""
    return translate(text, language) or text


def problem_words(slug: str, language: Language) -> ProblemWords | None:
    """Return the words of a kind of problem; None in English, and where only staff meet it."""
    found = problems().get(slug, {}).get(language.value)
    return ProblemWords(**found) if found else None


def translate_problem(body: Mapping[str, Any], slug: str, language: Language) -> dict[str, Any]:
    """Return a problem's body in ``language``.

    ``detail`` is this time's sentence where the catalogue has it, and else what the kind means. The same
    for `errors`: a field keeps its name, and what the catalogue lacks stays in English beside it.
    """
    words = problem_words(slug, language)
    if words is None:
        return dict(body)
    shown = dict(body) | ({"title": words.title} if "title" in body else {})
    if errors := body.get("errors"):
        shown["errors"] = {name: translate_all(what, language) for name, what in errors.items()}
        shown["detail"] = f"{words.said} " + "; ".join(f"{name}: {w}" for name, w in shown["errors"].items())
        shown["detail"] = shown["detail"][:1000]
    elif "detail" in body:
        shown["detail"] = translate(body["detail"], language) or words.said
    return shown


def translate_all(text: str, language: Language) -> str:
    """Return ``text``, one sentence or several, in ``language``; sentence by sentence where need be."""
    whole = translate(text, language)
    if whole is not None:
        return whole
    return " ".join(translated(part, language) for part in re.split(r"(?<=\.) ", text))


@cache
def problems() -> Mapping[str, Any]:
    """Return ``problems.toml``, by slug."""
    return tomllib.loads((HERE / "problems.toml").read_text(encoding="utf-8"))


@cache
def _sentences() -> Mapping[str, list[str]]:
    return tomllib.loads((HERE / "sentences.toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], list[str]], ...]:
    """Return the sentences with placeholders as patterns, those that leave least open first."""
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
