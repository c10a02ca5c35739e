"""The present scores of questionnaires, among those of former versions."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from api.domain.assessments.assessment import AssessmentStatus
from api.models.assessment import AssessmentRow, AssessmentScore


def present_score(session: Session, row: AssessmentRow) -> AssessmentScore | None:
    """Return the present scores; None where it is not scored."""
    if row.scorer is None:
        return None
    return session.get(AssessmentScore, (row.patient_id, row.id, row.version, row.scorer))


IS_PRESENT = and_(
    AssessmentScore.patient_id == AssessmentRow.patient_id,
    AssessmentScore.assessment_id == AssessmentRow.id,
    AssessmentScore.of_version == AssessmentRow.version,
    AssessmentScore.scorer == AssessmentRow.scorer,
)
"""The join condition of an assessment and its present scores."""


def complete_of(
    patient_id: UUID, codes: Iterable[str], *, with_unscored: bool
) -> Select[str, UUID, date, AssessmentScore]:
    """Select instrument, id, day and present scores of a patient's complete questionnaires, oldest first."""
    return (
        select(AssessmentRow.instrument, AssessmentRow.id, AssessmentRow.local_date, AssessmentScore)
        .join(AssessmentScore, IS_PRESENT, isouter=with_unscored)
        .where(AssessmentRow.patient_id == patient_id, AssessmentRow.instrument.in_(sorted(codes)))
        .where(AssessmentRow.status == AssessmentStatus.COMPLETE)
        .order_by(AssessmentRow.local_date, AssessmentRow.completed_at, AssessmentRow.id)
    )
