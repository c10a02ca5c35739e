"""Whether a patient still writes, read from where her trajectory stands."""

from datetime import datetime

from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine, ReplayNeeded
from api.domain.trajectory.facts import Facts
from api.domain.trajectory.reporting import Reporting
from api.models.patient import Patient, Trajectory


def reporting_of(
    patient: Patient, trajectory: Trajectory, *, engine: Engine, now: datetime
) -> Reporting | None:
    """Return whether she still writes, as seen on her present day.

    None is no answer: she has not written yet, was not scored, or was scored by another engine.
    """
    if trajectory.state is None:
        return None
    facts = Facts(
        ai_started_on=patient.ai_started_on,
        ai=patient.ai,
        prior_tamoxifen=patient.prior_tamoxifen,
        prior_taxane=patient.prior_taxane,
        birth_year=patient.birth_year,
    )
    try:
        course = engine.resume(facts, trajectory.state)
    except ReplayNeeded:
        return None
    return course.reporting_at(local_day(now, zone_of(patient.timezone)))
