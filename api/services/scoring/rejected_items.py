"""Keeps rejected items of patients, within limits, until staff have reviewed them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, func, literal, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.db.base import UtcDateTime
from api.db.bulk import insert_once
from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.domain.errors import DomainError
from api.models.entry import RejectedEntry, SafetyStatement
from api.models.patient import Trajectory
from api.services import audit
from api.services.paging import Page, cut
from api.services.scoring.patient_lock import LockedPatient

MAX_BODY = 4096
"""The number of characters of a rejected body that are kept, beside a digest of all of it."""

MAX_BODIES_A_DAY = 50
"""The rejected bodies kept for one patient and day (UTC); further ones are only counted."""

MAX_SHOWN_BODY = 4000
"""The number of characters of a rejected body that are shown."""

MAX_DETAIL = 1000

IS_UNREVIEWED: ColumnElement[bool] = and_(
    RejectedEntry.replaced_at.is_(None), RejectedEntry.reviewed_at.is_(None)
)
"""Rejected, not replaced by a readable entry with the same id, and not reviewed yet."""


class RejectedItem(NamedTuple):
    """A rejected item: the client's id where one can be read, the text, and the reason."""

    entry_id: str | None
    text: str
    problem: DomainError


def readable_id(item: object) -> str | None:
    """Return the id of a rejected item as it was sent, where it can be stored and shown."""
    sent = item.get("id") if isinstance(item, dict) else None
    return sent[:64] if isinstance(sent, str) and sent.isprintable() and sent else None


def keep_rejected(
    session: Session, locked: LockedPatient, rejected: Sequence[RejectedItem], *, now: datetime
) -> int:
    """Keep rejected items of a locked patient, each once; return the number of new ones."""
    rows = {row["digest"]: row for row in (_row(locked.patient_id, each, now) for each in rejected)}
    known = select(RejectedEntry.digest).where(
        RejectedEntry.patient_id == locked.patient_id, RejectedEntry.digest.in_(list(rows))
    )
    for digest in session.scalars(known).all():
        del rows[digest]
    new = list(rows.values())
    if not new:
        return 0
    room = max(MAX_BODIES_A_DAY - kept_today(session, RejectedEntry, locked.patient_id, now=now), 0)
    insert_once(session, RejectedEntry, values=new[:room])
    _count_dropped(session, locked.patient_id, len(new) - room, now=now)
    if not locked.has_rejected:
        locked.has_rejected = True
        of_patient = Trajectory.patient_id == locked.patient_id
        session.execute(update(Trajectory).where(of_patient).values(has_rejected=True))
    return len(new)


def kept_today(
    session: Session, table: type[RejectedEntry | SafetyStatement], patient_id: UUID, *, now: datetime
) -> int:
    """Return the number of rows kept for a patient on the present day (UTC)."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = (table.patient_id == patient_id, table.received_at >= midnight)
    return session.scalar(select(func.count()).select_from(table).where(*of_today)) or 0


def mark_replaced(session: Session, patient_id: UUID, entry_ids: Sequence[UUID], *, now: datetime) -> None:
    """Mark rejected items as replaced by readable entries with the same ids."""
    session.execute(_REPLACE, [{"of": patient_id, "sent": str(each), "at": now} for each in entry_ids])


def review(session: Session, by: Principal, patient_id: UUID, *, until: datetime, now: datetime) -> int:
    """Mark the items rejected up to a moment as reviewed by staff; return their number."""
    unreviewed = (RejectedEntry.patient_id == patient_id, RejectedEntry.received_at <= until, IS_UNREVIEWED)
    reviewed = len(session.scalars(select(RejectedEntry.id).where(*unreviewed).with_for_update()).all())
    session.execute(update(RejectedEntry).where(*unreviewed).values(reviewed_at=now, reviewed_by=by.id))
    audit.record(
        session,
        "rejected_entries.looked_at",
        by=by,
        now=now,
        patient_id=patient_id,
        detail={"items": reviewed, "until": until.isoformat()},
    )
    return reviewed


def has_unreviewed(patient_id: ColumnElement[UUID] | InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Return the condition that a patient has rejected items that are not reviewed."""
    return exists().where(RejectedEntry.patient_id == patient_id, IS_UNREVIEWED)


def count_unreviewed_by_patient(session: Session, patient_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the number of unreviewed items of each patient; those without any are left out."""
    counted = func.sum(RejectedEntry.count)
    rows = session.execute(
        select(RejectedEntry.patient_id, counted)
        .where(RejectedEntry.patient_id.in_(patient_ids), IS_UNREVIEWED)
        .group_by(RejectedEntry.patient_id)
    )
    return {patient_id: int(count) for patient_id, count in rows}


class UnreviewedItems(NamedTuple):
    """The number of unreviewed rejected items, and of their patients."""

    patients: int
    items: int


def count_unreviewed(session: Session) -> UnreviewedItems:
    """Return the number of unreviewed rejected items, and of their patients."""
    patients, items = session.execute(
        select(func.count(RejectedEntry.patient_id.distinct()), func.sum(RejectedEntry.count)).where(
            IS_UNREVIEWED
        )
    ).one()
    return UnreviewedItems(int(patients), int(items or 0))


def list_rejected(
    session: Session, patient_id: UUID, *, limit: int, cursor: str | None = None
) -> Page[Row[*tuple[Any, ...]]]:
    """Return one page of a patient's rejected items, newest first; long bodies are cut.

    Raises:
        InvalidCursor: The cursor was not made here.
    """
    query = select(*_SHOWN).where(RejectedEntry.patient_id == patient_id)
    if cursor is not None:
        received_at, last = cursors.decode_as(cursor, cursors.moment, UUID)
        position = tuple_(literal(received_at, UtcDateTime), literal(last, RejectedEntry.id.type))
        query = query.where(tuple_(RejectedEntry.received_at, RejectedEntry.id) < position)
    newest_first = query.order_by(RejectedEntry.received_at.desc(), RejectedEntry.id.desc())
    found: Sequence[Row[*tuple[Any, ...]]] = session.execute(newest_first.limit(limit + 1)).all()
    return cut(
        found, limit=limit, cursor_of=lambda row: cursors.encode(row.received_at.isoformat(), str(row.id))
    )


def _row(patient_id: UUID, rejected: RejectedItem, now: datetime) -> dict[str, object]:
    problem = rejected.problem
    return {
        "id": uuid4(),
        "patient_id": patient_id,
        "entry_id": rejected.entry_id.lower() if rejected.entry_id else None,
        "digest": hashlib.sha256(rejected.text.encode(errors="surrogatepass")).hexdigest(),
        "body": _storable(rejected.text[:MAX_BODY]),
        "problem": {"detail": _storable(str(problem)[:MAX_DETAIL]), "errors": problem.problems},
        "received_at": now,
    }


def _storable(text: str) -> str:
    """Return text as every database can hold it: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode(errors="backslashreplace").decode()


def _count_dropped(session: Session, patient_id: UUID, dropped: int, *, now: datetime) -> None:
    """Count the items over the daily limit in one row of the day, which is unreviewed again."""
    if dropped <= 0:
        return
    digest = f"dropped:{now:%Y-%m-%d}"
    of_patient = (RejectedEntry.patient_id == patient_id, RejectedEntry.digest == digest)
    row = session.scalar(select(RejectedEntry).where(*of_patient))
    if row is None:
        words = f"more than {MAX_BODIES_A_DAY} items were rejected on one day: these were counted, not kept"
        row = RejectedEntry(patient_id=patient_id, digest=digest, body="", problem={"detail": words}, count=0)
        session.add(row)
    row.count += dropped
    row.received_at, row.reviewed_at, row.reviewed_by = now, None, None
    session.flush()


_REJECTED = RejectedEntry.__table__
_REPLACE = (
    update(_REJECTED)  # type: ignore[arg-type]
    .where(
        _REJECTED.c.patient_id == bindparam("of"),
        _REJECTED.c.entry_id == bindparam("sent"),
        _REJECTED.c.replaced_at.is_(None),
    )
    .values(replaced_at=bindparam("at"))
)
_SHOWN = (
    RejectedEntry.id,
    RejectedEntry.entry_id,
    func.substr(RejectedEntry.body, 1, MAX_SHOWN_BODY).label("body"),
    (func.length(RejectedEntry.body) > MAX_SHOWN_BODY).label("body_truncated"),
    RejectedEntry.problem,
    RejectedEntry.received_at,
    RejectedEntry.replaced_at,
    RejectedEntry.reviewed_at,
    RejectedEntry.count,
)
