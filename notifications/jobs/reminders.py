"""What has come due for patients, turned into messages."""

from collections.abc import Callable
from datetime import datetime

from api.db.sessions import Database
from api.services.reminders import send_due

AT_ONCE = 200
"""How many patients one transaction plans: few enough that nobody waits for the writer's lock."""


def plan_due(sessions: Database, *, now: datetime) -> int:
    """Plan everything that is due; return how many patients were looked at."""
    planned = _all(sessions, send_due.prompt_due, now)
    _all(sessions, send_due.adopt, now)
    return planned


def _all(sessions: Database, some: Callable[..., int], now: datetime) -> int:
    """Do ``some`` after some, each in a transaction of its own, until fewer come than were asked for."""
    done = 0
    while True:
        with sessions.begin() as session:
            seen = some(session, now=now, limit=AT_ONCE)
        done += seen
        if seen < AT_ONCE:
            return done
