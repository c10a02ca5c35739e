"""Escalation ladders of sites: setting them, and the ladders and the staff on call at a moment."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.documents import UnusableDocument
from api.domain.errors import InvalidLadder, LadderTaken
from api.domain.escalation.ladder import BUILT_IN, LadderSet, version_of
from api.domain.escalation.render import LADDER_FORMAT, document_of
from api.domain.escalation.working_time import WorkingTime
from api.models.rota import Rota, Shift
from api.models.site import Site
from api.models.site_document import LadderRow
from api.models.staff import Staff
from api.services.policies.site_documents import DocumentStore, id_in_force

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SiteLadders:
    """The ladders in force at a site, with the calendar in the site's time zone."""

    site_id: UUID
    ladders: LadderSet
    calendar: WorkingTime


class LadderStore(DocumentStore[LadderRow, LadderSet]):
    """The ladders of sites.

    An open alert escalates by new ladders from then on; an escalation that is planned keeps its moment.
    """

    format = LADDER_FORMAT
    table = LadderRow
    invalid, taken = InvalidLadder, LadderTaken
    audit_action = "ladders.set"
    version_label = "version"
    why_not_past = "past notifications cannot change; leave it out for ladders in force from now on"

    def version_of(self, content: LadderSet) -> str:
        """Return the content hash of the whole document."""
        return version_of(document_of(content))

    def check_references(self, session: Session, site_id: UUID, content: LadderSet) -> None:
        """Refuse a rota that the site does not have.

        Raises:
            InvalidLadder: A rung names an unknown rota.
        """
        known = set(session.scalars(select(Rota.name).where(Rota.site_id == site_id)))
        existing = ", ".join(map(repr, sorted(known))) or "none yet: make it first"
        problems = {
            f"document.ladders.{tier}.rungs.{number}.{key}": (
                f"the site has no rota {name!r}; there are: {existing}"
            )
            for tier, ladder in (("same_day", content.same_day), ("routine", content.routine))
            for number, rung in enumerate(ladder.rungs)
            for key, name in (("rota", rung.rota), ("on_call", rung.on_call))
            if name is not None and name not in known
        }
        if problems:
            raise InvalidLadder("; ".join(sorted(set(problems.values()))), problems)


def at_site(session: Session, site_id: UUID, *, now: datetime) -> SiteLadders:
    """Return the ladders in force at a site.

    Where they cannot be read, the built-in ladders apply, so that alerts are sent in any case.
    """
    newest = id_in_force(LadderRow, Site.id, literal(now, UtcDateTime))
    zone, ladder_id = session.execute(select(Site.timezone, newest).where(Site.id == site_id)).one()
    try:
        ladders = LadderStore.find(session, ladder_id)
    except UnusableDocument as error:
        extra = {"ladder_id": str(ladder_id), "error": str(error)[:500]}
        log.error("a site's ladders cannot be read", extra=extra)  # noqa: TRY400 - not a bug: no traceback
        ladders = BUILT_IN
    return SiteLadders(site_id, ladders, replace(ladders.calendar, zone=zone))


def on_call(site_id: UUID, rota: str, *, now: datetime) -> Select[UUID]:
    """Return the query for the site's active staff on a rota at a moment."""
    return (
        select(Staff.id)
        .join(Shift, Shift.staff_id == Staff.id)
        .join(Rota, Rota.id == Shift.rota_id)
        .where(Rota.site_id == site_id, Rota.name == rota, Staff.site_id == site_id, Staff.active)
        .where(Shift.begins_at <= now, Shift.ends_at > now)
    )


def unstaffed(session: Session, site_id: UUID, ladders: LadderSet | None, *, now: datetime) -> list[str]:
    """Return the rotas of ladders, None: the built-in ones, that have no staff on call, by name."""
    return [
        name
        for name in sorted((ladders or BUILT_IN).rotas())
        if session.scalar(on_call(site_id, name, now=now).limit(1)) is None
    ]
