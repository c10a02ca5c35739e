"""Members of staff: changed, deactivated, reactivated and signed out."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.domain.account_errors import EmailTaken, LastSiteAdmin, PasswordNotSet, UnknownTeam
from api.domain.authority import ROLES_OF_A_TEAM, Principal, Role, StaffStatus
from api.models.site import Team
from api.models.staff import Staff
from api.services import audit
from api.services.organisation import handover
from api.services.organisation.directory import find_member, status_of

Check = Callable[[int], None]

CHANGES_AUTHORITY = frozenset({"role", "team_id", "email"})
"""Attributes whose change ends sign-ins: grants hold role and team, and the address signs in."""

CHANGES_DUTIES = frozenset({"role", "team_id"})


def change(
    session: Session,
    by: Principal | None,
    staff_id: UUID,
    changes: Mapping[str, Any],
    *,
    site_id: UUID,
    check_version: Check,
    now: datetime,
) -> tuple[Staff, handover.Handover]:
    """Change name, e-mail address, role or team of a member of staff.

    Another role or team ends every sign-in and takes them off alerts and rotas in the same transaction;
    another e-mail address ends every sign-in. A repeat changes nothing.

    Raises:
        UnknownStaff: The site has no such member of staff.
        UnknownTeam: The site has no such team, or the role needs one.
        EmailTaken: Another account has this address.
        LastSiteAdmin: The site would be left without an active admin.
    """
    waiting = handover.lock_alerts(session, staff_id)
    admins = _lock_admins(session, site_id)
    staff = find_member(session, site_id, staff_id, to_change=True)
    check_version(staff.version)
    changed = sorted(name for name, value in changes.items() if getattr(staff, name) != value)
    if not changed:
        return staff, handover.NO_HANDOVER
    role = Role(changes.get("role", staff.role))
    team_for(session, site_id, role, changes.get("team_id", staff.team_id))
    if role is not Role.SITE_ADMIN:
        _check_admin_is_left(staff, admins)
    _assign(session, staff, {name: changes[name] for name in changed})
    effects = handover.NO_HANDOVER
    if CHANGES_DUTIES.intersection(changed):
        effects = handover.step_down(session, staff, waiting, because="role or team changed", now=now)
    elif CHANGES_AUTHORITY.intersection(changed):
        effects = handover.end_sign_ins(session, staff, because="e-mail address changed", now=now)
    record_act(session, "staff.changed", by, staff, now=now, fields=changed, **effects.counts())
    return staff, effects


def deactivate(
    session: Session, by: Principal | None, staff_id: UUID, *, site_id: UUID, now: datetime
) -> tuple[Staff, handover.Handover]:
    """End all that a member of staff may do, in one transaction; the same again changes nothing.

    Raises:
        UnknownStaff: The site has no such member of staff.
        LastSiteAdmin: The site would be left without an active admin.
    """
    waiting = handover.lock_alerts(session, staff_id)
    admins = _lock_admins(session, site_id)
    staff = find_member(session, site_id, staff_id, to_change=True)
    if status_of(staff) is StaffStatus.DEACTIVATED:
        return staff, handover.NO_HANDOVER
    _check_admin_is_left(staff, admins)
    staff.active, staff.invited_at, staff.deactivated_at = False, None, now
    staff.version += 1
    effects = handover.step_down(session, staff, waiting, because="deactivated", now=now)
    handover.revoke_invitations(session, staff.id, now=now)
    record_act(session, "staff.deactivated", by, staff, now=now, **effects.counts())
    return staff, effects


def reactivate(
    session: Session, by: Principal | None, staff_id: UUID, *, site_id: UUID, now: datetime
) -> Staff:
    """Reactivate a member of staff, with the old password.

    Sign-ins, push addresses and shifts do not come back. The same again changes nothing.

    Raises:
        UnknownStaff: The site has no such member of staff.
        PasswordNotSet: They never set a password: an invitation is needed.
    """
    staff = find_member(session, site_id, staff_id, to_change=True)
    if staff.active:
        return staff
    if staff.invited_at is not None or not staff.password_hash:
        raise PasswordNotSet("this member of staff has not set a password: send an invitation")
    staff.active, staff.deactivated_at = True, None
    staff.version += 1
    session.flush()
    record_act(session, "staff.reactivated", by, staff, now=now)
    return staff


def sign_out(session: Session, by: Principal | None, staff_id: UUID, *, site_id: UUID, now: datetime) -> int:
    """End every sign-in of a member of staff, such as after a lost laptop; return how many there were.

    Raises:
        UnknownStaff: The site has no such member of staff.
    """
    staff = find_member(session, site_id, staff_id, to_change=True)
    effects = handover.end_sign_ins(session, staff, because="ended by an admin", now=now)
    record_act(session, "staff.signed_out", by, staff, now=now, **effects.counts())
    return effects.sign_ins_ended


def team_for(session: Session, site_id: UUID, role: Role, team_id: UUID | None) -> UUID | None:
    """Return the team of a role: the one named, or none, which sees the whole site.

    Raises:
        UnknownTeam: The site has no such team, or the role needs one.
    """
    if team_id is None and role in ROLES_OF_A_TEAM:
        raise UnknownTeam(f"a {role} belongs to a team", {"team_id": f"a {role} belongs to a team"})
    known = select(Team.id).where(Team.site_id == site_id, Team.id == team_id)
    if team_id is not None and session.scalar(known) is None:
        raise UnknownTeam("the site has no such team", {"team_id": "is no team of the site"})
    return team_id


def record_act(
    session: Session, action: str, by: Principal | None, staff: Staff, *, now: datetime, **detail: Any
) -> None:
    """Write an act on a member of staff to the audit log."""
    of_staff = {"site_id": staff.site_id, "object_id": staff.id}
    audit.record(session, action, by=by, now=now, **of_staff, detail=detail or None)


def _assign(session: Session, staff: Staff, values: Mapping[str, Any]) -> None:
    staff.version += 1
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(staff, name, value)
            session.flush()
    except IntegrityError as error:
        taken = "another account has this address"
        raise EmailTaken(taken, {"email": taken}) from error
    if "email" in values:
        staff.email_gone_at = None


def _lock_admins(session: Session, site_id: UUID) -> Sequence[UUID]:
    """Lock a site's active admins in one order, so that two who end each other are one after the other."""
    admins = select(Staff.id).where(Staff.site_id == site_id, Staff.role == Role.SITE_ADMIN, Staff.active)
    return session.scalars(admins.order_by(Staff.id).with_for_update(key_share=True)).all()


def _check_admin_is_left(staff: Staff, admins: Sequence[UUID]) -> None:
    if list(admins) == [staff.id]:
        raise LastSiteAdmin(
            "this is the last active site admin: make another member of staff site admin first"
        )
