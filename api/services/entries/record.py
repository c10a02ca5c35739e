"""Records entries that patients submit: each once by its id, unreadable ones as rejected items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.entries.origin import EntryOrigin, origin_of
from api.domain.entries.questions import PRESENTED, Entry
from api.domain.entries.safety_statements import StatementSource, key_of, stated_in_value, text_of
from api.domain.errors import InvalidEntry
from api.domain.trajectory.engine import Engine
from api.models.entry import EntryRow, EntryVersion
from api.services import audit
from api.services.entries import daily_limit
from api.services.entries.results import ItemResult, ItemStatus, Recorded, Rejected, RowBusy, SubmissionResult
from api.services.reminders import close
from api.services.scoring import patient_lock, rejected_items, safety_alerts, score
from api.services.scoring.parse_items import read_items
from api.services.versioned import ENTRIES


class EntrySubmission(NamedTuple):
    """The items of one request for a patient; ``sent_at`` is the ``Date`` of the request.

    ``origin`` is given where staff write them down: of what is refused nothing is kept then, as who wrote
    it reads the answer at once.
    """

    by: Principal
    items: Sequence[object]
    sent_at: datetime | None = None
    origin: EntryOrigin | None = None


@dataclass(slots=True)
class _Draft:
    """A submission while it is recorded: a result per item, and the entries that can be read."""

    by: Principal
    locked: patient_lock.LockedPatient
    origin: EntryOrigin | None = None
    results: list[ItemResult] = field(default_factory=list)
    new: dict[UUID, tuple[Entry, ItemResult]] = field(default_factory=dict)
    rejected: list[rejected_items.RejectedItem] = field(default_factory=list)
    statements: list[StatementSource] = field(default_factory=list)
    first_seq: int = 0

    @property
    def created(self) -> list[Entry]:
        return [entry for entry, result in self.new.values() if result.status is ItemStatus.CREATED]

    def reject(self, item: object, problem: InvalidEntry) -> None:
        """Note an item that cannot be read, and its safety statements."""
        sent_id = rejected_items.readable_id(item)
        self.results.append(ItemResult(sent_id, ItemStatus.REJECTED, problem=problem))
        if self.origin is not None:
            return
        self.rejected.append(rejected_items.RejectedItem(sent_id, text_of(item), problem))
        self._note_statements(key_of(item, of=self.by.id), item)

    def conflict(self, entry: Entry) -> None:
        """Note the safety statements of an item whose id belongs to other content."""
        self._note_statements(str(entry.id), dict(entry.answers))

    def _note_statements(self, key: str, item: object) -> None:
        if self.origin is None and (stated := stated_in_value(item)).words:
            self.statements.append(StatementSource(key, stated))


def record_entries(
    session: Session,
    submissions: Sequence[EntrySubmission],
    *,
    engine: Engine,
    now: datetime,
    wait: bool = True,
) -> list[SubmissionResult]:
    """Record submissions of several patients in one transaction; invalid items affect no others.

    Args:
        session: The transaction.
        submissions: Of different patients.
        engine: The server's; at a site with a policy of its own, that policy's is used.
        now: When they were received.
        wait: Whether to wait for a locked row and for a long rescoring.

    Returns:
        The result of each submission; `RowBusy` only without ``wait``.

    Raises:
        UnknownPatient: There is no such patient; without ``wait``, that submission is `RowBusy`.
    """
    patient_ids = [submission.by.id for submission in submissions]
    locked_patients = patient_lock.lock_all(session, patient_ids, now=now, wait=wait)
    found = [_draft(session, each, locked_patients.get(each.by.id), now=now) for each in submissions]
    if not wait:
        found = [RowBusy() if _is_long(session, each, engine=engine) else each for each in found]
    drafts = [each for each in found if isinstance(each, _Draft)]
    _insert(session, drafts, now=now)
    for draft in drafts:
        if draft.rejected:
            rejected_items.keep_rejected(session, draft.locked, draft.rejected, now=now)
        safety_alerts.record_statements(
            session, draft.locked, draft.statements, by=draft.by, engine=engine, now=now
        )
    changes = [score.NewEntries(draft.locked, created) for draft in drafts if (created := draft.created)]
    for locked, new, _ in changes:
        locked.last_entry_at = score.newest_report(locked.last_entry_at, new)
    score.score_all(session, changes, engine=engine, now=now)
    for draft in drafts:
        if draft.locked.is_prompted and (draft.created or draft.statements):
            has_responded = bool(draft.created)
            close.close_done(session, draft.locked.patient_id, has_responded=has_responded, now=now)
    _audit(session, drafts, now=now)
    return [Recorded(each.results) if isinstance(each, _Draft) else each for each in found]


def has_content(row: EntryRow | EntryVersion, entry: Entry) -> bool:
    """Return whether a row holds an entry; corrected moments count as the phone sent them.

    How the entry was presented does not matter: an app may be upgraded between two attempts to send.
    """
    return (
        (row.claimed_at or row.recorded_at) == (entry.claimed_at or entry.recorded_at)
        and (row.claimed_date or row.local_date) == (entry.claimed_date or entry.local_date)
        and _reported(row.answers) == _reported(entry.answers)
    )


def _reported(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer for name, answer in answers.items() if name not in PRESENTED}


def _draft(
    session: Session, submission: EntrySubmission, locked: patient_lock.LockedPatient | None, *, now: datetime
) -> _Draft | Rejected | RowBusy:
    if locked is None:
        return RowBusy()
    if locked.status != PatientStatus.ACTIVE:
        return Rejected(patient_lock.monitoring_ended())
    draft = _Draft(submission.by, locked, submission.origin)
    read = read_items(session, locked, submission.items, now=now, sent_at=submission.sent_at)
    beyond = daily_limit.beyond_limit(session, locked, [each for each in read if isinstance(each, Entry)])
    for item, entry in zip(submission.items, read, strict=True):
        if isinstance(entry, InvalidEntry):
            draft.reject(item, entry)
        elif entry.id in beyond:
            draft.reject(item, daily_limit.limit_error(entry))
        elif entry.id in draft.new:
            draft.results.append(_result_of_repeat(*draft.new[entry.id], entry))
            if draft.results[-1].status is ItemStatus.CONFLICT:
                draft.conflict(entry)
        else:
            result = ItemResult(str(entry.id), ItemStatus.CREATED, 1, now)
            draft.new[entry.id] = (entry, result)
            draft.results.append(result)
    return draft


def _is_long(session: Session, draft: _Draft | Rejected | RowBusy, *, engine: Engine) -> bool:
    """Return whether other requests should not wait for a submission to be scored."""
    if not isinstance(draft, _Draft):
        return False
    new = [entry for entry, _ in draft.new.values()]
    return score.is_long(session, draft.locked, new, engine=engine)


def _insert(session: Session, drafts: Sequence[_Draft], *, now: datetime) -> None:
    """Insert the entries; those whose id is known are marked as duplicates or conflicts."""
    rows = []
    for draft in drafts:
        draft.first_seq = draft.locked.change_seq + 1
        draft.locked.change_seq += len(draft.new)
        origin = draft.origin or origin_of(draft.by)
        rows += [
            {
                "patient_id": draft.locked.patient_id,
                "id": entry.id,
                "recorded_at": entry.recorded_at,
                "local_date": entry.local_date,
                "received_at": now,
                "answers": entry.answers,
                "withdrawn": False,
                "version": 1,
                "change_seq": change_seq,
                "grant_id": draft.by.grant_id,
                "claimed_at": entry.claimed_at,
                "claimed_date": entry.claimed_date,
                "via": origin.via,
                "reported_by": origin.reported_by,
            }
            for change_seq, (entry, _) in enumerate(draft.new.values(), draft.first_seq)
        ]
    inserted = insert_once(session, EntryRow, values=rows)
    for draft in drafts:
        if inserted != len(rows):
            _mark_repeats(session, draft)
        if draft.locked.has_rejected and (created := draft.created):
            rejected_items.mark_replaced(
                session, draft.locked.patient_id, [each.id for each in created], now=now
            )


def _mark_repeats(session: Session, draft: _Draft) -> None:
    """Mark the entries that were recorded before, as a late retry sends them."""
    earlier = select(EntryRow).where(
        EntryRow.patient_id == draft.locked.patient_id,
        EntryRow.id.in_(list(draft.new)),
        EntryRow.change_seq < draft.first_seq,
    )
    for row in session.scalars(earlier):
        entry, result = draft.new[row.id]
        is_same = has_content(ENTRIES.original(session, row), entry)
        result.status = ItemStatus.DUPLICATE if is_same else ItemStatus.CONFLICT
        result.version, result.received_at = row.version, row.received_at
        if not is_same:
            draft.conflict(entry)


def _audit(session: Session, drafts: Sequence[_Draft], *, now: datetime) -> None:
    own = []
    for draft in drafts:
        counts = {"items": len(draft.results), "created": len(draft.created)}
        if draft.origin is None:
            own.append((draft.by, counts))
            continue
        patient_id, detail = draft.locked.patient_id, counts | {"via": draft.origin.via}
        audit.record(session, "entries.recorded", by=draft.by, now=now, patient_id=patient_id, detail=detail)
    audit.record_own(session, "entries.recorded", own, now=now)


def _result_of_repeat(entry: Entry, first: ItemResult, again: Entry) -> ItemResult:
    """Return the result of an item whose id came earlier in the same submission."""
    status = ItemStatus.DUPLICATE if entry == again else ItemStatus.CONFLICT
    return ItemResult(first.entry_id, status, first.version, first.received_at)
