"""Feed of events for a patient: the care team was told, has read, taken on, called or booked."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import pairwise, takewhile
from operator import attrgetter
from uuid import UUID

from sqlalchemy import CompoundSelect, func, or_, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.domain.alerts.patient_events import NOT_YET_STORED, OF_OUTCOME, PatientEventKind
from api.domain.authority import ActorKind, Principal
from api.domain.errors import InvalidCursor
from api.models.alert import Alert
from api.models.audit import BY_OTHERS, AuditRow
from api.models.restore import Restore
from api.models.site import Site
from api.models.staff import Staff
from api.services.patients.diary_looks import DIARY, QUESTIONNAIRES, LookedAt
from api.services.patients.first_notices import BEGINNING, FirstNotice, first_notices
from api.services.versioned import ChangeFeed

ANSWERS = ("alert.acknowledged", "alert.resolved")


@dataclass(frozen=True, slots=True)
class PatientEvent:
    """One event: its kind, time and the role of the member of staff; the name only if the site says so."""

    at: datetime
    kind: PatientEventKind
    role: str | None
    name: str | None


def events_since(
    session: Session, by: Principal, *, since: str | None, limit: int, now: datetime
) -> ChangeFeed[PatientEvent]:
    """Return what the care team did for a patient since a cursor, oldest first.

    A page comes from at most ``limit`` acts of the audit and messages to the team, and may hold fewer
    events. Those of the last seconds follow later, and so does what was stored after one of them: the cursor
    passes over nothing.
    A look is an event only where something was stored since the look before it.

    Args:
        session: The database.
        by: The patient.
        since: The cursor of the last page; None starts at the beginning.
        limit: The largest number of events.
        now: The present moment.

    Raises:
        InvalidCursor: The cursor was not made here, or before the database was restored from a backup.
    """
    epoch = int(session.scalar(select(func.max(Restore.id))) or 0)
    act_id, notice = _position(since, epoch)
    until = now - NOT_YET_STORED
    acts = (
        select(AuditRow)
        .where(AuditRow.patient_id == by.id, BY_OTHERS, AuditRow.id > act_id)
        .where(
            AuditRow.actor_kind == ActorKind.STAFF,
            or_(AuditRow.action.in_(ANSWERS), DIARY.whole, QUESTIONNAIRES.whole),
        )
        .order_by(AuditRow.id)
    )
    rows = list(takewhile(lambda act: act.at <= until, session.scalars(acts.limit(limit + 1))))
    notices = first_notices(session, by.id, after=notice, until=until, limit=limit + 1)
    found: list[AuditRow | FirstNotice] = list(merge(rows, notices, key=attrgetter("at")))
    page = found[:limit]
    for each in page:
        if isinstance(each, FirstNotice):
            notice = each
        else:
            act_id = each.id
    following = cursors.encode(act_id, notice.at.isoformat(), str(notice.message_id), epoch)
    return ChangeFeed(_events(session, by, page), following, len(found) > limit)


def _position(since: str | None, epoch: int) -> tuple[int, FirstNotice]:
    """Return the last act and the last notice of the page before."""
    if since is None:
        return 0, BEGINNING
    act_id, at, message_id, stated = cursors.decode_as(since, int, cursors.moment, UUID, int)
    if stated != epoch:
        raise InvalidCursor("start again without a cursor: the database was restored from a backup")
    return act_id, replace(BEGINNING, at=at, message_id=message_id)


def _events(session: Session, by: Principal, page: Sequence[AuditRow | FirstNotice]) -> list[PatientEvent]:
    """Return the events among acts and notices, without the kinds that the site hides."""
    if not page:
        return []
    rows = [each for each in page if isinstance(each, AuditRow)]
    kinds = _answers(session, [row for row in rows if row.action in ANSWERS])
    for of in (DIARY, QUESTIONNAIRES):
        looks = sorted((row for row in rows if row.action in of.actions), key=attrgetter("at"))
        kinds |= _first_looks(session, by.id, looks, of)
    site = session.get_one(Site, by.site_id)
    notified = PatientEventKind.ALERT_NOTIFIED
    acts = [
        (each.at, notified, each.staff_id)
        if isinstance(each, FirstNotice)
        else (each.at, kinds.get(each.id), each.actor_id)
        for each in page
    ]
    staff = _staff(session, {staff_id for _, _, staff_id in acts if staff_id is not None})
    return [
        PatientEvent(at, kind, role, name if site.events_name_staff else None)
        for at, kind, staff_id in acts
        if kind is not None and kind not in (site.hidden_events or ())
        for role, name in [staff.get(staff_id, (None, None))]
    ]


def _first_looks(
    session: Session, patient_id: UUID, looks: Sequence[AuditRow], of: LookedAt
) -> dict[int, PatientEventKind]:
    """Return the looks, given in the order of time, that were the first after something was stored."""
    if not looks:
        return {}
    newest = select(func.max(AuditRow.at, type_=UtcDateTime))
    of_kind = newest.where(AuditRow.patient_id == patient_id, of.whole)
    begins = session.scalar(of_kind.where(AuditRow.at < looks[0].at))
    ends = [begins, *(look.at for look in looks)]
    stored = _stored_between(session, of.stored(patient_id), begins, looks[-1].at)
    known = [bisect_right(stored, end) if end is not None else 0 for end in ends]
    return {
        look.id: of.event
        for (before_it, by_it), look in zip(pairwise(known), looks, strict=True)
        if by_it > before_it
    }


def _stored_between(
    session: Session, versions: CompoundSelect[datetime], begins: datetime | None, ends: datetime
) -> list[datetime]:
    """Return the moments from which a look counts for a record or its correction."""
    stored = versions.subquery()
    query = select(stored.c.at).where(stored.c.at <= ends - NOT_YET_STORED)
    if begins is not None:
        query = query.where(stored.c.at > begins - NOT_YET_STORED)
    return [moment + NOT_YET_STORED for moment in session.scalars(query.distinct().order_by(stored.c.at))]


def _answers(session: Session, rows: Sequence[AuditRow]) -> dict[int, PatientEventKind]:
    """Return the kinds of acknowledgements and resolutions."""
    kinds = {
        row.id: PatientEventKind.ALERT_ACKNOWLEDGED for row in rows if row.action == "alert.acknowledged"
    }
    resolved = {row.object_id: row.id for row in rows if row.action == "alert.resolved"}
    found = session.execute(select(Alert.id, Alert.outcome).where(Alert.id.in_(resolved)))
    told = {key: OF_OUTCOME.get(outcome or "") for key, outcome in found}
    return kinds | {resolved[key]: kind for key, kind in told.items() if kind is not None}


def _staff(session: Session, ids: set[UUID]) -> Mapping[UUID | None, tuple[str | None, str | None]]:
    found = session.execute(select(Staff.id, Staff.role, Staff.name).where(Staff.id.in_(ids)))
    return {staff_id: (role, name) for staff_id, role, name in found}
