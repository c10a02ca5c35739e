"""What a patient reports: recorded once, and never lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.entries.questions import Entry
from api.domain.entries.safety_statements import StatementSource, key_of, stated_in_value, text_of
from api.domain.errors import DomainError, InvalidEntry
from api.domain.trajectory.engine import Engine
from api.models.entry import EntryRow, EntryVersion
from api.services import audit
from api.services.entries import daily_limit
from api.services.reminders import close
from api.services.scoring import patient_lock, rejected_items, safety_statements, score
from api.services.scoring.parse_items import read_items
from api.services.scoring.patient_lock import LockedPatient, monitoring_ended
from api.services.scoring.rejected_items import RejectedItem


class ItemStatus(StrEnum):
    """What became of one item that was sent."""

    CREATED = "created"
    DUPLICATE = "duplicate"  # the same id and content came before: the first result again
    CONFLICT = "conflict"  # the same id came before with other content: correct it by PUT
    REJECTED = "rejected"  # it could not be read; it is kept where patient and team can see it


@dataclass(slots=True)
class ItemResult:
    """What became of one item; ``entry_id`` is the client's id, as far as one could be read."""

    entry_id: str | None
    status: ItemStatus
    version: int | None = None
    received_at: datetime | None = None
    problem: InvalidEntry | None = None


Recorded = list[ItemResult] | DomainError
"""A result per item, or why nothing was taken."""


class EntrySubmission(NamedTuple):
    """What one patient's phone sent: one entry, or some; ``sent_at`` is the ``Date`` of the request."""

    by: Principal
    items: Sequence[object]
    sent_at: datetime | None = None


@dataclass(slots=True)
class _Sheet:
    """What is being recorded for one patient: a result per item, and the items that can be read."""

    by: Principal
    standing: LockedPatient
    results: list[ItemResult] = field(default_factory=list)
    new: dict[UUID, tuple[Entry, ItemResult]] = field(default_factory=dict)
    refused: list[RejectedItem] = field(default_factory=list)
    unheard: list[StatementSource] = field(default_factory=list)
    first_seq: int = 0

    @property
    def created(self) -> list[Entry]:
        return [entry for entry, result in self.new.values() if result.status is ItemStatus.CREATED]

    def refuse(self, item: object, problem: InvalidEntry) -> None:
        """Take down an item that cannot be read, and what it states all the same."""
        sent_id = rejected_items.readable_id(item)
        self.results.append(ItemResult(sent_id, ItemStatus.REJECTED, problem=problem))
        self.refused.append(RejectedItem(sent_id, text_of(item), problem))
        self._listen(key_of(item, of=self.by.id), item)

    def conflict(self, entry: Entry) -> None:
        """Take down what an item states whose id stands for other content."""
        self._listen(str(entry.id), dict(entry.answers))

    def _listen(self, key: str, item: object) -> None:
        if (stated := stated_in_value(item)).words:
            self.unheard.append(StatementSource(key, stated))


def record_entries(
    session: Session, by: Principal, items: Sequence[object], *, engine: Engine, now: datetime
) -> list[ItemResult]:
    """Record what a phone sent, each item on its own merit; one bad item never sinks the others.

    Raises:
        PatientNotActive: She has left monitoring.
    """
    (recorded,) = record_reports(session, [EntrySubmission(by, items)], engine=engine, now=now)
    if recorded is None or isinstance(recorded, DomainError):
        raise recorded or AssertionError("her row was waited for")
    return recorded


def record_reports(
    session: Session, reports: Sequence[EntrySubmission], *, engine: Engine, now: datetime, wait: bool = True
) -> list[Recorded | None]:
    """Record what the phones of several patients sent, in one transaction: quicker than one by one.

    Args:
        session: The transaction.
        reports: Of different patients.
        engine: The server's; at a site with a policy of its own, that policy's takes its place.
        now: When they came.
        wait: Whether to wait for a patient's row that somebody else has locked, and for a long replay.

    Returns:
        What became of each report. None where nothing did, as it was not waited for.

    Raises:
        UnknownPatient: There is no such patient; where it does not wait, nothing becomes of her report.
    """
    patients = [report.by.id for report in reports]
    standings = patient_lock.lock_all(session, patients, now=now, wait=wait)
    sheets = [_sheet(session, report, standings.get(report.by.id), now=now) for report in reports]
    if not wait:
        sheets = [None if _is_long(session, sheet, engine=engine) else sheet for sheet in sheets]
    taken = [sheet for sheet in sheets if isinstance(sheet, _Sheet)]
    _insert(session, taken, now=now)
    for sheet in taken:
        if sheet.refused:
            rejected_items.keep(session, sheet.standing, sheet.refused, now=now)
        safety_statements.hear(session, sheet.standing, sheet.unheard, by=sheet.by, engine=engine, now=now)
    told = [score.NewEntries(sheet.standing, created) for sheet in taken if (created := sheet.created)]
    for standing, new, _ in told:
        moments = [entry.recorded_at for entry in new]
        standing.last_entry_at = max([*moments, standing.last_entry_at or moments[0]])
    score.score_all(session, told, engine=engine, now=now)
    for standing, _, _ in told:
        if standing.is_prompted:
            close.close_done(session, standing.patient_id, is_heard=True, now=now)
    deeds = [(each.by, {"items": len(each.results), "created": len(each.created)}) for each in taken]
    audit.record_own(session, "entries.recorded", deeds, now=now)
    return [sheet.results if isinstance(sheet, _Sheet) else sheet for sheet in sheets]


def _sheet(
    session: Session, report: EntrySubmission, standing: LockedPatient | None, *, now: datetime
) -> _Sheet | DomainError | None:
    if standing is None:
        return None
    if standing.status != PatientStatus.ACTIVE:
        return monitoring_ended()
    sheet = _Sheet(report.by, standing)
    found = read_items(session, standing, report.items, now=now, sent_at=report.sent_at)
    beyond = daily_limit.too_many(session, standing, [each for each in found if isinstance(each, Entry)])
    for item, entry in zip(report.items, found, strict=True):
        if isinstance(entry, InvalidEntry):
            sheet.refuse(item, entry)
            continue
        if entry.id in beyond:
            sheet.refuse(item, daily_limit.refusal(entry))
            continue
        if entry.id in sheet.new:
            sheet.results.append(_repeated(*sheet.new[entry.id], entry))
            if sheet.results[-1].status is ItemStatus.CONFLICT:
                sheet.conflict(entry)
            continue
        result = ItemResult(str(entry.id), ItemStatus.CREATED, 1, now)
        sheet.new[entry.id] = (entry, result)
        sheet.results.append(result)
    return sheet


def _is_long(session: Session, sheet: _Sheet | DomainError | None, *, engine: Engine) -> bool:
    """Say whether others should not wait for what is recorded."""
    new = [entry for entry, _ in sheet.new.values()] if isinstance(sheet, _Sheet) else []
    return isinstance(sheet, _Sheet) and score.is_long(session, sheet.standing, new, engine=engine)


def _insert(session: Session, sheets: Sequence[_Sheet], *, now: datetime) -> None:
    """Insert the entries; those whose id came before are found out and marked."""
    rows = []
    for sheet in sheets:
        sheet.first_seq = sheet.standing.change_seq + 1
        sheet.standing.change_seq += len(sheet.new)
        rows += [
            {
                "patient_id": sheet.standing.patient_id,
                "id": entry.id,
                "recorded_at": entry.recorded_at,
                "local_date": entry.local_date,
                "received_at": now,
                "answers": entry.answers,
                "withdrawn": False,
                "version": 1,
                "change_seq": sheet.first_seq + place,
                "grant_id": sheet.by.grant_id,
                "claimed_at": entry.claimed_at,
                "claimed_date": entry.claimed_date,
            }
            for place, (entry, _) in enumerate(sheet.new.values())
        ]
    inserted = insert_once(session, EntryRow, values=rows)
    for sheet in sheets:
        if inserted != len(rows):
            _mark_repeats(session, sheet)
        if sheet.standing.has_rejected and (created := sheet.created):
            rejected_items.replace(session, sheet.standing.patient_id, [each.id for each in created], now=now)


def _mark_repeats(session: Session, sheet: _Sheet) -> None:
    before = select(EntryRow).where(
        EntryRow.patient_id == sheet.standing.patient_id,
        EntryRow.id.in_(list(sheet.new)),
        EntryRow.change_seq < sheet.first_seq,
    )
    for row in session.scalars(before):
        entry, result = sheet.new[row.id]
        same = _first_said(session, row, entry)
        result.status = ItemStatus.DUPLICATE if same else ItemStatus.CONFLICT
        result.version, result.received_at = row.version, row.received_at
        if not same:
            sheet.conflict(entry)


def _first_said(session: Session, row: EntryRow, entry: Entry) -> bool:
    """Say whether ``entry`` is what the row said at first: a late retry, whatever came since."""
    if row.version == 1:
        return says(row, entry)
    first = session.get_one(EntryVersion, (row.patient_id, row.id, 1))
    return says(first, entry)


def says(row: EntryRow | EntryVersion, entry: Entry) -> bool:
    """Say whether a row and an entry say the same; of a clock that was ahead, what the phone claimed."""
    return (
        (row.claimed_at or row.recorded_at) == (entry.claimed_at or entry.recorded_at)
        and (row.claimed_date or row.local_date) == (entry.claimed_date or entry.local_date)
        and row.answers == entry.answers
    )


def _repeated(entry: Entry, first: ItemResult, again: Entry) -> ItemResult:
    """Judge an item whose id stood earlier in the same request."""
    same = entry == again
    status = ItemStatus.DUPLICATE if same else ItemStatus.CONFLICT
    return ItemResult(first.entry_id, status, first.version, first.received_at)
