"""Documents that a site writes: read with nothing guessed, every problem named with what would be right."""

import reprlib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

LONGEST_NAME, LONGEST_SOURCE = 100, 2000
MOST_NAMED = 20  # unknown names of one table

_SHORT = reprlib.Repr()  # goes no deeper than a few levels, however deep a document is
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = LONGEST_NAME

Problems = list[tuple[str, str]]
Table = Mapping[Any, Any]


class DocumentError(Exception):
    """A document cannot be used; ``problems`` names each place and what would be right."""

    def __init__(self, problems: Problems) -> None:
        """Keep the problems."""
        super().__init__("; ".join(f"{place}: {what}" for place, what in problems))
        self.problems = problems

    def by_field(self) -> dict[str, str]:
        """Return the problems as they are named where the document is the field ``document``."""
        named: dict[str, list[str]] = {}
        for place, what in self.problems:
            named.setdefault("document" if place == "document" else f"document.{place}", []).append(what)
        return {place: "; ".join(what) for place, what in named.items()}


class DocumentReading:
    """One reading of a document, and the problems found in it."""

    def __init__(self) -> None:
        """Begin with no problem."""
        self.problems: Problems = []

    def refuse(self, place: str, what: str) -> None:
        """Note a problem."""
        self.problems.append((place, what))

    def refuse_unknown(self, place: str, table: Table, known: Iterable[str]) -> None:
        """Note the first names of a table that are not among those known, with what may have been meant."""
        names = tuple(known)
        for key in islice((key for key in table if key not in names), MOST_NAMED):
            word = short(key, quoted=False)
            near = get_close_matches(word, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the names are {', '.join(names)}"
            self.refuse(f"{place}{word}", f"is not known; {hint}")

    def table(self, value: Any, place: str, known: Iterable[str]) -> Table:
        """Return a table of known names; an empty one where it is none."""
        if not isinstance(value, Mapping):
            self.refuse(place, f"{short(value)} is not a table of {', '.join(known)}")
            return {}
        self.refuse_unknown(f"{place}.", value, known)
        return value

    def text(self, value: Any, place: str, longest: int) -> str:
        """Return one line of text; an empty one where it is none."""
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= longest:
            return value
        what = "is missing" if value is None else f"{short(value)} is not right"
        self.refuse(place, f"{what}: one line of text of 1 to {longest} characters is needed")
        return ""


def short(value: Any, *, quoted: bool = True) -> str:
    """Return a value as it was written, or as much of it as fits a sentence.

    >>> short({"months": 0}), short(["x"] * 1000, quoted=False)
    ("{'months': 0}", "['x', 'x', 'x', 'x', 'x', 'x', ...]")
    """
    text = _SHORT.repr(value) if quoted or not isinstance(value, str) else value
    return text if len(text) <= LONGEST_NAME else f"{text[:LONGEST_NAME]}…"
