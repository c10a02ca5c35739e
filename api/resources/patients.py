"""Patients, as their team sees and enrols them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.enrolment import PatientStatus, weeks_on_ai
from api.models.patient import Patient
from api.resources.activations import dump_code
from api.resources.blueprint import Blueprint
from api.resources.devices import devices_of
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
    settings,
    site_engine,
    transaction,
)
from api.schemas.activation import ActivationCodeSchema
from api.schemas.device import DevicesSchema
from api.schemas.patient import (
    NewPatientSchema,
    PatientChangesSchema,
    PatientPageSchema,
    PatientSchema,
    PatientSearchSchema,
    PatientsQuerySchema,
)
from api.services.access import visibility
from api.services.accounts import activations, devices
from api.services.paging import Page
from api.services.patients import enrolment, listing
from api.services.patients.listing import PatientFilter, PatientOrder
from api.services.scoring import patient_lock, score

blp = Blueprint("patients", __name__, url_prefix="/v1/patients", description="Patients of the site.")


@blp.route("")
class Patients(MethodView):
    """The patients the caller may see."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(422)
    @blp.arguments(PatientsQuerySchema, location="query")
    @blp.revalidated
    @blp.response(200, PatientPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The caller's patients, by name or in another order."""
        wanted = PatientFilter(
            reference=query.get("reference"),
            status=PatientStatus(query["status"]) if "status" in query else None,
            is_unreachable=query.get("unheard_from", False),
            is_refused=query.get("has_rejected_entries", False),
            team_id=query.get("team_id"),
            is_silent=query.get("silent", False),
            is_not_scored=query.get("not_scored", False),
            is_never_activated=query.get("never_activated", False),
        )
        order = PatientOrder(query["sort"])
        at, cursor, limit = now(), query.get("cursor"), query["limit"]
        with read_session() as session:
            page = listing.list_patients(
                session, principal(), wanted, cursor=cursor, limit=limit, now=at, order=order
            )
            return _dump_page(session, page, with_monitoring=query.get("include") == "monitoring")

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(409)
    @blp.arguments(NewPatientSchema)
    @blp.response(201, PatientSchema)
    def post(self, body: dict[str, Any]) -> Versioned:
        """Enrol a patient; the answer has the ETag."""
        with transaction() as session:
            patient = enrolment.enrol(session, principal(), body, now=now())
        headers = {"ETag": etag_of(patient.version), "Location": f"/v1/patients/{patient.id}"}
        return patient, 201, headers


@blp.route("/search")
class PatientSearch(MethodView):
    """Search for patients by name."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(422)
    @blp.arguments(PatientSearchSchema)
    @blp.response(200, PatientPageSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """The first 50 patients whose name or reference contains every word of a text, by name.

        A POST, so that names are in no address and no log. `more` is true where others match, too; there
        is no next page.
        """
        with read_session() as session:
            page = listing.search_patients(session, principal(), body["text"], now=now())
            return _dump_page(session, page, with_monitoring=True)


@blp.route("/<uuid:patient_id>")
class PatientById(MethodView):
    """One patient."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, PatientSchema)
    def get(self, patient_id: UUID) -> Versioned:
        """One patient, with the ETag."""
        with read_session() as session:
            patient = enrolment.read_patient(session, principal(), patient_id, now=now())
        return patient, 200, {"ETag": etag_of(patient.version)}

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 412, 428, 429)
    @blp.arguments(PatientChangesSchema)
    @blp.response(200, PatientSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def patch(self, changes: dict[str, Any], patient_id: UUID) -> Versioned:
        """Change attributes of a patient, or end monitoring.

        Needs If-Match with the ETag that was read. A status other than `active` ends sign-ins, activation
        codes and reminders at once; open alerts stay open.
        """

        def change(session: Session, now: datetime) -> Patient:
            patient = visibility.find_patient(session, principal(), patient_id, to_change=True)
            if_match()(patient.version)
            enrolment.change(session, principal(), patient, changes, now=now)
            if score.FACTS.intersection(changes):  # scores and the risk of stopping are reckoned from them
                session.flush()
                standing = patient_lock.lock(session, patient.id, now=now)
                score.rescore(session, standing, engine=engine(), now=now)
            return patient

        patient = scored(change)
        return patient, 200, {"ETag": etag_of(patient.version)}


@blp.route("/<uuid:patient_id>/activations")
class PatientActivations(MethodView):
    """One-time codes of a patient."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409)
    @blp.response(201, ActivationCodeSchema)
    def post(self, patient_id: UUID) -> dict[str, Any]:
        """Create a one-time code for a patient's phone, to type or to scan.

        It is shown once; earlier unused codes stop working.
        """
        lifetime = settings().activation_lifetime
        with transaction() as session:
            patient = visibility.find_patient(session, principal(), patient_id, to_change=True)
            key = activations.key_of(settings().secret_key)
            new = activations.make_code(session, principal(), patient, key=key, lifetime=lifetime, now=now())
        return dump_code(new)


@blp.route("/<uuid:patient_id>/devices")
class PatientDevices(MethodView):
    """Sign-ins of a patient."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, DevicesSchema)
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """A patient's devices, newest first."""
        with read_session() as session:
            see_patient(session, patient_id, "devices.read")
            return devices_of(session, patient_id)


@blp.route("/<uuid:patient_id>/devices/<uuid:device_id>")
class PatientDevice(MethodView):
    """One device of a patient."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404)
    @blp.response(204)
    def delete(self, patient_id: UUID, device_id: UUID) -> None:
        """Sign a patient's device out, such as a lost phone."""
        with transaction() as session:
            visibility.find_patient(session, principal(), patient_id)
            devices.revoke_device(
                session, principal(), device_id, of=patient_id, patient_id=patient_id, now=now()
            )


def _dump_page(session: Session, page: Page[Patient], *, with_monitoring: bool) -> dict[str, Any]:
    """Return a page of patients as the wire shows it, with how their monitoring goes if wanted."""
    columns = Patient.__mapper__.column_attrs.keys()
    at, own = now(), {"rejected_entries"}
    items = [{name: getattr(patient, name) for name in (*columns, *own)} for patient in page.items]
    if with_monitoring:
        found = listing.summaries(session, page.items, engine=site_engine(session), now=at)
        for patient, shown in zip(page.items, items, strict=True):
            weeks = weeks_on_ai(patient.ai_started_on, at.date())
            shown["monitoring"] = {**asdict(found[patient.id]), "weeks_on_ai": weeks}
    return {"items": items, "next": page.next}
