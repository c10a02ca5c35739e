"""Versioned records: the life cycle that entries, assessments and measurements share.

The client chooses a record's id, which creates it once. A change names the version it was made
from, keeps the former content as a row of the kind's versions table, and increments the version. A
withdrawn record stays, as a tombstone. Entries and assessments also number their changes for a
change feed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.domain.errors import (
    AssessmentConflict,
    EntryConflict,
    InvalidCursor,
    MeasurementConflict,
    UnknownAssessment,
    UnknownEntry,
    UnknownMeasurement,
)
from api.models.assessment import AssessmentRow, AssessmentVersion
from api.models.entry import EntryRow, EntryVersion
from api.models.measurement import MeasurementRow, MeasurementVersion
from api.models.restore import Restore

Item = TypeVar("Item")
Row = TypeVar("Row", EntryRow, AssessmentRow, MeasurementRow)
FeedRow = TypeVar("FeedRow", EntryRow, AssessmentRow)
FeedVersion = TypeVar("FeedVersion", EntryVersion, AssessmentVersion)
Version = TypeVar("Version", EntryVersion, AssessmentVersion, MeasurementVersion)

VersionCheck = Callable[[int], None]
"""Raises unless the caller has read this version of a record (the request's If-Match)."""


@dataclass(frozen=True)
class VersionedRecords(Generic[Row, Version]):
    """One kind of versioned records: its table, the table of former versions, and its errors."""

    noun: str
    row: type[Row]
    version: type[Version]
    unknown: type[UnknownEntry | UnknownAssessment | UnknownMeasurement]
    conflict: type[EntryConflict | AssessmentConflict | MeasurementConflict]

    def find(self, session: Session, patient_id: UUID, record_id: UUID, *, to_change: bool = False) -> Row:
        """Return a record of a patient, withdrawn or not; ``to_change`` locks it until the commit.

        Raises:
            UnknownEntry, UnknownAssessment, UnknownMeasurement: The patient has none with this id.
        """
        row = session.get(self.row, (patient_id, record_id), with_for_update=to_change or None)
        if row is None:
            raise self.unknown(f"there is no such {self.noun}")
        return row

    def original(self, session: Session, row: Row) -> Row | Version:
        """Return the content a record was created with, which a late retry sends again."""
        return row if row.version == 1 else session.get_one(self.version, (row.patient_id, row.id, 1))

    def id_in_use(self) -> EntryConflict | AssessmentConflict | MeasurementConflict:
        """Return the error of a new record whose id belongs to other content."""
        return self.conflict("this id belongs to other content; correct that by PUT, or send a new id")

    def supersede(
        self, session: Session, row: Row, *, check_version: VersionCheck, by: Principal, now: datetime
    ) -> None:
        """Keep the content of a record as a former version and increment its version.

        Args:
            session: The transaction; the record is locked.
            row: The record, before the change.
            check_version: Raises unless the caller has read the present version.
            by: The patient's device or the member of staff that makes the change.
            now: The time of the change.
        """
        check_version(row.version)
        shared = set(self.row.__table__.c.keys()) & set(self.version.__table__.c.keys())
        content = {name: getattr(row, name) for name in shared}
        is_by_staff = self.version is MeasurementVersion
        author = {"superseded_by": by.id} if is_by_staff else {"superseded_by_grant": by.grant_id}
        content |= {f"{self.noun}_id": row.id, **author, "superseded_at": now}
        session.add(self.version(**content))
        row.version += 1

    def history(self, session: Session, patient_id: UUID, record_id: UUID) -> Sequence[Version]:
        """Return the former versions of a record, oldest first.

        Raises:
            UnknownEntry, UnknownAssessment, UnknownMeasurement: The patient has none with this id.
        """
        self.find(session, patient_id, record_id)
        columns = self.version.__table__.c
        of_record = (columns.patient_id == patient_id, columns[f"{self.noun}_id"] == record_id)
        return session.scalars(select(self.version).where(*of_record).order_by(columns.version)).all()


ENTRIES = VersionedRecords("entry", EntryRow, EntryVersion, UnknownEntry, EntryConflict)
ASSESSMENTS = VersionedRecords(
    "assessment", AssessmentRow, AssessmentVersion, UnknownAssessment, AssessmentConflict
)
MEASUREMENTS = VersionedRecords(
    "measurement", MeasurementRow, MeasurementVersion, UnknownMeasurement, MeasurementConflict
)


def received_times(
    session: Session,
    records: VersionedRecords[FeedRow, FeedVersion],
    patient_id: UUID,
    rows: Sequence[FeedRow],
) -> dict[UUID, datetime]:
    """Return by record when its present version was received.

    A row has the time of its first version; each further one was received when it superseded another.
    """
    changed = [row.id for row in rows if row.version > 1]
    first = {row.id: row.received_at for row in rows}
    if not changed:
        return first
    columns = records.version.__table__.c
    record_id = columns[f"{records.noun}_id"]
    newest = func.max(columns.superseded_at, type_=UtcDateTime)
    of_records = (columns.patient_id == patient_id, record_id.in_(changed))
    found = session.execute(select(record_id, newest).where(*of_records).group_by(record_id))
    return first | dict(found.all())


@dataclass(frozen=True, slots=True)
class ChangeFeed(Generic[Item]):
    """A page of records in the order of their last change, and the cursor of the next page."""

    items: Sequence[Item]
    next: str
    more: bool


def changes_since(
    session: Session,
    row: type[FeedRow],
    patient_id: UUID,
    *,
    since: str | None,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> ChangeFeed[FeedRow]:
    """Return a patient's records, withdrawn ones included, in the order of their last change.

    A client that follows the cursors misses no change.

    Args:
        session: The database.
        row: The kind of record.
        patient_id: The patient.
        since: The cursor of the last page; None starts at the beginning.
        limit: The largest number of records.
        only: A condition that selects some of the records.

    Raises:
        InvalidCursor: The cursor was not made here, or before the database was restored from a
            backup. The client starts without one, and then finds which of its own items the server
            lacks.
    """
    epoch = int(session.scalar(select(func.max(Restore.id))) or 0)
    position = _position(since, epoch, newest=newest_change(session, row, patient_id))
    query = select(row).where(row.patient_id == patient_id, row.change_seq > position)
    if only is not None:
        query = query.where(only)
    rows = session.scalars(query.order_by(row.change_seq).limit(limit + 1)).all()
    items, more = rows[:limit], len(rows) > limit
    position = items[-1].change_seq if items else position
    return ChangeFeed(items, cursors.encode(position, epoch) if epoch else cursors.encode(position), more)


def newest_change(session: Session, row: type[FeedRow], patient_id: UUID) -> int:
    """Return the number of the newest change of a patient's records; 0 where there is none."""
    return session.scalar(select(func.max(row.change_seq)).where(row.patient_id == patient_id)) or 0


def _position(since: str | None, epoch: int, *, newest: int) -> int:
    """Return the last change a client has read; ``epoch`` is the number of the last restore."""
    if since is None:
        return 0
    kinds = (cursors.number, cursors.number) if epoch else (cursors.number,)
    position, *stated = cursors.decode_as(since, *kinds)
    if position > newest or (epoch and stated != [epoch]):
        raise InvalidCursor("start again without a cursor: the database was restored from a backup")
    return int(position)
