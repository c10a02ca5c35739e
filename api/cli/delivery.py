"""What waits in the outbox, what died, trying it again; and the key push needs."""

from datetime import UTC, datetime
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext

from api.db import Sessions
from api.services import delivery
from api.services.vapid import new_private_key, public_key_of

DEAD_SHOWN = 100


@click.group("outbox", invoke_without_command=True)
@click.pass_context
@with_appcontext
def outbox(context: click.Context) -> None:
    """Show what waits to be sent and what died."""
    if context.invoked_subcommand:
        return
    now = datetime.now(UTC)
    with _sessions().read() as session:
        box = delivery.count(session, now=now)
    click.echo(f"waiting {box.waiting}\nlate {box.late}\ndead {box.dead}\nto call {box.to_call}")
    if box.oldest_due_at is not None:
        waited_s = (now - box.oldest_due_at).total_seconds()
        click.echo(f"oldest due {box.oldest_due_at:%Y-%m-%d %H:%M:%S} UTC, {waited_s:.0f} s ago")


@outbox.command("dead")
@click.option("--limit", default=DEAD_SHOWN, show_default=True, help="How many, newest first.")
@with_appcontext
def dead(limit: int) -> None:
    """List what died, newest first: id, when, kind, channel, tries, reason."""
    with _sessions().read() as session:
        for row in delivery.list_dead(session, limit=limit):
            when = f"{row.settled_at:%Y-%m-%dT%H:%M:%SZ}"
            click.echo(f"{row.id}\t{when}\t{row.kind}\t{row.channel}\t{row.attempts}\t{row.last_outcome}")


@outbox.command("requeue")
@click.argument("message_id", type=click.UUID, nargs=-1)
@click.option("--all-dead", is_flag=True, help="Everything that died, but for the call list.")
@with_appcontext
def requeue(message_id: tuple[UUID, ...], all_dead: bool) -> None:
    """Try dead messages again, now and for a day."""
    if bool(message_id) == all_dead:
        raise click.UsageError("name message ids, or say --all-dead")
    with _sessions().begin() as session:
        count = delivery.requeue(session, now=datetime.now(UTC), ids=None if all_dead else message_id)
    click.echo(f"requeued {count}")


@click.command("vapid-keys")
def vapid_keys() -> None:
    """Make the key push services know this server by."""
    private_key = new_private_key()
    click.echo(f"VAPID_PRIVATE_KEY={private_key}")
    click.echo(f"# public key, served at /v1/push-key: {public_key_of(private_key)}")


def _sessions() -> Sessions:
    found: Sessions = current_app.extensions["aimss.sessions"]
    return found
