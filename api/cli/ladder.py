"""Looking at ladders, checking them, and setting those of a site."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from api.cli.callbacks import a_moment, a_note
from api.db import Sessions
from api.domain.errors import DomainError
from api.domain.escalation import BUILT_IN, Ladders, version_of
from api.domain.ladder_shown import changes, document_of
from api.services.access import accounts
from api.services.alerting import site_ladders
from api.services.alerting.ladder_files import as_json, load_ladders
from api.services.alerting.site_ladders import Setting
from api.services.policy.document_files import UnusableDocument

_READ = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def ladder() -> None:
    """Who is told when, working hours and holidays, as data a clinic can change."""


@ladder.command("show")
@click.argument("file", type=_READ, required=False)
def show(*, file: Path | None) -> None:
    """Print the built-in ladders, or those of FILE, whole.

    What is printed is a file of ladders itself: save it, give it a name and a
    source of its own, change what your clinic has decided, and then:

    \b
    flask --app wsgi ladder check FILE
    flask --app wsgi ladder set SITE FILE
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    click.echo(as_json(BUILT_IN if file is None else _loaded(file)))


@ladder.command("check")
@click.argument("file", type=_READ)
def check(*, file: Path) -> None:
    """Say whether FILE holds ladders, and what they change.

    Whether the rotas they ask exist is checked when they are set at a site.

    \b
    Exit status: 0 they can be used, 1 they cannot, 2 there is no such file.
    """  # noqa: D301
    chosen = _loaded(file)
    click.echo(f"{file}: {chosen.name!r} can be used; version {version_of(document_of(chosen))}")
    click.echo("\n".join(changes(chosen)) or "it says nothing but what is built in")


@ladder.command("set")
@click.argument("site_name", metavar="SITE")
@click.argument("file", type=_READ, required=False)
@click.option("--default", "built_in", is_flag=True, help="The built-in ladders, instead of FILE.")
@click.option("--from", "since", callback=a_moment, metavar="ISO", help="From when on. [default: now]")
@click.option("--note", callback=a_note, help="Why, for whoever asks later.")
@with_appcontext
def set_ladders(
    site_name: str, *, file: Path | None, built_in: bool, since: datetime | None, note: str | None
) -> None:
    """Let the ladders of FILE hold at SITE, from now or a later moment on.

    Nothing is overwritten: they hold until later ones begin. An alert that is open
    climbs by them from its next rung on.

    \b
    Exit status: 0 they hold, 1 FILE holds none or the moment cannot be, 2 no FILE.
    """  # noqa: D301
    if (file is None) is not built_in:
        raise click.UsageError("name a FILE, or say --default")
    wanted = BUILT_IN if file is None else _loaded(file)
    try:
        with _sessions().begin() as session:
            site = accounts.find_site(session, site_name)
            setting, is_new = site_ladders.set_ladders(
                session, site.id, wanted, now=datetime.now(UTC), since=since, note=note
            )
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    if is_new:
        click.echo(f"at {site_name!r} {_line(setting)}")
    else:
        click.echo(f"{wanted.name!r} says what holds at {site_name!r} already; nothing was changed")


@ladder.command("list")
@click.argument("site_name", metavar="SITE")
@with_appcontext
def list_ladders(site_name: str) -> None:
    """List the ladders of SITE in the order they begin, and the rotas nobody is on now."""
    try:
        with _sessions().read() as session:
            site = accounts.find_site(session, site_name)
            found = site_ladders.standing_of(session, site.id, now=datetime.now(UTC))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    groups = (("past", found.past), ("present", [found.present]), ("coming", found.coming))
    for when, settings in groups:
        for setting in settings:
            click.echo(f"{when}: {_line(setting)}")
    for rota in found.unstaffed:
        click.echo(f"nobody is on the rota {rota!r} now")


def _line(setting: Setting) -> str:
    row, ladders = setting.row, setting.ladders
    name = repr(ladders.name) if ladders else "ladders"
    if row is None:
        return f"{name}, until others are set"
    problem = f"; {setting.problem}" if setting.problem else ""
    by = f"staff {row.set_by}" if row.set_by else "the command line"
    note = "" if row.note is None else f"; {row.note}"
    begins = f"{row.effective_from:%Y-%m-%d %H:%M:%S} UTC"
    return f"{name} holds from {begins}; version {row.version}{problem}; set by {by}{note}"


def _loaded(file: Path) -> Ladders:
    try:
        return load_ladders(file)
    except UnusableDocument as error:
        for sentence in error.sentences:
            click.echo(sentence, err=True)
        sys.exit(1)


def _sessions() -> Sessions:
    found: Sessions = current_app.extensions["aimss.sessions"]
    return found
