"""Deletes expired rows, and records heartbeats of workers."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.db.database import Database
from api.models.outbox import Heartbeat
from api.services import changes, counters
from api.services.access import throttle, tokens
from api.services.accounts import devices, known_origins
from api.services.privacy import erasure, exports

WORKERS_KEPT_FOR = timedelta(days=1)


def delete_expired(database: Database, *, now: datetime) -> None:
    """Delete expired tokens and exports, old counters and stopped workers; sum up the tallies.

    Requests to erase data that nobody has decided are notified again.
    """
    with database.begin() as session:
        devices.end_expired(session, now=now)
        tokens.delete_expired(session, now=now)
    with database.begin() as session:
        throttle.delete_old(session, now=now)
        known_origins.delete_old(session, now=now)
        session.execute(delete(Heartbeat).where(Heartbeat.ticked_at < now - WORKERS_KEPT_FOR))
    with database.begin() as session:
        exports.delete_expired(session, now=now)
        changes.delete_old(session, now=now)
        erasure.remind_of_open(session, now=now)
    with database.begin() as session:
        counters.fold(session)


def record_heartbeat(session: Session, worker: str, *, started_at: datetime, now: datetime) -> None:
    """Record that a worker is alive."""
    upsert(session, Heartbeat, values=[{"worker": worker, "started_at": started_at, "ticked_at": now}])
