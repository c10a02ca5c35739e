"""Feed of changes of alerts, by ids only: what an open page must read anew.

A reader's cursor is the number of a change, so numbers must follow the order of commits: a reader would miss
a row that becomes visible after one with a higher number. Changes are therefore written at the very end of a
transaction, under a lock that is held until its commit. No other lock is taken after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, delete, event, func, insert, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain import cursor as cursors
from api.domain.authority import Principal
from api.models.alert import Alert
from api.models.change import Change
from api.models.patient import Patient
from api.models.restore import Restore
from api.services.access.visibility import visible_to

KEPT_FOR = timedelta(days=1)
MOST = 200
LOCK = 0x41494D5353
"""Advisory lock of PostgreSQL for writing changes; SQLite has one writer."""

Topic = tuple[UUID, UUID | None]
"""A site, and one team of it; None: of any team."""

_PENDING = "changes"


@dataclass(frozen=True, slots=True)
class AlertChanges:
    """Changes after a cursor, oldest first, and the cursor of what follows."""

    items: Sequence[Change]
    next: str
    more: bool
    """True if further changes follow already."""
    missed: bool
    """True if changes may be missing: the cursor is too old, or from before a restore of the database."""


def note_change(session: Session, alert: Alert, *, now: datetime) -> None:
    """Note that an alert has changed; open pages learn of it once the transaction is committed."""
    if not event.contains(session, "before_commit", _write):
        event.listen(session, "before_commit", _write)
    session.info.setdefault(_PENDING, {})[alert.id] = {
        "site_id": alert.site_id,
        "patient_id": alert.patient_id,
        "alert_id": alert.id,
        "changed_at": now,
    }


def topic_of(by: Principal) -> Topic:
    """Return the topic of the changes that concern a member of staff."""
    return by.site_id, by.team_id


def read_changes(session: Session, by: Principal, *, since: str | None, now: datetime) -> AlertChanges:
    """Return the changes of alerts that the caller may see; without a cursor only where to begin.

    Raises:
        InvalidCursor: ``since`` was not made by this server.
    """
    epoch = int(session.scalar(select(func.max(Restore.id))) or 0)
    if since is None:
        return AlertChanges((), _cursor(_newest(session), epoch, now), more=False, missed=False)
    number, of_epoch, issued_at = cursors.decode_as(since, cursors.number, int, cursors.moment)
    if of_epoch != epoch or issued_at < now - KEPT_FOR / 2:
        return AlertChanges((), _cursor(_newest(session), epoch, now), more=False, missed=True)
    found: list[Change] = []
    more = True
    while more and not found:
        rows = _after(session, by, number)
        number, more = (rows[-1][0].number, len(rows) == MOST) if rows else (number, False)
        found = [change for change, visible in rows if visible is not None]
    return AlertChanges(found, _cursor(number, epoch, now), more=more, missed=False)


def delete_old(session: Session, *, now: datetime) -> None:
    """Delete the changes that no cursor of an open page needs any more."""
    session.execute(delete(Change).where(Change.changed_at < now - KEPT_FOR))


class ChangeWatch:
    """Tells which topics have changed since it was asked last, for pages that wait."""

    def __init__(self, database: Database) -> None:
        """Watch a database; the first answer is about what happens from the first question on."""
        self._database = database
        self._number: int | None = None

    def __call__(self) -> set[Topic]:
        """Return the sites and teams with changes since the last call."""
        with self._database.read() as session:
            newest, before = _newest(session), self._number
            self._number = newest
            if before is None or newest <= before:  # lower after a restore, whose pages are told `missed`
                return set()
            topics = (
                select(Change.site_id, Patient.team_id)
                .join(Patient, Patient.id == Change.patient_id)
                .where(Change.number > before, Change.number <= newest)
                .distinct()
            )
            found: set[Topic] = set()
            for site_id, team_id in session.execute(topics):
                found |= {(site_id, None), (site_id, team_id)}
            return found


def _write(session: Session) -> None:
    """Write the pending changes of a transaction that is about to be committed."""
    if session.in_nested_transaction():
        return
    pending = session.info.pop(_PENDING, None)
    if not pending:
        return
    session.flush()  # takes its locks first
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    session.execute(insert(Change), list(pending.values()))


def _after(session: Session, by: Principal, number: int) -> Sequence[Row[Change, UUID | None]]:
    """Return the next changes of the caller's site, each with its patient if the caller may see them."""
    visible = visible_to(by).with_only_columns(Patient.id).subquery()
    query = (
        select(Change, visible.c.id)
        .outerjoin(visible, visible.c.id == Change.patient_id)
        .where(Change.site_id == by.site_id, Change.number > number)
    )
    return session.execute(query.order_by(Change.number).limit(MOST)).all()


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(Change.number))) or 0


def _cursor(number: int, epoch: int, now: datetime) -> str:
    return cursors.encode(number, epoch, now.isoformat(timespec="seconds"))
