"""Builds settings, sessions and the channel, and runs a delivery worker: `python -m notifications`."""

import argparse
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Thread

import api.models.every  # noqa: F401 - the worker's own imports would leave tables out
from api.db import make_sessions
from api.domain.push_address import PushServices
from api.services.risk_models import engine_with
from config.logging import set_up_logging
from config.settings import Settings
from notifications.channels.web_push import TIMEOUT_S, WebPush
from notifications.pace import Pace
from notifications.worker import Worker

log = logging.getLogger("notifications")


def channel_of(settings: Settings) -> WebPush | None:
    """Return the way out of the building; None where the operator has set no key for it."""
    if not settings.vapid_private_key:
        return None
    return WebPush(
        private_key=settings.vapid_private_key,
        subject=settings.vapid_subject or _subject(settings.public_url),
        services=PushServices(settings.push_services, settings.push_loopback),
    )


def worker_of(settings: Settings) -> Worker:
    """Return a worker on the operator's database."""
    return Worker(
        make_sessions(settings.database_url),
        channel_of(settings),
        pace=Pace(settings.relay_batch, settings.relay_threads, TIMEOUT_S),
        clock=lambda: datetime.now(UTC),
        engine=engine_with(settings.risk_model),
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
    settings = Settings.from_env(env)
    set_up_logging(settings.log_level)
    if not settings.vapid_private_key:
        log.warning("VAPID_PRIVATE_KEY is not set: pushes wait; `flask --app wsgi vapid-keys` makes a key")
    worker = worker_of(settings)
    for name in (signal.SIGTERM, signal.SIGINT):
        # in a thread: the handler may run inside `stopped.wait`, whose lock it could not take
        signal.signal(name, lambda *_: Thread(target=worker.stopped.set).start())
    log.info("delivery worker started")
    try:
        _once(worker) if arguments.once else worker.run()
    finally:
        worker.close()
    log.info("delivery worker stopped")
    return 0


def _once(worker: Worker) -> None:
    for tick in reversed(worker.ticks()):  # what reminders and ladders write is sent in the same pass
        tick.run()


def _subject(public_url: str) -> str:
    """Return whom push services may write to; production always sets VAPID_SUBJECT."""
    return public_url if public_url.startswith("https://") else "mailto:operator@localhost"


if __name__ == "__main__":
    raise SystemExit(main())
