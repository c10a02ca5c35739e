"""Treatments of a patient over time, for the care team and for the patient."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.diary.treatments import StopReason, Treatment
from api.domain.enrolment import AromataseInhibitor
from api.models.patient import Patient
from api.resources.blueprint import Blueprint
from api.resources.request_context import (
    Versioned,
    engine,
    etag_of,
    if_match,
    principal,
    read_session,
    scored,
    see_patient,
)
from api.schemas.treatment import NewTreatmentsSchema, OwnTreatmentsSchema, TreatmentsSchema
from api.services.access import visibility
from api.services.patients.past_treatments import treatments_of
from api.services.patients.treatments import own_treatments, set_treatments
from api.services.scoring import patient_lock, score

blp = Blueprint("treatments", __name__, url_prefix="/v1", description="Aromatase inhibitors over time.")


@blp.route("/me/treatments")
class OwnTreatments(MethodView):
    """The caller's own treatments."""

    @requires(Scope.DIARY_READ)
    @blp.response(200, OwnTreatmentsSchema)
    def get(self) -> dict[str, Any]:
        """The patient's own treatments, for the curve; empty where the site does not show them."""
        with read_session() as session:
            found = own_treatments(session, principal().id)
        return {"treatments": found or [], "shown": found is not None}


@blp.route("/patients/<uuid:patient_id>/treatments")
class PatientTreatments(MethodView):
    """A patient's treatments, for the care team."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, TreatmentsSchema)
    def get(self, patient_id: UUID) -> Versioned:
        """A patient's treatments, the present one last, with the ETag of the patient."""
        with read_session() as session:
            patient = see_patient(session, patient_id, "treatments.read")
            return _shown(session, patient)

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 412, 428, 429)
    @blp.arguments(NewTreatmentsSchema)
    @blp.response(200, TreatmentsSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def put(self, body: dict[str, Any], patient_id: UUID) -> Versioned:
        """Set all treatments of a patient.

        The last one is the present one: `ai`, `ai_started_on` and `ai_stopped_on` of the patient. Scores
        and risk count from its first day, and are computed again where it has changed. Needs If-Match with
        the ETag of the patient.
        """

        def change(session: Session, now: Any) -> Versioned:
            patient = visibility.find_patient(session, principal(), patient_id, to_change=True)
            if_match()(patient.version)
            if set_treatments(session, principal(), patient, _read(body["treatments"]), now=now):
                session.flush()
                standing = patient_lock.lock(session, patient.id, now=now)
                score.rescore(session, standing, engine=engine(), now=now)
            return _shown(session, patient)

        return scored(change)


def _read(items: Sequence[dict[str, Any]]) -> list[Treatment]:
    return [
        Treatment(
            item["ai"] and AromataseInhibitor(item["ai"]),
            item["since"],
            item["until"],
            item["why_stopped"] and StopReason(item["why_stopped"]),
        )
        for item in items
    ]


def _shown(session: Session, patient: Patient) -> Versioned:
    return {"treatments": treatments_of(session, patient)}, 200, {"ETag": etag_of(patient.version)}
