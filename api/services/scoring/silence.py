"""Whether a patient is silent at present, on her own clock, and whether her team knows."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import PatientTrajectory
from api.services.alerts import evidence
from api.services.scoring.patient_lock import LockedPatient

HISTORY = timedelta(days=183)
"""How long before enrolment a silence is history: no alert is opened for one that has ended. Judgement."""


class PatientClock(NamedTuple):
    """Whose silence, on which clock, and when the newest entry was recorded, whatever day it is about."""

    patient_id: UUID
    timezone: str
    heard_at: datetime | None

    @classmethod
    def of(cls, standing: LockedPatient) -> Self:
        """Return whose silence it is, of a patient whose row is locked."""
        return cls(standing.patient_id, standing.timezone, standing.last_entry_at)

    def day_of(self, moment: datetime) -> date:
        """Return the day it is where she lives."""
        return local_day(moment, zone_of(self.timezone))

    @property
    def heard_on(self) -> date | None:
        """The day her newest entry was recorded."""
        return None if self.heard_at is None else self.day_of(self.heard_at)


def lasting(whose: PatientClock, course: PatientTrajectory, *, now: datetime) -> Finding | None:
    """Return the silence that lasts; None when there is none."""
    return course.silent_at(whose.day_of(now), whose.heard_on)


def told(
    session: Session, asked: Sequence[tuple[PatientClock, PatientTrajectory]], *, now: datetime
) -> list[tuple[Finding, ...]]:
    """Return the silence that lasts and that the team has been told of: scoring must not withdraw it.

    That it has begun some days later than was thought, as a late entry may say, makes it no other one.
    A new one is not scoring's to tell: it runs as entries come in, perhaps old ones one by one.
    `silence_watch` tells it.

    Returns:
        For each patient the one silence, or nothing.
    """
    silent = [whose.patient_id for whose, course in asked if _is_silent(whose, course, now=now)]
    days = evidence.newest_days(session, silent, FindingKind.SILENCE)
    found = [
        lasting(whose, course, now=now)
        if course.last_day and days.get(whose.patient_id, date.min) > course.last_day
        else None
        for whose, course in asked
    ]
    return [() if silence is None else (silence,) for silence in found]


def tellable(session: Session, standing: LockedPatient, findings: Sequence[Finding]) -> list[Finding]:
    """Return findings without the silences that had ended before anybody could be told of them.

    They began to count more than half a year before enrolment, as between an old diary on paper and the
    present one: nobody waited for an entry then. One that the team has been told of stays.
    """
    early = {finding.key for finding in findings if _ended_early(finding, standing.enrolled_at)}
    if not early:
        return list(findings)
    early -= evidence.live_keys(session, standing.patient_id, FindingKind.SILENCE)
    return [each for each in findings if each.kind is not FindingKind.SILENCE or each.key not in early]


def _ended_early(finding: Finding, enrolled_at: datetime) -> bool:
    if finding.kind is not FindingKind.SILENCE or finding.numbers.get("wrote_again_on") is None:
        return False
    return finding.day < enrolled_at.date() - HISTORY


def _is_silent(whose: PatientClock, course: PatientTrajectory, *, now: datetime) -> bool:
    due = course.silence_due(whose.heard_on)
    return due is not None and whose.day_of(now) >= due
