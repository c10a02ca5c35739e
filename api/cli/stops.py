"""Commands that stop and start a channel: `outbox stop` and `outbox start`."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from api.cli.transactions import app_database
from api.domain.delivery.messages import AUTOMATIC_CHANNELS, Channel
from api.services.messages import channel_pause

_CHANNEL = click.Choice(sorted(channel.value for channel in AUTOMATIC_CHANNELS))


@click.command("stop")
@click.argument("channel", type=_CHANNEL)
@click.option("--why", required=True, help="Reason, shown by `outbox`.")
@with_appcontext
def stop(channel: str, why: str) -> None:
    """Send nothing more by CHANNEL until it is started again.

    Messages in flight are finished. The others wait; alerts escalate meanwhile, and
    expired messages continue by the next channel.
    """
    with app_database().begin() as session:
        was_running = channel_pause.stop(session, Channel(channel), why=why, now=datetime.now(UTC))
    click.echo(f"{channel} is stopped" if was_running else f"{channel} was stopped already")


@click.command("start")
@click.argument("channel", type=_CHANNEL)
@with_appcontext
def start(channel: str) -> None:
    """Send by CHANNEL again, waiting messages first."""
    with app_database().begin() as session:
        was_stopped = channel_pause.start(session, Channel(channel), now=datetime.now(UTC))
    click.echo(f"{channel} is started" if was_stopped else f"{channel} was not stopped")
