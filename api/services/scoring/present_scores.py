"""The present scores of a questionnaire, among those of former versions."""

from sqlalchemy import and_
from sqlalchemy.orm import Session

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
