"""A patient's trajectory for reading: daily scores, reporting pattern, functional status."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.functional_status import FunctionReading
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine, PatientTrajectory, SnapshotOutdated
from api.domain.trajectory.reporting_pattern import ReportingSummary
from api.domain.trajectory.summary import CurveSummary, summarise
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.services.scoring.patient_lock import factors_of


@dataclass(frozen=True, slots=True)
class TrajectoryView:
    """A patient's present state and the scores of a period, oldest first."""

    trajectory: Trajectory
    scores: Sequence[ScoreRow]


def view_trajectory(
    session: Session, patient_id: UUID, *, since: date | None, until: date | None
) -> TrajectoryView:
    """Return a patient's scores between two local dates, both included."""
    query = select(ScoreRow).where(ScoreRow.patient_id == patient_id).order_by(ScoreRow.local_date)
    if since is not None:
        query = query.where(ScoreRow.local_date >= since)
    if until is not None:
        query = query.where(ScoreRow.local_date <= until)
    return TrajectoryView(session.get_one(Trajectory, patient_id), session.scalars(query).all())


def summary_of(session: Session, stored: Trajectory) -> CurveSummary:
    """Return a patient's present curve in one sentence, by the newest score."""
    newest = session.scalar(
        select(ScoreRow).where(
            ScoreRow.patient_id == stored.patient_id, ScoreRow.local_date == stored.last_day
        )
    )
    level, usual = (newest.pain_level, newest.pain_baseline) if newest else (None, None)
    return summarise(stored.status, level=level, usual=usual)


def load_trajectory(patient: Patient, stored: Trajectory, engine: Engine) -> PatientTrajectory | None:
    """Return the trajectory as the engine stored it.

    None where the patient is not scored, or was scored by another engine or with other factors.
    """
    if stored.state is None:
        return None
    try:
        return engine.resume(factors_of(patient), stored.state)
    except SnapshotOutdated:
        return None


def reporting_of(
    patient: Patient, stored: Trajectory, *, engine: Engine, now: datetime
) -> ReportingSummary | None:
    """Return the reporting pattern on the patient's present local date.

    None where there is no entry yet, or no score by this engine.
    """
    trajectory = load_trajectory(patient, stored, engine)
    return None if trajectory is None else trajectory.reporting_on(_today(patient, now))


def function_of(
    patient: Patient, stored: Trajectory, *, engine: Engine, now: datetime
) -> FunctionReading | None:
    """Return the functional status by the latest questionnaires, on the present local date.

    None where no questionnaire is recent enough, or the patient is not scored by this engine.
    """
    trajectory = load_trajectory(patient, stored, engine)
    return None if trajectory is None else trajectory.functional_status_on(_today(patient, now))


def _today(patient: Patient, now: datetime) -> date:
    return local_day(now, zone_of(patient.timezone))
