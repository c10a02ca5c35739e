"""Corrects and withdraws entries; the former content is kept as a version."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.entries.clock_skew import clock_of
from api.domain.entries.origin import origin_of
from api.domain.entries.parse import parse_moment, read_entry
from api.domain.entries.questions import Entry
from api.domain.errors import InvalidEntry
from api.domain.trajectory.engine import Engine
from api.models.entry import EntryRow
from api.services import audit
from api.services.entries.record import has_content
from api.services.reminders import close
from api.services.scoring import date_floor, rejected_items, score
from api.services.scoring.parse_items import zones_of
from api.services.scoring.patient_lock import locked_and_active
from api.services.versioned import ENTRIES, VersionCheck


def correct_entry(
    session: Session,
    by: Principal,
    entry_id: UUID,
    raw: dict[str, Any],
    *,
    check_version: VersionCheck,
    engine: Engine,
    now: datetime,
    sent_at: datetime | None = None,
) -> EntryRow:
    """Replace the content of an entry; a withdrawn entry counts again.

    The same content again changes nothing, so that a retry is safe. ``sent_at`` is the ``Date`` of
    the request; where staff write the correction down, its origin is in ``raw``.

    Raises:
        UnknownEntry: There is no such entry.
        InvalidEntry: The new content cannot be read.
    """
    close.lock_patient(session, by.id)
    locked = locked_and_active(session, by, now=now)
    row = ENTRIES.find(session, locked.patient_id, entry_id)
    sent = {**raw, "id": raw.get("id", str(entry_id))}
    clock = clock_of([parse_moment(sent.get("recorded_at"))], now=now, sent_at=sent_at)
    zone_at = zones_of(session, locked)
    entry = read_entry(sent, zone_at=zone_at, born_in=locked.birth_year, now=now, clock=clock)
    entry = _with_earlier_clock_correction(row, entry)
    if entry.id != entry_id:
        raise InvalidEntry("the id is another entry's", {"id": f"is not {entry_id}"})
    origin = origin_of(by, raw)
    is_moved = by.staff_id is not None and origin.differs_from(row.via, row.reported_by)
    if not row.withdrawn and has_content(row, entry) and not is_moved:
        return row
    date_floor.check_entry(session, locked, entry, was_about=row.local_date)
    ENTRIES.supersede(session, row, check_version=check_version, by=by, now=now)
    row.change_seq = locked.next_change_seq()
    lost, since = row.local_date, min(row.local_date, entry.local_date)
    row.recorded_at, row.local_date = entry.recorded_at, entry.local_date
    row.claimed_at, row.claimed_date = entry.claimed_at, entry.claimed_date
    row.via, row.reported_by = origin.via, origin.reported_by
    row.answers, row.withdrawn = dict(entry.answers), False
    session.flush()
    score.rescore(session, locked, engine=engine, now=now, changed=[entry], since=since)
    close.reopen_after_change(session, locked.patient_id, lost=lost, has_responded=True, now=now)
    if locked.has_rejected:
        rejected_items.mark_replaced(session, locked.patient_id, [entry_id], now=now)
    audit.record(session, "entry.corrected", by=by, now=now, patient_id=locked.patient_id, object_id=entry_id)
    return row


def withdraw_entry(
    session: Session,
    by: Principal,
    entry_id: UUID,
    *,
    check_version: VersionCheck,
    engine: Engine,
    now: datetime,
) -> None:
    """Take an entry out of scoring; its content stays in its history.

    Raises:
        UnknownEntry: There is no such entry.
    """
    close.lock_patient(session, by.id)
    locked = locked_and_active(session, by, now=now)
    row = ENTRIES.find(session, locked.patient_id, entry_id)
    if row.withdrawn:
        return
    ENTRIES.supersede(session, row, check_version=check_version, by=by, now=now)
    row.change_seq = locked.next_change_seq()
    row.withdrawn = True
    session.flush()
    score.rescore(session, locked, engine=engine, now=now, since=row.local_date)
    close.reopen_after_change(session, locked.patient_id, lost=row.local_date, has_responded=False, now=now)
    audit.record(session, "entry.withdrawn", by=by, now=now, patient_id=locked.patient_id, object_id=entry_id)


def _with_earlier_clock_correction(row: EntryRow, entry: Entry) -> Entry:
    """Correct the moment of an entry as before, if the phone sends the same moment again."""
    claimed = entry.claimed_at or entry.recorded_at
    if row.claimed_at is None or row.claimed_date is None or claimed != row.claimed_at:
        return entry
    claimed_date = entry.claimed_date or entry.local_date
    return replace(
        entry,
        recorded_at=row.recorded_at,
        local_date=row.local_date if claimed_date == row.claimed_date else entry.local_date,
        claimed_at=claimed,
        claimed_date=claimed_date,
    )
