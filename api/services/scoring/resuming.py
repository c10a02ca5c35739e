"""A patient's course, taken up again where her trajectory stands, to read from it."""

from api.domain.diary.patient_factors import PatientFactors
from api.domain.trajectory.engine import Engine, PatientTrajectory, SnapshotOutdated
from api.models.patient import Patient, Trajectory


def facts_of(patient: Patient) -> PatientFactors:
    """Return what scoring asks of a patient beyond her diary."""
    return PatientFactors(
        patient.ai_started_on, patient.ai, patient.prior_tamoxifen, patient.prior_taxane, patient.birth_year
    )


def resumed(patient: Patient, trajectory: Trajectory, engine: Engine) -> PatientTrajectory | None:
    """Return her course; None where she was not scored, or by another engine or other facts."""
    if trajectory.state is None:
        return None
    try:
        return engine.resume(facts_of(patient), trajectory.state)
    except SnapshotOutdated:
        return None
