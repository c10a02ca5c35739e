"""A patient's present silence, by the patient's local date, and the silences that need no alert.

`silence_alerts` opens the alerts; it is a module of its own since it uses `score`, which uses this
one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.alerts.urgency import is_due_today
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import PatientTrajectory
from api.domain.trajectory.outcome import ScoredDays
from api.services.alerts import evidence
from api.services.scoring.patient_lock import LockedPatient

HISTORY = timedelta(days=183)
"""The time before enrolment from which an ended silence opens no alert. Judgement."""


class PatientClock(NamedTuple):
    """A patient's time zone, and when the newest entry was recorded, whatever day it is about."""

    patient_id: UUID
    timezone: str
    last_entry_at: datetime | None

    @classmethod
    def of(cls, locked: LockedPatient) -> Self:
        """Return the clock of a locked patient."""
        return cls(locked.patient_id, locked.timezone, locked.last_entry_at)

    def day_of(self, moment: datetime) -> date:
        """Return the patient's local date at a moment."""
        return local_day(moment, zone_of(self.timezone))

    @property
    def last_entry_on(self) -> date | None:
        """The local date on which the newest entry was recorded."""
        return None if self.last_entry_at is None else self.day_of(self.last_entry_at)


def present_silence(clock: PatientClock, trajectory: PatientTrajectory, *, now: datetime) -> Finding | None:
    """Return the silence that continues; None when there is none."""
    return trajectory.silence_on(clock.day_of(now), clock.last_entry_on)


def open_silences(
    session: Session, patients: Sequence[tuple[PatientClock, PatientTrajectory, ScoredDays]], *, now: datetime
) -> list[tuple[Finding, ...]]:
    """Return each patient's continuing silence that has an alert, which scoring must not withdraw.

    It stays the same silence where a late entry moves its beginning by some days. Scoring raises no
    new silence, since it also runs while old entries come in one by one: `silence_alerts` does. Only a
    reason given during a silence shows it in the scored days themselves.

    Returns:
        For each patient the one silence, or nothing.
    """
    silent = [clock.patient_id for clock, trajectory, _ in patients if _is_silent(clock, trajectory, now=now)]
    days = evidence.newest_days(session, silent, FindingKind.SILENCE)
    lasting: list[tuple[Finding, ...]] = []
    for clock, trajectory, outcome in patients:
        found = present_silence(clock, trajectory, now=now) if clock.patient_id in silent else None
        last_day = trajectory.last_day or date.max
        is_open = days.get(clock.patient_id, date.min) > last_day or found in outcome.findings
        lasting.append((found,) if found is not None and is_open else ())
    return lasting


def without_early_silences(
    session: Session, locked: LockedPatient, findings: Sequence[Finding]
) -> list[Finding]:
    """Return findings without silences that ended long before enrolment.

    They began to count more than half a year before it, as between an old diary on paper and the
    present one: no entry was expected then. One that has an alert already is kept.
    """
    early = {finding.key for finding in findings if _ended_early(finding, locked.enrolled_at)}
    if not early:
        return list(findings)
    early -= evidence.live_keys(session, locked.patient_id, FindingKind.SILENCE)
    return [each for each in findings if each.kind is not FindingKind.SILENCE or each.key not in early]


def _ended_early(finding: Finding, enrolled_at: datetime) -> bool:
    is_over = finding.numbers.get("wrote_again_on") is not None or is_due_today(finding.numbers)
    return finding.kind is FindingKind.SILENCE and is_over and finding.day < enrolled_at.date() - HISTORY


def _is_silent(clock: PatientClock, trajectory: PatientTrajectory, *, now: datetime) -> bool:
    due = trajectory.silence_due(clock.last_entry_on)
    return due is not None and clock.day_of(now) >= due
