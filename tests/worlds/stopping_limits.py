"""Findings of likely discontinuation in the second and third world, by the limit on the risk."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.policy import Policy
from api.domain.risk.model import HORIZON
from api.domain.trajectory.engine import Engine
from tests.worlds.diary import WorldDiary, entries_of, factors_of
from tests.worlds.measure import WORLDS

LIMITS = (0.15, 0.20, 0.25)
_YEAR_DAYS = 365.25


def measure_limits(world: str, count: int, seed: int) -> dict[str, dict[str, float]]:
    """Return for each limit how often a finding comes, is followed by stopping, and warns of it.

    Findings count until the tablets are stopped. Whether stopping follows is known where it does, or
    where the diary is followed for another 90 days.
    """
    diaries = list(WORLDS[world](count, seed=seed))
    return {f"{limit:.2f}": _figures(diaries, limit) for limit in LIMITS}


def _figures(diaries: Sequence[WorldDiary], limit: float) -> dict[str, Any]:
    policy = Policy()
    engine = Engine(replace(policy, stopping_risk=replace(policy.stopping_risk, value=limit)))
    scored = engine.score_diaries((factors_of(each), entries_of(each)) for each in diaries)
    findings, years, followed, warned, stoppers = 0, 0.0, [], 0, 0
    for diary, each in zip(diaries, scored, strict=True):
        stopped, until = diary.truth.stopped, diary.truth.followed
        end = until if stopped is None else stopped
        days = [day for day in _days(diary, each.outcome.findings) if day < end]
        findings, years = findings + len(days), years + end / _YEAR_DAYS
        if stopped is not None:
            stoppers += 1
            warned += any(stopped <= day + HORIZON for day in days)
        for day in days:
            stops = stopped is not None and stopped <= day + HORIZON
            if stops or day + HORIZON <= until:
                followed.append(stops)
    return {
        "per_patient_year": round(findings / years, 4),
        "followed_by_stopping": round(sum(followed) / len(followed), 4),
        "warned": warned,
        "stopped": stoppers,
    }


def _days(diary: WorldDiary, findings: Sequence[Finding]) -> list[int]:
    """Return the days of the diary on which likely discontinuation was raised."""
    zone = ZoneInfo(diary.facts["timezone"])
    kind = FindingKind.LIKELY_DISCONTINUATION
    raised = (found.raised_at.astimezone(zone).date() for found in findings if found.kind is kind)
    return [(day - diary.first_day).days for day in raised]
