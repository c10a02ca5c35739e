"""JSON objects with repeated members, and whole numbers in JSON values."""

from collections import Counter
from collections.abc import Iterable
from typing import Any


class RepeatedMembers(dict[str, Any]):
    """A JSON object in which a member is repeated; its value is the last one.

    ``pairs`` are all members as they were sent, so that no safety statement is lost with the first
    of two, and ``repeated`` the names of the repeated members.
    """

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Keep every pair."""
        self.pairs = list(pairs)
        super().__init__(self.pairs)

    @property
    def repeated(self) -> list[str]:
        """The names of the repeated members, in the order of their first occurrence."""
        return [name for name, count in Counter(name for name, _ in self.pairs).items() if count > 1]


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object for ``json.loads``: a plain dict unless a member is repeated."""
    table = dict(pairs)
    return table if len(table) == len(pairs) else RepeatedMembers(pairs)


def pairs_of(table: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return every member that was sent, repeated ones included."""
    return table.pairs if isinstance(table, RepeatedMembers) else list(table.items())


def repeated_in(value: object) -> list[str]:
    """Return the names of the repeated members; none where the value is no object."""
    return value.repeated if isinstance(value, RepeatedMembers) else []


def as_whole(value: Any) -> Any:
    """Return the whole number 3 for ``3.0`` (JSON Schema 2020-12), other values unchanged."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def with_whole_numbers(value: Any) -> Any:
    """Return a JSON value in which all numbers like ``3.0`` are whole: see `as_whole`.

    >>> with_whole_numbers({"a": [3.0, 2.5, True]})
    {'a': [3, 2.5, True]}
    """
    top = [value]
    waiting: list[dict[str, Any] | list[Any]] = [top]
    while waiting:
        here = waiting.pop()
        keys: Iterable[Any] = here if isinstance(here, dict) else range(len(here))
        for key in keys:
            inner = here[key]
            if isinstance(inner, float):
                here[key] = as_whole(inner)
            elif isinstance(inner, dict | list):
                waiting.append(inner)
    return top[0]
