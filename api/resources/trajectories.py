"""Trajectories, and the diaries of patients for the care team."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.entry import EntryRow
from api.resources.alerts import page_of_alerts
from api.resources.blueprint import Blueprint
from api.resources.entries import read_entries
from api.resources.measurements import dump_consideration, dump_measurement
from api.resources.request_context import now, principal, read_session, see_patient, site_engine, transaction
from api.schemas.alert_list import AlertListQuerySchema, AlertListSchema
from api.schemas.entry import EntryHistorySchema, EntryPageSchema, EntryQuerySchema
from api.schemas.fields import PageQuery
from api.schemas.rejected_entry import (
    RejectedEntriesReviewResultSchema,
    RejectedEntriesReviewSchema,
    RejectedEntriesSchema,
)
from api.schemas.trajectory import OwnTrajectorySchema, PatientTrajectorySchema, PeriodSchema
from api.services.access.visibility import find_patient
from api.services.care import measurement_history
from api.services.paging import Page
from api.services.patients.diary_looks import outside, record_look
from api.services.reminders.extra_check_ins import extra_check_ins_of
from api.services.scoring import rejected_items, trajectories
from api.services.scoring.discontinuation_risk import discontinuation_risk_of
from api.services.scoring.trajectories import TrajectoryView
from api.services.versioned import ENTRIES

blp = Blueprint("trajectories", __name__, url_prefix="/v1", description="Scores over time.")

NOTICE = (
    "Scores summarise what was reported; they say nothing about the cause, and a low score does not mean "
    "that all is well. Adherence is self-reported and overstates what was taken. "
    "This is not an emergency line."
)


@blp.route("/me/trajectory")
class OwnTrajectory(MethodView):
    """The caller's own trajectory."""

    @requires(Scope.DIARY_READ)
    @fails_with(422)
    @blp.arguments(PeriodSchema, location="query")
    @blp.response(200, OwnTrajectorySchema)
    def get(self, period: dict[str, Any]) -> dict[str, Any]:
        """The patient's own curve."""
        with read_session() as session:
            view = _read(session, principal().id, period)
            return _dump_trajectory(view) | {"summary": trajectories.summary_of(session, view.trajectory)}


@blp.route("/patients/<uuid:patient_id>/trajectory")
class TrajectoryOfPatient(MethodView):
    """A patient's trajectory, for the care team."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404, 422)
    @blp.arguments(PeriodSchema, location="query")
    @blp.response(200, PatientTrajectorySchema)
    def get(self, period: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """A patient's scores, measurements, reporting pattern and discontinuation risk."""
        with read_session() as session:
            patient = find_patient(session, principal(), patient_id)
            unseen = outside(period.get("since"), period.get("until"))
            record_look(session, "trajectory.read", patient_id, unseen=unseen, by=principal(), now=now())
            view = _read(session, patient_id, period)
            stored, present, at = view.trajectory, site_engine(session), now()
            rows = measurement_history.measurements_between(session, patient_id, **period)
            shown = measurement_history.with_interpretations(session, patient, rows)
            found = measurement_history.considerations_of(session, patient, engine=present, now=at)
            return _dump_trajectory(view) | {
                "reporting": trajectories.reporting_of(patient, stored, engine=present, now=at),
                "extra_check_ins": extra_check_ins_of(session, patient, now=at),
                "functional_status": trajectories.function_of(patient, stored, engine=present, now=at),
                "discontinuation_risk": discontinuation_risk_of(patient, stored, engine=present),
                "measurements": [dump_measurement(each) for each in shown],
                "considerations": [dump_consideration(each) for each in found],
            }


@blp.route("/patients/<uuid:patient_id>/entries")
class PatientEntries(MethodView):
    """A patient's diary, for the care team."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404, 422)
    @blp.arguments(EntryQuerySchema, location="query")
    @blp.response(200, EntryPageSchema)
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """Everything in a patient's diary that changed since a cursor, or the entries of a period.

        As `GET /v1/me/entries`: with `from` or `until` by local date, newest first.
        """
        with read_session() as session:
            find_patient(session, principal(), patient_id)
            page = read_entries(session, patient_id, query)
            unseen = EntryRow.id.not_in([entry["id"] for entry in page["items"]])
            record_look(session, "entries.read", patient_id, unseen=unseen, by=principal(), now=now())
            return page


@blp.route("/patients/<uuid:patient_id>/entries/<uuid:entry_id>/versions")
class PatientEntryVersions(MethodView):
    """The former versions of one entry of a patient."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404)
    @blp.response(200, EntryHistorySchema)
    def get(self, patient_id: UUID, entry_id: UUID) -> dict[str, Any]:
        """The former versions of an entry, oldest first."""
        with read_session() as session:
            see_patient(session, patient_id, "entry_versions.read")
            return {"items": ENTRIES.history(session, patient_id, entry_id)}


@blp.route("/patients/<uuid:patient_id>/rejected-entries")
class PatientRejectedEntries(MethodView):
    """A patient's rejected items, for the care team."""

    @requires(Scope.PATIENTS_READ)
    @fails_with(404, 422)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, RejectedEntriesSchema)
    def get(self, query: dict[str, Any], patient_id: UUID) -> Page[Any]:
        """A patient's rejected items, newest first."""
        with read_session() as session:
            see_patient(session, patient_id, "rejected_entries.read")
            return rejected_items.list_rejected(session, patient_id, **query)


@blp.route("/patients/<uuid:patient_id>/rejected-entries/review")
class PatientRejectedEntriesReview(MethodView):
    """The review of a patient's rejected items by the care team."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(404)
    @blp.arguments(RejectedEntriesReviewSchema)
    @blp.response(200, RejectedEntriesReviewResultSchema)
    def post(self, body: dict[str, Any], patient_id: UUID) -> dict[str, int]:
        """Mark the items rejected up to `until` as reviewed, so that they leave the worklist.

        Safe to repeat. Items rejected later put the patient on the worklist again; the alerts that a rejected
        item has raised are answered like any other.
        """
        with transaction() as session:
            find_patient(session, principal(), patient_id)
            reviewed = rejected_items.review(session, principal(), patient_id, until=body["until"], now=now())
            remaining = rejected_items.count_unreviewed_by_patient(session, [patient_id]).get(patient_id, 0)
        return {"reviewed": reviewed, "remaining": remaining}


@blp.route("/patients/<uuid:patient_id>/alerts")
class PatientAlerts(MethodView):
    """A patient's alerts."""

    @requires(Scope.ALERTS_READ)
    @fails_with(404, 422)
    @blp.arguments(AlertListQuerySchema, location="query")
    @blp.response(200, AlertListSchema)
    def get(self, query: dict[str, Any], patient_id: UUID) -> dict[str, Any]:
        """All of a patient's alerts, open and closed."""
        with read_session() as session:
            find_patient(session, principal(), patient_id)
            return page_of_alerts(session, query, patient_id)


def _read(session: Session, patient_id: UUID, period: dict[str, Any]) -> TrajectoryView:
    return trajectories.view_trajectory(
        session, patient_id, since=period.get("since"), until=period.get("until")
    )


def _dump_trajectory(view: TrajectoryView) -> dict[str, Any]:
    trajectory = view.trajectory
    return {
        "status": trajectory.status,
        "engine": trajectory.engine,
        "last_day": trajectory.last_day,
        "last_entry_at": trajectory.last_entry_at,
        "scores": view.scores,
        "notice": NOTICE,
    }
