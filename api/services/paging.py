"""Pages of lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, and the cursor of the next one; None at the end."""

    items: Sequence[Item]
    next: str | None


def cut(rows: Sequence[Item], *, limit: int, cursor_of: Callable[[Item], str]) -> Page[Item]:
    """Return the page of the first ``limit`` of ``rows``, which were queried with one more.

    >>> cut([1, 2, 3], limit=2, cursor_of=str)
    Page(items=[1, 2], next='2')
    >>> cut([1, 2], limit=2, cursor_of=str)
    Page(items=[1, 2], next=None)
    """
    items = rows[:limit]
    return Page(items, cursor_of(items[-1]) if len(rows) > limit else None)
