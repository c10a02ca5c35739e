"""Questionnaires that staff write down for a patient."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.entries.origin import EntryOrigin, EntryVia, ReportedBy
from api.domain.errors import AssessmentConflict
from api.resources.assessments import sent_content, show_row
from api.resources.blueprint import Blueprint
from api.resources.patient_entries import writer
from api.resources.request_context import Versioned, engine, etag_of, if_match, scored
from api.schemas.assessment import AssessmentSchema, RecordedAssessmentChangesSchema, RecordedAssessmentSchema
from api.services.assessments import assessments

blp = Blueprint(
    "patient_assessments",
    __name__,
    url_prefix="/v1/patients/<uuid:patient_id>/assessments",
    description="Questionnaires that staff write down for a patient.",
)


@blp.route("")
class RecordedAssessments(MethodView):
    """Questionnaires that staff write down."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409)
    @blp.arguments(RecordedAssessmentSchema)
    @blp.response(201, AssessmentSchema, description="The assessment was recorded, and scored if complete")
    @blp.alt_response(
        200,
        schema=AssessmentSchema,
        success=True,
        description="The same content was sent before; the current version is returned",
    )
    def post(self, body: dict[str, Any], patient_id: UUID) -> Versioned:
        """Write down what a patient answers by telephone, on paper or in a visit.

        Checked, scored and alerted of like the patient's own, see `POST /v1/me/assessments`, and marked
        with `via` and `reported_by`. Safe to repeat: the client's `id` makes it once.
        """
        assessment_id, origin = body.pop("id"), _taken_out_of(body)

        def record(session: Session, now: datetime) -> tuple[bool, int, dict[str, Any]]:
            row, is_new = assessments.record_assessment(
                session,
                writer(session, patient_id),
                assessment_id,
                replace(sent_content(body), origin=origin),
                engine=engine(),
                now=now,
            )
            return is_new, row.version, show_row(session, row)

        is_new, version, shown = scored(record)
        location = {"Location": f"/v1/patients/{patient_id}/assessments/{assessment_id}"}
        return shown, 201 if is_new else 200, {"ETag": etag_of(version)} | location


@blp.route("/<uuid:assessment_id>")
class RecordedAssessmentById(MethodView):
    """One questionnaire, continued, corrected or withdrawn by staff."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 412, 428)
    @blp.arguments(RecordedAssessmentChangesSchema)
    @blp.response(200, AssessmentSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def put(self, body: dict[str, Any], patient_id: UUID, assessment_id: UUID) -> Versioned:
        """Go on with a questionnaire of a patient, complete it, or correct it.

        The content is replaced and the former one kept; complete ones are scored again. Needs If-Match
        with the `version` as its ETag. A withdrawn one counts again.
        """
        if body.pop("id", assessment_id) != assessment_id:
            raise AssessmentConflict("the id is another assessment's", {"id": f"is not {assessment_id}"})
        origin = _taken_out_of(body)

        def change(session: Session, now: datetime) -> tuple[int, dict[str, Any]]:
            row = assessments.change_assessment(
                session,
                writer(session, patient_id),
                assessment_id,
                replace(sent_content(body), origin=origin),
                check_version=if_match(),
                engine=engine(),
                now=now,
            )
            return row.version, show_row(session, row)

        version, shown = scored(change)
        return shown, 200, {"ETag": etag_of(version)}

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 412, 428)
    @blp.response(204)
    @blp.doc(parameters=["IF_MATCH"])
    def delete(self, patient_id: UUID, assessment_id: UUID) -> None:
        """Withdraw a questionnaire of a patient.

        It no longer counts, nor is anything compared with it; its answers stay in its history. Needs
        If-Match with the `version` as its ETag.
        """
        scored(
            lambda session, now: assessments.withdraw_assessment(
                session,
                writer(session, patient_id),
                assessment_id,
                check_version=if_match(),
                engine=engine(),
                now=now,
            )
        )


def _taken_out_of(body: dict[str, Any]) -> EntryOrigin:
    return EntryOrigin(EntryVia(body.pop("via")), ReportedBy(body.pop("reported_by")))
