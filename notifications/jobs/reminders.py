"""What has come due for patients, turned into messages."""

from collections.abc import Callable
from datetime import datetime

from api.db.database import Database
from api.services.reminders import send_due

AT_ONCE = 200
"""How many patients one transaction plans: few enough that nobody waits for the writer's lock."""


def plan_due(database: Database, *, now: datetime) -> int:
    """Plan everything that is due; return how many patients were looked at."""
    planned = _all(database, send_due.send_due_reminders, now)
    _all(database, send_due.schedule_missing, now)
    return planned


def _all(database: Database, some: Callable[..., int], now: datetime) -> int:
    """Do ``some`` after some, each in a transaction of its own, until fewer come than were asked for."""
    done = 0
    while True:
        with database.begin() as session:
            seen = some(session, now=now, limit=AT_ONCE)
        done += seen
        if seen < AT_ONCE:
            return done
