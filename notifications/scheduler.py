"""The loop that runs jobs at their intervals.

It holds no state: whether work is due is a query, so a restart loses nothing.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

SIGNALS_CHECKED_EVERY_S = 0.5
"""Wait of the main thread at a time. A signal that another thread receives, or that arrives as the wait
begins, does not interrupt it: Python runs the handler after the wait."""


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job that runs at an interval, never twice at once."""

    name: str
    every: timedelta
    run: Callable[[], object]


def run_until(stopped: Event, jobs: Sequence[ScheduledJob]) -> None:
    """Run the jobs, each in its own thread, until ``stopped``; running jobs finish first."""
    # a busy relay skips runs by design, which is not worth a warning
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(jobs))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        scheduler.add_job(
            job.run,
            "interval",
            seconds=job.every.total_seconds(),
            id=job.name,
            next_run_time=datetime.now(UTC),
        )
    scheduler.start()
    while not stopped.wait(SIGNALS_CHECKED_EVERY_S):
        pass
    scheduler.shutdown(wait=True)
