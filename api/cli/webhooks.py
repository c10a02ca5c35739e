"""Commands that manage the webhooks of a site."""

from uuid import UUID

import click
from flask.cli import with_appcontext

from api.cli.transactions import app_settings, one_line_errors, read_session, transaction
from api.services.accounts import accounts
from api.services.messages import subscriptions, webhooks


@click.group("webhook")
def webhook() -> None:
    """Manage programs that receive the messages to staff."""


@webhook.command("add")
@click.argument("url")
@click.option("--site", "site_name", required=True, help="Name of the site.")
@with_appcontext
def add(url: str, site_name: str) -> None:
    """Add URL to a site's webhooks, and show the secret that signs its messages, once."""
    settings = app_settings()
    with one_line_errors():
        webhooks.check(url, loopback=settings.push_loopback, resolver=subscriptions.resolve)
    with transaction() as (session, now):
        site = accounts.find_site(session, site_name)
        key = webhooks.key_of(settings.secret_key)
        made = webhooks.add(session, site_id=site.id, url=url, key=key, now=now)
    click.echo(f"{made.webhook.id}\n{made.secret}")


@webhook.command("list")
@click.option("--site", "site_name", required=True, help="Name of the site.")
@with_appcontext
def list_(site_name: str) -> None:
    """List a site's webhooks: id, address, date of creation, and state."""
    with read_session() as (session, _):
        for row in webhooks.list_webhooks(session, accounts.find_site(session, site_name).id):
            ended = f"{row.retired_reason} {row.retired_at:%Y-%m-%d}" if row.retired_at else "in use"
            click.echo(f"{row.id}\t{row.url}\t{row.created_at:%Y-%m-%d}\t{ended}")


@webhook.command("remove")
@click.argument("webhook_id", type=click.UUID)
@with_appcontext
def remove(webhook_id: UUID) -> None:
    """Retire a webhook."""
    with transaction() as (session, now):
        webhooks.remove(session, webhook_id=webhook_id, now=now)
    click.echo("removed")
