"""Drains the outbox before a change: planning pauses while workers send due messages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.domain.delivery.limits import LONGEST_SILENCE
from api.domain.delivery.messages import MessageState
from api.models.delivery import PlanningPause
from api.models.outbox import ChannelStop, Heartbeat, OutboxMessage

_THE_ONE = 1


@dataclass(frozen=True, slots=True)
class UnsentMessages:
    """Due messages that are not settled, without those of stopped channels."""

    waiting: int
    """Not claimed by a worker."""
    under_way: int
    """Claimed, or waiting for another attempt."""

    @property
    def is_none(self) -> bool:
        """True if no due message is left."""
        return not self.waiting and not self.under_way


def pause_planning(session: Session, *, until: datetime) -> None:
    """Pause the planning of reminders until a time; alerts are still sent and escalated."""
    upsert(session, PlanningPause, values=[{"id": _THE_ONE, "until": until}])


def resume_planning(session: Session) -> bool:
    """End the pause; return whether there was one."""
    gone = delete(PlanningPause).where(PlanningPause.id == _THE_ONE).returning(PlanningPause.id)
    return session.scalar(gone) is not None


def is_planning_paused(session: Session, *, now: datetime) -> bool:
    """Return whether planning is paused."""
    return session.scalar(select(PlanningPause.id).where(PlanningPause.until > now)) is not None


def left(session: Session, *, now: datetime) -> UnsentMessages:
    """Count due messages that are not settled."""
    waits = OutboxMessage.not_before <= now
    counted = func.count(OutboxMessage.id)
    waiting, all_due = session.execute(
        select(counted.filter(waits), counted).where(
            OutboxMessage.state == MessageState.PENDING,
            func.coalesce(OutboxMessage.due_at, OutboxMessage.not_before) <= now,
            OutboxMessage.channel.not_in(select(ChannelStop.channel)),
        )
    ).one()
    return UnsentMessages(waiting, all_due - waiting)


def has_worker(session: Session, *, now: datetime) -> bool:
    """Return whether a delivery worker sent a recent heartbeat; without one nothing is sent."""
    lately = Heartbeat.ticked_at >= now - LONGEST_SILENCE
    return session.scalar(select(Heartbeat.worker).where(lately).limit(1)) is not None
