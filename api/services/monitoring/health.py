"""Health of the server; the figure to alarm on is the age of the oldest due message."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.domain.delivery.limits import LONGEST_SILENCE
from api.domain.delivery.messages import MessageState
from api.models.outbox import ChannelStop, Heartbeat, OutboxMessage
from api.models.patient import Trajectory
from api.services.messages import channel_pause, faults
from api.services.scoring import rejected_items
from api.services.scoring.unscored import NOT_SCORED

LONGEST_WAIT = timedelta(minutes=2)


@dataclass(slots=True)
class Health:
    """Measurements of the server, and the problems among them; None: it could not be measured."""

    oldest_due_message_s: float | None = None
    last_tick_s: float | None = None
    not_scored: int | None = None
    problems: list[str] = field(default_factory=list)
    rejected_entries: int | None = None
    """Patients with rejected items that their team has not reviewed; no problem of the server."""
    stopped_channels: list[str] = field(default_factory=list)
    """Channels an operator has stopped; shown here, but no problem of the server."""
    misconfigured_channels: list[str] = field(default_factory=list)
    """Channels that fail by a fault of this server, with the reason; messages use the next channel."""

    @property
    def status(self) -> str:
        """Return ``ready``, or the first problem."""
        return self.problems[0] if self.problems else "ready"


def examine(session: Session, *, now: datetime, longest_wait: timedelta = LONGEST_WAIT) -> Health:
    """Measure the server; messages may wait for ``longest_wait``.

    Raises:
        SQLAlchemyError: The database cannot be reached.
    """
    oldest = session.scalar(
        select(func.min(OutboxMessage.not_before)).where(
            OutboxMessage.state == MessageState.PENDING,
            OutboxMessage.not_before <= now,
            OutboxMessage.channel.not_in(select(ChannelStop.channel)),
        )
    )
    tick = session.scalar(select(func.max(Heartbeat.ticked_at)))
    not_scored = session.scalar(select(func.count()).where(Trajectory.status == NOT_SCORED)) or 0
    waited = now - oldest if oldest else timedelta(0)
    health = Health(waited.total_seconds(), (now - tick).total_seconds() if tick else None, not_scored)
    health.rejected_entries = rejected_items.count_unreviewed(session).patients
    health.stopped_channels = [row.channel for row in channel_pause.stopped(session)]
    health.misconfigured_channels = [
        f"{fault.channel} ({fault.place}): {fault.reason}" for fault in faults.list_broken(session)
    ]
    if tick is None or now - tick > LONGEST_SILENCE:
        health.problems.append("no delivery worker has ticked lately")
    if waited > longest_wait:
        health.problems.append("messages wait too long")
    return health
