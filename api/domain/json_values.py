"""JSON objects that name a member twice, kept as they were sent."""

from collections.abc import Iterable
from typing import Any


class RepeatedMembers(dict[str, Any]):
    """A JSON object in which a member stands more than once; the last of them is its value.

    ``pairs`` are all members as they were sent, so that no statement of safety is lost with the
    first of two, and ``repeated`` the names that stand more than once.
    """

    def __init__(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Keep every pair."""
        self.pairs = list(pairs)
        super().__init__(self.pairs)

    @property
    def repeated(self) -> list[str]:
        """The names that stand more than once, in the order in which they first stand."""
        counts: dict[str, int] = {}
        for name, _ in self.pairs:
            counts[name] = counts.get(name, 0) + 1
        return [name for name, count in counts.items() if count > 1]


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object for ``json.loads``: a plain dict unless a member is repeated."""
    table = dict(pairs)
    return table if len(table) == len(pairs) else RepeatedMembers(pairs)


def pairs_of(table: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return every member that was sent, repeated ones included."""
    return table.pairs if isinstance(table, RepeatedMembers) else list(table.items())


def repeated_in(value: object) -> list[str]:
    """Return the names of the members that were sent more than once; of what is no object none."""
    return value.repeated if isinstance(value, RepeatedMembers) else []


def with_whole_numbers(value: Any) -> Any:
    """Return a JSON value in which ``3.0`` is the whole number 3, as JSON Schema 2020-12 has it.

    >>> with_whole_numbers({"a": [3.0, 2.5, True]})
    {'a': [3, 2.5, True]}
    """
    top = [value]
    waiting: list[dict[str, Any] | list[Any]] = [top]
    while waiting:
        here = waiting.pop()
        places: Iterable[Any] = here if isinstance(here, dict) else range(len(here))
        for place in places:
            inner = here[place]
            if isinstance(inner, float) and inner.is_integer():
                here[place] = int(inner)
            elif isinstance(inner, dict | list):
                waiting.append(inner)
    return top[0]
