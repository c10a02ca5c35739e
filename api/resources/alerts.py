"""Alerts that wait, and actions on them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.alerts.finding import FindingKind, Severity, Tier
from api.domain.alerts.status import AlertStatus
from api.domain.authority import Scope
from api.domain.enrolment import weeks_on_ai
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.resources.blueprint import Blueprint
from api.resources.guidance import dump_item
from api.resources.request_context import (
    Versioned,
    etag_of,
    if_match,
    now,
    principal,
    read_session,
    site_engine,
    transaction,
)
from api.schemas.alert import AlertSchema
from api.schemas.alert_action import AlertAssignmentSchema, AlertNoteSchema, AlertSnoozeSchema
from api.schemas.alert_list import AlertListQuerySchema, AlertListSchema
from api.services import audit
from api.services.alerts import actions
from api.services.care import guidance, measurement_history
from api.services.organisation.directory import named
from api.services.scoring.trajectories import reporting_of
from api.services.worklist import alerts as listing
from api.services.worklist import beside
from api.services.worklist.alerts import AlertDetail

blp = Blueprint("alerts", __name__, url_prefix="/v1/alerts", description="Alerts for the care team.")


@blp.route("")
class Alerts(MethodView):
    """Alerts that wait."""

    @requires(Scope.ALERTS_READ)
    @fails_with(422)
    @blp.arguments(AlertListQuerySchema, location="query")
    @blp.revalidated
    @blp.response(200, AlertListSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The alerts that wait, worst first. `GET /v1/worklist` has one item for each patient instead.

        Sorted by urgency, kind and waiting time, longest first. Each alert comes with its patient, their
        present score, and the evidence with its numbers. By default open and acknowledged alerts are
        shown. Alerts held back by the week's alert budget come last, with the reason in `held_back`.
        """
        with read_session() as session:
            return page_of_alerts(session, query)


@blp.route("/<uuid:alert_id>")
class AlertById(MethodView):
    """One alert."""

    @requires(Scope.ALERTS_READ)
    @fails_with(404)
    @blp.response(200, AlertSchema)
    def get(self, alert_id: UUID) -> Versioned:
        """One alert with its history and its ETag."""
        with read_session() as session:
            alert = actions.find_alert(session, principal(), alert_id)
            audit.record(
                session,
                "alert.read",
                by=principal(),
                now=now(),
                patient_id=alert.patient_id,
                object_id=alert.id,
            )
            return answer_with(session, alert)


@blp.route("/<uuid:alert_id>/acknowledgement")
class Acknowledgement(MethodView):
    """Acknowledgement of an alert."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(404, 409, 412)
    @blp.response(200, AlertSchema)
    def post(self, alert_id: UUID) -> Versioned:
        """Acknowledge an alert: you take care of it, and no other member of the team is notified.

        Safe to repeat. It is assigned to you. Unless it is resolved by `reopens_at` it opens again,
        assigned to nobody, and the team is notified again.
        """
        with transaction() as session:
            return answer_with(
                session,
                actions.acknowledge(
                    session, principal(), alert_id, check=if_match(is_required=False), now=now()
                ),
            )


@blp.route("/<uuid:alert_id>/assignment")
class Assignment(MethodView):
    """The member of staff who takes care of an alert."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(404, 409, 412, 422, 428)
    @blp.arguments(AlertAssignmentSchema)
    @blp.response(200, AlertSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def post(self, body: dict[str, Any], alert_id: UUID) -> Versioned:
        """Assign an alert to a member of staff, or to nobody.

        To active staff who may see the patient. It is no answer: the alert stays as it is, and the team is
        notified as before. Needs If-Match with the ETag (the `version`) that was read.
        """
        with transaction() as session:
            alert = actions.assign(session, principal(), alert_id, to=body["to"], check=if_match(), now=now())
            return answer_with(session, alert)


@blp.route("/<uuid:alert_id>/snooze")
class Snooze(MethodView):
    """Snooze of an alert."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(400, 404, 409, 412, 413, 415, 422)
    @blp.arguments(AlertSnoozeSchema)
    @blp.response(200, AlertSchema)
    def post(self, body: dict[str, Any], alert_id: UUID) -> Versioned:
        """Snooze an alert; then it opens again and the team is notified again.

        For at most 31 days, or 12 hours for a same-day alert. A new statement of the patient opens it at
        once.
        """
        with transaction() as session:
            alert = actions.snooze(
                session,
                principal(),
                alert_id,
                until=body["until"],
                note=body.get("note"),
                check=if_match(is_required=False),
                now=now(),
            )
            return answer_with(session, alert)


@blp.route("/<uuid:alert_id>/notes")
class Notes(MethodView):
    """Notes on an alert."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(400, 404, 413, 415, 422)
    @blp.arguments(AlertNoteSchema)
    @blp.response(201, AlertSchema)
    def post(self, body: dict[str, Any], alert_id: UUID) -> Versioned:
        """Add a note to an open or closed alert."""
        with transaction() as session:
            alert = actions.add_note(session, principal(), alert_id, note=body["note"], now=now())
            return answer_with(session, alert, status=201)


def page_of_alerts(session: Session, query: dict[str, Any], patient_id: UUID | None = None) -> dict[str, Any]:
    """Return a page of the caller's alerts, as the wire shows it, and audit the reading."""
    every = AlertStatus if patient_id else listing.WAITING
    page = listing.worklist(
        session,
        principal(),
        statuses=[AlertStatus(word) for word in query.get("status") or every],
        tier=Tier(query["tier"]) if "tier" in query else None,
        patient_id=patient_id,
        after=query.get("cursor"),
        limit=query["limit"],
    )
    listing.explain_held_back(session, page.cases, now=now())
    others = {
        name: [] if patient_id else list(find(session, principal())) for name, find in beside.LISTS.items()
    }
    named = [case.patient.id for case in page.cases]
    named += [patient.id for patients in others.values() for patient in patients]
    audit.record_listing(session, "alerts.listed", named, by=principal(), now=now())
    present = site_engine(session)
    return {
        "items": [dump_case(case, present, now()) for case in page.cases],
        "next": page.next,
        "more": page.next is not None,
        "counts": listing.counts(session, principal()),
        **others,
    }


def dump_case(case: AlertDetail, engine: Engine, now: datetime) -> dict[str, Any]:
    """Return an alert with its patient, score and evidence, as the wire shows it."""
    patient = case.patient
    started = patient.ai_started_on
    shown: dict[str, Any] = {
        column.key: getattr(case.alert, column.key) for column in Alert.__mapper__.column_attrs
    }
    shown["patient"] = {
        "id": patient.id,
        "reference": patient.reference,
        "name": patient.name,
        "phone": patient.phone,
        "birth_year": patient.birth_year,
        "ai": patient.ai,
        "ai_started_on": started,
        "weeks_on_ai": weeks_on_ai(started, now.date()),
        "timezone": patient.timezone,
        "paused_until": patient.paused_until,
        "last_entry_at": case.trajectory.last_entry_at,
        "scoring_status": case.trajectory.status,
        "reporting": reporting_of(patient, case.trajectory, engine=engine, now=now),
    }
    shown |= {
        "assigned_to": named(case.alert.assigned_to, case.names),
        "acknowledged_by": named(case.alert.acknowledged_by, case.names),
        "resolved_by": named(case.alert.closed_by, case.names),
        "held_back": case.held_back,
        "score": case.score,
        "evidence": case.evidence,
    }
    if case.events:
        shown["history"] = [
            {
                "at": event.at,
                "action": event.action,
                "by": named(event.staff_id, case.names),
                "assigned_to": named(event.assigned_to, case.names),
                "note": event.note,
            }
            for event in case.events
        ]
    return shown


def answer_with(session: Session, alert: Alert, *, status: int = 200) -> Versioned:
    """Return an alert with its history and its ETag, as the wire shows it."""
    session.flush()
    case = listing.alert_detail(session, alert)
    listing.explain_held_back(session, [case], now=now())
    present = site_engine(session)
    shown = dump_case(case, present, now()) | _guidance(session, case, present)
    return shown, status, {"ETag": etag_of(alert.version)}


def _guidance(session: Session, case: AlertDetail, engine: Engine) -> dict[str, Any]:
    """Return the guidance the site approved for the present severity; none for a silent patient."""
    today = local_day(now(), zone_of(case.patient.timezone))
    present = (
        case.score.severity
        if case.score and measurement_history.is_present(case.score, today, engine)
        else None
    )
    found = guidance.for_alert(
        session, case.alert.site_id, FindingKind(case.alert.kind), Severity(present) if present else None
    )
    return {"guidance": [dump_item(each) for each in found.items], "guidance_severity": found.severity}
