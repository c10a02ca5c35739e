"""Shared parts of the commands about a site's policies and ladders."""

import sys
from collections.abc import Callable
from datetime import datetime

import click

from api.cli.callbacks import Command, a_moment, a_note
from api.cli.files import READ
from api.cli.transactions import read_session, transaction
from api.domain.documents import Content, DocumentFormat
from api.services.accounts import accounts
from api.services.files.inputs import Input
from api.services.policies.document_files import UnusableDocumentFile, load_document
from api.services.policies.site_documents import DocumentStatus, DocumentStore, Row, SiteDocument

site_argument = click.argument("site_name", metavar="SITE")
file_argument = click.argument("file", type=READ)
optional_file_argument = click.argument("file", type=READ, required=False)


def set_options(command: Command) -> Command:
    """Add the arguments and options of a command that sets a document at a site."""
    for option in (
        click.option("--note", callback=a_note, help="Why, for later readers."),
        click.option(
            "--from", "since", callback=a_moment, metavar="ISO", help="First moment. [default: now]"
        ),
        click.option(
            "--default", "built_in", is_flag=True, help="Use the built-in document instead of FILE."
        ),
        optional_file_argument,
        site_argument,
    ):
        command = option(command)
    return command


def load(file: Input | None, kind: DocumentFormat[Content]) -> Content:
    """Return the document of a file, None: the built-in one; print the problems and exit with 1."""
    if file is None:
        return kind.built_in
    try:
        return load_document(file, kind)
    except UnusableDocumentFile as error:
        for line in error.lines:
            click.echo(line, err=True)
        sys.exit(1)


def check(file: Input, kind: DocumentFormat[Content], version_of: Callable[[Content], str]) -> None:
    """Print that a file can be used, and its differences from the built-in document."""
    content = load(file, kind)
    click.echo(f"{file}: {content.name!r} can be used; {version_of(content)}")
    click.echo("\n".join(kind.changes(content)) or f"nothing differs from the built-in {kind.noun}")


def set_at_site(
    store: DocumentStore[Row, Content],
    site_name: str,
    file: Input | None,
    *,
    built_in: bool,
    since: datetime | None,
    note: str | None,
) -> SiteDocument[Row, Content] | None:
    """Set the document of a file, or the built-in one, at a site; None: it is in force already."""
    if (file is None) is not built_in:
        raise click.UsageError("name a FILE, or give --default")
    content = load(file, store.format)
    with transaction() as (session, now):
        site = accounts.find_site(session, site_name)
        document, is_new = store.set(session, site.id, content, now=now, since=since, note=note)
    if not is_new:
        click.echo(f"{content.name!r} equals what is in force at {site_name!r}; nothing was changed")
        return None
    click.echo(f"at {site_name!r} {_describe(store, document)}")
    return document


def list_at_site(store: DocumentStore[Row, Content], site_name: str) -> DocumentStatus[Row, Content]:
    """Print the past, present and upcoming documents of a site, one per line, and return them."""
    with read_session() as (session, now):
        status = store.status(session, accounts.find_site(session, site_name).id, now=now)
    labelled = (("past", status.past), ("present", [status.current]), ("coming", status.upcoming))
    for label, documents in labelled:
        for document in documents:
            click.echo(f"{label}: {_describe(store, document)}")
    return status


def _describe(store: DocumentStore[Row, Content], document: SiteDocument[Row, Content]) -> str:
    row, content = document.row, document.content
    name = f"a {store.format.noun}" if content is None else repr(content.name)
    version = document.problem or f"{store.version_label} {document.version}"
    if row is None:
        return f"{name}, until another one is set; {version}"
    by = f"staff {row.set_by}" if row.set_by else "the command line"
    note = "" if row.note is None else f"; {row.note}"
    return f"{name} holds from {row.effective_from:%Y-%m-%d %H:%M:%S} UTC; {version}; set by {by}{note}"
