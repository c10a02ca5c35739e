"""Patients from whom nothing comes any more, told to their teams: on the worker's time, as no entry will."""

import logging
from datetime import datetime

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.services.scoring.silence_alerts import SilenceCandidate, candidates, open_silence_alert

log = logging.getLogger(__name__)

AT_ONCE = 200
"""How many patients one query finds."""


def tell_of_silence(database: Database, *, engine: Engine, now: datetime) -> int:
    """Look once at every patient who may have gone silent; return of how many a team was told.

    Each is a transaction of its own, so that one that fails holds up no other, and is tried again
    with the next pass.
    """
    told, after = 0, None
    while True:
        with database.read() as session:
            found = candidates(session, engine=engine, now=now, limit=AT_ONCE, after=after)
        told += sum(_one(database, candidate, engine=engine, now=now) for candidate in found)
        if len(found) < AT_ONCE:
            return told
        after = found[-1]


def _one(database: Database, candidate: SilenceCandidate, *, engine: Engine, now: datetime) -> bool:
    try:
        with database.begin() as session:
            return open_silence_alert(session, candidate.patient_id, engine=engine, now=now)
    except Exception:
        log.exception("silence could not be told", extra={"patient_id": candidate.patient_id})
        return False
