"""What the commands about a site's policies and ladders have in common."""

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import click
from flask import current_app

from api.cli.files import READ
from api.db.database import Database
from api.models.ladder import LadderRow
from api.models.policy import PolicyRow
from api.services.files.inputs import Input
from api.services.policies.parse_files import UnusableDocument

A_FILE = READ

Read = TypeVar("Read")
Set = TypeVar("Set")


def loaded(load: Callable[[Input], Read], file: Input) -> Read:
    """Return what a file says; where it cannot be used say why, and exit 1."""
    try:
        return load(file)
    except UnusableDocument as error:
        for sentence in error.sentences:
            click.echo(sentence, err=True)
        sys.exit(1)


def echo_standing(
    past: Sequence[Set], present: Set, coming: Sequence[Set], line: Callable[[Set], str]
) -> None:
    """Print what was, what holds and what is coming, a line each."""
    for when, settings in (("past", past), ("present", [present]), ("coming", coming)):
        for setting in settings:
            click.echo(f"{when}: {line(setting)}")


def holds(name: str, row: PolicyRow | LadderRow, what: str) -> str:
    """Return the line of what was set: since when it holds, and who set it and why."""
    by = f"staff {row.set_by}" if row.set_by else "the command line"
    note = "" if row.note is None else f"; {row.note}"
    return f"{name} holds from {row.effective_from:%Y-%m-%d %H:%M:%S} UTC; {what}; set by {by}{note}"


def database() -> Database:
    """Return the application's sessions."""
    found: Database = current_app.extensions["aimss.database"]
    return found
