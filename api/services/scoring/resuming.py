"""A patient's course, taken up again where her trajectory stands, to read from it."""

from api.domain.diary.patient_factors import Facts
from api.domain.trajectory.engine import Course, Engine, SnapshotOutdated
from api.models.patient import Patient, Trajectory


def facts_of(patient: Patient) -> Facts:
    """Return what scoring asks of a patient beyond her diary."""
    return Facts(
        patient.ai_started_on, patient.ai, patient.prior_tamoxifen, patient.prior_taxane, patient.birth_year
    )


def resumed(patient: Patient, trajectory: Trajectory, engine: Engine) -> Course | None:
    """Return her course; None where she was not scored, or by another engine or other facts."""
    if trajectory.state is None:
        return None
    try:
        return engine.resume(facts_of(patient), trajectory.state)
    except SnapshotOutdated:
        return None
