"""Whether a patient still writes, and what limits her, read from where her trajectory stands."""

from datetime import datetime

from api.domain.functional_status import FunctionReading
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.reporting_pattern import ReportingSummary
from api.models.patient import Patient, Trajectory
from api.services.scoring.resuming import resumed


def reporting_of(
    patient: Patient, trajectory: Trajectory, *, engine: Engine, now: datetime
) -> ReportingSummary | None:
    """Return whether she still writes, as seen on her present day.

    None is no answer: she has not written yet, was not scored, or was scored by another engine.
    """
    course = resumed(patient, trajectory, engine)
    return None if course is None else course.reporting_at(local_day(now, zone_of(patient.timezone)))


def function_of(
    patient: Patient, trajectory: Trajectory, *, engine: Engine, now: datetime
) -> FunctionReading | None:
    """Return how far her latest questionnaires say that she is limited, as seen on her present day.

    None is no answer: none counts any more, or she was not scored by this engine.
    """
    course = resumed(patient, trajectory, engine)
    return None if course is None else course.limited_on(local_day(now, zone_of(patient.timezone)))
