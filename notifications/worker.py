"""What one delivery worker does: its ticks over one database and one channel."""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from api.db.database import Database
from api.domain.delivery.messages import BY_MACHINE
from api.domain.trajectory.engine import Engine
from api.services.messages import draining, faults
from config.settings import Settings
from notifications import scheduler
from notifications.channels.base import DeliveryChannel
from notifications.compose import Link, leads_to
from notifications.jobs import cleanup, escalation, push_liveness, reminders, rescoring, silence
from notifications.outbox import Ways
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from notifications.scheduler import ScheduledJob

BEATS_EVERY = timedelta(seconds=5)
"""Rarely enough that an idle worker costs the disk nothing."""


class Worker:
    """A delivery worker; any number may run on one database."""

    def __init__(
        self,
        database: Database,
        channel: DeliveryChannel | None,
        *,
        pace: DeliveryPace,
        clock: Callable[[], datetime],
        engine: Engine | None = None,
        ways: Ways = BY_MACHINE,
        link: Link | None = None,
    ) -> None:
        """Work on ``database``; without a channel everything but sending is done.

        What goes by none of ``ways`` waits; ``link`` says where messages lead.

        ``engine`` is the web process's, in force where a site has no policy of its own: who was scored
        by another one is not judged here.
        """
        self.stopped = Event()
        self._database = database
        self._clock = clock
        self._engine = engine or Engine()
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._relay = (
            Relay(
                database,
                channel,
                pace=pace,
                clock=clock,
                worker=self._name,
                ways=ways,
                link=link or leads_to(Settings()),
            )
            if channel
            else None
        )
        self._started_at = clock()
        self._beat_at: datetime | None = None

    def ticks(self) -> list[ScheduledJob]:
        """Return what this worker does, and how often."""
        return [
            ScheduledJob("relay", scheduler.RELAY_EVERY, self.relay),
            ScheduledJob("escalation", scheduler.ESCALATION_EVERY, self.escalate),
            ScheduledJob("reminders", scheduler.REMINDERS_EVERY, self.remind),
            ScheduledJob("silence", scheduler.SILENCE_EVERY, self.listen),
            ScheduledJob("rescoring", scheduler.RESCORING_EVERY, self.catch_up),
            ScheduledJob("housekeeping", scheduler.HOUSEKEEPING_EVERY, self.tidy),
        ]

    def relay(self) -> None:
        """Send what is due; the heartbeat comes from here, because this must not stop."""
        self._beat()
        if self._relay is not None and not self.stopped.is_set():
            self._relay.run(stopped=self.stopped.is_set, between=self._beat)

    def escalate(self) -> None:
        """Open alerts whose snooze is over, tell what the budget has room for, and let the rest climb."""
        escalation.reopen_unsettled(self._database, now=self._clock())
        escalation.tell_held_back(self._database, now=self._clock())
        escalation.climb_over_expired(self._database, now=self._clock())
        escalation.escalate_overdue(self._database, now=self._clock())

    def remind(self) -> None:
        """Plan the check-ins that have come due, unless an operator drains the outbox."""
        with self._database.read() as session:
            if draining.is_planning_paused(session, now=self._clock()):
                return
        reminders.plan_due(self._database, now=self._clock())

    def listen(self) -> None:
        """Tell the teams of patients from whom nothing comes any more."""
        silence.tell_of_silence(self._database, engine=self._engine, now=self._clock())

    def catch_up(self) -> None:
        """Score patients again whose site has another policy now."""
        rescoring.catch_up(self._database, engine=self._engine, now=self._clock())

    def tidy(self) -> None:
        """Delete what nobody needs any more, and look after push addresses that never answer."""
        cleanup.tidy(self._database, now=self._clock())
        push_liveness.examine(self._database, now=self._clock())

    def trust_settings(self) -> None:
        """Have every broken way tried anew: the settings of a worker that starts may be others."""
        with self._database.begin() as session:
            faults.probe_all(session, now=self._clock())

    def run(self) -> None:
        """Work until ``stopped`` is set."""
        scheduler.run_until(self.stopped, self.ticks())

    def close(self) -> None:
        """Give connections and threads back."""
        if self._relay is not None:
            self._relay.close()
        self._database.close()

    def _beat(self) -> None:
        now = self._clock()
        if self._beat_at is None or now - self._beat_at >= BEATS_EVERY:
            with self._database.begin() as session:
                cleanup.beat(session, self._name, started_at=self._started_at, now=now)
            self._beat_at = now
