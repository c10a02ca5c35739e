"""The `export` command: diaries of a site as files."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from api.cli.transactions import app_database, app_settings
from api.domain.errors import DomainError
from api.services.accounts import accounts
from api.services.exporting.export import CannotExport, export_site


@click.command("export")
@click.option("--site", "site_name", required=True, help="Name of the site.")
@click.option("--into", "folder", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--named", is_flag=True, help="Write the site's reference of each patient.")
@with_appcontext
def export_command(site_name: str, folder: Path, *, named: bool) -> None:
    """Write the diaries of a site into a new folder; a failed export leaves nothing.

    `replay` reads entries.csv and patients.csv. entries.ndjson holds every answer except free text,
    assessments.ndjson the questionnaires, alerts.ndjson the alerts. Patients have pseudonyms, the same at
    every export of this server (by SECRET_KEY). Birth years and dates stay: handle the files as health
    data. The export is recorded in the audit trail.
    """
    database, key = app_database(), app_settings().secret_key.encode()
    try:
        with database.read() as session:
            site_id = accounts.find_site(session, site_name).id
        done = export_site(database, site_id, folder, key=key, named=named, now=datetime.now(UTC))
    except (DomainError, CannotExport) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{folder}: {done.patients} patients, {done.entries} entries, {done.assessments} questionnaires, "
        f"{done.alerts} alerts"
    )
