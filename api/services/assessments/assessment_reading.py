"""Assessments for reading, with their interpretation and their history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import baseline_of
from api.domain.errors import UnknownInstrument
from api.domain.instruments import registry
from api.domain.instruments.definition import Instrument
from api.domain.instruments.interpretation import Interpretation, interpret_all
from api.domain.instruments.registry import INSTRUMENTS
from api.models.assessment import AssessmentRow, AssessmentScore, AssessmentVersion
from api.models.patient import Patient
from api.services.scoring.present_scores import complete_of
from api.services.versioned import ASSESSMENTS, ChangeFeed, changes_since, received_times


@dataclass(frozen=True, slots=True)
class CompletedAssessment:
    """A complete assessment with its present scores, for comparisons."""

    id: UUID
    local_date: date
    made: AssessmentScore


@dataclass(frozen=True, slots=True)
class AssessmentMeaning:
    """The present scores of an assessment, compared with the baseline and the last assessment."""

    instrument: Instrument
    made: AssessmentScore
    baseline: CompletedAssessment | None
    last: CompletedAssessment | None
    interpretations: Mapping[str, Interpretation]


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment and its meaning; None where it is not scored."""

    row: AssessmentRow
    meaning: AssessmentMeaning | None
    received_at: datetime
    """Time at which the present version was received."""


@dataclass(frozen=True, slots=True)
class AssessmentHistory:
    """The former versions of an assessment and all its scores, oldest first."""

    row: AssessmentRow
    versions: Sequence[AssessmentVersion]
    scores: Sequence[AssessmentScore]


def assessments_changed_since(
    session: Session, patient_id: UUID, *, since: str | None, limit: int, instrument: str | None = None
) -> ChangeFeed[AssessmentView]:
    """Return a patient's assessments in the order of their last change, with their meaning.

    Raises:
        InvalidCursor: ``since`` was not made here.
        UnknownInstrument: There is no instrument of this code.
    """
    only = None if instrument is None else AssessmentRow.instrument == registry.find(instrument).code
    found = changes_since(session, AssessmentRow, patient_id, since=since, limit=limit, only=only)
    return ChangeFeed(read_all(session, patient_id, found.items), found.next, found.more)


def read_all(
    session: Session,
    patient_id: UUID,
    rows: Sequence[AssessmentRow],
    *,
    among: Sequence[Instrument] = INSTRUMENTS,
) -> list[AssessmentView]:
    """Return assessments of one patient with their meaning, in four queries at most."""
    received = received_times(session, ASSESSMENTS, patient_id, rows)
    codes = {row.instrument for row in rows if row.scorer is not None}
    if not codes:
        return [AssessmentView(row, None, received[row.id]) for row in rows]
    started_on = session.scalar(select(Patient.ai_started_on).where(Patient.id == patient_id))
    done = _done(session, patient_id, codes)
    return [
        AssessmentView(row, _meaning(row, done[row.instrument], started_on, among), received[row.id])
        for row in rows
    ]


def history_of(session: Session, patient_id: UUID, assessment_id: UUID) -> AssessmentHistory:
    """Return the former versions of an assessment and all its scores.

    Raises:
        UnknownAssessment: The patient has none with this id.
    """
    versions = ASSESSMENTS.history(session, patient_id, assessment_id)
    scores = (
        select(AssessmentScore)
        .where(AssessmentScore.patient_id == patient_id, AssessmentScore.assessment_id == assessment_id)
        .order_by(AssessmentScore.of_version, AssessmentScore.scored_at, AssessmentScore.scorer)
    )
    return AssessmentHistory(
        ASSESSMENTS.find(session, patient_id, assessment_id), versions, session.scalars(scores).all()
    )


def _done(session: Session, patient_id: UUID, codes: set[str]) -> Mapping[str, list[CompletedAssessment]]:
    """Return a patient's complete assessments by instrument, oldest first, with present scores."""
    query = complete_of(patient_id, codes, with_unscored=False)
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
    index = next((index for index, each in enumerate(done) if each.id == row.id), None)
    if index is None:
        return None
    made = done[index].made
    try:
        instrument = registry.find(row.instrument, made.instrument_version, among=among)
    except UnknownInstrument:  # a version that this server lacks: not explained
        return None
    how = (made.scorer, made.options)  # scores by another table or rule are not comparable
    earlier = [each for each in done[:index] if (each.made.scorer, each.made.options) == how]
    baseline, last = baseline_of(earlier, ai_started_on=ai_started_on), earlier[-1] if earlier else None
    interpretations = interpret_all(
        instrument,
        made.scores,
        baseline=baseline.made.scores if baseline else None,
        last=last.made.scores if last else None,
    )
    return AssessmentMeaning(instrument, made, baseline, last, interpretations)
