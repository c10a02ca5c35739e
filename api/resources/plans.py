"""Plans of reassessments: the site's, a patient's, and what is due by it."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.enrolment import PatientStatus
from api.domain.errors import PatientNotActive
from api.domain.plans.due_slots import Slot
from api.domain.plans.parse import document_of
from api.domain.plans.presets import PRESETS
from api.domain.schedule import local_day, zone_of
from api.models.patient import Patient
from api.models.site import Site
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.plan import (
    FOLLOW_SITE,
    DueItemsSchema,
    NewPatientPlanSchema,
    NewSitePlanSchema,
    NewSkipSchema,
    PatientPlanSchema,
    SitePlanSchema,
    SlotSchema,
)
from api.services import audit
from api.services.access.visibility import find_patient
from api.services.plans import plans, slots
from api.services.plans.plans import PlanRequest, PlanSetting, plan_in
from api.services.reminders import skips
from api.services.reminders.due_now import due_tasks

blp = Blueprint("plans", __name__, url_prefix="/v1", description="Which reassessments are due when.")


@blp.route("/site/plan")
class SitePlan(MethodView):
    """The site's plan."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, SitePlanSchema)
    def get(self) -> dict[str, Any]:
        """The plan in force at the caller's site, those that are coming, and the presets."""
        with read_session() as session:
            return _site_plan(session)

    @requires(Scope.POLICY_WRITE)
    @fails_with(422)
    @blp.arguments(NewSitePlanSchema)
    @blp.response(200, SitePlanSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Let a plan hold at the site from a day on, for every patient without one of her own.

        Nothing is overwritten, and a retry is safe; of one day the last that was set holds. What has
        opened, was done or skipped stays as it is.
        """
        wanted = _wanted(body)
        with transaction() as session:
            plans.set_for_site(session, principal(), wanted, now=now())
            return _site_plan(session)


@blp.route("/patients/<uuid:patient_id>/plan")
class PatientPlan(MethodView):
    """A patient's plan."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, PatientPlanSchema)
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """Her plan, and what is due, overdue, done, skipped, missed and next by it."""
        by = principal()
        with read_session() as session:
            patient = find_patient(session, by, patient_id)
            audit.record(session, "plan.read", by=by, now=now(), patient_id=patient.id)
            return _patient_plan(session, patient)

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewPatientPlanSchema)
    @blp.response(200, PatientPlanSchema)
    def put(self, body: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """Let a plan hold for her from a day on, or follow the site's again.

        Nothing is overwritten, and a retry is safe; of one day the last that was set holds. What has
        opened, was done or skipped stays as it is.
        """
        wanted = _wanted(body)
        with transaction() as session:
            patient = _followed(session, patient_id)
            plans.set_for_patient(session, principal(), patient, wanted, now=now())
            return _patient_plan(session, patient)


@blp.route("/patients/<uuid:patient_id>/plan/skips")
class PatientSkips(MethodView):
    """What is skipped."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewSkipSchema)
    @blp.response(201, SlotSchema, description="It is skipped")
    @blp.alt_response(
        200, schema=SlotSchema, success=True, description="It was skipped for this reason before"
    )
    def post(self, body: dict[str, Any], patient_id: UUID) -> tuple[dict[str, Any], int]:
        """Skip one reassessment, with the reason. An answer that comes all the same still counts."""
        with transaction() as session:
            patient = _followed(session, patient_id)
            slot, is_new = skips.skip(
                session, principal(), patient, body["slot"], reason=body["reason"], now=now()
            )
        return _slot_on_wire(slot), 201 if is_new else 200


@blp.route("/patients/<uuid:patient_id>/plan/skips/<string:slot>")
class PatientSkip(MethodView):
    """One skip."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 422)
    @blp.response(200, SlotSchema)
    def delete(self, patient_id: UUID, slot: str) -> dict[str, Any]:
        """Undo the skip of one reassessment, and return the slot as it stands now.

        What was said when it was skipped is kept. Safe to repeat: where nothing is skipped nothing changes.
        """
        with transaction() as session:
            patient = _followed(session, patient_id)
            return _slot_on_wire(skips.undo_skip(session, principal(), patient, slot, now=now()))


@blp.route("/me/due")
class Due(MethodView):
    """What the caller is asked to do."""

    @requires(Scope.REPORT)
    @blp.response(200, DueItemsSchema)
    def get(self) -> dict[str, Any]:
        """What is due now: her check-in, and the questionnaires of her plan, oldest first."""
        with read_session() as session:
            patient = find_patient(session, principal(), principal().id)
            return {"items": due_tasks(session, patient, now=now())}


def _followed(session: Session, patient_id: UUID) -> Patient:
    """Return a patient to change something of, locked; nothing is planned for one who has left."""
    patient = find_patient(session, principal(), patient_id, to_change=True)
    if patient.status != PatientStatus.ACTIVE:
        raise PatientNotActive("she has left monitoring: nothing is planned for her any more")
    return patient


def _wanted(body: dict[str, Any]) -> PlanRequest:
    preset = body.get("preset")
    plan = None if preset == FOLLOW_SITE else plan_in(preset, body.get("document"))
    return PlanRequest(plan, body.get("effective_from"), body.get("note"))


def _site_plan(session: Session) -> dict[str, Any]:
    site = session.get_one(Site, principal().site_id)
    today = local_day(now(), zone_of(site.timezone))
    settings = plans.settings_of(session, site.id)
    return {
        "present": _plan_on_wire(settings.at(today)),
        "coming": [_plan_on_wire(each) for each in settings.coming(today)],
        "presets": {name: document_of(plan) for name, plan in PRESETS.items()},
    }


def _patient_plan(session: Session, patient: Patient) -> dict[str, Any]:
    found = slots.standing_of(session, patient, now=now())
    return {
        "present": _plan_on_wire(found.settings.at(found.today)),
        "coming": [_plan_on_wire(each) for each in found.settings.coming(found.today)],
        "started_on": found.started_on,
        "today": found.today,
        "slots": [_slot_on_wire(slot) for slot in found.slots],
    }


def _plan_on_wire(setting: PlanSetting) -> dict[str, Any]:
    row, plan = setting.row, setting.plan
    origin = "built_in" if row is None else "patient" if row.patient_id else "site"
    courses = plan.courses if plan else ()
    return {
        "name": plan.name if plan else None,
        "origin": origin,
        "effective_from": row.effective_from if row else None,
        "set_by": setting.set_by,
        "note": row.note if row else None,
        "created_at": row.created_at if row else None,
        "document": document_of(plan) if plan else None,
        "marks": [{"what": course.what, "mark": course.mark} for course in courses if course.mark],
    }


def _slot_on_wire(slot: Slot) -> dict[str, Any]:
    names = ("id", "what", "kind", "state", "done_on", "reason", "plan", "source", "mark")
    window = slot.window
    return {name: getattr(slot, name) for name in names} | {
        "opens_on": window.opens_on,
        "due_on": window.due_on,
        "overdue_after": window.closes_on,
        "until": window.until_on,
    }
