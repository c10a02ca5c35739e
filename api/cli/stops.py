"""The emergency brake on the command line: `outbox stop` and `outbox start`."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from api.cli.transactions import app_database
from api.domain.delivery.messages import AUTOMATIC_CHANNELS, Channel
from api.services.messages import channel_pause

_CHANNEL = click.Choice(sorted(channel.value for channel in AUTOMATIC_CHANNELS))


@click.command("stop")
@click.argument("channel", type=_CHANNEL)
@click.option("--why", required=True, help="For whoever asks later; shown by `outbox`.")
@with_appcontext
def stop(channel: str, why: str) -> None:
    """Let nothing more leave by CHANNEL until it is started again.

    What is being sent just now is finished. All else waits; alerts climb meanwhile,
    and what expires goes on by the next way.
    """
    with app_database().begin() as session:
        was_running = channel_pause.stop(session, Channel(channel), why=why, now=datetime.now(UTC))
    click.echo(f"{channel} is stopped" if was_running else f"{channel} was stopped already")


@click.command("start")
@click.argument("channel", type=_CHANNEL)
@with_appcontext
def start(channel: str) -> None:
    """Let messages leave by CHANNEL again, those that waited first."""
    with app_database().begin() as session:
        was_stopped = channel_pause.start(session, Channel(channel), now=datetime.now(UTC))
    click.echo(f"{channel} is started" if was_stopped else f"{channel} was not stopped")
