"""Rescores patients that an earlier policy of their site scored, some in each run."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.services.policies import policies
from api.services.scoring import rescoring
from api.services.scoring.optimistic_rescoring import OptimisticRescorer
from notifications.jobs.each_alone import each_alone, in_pages

PAGE = 100
"""Patients per run: seconds of work, so that a worker stops soon after its signal."""


def catch_up(database: Database, *, engine: Engine, now: datetime) -> int:
    """Rescore up to ``PAGE`` patients by the policy in force at their site; return the number."""

    def page(session: Session, after: UUID | None) -> list[UUID]:
        present = policies.engines_in_force(session, default=engine, now=now)
        return rescoring.left_behind(session, present, limit=PAGE, after=after) if present.by_site else []

    return each_alone(
        database,
        in_pages(database, page, size=PAGE),
        lambda session, patient_id: rescoring.catch_up(session, patient_id, engine=engine, now=now),
        what="patient could not be scored again",
        label="patient_id",
        most=PAGE,
        run=OptimisticRescorer(database),
    )
