"""Records, corrects and withdraws the measurements that staff make."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidMeasurement, PatientNotActive
from api.domain.measurements.definition import Measurement
from api.domain.measurements.reading import read_measurement
from api.models.measurement import MeasurementRow, MeasurementVersion
from api.models.patient import Patient
from api.services import audit
from api.services.versioned import MEASUREMENTS, VersionCheck


def record_measurement(
    session: Session, by: Principal, patient: Patient, raw: object, *, now: datetime
) -> tuple[MeasurementRow, bool]:
    """Record one measurement; the client's id creates it once.

    Returns:
        The measurement, and whether it is new. The same id with the same content returns the first
        one.

    Raises:
        PatientNotActive: The patient has left monitoring.
        InvalidMeasurement: It cannot be read, or is impossible.
        ImplausibleMeasurement: It is unlikely, and not confirmed.
        MeasurementConflict: The id belongs to other content.
    """
    read = read_measurement(raw, born_in=patient.birth_year, now=now)
    first = session.get(MeasurementRow, (patient.id, read.id))
    if first is None:
        if patient.status != PatientStatus.ACTIVE:
            raise PatientNotActive("monitoring has ended: no new measurement is accepted")
        who = {"patient_id": patient.id, "id": read.id, "kind": read.kind.value}
        made = {"recorded_at": now, "recorded_by": by.id, "withdrawn": False, "version": 1}
        is_new = insert_once(session, MeasurementRow, values=[who | _content(read) | made]) == 1
        first = session.get_one(MeasurementRow, (patient.id, read.id))
        if is_new:
            _audit(session, "measurement.recorded", by, first, now=now)
            return first, True
    if first.kind != read.kind or not _is_same(MEASUREMENTS.original(session, first), read):
        raise MEASUREMENTS.id_in_use()
    return first, False


def correct_measurement(
    session: Session,
    by: Principal,
    patient: Patient,
    measurement_id: UUID,
    *,
    raw: Mapping[str, Any],
    check_version: VersionCheck,
    now: datetime,
) -> MeasurementRow:
    """Replace the content of a measurement; a withdrawn one counts again.

    The same content again changes nothing, so that a retry is safe.

    Raises:
        UnknownMeasurement: There is no such measurement.
        InvalidMeasurement: The new content cannot be read, is impossible, or is of another kind.
        ImplausibleMeasurement: It is unlikely, and not confirmed.
    """
    row = MEASUREMENTS.find(session, patient.id, measurement_id, to_change=True)
    read = read_measurement(
        {**raw, "id": raw.get("id", str(measurement_id))}, born_in=patient.birth_year, now=now
    )
    if read.id != measurement_id:
        raise InvalidMeasurement("the id is another measurement's", {"id": f"is not {measurement_id}"})
    if read.kind != row.kind:
        right = f"is not {row.kind}: withdraw this one, and record another"
        raise InvalidMeasurement("the kind of a measurement stays", {"kind": right})
    if not row.withdrawn and _is_same(row, read):
        return row
    _supersede(session, row, check_version=check_version, by=by, now=now)
    for name, value in _content(read).items():
        setattr(row, name, value)
    row.withdrawn = False
    session.flush()
    _audit(session, "measurement.corrected", by, row, now=now)
    return row


def withdraw_measurement(
    session: Session,
    by: Principal,
    patient: Patient,
    measurement_id: UUID,
    *,
    check_version: VersionCheck,
    now: datetime,
) -> None:
    """Withdraw a measurement, so that it no longer counts; its content stays in its history.

    Raises:
        UnknownMeasurement: There is no such measurement.
    """
    row = MEASUREMENTS.find(session, patient.id, measurement_id, to_change=True)
    if row.withdrawn:
        return
    _supersede(session, row, check_version=check_version, by=by, now=now)
    row.withdrawn = True
    session.flush()
    _audit(session, "measurement.withdrawn", by, row, now=now)


def _content(read: Measurement) -> dict[str, Any]:
    return {
        "measured_on": read.measured_on,
        "entered": dict(read.entered),
        "canonical": dict(read.values),
        "confirmed": read.confirmed,
        "note": read.note,
    }


def _is_same(row: MeasurementRow | MeasurementVersion, read: Measurement) -> bool:
    """Return whether a row has the content of a measurement, in the units it was entered in."""
    return row.measured_on == read.measured_on and row.entered == read.entered and row.note == read.note


def _supersede(
    session: Session, row: MeasurementRow, *, check_version: VersionCheck, by: Principal, now: datetime
) -> None:
    MEASUREMENTS.supersede(session, row, check_version=check_version, by=by, now=now)
    row.recorded_at, row.recorded_by = now, by.id


def _audit(session: Session, action: str, by: Principal, row: MeasurementRow, *, now: datetime) -> None:
    detail = {"kind": row.kind, "version": row.version}
    audit.record(session, action, by=by, now=now, patient_id=row.patient_id, object_id=row.id, detail=detail)
