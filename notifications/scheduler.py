"""Ticks and their seconds. It holds no state: what is due is a query, so a restart loses nothing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

RELAY_EVERY = timedelta(milliseconds=250)
ESCALATION_EVERY = timedelta(seconds=5)
REMINDERS_EVERY = timedelta(seconds=30)
SILENCE_EVERY = timedelta(minutes=15)
RESCORING_EVERY = timedelta(seconds=15)
HOUSEKEEPING_EVERY = timedelta(hours=1)

LOOKS_UP_EVERY_S = 0.5
"""A signal that another thread takes, or that comes as the wait begins, does not wake who waits without an
end: its handler runs when the waiting thread next looks up."""


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """Something done again and again, never twice at once."""

    name: str
    every: timedelta
    run: Callable[[], object]


def run_until(stopped: Event, ticks: Sequence[ScheduledJob]) -> None:
    """Run the ticks, each in a thread of its own, until somebody says stop; what runs then is finished."""
    # a relay that has much to send skips ticks as it should; that is no news
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(ticks))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for tick in ticks:
        scheduler.add_job(
            tick.run,
            "interval",
            seconds=tick.every.total_seconds(),
            id=tick.name,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    while not stopped.wait(LOOKS_UP_EVERY_S):
        pass
    scheduler.shutdown(wait=True)
