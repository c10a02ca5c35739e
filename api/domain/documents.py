"""Strict reading of documents that a site writes: policies, escalation ladders and monitoring plans.

A document is read without guessing. Every problem is collected and names the path of the field and
the values that are accepted, so that an author can correct all of them at once.
"""

import reprlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

MAX_NAME, MAX_SOURCE = 100, 2000
MAX_UNKNOWN_NAMES = 20
"""Unknown names of one table that are reported."""

_SHORT = reprlib.Repr()  # limits the depth, so that a deeply nested document is safe to print
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = MAX_NAME

Problems = list[tuple[str, str]]
"""Pairs of the path of a field and the reason why its value is refused."""
Table = Mapping[Any, Any]


class NamedContent(Protocol):
    """The content of a document, with the name that the site gives it."""

    @property
    def name(self) -> str:
        """Return the name."""


Content = TypeVar("Content", bound=NamedContent)


class UnusableDocument(Exception):
    """A document that cannot be used; ``problems`` holds every problem with its path."""

    def __init__(self, problems: Problems) -> None:
        """Keep the problems."""
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in problems))
        self.problems = problems

    def by_field(self) -> dict[str, str]:
        """Return the problems by path, for a request whose field ``document`` holds the document."""
        reasons: dict[str, list[str]] = {}
        for path, reason in self.problems:
            reasons.setdefault("document" if path == "document" else f"document.{path}", []).append(reason)
        return {path: "; ".join(each) for path, each in reasons.items()}


@dataclass(frozen=True, slots=True)
class DocumentFormat(Generic[Content]):
    """The reader and the writers of one kind of document."""

    noun: str
    built_in: Content
    read: Callable[[Any], Content]
    """Return the content of a document, or raise ``UnusableDocument``."""
    dump: Callable[[Content], dict[str, Any]]
    """Return the whole document; reading it returns the same content."""
    dump_stored: Callable[[Content], dict[str, Any]]
    """Return the document as it is stored; reading it returns the same content."""
    changes: Callable[[Content], list[str]]
    """Return the differences from the built-in content, one per line."""


class DocumentReader:
    """One reading of a document, with the problems found so far."""

    def __init__(self) -> None:
        """Begin without problems."""
        self.problems: Problems = []

    def refuse(self, path: str, reason: str) -> None:
        """Add a problem."""
        self.problems.append((path, reason))

    def root(self, document: Any, known: Sequence[str]) -> Table:
        """Return the outermost table of a document.

        Raises:
            UnusableDocument: The document is not a table.
        """
        if not isinstance(document, Mapping):
            raise UnusableDocument([("document", f"is not a table of {', '.join(known)}")])
        self.refuse_unknown("", document, known)
        return document

    def refuse_unknown(self, prefix: str, table: Table, known: Iterable[str]) -> None:
        """Add a problem for each unknown name of a table, up to 20, with the nearest known name."""
        names = tuple(known)
        for key in islice((key for key in table if key not in names), MAX_UNKNOWN_NAMES):
            name = shorten(key, quoted=False)
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the names are {', '.join(names)}"
            self.refuse(f"{prefix}{name}", f"is not known; {hint}")

    def table(self, value: Any, path: str, known: Iterable[str]) -> Table:
        """Return a table with known names, or an empty table with a problem."""
        if not isinstance(value, Mapping):
            self.refuse(path, f"{shorten(value)} is not a table of {', '.join(known)}")
            return {}
        self.refuse_unknown(f"{path}.", value, known)
        return value

    def items(self, value: Any, path: str, most: int) -> Sequence[Any]:
        """Return a list of 1 to ``most`` items, or an empty list with a problem."""
        if isinstance(value, list | tuple) and 1 <= len(value) <= most:
            return value
        self.refuse(path, f"{shorten(value)} is not a list of 1 to {most}")
        return ()

    def text(self, value: Any, path: str, longest: int) -> str:
        """Return one line of text, or an empty text with a problem."""
        if isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= longest:
            return value
        reason = "is missing" if value is None else f"{shorten(value)} is not right"
        self.refuse(path, f"{reason}: one line of text of 1 to {longest} characters is needed")
        return ""

    def finish(self, content: Content) -> Content:
        """Return the content of a document without problems.

        Raises:
            UnusableDocument: There are problems; with all of them.
        """
        if self.problems:
            raise UnusableDocument(self.problems)
        return content


def is_whole(value: Any, lowest: int, highest: int) -> bool:
    """Return whether a value is a whole number within bounds, both included; a boolean is not.

    >>> is_whole(3, 0, 3), is_whole(True, 0, 3), is_whole(3.0, 0, 3)
    (True, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def amount(value: Any, limits: Mapping[str, tuple[int, int]]) -> tuple[str, int] | None:
    """Return unit and number of a table such as ``{"weeks": 4}``; None: it is not within the limits.

    >>> amount({"weeks": 4}, {"weeks": (1, 260)}), amount({"weeks": 0}, {"weeks": (1, 260)})
    (('weeks', 4), None)
    """
    if isinstance(value, Mapping) and len(value) == 1:
        unit, number = next(iter(value.items()))
        if unit in limits and is_whole(number, *limits[unit]):
            return unit, number
    return None


def shorten(value: Any, *, quoted: bool = True) -> str:
    """Return a value as text of at most 100 characters.

    >>> shorten({"months": 0}), shorten(["x"] * 1000, quoted=False)
    ("{'months': 0}", "['x', 'x', 'x', 'x', 'x', 'x', ...]")
    """
    text = _SHORT.repr(value) if quoted or not isinstance(value, str) else value
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}…"
