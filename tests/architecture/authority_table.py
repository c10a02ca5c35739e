"""Table of the authority that every route needs, who may use it, and what calls it with ids of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from api.domain.authority import Scope

OPEN = {
    "GET /",
    "GET /activate",
    "GET /app/",
    "GET /app/manifest.webmanifest",
    "GET /app/sw.js",
    "GET /app/version.json",
    "GET /docs",
    "GET /invitation",
    "GET /m/<uuid:message_id>",
    "GET /problems/<slug>",
    "GET /team/",
    "GET /static/<string(length=16):wanted>/<path:name>",
    "GET /health/live",
    "GET /health/ready",
    "POST /v1/activations",
    "POST /v1/invitations/acceptance",
    "POST /v1/receipts",
    "POST /v1/sessions",
    "POST /v1/tokens",
}
"""Routes that are declared public."""

FRAMEWORKS_OWN = {"GET /static/<path:filename>", "GET /openapi.json"}
"""Routes of Flask and flask-smorest, which hold no data."""


@dataclass(frozen=True)
class Route:
    """Scope a route requires, and the request that makes it look up ids of others."""

    scope: Scope
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    names_ids: bool = False
    """True where an id in its body or query, not its path, must be visible to the caller."""


AN_ENTRY = {"recorded_at": "2026-03-01T19:00:00+00:00", "pain_worst": 3}

AN_ASSESSMENT = {"status": "partial", "recorded_at": "2026-03-01T19:00:00+00:00"}

A_PUSH_ADDRESS = {"endpoint": "https://example.org/1", "keys": {"p256dh": "-", "auth": "-"}}

A_WEIGHT = {"kind": "weight", "measured_on": "2026-03-01", "value": 70, "unit": "kg"}

AN_ALERT = {"id": "0b8f2f3e-9a3f-4c56-8a77-4d5a5a8f0b11", "version": 1}
A_KNOWN_LEVEL = {"symptom": "pain", "level": 6, "until": datetime.now(UTC).date().isoformat()}

SOON = (datetime.now(UTC) + timedelta(days=1)).isoformat()

ROUTES = {
    "GET /v1/me": Route(Scope.SELF),
    "PATCH /v1/me": Route(Scope.SELF, {}),
    "GET /v1/me/audit": Route(Scope.PRIVACY),
    "GET /v1/me/exports": Route(Scope.PRIVACY),
    "POST /v1/me/exports": Route(Scope.PRIVACY),
    "GET /v1/me/exports/<uuid:export_id>": Route(Scope.PRIVACY),
    "GET /v1/me/exports/<uuid:export_id>/file": Route(Scope.PRIVACY),
    "GET /v1/me/erasure-requests": Route(Scope.PRIVACY),
    "POST /v1/me/erasure-requests": Route(Scope.PRIVACY),
    "POST /v1/me/erasure-requests/<uuid:erasure_id>/withdrawal": Route(Scope.PRIVACY),
    "GET /v1/erasure-requests": Route(Scope.ERASURE),
    "POST /v1/erasure-requests/<uuid:erasure_id>/decision": Route(Scope.ERASURE, {"decision": "accept"}),
    "GET /v1/me/proxies": Route(Scope.PRIVACY),
    "POST /v1/me/proxies": Route(Scope.PRIVACY, {}),
    "DELETE /v1/me/proxies/<uuid:proxy_id>": Route(Scope.PRIVACY),
    "GET /v1/me/devices": Route(Scope.DEVICES),
    "POST /v1/me/totp": Route(Scope.STAFF_SELF, {}),
    "PUT /v1/me/totp": Route(Scope.STAFF_SELF, {}),
    "DELETE /v1/me/totp": Route(Scope.STAFF_SELF, {}),
    "GET /v1/me/recovery-codes": Route(Scope.STAFF_SELF),
    "POST /v1/me/recovery-codes": Route(Scope.STAFF_SELF, {}),
    "PUT /v1/me/password": Route(Scope.STAFF_SELF, {}),
    "GET /v1/me/entries": Route(Scope.DIARY_READ),
    "POST /v1/me/entries": Route(Scope.REPORT, {"entries": []}),
    "GET /v1/me/entries/<uuid:entry_id>": Route(Scope.DIARY_READ),
    "PUT /v1/me/entries/<uuid:entry_id>": Route(Scope.REPORT, AN_ENTRY),
    "DELETE /v1/me/entries/<uuid:entry_id>": Route(Scope.REPORT),
    "GET /v1/me/entries/<uuid:entry_id>/versions": Route(Scope.DIARY_READ),
    "GET /v1/me/rejected-entries": Route(Scope.DIARY_READ),
    "GET /v1/me/callback-requests": Route(Scope.DIARY_READ),
    "POST /v1/me/callback-requests": Route(Scope.REPORT, {"about": "tablets"}),
    "DELETE /v1/me/callback-requests/<uuid:callback_id>": Route(Scope.REPORT),
    "GET /v1/me/events": Route(Scope.DIARY_READ),
    "GET /v1/me/treatments": Route(Scope.DIARY_READ),
    "GET /v1/patients/<uuid:patient_id>/treatments": Route(Scope.PATIENTS_READ),
    "PUT /v1/patients/<uuid:patient_id>/treatments": Route(Scope.PATIENTS_WRITE, {"treatments": []}),
    "GET /v1/me/trajectory": Route(Scope.DIARY_READ),
    "GET /v1/me/assessments": Route(Scope.DIARY_READ),
    "POST /v1/me/assessments": Route(Scope.REPORT, {}),
    "GET /v1/me/assessments/<uuid:assessment_id>": Route(Scope.DIARY_READ),
    "PUT /v1/me/assessments/<uuid:assessment_id>": Route(Scope.REPORT, AN_ASSESSMENT),
    "DELETE /v1/me/assessments/<uuid:assessment_id>": Route(Scope.REPORT),
    "GET /v1/me/assessments/<uuid:assessment_id>/versions": Route(Scope.DIARY_READ),
    "GET /v1/check-in": Route(Scope.SELF),
    "GET /v1/instruments": Route(Scope.SELF),
    "GET /v1/instruments/<string:code>": Route(Scope.SELF),
    "POST /v1/me/reminders/snooze": Route(Scope.REPORT, {"for": "two_hours"}),
    "DELETE /v1/me/reminders/snooze": Route(Scope.REPORT),
    "GET /v1/push-key": Route(Scope.RECEIVE_PUSH),
    "PUT /v1/me/subscriptions/<uuid:device>": Route(Scope.RECEIVE_PUSH, A_PUSH_ADDRESS),
    "GET /v1/me/subscriptions/<uuid:device>/probe": Route(Scope.RECEIVE_PUSH),
    "POST /v1/me/subscriptions/<uuid:device>/probe": Route(Scope.RECEIVE_PUSH),
    "DELETE /v1/me/subscriptions/<uuid:device>": Route(Scope.RECEIVE_PUSH),
    "DELETE /v1/me/devices/<uuid:device_id>": Route(Scope.DEVICES),
    "POST /v1/me/activations": Route(Scope.PRIVACY),
    "GET /v1/patients": Route(Scope.PATIENTS_READ),
    "POST /v1/patients": Route(Scope.PATIENTS_WRITE, {}),
    "POST /v1/patients/search": Route(Scope.PATIENTS_READ, {"text": "nobody of this name"}),
    "GET /v1/patients/<uuid:patient_id>": Route(Scope.PATIENTS_READ),
    "PATCH /v1/patients/<uuid:patient_id>": Route(Scope.PATIENTS_WRITE, {"name": "Eve"}),
    "POST /v1/patients/<uuid:patient_id>/activations": Route(Scope.PATIENTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/devices": Route(Scope.PATIENTS_READ),
    "DELETE /v1/patients/<uuid:patient_id>/devices/<uuid:device_id>": Route(Scope.PATIENTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/entries": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/entries/<uuid:entry_id>/versions": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/rejected-entries": Route(Scope.PATIENTS_READ),
    "POST /v1/patients/<uuid:patient_id>/rejected-entries/review": Route(Scope.ALERTS_WRITE, {"until": SOON}),
    "GET /v1/patients/<uuid:patient_id>/expected-levels": Route(Scope.PATIENTS_READ),
    "POST /v1/patients/<uuid:patient_id>/expected-levels": Route(Scope.ALERTS_WRITE, A_KNOWN_LEVEL),
    "DELETE /v1/patients/<uuid:patient_id>/expected-levels/<uuid:level_id>": Route(Scope.ALERTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/trajectory": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/measurements": Route(Scope.PATIENTS_READ),
    "POST /v1/patients/<uuid:patient_id>/measurements": Route(Scope.PATIENTS_WRITE, {}),
    "GET /v1/patients/<uuid:patient_id>/measurements/<uuid:measurement_id>": Route(Scope.PATIENTS_READ),
    "PUT /v1/patients/<uuid:patient_id>/measurements/<uuid:measurement_id>": Route(
        Scope.PATIENTS_WRITE, A_WEIGHT
    ),
    "DELETE /v1/patients/<uuid:patient_id>/measurements/<uuid:measurement_id>": Route(Scope.PATIENTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/measurements/<uuid:measurement_id>/versions": Route(
        Scope.PATIENTS_READ
    ),
    "GET /v1/patients/<uuid:patient_id>/assessments": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/assessments/<uuid:assessment_id>/versions": Route(
        Scope.PATIENTS_READ
    ),
    "POST /v1/patients/<uuid:patient_id>/entries": Route(Scope.PATIENTS_WRITE, AN_ENTRY | {"via": "phone"}),
    "PUT /v1/patients/<uuid:patient_id>/entries/<uuid:entry_id>": Route(
        Scope.PATIENTS_WRITE, AN_ENTRY | {"via": "phone"}
    ),
    "DELETE /v1/patients/<uuid:patient_id>/entries/<uuid:entry_id>": Route(Scope.PATIENTS_WRITE),
    "POST /v1/patients/<uuid:patient_id>/assessments": Route(
        Scope.PATIENTS_WRITE, AN_ASSESSMENT | {"id": str(UUID(int=7)), "instrument": "bpi-sf", "via": "phone"}
    ),
    "PUT /v1/patients/<uuid:patient_id>/assessments/<uuid:assessment_id>": Route(
        Scope.PATIENTS_WRITE, AN_ASSESSMENT | {"via": "phone"}
    ),
    "DELETE /v1/patients/<uuid:patient_id>/assessments/<uuid:assessment_id>": Route(Scope.PATIENTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/grades": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/messages": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/alerts": Route(Scope.ALERTS_READ),
    "GET /v1/changes": Route(Scope.ALERTS_READ),
    "GET /v1/worklist": Route(Scope.ALERTS_READ),
    "GET /v1/alerts": Route(Scope.ALERTS_READ),
    "GET /v1/alerts/<uuid:alert_id>": Route(Scope.ALERTS_READ),
    "POST /v1/alerts/<uuid:alert_id>/acknowledgement": Route(Scope.ALERTS_WRITE),
    "POST /v1/alerts/<uuid:alert_id>/assignment": Route(Scope.ALERTS_WRITE, {"to": None}),
    "POST /v1/alerts/<uuid:alert_id>/snooze": Route(Scope.ALERTS_WRITE, {"until": SOON}),
    "POST /v1/alerts/<uuid:alert_id>/resolution": Route(Scope.ALERTS_WRITE, {"outcome": "visit_booked"}),
    "POST /v1/alerts/<uuid:alert_id>/notes": Route(Scope.ALERTS_WRITE, {"note": "called"}),
    "GET /v1/reminders": Route(Scope.REMINDERS_READ, query={"due_before": SOON}),
    "POST /v1/reminders": Route(
        Scope.REMINDERS_WRITE, {"patient_id": "<patient_id>", "slot": "week-6"}, names_ids=True
    ),
    "GET /v1/audit": Route(Scope.AUDIT_READ, query={"patient_id": "<patient_id>"}, names_ids=True),
    "GET /v1/site/policy": Route(Scope.POLICY_READ),
    "PUT /v1/site/policy": Route(Scope.POLICY_WRITE, {"document": {"name": "Ours"}}),
    "GET /v1/site/ladder": Route(Scope.POLICY_READ),
    "PUT /v1/site/ladder": Route(Scope.POLICY_WRITE, {"document": {"name": "default"}}),
    "GET /v1/site/questions": Route(Scope.STAFF_READ),
    "PUT /v1/site/questions": Route(Scope.QUESTIONS_WRITE, {"document": {"name": "Ours"}}),
    "GET /v1/policy": Route(Scope.POLICY_READ),
    "POST /v1/policies": Route(Scope.POLICY_WRITE, {"document": {"name": "Ours"}}),
    "GET /v1/ladder": Route(Scope.POLICY_READ),
    "POST /v1/ladders": Route(Scope.POLICY_WRITE, {"document": {"name": "default"}}),
    "GET /v1/rotas": Route(Scope.ALERTS_READ),
    "GET /v1/rotas/<name>": Route(Scope.ALERTS_READ),
    "PUT /v1/rotas/<name>": Route(Scope.ROTAS_WRITE, {"shifts": []}),
    "GET /v1/reports/response-times": Route(Scope.REPORTS_READ),
    "POST /v1/alerts/resolutions": Route(Scope.ALERTS_WRITE, {"items": [AN_ALERT | {"outcome": "referred"}]}),
    "POST /v1/alerts/snoozes": Route(Scope.ALERTS_WRITE, {"items": [AN_ALERT | {"until": SOON}]}),
    "POST /v1/alerts/assignments": Route(Scope.ALERTS_WRITE, {"items": [AN_ALERT | {"to": None}]}),
    "POST /v1/alerts/acknowledgements": Route(Scope.ALERTS_WRITE, {"token": "x" * 50}),
    "GET /v1/guidance": Route(Scope.ALERTS_READ),
    "POST /v1/guidance/<string:item_id>/decisions": Route(Scope.POLICY_WRITE, {}),
    "GET /v1/site/plan": Route(Scope.POLICY_READ),
    "PUT /v1/site/plan": Route(Scope.POLICY_WRITE, {}),
    "GET /v1/patients/<uuid:patient_id>/plan": Route(Scope.PATIENTS_READ),
    "PUT /v1/patients/<uuid:patient_id>/plan": Route(Scope.PATIENTS_WRITE, {"preset": "article"}),
    "POST /v1/patients/<uuid:patient_id>/plan/skips": Route(
        Scope.PATIENTS_WRITE, {"slot": "bpi-sf:2026-03-02", "reason": "away"}
    ),
    "DELETE /v1/patients/<uuid:patient_id>/plan/skips/<string:slot>": Route(Scope.PATIENTS_WRITE),
    "GET /v1/me/due": Route(Scope.DIARY_READ),
    "GET /v1/webhooks": Route(Scope.WEBHOOKS),
    "POST /v1/webhooks": Route(Scope.WEBHOOKS, {"url": "https://169.254.169.254/"}),
    "DELETE /v1/webhooks/<uuid:webhook_id>": Route(Scope.WEBHOOKS),
    "GET /v1/staff": Route(Scope.STAFF_READ),
    "POST /v1/staff": Route(Scope.STAFF_WRITE, {}),
    "GET /v1/staff/<uuid:staff_id>": Route(Scope.STAFF_READ),
    "PATCH /v1/staff/<uuid:staff_id>": Route(Scope.STAFF_WRITE, {"name": "Kim"}),
    "POST /v1/staff/<uuid:staff_id>/deactivation": Route(Scope.STAFF_WRITE),
    "POST /v1/staff/<uuid:staff_id>/reactivation": Route(Scope.STAFF_WRITE),
    "POST /v1/staff/<uuid:staff_id>/invitation": Route(Scope.STAFF_WRITE, {}),
    "DELETE /v1/staff/<uuid:staff_id>/totp": Route(Scope.STAFF_WRITE),
    "GET /v1/staff/<uuid:staff_id>/devices": Route(Scope.STAFF_WRITE),
    "DELETE /v1/staff/<uuid:staff_id>/devices": Route(Scope.STAFF_WRITE),
    "GET /v1/site": Route(Scope.STAFF_READ),
    "PATCH /v1/site": Route(Scope.SITE_WRITE, {}),
    "GET /v1/teams": Route(Scope.STAFF_READ),
    "POST /v1/teams": Route(Scope.STAFF_WRITE, {}),
    "GET /v1/teams/<uuid:team_id>": Route(Scope.STAFF_READ),
    "PATCH /v1/teams/<uuid:team_id>": Route(Scope.STAFF_WRITE, {"name": "Another"}),
    "GET /v1/services": Route(Scope.SERVICES),
    "POST /v1/services": Route(Scope.SERVICES, {}),
    "GET /v1/services/<uuid:service_id>": Route(Scope.SERVICES),
    "POST /v1/services/<uuid:service_id>/keys": Route(Scope.SERVICES, {}),
    "DELETE /v1/services/<uuid:service_id>/keys/<uuid:key_id>": Route(Scope.SERVICES),
    "DELETE /v1/services/<uuid:service_id>": Route(Scope.SERVICES),
    "GET /metrics": Route(Scope.METRICS_READ),
    "DELETE /v1/tokens/current": Route(Scope.SELF),
}
"""Every route that is not public; a new one fails here until it is listed."""

SHOWN_TO_COLLEAGUES = {
    "GET /v1/staff",
    "GET /v1/staff/<uuid:staff_id>",
    "GET /v1/teams",
    "GET /v1/teams/<uuid:team_id>",
}
"""Routes about the whole site, which another team of it may use."""

MAKES_ITS_OWN = {"PUT /v1/me/subscriptions/<uuid:device>"}
"""Routes whose id the caller chooses: an id of another owner creates one of the caller's own."""

OPEN_TO_PROXIES = {
    "GET /v1/me",
    "PATCH /v1/me",
    "GET /v1/me/entries",
    "POST /v1/me/entries",
    "GET /v1/me/entries/<uuid:entry_id>",
    "PUT /v1/me/entries/<uuid:entry_id>",
    "DELETE /v1/me/entries/<uuid:entry_id>",
    "GET /v1/me/entries/<uuid:entry_id>/versions",
    "GET /v1/me/rejected-entries",
    "GET /v1/me/events",
    "GET /v1/me/treatments",
    "GET /v1/me/trajectory",
    "GET /v1/me/assessments",
    "POST /v1/me/assessments",
    "GET /v1/me/assessments/<uuid:assessment_id>",
    "PUT /v1/me/assessments/<uuid:assessment_id>",
    "DELETE /v1/me/assessments/<uuid:assessment_id>",
    "GET /v1/me/assessments/<uuid:assessment_id>/versions",
    "GET /v1/me/callback-requests",
    "POST /v1/me/callback-requests",
    "DELETE /v1/me/callback-requests/<uuid:callback_id>",
    "GET /v1/me/due",
    "POST /v1/me/reminders/snooze",
    "DELETE /v1/me/reminders/snooze",
    "GET /v1/check-in",
    "GET /v1/instruments",
    "GET /v1/instruments/<string:code>",
    "DELETE /v1/tokens/current",
}
"""Routes that somebody whom a patient let in may use; nothing about devices, codes or privacy."""
