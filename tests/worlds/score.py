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
from itertools import tee
from math import isnan
from zoneinfo import ZoneInfo

import numpy as np

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.trajectory.engine import Engine
from tests.worlds.diary import WorldDiary, entries_of, factors_of

NEVER = float("inf")
_YEAR_DAYS = 365.25


@dataclass(frozen=True, slots=True)
class Scored:
    """Result for one patient.

    Attributes:
        groups: Labels of the patient.
        delay: Days from onset to the alert that finds it; not a number without an onset.
        false_alerts: Number of false alerts.
        years: Years of the diary in which an alert would be false.
        diary_years: Years from the first day to the last entry.
        severe: Alerts of severe symptoms.
        alerts: Days of the worsening alerts.
    """

    groups: dict[str, str]
    delay: float
    false_alerts: int
    years: float
    diary_years: float
    severe: int
    alerts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Operating figures of some patients."""

    patients: int
    onsets: int
    found_60d: float
    median_delay: float
    false_per_year: float
    severe_per_year: float


def score_world(diaries: Iterable[WorldDiary], engine: Engine | None = None) -> list[Scored]:
    """Run the engine over a cohort."""
    to_score, kept = tee(diaries)
    pairs = ((factors_of(diary), entries_of(diary)) for diary in to_score)
    scored = (engine or Engine()).score_diaries(pairs)
    return [compare_outcome(diary, each.outcome.findings) for diary, each in zip(kept, scored, strict=True)]


def compare_outcome(diary: WorldDiary, findings: Iterable[Finding]) -> Scored:
    """Compare the findings of one patient with the truth."""
    zone = ZoneInfo(diary.facts["timezone"])
    days: dict[FindingKind, list[int]] = {}
    for found in findings:
        day = (found.raised_at.astimezone(zone).date() - diary.first_day).days
        days.setdefault(found.kind, []).append(day)
    alerts = sorted(days.get(FindingKind.WORSENING, ()))
    return compare(diary, alerts, severe=len(days.get(FindingKind.SEVERE_SYMPTOMS, ())))


def compare(diary: WorldDiary, alerts: Sequence[int], *, severe: int = 0) -> Scored:
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
        groups=diary.groups,
        delay=delay,
        false_alerts=len(alerts) - len(inside),
        years=at_risk / _YEAR_DAYS,
        diary_years=span / _YEAR_DAYS,
        severe=severe,
        alerts=tuple(alerts),
    )


def figures(scored: Sequence[Scored]) -> Figures:
    """Return the operating figures; not a number where there is nothing to divide by."""
    delays = np.array([each.delay for each in scored if not isnan(each.delay)])
    at_risk, years = (sum(getattr(each, name) for each in scored) for name in ("years", "diary_years"))
    median = float(np.quantile(delays, 0.5, method="inverted_cdf")) if len(delays) else float("nan")
    return Figures(
        patients=len(scored),
        onsets=len(delays),
        found_60d=float(np.mean(delays <= 60)) if len(delays) else float("nan"),
        median_delay=median,
        false_per_year=sum(each.false_alerts for each in scored) / at_risk if at_risk else float("nan"),
        severe_per_year=sum(each.severe for each in scored) / years if years else float("nan"),
    )


def by_group(scored: Sequence[Scored], label: str) -> dict[str, Figures]:
    """Return the figures of each group."""
    names = sorted({each.groups[label] for each in scored})
    return {name: figures([each for each in scored if each.groups[label] == name]) for name in names}


def table(scored: Sequence[Scored], labels: Iterable[str]) -> str:
    """Return the figures of all patients and of each group, as lines of text."""
    lines = [f"{'group':40} {'n':>5} {'onsets':>6} {'found':>6} {'median':>6} {'false':>6} {'severe':>6}"]
    groups = {"all": figures(scored)}
    for label in labels:
        groups |= {f"{label}: {name or 'none'}": found for name, found in by_group(scored, label).items()}
    for name, each in groups.items():
        lines.append(
            f"{name:40} {each.patients:5} {each.onsets:6} {each.found_60d:6.2f} {each.median_delay:6.0f}"
            f" {each.false_per_year:6.2f} {each.severe_per_year:6.2f}"
        )
    return "\n".join(lines)
