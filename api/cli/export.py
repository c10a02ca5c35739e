"""`export`: a site's diaries as files."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from api.db.database import Database
from api.domain.errors import DomainError
from api.services.accounts import accounts
from api.services.exporting.export import CannotExport, export_site
from config.settings import Settings


@click.command("export")
@click.option("--site", "site_name", required=True, help="Name of the site.")
@click.option("--into", "folder", required=True, type=click.Path(path_type=Path), help="A new folder.")
@click.option("--named", is_flag=True, help="Write the site's own reference of each patient.")
@with_appcontext
def export_command(site_name: str, folder: Path, *, named: bool) -> None:
    """Write a site's diaries into a new folder; on failure nothing is left of it.

    entries.csv and patients.csv are as `replay` reads them; entries.ndjson holds every answer but notes in
    words, assessments.ndjson the questionnaires, alerts.ndjson the alerts. Patients have pseudonyms, the same
    at every export of this server (made with SECRET_KEY). Birth years and dates stay: handle the files as
    health data. The export is written into the audit trail.
    """
    database: Database = current_app.extensions["aimss.database"]
    settings: Settings = current_app.extensions["aimss.settings"]
    try:
        with database.read() as session:
            site_id = accounts.find_site(session, site_name).id
        done = export_site(
            database, site_id, folder, key=settings.secret_key.encode(), named=named, now=datetime.now(UTC)
        )
    except (DomainError, CannotExport) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{folder}: {done.patients} patients, {done.entries} entries, {done.assessments} questionnaires, "
        f"{done.alerts} alerts"
    )
