"""Members of staff from the command line: listed, invited, changed, deactivated, reactivated, signed out."""

from datetime import timedelta
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.callbacks import a_name, an_email
from api.cli.transactions import app_settings, transaction
from api.domain.account_errors import UnknownStaff
from api.domain.authority import ROLES_OF_A_TEAM, Role
from api.models.site import Site
from api.models.staff import Staff
from api.services.accounts import accounts
from api.services.organisation import directory, invitations, members
from api.services.organisation.directory import Member, StaffFilter
from api.services.organisation.handover import Handover

ROLES = click.Choice([role.value for role in Role])
EMAIL = click.argument("email", callback=an_email)
SHOW = click.option("--show", is_flag=True, help="Print the link, also where the server sends e-mail.")


@click.group("staff")
def staff() -> None:
    """List, invite, change, deactivate and reactivate members of staff."""


@staff.command("list")
@click.option("--site", "site_name", required=True, help="The site's name.")
@with_appcontext
def list_staff(site_name: str) -> None:
    """List the staff of a site: status, role, team, when last active."""
    with transaction() as (session, _):
        site = accounts.find_site(session, site_name)
        page = directory.list_members(session, site.id, StaffFilter(), cursor=None, limit=10_000)
    for member in page.items:
        click.echo(_line(member))


@staff.command("invite")
@EMAIL
@click.option("--name", required=True, callback=a_name, help="As colleagues know them.")
@click.option("--role", required=True, type=ROLES)
@click.option("--site", "site_name", required=True, help="The site's name.")
@click.option("--team", help="The team's name; a nurse and a clinician are in the first by default.")
@click.option("--days", type=click.IntRange(1, 30), default=7, show_default=True, help="How long it works.")
@SHOW
@with_appcontext
def invite(
    email: str, *, name: str, role: str, site_name: str, team: str | None, days: int, show: bool
) -> None:
    """Invite a member of staff as EMAIL, who sets a password by a one-use link."""
    with transaction() as (session, now):
        site = accounts.find_site(session, site_name)
        in_team = team is not None or Role(role) in ROLES_OF_A_TEAM
        team_id = accounts.find_team(session, site, team).id if in_team else None
        new = invitations.NewMember(email, name, Role(role), team_id)
        member = invitations.create_member(session, None, new, site_id=site.id, now=now)
        _invite(session, member, days=days, show=show, now=now)


@staff.command("invite-again")
@EMAIL
@click.option("--days", type=click.IntRange(1, 30), default=7, show_default=True, help="How long it works.")
@SHOW
@with_appcontext
def invite_again(email: str, *, days: int, show: bool) -> None:
    """Create a new link for EMAIL, after a lost link, a forgotten password or a return."""
    with transaction() as (session, now):
        _invite(session, _find(session, email), days=days, show=show, now=now)


@staff.command("change")
@EMAIL
@click.option("--name", callback=lambda *of: a_name(*of) if of[-1] else None, help="The new name.")
@click.option("--email", "new_email", callback=lambda *of: an_email(*of) if of[-1] else None)
@click.option("--role", type=ROLES)
@click.option("--team", help="The team's name; '-' for none, which sees the whole site.")
@with_appcontext
def change(
    email: str, *, name: str | None, new_email: str | None, role: str | None, team: str | None
) -> None:
    """Change EMAIL's name, address, role or team; another role or team ends sign-ins and shifts."""
    with transaction() as (session, now):
        found = _find(session, email)
        given: dict[str, Any] = {"name": name, "email": new_email and new_email.lower(), "role": role}
        changes = {field: value for field, value in given.items() if value}
        if team is not None:
            site = session.get_one(Site, found.site_id)
            changes["team_id"] = None if team == "-" else accounts.find_team(session, site, team).id
        if not changes:
            raise click.UsageError("name at least one of --name, --email, --role, --team")
        _, effects = members.change(
            session, None, found.id, changes, site_id=found.site_id, check_version=lambda _: None, now=now
        )
        line = _line(directory.member_of(session, found))
    _echo(line, effects)


@staff.command("deactivate")
@EMAIL
@with_appcontext
def deactivate(email: str) -> None:
    """End all that EMAIL may do: sign-ins, push, invitations, shifts; their alerts go to others."""
    with transaction() as (session, now):
        found = _find(session, email)
        _, effects = members.deactivate(session, None, found.id, site_id=found.site_id, now=now)
        line = _line(directory.member_of(session, found))
    _echo(line, effects)


@staff.command("reactivate")
@EMAIL
@with_appcontext
def reactivate(email: str) -> None:
    """Reactivate EMAIL with the old password."""
    with transaction() as (session, now):
        found = _find(session, email)
        members.reactivate(session, None, found.id, site_id=found.site_id, now=now)
        line = _line(directory.member_of(session, found))
    click.echo(line)


@staff.command("sign-out")
@EMAIL
@with_appcontext
def sign_out(email: str) -> None:
    """End every sign-in of EMAIL, such as after a lost laptop."""
    with transaction() as (session, now):
        found = _find(session, email)
        ended = members.sign_out(session, None, found.id, site_id=found.site_id, now=now)
    click.echo(f"{ended} sign-ins of {email.lower()} ended")


def _find(session: Session, email: str) -> Staff:
    found = session.scalar(select(Staff).where(Staff.email == email.lower()))
    if found is None:
        raise UnknownStaff(f"no account has the address {email.lower()}")
    return found


def _invite(session: Session, found: Staff, *, days: int, show: bool, now: Any) -> None:
    settings = app_settings()
    by_email = bool(settings.smtp_url) and not show
    made = invitations.invite(session, None, found, by_email=by_email, now=now, lifetime=timedelta(days=days))
    until = f"{made.expires_at:%Y-%m-%d %H:%M} UTC"
    if by_email:
        click.echo(f"{found.email}: an invitation goes by e-mail and works until {until}")
        return
    key = invitations.key_of(settings.secret_key)
    link = invitations.link_of(made.id, key, public_url=settings.public_url)
    click.echo(f"{found.email}: this link sets the password, once, until {until}; it is shown this once")
    click.echo(link)


def _line(member: Member) -> str:
    team = member.team.name if member.team else "whole site"
    seen = f"last active {member.last_active_at:%Y-%m-%d}" if member.last_active_at else "never signed in"
    who = member.staff
    return f"{member.status:11} {who.role:11} {who.email}  {who.name}  ({team}; {seen})"


def _echo(line: str, effects: Handover) -> None:
    click.echo(line)
    click.echo(
        f"{effects.sign_ins_ended} sign-ins ended, {effects.alerts_passed_on} alerts passed on to others, "
        f"{len(effects.shifts)} shifts without staff"
    )
    for shift in effects.shifts:
        click.echo(f"  {shift.rota}: {shift.begins_at:%Y-%m-%d %H:%M} to {shift.ends_at:%Y-%m-%d %H:%M} UTC")
