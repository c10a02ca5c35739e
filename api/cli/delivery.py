"""Commands that list and requeue messages of the outbox, stop and drain it, and make a VAPID key."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import click
import orjson
from flask.cli import with_appcontext

from api.cli.callbacks import number_option
from api.cli.transactions import app_database
from api.domain.delivery.messages import AUTOMATIC_CHANNELS, Channel
from api.models.outbox import OutboxMessage
from api.services.messages import channel_pause, draining, outbox_status
from api.services.messages.draining import UnsentMessages
from api.services.messages.vapid import new_private_key, public_key_of

SHOWN = 100
CHECKED_EVERY_S = 1.0
_CHANNEL = click.Choice(sorted(channel.value for channel in AUTOMATIC_CHANNELS))

_COLUMNS = (
    "id", "kind", "channel", "state", "due_at", "not_before",
    "attempts", "tried_at", "last_outcome", "settled_at",
)  # fmt: skip
_LIMIT = number_option("--limit", "How many at most.", SHOWN, least=1, most=100_000)
_JSON = click.option("--json", "as_json", is_flag=True, help="As JSON, for a program.")


@click.group("outbox", invoke_without_command=True)
@_JSON
@click.pass_context
@with_appcontext
def outbox(context: click.Context, as_json: bool) -> None:
    """Show the numbers of pending and dead messages."""
    if context.invoked_subcommand:
        return
    now = datetime.now(UTC)
    with app_database().read() as session:
        box = outbox_status.count(session, now=now)
        stopped = channel_pause.stopped(session)
    if as_json:
        halted = [{"channel": row.channel, "since": row.stopped_at, "why": row.why} for row in stopped]
        _print({**asdict(box), "stopped": halted})
        return
    click.echo(f"waiting {box.waiting}\nlate {box.late}\ndead {box.dead}\nto call {box.to_call}")
    for row in stopped:
        click.echo(f"stopped {row.channel} since {row.stopped_at:%Y-%m-%d %H:%M:%S} UTC: {row.why}")
    if box.oldest_due_at is not None:
        waited_s = (now - box.oldest_due_at).total_seconds()
        click.echo(f"oldest due {box.oldest_due_at:%Y-%m-%d %H:%M:%S} UTC, {waited_s:.0f} s ago")


@outbox.command("waiting")
@_LIMIT
@_JSON
@with_appcontext
def waiting(limit: int, as_json: bool) -> None:
    """List pending messages, the next attempt first: id, time, kind, channel, attempts, last reason."""
    with app_database().read() as session:
        _list(outbox_status.list_waiting(session, limit=limit), "not_before", as_json=as_json)


@outbox.command("late")
@_LIMIT
@_JSON
@with_appcontext
def late(limit: int, as_json: bool) -> None:
    """List messages due for more than a minute, oldest first: id, due time, and the rest."""
    before = datetime.now(UTC) - outbox_status.LATE
    with app_database().read() as session:
        _list(outbox_status.list_waiting(session, limit=limit, before=before), "not_before", as_json=as_json)


@outbox.command("dead")
@_LIMIT
@_JSON
@with_appcontext
def dead(limit: int, as_json: bool) -> None:
    """List dead messages, newest first: id, time, kind, channel, attempts, reason."""
    with app_database().read() as session:
        _list(outbox_status.list_dead(session, limit=limit), "settled_at", as_json=as_json)


@outbox.command("sent")
@_LIMIT
@_JSON
@with_appcontext
def sent(limit: int, as_json: bool) -> None:
    """List sent messages, newest first: id, time, kind, channel, attempts, last outcome."""
    with app_database().read() as session:
        _list(outbox_status.list_sent(session, limit=limit), "settled_at", as_json=as_json)


@outbox.command("workers")
@_JSON
@with_appcontext
def workers(as_json: bool) -> None:
    """List the delivery workers of the last day, the newest heartbeat first: name, start, heartbeat."""
    with app_database().read() as session:
        found = outbox_status.list_workers(session)
    if as_json:
        _print([{"worker": w.worker, "started_at": w.started_at, "ticked_at": w.ticked_at} for w in found])
        return
    for w in found:
        click.echo(f"{w.worker}\t{w.started_at:%Y-%m-%dT%H:%M:%SZ}\t{w.ticked_at:%Y-%m-%dT%H:%M:%SZ}")


@outbox.command("requeue")
@click.argument("message_id", type=click.UUID, nargs=-1)
@click.option("--all-dead", is_flag=True, help="All recently dead messages except the call list.")
@number_option("--days", "How far back --all-dead reaches.", 7, least=1, most=365)
@_JSON
@with_appcontext
def requeue(message_id: tuple[UUID, ...], all_dead: bool, days: int, as_json: bool) -> None:
    """Requeue dead messages, now and for a day."""
    if bool(message_id) == all_dead:
        raise click.UsageError("name message ids, or use --all-dead")
    with app_database().begin() as session:
        now = datetime.now(UTC)
        since = now - timedelta(days=days) if all_dead else None
        count = outbox_status.requeue(session, now=now, ids=None if all_dead else message_id, since=since)
    if as_json:
        _print({"requeued": count})
    else:
        click.echo(f"requeued {count}")


@outbox.command("stop")
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


@outbox.command("start")
@click.argument("channel", type=_CHANNEL)
@with_appcontext
def start(channel: str) -> None:
    """Send by CHANNEL again, waiting messages first."""
    with app_database().begin() as session:
        was_stopped = channel_pause.start(session, Channel(channel), now=datetime.now(UTC))
    click.echo(f"{channel} is started" if was_stopped else f"{channel} was not stopped")


@outbox.command("drain")
@number_option("--within", "Seconds after which it gives up, with exit 1.", 600, least=0, most=86_400)
@number_option("--hold", "Minutes for which nothing is planned, from the start.", 15, least=1, most=1440)
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


@outbox.command("resume")
@with_appcontext
def resume() -> None:
    """Resume planning after a drain."""
    with app_database().begin() as session:
        was_paused = draining.resume_planning(session)
    click.echo("planning goes on" if was_paused else "planning was not paused")


@click.command("vapid-keys")
def vapid_keys() -> None:
    """Make the key that identifies this server to push services."""
    private_key = new_private_key()
    click.echo(f"VAPID_PRIVATE_KEY={private_key}")
    click.echo(f"# public key, served at /v1/push-key: {public_key_of(private_key)}")


def _list(rows: Sequence[OutboxMessage], when: str, *, as_json: bool) -> None:
    if as_json:
        _print([{name: getattr(row, name) for name in _COLUMNS} for row in rows])
        return
    for row in rows:
        moment = f"{getattr(row, when):%Y-%m-%dT%H:%M:%SZ}"
        click.echo(
            f"{row.id}\t{moment}\t{row.kind}\t{row.channel}\t{row.attempts}\t{row.last_outcome or '-'}"
        )


def _print(found: Any) -> None:
    click.echo(orjson.dumps(found, option=orjson.OPT_UTC_Z).decode())


def _print_left(left: UnsentMessages, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"waiting": left.waiting, "under_way": left.under_way}))
    elif left.is_none:
        click.echo("nothing due is left")
    else:
        click.echo(f"left: {left.waiting} wait, {left.under_way} under way or to be tried again")
