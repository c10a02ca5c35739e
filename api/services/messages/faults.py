"""Destinations that a fault on our side has broken: closed at once, and probed at intervals."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.models.delivery import ChannelFault

log = logging.getLogger(__name__)

PROBED_EVERY = timedelta(minutes=5)
"""The time between probes of a broken destination."""


def list_broken(session: Session) -> Sequence[ChannelFault]:
    """Return the broken destinations, by name."""
    return session.scalars(select(ChannelFault).order_by(ChannelFault.place)).all()


def record(session: Session, destination: str, channel: str, *, reason: str, now: datetime) -> None:
    """Record that a destination is broken, or still is."""
    row = {
        "place": destination,
        "channel": channel,
        "reason": reason,
        "since": now,
        "probe_at": now + PROBED_EVERY,
    }
    if insert_once(session, ChannelFault, values=[row]):
        log.error(
            "delivery channel is broken", extra={"channel": f"{channel}: {destination}", "error": reason}
        )
        return
    again = update(ChannelFault).where(ChannelFault.place == destination)
    session.execute(again.values(reason=reason, probe_at=now + PROBED_EVERY))


def may_probe(session: Session, destination: str, *, now: datetime) -> bool:
    """Return whether one message may probe a broken destination now; the next probe is an interval later."""
    due = update(ChannelFault).where(ChannelFault.place == destination, ChannelFault.probe_at <= now)
    taken = due.values(probe_at=now + PROBED_EVERY).returning(ChannelFault.place)
    return session.scalar(taken) is not None


def clear(session: Session, destination: str) -> bool:
    """Record that a destination works again; return whether it was broken."""
    gone = delete(ChannelFault).where(ChannelFault.place == destination).returning(ChannelFault.channel)
    channel = session.scalar(gone)
    if channel is not None:
        log.warning("delivery channel works again", extra={"channel": f"{channel}: {destination}"})
    return channel is not None


def probe_all(session: Session, *, now: datetime) -> None:
    """Make every broken destination due for a probe, as when a worker starts with new settings."""
    session.execute(update(ChannelFault).values(probe_at=now))


def clear_channel(session: Session, channel: str) -> bool:
    """Forget the faults of a channel, as an operator requests; return whether there were any."""
    gone = delete(ChannelFault).where(ChannelFault.channel == channel).returning(ChannelFault.place)
    return bool(session.scalars(gone).all())
