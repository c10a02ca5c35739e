"""Authority of every route, for every kind of caller, with ids of another site and another team."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.domain.authority import SCOPES_OF_WRITING_PROXY, Role, Scope
from api.models.alert import Alert
from api.models.outbox import Subscription
from api.models.site import Team
from api.services.access import tokens
from api.services.access.tokens import IssuedTokens
from api.services.messages import subscriptions, webhooks
from api.services.organisation import service_keys
from api.services.privacy import erasure, exports
from tests.support.builders import (
    Clinic,
    Signed,
    a_clinic,
    a_measurement,
    a_member_of_staff,
    a_patient,
    a_proxy,
    a_questionnaire,
    a_report,
    signed_in,
)

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
    "GET /v1/patients/<uuid:patient_id>": Route(Scope.PATIENTS_READ),
    "PATCH /v1/patients/<uuid:patient_id>": Route(Scope.PATIENTS_WRITE, {"name": "Eve"}),
    "POST /v1/patients/<uuid:patient_id>/activations": Route(Scope.PATIENTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/devices": Route(Scope.PATIENTS_READ),
    "DELETE /v1/patients/<uuid:patient_id>/devices/<uuid:device_id>": Route(Scope.PATIENTS_WRITE),
    "GET /v1/patients/<uuid:patient_id>/entries": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/entries/<uuid:entry_id>/versions": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/rejected-entries": Route(Scope.PATIENTS_READ),
    "POST /v1/patients/<uuid:patient_id>/rejected-entries/review": Route(Scope.ALERTS_WRITE, {"until": SOON}),
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
    "GET /v1/patients/<uuid:patient_id>/grades": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/messages": Route(Scope.PATIENTS_READ),
    "GET /v1/patients/<uuid:patient_id>/alerts": Route(Scope.ALERTS_READ),
    "GET /v1/alerts": Route(Scope.ALERTS_READ),
    "GET /v1/alerts/<uuid:alert_id>": Route(Scope.ALERTS_READ),
    "POST /v1/alerts/<uuid:alert_id>/acknowledgement": Route(Scope.ALERTS_WRITE),
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


def routes_of(app: Flask) -> Iterator[tuple[str, Any]]:
    """Return every method and path of the application, with the view that answers it."""
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            by_method = getattr(view, "view_class", None)
            yield f"{method} {rule.rule}", getattr(by_method, method.lower()) if by_method else view


def test_every_view_declares_its_authority_or_is_public(app: Flask) -> None:
    declared = {name: getattr(view, "authority", "undeclared") for name, view in routes_of(app)}
    undeclared = {name for name, authority in declared.items() if authority == "undeclared"}
    assert undeclared == FRAMEWORKS_OWN
    assert {name for name, authority in declared.items() if authority is None} == OPEN


def test_every_route_requires_the_scope_of_the_table(app: Flask) -> None:
    asked = {name: getattr(view, "authority", None) for name, view in routes_of(app)}
    closed = {name: scope for name, scope in asked.items() if name not in OPEN | FRAMEWORKS_OWN}
    assert closed == {name: route.scope for name, route in ROUTES.items()}


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


def test_a_new_route_is_open_to_proxies_only_on_purpose() -> None:
    reached = {name for name, route in ROUTES.items() if route.scope in SCOPES_OF_WRITING_PROXY}
    assert reached == OPEN_TO_PROXIES


@dataclass(frozen=True)
class Foreign:
    """Ids of another owner."""

    ids: Mapping[str, UUID]

    def fill(self, text: str) -> str:
        """Fill the ids into a path, body or query."""
        for name, value in self.ids.items():
            text = text.replace(f"<uuid:{name}>", str(value)).replace(f"<{name}>", str(value))
        return text


def ids_of(client: FlaskClient, database: Database, patient: Signed) -> Foreign:
    """Let a patient report a red flag, and return the ids of everything it created."""
    entry = a_report(red_flags=["chest_pain"])
    answer = client.post("/v1/me/entries", json=entry, headers=patient.headers)
    assert answer.status_code == 201
    asked = a_questionnaire({"worst": 7})
    answer = client.post("/v1/me/assessments", json=asked, headers=patient.headers)
    assert answer.status_code == 201
    with database.begin() as session:
        flags = select(Alert.id).where(Alert.patient_id == patient.id, Alert.kind == FindingKind.RED_FLAG)
        alert = session.scalars(flags.where(Alert.closed_at.is_(None))).one()
        grant_id = anew(session, patient, now=datetime.now(UTC)).grant_id
        subscription = a_subscription(session, patient, grant_id)
        subscriptions.send_test(session, patient.principal, device=subscription.device, now=datetime.now(UTC))
        weight = a_measurement(session, patient.id, A_WEIGHT)
        hook = webhooks.add(
            session,
            site_id=patient.principal.site_id,
            url="https://pager.example/1",
            key=webhooks.key_of(""),
            now=datetime.now(UTC),
        )
        at_site = ids_of_site(session, patient.principal.site_id)
        export = exports.request_export(session, patient.principal, now=datetime.now(UTC))
        wish, _ = erasure.request_erasure(session, patient.principal, now=datetime.now(UTC))
        let_in = a_proxy(session, patient, now=datetime.now(UTC)).principal.proxy_id
    answer = client.post("/v1/me/callback-requests", json={"about": "tablets"}, headers=patient.headers)
    assert answer.status_code in {200, 201}
    return Foreign(
        {
            "callback_id": UUID(answer.get_json()["id"]),
            "export_id": export.id,
            "erasure_id": wish.id,
            "proxy_id": let_in,
            "patient_id": patient.id,
            "alert_id": alert,
            "entry_id": UUID(entry["id"]),
            "assessment_id": UUID(asked["id"]),
            "device_id": grant_id,
            "device": subscription.device,
            "measurement_id": weight.id,
            "webhook_id": hook.webhook.id,
            **at_site,
        }
    )


def ids_of_site(session: Session, site_id: UUID) -> dict[str, UUID]:
    """Return the ids of a member of staff and a team of a site, and of a service account with its key."""
    now = datetime.now(UTC)
    team = session.scalars(select(Team).where(Team.site_id == site_id).order_by(Team.name)).first()
    assert team is not None
    nurse = a_member_of_staff(session, team, now=now)
    name = f"a program {uuid4()}"
    made = service_keys.create(session, None, site_id=site_id, name=name, scopes=["audit:read"], now=now)
    [key] = made.service.keys
    account = made.service.account
    return {"staff_id": nurse.id, "team_id": team.id, "service_id": account.id, "key_id": key.id}


def a_subscription(session: Session, patient: Signed, grant_id: UUID) -> Subscription:
    """Put a push address of a patient's device into the database."""
    subscription = Subscription(
        site_id=patient.principal.site_id,
        recipient_id=patient.id,
        grant_id=grant_id,
        device=uuid4(),
        endpoint="https://push.example/1",
        p256dh="-",
        auth="-",
        created_at=datetime.now(UTC),
    )
    session.add(subscription)
    session.flush()
    return subscription


def call(client: FlaskClient, name: str, foreign: Foreign, headers: Mapping[str, str]) -> TestResponse:
    """Call a route with ids of another owner."""
    route = ROUTES[name]
    method, path = foreign.fill(name).split(" ", 1)
    sent: dict[str, Any] = {"query_string": {key: foreign.fill(value) for key, value in route.query.items()}}
    if route.body is not None:
        sent["json"] = {
            key: foreign.fill(value) if isinstance(value, str) else value for key, value in route.body.items()
        }
    return client.open(path, method=method, headers={"If-Match": "*", **headers}, **sent)


def is_foreign(name: str) -> bool:
    """Return whether a route looks something up by its id."""
    return name not in MAKES_ITS_OWN and ("<uuid:" in name or ROUTES[name].names_ids)


def wrong_answer(name: str, answer: TestResponse, foreign: Foreign, *, holds_scope: bool) -> str | None:
    """Return the fault of an answer to a signed-in caller, None where there is none."""
    status, answered = answer.status_code, f"{name}: {answer.status_code}"
    if not holds_scope:
        return None if status == 403 else f"{answered}, not 403"
    if is_foreign(name):
        return None if status == 404 else f"{answered}, not 404"
    if status in {401, 403} or status == 500:
        return f"{answered} for its own caller"
    tells = any(str(one) in answer.text for one in foreign.ids.values())
    return f"{answered}, and shows data of {foreign}" if tells and name not in MAKES_ITS_OWN else None


def walk(
    client: FlaskClient,
    database: Database,
    callers: list[Signed],
    foreign: Foreign,
    *,
    without: Collection[str] = (),
) -> list[str]:
    """Call every route as every caller, each time with a new sign-in, and return the faults."""
    wrong = []
    for caller in callers:
        for name, route in ROUTES.items():
            if name in without:
                continue
            with database.begin() as session:
                token = anew(session, caller, now=datetime.now(UTC)).access
            answer = call(client, name, foreign, {"Authorization": f"Bearer {token}"})
            holds = caller.principal.may(route.scope)
            found = wrong_answer(name, answer, foreign, holds_scope=holds)
            wrong += [f"{caller.principal.kind} {found}"] if found else []
    return wrong


def anew(session: Session, caller: Signed, *, now: datetime) -> IssuedTokens:
    """Sign a caller in once more, because some routes end the sign-in that calls them."""
    who = caller.principal
    let_in = {"patient_id": who.id, "ends_at": now + timedelta(days=1)} if who.proxy_id else {}
    return tokens.grant(
        session,
        kind=who.kind,
        subject_id=who.actor_id,
        **let_in,
        site_id=who.site_id,
        team_id=who.team_id,
        scopes=who.scopes,
        label="a walk",
        now=now,
    )


def let_in(database: Database, clinic: Clinic) -> list[Signed]:
    """Return somebody the patient let in to read, and somebody to read and write."""
    with database.begin() as session:
        now = datetime.now(UTC)
        return [a_proxy(session, clinic.patient, now=now, may_write=may) for may in (False, True)]


@pytest.fixture
def elsewhere(client: FlaskClient, database: Database) -> Foreign:
    """The ids of another site."""
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Another site")
    return ids_of(client, database, other.patient)


def test_no_caller_reaches_another_site(
    client: FlaskClient, clinic: Clinic, database: Database, elsewhere: Foreign
) -> None:
    assert walk(client, database, [*clinic.everybody().values(), *let_in(database, clinic)], elsewhere) == []


def test_a_nurse_a_clinician_and_a_patient_do_not_reach_another_team(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        team = Team(site_id=clinic.site.id, name="Another team")
        session.add(team)
        session.flush()
        patient = signed_in(session, a_patient(session, team, now=now), now=now)
    foreign = ids_of(client, database, patient)
    callers = [clinic.nurse, clinic.clinician, clinic.patient, *let_in(database, clinic)]
    assert walk(client, database, callers, foreign, without=SHOWN_TO_COLLEAGUES) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_walk_finds_a_fault(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    wrong = [
        line
        for caller in (clinic.site_admin, clinic.patient)
        for line in walk(client, database, [caller], ids_of(client, database, clinic.patient))
    ]
    let_in = {line.split(": ")[0].split(" ", 1)[1] for line in wrong if ", not 404" in line}
    assert let_in == {name for name in ROUTES if is_foreign(name)}


def test_a_coordinator_and_an_admin_see_every_team_of_their_site(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        team = Team(site_id=clinic.site.id, name="Another team")
        session.add(team)
        session.flush()
        patient = a_patient(session, team, now=datetime.now(UTC))
    for caller in (clinic.coordinator, clinic.site_admin, clinic.scheduler):
        assert client.get(f"/v1/patients/{patient.id}", headers=caller.headers).status_code == 200


def impostors(session: Session, clinic: Clinic, now: datetime) -> dict[str, dict[str, str]]:
    """Return the headers of callers that no route may accept."""
    admin, scheduler = clinic.site_admin, clinic.scheduler
    revoked, thrown_away = (anew(session, caller, now=now) for caller in (admin, scheduler))
    tokens.revoke(session, [revoked.grant_id, thrown_away.grant_id], because="a test", now=now)
    bearers = {
        "an expired token": anew(session, admin, now=now - timedelta(days=100)).access,
        "a revoked sign-in": revoked.access,
        "a revoked key": thrown_away.access,
        "a refresh token": anew(session, admin, now=now).refresh,
        "a guess": "x" * 43,
        "no token": "",
    }
    headers = {name: {"Authorization": f"Bearer {token}"} for name, token in bearers.items()}
    basic = {"Authorization": f"Basic {clinic.site_admin.token}"}
    return headers | {"nobody": {}, "another scheme": basic}


def test_callers_without_a_valid_sign_in_reach_nothing(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    own = ids_of(client, database, clinic.patient)
    with database.begin() as session:
        let_in = impostors(session, clinic, datetime.now(UTC))
    wrong = [
        f"{who}: {name}: {answer.status_code}"
        for who, headers in let_in.items()
        for name in ROUTES
        if (answer := call(client, name, own, headers)).status_code != 401
        or "WWW-Authenticate" not in answer.headers
    ]
    assert wrong == []


def test_a_role_has_the_scopes_of_its_grant_not_those_it_requests(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        nurse = a_member_of_staff(session, clinic.team, now=now, role=Role.NURSE)
        signed = signed_in(session, nurse, now=now)
        nurse.role = Role.SITE_ADMIN
    assert client.get("/v1/audit", headers=signed.headers).status_code == 403
