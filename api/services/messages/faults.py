"""Ways of delivery that a fault of ours has broken: closed at once, and tried now and then."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.delivery.messages import Channel
from api.models.delivery import ChannelFault

log = logging.getLogger(__name__)

PROBED_EVERY = timedelta(minutes=5)
"""How long a broken way rests before one message tries it."""


def broken(session: Session) -> Sequence[ChannelFault]:
    """Return the broken ways, by place."""
    return session.scalars(select(ChannelFault).order_by(ChannelFault.place)).all()


def by_place(session: Session) -> Mapping[str, ChannelFault]:
    """Return the broken ways by the push service's host, or ``mail``."""
    return {fault.place: fault for fault in broken(session)}


def close(session: Session, place: str, channel: Channel, *, reason: str, now: datetime) -> None:
    """Note that a way is broken; of one that was, that it still is."""
    row = {
        "place": place,
        "channel": channel,
        "reason": reason,
        "since": now,
        "probe_at": now + PROBED_EVERY,
    }
    if insert_once(session, ChannelFault, values=[row]):
        log.error("a way of delivery is broken", extra={"channel": f"{channel}: {place}", "error": reason})
        return
    still = update(ChannelFault).where(ChannelFault.place == place)
    session.execute(still.values(reason=reason, probe_at=now + PROBED_EVERY))


def may_probe(session: Session, place: str, *, now: datetime) -> bool:
    """Let one message try a broken way whose rest is over; the next after another rest, whoever asks."""
    due = update(ChannelFault).where(ChannelFault.place == place, ChannelFault.probe_at <= now)
    taken = due.values(probe_at=now + PROBED_EVERY).returning(ChannelFault.place)
    return session.scalar(taken) is not None


def reopen(session: Session, place: str) -> bool:
    """Note that a way works again; return whether it was broken."""
    gone = delete(ChannelFault).where(ChannelFault.place == place).returning(ChannelFault.channel)
    channel = session.scalar(gone)
    if channel is not None:
        log.warning("a way of delivery works again", extra={"channel": f"{channel}: {place}"})
    return channel is not None


def probe_all(session: Session, *, now: datetime) -> None:
    """Let every broken way be tried at once, as when a worker starts with other settings."""
    session.execute(update(ChannelFault).values(probe_at=now))


def forget(session: Session, channel: Channel) -> bool:
    """Take the ways of a channel for working, as an operator says; return whether one was broken."""
    gone = delete(ChannelFault).where(ChannelFault.channel == channel).returning(ChannelFault.place)
    return bool(session.scalars(gone).all())
