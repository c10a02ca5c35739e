"""Courses of the last four weeks in short, for the patients of one page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from api.domain.schedule import local_day, zone_of
from api.models.entry import EntryRow
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow

DAYS = 28
SHOWN = ("pain_worst", "stiffness", "interference", "dose")
"""Answers of the newest entry that are shown."""


@dataclass(frozen=True, slots=True)
class LastAnswers:
    """The newest entry of a patient: its day, and its answers as they were given."""

    local_date: date
    recorded_at: datetime
    answers: Mapping[str, Any]


@dataclass(slots=True)
class Sparkline:
    """Daily pain levels of four weeks up to the patient's present day; None: no level on that day."""

    first_day: date
    levels: list[float | None] = field(default_factory=lambda: [None] * DAYS)
    usual: float | None = None
    last: LastAnswers | None = None


def sparklines(session: Session, patients: Sequence[Patient], *, now: datetime) -> dict[UUID, Sparkline]:
    """Return the sparkline of each patient, by three queries."""
    first_days = {each.id: _first_day(each, now) for each in patients}
    found = {patient_id: Sparkline(day) for patient_id, day in first_days.items()}
    if not found:
        return found
    columns = (ScoreRow.patient_id, ScoreRow.local_date, ScoreRow.pain_level)
    since = min(first_days.values())
    levels = select(*columns).where(ScoreRow.patient_id.in_(found), ScoreRow.local_date >= since)
    for patient_id, day, level in session.execute(levels):
        place = (day - first_days[patient_id]).days
        if level is not None and 0 <= place < DAYS:
            found[patient_id].levels[place] = round(level, 1)
    for patient_id, usual in session.execute(_usual_levels(found)):
        found[patient_id].usual = None if usual is None else round(usual, 1)
    for entry in session.scalars(_last_entries(found)):  # the newest of the day comes last
        answers = {name: entry.answers[name] for name in SHOWN if name in entry.answers}
        found[entry.patient_id].last = LastAnswers(entry.local_date, entry.recorded_at, answers)
    return found


def _first_day(patient: Patient, now: datetime) -> date:
    return local_day(now, zone_of(patient.timezone)) - timedelta(days=DAYS - 1)


def _usual_levels(patient_ids: Mapping[UUID, object]) -> Select[UUID, float | None]:
    """Return the query for the usual level by the newest score."""
    newest = and_(Trajectory.patient_id == ScoreRow.patient_id, Trajectory.last_day == ScoreRow.local_date)
    of_page = Trajectory.patient_id.in_(patient_ids)
    return select(ScoreRow.patient_id, ScoreRow.pain_baseline).join(Trajectory, newest).where(of_page)


def _last_entries(patient_ids: Mapping[UUID, object]) -> Select[EntryRow]:
    """Return the query for the entries of the newest day with one, oldest first."""
    newest = and_(Trajectory.patient_id == EntryRow.patient_id, Trajectory.last_day == EntryRow.local_date)
    entries = select(EntryRow).join(Trajectory, newest).where(Trajectory.patient_id.in_(patient_ids))
    return entries.where(EntryRow.withdrawn.is_(False)).order_by(EntryRow.recorded_at, EntryRow.id)
