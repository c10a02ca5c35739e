"""Whether the server can do its work, and the one number to alarm on: the oldest due message."""

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
    """What is measured, and what of it is wrong."""

    oldest_due_message_s: float
    last_tick_s: float | None
    not_scored: int
    problems: list[str] = field(default_factory=list)
    refused: int = 0
    """Patients of whom something was refused that nobody has looked at: their teams' matter, no problem."""
    stopped: list[str] = field(default_factory=list)
    """Channels an operator has stopped: seen here, but no reason to take the server out of service."""

    broken: list[str] = field(default_factory=list)
    """Ways of delivery that a fault of ours has broken, with the reason: messages go on by the next way."""

    @property
    def status(self) -> str:
        """``ready``, or the first thing that is wrong."""
        return self.problems[0] if self.problems else "ready"


def examine(session: Session, *, now: datetime, longest_wait: timedelta = LONGEST_WAIT) -> Health:
    """Measure; a database that cannot be reached raises. Messages may wait for ``longest_wait``."""
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
    health.refused = rejected_items.waiting(session).patients
    health.stopped = [row.channel for row in channel_pause.stopped(session)]
    health.broken = [f"{fault.channel} ({fault.place}): {fault.reason}" for fault in faults.broken(session)]
    if tick is None or now - tick > LONGEST_SILENCE:
        health.problems.append("no delivery worker has ticked lately")
    if waited > longest_wait:
        health.problems.append("messages wait too long")
    return health
