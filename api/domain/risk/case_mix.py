"""Case mix: sets the base rate of a model to a population of patients."""

import math
from collections.abc import Sequence
from dataclasses import replace

from api.domain.risk.model import YEAR, RiskModel, exposure

MONTHS = 12
_MONTH = YEAR / MONTHS
SITE_ERROR = 0.15
"""Standard error of the log-hazard of a base rate that a site knows (judgement)."""


def with_base_rate(model: RiskModel, rate: float, relative: Sequence[float | None]) -> RiskModel:
    """Return the model by which this share of these patients is expected to stop within 12 months.

    Args:
        model: Any model; its effects are kept.
        rate: Share who stop within 12 months, above 0 and below 1.
        relative: For each of the first 12 months, the mean of exp(predictor) over the patients;
            None for a month without data, for which the nearest month with data is used.

    Returns:
        The model with the base rate, and a centre that fits the patients. No outcome is used.

    Raises:
        ValueError: No month has data.

    >>> same = with_base_rate(RiskModel(), 0.2, [1.0] * 12)
    >>> same.base_rate, same.centre
    (0.2, 0.0)
    """
    known = [month for month, mean in enumerate(relative) if mean is not None]
    if not known:
        raise ValueError("no month has data")
    total = 0.0
    for month in range(MONTHS):
        nearest = min(known, key=lambda other: (abs(other - month), other))
        hazard = exposure(month * _MONTH, (month + 1) * _MONTH)
        total += hazard * (relative[nearest] or 0.0)
    centre = -math.log(total / exposure(0, YEAR)) + 0.0
    return replace(model, base_rate=rate, centre=centre, errors=(SITE_ERROR, *model.errors[1:]))
