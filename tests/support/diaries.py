"""Diaries to score: days counted from one Monday, one entry a day at seven in the evening."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.entries.questions import Entry
from api.domain.trajectory.engine import Engine, PatientFactors
from api.domain.trajectory.outcome import DailyScore, ScoredDays

DAY_0 = date(2026, 1, 5)
UNKNOWN = PatientFactors()


def day(number: int) -> date:
    """Return the date of a day of the diary."""
    return DAY_0 + timedelta(days=number)


def entry_of(number: int, *, nth: int = 0, **answers: Any) -> Entry:
    """Return the nth entry of a day, an hour after the one before."""
    moment = datetime.combine(day(number), time(19), UTC) + timedelta(hours=nth)
    return Entry(UUID(int=((number + 100) * 100 + nth) % (1 << 128)), moment, day(number), answers)


def daily(answers: Iterable[float | None], *, since: int = 0, name: str = "pain_worst") -> list[Entry]:
    """Return one entry for each answer, day by day; None leaves the day out."""
    return [entry_of(since + i, **{name: given}) for i, given in enumerate(answers) if given is not None]


def score_diary(entries: list[Entry], facts: PatientFactors = UNKNOWN) -> ScoredDays:
    """Score a whole diary at once."""
    return Engine().begin(facts).add(entries)


def last_score(entries: list[Entry], facts: PatientFactors = UNKNOWN) -> DailyScore:
    """Return the score of the last day."""
    return score_diary(entries, facts).scores[-1]


def findings_of(entries: list[Entry], kind: FindingKind, facts: PatientFactors = UNKNOWN) -> list[Finding]:
    """Return the findings of one kind."""
    return [found for found in score_diary(entries, facts).findings if found.kind is kind]


def days_of(found: Iterable[Finding]) -> list[int]:
    """Return the days of findings, as numbers."""
    return [(finding.day - DAY_0).days for finding in found]
