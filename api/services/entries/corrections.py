"""Correcting and withdrawing what was reported: a new version each time, the old one kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.entries.clock_skew import clock_of
from api.domain.entries.parse import moment_said, read_entry
from api.domain.entries.questions import Entry
from api.domain.errors import InvalidEntry, UnknownEntry
from api.domain.trajectory.engine import Engine
from api.models.entry import EntryRow, EntryVersion
from api.services import audit
from api.services.entries.record import says
from api.services.reminders import close
from api.services.scoring import date_floor, rejected_items, score
from api.services.scoring.parse_items import zones_of
from api.services.scoring.patient_lock import LockedPatient, locked_and_active


def correct_entry(
    session: Session,
    by: Principal,
    entry_id: UUID,
    raw: dict[str, Any],
    *,
    check_version: Callable[[int], None],
    engine: Engine,
    now: datetime,
    sent_at: datetime | None = None,
) -> EntryRow:
    """Replace what an entry says; the old words are kept. A withdrawn entry comes back this way.

    Saying the same again changes nothing, so that a retry is safe. ``sent_at`` is the ``Date`` of the
    request.

    Raises:
        UnknownEntry: There is no such entry.
        InvalidEntry: The new content cannot be read.
    """
    close.lock_patient(session, by.id)
    standing = locked_and_active(session, by, now=now)
    row = find_entry(session, standing.patient_id, entry_id)
    sent = {**raw, "id": raw.get("id", str(entry_id))}
    clock = clock_of([moment_said(sent.get("recorded_at"))], now=now, sent_at=sent_at)
    zone_at = zones_of(session, standing)
    entry = read_entry(sent, zone_at=zone_at, born_in=standing.birth_year, now=now, clock=clock)
    entry = _as_corrected_before(row, entry)
    if entry.id != entry_id:
        raise InvalidEntry("the id is another entry's", {"id": f"is not {entry_id}"})
    if not row.withdrawn and says(row, entry):
        return row
    date_floor.check_entry(session, standing, entry, was_about=row.local_date)
    check_version(row.version)
    _supersede(session, row, standing, by=by, now=now)
    lost, since = row.local_date, min(row.local_date, entry.local_date)
    row.recorded_at, row.local_date = entry.recorded_at, entry.local_date
    row.claimed_at, row.claimed_date = entry.claimed_at, entry.claimed_date
    row.answers, row.withdrawn = dict(entry.answers), False
    session.flush()
    score.rescore(session, standing, engine=engine, now=now, changed=[entry], since=since)
    close.reopen_after_change(session, standing.patient_id, lost=lost, is_heard=True, now=now)
    if standing.has_rejected:
        rejected_items.replace(session, standing.patient_id, [entry_id], now=now)
    audit.record(
        session, "entry.corrected", by=by, now=now, patient_id=standing.patient_id, object_id=entry_id
    )
    return row


def withdraw_entry(
    session: Session,
    by: Principal,
    entry_id: UUID,
    *,
    check_version: Callable[[int], None],
    engine: Engine,
    now: datetime,
) -> None:
    """Take an entry out of scoring; its words are kept in its history.

    Raises:
        UnknownEntry: There is no such entry.
    """
    close.lock_patient(session, by.id)
    standing = locked_and_active(session, by, now=now)
    row = find_entry(session, standing.patient_id, entry_id)
    if row.withdrawn:
        return
    check_version(row.version)
    _supersede(session, row, standing, by=by, now=now)
    row.withdrawn = True
    session.flush()
    score.rescore(session, standing, engine=engine, now=now, since=row.local_date)
    close.reopen_after_change(session, standing.patient_id, lost=row.local_date, is_heard=False, now=now)
    audit.record(
        session, "entry.withdrawn", by=by, now=now, patient_id=standing.patient_id, object_id=entry_id
    )


def find_entry(session: Session, patient_id: UUID, entry_id: UUID) -> EntryRow:
    """Return an entry of a patient, withdrawn or not.

    Raises:
        UnknownEntry: She has none with this id.
    """
    row = session.get(EntryRow, (patient_id, entry_id))
    if row is None:
        raise UnknownEntry("there is no such entry")
    return row


def _as_corrected_before(row: EntryRow, entry: Entry) -> Entry:
    """Correct the moment of an entry as it was corrected the first time, if the phone claims it again."""
    claimed = entry.claimed_at or entry.recorded_at
    if row.claimed_at is None or row.claimed_date is None or claimed != row.claimed_at:
        return entry
    said = entry.claimed_date or entry.local_date
    day = row.local_date if said == row.claimed_date else entry.local_date
    return replace(entry, recorded_at=row.recorded_at, local_date=day, claimed_at=claimed, claimed_date=said)


def _supersede(
    session: Session, row: EntryRow, standing: LockedPatient, *, by: Principal, now: datetime
) -> None:
    """Keep what the row said, and give it its next version and place in the change feed."""
    session.add(
        EntryVersion(
            patient_id=row.patient_id,
            entry_id=row.id,
            version=row.version,
            recorded_at=row.recorded_at,
            local_date=row.local_date,
            answers=row.answers,
            superseded_at=now,
            superseded_by=by.grant_id,
            claimed_at=row.claimed_at,
            claimed_date=row.claimed_date,
        )
    )
    standing.change_seq += 1
    row.version += 1
    row.change_seq = standing.change_seq
