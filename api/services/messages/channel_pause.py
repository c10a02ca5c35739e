"""Stops a channel, which sends nothing until it is started again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.delivery.messages import Channel
from api.models.outbox import ChannelStop
from api.services import audit
from api.services.messages import faults


def stop(session: Session, channel: Channel, *, why: str, now: datetime) -> bool:
    """Stop a channel; return whether it was running.

    Messages in flight are finished; the others wait until they expire.
    """
    row = {"channel": channel, "stopped_at": now, "why": why}
    was_running = insert_once(session, ChannelStop, values=[row]) > 0
    if was_running:
        audit.record(session, "channel.stopped", by=None, now=now, detail={"channel": channel.value})
    return was_running


def start(session: Session, channel: Channel, *, now: datetime) -> bool:
    """Start a channel again; return whether it was stopped, or had faults on our side."""
    was_broken = faults.clear_channel(session, channel)
    gone = delete(ChannelStop).where(ChannelStop.channel == channel).returning(ChannelStop.channel)
    was_stopped = session.scalar(gone) is not None
    if was_stopped:
        audit.record(session, "channel.started", by=None, now=now, detail={"channel": channel.value})
    return was_stopped or was_broken


def stopped(session: Session) -> Sequence[ChannelStop]:
    """Return the channels that are stopped, by name."""
    return session.scalars(select(ChannelStop).order_by(ChannelStop.channel)).all()
