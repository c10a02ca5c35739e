"""Export of the diaries of a site: CSV that `replay` reads, and NDJSON for the rest."""

import csv
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.diary.expected_level import load_all, text_of
from api.models.alert import Alert
from api.models.assessment import AssessmentRow
from api.models.entry import EntryRow
from api.models.patient import Patient
from api.services import audit
from api.services.replay.diary_csv import ENTRY_COLUMNS, PATIENT_COLUMNS

PSEUDONYM_LENGTH = 20

_FREE_TEXT = frozenset({"note"})
"""Free text may identify a person, and is left out."""


class CannotExport(Exception):
    """The files cannot be written; the message gives the reason."""


@dataclass(slots=True)
class Exported:
    """Counts of an export."""

    patients: int = 0
    entries: int = 0
    assessments: int = 0
    alerts: int = 0


def export_site(
    database: Database, site_id: UUID, folder: Path, *, key: bytes, named: bool, now: datetime
) -> Exported:
    """Write the diaries of a site into a new folder; a failed export leaves nothing.

    Args:
        database: The database; patients are read one by one, so that memory is bounded.
        site_id: The site.
        folder: A folder that does not exist yet.
        key: Key of the pseudonyms, which are the same at every export and secret without the key.
        named: Write the site's reference of the patient instead of a pseudonym.
        now: The present moment, for the audit trail.

    Raises:
        CannotExport: The folder exists, or cannot be written.
    """
    if folder.exists():
        raise CannotExport(f"{folder} exists already; nothing was written")
    with database.begin() as session:
        audit.record(session, "diaries.exported", by=None, site_id=site_id, now=now, detail={"named": named})
    done = Exported()
    try:
        with _new_folder(folder) as part, ExitStack() as stack:
            files = _Files(part, stack)
            with database.read() as session:
                ids = select(Patient.id).where(Patient.site_id == site_id).order_by(Patient.id)
                patient_ids = session.scalars(ids).all()
            for patient_id in patient_ids:
                with database.read() as session:
                    _write_patient(session, patient_id, files, done, key=None if named else key)
    except OSError as error:
        raise CannotExport(f"{folder} cannot be written: {error.strerror or type(error).__name__}") from error
    return done


class _Files:
    """Open files of one export."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        def opened(name: str) -> TextIO:
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            return stack.enter_context(os.fdopen(descriptor, "w", encoding="utf-8", newline=""))

        self.patients = csv.writer(opened("patients.csv"), lineterminator="\n")
        self.entries = csv.writer(opened("entries.csv"), lineterminator="\n")
        self.patients.writerow(["patient", *PATIENT_COLUMNS])
        self.entries.writerow(["patient", "recorded_at", *ENTRY_COLUMNS])
        self.full_entries = opened("entries.ndjson")
        self.assessments = opened("assessments.ndjson")
        self.alerts = opened("alerts.ndjson")


def _pseudonym(patient: Patient, key: bytes) -> str:
    digest = hmac.new(key, b"export:" + patient.id.bytes, hashlib.sha256).hexdigest()
    return digest[:PSEUDONYM_LENGTH]


def _write_patient(
    session: Session, patient_id: UUID, files: _Files, done: Exported, *, key: bytes | None
) -> None:
    patient = session.get(Patient, patient_id)
    if patient is None:  # erased in the meantime
        return
    name = patient.reference if key is None else _pseudonym(patient, key)
    cells = {column: _cell(getattr(patient, column)) for column in PATIENT_COLUMNS}
    cells["expected_levels"] = text_of(load_all(patient.expected_levels))
    files.patients.writerow([name, *cells.values()])
    done.patients += 1
    entries = _rows_of(EntryRow, patient_id, EntryRow.recorded_at).where(EntryRow.withdrawn.is_(False))
    for entry in session.scalars(entries):
        _write_entry(name, entry, files)
        done.entries += 1
    for assessment in session.scalars(_rows_of(AssessmentRow, patient_id, AssessmentRow.recorded_at)):
        files.assessments.write(_line(name, _assessment_content(assessment)))
        done.assessments += 1
    for alert in session.scalars(_rows_of(Alert, patient_id, Alert.raised_at)):
        files.alerts.write(_line(name, _columns(alert, _ALERT)))
        done.alerts += 1


def _rows_of(table: Any, patient_id: UUID, moment: Any) -> Select[Any]:
    return select(table).where(table.patient_id == patient_id).order_by(moment, table.id)


def _write_entry(name: str, entry: EntryRow, files: _Files) -> None:
    answers = entry.answers
    dose = answers.get("dose")
    cells = {column: answers.get(column) for column in ENTRY_COLUMNS}
    cells |= {
        "dose_taken": None if dose is None else dose == "taken",
        "local_date": entry.local_date,
        "via": entry.via,
        "reported_by": entry.reported_by,
    }
    row = (_cell(cells.get(column)) for column in ENTRY_COLUMNS)
    files.entries.writerow([name, entry.recorded_at.isoformat(), *row])
    shared = {key: value for key, value in answers.items() if key not in _FREE_TEXT}
    files.full_entries.write(_line(name, _columns(entry, _ENTRY) | {"answers": shared}))


_ENTRY = ("recorded_at", "local_date", "received_at", "version", "via", "reported_by")
_ALERT = (
    "kind", "tier", "status", "reason", "first_day", "raised_at", "opened_at", "told_at",
    "acknowledged_at", "closed_at", "outcome",
)  # fmt: skip
_ATTRIBUTES = {"told_at": "notified_at"}
"""Attributes of rows by the field that holds them, where the names differ."""
_ASSESSMENT = (
    "instrument", "instrument_version", "status", "local_date", "recorded_at", "completed_at", "via",
    "reported_by",
)  # fmt: skip


def _assessment_content(row: AssessmentRow) -> dict[str, Any]:
    answers = {item: value for item, value in row.answers.items() if not isinstance(value, str)}
    return _columns(row, _ASSESSMENT) | {"answers": answers}


def _columns(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, _ATTRIBUTES.get(name, name)) for name in names}


def _line(patient: str, content: Mapping[str, Any]) -> str:
    return json.dumps({"patient": patient, **content}, default=lambda value: value.isoformat()) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Create a folder that appears under its name only when complete."""
    part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part.mkdir(mode=0o700)
    try:
        yield part
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
