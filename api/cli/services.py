"""Service accounts and their keys from the command line: made, listed, rotated and revoked."""

from datetime import timedelta

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from api.cli.callbacks import a_name, number_option
from api.cli.transactions import transaction
from api.domain.account_errors import UnknownService
from api.domain.authority import SCOPES_OF_SERVICE
from api.models.staff import ServiceAccount
from api.services.accounts import accounts
from api.services.organisation import service_keys
from api.services.organisation.service_keys import Service

LONGEST_DAYS = 1096
NAME = click.argument("name", callback=a_name)
SITE = click.option("--site", "site_name", required=True, help="The site's name.")
DAYS = number_option("--days", "How long the new key works.", 365, least=1, most=LONGEST_DAYS)


@click.command("create-service")
@NAME
@SITE
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    help=f"May be given several times. One of {', '.join(sorted(SCOPES_OF_SERVICE))}.",
)
@DAYS
@with_appcontext
def create_service(name: str, site_name: str, scopes: tuple[str, ...], days: int) -> None:
    """Create the service account NAME, and print its key once."""
    with transaction() as (session, now):
        site_id, lifetime = accounts.find_site(session, site_name).id, timedelta(days=days)
        made = service_keys.create(
            session, None, site_id=site_id, name=name, scopes=scopes, now=now, lifetime=lifetime
        )
    click.echo(f"Key of {name!r}, shown this once, good for {days} days: {made.secret}")


@click.group("service")
def service() -> None:
    """List service accounts, rotate and revoke their keys (`create-service` makes one)."""


@service.command("list")
@SITE
@with_appcontext
def list_services(site_name: str) -> None:
    """List the service accounts of a site and the keys that work; never a secret."""
    with transaction() as (session, now):
        found = service_keys.list_services(session, accounts.find_site(session, site_name).id, now=now)
    for each in found:
        click.echo(_lines(each))


@service.command("rotate")
@NAME
@SITE
@DAYS
@number_option("--overlap-days", "How long the keys before still work; 0: no longer.", 7, least=0, most=90)
@with_appcontext
def rotate(name: str, site_name: str, days: int, overlap_days: int) -> None:
    """Create a new key for NAME, and print it once; earlier keys stop working after the overlap."""
    with transaction() as (session, now):
        account = _find(session, name, site_name)
        spans = {"lifetime": timedelta(days=days), "overlap": timedelta(days=overlap_days)}
        made = service_keys.rotate(session, None, account.id, site_id=account.site_id, now=now, **spans)
    click.echo(f"New key of {name!r}, shown this once, good for {days} days: {made.secret}")
    click.echo(_lines(made.service))


@service.command("revoke")
@NAME
@SITE
@with_appcontext
def revoke(name: str, site_name: str) -> None:
    """Revoke every key of NAME at once."""
    with transaction() as (session, now):
        account = _find(session, name, site_name)
        ended = service_keys.revoke(session, None, account.id, site_id=account.site_id, now=now)
    click.echo(f"{ended} keys of {name!r} no longer work")


def _find(session: Session, name: str, site_name: str) -> ServiceAccount:
    site = accounts.find_site(session, site_name)
    known = session.query(ServiceAccount).filter_by(site_id=site.id)
    account = known.filter_by(name=name).one_or_none()
    if account is None:
        names = ", ".join(sorted(repr(each.name) for each in known)) or "none yet"
        raise UnknownService(f"{site_name!r} has no service account {name!r}; it has: {names}")
    return account


def _lines(each: Service) -> str:
    lines = [f"{each.account.name}: {', '.join(sorted(each.account.scopes))}"]
    for key in each.keys:
        ends, last = key.expires_at, key.last_used_at
        until = f"until {ends:%Y-%m-%d %H:%M} UTC" if ends else "without an end: rotate it"
        used = f"last used {last:%Y-%m-%d %H:%M} UTC" if last else "not used yet"
        lines.append(f"  key {key.id}  made {key.created_at:%Y-%m-%d}, {until}, {used}")
    return "\n".join(lines if each.keys else [*lines, "  no key that works"])
