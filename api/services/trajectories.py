"""Scores over time and the diary's change feed, for reading."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain import cursor
from api.models.entry import EntryRow, EntryVersion, RejectedEntry
from api.models.patient import Trajectory
from api.models.score import ScoreRow


@dataclass(slots=True)
class Course:
    """Where a patient stands, and how she came there."""

    trajectory: Trajectory
    scores: list[ScoreRow]


@dataclass(slots=True)
class Changes:
    """What has changed since a cursor, withdrawn entries included, and the cursor to go on from."""

    entries: list[EntryRow]
    next: str
    more: bool


def course_of(session: Session, patient_id: UUID, *, since: date | None, until: date | None) -> Course:
    """Return a patient's scores, oldest first, between two local days, both included."""
    query = select(ScoreRow).where(ScoreRow.patient_id == patient_id).order_by(ScoreRow.local_date)
    if since is not None:
        query = query.where(ScoreRow.local_date >= since)
    if until is not None:
        query = query.where(ScoreRow.local_date <= until)
    return Course(session.get_one(Trajectory, patient_id), list(session.scalars(query)))


def changes_since(session: Session, patient_id: UUID, *, since: str | None, limit: int) -> Changes:
    """Return a patient's entries in the order they last changed; a client that goes on misses none.

    Raises:
        InvalidCursor: ``since`` was not made here.
    """
    seen = _sequence(since)
    query = (
        select(EntryRow)
        .where(EntryRow.patient_id == patient_id, EntryRow.change_seq > seen)
        .order_by(EntryRow.change_seq)
        .limit(limit + 1)
    )
    rows = list(session.scalars(query))
    more = len(rows) > limit
    rows = rows[:limit]
    return Changes(rows, cursor.encode(rows[-1].change_seq if rows else seen), more)


def versions_of(session: Session, patient_id: UUID, entry_id: UUID) -> list[EntryVersion]:
    """Return what an entry said before, oldest first."""
    query = (
        select(EntryVersion)
        .where(EntryVersion.patient_id == patient_id, EntryVersion.entry_id == entry_id)
        .order_by(EntryVersion.version)
    )
    return list(session.scalars(query))


def rejected_of(session: Session, patient_id: UUID, *, limit: int = 200) -> list[RejectedEntry]:
    """Return what a patient's phones sent that could not be read, newest first."""
    query = (
        select(RejectedEntry)
        .where(RejectedEntry.patient_id == patient_id)
        .order_by(RejectedEntry.received_at.desc(), RejectedEntry.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def _sequence(since: str | None) -> int:
    if since is None:
        return 0
    (seen,) = cursor.decode_as(since, int)
    return int(seen)
