"""Reads a diary by local date, in pages, newest day first."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.models.entry import EntryRow
from api.services.paging import Page, cut

_PLACE = (EntryRow.local_date, EntryRow.recorded_at, EntryRow.id)


def entries_between(
    session: Session,
    patient_id: UUID,
    *,
    since: date | None = None,
    until: date | None = None,
    limit: int,
    cursor: str | None = None,
) -> Page[EntryRow]:
    """Return one page of the present versions of the entries about a period, newest first.

    Withdrawn entries are included.

    Args:
        session: The database.
        patient_id: The patient.
        since: The first local date; None: no limit.
        until: The last local date, included; None: no limit.
        limit: The largest number of entries.
        cursor: The cursor of the page; None: the first one.

    Raises:
        InvalidCursor: The cursor is not of this list.
    """
    query = select(EntryRow).where(EntryRow.patient_id == patient_id)
    if cursor is not None:
        day, at, last = cursors.decode_as(cursor, date.fromisoformat, cursors.moment, UUID)
        place = (literal(day), literal(at, UtcDateTime), literal(last, EntryRow.id.type))
        query = query.where(tuple_(*_PLACE) < tuple_(*place))
        until = day if until is None else min(until, day)  # the index is read from here on
    if since is not None:
        query = query.where(EntryRow.local_date >= since)
    if until is not None:
        query = query.where(EntryRow.local_date <= until)
    newest_first = query.order_by(*(column.desc() for column in _PLACE)).limit(limit + 1)
    rows: Sequence[EntryRow] = session.scalars(newest_first).all()
    return cut(rows, limit=limit, cursor_of=_cursor_of)


def _cursor_of(row: EntryRow) -> str:
    return cursors.encode(row.local_date.isoformat(), row.recorded_at.isoformat(), str(row.id))
