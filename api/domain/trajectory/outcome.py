"""Results of scoring: daily scores and findings."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from api.domain.alerts.finding import Finding, Severity


class ScoreStatus(StrEnum):
    """Extent to which a day could be scored; anything but ``scored`` is no sign of low symptoms."""

    SCORED = "scored"
    NO_BASELINE = "no_baseline"
    TOO_FEW_ANSWERS = "too_few_answers"
    NO_PAIN_ANSWER = "no_pain_answer"


class DailyScore(NamedTuple):
    """The state of one patient on one local day with at least one entry.

    Levels, baseline and change are points of 0 to 10, higher is worse. ``p_worsening`` is the
    probability, 0 to 1, that a lasting rise of symptoms has begun in the last weeks. The two shares
    of tablets are 0 to 1, higher is better, over the days with an answer on tablets;
    ``unknown_doses_28d`` counts the other days of the last 28. ``risk_90d`` is the probability, 0
    to 1, that the patient stops the tablets within 90 days. Each ``low`` and ``high`` are the ends
    of the 95% interval of the number of the same name; those of a level cover the true level of the
    7 days. ``extra_check_ins`` is the number asked for in the coming week where they begin on this
    day, else 0. None always means not known.
    """

    local_date: date
    status: ScoreStatus
    severity: Severity | None
    pain_level: float | None
    pain_baseline: float | None
    pain_change: float | None
    p_worsening: float | None
    stiffness_level: float | None
    interference_level: float | None
    self_reported_pdc_7d: float | None
    self_reported_pdc_28d: float | None
    unknown_doses_28d: int
    risk_90d: float | None = None
    pain_change_low: float | None = None
    pain_change_high: float | None = None
    risk_90d_low: float | None = None
    risk_90d_high: float | None = None
    extra_check_ins: int = 0
    pain_level_low: float | None = None
    pain_level_high: float | None = None
    stiffness_level_low: float | None = None
    stiffness_level_high: float | None = None


@dataclass(frozen=True, slots=True)
class ScoredDays:
    """The scores and findings of some days, oldest first.

    They replace every stored score and finding of this patient with a day at or after ``since``.
    """

    since: date
    scores: tuple[DailyScore, ...]
    findings: tuple[Finding, ...]
