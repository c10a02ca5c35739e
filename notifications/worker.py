"""A delivery worker: its jobs over one database and one channel."""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.services.messages import draining, faults
from config.settings import Settings
from notifications import scheduler
from notifications.channels.base import MessageSender
from notifications.claims import Channels
from notifications.compose import Link, link_maker
from notifications.jobs import cleanup, escalation, exports, push_liveness, reminders, rescoring, silence
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from notifications.scheduler import ScheduledJob

HEARTBEAT_EVERY = timedelta(seconds=5)
"""Rare enough that an idle worker hardly writes to the disk."""


class Worker:
    """A delivery worker; any number may run on one database."""

    def __init__(
        self,
        database: Database,
        channel: MessageSender,
        *,
        pace: DeliveryPace,
        clock: Callable[[], datetime],
        engine: Engine = Engine(),
        waiting: Channels = frozenset(),
        link: Link = link_maker(Settings()),
    ) -> None:
        """Work on ``database``, and send by ``channel``.

        Messages of ``waiting`` channels are not sent; ``link`` makes the links in messages. ``engine``
        is that of the web process, in force where a site has no policy of its own: patients scored by
        another engine are not judged here.
        """
        self.stopped = Event()
        self._database = database
        self._clock = clock
        self._engine = engine
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._relay = Relay(
            database, channel, pace=pace, clock=clock, worker=self._name, waiting=waiting, link=link
        )
        self._started_at = clock()
        self._beat_at: datetime | None = None

    def jobs(self) -> list[ScheduledJob]:
        """Return the jobs of this worker and their intervals."""
        return [
            ScheduledJob("relay", timedelta(milliseconds=250), self.relay),
            ScheduledJob("escalation", timedelta(seconds=5), self.escalate),
            ScheduledJob("reminders", timedelta(seconds=30), self.remind),
            ScheduledJob("silence", timedelta(minutes=15), self.alert_silence),
            ScheduledJob("rescoring", timedelta(seconds=15), self.rescore),
            ScheduledJob("exports", timedelta(seconds=5), self.make_exports),
            ScheduledJob("housekeeping", timedelta(hours=1), self.clean_up),
        ]

    def relay(self) -> None:
        """Send due messages; the job that must not stop also writes the heartbeat."""
        self._beat()
        if not self.stopped.is_set():
            self._relay.run(stopped=self.stopped.is_set, heartbeat=self._beat)

    def escalate(self) -> None:
        """Reopen alerts, notify those the budget has room for, expire messages, and escalate."""
        escalation.reopen_unresolved(self._database, now=self._clock())
        escalation.release_held_back(self._database, now=self._clock())
        escalation.expire_unsent(self._database, now=self._clock())
        escalation.escalate_overdue(self._database, now=self._clock())

    def remind(self) -> None:
        """Plan reminders that are due, unless an operator drains the outbox."""
        with self._database.read() as session:
            if draining.is_planning_paused(session, now=self._clock()):
                return
        reminders.plan_due(self._database, now=self._clock())

    def alert_silence(self) -> None:
        """Open alerts about patients who stopped sending entries."""
        silence.alert_silent_patients(self._database, engine=self._engine, now=self._clock())

    def rescore(self) -> None:
        """Rescore patients whose site has a new policy."""
        rescoring.catch_up(self._database, engine=self._engine, now=self._clock())

    def make_exports(self) -> None:
        """Make the copies of their data that patients asked for."""
        exports.make_due(self._database, clock=self._clock, is_stopped=self.stopped.is_set)

    def clean_up(self) -> None:
        """Delete expired rows, and examine push addresses that send no receipts."""
        cleanup.delete_expired(self._database, now=self._clock())
        push_liveness.examine(self._database, now=self._clock())

    def probe_broken_channels(self) -> None:
        """Make every broken destination due for a probe: a worker that starts may have new settings."""
        with self._database.begin() as session:
            faults.probe_all(session, now=self._clock())

    def run(self) -> None:
        """Work until ``stopped`` is set."""
        scheduler.run_until(self.stopped, self.jobs())

    def close(self) -> None:
        """Close connections and threads."""
        self._relay.close()
        self._database.close()

    def _beat(self) -> None:
        now = self._clock()
        if self._beat_at is None or now - self._beat_at >= HEARTBEAT_EVERY:
            with self._database.begin() as session:
                cleanup.record_heartbeat(session, self._name, started_at=self._started_at, now=now)
            self._beat_at = now
