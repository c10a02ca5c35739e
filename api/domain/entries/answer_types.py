"""Types of answers; each parses a value from the wire, or explains which values are allowed."""

import re
from dataclasses import dataclass
from typing import Protocol

from api.domain.json_values import as_whole, repeated_in
from api.domain.text import cleaned, has_control

MAX_SITES = 40
"""The largest number of body sites in one entry."""


class AnswerType(Protocol):
    """A type of answer, which parses a value from the wire."""

    def read(self, value: object) -> object:
        """Return the value as it is stored, or raise ValueError with the allowed range."""


@dataclass(frozen=True, slots=True)
class ScaleAnswer:
    """A number from ``lowest`` to ``highest``; ``higher_is`` gives the direction."""

    lowest: int
    highest: int
    higher_is: str
    unit: str = ""

    def read(self, value: object) -> int:
        """Return a whole number in range; ``3.0`` is one, as JSON Schema 2020-12 has it."""
        value = as_whole(value)
        if type(value) is int and self.lowest <= value <= self.highest:
            return value
        raise ValueError(f"{shown(value)} is not a whole number in {self.lowest}..{self.highest}")

    def read_real(self, value: object) -> float:
        """Return a real number in range, for replayed diaries whose scales are finer."""
        if isinstance(value, int | float) and self.lowest <= value <= self.highest:
            return float(value)
        raise ValueError(f"{shown(value)} is not a number in {self.lowest}..{self.highest}")


@dataclass(frozen=True, slots=True)
class FlagAnswer:
    """Yes or no."""

    def read(self, value: object) -> bool:
        """Return true or false; no other value is converted."""
        if value is True or value is False:
            return value
        raise ValueError(f"{shown(value)} is neither true nor false")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    options: tuple[str, ...]

    def read(self, value: object) -> str:
        """Return the word, if it is one of the options."""
        if isinstance(value, str) and value in self.options:
            return value
        raise ValueError(f"{shown(value)} is not one of {', '.join(self.options)}")


@dataclass(frozen=True, slots=True)
class Choices:
    """Any number of a few words, each at most once; at least one."""

    options: tuple[str, ...]

    def read(self, value: object) -> list[str]:
        """Return the words in the order of the options, so that equal answers compare equal."""
        if not isinstance(value, list) or not value:
            raise ValueError(f"a list of one or more of {', '.join(self.options)} is needed")
        for word in value:
            if not isinstance(word, str) or word not in self.options:
                raise ValueError(f"{shown(word)} is not one of {', '.join(self.options)}")
        if len(set(value)) != len(value):
            raise ValueError("each may be named once")
        return [word for word in self.options if word in value]


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """Free text, for the care team only; never in a log, a push or a URL."""

    max_length: int

    def read(self, value: object) -> str:
        """Return the text as it is stored: see `text.cleaned`."""
        words = cleaned(value) if isinstance(value, str) else ""
        if not words:
            raise ValueError("is blank or no text; leave it out instead")
        if len(words) > self.max_length:
            raise ValueError(f"{len(words)} characters are more than {self.max_length}")
        if has_control(words):
            raise ValueError("contains a control character")
        return words


IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"
"""Pattern of an identifier: no blank, so that it cannot hold free text."""


@dataclass(frozen=True, slots=True)
class IdentifierAnswer:
    """An identifier such as ``nrs11-buttons-1``."""

    max_length: int

    def read(self, value: object) -> str:
        """Return the identifier as it was sent."""
        if isinstance(value, str) and len(value) <= self.max_length and re.fullmatch(IDENTIFIER, value):
            return value
        raise ValueError(f"{shown(value)} is no identifier: at most {self.max_length} of A-Z a-z 0-9 . _ / -")


@dataclass(frozen=True, slots=True)
class BodySites:
    """Body sites with pain, up to 40, each with its side."""

    sites: tuple[str, ...]
    sides: tuple[str, ...]

    def read(self, value: object) -> list[dict[str, str]]:
        """Return the sites sorted, so that equal answers compare equal."""
        if not isinstance(value, list) or not 1 <= len(value) <= MAX_SITES:
            raise ValueError("a list of 1 to 40 sites is needed")
        found: set[tuple[str, str]] = set()
        for item in value:
            if not isinstance(item, dict) or set(item) != {"site", "side"}:
                raise ValueError('a body site is {"site": …, "side": …}')
            if repeated := repeated_in(item):
                raise ValueError(f"{repeated[0]} is repeated in one body site")
            for name, options in (("site", self.sites), ("side", self.sides)):
                if not isinstance(item[name], str) or item[name] not in options:
                    raise ValueError(f"{name} {shown(item[name])} is not one of {', '.join(options)}")
            found.add((item["site"], item["side"]))
        if len(found) != len(value):
            raise ValueError("each body site may be named once")
        return [{"site": site, "side": side} for site, side in sorted(found)]


def shown(value: object) -> str:
    """Return a value as text that is short enough for a message."""
    try:
        return repr(value)[:60]
    except (RecursionError, ValueError):
        return "something nested without end"
