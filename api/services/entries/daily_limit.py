"""Limits the entries of a patient about one day: each new one scores all of that day again."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from api.db.prepared import PreparedIn
from api.domain.entries.questions import Entry
from api.domain.errors import InvalidEntry
from api.models.entry import EntryRow
from api.services.scoring.patient_lock import LockedPatient

MAX_ENTRIES_A_DAY = 200
"""The largest number of entries of a patient, withdrawn ones included, about one local date.
Judgement: a person writes a few. A phone that makes a new id for each retry would write thousands,
and the cost of each grows with their number."""


def beyond_limit(session: Session, locked: LockedPatient, entries: Sequence[Entry]) -> frozenset[UUID]:
    """Return the ids of new entries beyond the limit of their day, in the order they were sent.

    Known ids are not counted: they are duplicates or conflicts.
    """
    if not entries or locked.change_seq + len(entries) <= MAX_ENTRIES_A_DAY:
        return frozenset()
    sent = Counter(entry.local_date for entry in entries)
    stored = dict(_COUNTED.all(session.connection(), list(sent), {"patient_id": locked.patient_id}))
    full = {day for day, count in sent.items() if stored.get(day, 0) + count > MAX_ENTRIES_A_DAY}
    if not full:
        return frozenset()
    known = _known(session, locked.patient_id, [each.id for each in entries if each.local_date in full])
    beyond: set[UUID] = set()
    for entry in entries:
        if entry.local_date not in full or entry.id in known:
            continue
        known.add(entry.id)
        stored[entry.local_date] = stored.get(entry.local_date, 0) + 1
        if stored[entry.local_date] > MAX_ENTRIES_A_DAY:
            beyond.add(entry.id)
    return frozenset(beyond)


def limit_error(entry: Entry) -> InvalidEntry:
    """Return the error of an entry beyond the limit."""
    why = f"more than {MAX_ENTRIES_A_DAY} entries are about {entry.local_date}; is one sent again and again?"
    field = "local_date"
    return InvalidEntry(f"{field}: {why}", {field: why})


def _known(session: Session, patient_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    of_patient = (EntryRow.patient_id == patient_id, EntryRow.id.in_(ids))
    return set(session.scalars(select(EntryRow.id).where(*of_patient)))


_ENTRIES = EntryRow.__table__
_COUNTED = PreparedIn(
    _ENTRIES.c.local_date.type,
    lambda days: (
        select(_ENTRIES.c.local_date, func.count())
        .where(_ENTRIES.c.patient_id == bindparam("patient_id"), _ENTRIES.c.local_date.in_(days))
        .group_by(_ENTRIES.c.local_date)
    ),
)
