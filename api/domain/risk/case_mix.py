"""Case mix: sets the base rate of a model to a population of patients."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from api.domain.constants import DAYS_PER_WEEK
from api.domain.diary.daily_summary import DailySummary
from api.domain.risk.model import RiskModel

_ASSUMED = 20
"""Patients that the centres of the model before are worth: few patients hardly move them (judgement)."""


class RelativeHazards(NamedTuple):
    """Relative hazards, exp(predictor), of patients in one month of their diaries: sum and number."""

    total: float = 0.0
    patients: int = 0


def with_base_rate(model: RiskModel, rate: float, relative: Sequence[RelativeHazards]) -> RiskModel:
    """Return the model by which this share of these patients is expected to stop within 12 months.

    Args:
        model: Any model; its effects are kept.
        rate: Share who stop within 12 months, above 0 and below 1.
        relative: For each of the months of ``model.centres``, of the patients still on the tablets.

    Returns:
        The model with the base rate, and centres that fit the patients. No outcome is used.

    Raises:
        ValueError: No month has data.

    >>> centres = with_base_rate(RiskModel(), 0.2, [RelativeHazards(1e6, 10**6)] * 6).centres
    >>> [abs(round(centre, 3)) for centre in centres]
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    if not any(month.patients for month in relative):
        raise ValueError("no month has data")
    centres = tuple(
        math.log((month.patients + _ASSUMED) / (month.total + _ASSUMED * math.exp(-centre)))
        for month, centre in zip(relative, model.centres, strict=True)
    )
    return replace(model.with_stated_rate(rate), centres=centres)


class Untaken(NamedTuple):
    """Days up to the last answer on tablets on which none was taken; ``since`` is 0 where one was."""

    since: int = 0
    days: int = 0

    @property
    def may_have_stopped(self) -> bool:
        """True if no tablet was taken for a week: the hazard of stopping no longer applies (judgement)."""
        return self.days >= DAYS_PER_WEEK

    def add(self, day: DailySummary) -> "Untaken":
        """Return the days with one later day added; a day without an answer changes nothing.

        >>> day = DailySummary(700)
        >>> day.dose_rank = 1
        >>> Untaken(690, 5).add(day)
        Untaken(since=690, days=11)
        """
        missed = None if day.missed_7d is None else day.missed_7d.value
        if day.dose == "taken" or (missed is not None and missed < DAYS_PER_WEEK):
            return Untaken()
        if missed is None and not day.dose_rank:
            return self
        first = day.ordinal if missed is None else day.ordinal - DAYS_PER_WEEK + 1
        since = min(self.since or first, first)
        return Untaken(since, day.ordinal - since + 1)
