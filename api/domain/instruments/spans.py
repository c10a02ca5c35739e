"""Many numbered names said shortly: ``q1`` to ``q28`` instead of twenty-eight."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Said = TypeVar("Said")
_NUMBERED = re.compile(r"(?P<stem>.*\D)(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Span(Generic[Said]):
    """Names from first to last, numbered one by one, of which the same is said."""

    first: str
    last: str
    said: Said

    @property
    def short(self) -> str:
        """Return the names in one word.

        >>> Span("vas_1", "vas_7", 4.0).short, Span("worst", "worst", 7.0).short
        ('vas_1..7', 'worst')
        """
        found = _NUMBERED.fullmatch(self.last)
        return self.first if self.first == self.last or not found else f"{self.first}..{found['number']}"

    @property
    def long(self) -> str:
        """Return the names as a text prints them.

        >>> Span("q1", "q5", 4.0).long, Span("q29", "q30", 4.0).long, Span("worst", "worst", 7.0).long
        ('`q1` to `q5`', '`q29`, `q30`', '`worst`')
        """
        if self.first == self.last:
            return f"`{self.first}`"
        return f"`{self.first}`{', ' if _follows(self.first, self.last) else ' to '}`{self.last}`"


def spans(said: Mapping[str, Said]) -> list[Span[Said]]:
    """Return what is said of names, runs of numbered ones that say the same together.

    >>> [span.short for span in spans({"q1": 2.0, "q2": 2.0, "q3": 1.0, "q5": 1.0})]
    ['q1..2', 'q3', 'q5']
    """
    found: list[Span[Said]] = []
    for name, what in said.items():
        if found and found[-1].said == what and _follows(found[-1].last, name):
            found[-1] = Span(found[-1].first, name, what)
        else:
            found.append(Span(name, name, what))
    return found


def _follows(before: str, name: str) -> bool:
    one, two = _NUMBERED.fullmatch(before), _NUMBERED.fullmatch(name)
    return bool(one and two and one["stem"] == two["stem"] and int(one["number"]) + 1 == int(two["number"]))
