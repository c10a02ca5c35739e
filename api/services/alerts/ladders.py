"""Which ladders are in force at a site, on its own clock, and who is on call there; asked every time.

Ladders never change once they are set, so what a process has read of some it keeps.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.escalation.ladder import BUILT_IN, LadderSet
from api.domain.escalation.parse import UnusableLadders, read_ladders
from api.domain.escalation.working_time import WorkingTime
from api.models.ladder import LadderRow, Rota, Shift
from api.models.site import Site
from api.models.staff import Staff

log = logging.getLogger(__name__)

MOST_KEPT = 1000
"""How many ladders a process keeps; more begin anew."""

_READ: dict[UUID, LadderSet] = {}


@dataclass(frozen=True, slots=True)
class SiteLadders:
    """The ladders of a site, its calendar bound to its time zone."""

    site_id: UUID
    ladders: LadderSet
    calendar: WorkingTime


def at_site(session: Session, site_id: UUID, *, now: datetime) -> SiteLadders:
    """Return the ladders in force at a site; the built-in ones where they cannot be read.

    An alert must be told, whatever stands in the table.
    """
    newest = (
        select(LadderRow.id)
        .where(LadderRow.site_id == Site.id, LadderRow.effective_from <= literal(now, UtcDateTime))
        .order_by(LadderRow.effective_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    zone, ladder_id = session.execute(select(Site.timezone, newest).where(Site.id == site_id)).one()
    ladders = _readable(session, ladder_id)
    return SiteLadders(site_id, ladders, replace(ladders.calendar, zone=zone))


def ladders_of(session: Session, ladder_id: UUID | None) -> LadderSet:
    """Return ladders by their id, None the built-in ones; a query only the first time.

    Raises:
        UnusableLadders: This version of the software can no longer read them.
    """
    if ladder_id is None:
        return BUILT_IN
    ladders = _READ.get(ladder_id)
    if ladders is None:
        document = session.scalars(select(LadderRow.document).where(LadderRow.id == ladder_id)).one()
        if len(_READ) >= MOST_KEPT:
            _READ.clear()
        ladders = _READ.setdefault(ladder_id, read_ladders(document))
    return ladders


def on_call(site_id: UUID, rota: str, *, now: datetime) -> Select[UUID]:
    """Ask who of a site's active staff is on a rota at a moment."""
    return (
        select(Staff.id)
        .join(Shift, Shift.staff_id == Staff.id)
        .join(Rota, Rota.id == Shift.rota_id)
        .where(Rota.site_id == site_id, Rota.name == rota, Staff.site_id == site_id, Staff.active)
        .where(Shift.begins_at <= now, Shift.ends_at > now)
    )


def unstaffed(session: Session, site_id: UUID, rotas: Iterable[str], *, now: datetime) -> list[str]:
    """Return those of the rotas on which nobody is at a moment."""
    names: Mapping[str, UUID | None] = {
        name: session.scalar(on_call(site_id, name, now=now).limit(1)) for name in sorted(rotas)
    }
    return [name for name, somebody in names.items() if somebody is None]


def _readable(session: Session, ladder_id: UUID | None) -> LadderSet:
    try:
        return ladders_of(session, ladder_id)
    except UnusableLadders as error:
        extra = {"ladder_id": str(ladder_id), "error": str(error)[:500]}
        log.error("a site's ladders cannot be read", extra=extra)  # noqa: TRY400 - no bug of ours
        return BUILT_IN
