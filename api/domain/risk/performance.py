"""Performance of predicted risks: discrimination, calibration and Brier score."""

from dataclasses import dataclass

import numpy as np

from api.domain.risk.fit import DidNotConverge, Flags, Floats, PersonTime, Regression, fit, flat_prior

NAN = float("nan")
MEASURES = ("AUROC", "calibration slope", "calibration intercept", "Brier score", "predicted over observed")
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class EvaluationCohort:
    """Outcomes of patients in the 90 days after one day each.

    Attributes:
        person_time: In units of each patient's own hazard over the 90 days.
        days: Days of follow-up, 90 at most.
    """

    person_time: PersonTime
    days: Floats
    horizon: float = 90.0

    @property
    def known(self) -> Flags:
        """True where the outcome at the horizon is known."""
        return self.person_time.stopped | (self.days >= self.horizon)


def auroc(risk: Floats, stopped: Flags, weight: Floats | None = None) -> float:
    """Return the area under the ROC curve.

    It is the probability that of a patient who stopped and one who did not the first had the higher
    risk; a tie counts half.

    Source:
        Hanley and McNeil 1982, Radiology 143:29; a pair counts by the product of its weights.

    >>> auroc(np.array([0.1, 0.4, 0.4]), np.array([False, True, False]))
    0.75
    """
    _, rank = np.unique(risk, return_inverse=True)
    levels = int(rank.max()) + 1 if len(rank) else 0
    weight = np.ones(len(risk)) if weight is None else weight
    stays = np.bincount(rank, weight * ~stopped, levels)
    stops = np.bincount(rank, weight * stopped, levels)
    pairs = stays.sum() * stops.sum()
    below = np.cumsum(stays) - stays / 2
    return float((stops * below).sum() / pairs) if pairs > 0 else NAN


def share_stopped(cohort: EvaluationCohort) -> float:
    """Return the share who stop within the horizon.

    Source:
        Kaplan and Meier 1958, J Am Stat Assoc 53:457.
    """
    _, staying = _survival(cohort.days, cohort.person_time.stopped, cohort.person_time.weight)
    return 1.0 - float(staying[-1]) if len(staying) else NAN


def censoring_weights(cohort: EvaluationCohort) -> Floats:
    """Return the weight of each patient with a known outcome, so that those lost are represented.

    Source:
        Inverse probability of censoring: Graf et al. 1999, Stat Med 18:2529.
    """
    weight = cohort.person_time.weight
    lost = ~cohort.known
    if not lost.any():
        return weight
    days, followed = _survival(cohort.days, lost, weight)
    before = np.concatenate([[1.0], followed])[np.searchsorted(days, cohort.days, side="left")]
    return np.where(cohort.known, weight / np.maximum(before, _LEAST), 0.0)


def performance_measures(risk: Floats, cohort: EvaluationCohort) -> list[float]:
    """Return the values of ``MEASURES``; NaN where the data give none.

    Calibration is on the scale of the log-hazard: the intercept is estimated with the slope held at
    1 (above 0: risks were too low); a slope below 1 means that risks were too extreme. Where all
    patients are lost before the horizon but those who stopped, no patient represents those who
    continue: AUROC, Brier score and the observed share are not known.
    """
    stopped = cohort.person_time.stopped
    weight = censoring_weights(cohort)
    hazard = -np.log1p(-np.clip(risk, _LEAST, 1 - _LEAST))
    unknown = np.any(~cohort.known) and not np.any(weight[~stopped] > 0)
    observed, total = NAN if unknown else share_stopped(cohort), weight.sum()
    brier = float(np.sum(weight * (risk - stopped) ** 2) / total) if total and not unknown else NAN
    predicted = (
        float(np.average(risk, weights=cohort.person_time.weight)) if cohort.person_time.weight.sum() else NAN
    )
    slope, intercept = calibration(np.log(hazard), cohort.person_time)
    ratio = predicted / observed if observed > 0 else NAN
    return [auroc(risk, stopped, weight), slope, intercept, brier, ratio]


def calibration(log_hazard: Floats, person_time: PersonTime) -> tuple[float, float]:
    """Return slope and intercept (with the slope held at 1) of outcomes on predicted log-hazards.

    Args:
        log_hazard: Logarithm of each patient's predicted cumulative hazard over the horizon.
        person_time: Outcomes; ``before`` and ``within`` as parts of the whole hazard over the
            horizon.

    Source:
        Cox 1958, Biometrika 45:562, applied to hazards: Crowson et al. 2016, Stat Methods Med Res
        25:1692.
    """
    ones = np.ones((len(log_hazard), 1))
    middle = float(np.mean(log_hazard)) if len(log_hazard) else 0.0
    level = _last_of(Regression(ones, log_hazard, person_time, flat_prior(1)))
    both = np.column_stack([ones, log_hazard - middle])
    tilted = Regression(both, np.full(len(log_hazard), middle), person_time, flat_prior(2))
    return _last_of(tilted), level


def _last_of(regression: Regression) -> float:
    try:
        return float(fit(regression)[-1])
    except DidNotConverge:
        return NAN


def _survival(days: Floats, ended: Flags, weight: Floats) -> tuple[Floats, Floats]:
    """Return the event days, and the Kaplan-Meier estimate after each."""
    each, index = np.unique(days, return_inverse=True)
    ends = np.bincount(index, weight * ended, len(each))
    leaves = np.bincount(index, weight, len(each))
    at_risk = leaves[::-1].cumsum()[::-1]
    left = np.cumprod(1.0 - ends / np.maximum(at_risk, _LEAST))
    return each, left
