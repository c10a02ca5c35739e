"""What staff measure: recorded once by its id, corrected and withdrawn with its history kept."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidMeasurement, MeasurementConflict, PatientNotActive, UnknownMeasurement
from api.domain.measurements.definition import Measurement
from api.domain.measurements.reading import read_measurement
from api.models.measurement import MeasurementRow, MeasurementVersion
from api.models.patient import Patient
from api.services import audit

Check = Callable[[int], None]


def record_measurement(
    session: Session, by: Principal, patient: Patient, raw: object, *, now: datetime
) -> tuple[MeasurementRow, bool]:
    """Record one measurement, once by the client's id.

    Returns:
        The measurement, and whether it is new: the same id with the same content gets the first one again.

    Raises:
        PatientNotActive: She has left monitoring.
        InvalidMeasurement: It cannot be read, or cannot be.
        ImplausibleMeasurement: It is unlikely, and nobody has confirmed it.
        MeasurementConflict: The id stands for other content.
    """
    read = read_measurement(raw, born_in=patient.birth_year, now=now)
    first = session.get(MeasurementRow, (patient.id, read.id))
    if first is None:
        if patient.status != PatientStatus.ACTIVE:
            raise PatientNotActive("her monitoring has ended: nothing new is taken")
        who = {"patient_id": patient.id, "id": read.id, "kind": read.kind.value}
        made = {"recorded_at": now, "recorded_by": by.id, "withdrawn": False, "version": 1}
        is_new = insert_once(session, MeasurementRow, values=[who | _content(read) | made]) == 1
        first = session.get_one(MeasurementRow, (patient.id, read.id))
        if is_new:
            _audit(session, "measurement.recorded", by, first, now=now)
            return first, True
    if not _first_said(session, first, read):
        raise MeasurementConflict("this id stands for other content; correct it by PUT, or send a new id")
    return first, False


def correct_measurement(
    session: Session,
    by: Principal,
    patient: Patient,
    measurement_id: UUID,
    *,
    raw: Mapping[str, Any],
    check_version: Check,
    now: datetime,
) -> MeasurementRow:
    """Replace what a measurement says; what it said is kept. A withdrawn one comes back this way.

    Saying the same again changes nothing, so that a retry is safe.

    Raises:
        UnknownMeasurement: There is no such measurement.
        InvalidMeasurement: The new content cannot be read, or cannot be, or is of another kind.
        ImplausibleMeasurement: It is unlikely, and nobody has confirmed it.
    """
    row = find_measurement(session, patient.id, measurement_id, to_change=True)
    read = read_measurement(
        {**raw, "id": raw.get("id", str(measurement_id))}, born_in=patient.birth_year, now=now
    )
    if read.id != measurement_id:
        raise InvalidMeasurement("the id is another measurement's", {"id": f"is not {measurement_id}"})
    if read.kind != row.kind:
        right = f"is not {row.kind}: withdraw this one, and record another"
        raise InvalidMeasurement("the kind of a measurement stays", {"kind": right})
    if not row.withdrawn and _says(row, read):
        return row
    check_version(row.version)
    _supersede(session, row, by=by, now=now)
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
    check_version: Check,
    now: datetime,
) -> None:
    """Take a measurement out of what counts; what it said is kept in its history.

    Raises:
        UnknownMeasurement: There is no such measurement.
    """
    row = find_measurement(session, patient.id, measurement_id, to_change=True)
    if row.withdrawn:
        return
    check_version(row.version)
    _supersede(session, row, by=by, now=now)
    row.withdrawn = True
    session.flush()
    _audit(session, "measurement.withdrawn", by, row, now=now)


def find_measurement(
    session: Session, patient_id: UUID, measurement_id: UUID, *, to_change: bool = False
) -> MeasurementRow:
    """Return a measurement of a patient, withdrawn or not; ``to_change`` locks it until the commit.

    Raises:
        UnknownMeasurement: She has none with this id.
    """
    row = session.get(MeasurementRow, (patient_id, measurement_id), with_for_update=to_change or None)
    if row is None:
        raise UnknownMeasurement("there is no such measurement")
    return row


def _content(read: Measurement) -> dict[str, Any]:
    return {
        "measured_on": read.measured_on,
        "entered": dict(read.entered),
        "canonical": dict(read.values),
        "confirmed": read.confirmed,
        "note": read.note,
    }


def _says(row: MeasurementRow | MeasurementVersion, read: Measurement) -> bool:
    """Say whether a row and a measurement say the same, in the words they were entered in."""
    return row.measured_on == read.measured_on and row.entered == read.entered and row.note == read.note


def _first_said(session: Session, row: MeasurementRow, read: Measurement) -> bool:
    """Say whether ``read`` is what the row said at first: a late retry, whatever came since."""
    if row.kind != read.kind:
        return False
    if row.version == 1:
        return _says(row, read)
    return _says(session.get_one(MeasurementVersion, (row.patient_id, row.id, 1)), read)


def _supersede(session: Session, row: MeasurementRow, *, by: Principal, now: datetime) -> None:
    """Keep what the row said, and give it its next version."""
    kept = (
        "measured_on",
        "entered",
        "canonical",
        "confirmed",
        "note",
        "withdrawn",
        "recorded_at",
        "recorded_by",
    )
    session.add(
        MeasurementVersion(
            patient_id=row.patient_id,
            measurement_id=row.id,
            version=row.version,
            superseded_at=now,
            superseded_by=by.id,
            **{name: getattr(row, name) for name in kept},
        )
    )
    row.version += 1
    row.recorded_at, row.recorded_by = now, by.id


def _audit(session: Session, action: str, by: Principal, row: MeasurementRow, *, now: datetime) -> None:
    detail = {"kind": row.kind, "version": row.version}
    audit.record(session, action, by=by, now=now, patient_id=row.patient_id, object_id=row.id, detail=detail)
