"""A patient's PRO-CTCAE grades over all reports."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from api.domain.assessments.grade_series import GradeCourse, GradeReport, GradeSeries, course_of, series_of
from api.domain.instruments import registry
from api.domain.instruments.catalogue.pro_ctcae import PRO_CTCAE
from api.domain.instruments.definition import Instrument
from api.domain.instruments.scores import Result, Unscored
from api.models.assessment import AssessmentScore
from api.models.patient import Patient
from api.services.scoring.present_scores import complete_of

NOT_SCORED = Unscored("it could not be scored; the answers are kept")
NOT_OF_THIS_VERSION = "the version that scored it has no such score"


@dataclass(frozen=True, slots=True)
class Grades:
    """A patient's series of reports, and the course of each symptom by score."""

    instrument: Instrument
    series: GradeSeries
    courses: Mapping[str, GradeCourse]


def grades_of(session: Session, patient: Patient) -> Grades:
    """Return a patient's grades over all complete reports, in one query."""
    instrument = registry.find(PRO_CTCAE.code)
    query = complete_of(patient.id, [instrument.code], with_unscored=True)
    reports = [
        GradeReport(
            assessment_id,
            day,
            made.scorer if made else None,
            {each.id: NOT_SCORED if made is None else _grade(made, each.id) for each in instrument.scores},
        )
        for _, assessment_id, day, made in session.execute(query)
    ]
    series = series_of(reports, ai_started_on=patient.ai_started_on)
    return Grades(instrument, series, {each.id: course_of(series, each.id) for each in instrument.scores})


def _grade(made: AssessmentScore, score: str) -> Result:
    found: float | None = made.scores.get(score)
    return Unscored(made.unscored.get(score, NOT_OF_THIS_VERSION)) if found is None else found
