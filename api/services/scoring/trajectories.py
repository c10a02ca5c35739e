"""Scores over time and the diary's change feed, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, literal, select, tuple_
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.domain.functional_status import FunctionReading
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.reporting_pattern import ReportingSummary
from api.models.entry import EntryRow, EntryVersion, RejectedEntry
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.services.feed_cursors import read_cursor, write_cursor
from api.services.paging import Page, cut
from api.services.scoring.discontinuation_risk import StoppingRisk, stopping_risk_of
from api.services.scoring.reporting import function_of, reporting_of

LONGEST_BODY = 4000
"""How many characters are shown of something that could not be read."""


@dataclass(slots=True)
class TrajectoryView:
    """Where a patient stands, and how she came there."""

    trajectory: Trajectory
    scores: list[ScoreRow]


@dataclass(slots=True)
class EntryChanges:
    """What has changed since a cursor, withdrawn entries included, and the cursor to go on from."""

    entries: list[EntryRow]
    next: str
    more: bool


def course_of(
    session: Session, patient_id: UUID, *, since: date | None, until: date | None
) -> TrajectoryView:
    """Return a patient's scores, oldest first, between two local days, both included."""
    query = select(ScoreRow).where(ScoreRow.patient_id == patient_id).order_by(ScoreRow.local_date)
    if since is not None:
        query = query.where(ScoreRow.local_date >= since)
    if until is not None:
        query = query.where(ScoreRow.local_date <= until)
    return TrajectoryView(session.get_one(Trajectory, patient_id), list(session.scalars(query)))


def reporting_in(
    session: Session, course: TrajectoryView, *, engine: Engine, now: datetime
) -> ReportingSummary | None:
    """Return whether the patient of a course still writes; None is no answer."""
    patient = session.get_one(Patient, course.trajectory.patient_id)
    return reporting_of(patient, course.trajectory, engine=engine, now=now)


def function_in(
    session: Session, course: TrajectoryView, *, engine: Engine, now: datetime
) -> FunctionReading | None:
    """Return what the latest questionnaires of the patient of a course say; None is no answer."""
    patient = session.get_one(Patient, course.trajectory.patient_id)
    return function_of(patient, course.trajectory, engine=engine, now=now)


def stopping_in(session: Session, course: TrajectoryView, *, engine: Engine) -> StoppingRisk:
    """Return the present risk of stopping of the patient of a course, explained."""
    patient = session.get_one(Patient, course.trajectory.patient_id)
    return stopping_risk_of(patient, course.trajectory, engine=engine)


def changes_since(session: Session, patient_id: UUID, *, since: str | None, limit: int) -> EntryChanges:
    """Return a patient's entries in the order they last changed; a client that goes on misses none.

    Raises:
        InvalidCursor: ``since`` was not made here.
    """
    newest = session.scalar(select(Trajectory.change_seq).where(Trajectory.patient_id == patient_id))
    seen = read_cursor(session, since, newest=newest or 0)
    query = (
        select(EntryRow)
        .where(EntryRow.patient_id == patient_id, EntryRow.change_seq > seen)
        .order_by(EntryRow.change_seq)
        .limit(limit + 1)
    )
    rows = list(session.scalars(query))
    more = len(rows) > limit
    rows = rows[:limit]
    return EntryChanges(rows, write_cursor(session, rows[-1].change_seq if rows else seen), more)


def versions_of(session: Session, patient_id: UUID, entry_id: UUID) -> list[EntryVersion]:
    """Return what an entry said before, oldest first."""
    query = (
        select(EntryVersion)
        .where(EntryVersion.patient_id == patient_id, EntryVersion.entry_id == entry_id)
        .order_by(EntryVersion.version)
    )
    return list(session.scalars(query))


def rejected_of(
    session: Session, patient_id: UUID, *, limit: int, cursor: str | None = None
) -> Page[Row[*tuple[Any, ...]]]:
    """Return what a patient's phones sent that could not be read, newest first, long bodies cut.

    Raises:
        InvalidCursor: The cursor was not made here.
    """
    query = select(*_SHOWN_OF_REJECTED).where(RejectedEntry.patient_id == patient_id)
    if cursor is not None:
        received_at, last = cursors.decode_as(cursor, cursors.moment, UUID)
        place = tuple_(RejectedEntry.received_at, RejectedEntry.id)
        query = query.where(
            place < tuple_(literal(received_at, UtcDateTime), literal(last, RejectedEntry.id.type))
        )
    newest_first = query.order_by(RejectedEntry.received_at.desc(), RejectedEntry.id.desc())
    found: Sequence[Row[*tuple[Any, ...]]] = session.execute(newest_first.limit(limit + 1)).all()
    return cut(
        found, limit=limit, cursor_of=lambda row: cursors.encode(row.received_at.isoformat(), str(row.id))
    )


_SHOWN_OF_REJECTED = (
    RejectedEntry.id,
    RejectedEntry.entry_id,
    func.substr(RejectedEntry.body, 1, LONGEST_BODY).label("body"),
    (func.length(RejectedEntry.body) > LONGEST_BODY).label("body_cut"),
    RejectedEntry.problem,
    RejectedEntry.received_at,
    RejectedEntry.replaced_at,
    RejectedEntry.looked_at,
    RejectedEntry.times,
)
