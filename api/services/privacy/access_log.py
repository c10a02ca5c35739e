"""Lists for patients who used their data: the part of the audit that is about one patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain import cursor as cursors
from api.domain.access_log import describe_use
from api.domain.authority import ActorKind, Principal
from api.models.audit import BY_OTHERS, AuditRow
from api.models.proxy import Proxy
from api.models.staff import Staff
from api.services.paging import Page, cut


@dataclass(frozen=True, slots=True)
class DataUse:
    """One use of a patient's data, as the patient may see it: a role of staff, never a name or an id.

    People whom the patient let in have the name that the patient gave them.
    """

    at: datetime
    actor_kind: str
    role: str | None
    proxy: str | None
    action: str
    sentence: str


def list_uses(session: Session, by: Principal, *, own: bool, cursor: str | None, limit: int) -> Page[DataUse]:
    """Return one page of the uses of a patient's data, newest first.

    A list of several patients, such as the worklist, is one row of the site's audit and not of this one.

    Args:
        session: The database.
        by: The patient.
        own: Include what the patient did.
        cursor: The cursor of the page; None: the newest.
        limit: The largest number of uses.

    Raises:
        InvalidCursor: The cursor is not of this list.
    """
    acts = select(AuditRow).where(AuditRow.patient_id == by.id).order_by(AuditRow.id.desc())
    if not own:
        acts = acts.where(BY_OTHERS)
    if cursor is not None:
        (last,) = cursors.decode_as(cursor, int)
        acts = acts.where(AuditRow.id < last)
    page = cut(
        list(session.scalars(acts.limit(limit + 1))),
        limit=limit,
        cursor_of=lambda row: cursors.encode(row.id),
    )
    return Page(_described(session, page.items), page.next)


def _described(session: Session, rows: Sequence[AuditRow]) -> list[DataUse]:
    roles = roles_of(session, rows)
    let_in = {row.actor_id for row in rows if row.actor_kind == ActorKind.PROXY}
    found = session.execute(select(Proxy.id, Proxy.name).where(Proxy.id.in_(let_in))) if let_in else ()
    names = {row.id: row.name for row in found}
    return [
        DataUse(
            at=row.at,
            actor_kind=row.actor_kind,
            role=roles.get(row.actor_id) if row.actor_id else None,
            proxy=names.get(row.actor_id) if row.actor_id else None,
            action=row.action,
            sentence=describe_use(row.action),
        )
        for row in rows
    ]


def roles_of(session: Session, rows: Sequence[AuditRow]) -> dict[UUID, str]:
    """Return the present role of each member of staff who did one of the acts."""
    ids = {row.actor_id for row in rows if row.actor_id is not None}
    found = session.execute(select(Staff.id, Staff.role).where(Staff.id.in_(ids)))
    return {row.id: row.role for row in found}
