"""Looking at ladders, checking them, and setting those of a site."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from api.cli.callbacks import a_moment, a_note
from api.cli.site_documents import A_FILE, database, echo_standing, holds, loaded
from api.domain.errors import DomainError
from api.domain.escalation.ladder import BUILT_IN, version_of
from api.domain.escalation.render import changes, document_of
from api.services.accounts import accounts
from api.services.alerts import site_ladders
from api.services.alerts.ladder_files import as_json, load_ladders
from api.services.alerts.site_ladders import LadderSetting
from api.services.files.inputs import Input


@click.group()
def ladder() -> None:
    """Who is told when, working hours and holidays, as data a clinic can change."""


@ladder.command("show")
@click.argument("file", type=A_FILE, required=False)
def show(*, file: Input | None) -> None:
    """Print the built-in ladders, or those of FILE, whole.

    What is printed is a file of ladders itself: save it, give it a name and a
    source of its own, change what your clinic has decided, and then:

    \b
    flask --app wsgi ladder check FILE
    flask --app wsgi ladder set SITE FILE
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    click.echo(as_json(BUILT_IN if file is None else loaded(load_ladders, file)))


@ladder.command("check")
@click.argument("file", type=A_FILE)
def check(*, file: Input) -> None:
    """Say whether FILE holds ladders, and what they change.

    Whether the rotas they ask exist is checked when they are set at a site.

    \b
    Exit status: 0 they can be used, 1 they cannot, 2 there is no such file.
    """  # noqa: D301
    chosen = loaded(load_ladders, file)
    click.echo(f"{file}: {chosen.name!r} can be used; version {version_of(document_of(chosen))}")
    click.echo("\n".join(changes(chosen)) or "it says nothing but what is built in")


@ladder.command("set")
@click.argument("site_name", metavar="SITE")
@click.argument("file", type=A_FILE, required=False)
@click.option("--default", "built_in", is_flag=True, help="The built-in ladders, instead of FILE.")
@click.option("--from", "since", callback=a_moment, metavar="ISO", help="From when on. [default: now]")
@click.option("--note", callback=a_note, help="Why, for whoever asks later.")
@with_appcontext
def set_ladders(
    site_name: str, *, file: Input | None, built_in: bool, since: datetime | None, note: str | None
) -> None:
    """Let the ladders of FILE hold at SITE, from now or a later moment on.

    Nothing is overwritten: they hold until later ones begin. An alert that is open
    climbs by them from its next rung on.

    \b
    Exit status: 0 they hold, 1 FILE holds none or the moment cannot be, 2 no FILE.
    """  # noqa: D301
    if (file is None) is not built_in:
        raise click.UsageError("name a FILE, or say --default")
    wanted = BUILT_IN if file is None else loaded(load_ladders, file)
    try:
        with database().begin() as session:
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
        with database().read() as session:
            site = accounts.find_site(session, site_name)
            found = site_ladders.standing_of(session, site.id, now=datetime.now(UTC))
    except DomainError as error:
        raise click.ClickException(str(error)) from error
    echo_standing(found.past, found.present, found.coming, _line)
    for rota in found.unstaffed:
        click.echo(f"nobody is on the rota {rota!r} now")


def _line(setting: LadderSetting) -> str:
    row, ladders = setting.row, setting.ladders
    name = repr(ladders.name) if ladders else "ladders"
    if row is None:
        return f"{name}, until others are set"
    problem = f"; {setting.problem}" if setting.problem else ""
    return holds(name, row, f"version {row.version}{problem}")
