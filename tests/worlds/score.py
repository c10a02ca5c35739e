"""Operating figures of an engine on a world of simulated diaries, split by group.

An alert is dated by the day on which the entry that shows it was written. An alert of worsening is

- *false* before the true rise begins, after it is over, and in a patient without one, drifts included;
- *found with a delay of 0* between the beginning of a rise and its onset: it is true, and not yet 2 points;
- *found* with its delay from the onset on, while the rise lasts;
- neither false nor found after the beginning of a rise that never comes to an onset.

An onset that no alert follows has an infinite delay, also where nothing was written after it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from zoneinfo import ZoneInfo

import numpy as np

from api.domain.alerts.finding import Finding, FindingKind
from api.services.evaluation.detection import NEVER, YEAR_DAYS
from tests.worlds.diary import WorldDiary


@dataclass(frozen=True, slots=True)
class Scored:
    """Result for one patient.

    Attributes:
        groups: Labels of the patient.
        delay: Days from onset to the alert that finds it; not a number without an onset.
        false_alerts: Number of false alerts.
        years: Years of the diary in which an alert would be false.
    """

    groups: dict[str, str]
    delay: float
    false_alerts: int
    years: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Operating figures of some patients."""

    patients: int
    onsets: int
    found_60d: float
    median_delay: float
    false_per_year: float


def compare_outcome(diary: WorldDiary, findings: Iterable[Finding]) -> Scored:
    """Compare the findings of one patient with the truth."""
    zone = ZoneInfo(diary.facts["timezone"])
    worsening = (found for found in findings if found.kind is FindingKind.WORSENING)
    days = [(found.raised_at.astimezone(zone).date() - diary.first_day).days for found in worsening]
    return compare(diary, sorted(days))


def compare(diary: WorldDiary, alerts: Sequence[int]) -> Scored:
    """Compare the days of worsening alerts with the truth."""
    rise, last = diary.truth.rise, diary.rows[-1].written_day
    delay = NEVER if rise.onset is not None else float("nan")
    begins = NEVER if rise.begins is None else rise.begins
    over = NEVER if rise.over is None else rise.over
    inside = [day for day in alerts if begins <= day < over]
    if rise.onset is not None and inside:
        delay = float(max(inside[0] - rise.onset, 0))
    span = last + 1
    at_risk = min(begins, span) + max(span - over, 0)
    return Scored(
        groups=diary.groups, delay=delay, false_alerts=len(alerts) - len(inside), years=at_risk / YEAR_DAYS
    )


def figures(scored: Sequence[Scored]) -> Figures:
    """Return the operating figures; not a number where there is nothing to divide by."""
    delays = np.array([each.delay for each in scored if not isnan(each.delay)])
    at_risk = sum(each.years for each in scored)
    median = float(np.quantile(delays, 0.5, method="inverted_cdf")) if len(delays) else float("nan")
    return Figures(
        patients=len(scored),
        onsets=len(delays),
        found_60d=float(np.mean(delays <= 60)) if len(delays) else float("nan"),
        median_delay=median,
        false_per_year=sum(each.false_alerts for each in scored) / at_risk if at_risk else float("nan"),
    )


def by_group(scored: Sequence[Scored], label: str) -> dict[str, Figures]:
    """Return the figures of each group."""
    names = sorted({each.groups[label] for each in scored})
    return {name: figures([each for each in scored if each.groups[label] == name]) for name in names}
