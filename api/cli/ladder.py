"""Commands that print, check, set and list escalation ladders."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from api.cli import site_documents
from api.cli.transactions import app_database
from api.domain.escalation.render import LADDER_FORMAT
from api.services.accounts import accounts
from api.services.alerts import ladders
from api.services.alerts.ladders import LadderStore
from api.services.files.inputs import Input
from api.services.policies.document_files import dump_json


@click.group()
def ladder() -> None:
    """Escalation ladders, working hours and holidays, as a document that a clinic can change."""


@ladder.command("show")
@site_documents.optional_file_argument
def show(*, file: Input | None) -> None:
    """Print the built-in ladders, or those of FILE, whole.

    The output is itself a file of ladders: save it, give it a name and a source
    of its own, change what your clinic has decided, and then:

    \b
    flask --app wsgi ladder check FILE
    flask --app wsgi ladder set SITE FILE
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    click.echo(dump_json(site_documents.load(file, LADDER_FORMAT), LADDER_FORMAT))


@ladder.command("check")
@site_documents.file_argument
def check_ladders(*, file: Input) -> None:
    """Check whether FILE holds ladders, and print what they change.

    Whether the rotas they name exist is checked when they are set at a site.

    \b
    Exit status: 0 they can be used, 1 they cannot, 2 there is no such file.
    """  # noqa: D301
    site_documents.check(file, LADDER_FORMAT, lambda content: f"version {LadderStore().version_of(content)}")


@ladder.command("set")
@site_documents.set_options
@with_appcontext
def set_ladders(
    site_name: str, *, file: Input | None, built_in: bool, since: datetime | None, note: str | None
) -> None:
    """Put the ladders of FILE into force at SITE, from now or a later moment on.

    Nothing is overwritten: they stay in force until later ones take effect. An
    open alert escalates by them from its next rung on.

    \b
    Exit status: 0 they are in force, 1 FILE holds none or the moment cannot be, 2 no FILE.
    """  # noqa: D301
    site_documents.set_at_site(LadderStore(), site_name, file, built_in=built_in, since=since, note=note)


@ladder.command("list")
@site_documents.site_argument
@with_appcontext
def list_ladders(site_name: str) -> None:
    """List the ladders of SITE in the order they take effect, and the rotas without staff on call now."""
    status = site_documents.list_at_site(LadderStore(), site_name)
    with app_database().read() as session:
        site = accounts.find_site(session, site_name)
        for rota in ladders.unstaffed(session, site.id, status.current.content, now=datetime.now(UTC)):
            click.echo(f"the rota {rota!r} has no staff on call now")
