"""Entries and questionnaires that staff write down for a patient."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask.views import MethodView
from marshmallow import EXCLUDE, ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from api.auth import fails_with, requires
from api.domain.authority import Principal, Scope
from api.domain.entries.origin import origin_of
from api.domain.errors import InvalidEntry
from api.resources import refused_requests
from api.resources.blueprint import Blueprint
from api.resources.entries import answer_one, items_of, show_entry, show_result
from api.resources.request_context import Versioned, engine, etag_of, if_match, principal, scored
from api.schemas.entry import (
    EntryBatchResultSchema,
    EntryResultSchema,
    EntrySchema,
    OriginSchema,
    RecordedEntryBatchSchema,
    RecordedEntryCorrectionSchema,
    RecordedEntrySchema,
)
from api.services.access.visibility import find_patient
from api.services.entries.corrections import correct_entry, withdraw_entry
from api.services.entries.record import EntrySubmission, record_entries

blp = Blueprint(
    "patient_entries",
    __name__,
    url_prefix="/v1/patients/<uuid:patient_id>/entries",
    description="Entries that staff write down for a patient.",
)


def _body_of(*schemas: Any) -> dict[str, Any]:
    schema: Any = {"oneOf": [schema() for schema in schemas]} if len(schemas) > 1 else schemas[0]()
    return {"required": True, "content": {"application/json": {"schema": schema}}}


@blp.route("")
class RecordedEntries(MethodView):
    """Entries that staff write down."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(400, 404, 409, 413, 415, 422)
    @blp.response(201, EntryResultSchema, description="The entry was created")
    @blp.alt_response(
        200,
        schema={"oneOf": [EntryBatchResultSchema(), EntryResultSchema()]},
        success=True,
        description="A result per item of a batch, or the first result of a repeated entry",
    )
    @blp.doc(requestBody=_body_of(RecordedEntrySchema, RecordedEntryBatchSchema))
    def post(self, patient_id: UUID) -> Response:
        """Write down what a patient says by telephone, on paper or in a visit.

        One entry, or up to 500: checked, scored and alerted of like the patient's own, see
        `POST /v1/me/entries`, and marked with `via` and `reported_by`. Safe to repeat: the client's `id`
        makes each entry once. Nothing is kept of a rejected item.
        """
        body = _json_object()
        origin = origin_of(principal().writing_for(patient_id), _origin_in(body))
        for name in ("via", "reported_by"):
            body.pop(name, None)
        batch = "entries" in body
        items = items_of(body) if batch else [body]
        sent_at = refused_requests.sent_at()
        [recorded] = scored(
            lambda session, now: record_entries(
                session,
                [EntrySubmission(writer(session, patient_id), items, sent_at, origin)],
                engine=engine(),
                now=now,
            )
        )
        results = recorded.results()
        if batch:
            return jsonify({"results": [show_result(result) for result in results]})
        return answer_one(results[0], at=request.path)


@blp.route("/<uuid:entry_id>")
class RecordedEntryById(MethodView):
    """One entry, corrected or withdrawn by staff."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(400, 404, 409, 412, 413, 415, 422, 428)
    @blp.response(200, EntrySchema)
    @blp.doc(parameters=["IF_MATCH"], requestBody=_body_of(RecordedEntryCorrectionSchema))
    def put(self, patient_id: UUID, entry_id: UUID) -> Versioned:
        """Correct an entry of a patient, written down by staff or the patient's own.

        The new content replaces the old, which is kept; scores and alerts follow. Needs If-Match with the
        `version` of the entry as its ETag. A withdrawn entry counts again.
        """
        body = _json_object()
        body |= _origin_in(body)

        def correct(session: Session, now: datetime) -> dict[str, Any]:
            row = correct_entry(
                session,
                writer(session, patient_id),
                entry_id,
                body,
                check_version=if_match(),
                engine=engine(),
                now=now,
                sent_at=refused_requests.sent_at(),
            )
            return show_entry(session, row)

        shown = scored(correct)
        return shown, 200, {"ETag": etag_of(shown["version"])}

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 412, 428)
    @blp.response(204)
    @blp.doc(parameters=["IF_MATCH"])
    def delete(self, patient_id: UUID, entry_id: UUID) -> None:
        """Withdraw an entry of a patient.

        It no longer counts; findings that depended on it alone are withdrawn. Its content stays in its
        history. Needs If-Match with the `version` of the entry as its ETag.
        """
        scored(
            lambda session, now: withdraw_entry(
                session,
                writer(session, patient_id),
                entry_id,
                check_version=if_match(),
                engine=engine(),
                now=now,
            )
        )


def writer(session: Session, patient_id: UUID) -> Principal:
    """Return the caller as the one who writes down what a patient says, whom the caller may see."""
    return principal().writing_for(find_patient(session, principal(), patient_id).id)


def _json_object() -> dict[str, Any]:
    body = refused_requests.json_body()
    if not isinstance(body, dict):
        raise UnprocessableEntity("send a JSON object")
    return body


def _origin_in(body: dict[str, Any]) -> dict[str, Any]:
    """Return the origin that a body states."""
    try:
        return dict(OriginSchema(unknown=EXCLUDE).load(body))
    except ValidationError as error:
        problems = {field: " ".join(reasons) for field, reasons in error.messages_dict.items()}
        raise InvalidEntry("via or reported_by is not one of those that are taken", problems) from error
