"""Turns due tasks of patients into reminders."""

from collections.abc import Callable
from datetime import datetime

from api.db.database import Database
from api.services.reminders import send_due

BATCH = 200
"""Patients per transaction: few enough that no other writer waits long for the lock."""


def plan_due(database: Database, *, now: datetime) -> int:
    """Plan everything that is due; return the number of patients examined."""
    planned = _in_batches(database, send_due.send_due_reminders, now)
    _in_batches(database, send_due.schedule_missing, now)
    return planned


def _in_batches(database: Database, step: Callable[..., int], now: datetime) -> int:
    """Repeat ``step``, each time in its own transaction, until a batch is not full."""
    done = 0
    while True:
        with database.begin() as session:
            examined = step(session, now=now, limit=BATCH)
        done += examined
        if examined < BATCH:
            return done
