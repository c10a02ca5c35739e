"""The staff of a site."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.domain.account_errors import UnknownStaff
from api.domain.authority import Role, StaffStatus
from api.models.identity import Grant
from api.models.proxy import Proxy
from api.models.site import Team
from api.models.staff import Invitation, ServiceAccount, Staff
from api.services.paging import Page, page_by_name

OPEN_INVITATION = (Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
"""Conditions of invitations that may work, unless they have expired."""

_OF_STATUS = {
    StaffStatus.ACTIVE: (Staff.active,),
    StaffStatus.INVITED: (~Staff.active, Staff.invited_at.is_not(None)),
    StaffStatus.DEACTIVATED: (~Staff.active, Staff.invited_at.is_(None)),
}
"""Conditions of accounts of each status, as `status_of` returns it."""


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """Filter of a list of staff; None: all."""

    status: StaffStatus | None = None
    role: Role | None = None
    team_id: UUID | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff with team, activity and invitation."""

    staff: Staff
    team: Team | None
    last_active_at: datetime | None
    invitation: Invitation | None

    @property
    def status(self) -> StaffStatus:
        """Status of the account."""
        return status_of(self.staff)


def status_of(staff: Staff) -> StaffStatus:
    """Return whether a member of staff may sign in."""
    if staff.active:
        return StaffStatus.ACTIVE
    return StaffStatus.INVITED if staff.invited_at is not None else StaffStatus.DEACTIVATED


def list_members(
    session: Session, site_id: UUID, wanted: StaffFilter, *, cursor: str | None, limit: int
) -> Page[Member]:
    """Return one page of a site's staff, by name.

    Raises:
        InvalidCursor: The cursor is not of this list.
    """
    of_site = select(Staff).where(Staff.site_id == site_id)
    named = {"role": wanted.role, "team_id": wanted.team_id, "active": wanted.active}
    found = of_site.filter_by(**{name: value for name, value in named.items() if value is not None})
    if wanted.status is not None:
        found = found.where(*_OF_STATUS[wanted.status])
    page = page_by_name(session, found, of=of_site, cursor=cursor, limit=limit)
    return Page(_known(session, page.items), page.next)


def read_member(session: Session, site_id: UUID, staff_id: UUID) -> Member:
    """Return one member of a site's staff with team, activity and invitation.

    Raises:
        UnknownStaff: The site has no such member of staff.
    """
    return member_of(session, find_member(session, site_id, staff_id))


def member_of(session: Session, staff: Staff) -> Member:
    """Return an account with team, activity and invitation."""
    session.flush()
    [member] = _known(session, [staff])
    return member


def names_of(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of members of staff, service accounts and proxies by id: three queries at most."""
    wanted = {each for each in ids if each is not None}
    found: dict[UUID, str] = {}
    for table in (Staff, ServiceAccount, Proxy):
        left = wanted - set(found)
        if left:
            rows = session.execute(select(table.id, table.name).where(table.id.in_(left)))
            found |= {row.id: row.name for row in rows}
    return found


def named(who: UUID | None, names: Mapping[UUID, str]) -> dict[str, Any] | None:
    """Return the id and name of a member of staff or service; None: there is none."""
    return {"id": who, "name": names[who]} if who is not None and who in names else None


def find_member(session: Session, site_id: UUID, staff_id: UUID, *, to_change: bool = False) -> Staff:
    """Return one member of a site's staff; ``to_change`` locks the row until the commit.

    Raises:
        UnknownStaff: The site has no such member of staff.
    """
    wanted = select(Staff).where(Staff.site_id == site_id, Staff.id == staff_id)
    locked = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    staff = session.scalar(locked if to_change else wanted)
    if staff is None:
        raise UnknownStaff("there is no such member of staff")
    return staff


def _known(session: Session, staff: Sequence[Staff]) -> list[Member]:
    """Return accounts with teams, last activity and invitations, by three queries."""
    ids = [each.id for each in staff]
    teams = {
        team.id: team
        for team in session.scalars(select(Team).where(Team.id.in_({each.team_id for each in staff})))
    }
    used = {
        row.subject_id: row.last_active_at
        for row in session.execute(
            select(Grant.subject_id, func.max(Grant.refreshed_at).label("last_active_at"))
            .where(Grant.kind == "staff", Grant.subject_id.in_(ids))
            .group_by(Grant.subject_id)
        )
    }
    open_ones = select(Invitation).where(Invitation.staff_id.in_(ids), *OPEN_INVITATION)
    invited = {each.staff_id: each for each in session.scalars(open_ones.order_by(Invitation.created_at))}
    return [
        Member(
            each, teams.get(each.team_id) if each.team_id else None, used.get(each.id), invited.get(each.id)
        )
        for each in staff
    ]
