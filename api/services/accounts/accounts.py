"""Making accounts from the command line: a site with its first team, and its staff."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.account_errors import EmailTaken, NameTaken, UnknownSite, UnknownStaff, UnknownTeam
from api.domain.authority import ROLES_OF_A_TEAM, Role
from api.domain.email_address import read_email
from api.domain.zones import check_timezone
from api.models.site import Site, Team
from api.models.staff import Staff
from api.services import audit
from api.services.accounts import account_notices, devices, passwords

FIRST_TEAM = "Care team"


def create_site(
    session: Session, *, name: str, timezone: str, contact: str, now: datetime, **shown: Any
) -> Site:
    """Create a site with its first team; ``contact`` is shown to its patients.

    ``shown`` are its telephone numbers and its sentences for patients, by the name of the column, where it
    has set them.

    Raises:
        NameTaken: Another site has the name.
        InvalidTimezone: There is no such time zone.
    """
    site_id = uuid4()
    values = {"id": site_id, "name": name, "timezone": check_timezone(timezone), "contact": contact}
    if not insert_once(session, Site, values=[{**values, **shown, "created_at": now}]):
        raise NameTaken(f"there is a site {name!r} already")
    session.add(Team(site_id=site_id, name=FIRST_TEAM))
    session.flush()
    audit.record(session, "site.created", by=None, now=now, site_id=site_id, object_id=site_id)
    return session.get_one(Site, site_id)


def find_site(session: Session, name: str) -> Site:
    """Return the site of this name.

    Raises:
        UnknownSite: There is no such site; the message lists those there are.
    """
    site = session.scalar(select(Site).where(Site.name == name))
    if site is None:
        names = ", ".join(map(repr, session.scalars(select(Site.name).order_by(Site.name)))) or "none yet"
        raise UnknownSite(f"there is no site {name!r}; there are: {names}")
    return site


def find_team(session: Session, site: Site, name: str | None) -> Team:
    """Return a site's team of this name, or its first one.

    Raises:
        UnknownTeam: There is no such team; the message lists those there are.
    """
    teams = list(session.scalars(select(Team).where(Team.site_id == site.id).order_by(Team.name)))
    for team in teams:
        if name in {None, team.name}:
            return team
    names = ", ".join(repr(team.name) for team in teams) or "none yet"
    raise UnknownTeam(f"{site.name!r} has no team {name!r}; it has: {names}")


def create_staff(
    session: Session,
    *,
    site: Site,
    email: str,
    name: str,
    role: Role,
    password: str,
    now: datetime,
    team: str | None = None,
) -> Staff:
    """Create a member of staff; a nurse and a clinician belong to a team, the first if none is named.

    Raises:
        EmailTaken: Another account has this address.
        WeakPassword: The password is too short, or the address itself.
        UnknownTeam: The site has no such team.
    """
    in_team = team is not None or role in ROLES_OF_A_TEAM
    staff_id, address = uuid4(), read_email(email)
    values = {
        "id": staff_id,
        "site_id": site.id,
        "team_id": find_team(session, site, team).id if in_team else None,
        "email": address,
        "name": name,
        "role": role,
        "password_hash": passwords.hash_of(password, email=address, context=(name, site.name)),
        "created_at": now,
    }
    if not insert_once(session, Staff, values=[values]):
        raise EmailTaken(f"another account has the address {address}")
    audit.record(session, "staff.created", by=None, now=now, site_id=site.id, object_id=staff_id)
    return session.get_one(Staff, staff_id)


def reset_staff(session: Session, *, email: str, password: str, now: datetime) -> Staff:
    """Set a new password for a member of staff, turn off one-time codes and end all sign-ins.

    Raises:
        UnknownStaff: No account has this address.
        WeakPassword: The password is too short, or the address itself.
    """
    address = read_email(email)
    staff = session.scalar(select(Staff).where(Staff.email == address).with_for_update())
    if staff is None:
        raise UnknownStaff(f"no account has the address {address}")
    staff.password_hash = passwords.hash_of(password, email=address, context=[staff.name])
    staff.totp_secret = staff.totp_confirmed_at = staff.totp_pending = staff.totp_pending_at = None
    devices.end_all(session, staff.id, because="reset by the operator", now=now)
    audit.record(session, "staff.reset", by=None, now=now, site_id=staff.site_id, object_id=staff.id)
    account_notices.notify_owner(session, staff, now=now)
    return staff
