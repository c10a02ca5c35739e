"""What options of several commands mean."""

from datetime import datetime

import click

from api.schemas.policy import LONGEST_NOTE


def a_moment(_: click.Context, __: click.Parameter, value: str | None) -> datetime | None:
    """Read a moment with its offset from UTC."""
    try:
        moment = None if value is None else datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("is no moment of ISO 8601, such as 2026-03-02T08:00+01:00") from error
    if moment is not None and moment.tzinfo is None:
        raise click.BadParameter("has no offset from UTC, such as 2026-03-02T08:00+01:00")
    return moment


def a_note(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Read a note."""
    if value is not None and len(value) > LONGEST_NOTE:
        raise click.BadParameter(f"is longer than {LONGEST_NOTE} characters")
    return value
