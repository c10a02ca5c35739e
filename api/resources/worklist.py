"""The worklist: one item for each patient who waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import AlertStatus
from api.domain.authority import Scope
from api.domain.enrolment import weeks_on_ai
from api.models.alert import Alert
from api.models.patient import Patient
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.schemas.worklist import WorklistQuerySchema, WorklistSchema
from api.services import audit
from api.services.alerts import budget
from api.services.organisation.directory import named
from api.services.worklist import alerts, beside, patients
from api.services.worklist.patients import PatientsFilter, WaitingPatient
from api.services.worklist.sparklines import sparklines

blp = Blueprint(
    "worklist", __name__, url_prefix="/v1/worklist", description="Patients who wait for the care team."
)


@blp.route("")
class Worklist(MethodView):
    """The worklist by patient."""

    @requires(Scope.ALERTS_READ)
    @fails_with(404, 422)
    @blp.arguments(WorklistQuerySchema, location="query")
    @blp.revalidated
    @blp.response(200, WorklistSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The patients who wait, worst first, each with all alerts that are not closed.

        A patient's place is that of the worst alert, in the order of `GET /v1/alerts`. Each alert comes with
        its `version`, which an answer names in If-Match. The first page has the counts of the whole worklist
        and the patients listed beside it.
        """
        with read_session() as session:
            return _page(session, query)


def _page(session: Session, query: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of the worklist, as the wire shows it, and audit the reading."""
    at, cursor = now(), query.get("cursor")
    page = patients.worklist_of_patients(
        session, principal(), _filter_of(query), after=cursor, limit=query["limit"], now=at
    )
    others = {} if cursor else beside.sections(session, principal())
    listed = [item.patient.id for item in page.items]
    listed += [patient.id for section in others.values() for patient in section.items]
    audit.record_listing(session, "worklist.listed", listed, by=principal(), now=at)
    items = [_dump_item(item, at) for item in page.items]
    if query.get("include") == "spark":
        sparks = sparklines(session, [item.patient for item in page.items], now=at)
        items = [shown | {"spark": sparks[shown["patient"]["id"]]} for shown in items]
    return {
        "items": items,
        "next": page.next,
        "more": page.next is not None,
        "summary": None if cursor else _summary(session, at) | others,
    }


def _filter_of(query: Mapping[str, Any]) -> PatientsFilter:
    hours = query.get("waiting_over")
    whose = query.get("assigned_to")
    if whose not in {None, patients.NOBODY}:
        whose = principal().id if whose == "me" else UUID(whose)
    return PatientsFilter(
        statuses=[AlertStatus(word) for word in query.get("status") or alerts.WAITING],
        tier=Tier(query["tier"]) if "tier" in query else None,
        kind=FindingKind(query["kind"]) if "kind" in query else None,
        assigned_to=whose,
        team_id=query.get("team_id"),
        is_held_back=query.get("held_back"),
        waiting_over=None if hours is None else timedelta(hours=hours),
    )


def _summary(session: Session, at: datetime) -> dict[str, Any]:
    by = principal()
    return patients.count_patients(session, by)._asdict() | {
        "alerts": alerts.counts(session, by),
        "alert_budget": budget.use_of_week(session, by.site_id, now=at),
    }


def _dump_item(item: WaitingPatient, at: datetime) -> dict[str, Any]:
    worst = item.alerts[0]
    return {
        "patient": _dump_patient(item.patient, at),
        "tier": worst.tier,
        "kind": worst.kind,
        "emergency": worst.emergency,
        "reason": worst.reason,
        "waiting_since": item.waiting_since,
        "held_back": item.held_back,
        "alerts": [_dump_alert(alert, item.names) for alert in item.alerts],
    }


def _dump_patient(patient: Patient, at: datetime) -> dict[str, Any]:
    return {
        "id": patient.id,
        "reference": patient.reference,
        "name": patient.name,
        "team_id": patient.team_id,
        "phone": patient.phone,
        "weeks_on_ai": weeks_on_ai(patient.ai_started_on, at.date()),
        "paused_until": patient.paused_until,
    }


def _dump_alert(alert: Alert, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "tier": alert.tier,
        "status": alert.status,
        "version": alert.version,
        "opened_at": alert.opened_at,
        "reopens_at": alert.reopens_at,
        "assigned_to": named(alert.assigned_to, names),
        "acknowledged_by": named(alert.acknowledged_by, names),
    }
