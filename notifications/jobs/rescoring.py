"""Patients whom an earlier policy of their site has scored, scored again: some with each tick."""

import logging
from datetime import datetime
from uuid import UUID

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.services.policies import policies
from api.services.scoring import rescoring
from api.services.scoring.optimistic_rescoring import OptimisticRescorer

log = logging.getLogger(__name__)

AT_ONCE = 100
"""How many patients one tick scores again: seconds of work, so that a worker that is told to stop stops."""


def catch_up(database: Database, *, engine: Engine, now: datetime) -> int:
    """Score up to ``AT_ONCE`` patients again by the policy in force at their site; return how many.

    Each is a transaction of its own, so that one that fails holds up no other, and is tried again with
    the next tick. Any number of workers may do this: who comes second finds nothing to do.
    """
    done, after = 0, None
    while done < AT_ONCE:
        with database.read() as session:
            present = policies.engines_in_force(session, like=engine, now=now)
            if not present.by_site:
                return done
            found = rescoring.left_behind(session, present, limit=AT_ONCE, after=after)
        done += sum(_one(database, patient_id, engine=engine, now=now) for patient_id in found)
        if len(found) < AT_ONCE:
            return done
        after = found[-1]
    return done


def _one(database: Database, patient_id: UUID, *, engine: Engine, now: datetime) -> bool:
    try:
        return OptimisticRescorer(database)(
            lambda session: rescoring.catch_up(session, patient_id, engine=engine, now=now)
        )
    except Exception:
        log.exception("patient could not be scored again", extra={"patient_id": patient_id})
        return False
