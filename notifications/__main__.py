"""Builds a delivery worker from the settings and runs it: `python -m notifications`."""

import argparse
import logging
import signal
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from threading import Thread

import api.models.all  # noqa: F401 - the worker's own imports do not reach every table
from api.db.database import open_database
from api.services.scoring.risk_models import engine_with
from config.gc import freeze_loaded_objects
from config.logging import set_up_logging
from config.schema import require_migrated
from config.server import Refused, refuse
from config.settings import Settings
from notifications.channels.base import DeliveryChannel
from notifications.channels.registry import CHANNELS, ChannelRouter, open_channels, waiting_channels
from notifications.compose import link_maker
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker

log = logging.getLogger("notifications")


def build_worker(settings: Settings, channels: Mapping[str, DeliveryChannel]) -> Worker:
    """Return a worker on the operator's database that sends by ``channels``."""
    slowest_s = max(channel.timeout_s for channel in channels.values())
    return Worker(
        open_database(settings.database_url),
        ChannelRouter(channels, dry_run=settings.delivery_dry_run),
        pace=DeliveryPace(settings.relay_batch, settings.relay_per_destination, slowest_s),
        clock=_now,
        engine=engine_with(settings.risk_model),
        waiting=waiting_channels(channels),
        link=link_maker(settings),
    )


def main(argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a worker until SIGTERM or SIGINT; messages in flight are finished first."""
    parser = argparse.ArgumentParser(
        prog="python -m notifications",
        description="Sends messages from the outbox, escalates unanswered alerts, plans reminders. "
        "Any number may run on one database. Settings come from the environment, as for the web process.",
    )
    parser.add_argument("--once", action="store_true", help="run every job once, then exit")
    arguments = parser.parse_args(argv)
    try:
        settings = Settings.from_env(env)
        require_migrated(settings.database_url)
        channels = open_channels(settings, clock=_now)
        worker = build_worker(settings, channels)
    except Refused as error:
        return refuse(error)
    set_up_logging(settings.log_level)
    for name, channel in CHANNELS.items():
        if name not in channels:
            log.warning(channel.not_configured)
    if settings.delivery_dry_run:
        log.warning("DELIVERY_DRY_RUN is set: nothing is sent, and messages reach no recipient")
    for number in (signal.SIGTERM, signal.SIGINT):
        # in a thread: the handler may interrupt `stopped.wait` and could not take its lock
        signal.signal(number, lambda *_: Thread(target=worker.stopped.set).start())
    worker.probe_broken_channels()
    log.info("delivery worker started")
    try:
        _run_once(worker) if arguments.once else worker.run()
    finally:
        worker.close()
    log.info("delivery worker stopped")
    return 0


def _now() -> datetime:
    return datetime.now(UTC)


def _run_once(worker: Worker) -> None:
    for job in reversed(worker.jobs()):  # the relay last: it sends the messages of the other jobs
        job.run()


if __name__ == "__main__":
    freeze_loaded_objects()
    raise SystemExit(main())
