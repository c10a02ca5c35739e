"""Command that loads the wording of a questionnaire under a site's licence."""

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
    """Load the wording of the instrument CODE that your site holds a licence for.

    The software ships only wordings with a free licence. After this command your site
    shows the wording of FILE in its language. Another FILE replaces it; earlier
    wordings are kept. A shipped wording cannot be replaced, but gets more languages.

    \b
    flask --app wsgi load-wording bpi-sf bpi-de.json --site "St. Example"

    \b
    {"language": "de",
     "licence": "MD Anderson, licence 1234, granted 1 March 2026",
     "items": {"worst": "…", "least": "…", and so on for every item},
     "answers": {"*": {"0": "…", "10": "…"}, "sleep": {"10": "…"}}}

    answers is optional: the text of answers by item, * for every item without its
    own.

    \b
    Exit status: 0 it is in force, 1 it does not fit (every unknown and missing item is
    named) or the instrument or site does not exist, 2 the file does not exist.
    """  # noqa: D301 - \b is click's, and keeps the lines as they are
    with one_line_errors():
        instrument = registry.find(code, version)
        wording = _read(file, instrument)
    with transaction() as (session, now):
        site = wordings.site_named(session, site_name)
        is_new = wordings.load_wording(session, site, instrument, wording, now=now)
    loaded = f"{instrument.code} {instrument.version} in {wording.language!r} at {site.name!r}"
    click.echo(f"{loaded}: {len(wording.items)} items" if is_new else f"{loaded} is unchanged")


def _read(file: Input, instrument: Instrument) -> LoadedWording:
    try:
        content = file.read_bytes(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnusableInput(f"{file} is larger than {LARGEST:,} bytes")
        document = strict_json.read(content.removeprefix(b"\xef\xbb\xbf"))
    except UnusableFile as error:
        raise UnusableInput(str(error)) from error
    except ValueError as error:
        click.echo(f"{file} is not JSON: {error}", err=True)
        sys.exit(1)
    try:
        return read_wording(instrument, document)
    except InvalidWording as error:
        for path, problem in (error.problems or {}).items():
            click.echo(f"{file}: {path}: {problem}", err=True)
        sys.exit(1)
