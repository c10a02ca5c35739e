"""Exports of a patient's data as the patient sees them: asked for, found, fetched, deleted."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.authority import Principal
from api.domain.data_export import ExportState
from api.domain.errors import ExportNotReady, UnknownExport
from api.models.export import DataExport, ExportPart
from api.services import audit
from api.services.access import throttle
from api.services.access.throttle import AttemptLimit
from api.services.access.visibility import find_patient

BY_PATIENT = AttemptLimit("exports of a patient", 5, timedelta(hours=24))


def request_export(session: Session, by: Principal, *, now: datetime) -> DataExport:
    """Return the export that a worker is to make; the present one while it is pending.

    So the request can be repeated. A new export takes the place of the patient's earlier one.

    Raises:
        TooManyTries: Several exports were asked for within a day.
    """
    patient = find_patient(session, by, by.id, to_change=True)
    earlier = list(session.scalars(select(DataExport).where(DataExport.patient_id == patient.id)))
    for export in earlier:
        if export.state == ExportState.PENDING:
            return export
    throttle.count_attempt(session, [BY_PATIENT.of(str(patient.id))], now=now)
    _delete(session, [each.id for each in earlier])
    export = DataExport(patient_id=patient.id, state=ExportState.PENDING, requested_at=now, attempts=0)
    session.add(export)
    session.flush()
    audit.record(session, "export.requested", by=by, now=now, patient_id=patient.id, object_id=export.id)
    return export


def list_exports(session: Session, by: Principal, *, now: datetime) -> Sequence[DataExport]:
    """Return the exports of a patient that are pending or can still be fetched: one at most."""
    found = session.scalars(select(DataExport).where(DataExport.patient_id == by.id)).all()
    return [each for each in found if not _is_over(each, now)]


def find_export(session: Session, by: Principal, export_id: UUID, *, now: datetime) -> DataExport:
    """Return an export of the caller.

    Raises:
        UnknownExport: There is none, it is of another patient, or it was deleted.
    """
    of_caller = select(DataExport).where(DataExport.id == export_id, DataExport.patient_id == by.id)
    export = session.scalar(of_caller)
    if export is None or _is_over(export, now):
        raise UnknownExport("there is no such export; it may have been deleted after a day")
    return export


def open_file(session: Session, by: Principal, export_id: UUID, *, now: datetime) -> DataExport:
    """Return the export whose file the patient fetches; it is audited.

    Raises:
        UnknownExport: See `find_export`.
        ExportNotReady: It is not finished, or has failed.
    """
    export = find_export(session, by, export_id, now=now)
    if export.state != ExportState.READY:
        raise ExportNotReady("the file is not finished")
    audit.record(session, "export.fetched", by=by, now=now, patient_id=by.id, object_id=export.id)
    return export


def read_parts(database: Database, export: DataExport) -> Iterator[bytes]:
    """Yield the file of an export piece by piece; it ends early where the file is deleted meanwhile."""
    for number in range(export.parts or 0):
        with database.read() as session:
            part = session.get(ExportPart, (export.id, export.attempts, number))
        if part is None:
            return
        yield part.content


def delete_expired(session: Session, *, now: datetime) -> None:
    """Delete the exports that can no longer be fetched, with their files."""
    expired = select(DataExport.id).where(DataExport.expires_at <= now)
    _delete(session, session.scalars(expired).all())


def _is_over(export: DataExport, now: datetime) -> bool:
    return export.expires_at is not None and export.expires_at <= now


def _delete(session: Session, ids: Sequence[UUID]) -> None:
    if ids:
        session.execute(delete(ExportPart).where(ExportPart.export_id.in_(ids)))
        session.execute(delete(DataExport).where(DataExport.id.in_(ids)))
