"""The present discontinuation risk of a patient, from the stored state, with contributions."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.domain.risk.covariates import insufficient_data_reason
from api.domain.risk.explain import to_json
from api.domain.risk.features import FEATURES
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.services.policies.stopping_share import base_rate_source
from api.services.scoring.patient_lock import factors_of
from api.services.scoring.trajectories import load_trajectory

NOTICE = (
    "This describes patients with similar answers, not this patient. Risks are rough until they are "
    "calibrated on your own outcomes. A low risk does not mean that the patient will continue: ask."
)
NOT_SCORED = "not scored by the present engine"


@dataclass(frozen=True, slots=True)
class DiscontinuationRisk:
    """The risk on the last day with an entry, or the reason why there is none."""

    as_of: date | None
    model: str
    base_rate_12_months: float
    base_rate_source: str
    insufficient_data_reason: str | None
    risk_90d: float | None = None
    risk_90d_low: float | None = None
    risk_90d_high: float | None = None
    average_risk_90d: float | None = None
    contributions: list[dict[str, Any]] = field(default_factory=list)
    missing_covariates: list[str] = field(default_factory=list)
    notice: str = NOTICE


def discontinuation_risk_of(patient: Patient, stored: Trajectory, *, engine: Engine) -> DiscontinuationRisk:
    """Return the risk that a patient stops within 90 days, or the reason why there is none."""
    model, source = engine.model, base_rate_source(engine)
    trajectory, facts = load_trajectory(patient, stored, engine), factors_of(patient)
    if trajectory is None:
        return DiscontinuationRisk(None, model.version, model.base_rate, source, NOT_SCORED)
    risk = model.assess(trajectory.risk_history, facts)
    if risk is None:
        why = insufficient_data_reason(trajectory.risk_history, facts.started)
        return DiscontinuationRisk(trajectory.last_day, model.version, model.base_rate, source, why)
    low, high = model.interval(risk)
    pairs = zip(FEATURES, risk.covariates, strict=True)
    return DiscontinuationRisk(
        as_of=trajectory.last_day,
        model=model.version,
        base_rate_12_months=model.base_rate,
        base_rate_source=source,
        insufficient_data_reason=None,
        risk_90d=risk.risk,
        risk_90d_low=low,
        risk_90d_high=high,
        average_risk_90d=risk.average,
        contributions=to_json(model.contributions(risk.covariates)),
        missing_covariates=[feature.meaning for feature, value in pairs if value is None],
    )
