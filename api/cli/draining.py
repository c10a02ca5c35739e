"""Commands to drain the outbox before a change: `outbox drain` and `outbox resume`."""

import json
import time
from datetime import UTC, datetime, timedelta

import click
from flask.cli import with_appcontext

from api.cli.transactions import app_database
from api.services.messages import draining
from api.services.messages.draining import UnsentMessages

CHECKED_EVERY_S = 1.0


@click.command("drain")
@click.option(
    "--within",
    type=click.IntRange(0, 86_400),
    default=600,
    show_default=True,
    help="Seconds after which it gives up, with exit 1.",
)
@click.option(
    "--hold",
    type=click.IntRange(1, 1440),
    default=15,
    show_default=True,
    help="Minutes for which nothing is planned, from the start.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_appcontext
def drain(within: int, hold: int, as_json: bool) -> None:
    """Pause planning, wait until all due messages are sent, and exit.

    The running workers send. Alerts are still sent and escalated. Planning resumes by itself
    after --hold minutes, or with `outbox resume`; reminders due meanwhile are planned then.
    """
    began = datetime.now(UTC)
    with app_database().begin() as session:
        draining.pause_planning(session, until=began + timedelta(minutes=hold))
    printed: UnsentMessages | None = None
    while True:
        with app_database().read() as session:
            now = datetime.now(UTC)
            found, works = draining.left(session, now=now), draining.has_worker(session, now=now)
        if found != printed:
            _print_left(found, as_json=as_json)
        if found.is_none:
            return
        if not works:
            raise click.ClickException("no delivery worker has ticked lately: start one, and drain again")
        if now - began > timedelta(seconds=within):
            raise click.ClickException(f"not empty after {within} s; `outbox waiting` says why")
        printed = found
        time.sleep(CHECKED_EVERY_S)


@click.command("resume")
@with_appcontext
def resume() -> None:
    """Resume planning after a drain."""
    with app_database().begin() as session:
        was_paused = draining.resume_planning(session)
    click.echo("planning goes on" if was_paused else "planning was not paused")


def _print_left(left: UnsentMessages, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"waiting": left.waiting, "under_way": left.under_way}))
    elif left.is_none:
        click.echo("nothing due is left")
    else:
        click.echo(f"left: {left.waiting} wait, {left.under_way} under way or to be tried again")
