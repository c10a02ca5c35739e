"""Pages of lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, tuple_
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.domain.errors import InvalidCursor
from api.models.patient import Patient
from api.models.staff import Staff

Item = TypeVar("Item")
Person = TypeVar("Person", Patient, Staff)


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


def page_by_name(
    session: Session,
    found: Select[Person],
    *,
    of: Select[Person],
    cursor: str | None,
    limit: int,
    first_by: ColumnElement[Any] | None = None,
) -> Page[Person]:
    """Return one page of people, by name, or first by something else.

    The cursor is the last person's id, never the name, as cursors are part of URLs and logs; in an order by
    time also the time, as that of the last person may change between two pages.

    Args:
        session: The database.
        found: The people of the list.
        of: All people the caller may see; the last one of a page need not be in the list any more.
        cursor: The cursor of the page; None: the first one.
        limit: The largest number of people.
        first_by: What they are ordered by before their names; it is never NULL.

    Raises:
        InvalidCursor: The cursor is not of this list.
    """
    people: type[Person] = of.column_descriptions[0]["entity"]
    is_by_time = first_by is not None and isinstance(first_by.type, UtcDateTime)
    by_name = (*([] if first_by is None else [first_by]), func.lower(people.name), people.id)
    if cursor is not None:
        last, *times = cursors.decode_as(cursor, UUID, *([cursors.moment] if is_by_time else []))
        place = session.execute(of.where(people.id == last).with_only_columns(*by_name)).one_or_none()
        if place is None:
            raise InvalidCursor("start again without a cursor")
        found = found.where(tuple_(*by_name) > tuple_(*times, *place[len(times) :]))
    rows = session.scalars(found.order_by(*by_name).limit(limit + 1)).all()

    def cursor_of(person: Person) -> str:
        if not is_by_time:
            return cursors.encode(str(person.id))
        of_person = of.where(people.id == person.id).with_only_columns(by_name[0])
        at: datetime = session.execute(of_person).scalar_one()
        return cursors.encode(str(person.id), at.isoformat())

    return cut(rows, limit=limit, cursor_of=cursor_of)
