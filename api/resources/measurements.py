"""Measurements by staff."""

from typing import Any
from uuid import UUID

from flask import request
from flask.views import MethodView
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.considerations import Consideration
from api.domain.measurements.definition import MeasurementKind
from api.models.measurement import MeasurementRow
from api.models.patient import Patient
from api.resources.blueprint import Blueprint, strict_json
from api.resources.request_context import (
    Versioned,
    etag_of,
    if_match,
    now,
    principal,
    read_session,
    see_patient,
    transaction,
)
from api.schemas.measurement import (
    CORRECTIONS,
    NEW_MEASUREMENTS,
    MeasurementHistorySchema,
    MeasurementPageSchema,
    MeasurementSchema,
    MeasurementsQuerySchema,
)
from api.services.access.visibility import find_patient
from api.services.care import measurement_history, measurements
from api.services.care.measurement_history import MeasurementView
from api.services.versioned import MEASUREMENTS

blp = Blueprint(
    "measurements",
    __name__,
    url_prefix="/v1/patients/<uuid:patient_id>",
    description="Measurements by staff.",
)


@blp.route("/measurements")
class Measurements(MethodView):
    """A patient's measurements."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404, 422)
    @blp.arguments(MeasurementsQuerySchema, location="query")
    @blp.response(200, MeasurementPageSchema)
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """A patient's measurements, newest first, each with its interpretation.

        Withdrawn ones stay in the list without their values. Values are as entered and in canonical
        units.
        """
        kind = MeasurementKind(query["kind"]) if "kind" in query else None
        with read_session() as session:
            patient = see_patient(session, patient_id, "measurements.read")
            page = measurement_history.list_measurements(
                session, patient.id, kind=kind, cursor=query.get("cursor"), limit=query["limit"]
            )
            shown = measurement_history.with_interpretations(session, patient, page.items)
        return {"items": [dump_measurement(each) for each in shown], "next": page.next}

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(400, 404, 409, 413, 415, 422)
    @blp.response(201, MeasurementSchema, description="The measurement was recorded")
    @blp.alt_response(
        200,
        schema=MeasurementSchema,
        success=True,
        description="The same content was sent before; the current version is returned",
    )
    @blp.doc(
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [each() for each in NEW_MEASUREMENTS]}}},
        }
    )
    def post(self, patient_id: UUID) -> Versioned:
        """Record a measurement.

        Safe to repeat: the client's `id` creates it once. Impossible values are rejected
        (`invalid-measurement`), unlikely ones need a confirmation (`implausible-measurement`,
        with the plausible range of each field) and kept when it comes again with `confirmed: true`.
        """
        body = _object()
        with transaction() as session:
            patient = find_patient(session, principal(), patient_id)
            row, is_new = measurements.record_measurement(session, principal(), patient, body, now=now())
            return _answer(session, patient, row, 201 if is_new else 200)


@blp.route("/measurements/<uuid:measurement_id>")
class MeasurementById(MethodView):
    """One measurement."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, MeasurementSchema)
    def get(self, patient_id: UUID, measurement_id: UUID) -> Versioned:
        """The present version of one measurement, with its ETag."""
        with read_session() as session:
            patient = see_patient(session, patient_id, "measurement.read", measurement_id)
            row = MEASUREMENTS.find(session, patient.id, measurement_id)
            return _answer(session, patient, row, 200)

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(400, 404, 412, 413, 415, 422, 428)
    @blp.response(200, MeasurementSchema)
    @blp.doc(
        parameters=["IF_MATCH"],
        requestBody={
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [each() for each in CORRECTIONS]}}},
        },
    )
    def put(self, patient_id: UUID, measurement_id: UUID) -> Versioned:
        """Correct a measurement.

        The new content replaces the old, which is kept. Needs If-Match with the ETag that was read.
        A withdrawn measurement counts again; its kind stays.
        """
        with transaction() as session:
            patient = find_patient(session, principal(), patient_id)
            row = measurements.correct_measurement(
                session,
                principal(),
                patient,
                measurement_id,
                raw=_object(),
                check_version=if_match(),
                now=now(),
            )
            return _answer(session, patient, row, 200)

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 412, 428)
    @blp.response(204)
    @blp.doc(parameters=["IF_MATCH"])
    def delete(self, patient_id: UUID, measurement_id: UUID) -> None:
        """Withdraw a measurement.

        It no longer counts; its content stays in its history. Needs If-Match with the ETag that
        was read.
        """
        with transaction() as session:
            patient = find_patient(session, principal(), patient_id)
            measurements.withdraw_measurement(
                session, principal(), patient, measurement_id, check_version=if_match(), now=now()
            )


@blp.route("/measurements/<uuid:measurement_id>/versions")
class MeasurementVersions(MethodView):
    """The former versions of one measurement."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, MeasurementHistorySchema)
    def get(self, patient_id: UUID, measurement_id: UUID) -> dict[str, Any]:
        """The former versions of a measurement, oldest first."""
        with read_session() as session:
            patient = see_patient(session, patient_id, "measurement_versions.read", measurement_id)
            return {"items": MEASUREMENTS.history(session, patient.id, measurement_id)}


def dump_measurement(shown: MeasurementView) -> dict[str, Any]:
    """Return a measurement as it goes out; a withdrawn one without its values."""
    row = shown.row
    return {
        "id": row.id,
        "kind": row.kind,
        "measured_on": row.measured_on,
        "entered_values": None if row.withdrawn else row.entered,
        "values": None if row.withdrawn else row.canonical,
        "confirmed": row.confirmed,
        "note": None if row.withdrawn else row.note,
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
        "version": row.version,
        "withdrawn": row.withdrawn,
        "interpretation": shown.interpretation,
    }


def dump_consideration(each: Consideration) -> dict[str, Any]:
    """Return a consideration as it goes out, its citations in one line each."""
    return {
        "id": each.id,
        "text": each.words,
        "reason": each.because,
        "verdict": each.verdict,
        "evidence": each.evidence,
        "citations": [citation.text for citation in each.citations],
        "verified": each.verified,
    }


def _answer(session: Session, patient: Patient, row: MeasurementRow, status: int) -> Versioned:
    [shown] = measurement_history.with_interpretations(session, patient, [row])
    headers = {"ETag": etag_of(row.version)}
    if status == 201:  # noqa: PLR2004 - created
        headers["Location"] = f"/v1/patients/{patient.id}/measurements/{row.id}"
    return dump_measurement(shown), status, headers


def _object() -> dict[str, Any]:
    body = strict_json(request)
    if not isinstance(body, dict):
        raise UnprocessableEntity("a measurement is a JSON object")
    return body
