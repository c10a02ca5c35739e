"""Builds settings, sessions and the channels, and runs a delivery worker: `python -m notifications`."""

import argparse
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Thread

import api.models.all  # noqa: F401 - the worker's own imports would leave tables out
from api.db.database import open_database
from api.domain.delivery.messages import BY_MACHINE, Channel
from api.domain.delivery.push_address import PushServices
from api.services.messages import webhooks
from api.services.scoring.risk_models import engine_with
from config.gc import freeze_loaded_objects
from config.logging import set_up_logging
from config.mail import domain_of, server_of
from config.schema import require_migrated
from config.server import Refused, refuse
from config.settings import Settings
from notifications.channels.base import DeliveryChannel as Port
from notifications.channels.base import MailTarget, PushTarget, WebhookTarget
from notifications.channels.mail import DryRunMail, MailSender, MailTransport
from notifications.channels.router import ChannelRouter
from notifications.channels.smtp_pool import TIMEOUT_S as MAIL_TIMEOUT_S
from notifications.channels.smtp_pool import SmtpPool
from notifications.channels.ssrf_guard import DryRunHttp
from notifications.channels.web_push import TIMEOUT_S, WebPush
from notifications.channels.webhook import WebhookSender
from notifications.compose import leads_to
from notifications.outbox import Ways
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker

log = logging.getLogger("notifications")


def channel_of(settings: Settings) -> ChannelRouter:
    """Return the ways out of the building that the operator has set up."""
    http = DryRunHttp() if settings.delivery_dry_run else None
    key, clock = webhooks.key_of(settings.secret_key), _clock
    channels: dict[type, Port] = {
        WebhookTarget: WebhookSender(key=key, clock=clock, loopback=settings.push_loopback, http=http)
    }
    if settings.vapid_private_key:
        channels[PushTarget] = WebPush(
            private_key=settings.vapid_private_key,
            previous=settings.vapid_previous_keys,
            subject=settings.vapid_subject or _subject(settings.public_url),
            services=PushServices(settings.push_services, settings.push_loopback),
            http=http,
        )
    if settings.smtp_url:
        server, domain = server_of(settings.smtp_url), domain_of(settings.mail_from)
        post: MailTransport = DryRunMail() if settings.delivery_dry_run else SmtpPool(server, name=domain)
        channels[MailTarget] = MailSender(post, sender=settings.mail_from, clock=clock)
    return ChannelRouter(channels, dry_run=settings.delivery_dry_run)


def ways_of(settings: Settings) -> Ways:
    """Return what a worker takes on: pushes wait for a key; e-mail without a server falls back."""
    return BY_MACHINE if settings.vapid_private_key else BY_MACHINE - {Channel.WEB_PUSH}


def worker_of(settings: Settings) -> Worker:
    """Return a worker on the operator's database."""
    slowest_s = MAIL_TIMEOUT_S if settings.smtp_url else TIMEOUT_S
    return Worker(
        open_database(settings.database_url),
        channel_of(settings),
        pace=DeliveryPace(settings.relay_batch, settings.relay_to_one_place, slowest_s),
        clock=_clock,
        engine=engine_with(settings.risk_model),
        ways=ways_of(settings),
        link=leads_to(settings),
    )


def main(argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a worker until SIGTERM or SIGINT; what is being sent then is finished first."""
    parser = argparse.ArgumentParser(
        prog="python -m notifications",
        description="Sends what waits in the outbox, lets unanswered alerts climb, plans reminders. "
        "Any number may run on one database. Settings come from the environment, as for the web process.",
    )
    parser.add_argument("--once", action="store_true", help="do everything that is due once, then exit")
    arguments = parser.parse_args(argv)
    try:
        settings = Settings.from_env(env)
        require_migrated(settings.database_url)
        worker = worker_of(settings)
    except Refused as error:
        return refuse(error)
    set_up_logging(settings.log_level)
    if not settings.vapid_private_key:
        log.warning("VAPID_PRIVATE_KEY is not set: pushes wait; `flask --app wsgi vapid-keys` makes a key")
    if not settings.smtp_url:
        log.warning("SMTP_URL is not set: whoever takes no pushes goes onto the call list")
    if settings.delivery_dry_run:
        log.warning("DELIVERY_DRY_RUN is set: nothing is sent, and nobody hears of anything")
    for name in (signal.SIGTERM, signal.SIGINT):
        # in a thread: the handler may run inside `stopped.wait`, whose lock it could not take
        signal.signal(name, lambda *_: Thread(target=worker.stopped.set).start())
    worker.trust_settings()
    log.info("delivery worker started")
    try:
        _once(worker) if arguments.once else worker.run()
    finally:
        worker.close()
    log.info("delivery worker stopped")
    return 0


def _clock() -> datetime:
    return datetime.now(UTC)


def _once(worker: Worker) -> None:
    for tick in reversed(worker.ticks()):  # what reminders and ladders write is sent in the same pass
        tick.run()


def _subject(public_url: str) -> str:
    """Return whom push services may write to; production always sets VAPID_SUBJECT."""
    return public_url if public_url.startswith("https://") else "mailto:operator@localhost"


if __name__ == "__main__":
    freeze_loaded_objects()
    raise SystemExit(main())
