"""The command that loads the text of a questionnaire a site holds a licence for."""

import sys

import click
from flask.cli import with_appcontext

from api.cli.files import READ, UnusableInput
from api.cli.transactions import one_line_errors, transaction
from api.domain.errors import InvalidWording
from api.domain.instruments import registry
from api.domain.instruments.definition import Instrument
from api.domain.instruments.wording import LoadedWording, read_wording
from api.services import strict_json
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import Input
from api.services.instruments import wordings

LARGEST = 1_000_000


@click.command("load-wording")
@click.argument("code")
@click.argument("file", type=READ)
@click.option("--site", "site_name", metavar="NAME", help="The site; needed where there is more than one.")
@click.option("--version", help="The instrument's version. [default: the newest]")
@with_appcontext
def load_wording(code: str, file: Input, *, site_name: str | None, version: str | None) -> None:
    """Load the text of the instrument CODE that your site holds a licence for.

    The software ships no text its owners have not set free; from FILE on, your site
    shows it in its language. Loading another text takes its place; the earlier one is
    kept. What the software ships itself cannot be replaced, but gets further languages.

    \b
    flask --app wsgi load-wording bpi-sf bpi-de.json --site "St. Example"

    \b
    {"language": "de",
     "licence": "MD Anderson, licence 1234, granted 1 March 2026",
     "items": {"worst": "…", "least": "…", and so on for every item},
     "answers": {"*": {"0": "…", "10": "…"}, "sleep": {"10": "…"}}}

    answers is optional: the text of answers, by item, * for every item that has none
    of its own.

    \b
    Exit status: 0 it is shown from now on, 1 it does not fit (every unknown and
    missing item is named) or there is no such instrument or site, 2 no such file.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    with one_line_errors():
        instrument = registry.find(code, version)
        wording = _read(file, instrument)
    with transaction() as (session, now):
        site = wordings.site_named(session, site_name)
        is_new = wordings.load_wording(session, site, instrument, wording, now=now)
    what = f"{instrument.code} {instrument.version} in {wording.language!r} at {site.name!r}"
    click.echo(f"{what}: {len(wording.items)} items" if is_new else f"{what} says so already")


def _read(file: Input, instrument: Instrument) -> LoadedWording:
    try:
        content = file.read_bytes(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnusableInput(f"{file} is larger than {LARGEST:,} bytes, which no wording is")
        document = strict_json.read(content.removeprefix(b"\xef\xbb\xbf"))
    except UnusableFile as error:
        raise UnusableInput(str(error)) from error
    except ValueError as error:
        click.echo(f"{file} is not JSON: {error}", err=True)
        sys.exit(1)
    try:
        return read_wording(instrument, document)
    except InvalidWording as error:
        for place, what in (error.problems or {}).items():
            click.echo(f"{file}: {place}: {what}", err=True)
        sys.exit(1)
