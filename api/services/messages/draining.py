"""Emptying the outbox before a change: nothing new is planned for a while, and what waits is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.domain.delivery.limits import LONGEST_SILENCE
from api.domain.delivery.messages import MessageState
from api.models.delivery import PlanningPause
from api.models.outbox import ChannelStop, Heartbeat, OutboxMessage

PAUSED_FOR = timedelta(minutes=15)
"""How long planning rests unless told otherwise: long enough for a change, short enough for a reminder."""

_THE_ONE = 1


@dataclass(frozen=True, slots=True)
class UnsentMessages:
    """What is due and not yet settled; what goes by a stopped channel is not counted."""

    waiting: int
    """That no worker has taken up."""
    under_way: int
    """Being sent, or tried in vain and to be tried again."""

    @property
    def is_none(self) -> bool:
        """Say whether the outbox is empty of what is due."""
        return not self.waiting and not self.under_way


def pause_planning(session: Session, *, until: datetime) -> None:
    """Let no worker plan reminders until a moment; alerts are told and climb as ever."""
    upsert(session, PlanningPause, values=[{"id": _THE_ONE, "until": until}])


def resume_planning(session: Session) -> bool:
    """Let workers plan again at once; return whether they were paused."""
    gone = delete(PlanningPause).where(PlanningPause.id == _THE_ONE).returning(PlanningPause.id)
    return session.scalar(gone) is not None


def is_planning_paused(session: Session, *, now: datetime) -> bool:
    """Say whether workers leave planning alone."""
    return session.scalar(select(PlanningPause.id).where(PlanningPause.until > now)) is not None


def left(session: Session, *, now: datetime) -> UnsentMessages:
    """Count what is due and not settled."""
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


def is_anybody_working(session: Session, *, now: datetime) -> bool:
    """Say whether a delivery worker has ticked lately: without one nothing is sent."""
    lately = Heartbeat.ticked_at >= now - LONGEST_SILENCE
    return session.scalar(select(Heartbeat.worker).where(lately).limit(1)) is not None
