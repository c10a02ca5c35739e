"""Opens alerts about patients who stopped sending entries."""

from datetime import datetime

from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.services.scoring import silence_alerts
from api.services.scoring.silence_alerts import SilenceCandidate
from notifications.jobs.each_alone import each_alone, in_pages

PAGE = 200
"""Patients per query."""


def alert_silent_patients(database: Database, *, engine: Engine, now: datetime) -> int:
    """Check every patient who may count as silent; return the number of new alerts."""

    def page(session: Session, after: SilenceCandidate | None) -> list[SilenceCandidate]:
        return silence_alerts.candidates(session, engine=engine, now=now, limit=PAGE, after=after)

    return each_alone(
        database,
        (candidate.patient_id for candidate in in_pages(database, page, size=PAGE)),
        lambda session, patient_id: silence_alerts.open_silence_alert(
            session, patient_id, engine=engine, now=now
        ),
        what="silence could not be checked",
        label="patient_id",
    )
