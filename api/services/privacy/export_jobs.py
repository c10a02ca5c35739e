"""Makes the files of exports, for a worker: one at a time, in parts, under a lease."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.data_export import KEPT_FOR, LEASE, MOST_ATTEMPTS, PART_BYTES, ExportState
from api.models.export import DataExport, ExportPart
from api.models.patient import Patient
from api.services import audit
from api.services.privacy.export_archive import Translate, write_archive

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker makes this export, or it was deleted."""


class PartWriter:
    """A file to write to, kept in the database in parts; each is durable before the next is made.

    No transaction stays open while the file is made, so that entries are recorded meanwhile.
    """

    def __init__(
        self, database: Database, export_id: UUID, attempt: int, *, clock: Callable[[], datetime]
    ) -> None:
        """Write the parts of one attempt."""
        self.parts = self.size = 0
        self._database, self._id, self._attempt, self._clock = database, export_id, attempt, clock
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes, and keep each full part."""
        self._waiting += data
        while len(self._waiting) >= PART_BYTES:
            self._keep(bytes(self._waiting[:PART_BYTES]))
            del self._waiting[:PART_BYTES]
        return len(data)

    def flush(self) -> None:
        """Do nothing: a part is kept when it is full."""

    def finish(self) -> None:
        """Keep the last part, and let the patient fetch the file.

        Raises:
            LeaseLost: Another worker has begun meanwhile.
        """
        if self._waiting:
            self._keep(bytes(self._waiting))
        now = self._clock()
        with self._database.begin() as session:
            done = {"state": ExportState.READY, "finished_at": now, "expires_at": now + KEPT_FOR}
            self._change(session, **done, parts=self.parts, size=self.size, leased_until=None)
            export = session.get_one(DataExport, self._id)
            patient = session.get_one(Patient, export.patient_id)
            audit.record(
                session,
                "export.made",
                by=None,
                now=now,
                site_id=patient.site_id,
                patient_id=patient.id,
                object_id=self._id,
            )

    def _keep(self, content: bytes) -> None:
        with self._database.begin() as session:
            self._change(session, leased_until=self._clock() + LEASE)
            session.add(
                ExportPart(export_id=self._id, attempt=self._attempt, number=self.parts, content=content)
            )
        self.parts += 1
        self.size += len(content)

    def _change(self, session: Session, **values: object) -> None:
        """Change the export, unless another attempt has begun."""
        mine = update(DataExport).where(
            DataExport.id == self._id,
            DataExport.attempts == self._attempt,
            DataExport.state == ExportState.PENDING,
        )
        if session.scalar(mine.values(**values).returning(DataExport.id)) is None:
            raise LeaseLost


def make_next(database: Database, translate: Translate, *, clock: Callable[[], datetime]) -> bool:
    """Make the file of the export that waits longest; return whether there was one.

    An attempt that ends in the middle, also by a crash, is repeated when its lease ends; what it wrote
    is deleted. After a few attempts the export has failed, which the patient sees.
    """
    claimed = _claim(database, now=clock())
    if claimed is None:
        return False
    export_id, patient_id, attempt = claimed
    writer = PartWriter(database, export_id, attempt, clock=clock)
    try:
        write_archive(database, patient_id, writer, translate=translate, now=clock())
        writer.finish()
    except LeaseLost:
        log.warning("an export was taken over", extra={"export_id": export_id})
    except Exception:
        log.exception("an export was not made", extra={"export_id": export_id})
    return True


def _claim(database: Database, *, now: datetime) -> tuple[UUID, UUID, int] | None:
    """Lease the export that waits longest; return its id, patient and number of the attempt."""
    with database.read() as session:
        waiting = select(DataExport).where(*_waiting(now)).order_by(DataExport.requested_at).limit(1)
        found = session.scalar(waiting)
    if found is None:
        return None
    attempt = found.attempts + 1
    failed = attempt > MOST_ATTEMPTS
    taken = {"attempts": attempt, "leased_until": now + LEASE}
    over = {"state": ExportState.FAILED, "finished_at": now, "expires_at": now + KEPT_FOR}
    with database.begin() as session:
        same = DataExport.id == found.id, DataExport.attempts == found.attempts, *_waiting(now)
        change = update(DataExport).where(*same).values(**(over if failed else taken))
        if session.scalar(change.returning(DataExport.id)) is None:
            return None
        session.execute(delete(ExportPart).where(ExportPart.export_id == found.id))
    return None if failed else (found.id, found.patient_id, attempt)


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    is_free = or_(DataExport.leased_until.is_(None), DataExport.leased_until <= now)
    return DataExport.state == ExportState.PENDING, is_free
