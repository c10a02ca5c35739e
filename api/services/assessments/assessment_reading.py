"""Assessments for reading: what changed, what it means beside the earlier ones, and what it was before."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus, baseline_of
from api.domain.errors import UnknownInstrument
from api.domain.instruments import registry
from api.domain.instruments.definition import Instrument
from api.domain.instruments.interpretation import Interpretation, interpret_all
from api.domain.instruments.registry import INSTRUMENTS
from api.models.assessment import AssessmentRow, AssessmentScore, AssessmentVersion
from api.models.patient import Patient
from api.services.feed_cursors import read_cursor, write_cursor
from api.services.scoring.present_scores import IS_PRESENT


@dataclass(frozen=True, slots=True)
class CompletedAssessment:
    """A complete assessment with its present scores, as far as comparing asks."""

    id: UUID
    local_date: date
    made: AssessmentScore


@dataclass(frozen=True, slots=True)
class AssessmentMeaning:
    """The present scores of an assessment, each beside the same score at baseline and the last time."""

    instrument: Instrument
    made: AssessmentScore
    baseline: CompletedAssessment | None
    last: CompletedAssessment | None
    interpretations: Mapping[str, Interpretation]


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment as it stands; ``meaning`` None: it is not scored."""

    row: AssessmentRow
    meaning: AssessmentMeaning | None


@dataclass(frozen=True, slots=True)
class AssessmentChanges:
    """What has changed since a cursor, withdrawn assessments included, and the cursor to go on from."""

    items: Sequence[AssessmentView]
    next: str
    more: bool


@dataclass(frozen=True, slots=True)
class AssessmentHistory:
    """What an assessment said before, and every score it was ever given, oldest first."""

    row: AssessmentRow
    versions: Sequence[AssessmentVersion]
    scores: Sequence[AssessmentScore]


def changes_since(
    session: Session, patient_id: UUID, *, since: str | None, limit: int, instrument: str | None = None
) -> AssessmentChanges:
    """Return a patient's assessments in the order they last changed; a client that goes on misses none.

    Raises:
        InvalidCursor: ``since`` was not made here.
        UnknownInstrument: There is no instrument of this code.
    """
    newest = select(func.max(AssessmentRow.change_seq)).where(AssessmentRow.patient_id == patient_id)
    seen = read_cursor(session, since, newest=session.scalar(newest) or 0)
    query = select(AssessmentRow).where(
        AssessmentRow.patient_id == patient_id, AssessmentRow.change_seq > seen
    )
    if instrument is not None:
        query = query.where(AssessmentRow.instrument == registry.find(instrument).code)
    rows = list(session.scalars(query.order_by(AssessmentRow.change_seq).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    last = write_cursor(session, rows[-1].change_seq if rows else seen)
    return AssessmentChanges(read_all(session, patient_id, rows), last, more)


def read_all(
    session: Session,
    patient_id: UUID,
    rows: Sequence[AssessmentRow],
    *,
    among: Sequence[Instrument] = INSTRUMENTS,
) -> list[AssessmentView]:
    """Return assessments of one patient with their meaning; three queries, however many they are."""
    codes = {row.instrument for row in rows if row.scorer is not None}
    if not codes:
        return [AssessmentView(row, None) for row in rows]
    started_on = session.scalar(select(Patient.ai_started_on).where(Patient.id == patient_id))
    done = _done(session, patient_id, codes)
    return [AssessmentView(row, _meaning(row, done[row.instrument], started_on, among)) for row in rows]


def history_of(session: Session, row: AssessmentRow) -> AssessmentHistory:
    """Return what an assessment was before it was continued, corrected, withdrawn or scored again."""
    versions = (
        select(AssessmentVersion)
        .where(AssessmentVersion.patient_id == row.patient_id, AssessmentVersion.assessment_id == row.id)
        .order_by(AssessmentVersion.version)
    )
    scores = (
        select(AssessmentScore)
        .where(AssessmentScore.patient_id == row.patient_id, AssessmentScore.assessment_id == row.id)
        .order_by(AssessmentScore.of_version, AssessmentScore.scored_at, AssessmentScore.scorer)
    )
    return AssessmentHistory(row, list(session.scalars(versions)), list(session.scalars(scores)))


def _done(session: Session, patient_id: UUID, codes: set[str]) -> Mapping[str, list[CompletedAssessment]]:
    """Return her complete assessments by instrument, oldest first, with the scores that hold now."""
    query = (
        select(AssessmentRow.instrument, AssessmentRow.id, AssessmentRow.local_date, AssessmentScore)
        .join(AssessmentScore, IS_PRESENT)
        .where(AssessmentRow.patient_id == patient_id, AssessmentRow.instrument.in_(sorted(codes)))
        .where(AssessmentRow.status == AssessmentStatus.COMPLETE)
        .order_by(AssessmentRow.local_date, AssessmentRow.completed_at, AssessmentRow.id)
    )
    found: dict[str, list[CompletedAssessment]] = defaultdict(list)
    for code, assessment_id, day, made in session.execute(query):
        found[code].append(CompletedAssessment(assessment_id, day, made))
    return found


def _meaning(
    row: AssessmentRow,
    done: Sequence[CompletedAssessment],
    ai_started_on: date | None,
    among: Sequence[Instrument],
) -> AssessmentMeaning | None:
    place = next((place for place, each in enumerate(done) if each.id == row.id), None)
    if place is None:
        return None
    made = done[place].made
    try:
        instrument = registry.find(row.instrument, made.instrument_version, among=among)
    except UnknownInstrument:  # of a version this software no longer has: the numbers stand, unexplained
        return None
    how = (made.scorer, made.options)  # of another table or rule: numbers that do not compare
    earlier = [each for each in done[:place] if (each.made.scorer, each.made.options) == how]
    baseline, last = baseline_of(earlier, ai_started_on=ai_started_on), earlier[-1] if earlier else None
    interpretations = interpret_all(
        instrument,
        made.scores,
        baseline=baseline.made.scores if baseline else None,
        last=last.made.scores if last else None,
    )
    return AssessmentMeaning(instrument, made, baseline, last, interpretations)
