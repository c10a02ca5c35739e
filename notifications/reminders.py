"""Check-ins that have come due, turned into messages."""

from datetime import datetime

from api.db import Sessions
from api.services.check_ins import plan_check_ins

AT_ONCE = 200
"""How many patients one transaction plans: few enough that nobody waits for the writer's lock."""


def plan_due(sessions: Sessions, *, now: datetime) -> int:
    """Plan everything that is due; return how many patients were looked at."""
    planned = 0
    while True:
        with sessions.begin() as session:
            seen = plan_check_ins(session, now=now, limit=AT_ONCE)
        planned += seen
        if seen < AT_ONCE:
            return planned
