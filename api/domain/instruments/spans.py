"""Runs of numbered names, shortened: ``q1`` to ``q28`` instead of twenty-eight names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")
_NUMBERED = re.compile(r"(?P<stem>.*\D)(?P<number>\d+)")


@dataclass(frozen=True, slots=True)
class Span(Generic[Value]):
    """Consecutively numbered names, from first to last, that share one value."""

    first: str
    last: str
    value: Value

    @property
    def short(self) -> str:
        """Return the names in short form.

        >>> Span("vas_1", "vas_7", 4.0).short, Span("worst", "worst", 7.0).short
        ('vas_1..7', 'worst')
        """
        found = _NUMBERED.fullmatch(self.last)
        return self.first if self.first == self.last or not found else f"{self.first}..{found['number']}"

    @property
    def long(self) -> str:
        """Return the names in Markdown.

        >>> Span("q1", "q5", 4.0).long, Span("q29", "q30", 4.0).long, Span("worst", "worst", 7.0).long
        ('`q1` to `q5`', '`q29`, `q30`', '`worst`')
        """
        if self.first == self.last:
            return f"`{self.first}`"
        return f"`{self.first}`{', ' if _follows(self.first, self.last) else ' to '}`{self.last}`"


def spans(values: Mapping[str, Value]) -> list[Span[Value]]:
    """Return the names in spans: consecutively numbered names with equal values together.

    >>> [span.short for span in spans({"q1": 2.0, "q2": 2.0, "q3": 1.0, "q5": 1.0})]
    ['q1..2', 'q3', 'q5']
    """
    found: list[Span[Value]] = []
    for name, value in values.items():
        if found and found[-1].value == value and _follows(found[-1].last, name):
            found[-1] = Span(found[-1].first, name, value)
        else:
            found.append(Span(name, name, value))
    return found


def _follows(before: str, name: str) -> bool:
    one, two = _NUMBERED.fullmatch(before), _NUMBERED.fullmatch(name)
    return bool(one and two and one["stem"] == two["stem"] and int(one["number"]) + 1 == int(two["number"]))
