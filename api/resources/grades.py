"""PRO-CTCAE grades of a patient over time, for the care team."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.instruments.scores import Result, ScoreDefinition, Unscored
from api.resources.blueprint import Blueprint
from api.resources.request_context import read_session, see_patient
from api.schemas.grade import GradesSchema
from api.services.assessments.grades import Grades, grades_of

blp = Blueprint("grades", __name__, url_prefix="/v1", description="PRO-CTCAE grades over time.")


@blp.route("/patients/<uuid:patient_id>/grades")
class PatientGrades(MethodView):
    """A patient's PRO-CTCAE grades."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, GradesSchema)
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """The composite grades of each PRO-CTCAE symptom over all completed reports.

        With the grade at baseline, the worst, the worst since baseline and the baseline-adjusted
        one. A grade that is not known is null, with its reason, and never 0.
        """
        with read_session() as session:
            return _dump_grades(grades_of(session, see_patient(session, patient_id, "grades.read")))


def _dump_grades(found: Grades) -> dict[str, Any]:
    baseline = found.series.baseline
    return {
        "instrument": found.instrument.code,
        "baseline": baseline and {"id": baseline.id, "local_date": baseline.local_date},
        "symptoms": [_symptom(score, found) for score in found.instrument.scores],
        "cautions": found.instrument.cautions,
        "sources": found.instrument.sources,
    }


def _symptom(score: ScoreDefinition, found: Grades) -> dict[str, Any]:
    course, compared = found.courses[score.id], {report.id for report in found.series.compared}
    shown = {name: getattr(score, name) for name in ("id", "name", "lowest", "highest", "direction")}
    grades = [
        {"id": each.id, "local_date": each.local_date, "included": each.id in compared}
        | _grade(each.grades[score.id])
        for each in found.series.reports
    ]
    return shown | {
        "grades": grades,
        "baseline": _grade(course.baseline),
        "worst": _grade(course.worst),
        "worst_since_baseline": _grade(course.worst_since_baseline),
        "baseline_adjusted": _grade(course.baseline_adjusted) | {"description": course.words},
    }


def _grade(grade: Result) -> dict[str, Any]:
    if isinstance(grade, Unscored):
        return {"value": None, "unscored_reason": grade.reason}
    return {"value": grade, "unscored_reason": None}
