"""A site and its teams: read, made and renamed."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.account_errors import NameTaken, TeamNotFound
from api.domain.authority import Principal
from api.models.site import Site, Team
from api.models.staff import Staff
from api.services import audit

Check = Callable[[int], None]


def read_site(session: Session, site_id: UUID) -> Site:
    """Return a site."""
    return session.get_one(Site, site_id)


def change_site(
    session: Session, by: Principal, changes: Mapping[str, Any], *, check_version: Check, now: datetime
) -> Site:
    """Change the name and contacts of the caller's site; a repeat changes nothing.

    Working hours, rotas and the days of plans follow the new time zone from now on.

    Raises:
        NameTaken: Another site has the name.
    """
    site = session.get_one(Site, by.site_id, with_for_update={"key_share": True})
    check_version(site.version)
    changed = _assign(session, site, changes, taken="another site has this name")
    if changed:
        audit.record(session, "site.changed", by=by, now=now, object_id=site.id, detail={"fields": changed})
    return site


def list_teams(session: Session, site_id: UUID) -> list[tuple[Team, int]]:
    """Return a site's teams by name, each with how many active members of staff belong to it."""
    members = (
        select(Staff.team_id, func.count().label("members"))
        .where(Staff.site_id == site_id, Staff.active)
        .group_by(Staff.team_id)
        .subquery()
    )
    found = (
        select(Team, func.coalesce(members.c.members, 0))
        .outerjoin(members, members.c.team_id == Team.id)
        .where(Team.site_id == site_id)
        .order_by(func.lower(Team.name), Team.id)
    )
    return [(team, number) for team, number in session.execute(found)]


def read_team(session: Session, site_id: UUID, team_id: UUID) -> tuple[Team, int]:
    """Return one team of a site with how many active members of staff belong to it.

    Raises:
        TeamNotFound: The site has no such team.
    """
    found = [each for each in list_teams(session, site_id) if each[0].id == team_id]
    if not found:
        raise TeamNotFound("there is no such team")
    return found[0]


def create_team(session: Session, by: Principal, *, name: str, now: datetime) -> Team:
    """Create a team of the caller's site.

    Raises:
        NameTaken: The site has a team of this name.
    """
    team_id = uuid4()
    if not insert_once(session, Team, values=[{"id": team_id, "site_id": by.site_id, "name": name}]):
        taken = f"the site has a team {name!r} already"
        raise NameTaken(taken, {"name": taken})
    audit.record(session, "team.created", by=by, now=now, object_id=team_id)
    return session.get_one(Team, team_id)


def rename_team(
    session: Session,
    by: Principal,
    team_id: UUID,
    changes: Mapping[str, Any],
    *,
    check_version: Check,
    now: datetime,
) -> Team:
    """Rename a team of the caller's site; the same again changes nothing.

    Raises:
        TeamNotFound: The site has no such team.
        NameTaken: The site has another team of this name.
    """
    wanted = select(Team).where(Team.site_id == by.site_id, Team.id == team_id)
    team = session.scalar(wanted.with_for_update(key_share=True))
    if team is None:
        raise TeamNotFound("there is no such team")
    check_version(team.version)
    if _assign(session, team, changes, taken="the site has another team of this name"):
        audit.record(session, "team.renamed", by=by, now=now, object_id=team.id)
    return team


def _assign(session: Session, row: Site | Team, changes: Mapping[str, Any], *, taken: str) -> list[str]:
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    if not changed:
        return []
    row.version += 1
    try:
        with session.begin_nested():
            for name in changed:
                setattr(row, name, changes[name])
            session.flush()
    except IntegrityError as error:
        raise NameTaken(taken, {"name": taken}) from error
    return changed
