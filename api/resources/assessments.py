"""Questionnaires, for the patient and for the care team."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.authority import Scope
from api.domain.errors import AssessmentConflict
from api.models.assessment import AssessmentRow
from api.models.audit import QUESTIONNAIRE_LOOK
from api.resources.blueprint import Blueprint
from api.resources.refused_requests import sent_at
from api.resources.request_context import (
    Versioned,
    engine,
    etag_of,
    if_match,
    now,
    principal,
    read_session,
    scored,
    see_patient,
)
from api.schemas.assessment import (
    AssessmentChangesSchema,
    AssessmentHistorySchema,
    AssessmentSchema,
    AssessmentsQuerySchema,
    AssessmentsSchema,
    NewAssessmentSchema,
)
from api.schemas.assessment_view import dump_assessment, dump_changes, dump_history
from api.services.access.visibility import find_patient
from api.services.assessments import assessment_reading, assessments
from api.services.patients.diary_looks import QUESTIONNAIRES, record_look
from api.services.versioned import ASSESSMENTS

blp = Blueprint("assessments", __name__, url_prefix="/v1", description="Questionnaires and their scores.")


@blp.route("/me/assessments")
class Assessments(MethodView):
    """The caller's questionnaires."""

    @requires(Scope.REPORT)
    @fails_with(404, 409)
    @blp.arguments(NewAssessmentSchema)
    @blp.response(201, AssessmentSchema, description="The assessment was recorded, and scored if complete")
    @blp.alt_response(
        200,
        schema=AssessmentSchema,
        success=True,
        description="The same content was sent before; the current version is returned",
    )
    def post(self, body: dict[str, Any]) -> Versioned:
        """Start a questionnaire, or send a complete one.

        Safe to repeat: the client's `id` makes it once; the same id with other content is a
        conflict. Unanswered items are left out or null, never 0. A partial one is kept and not
        scored; go on with it by PUT, from any device.
        """
        assessment_id = body.pop("id")

        def record(session: Session, now: datetime) -> tuple[AssessmentRow, bool, dict[str, Any]]:
            row, is_new = assessments.record_assessment(
                session, principal(), assessment_id, sent_content(body), engine=engine(), now=now
            )
            return row, is_new, show_row(session, row)

        row, is_new, shown = scored(record)
        location = {"Location": f"/v1/me/assessments/{row.id}"}
        return shown, 201 if is_new else 200, {"ETag": etag_of(row.version)} | location

    @requires(Scope.DIARY_READ)
    @fails_with(404, 422)
    @blp.arguments(AssessmentsQuerySchema, location="query")
    @blp.response(200, AssessmentsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Every questionnaire that changed since a cursor, with its scores.

        In the order they last changed, withdrawn ones without answers. Keep `next` and send it as
        `since` the next time: nothing is missed and nothing comes twice.
        """
        with read_session() as session:
            return dump_changes(
                assessment_reading.assessments_changed_since(session, principal().id, **query)
            )


@blp.route("/me/assessments/<uuid:assessment_id>")
class AssessmentById(MethodView):
    """One questionnaire."""

    @requires(Scope.DIARY_READ)
    @fails_with(404)
    @blp.response(200, AssessmentSchema)
    def get(self, assessment_id: UUID) -> Versioned:
        """The present version of one questionnaire, with its ETag."""
        with read_session() as session:
            row = ASSESSMENTS.find(session, principal().id, assessment_id)
            return show_row(session, row), 200, {"ETag": etag_of(row.version)}

    @requires(Scope.REPORT)
    @fails_with(404, 409, 412, 428)
    @blp.arguments(AssessmentChangesSchema)
    @blp.response(200, AssessmentSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def put(self, body: dict[str, Any], assessment_id: UUID) -> Versioned:
        """Go on with a questionnaire, complete it, or correct it.

        The content is replaced and the former one kept; complete ones are scored again.
        Needs If-Match with the ETag that was read. A withdrawn one counts again.
        """
        if body.pop("id", assessment_id) != assessment_id:
            raise AssessmentConflict("the id is another assessment's", {"id": f"is not {assessment_id}"})

        def change(session: Session, now: datetime) -> tuple[AssessmentRow, dict[str, Any]]:
            row = assessments.change_assessment(
                session,
                principal(),
                assessment_id,
                sent_content(body),
                check_version=if_match(),
                engine=engine(),
                now=now,
            )
            return row, show_row(session, row)

        row, shown = scored(change)
        return shown, 200, {"ETag": etag_of(row.version)}

    @requires(Scope.REPORT)
    @fails_with(404, 409, 412, 428)
    @blp.response(204)
    @blp.doc(parameters=["IF_MATCH"])
    def delete(self, assessment_id: UUID) -> None:
        """Withdraw a questionnaire.

        It no longer counts, nor is anything compared with it; its answers stay in its history.
        Needs If-Match with the ETag that was read.
        """
        scored(
            lambda session, now: assessments.withdraw_assessment(
                session, principal(), assessment_id, check_version=if_match(), engine=engine(), now=now
            )
        )


@blp.route("/me/assessments/<uuid:assessment_id>/versions")
class AssessmentVersions(MethodView):
    """The former versions of one questionnaire."""

    @requires(Scope.DIARY_READ)
    @fails_with(404)
    @blp.response(200, AssessmentHistorySchema)
    def get(self, assessment_id: UUID) -> dict[str, Any]:
        """The former versions of a questionnaire, and all its scores."""
        with read_session() as session:
            return dump_history(assessment_reading.history_of(session, principal().id, assessment_id))


@blp.route("/patients/<uuid:patient_id>/assessments")
class PatientAssessments(MethodView):
    """A patient's questionnaires, for the care team."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404, 422)
    @blp.arguments(AssessmentsQuerySchema, location="query")
    @blp.response(200, AssessmentsSchema)
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """A patient's questionnaires that changed since a cursor, with interpreted scores.

        The patient sees that they were read once a page leaves out none that is new.
        """
        with read_session() as session:
            find_patient(session, principal(), patient_id)
            page = assessment_reading.assessments_changed_since(session, patient_id, **query)
            unseen = AssessmentRow.id.not_in([view.row.id for view in page.items])
            record_look(
                session,
                QUESTIONNAIRE_LOOK,
                patient_id,
                unseen=unseen,
                by=principal(),
                now=now(),
                of=QUESTIONNAIRES,
            )
            return dump_changes(page)


@blp.route("/patients/<uuid:patient_id>/assessments/<uuid:assessment_id>/versions")
class PatientAssessmentVersions(MethodView):
    """The former versions of one questionnaire of a patient."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, AssessmentHistorySchema)
    def get(self, patient_id: UUID, assessment_id: UUID) -> dict[str, Any]:
        """The former versions of a patient's questionnaire, and all its scores."""
        with read_session() as session:
            see_patient(session, patient_id, "assessment_versions.read")
            return dump_history(assessment_reading.history_of(session, patient_id, assessment_id))


def show_row(session: Session, row: AssessmentRow) -> dict[str, Any]:
    """Return an assessment as it goes out, with its scores."""
    [read] = assessment_reading.read_all(session, row.patient_id, [row])
    return dump_assessment(read)


def sent_content(body: dict[str, Any]) -> AssessmentSubmission:
    """Return the content of a request's body."""
    return AssessmentSubmission(**{**body, "status": AssessmentStatus(body["status"])}, sent_at=sent_at())
