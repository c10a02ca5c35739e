"""The --today option of the commands that read diaries from files."""

from datetime import UTC, datetime

import click

from api.services.replay.file_dates import FileToday


def _today(_context: click.Context, _option: click.Parameter, given: datetime | None) -> FileToday:
    return FileToday(datetime.now(UTC).date()) if given is None else FileToday(given.date(), is_given=True)


today_option = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=_today,
    metavar="DATE",
    help="The present day (UTC) of the files; rows after it are rejected. [default: the end of the longest "
    "run of entries; rows ahead of the clock and of that run are rejected]",
)
"""Passes a ``FileToday`` as ``today``: the day given, otherwise that of the clock."""
