"""Endpoints of monitoring plans: the site's, a patient's, and the tasks that are due."""

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
from api.resources.request_context import now, principal, read_session, see_patient, transaction
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
from api.services.access.visibility import find_patient
from api.services.plans import plans, slots
from api.services.plans.plans import DatedPlan, PlanRequest, parse_plan
from api.services.reminders import skips
from api.services.reminders.due_now import due_tasks

blp = Blueprint("plans", __name__, url_prefix="/v1", description="Plans of reassessments.")


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
        """Put a plan into force at the site from a day on, for every patient without a plan of their own.

        Nothing is overwritten, and a retry is safe; of one day the last plan that was set counts. A slot
        that has opened, was done or skipped stays as it is.
        """
        request = _plan_request(body)
        with transaction() as session:
            plans.set_for_site(session, principal(), request, now=now())
            return _site_plan(session)


@blp.route("/patients/<uuid:patient_id>/plan")
class PatientPlan(MethodView):
    """A patient's plan."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, PatientPlanSchema)
    def get(self, patient_id: UUID) -> dict[str, Any]:
        """The patient's plan, with the slots that are due, overdue, done, skipped, missed and next."""
        with read_session() as session:
            return _patient_plan(session, see_patient(session, patient_id, "plan.read"))

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewPatientPlanSchema)
    @blp.response(200, PatientPlanSchema)
    def put(self, body: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """Put a plan into force for the patient from a day on, or follow the site's again.

        Nothing is overwritten, and a retry is safe; of one day the last plan that was set counts. A slot
        that has opened, was done or skipped stays as it is.
        """
        request = _plan_request(body)
        with transaction() as session:
            patient = _followed(session, patient_id)
            plans.set_for_patient(session, principal(), patient, request, now=now())
            return _patient_plan(session, patient)


@blp.route("/patients/<uuid:patient_id>/plan/skips")
class PatientSkips(MethodView):
    """The skipped slots of a patient."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewSkipSchema)
    @blp.response(201, SlotSchema, description="The slot is skipped")
    @blp.alt_response(
        200, schema=SlotSchema, success=True, description="The slot was skipped before for the same reason"
    )
    def post(self, body: dict[str, Any], patient_id: UUID) -> tuple[dict[str, Any], int]:
        """Skip one slot, with the reason. A later answer still counts."""
        with transaction() as session:
            patient = _followed(session, patient_id)
            slot, is_new = skips.skip(
                session, principal(), patient, body["slot"], reason=body["reason"], now=now()
            )
        return _dump_slot(slot), 201 if is_new else 200


@blp.route("/patients/<uuid:patient_id>/plan/skips/<string:slot>")
class PatientSkip(MethodView):
    """One skip."""

    @requires(Scope.PATIENTS_WRITE)
    @fails_with(404, 409, 422)
    @blp.response(200, SlotSchema)
    def delete(self, patient_id: UUID, slot: str) -> dict[str, Any]:
        """Undo the skip of one slot, and return the slot with its present state.

        The reason for the skip is kept. Safe to repeat: where nothing is skipped, nothing changes.
        """
        with transaction() as session:
            patient = _followed(session, patient_id)
            return _dump_slot(skips.undo_skip(session, principal(), patient, slot, now=now()))


@blp.route("/me/due")
class Due(MethodView):
    """The tasks of the caller that are due."""

    @requires(Scope.DIARY_READ)
    @blp.revalidated
    @blp.response(200, DueItemsSchema)
    def get(self) -> dict[str, Any]:
        """The tasks that are due now: the check-in and the questionnaires of the plan, oldest first."""
        with read_session() as session:
            patient = find_patient(session, principal(), principal().id)
            return {"items": due_tasks(session, patient, now=now())}


def _followed(session: Session, patient_id: UUID) -> Patient:
    """Lock and return a patient whose plan is to change; refuse one who has left monitoring."""
    patient = find_patient(session, principal(), patient_id, to_change=True)
    if patient.status != PatientStatus.ACTIVE:
        raise PatientNotActive("the patient has left monitoring: nothing is planned any more")
    return patient


def _plan_request(body: dict[str, Any]) -> PlanRequest:
    preset = body.get("preset")
    plan = None if preset == FOLLOW_SITE else parse_plan(preset, body.get("document"))
    return PlanRequest(plan, body.get("effective_from"), body.get("note"))


def _site_plan(session: Session) -> dict[str, Any]:
    site = session.get_one(Site, principal().site_id)
    today = local_day(now(), zone_of(site.timezone))
    history = plans.plan_history(session, site.id)
    return {
        "current": _dump_plan(history.current(today)),
        "upcoming": [_dump_plan(each) for each in history.upcoming(today)],
        "presets": {name: document_of(plan) for name, plan in PRESETS.items()},
    }


def _patient_plan(session: Session, patient: Patient) -> dict[str, Any]:
    found = slots.plan_status(session, patient, now=now())
    return {
        "current": _dump_plan(found.history.current(found.today)),
        "upcoming": [_dump_plan(each) for each in found.history.upcoming(found.today)],
        "started_on": found.started_on,
        "today": found.today,
        "slots": [_dump_slot(slot) for slot in found.slots],
    }


def _dump_plan(dated: DatedPlan) -> dict[str, Any]:
    row, plan = dated.row, dated.plan
    origin = "built_in" if row is None else "patient" if row.patient_id else "site"
    courses = plan.courses if plan else ()
    return {
        "name": plan.name if plan else None,
        "origin": origin,
        "effective_from": row.effective_from if row else None,
        "set_by": dated.set_by,
        "note": row.note if row else None,
        "created_at": row.created_at if row else None,
        "document": document_of(plan) if plan else None,
        "notices": [{"task": course.task, "notice": course.notice} for course in courses if course.notice],
    }


def _dump_slot(slot: Slot) -> dict[str, Any]:
    names = ("id", "kind", "state", "done_on", "reason", "plan", "source")
    window = slot.window
    return {name: getattr(slot, name) for name in names} | {
        "task": slot.task,
        "notice": slot.notice,
        "opens_on": window.opens_on,
        "due_on": window.due_on,
        "overdue_after": window.closes_on,
        "counts_until": window.until_on,
    }
