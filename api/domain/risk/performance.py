"""How good predicted risks were: do they rank, are they right on the whole, and are they too bold?"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from api.domain.risk.fit import DidNotConverge, PersonTime, Regression, fit, flat_prior

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
NAN = float("nan")
MEASURES = ("AUROC", "calibration slope", "calibration intercept", "Brier score", "predicted over observed")
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class EvaluationCohort:
    """What is known of women looked at on one day each, by how they fared in the 90 days after.

    ``exposed`` has each one's own hazard over the 90 days as its unit; ``days`` is how long she was
    followed, 90 at most.
    """

    exposed: PersonTime
    days: Floats
    horizon: float = 90.0

    @property
    def known(self) -> Flags:
        """Of whom it is known whether she stopped within the horizon."""
        return self.exposed.stopped | (self.days >= self.horizon)


def auroc(risk: Floats, stopped: Flags, weight: Floats | None = None) -> float:
    """Return how often, of one who stopped and one who did not, the first had the higher risk; ties half.

    Source:
        Hanley and McNeil 1982, Radiology 143:29; each pair counts as its weights multiplied, once
        where there are none.

    >>> auroc(np.array([0.1, 0.4, 0.4]), np.array([False, True, False]))
    0.75
    """
    _, place = np.unique(risk, return_inverse=True)
    levels = int(place.max()) + 1 if len(place) else 0
    weight = np.ones(len(risk)) if weight is None else weight
    stays = np.bincount(place, weight * ~stopped, levels)
    stops = np.bincount(place, weight * stopped, levels)
    pairs = stays.sum() * stops.sum()
    below = np.cumsum(stays) - stays / 2
    return float((stops * below).sum() / pairs) if pairs > 0 else NAN


def share_stopped(seen: EvaluationCohort) -> float:
    """Return the share who stop within the horizon, by Kaplan and Meier 1958, J Am Stat Assoc 53:457."""
    _, staying = _survival(seen.days, seen.exposed.stopped, seen.exposed.weight)
    return 1.0 - float(staying[-1]) if len(staying) else NAN


def censoring_weights(seen: EvaluationCohort) -> Floats:
    """Return how often each woman of known outcome counts, so that she stands for those lost as well.

    Source:
        Inverse probability of censoring: Graf et al. 1999, Stat Med 18:2529. Nobody lost: all count once.
    """
    weight = seen.exposed.weight
    lost = ~seen.known
    if not lost.any():
        return weight
    days, followed = _survival(seen.days, lost, weight)
    before = np.concatenate([[1.0], followed])[np.searchsorted(days, seen.days, side="left")]
    return np.where(seen.known, weight / np.maximum(before, _LEAST), 0.0)


def performance_measures(risk: Floats, seen: EvaluationCohort) -> list[float]:
    """Return the figures of ``MEASURES``; not a number where the data cannot give one.

    Calibration is on the model's own scale: the intercept is that of the log-hazard with the slope held
    at 1 (above 0: risks were too low), the slope below 1 says that risks were too bold. Where all are lost
    before the horizon but those who stopped, nobody stands for who stays: ranking, Brier score and the
    share observed are not known.
    """
    stopped = seen.exposed.stopped
    weight = censoring_weights(seen)
    hazard = -np.log1p(-np.clip(risk, _LEAST, 1 - _LEAST))
    unknown = np.any(~seen.known) and not np.any(weight[~stopped] > 0)
    observed, total = NAN if unknown else share_stopped(seen), weight.sum()
    brier = float(np.sum(weight * (risk - stopped) ** 2) / total) if total and not unknown else NAN
    predicted = float(np.average(risk, weights=seen.exposed.weight)) if seen.exposed.weight.sum() else NAN
    slope, intercept = calibration(np.log(hazard), seen.exposed)
    ratio = predicted / observed if observed > 0 else NAN
    return [auroc(risk, stopped, weight), slope, intercept, brier, ratio]


def calibration(log_hazard: Floats, exposed: PersonTime) -> tuple[float, float]:
    """Return slope and intercept (with the slope held at 1) of what happened on predicted log-hazards.

    Args:
        log_hazard: The logarithm of each woman's predicted cumulative hazard over the horizon.
        exposed: What happened; ``before`` and ``within`` as parts of her whole hazard over the horizon.

    Source:
        Cox 1958, Biometrika 45:562, carried to hazards: Crowson et al. 2016, Stat Methods Med Res 25:1692.
    """
    ones = np.ones((len(log_hazard), 1))
    middle = float(np.mean(log_hazard)) if len(log_hazard) else 0.0
    level = _last_of(Regression(ones, log_hazard, exposed, flat_prior(1)))
    both = np.column_stack([ones, log_hazard - middle])
    tilted = Regression(both, np.full(len(log_hazard), middle), exposed, flat_prior(2))
    return _last_of(tilted), level


def _last_of(regression: Regression) -> float:
    try:
        return float(fit(regression)[-1])
    except DidNotConverge:
        return NAN


def _survival(days: Floats, ended: Flags, weight: Floats) -> tuple[Floats, Floats]:
    """Return the days on which something ended, and the share left after each (product-limit)."""
    each, place = np.unique(days, return_inverse=True)
    ends = np.bincount(place, weight * ended, len(each))
    leaves = np.bincount(place, weight, len(each))
    at_risk = leaves[::-1].cumsum()[::-1]
    left = np.cumprod(1.0 - ends / np.maximum(at_risk, _LEAST))
    return each, left
