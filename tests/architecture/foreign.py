"""Ids of another owner, and calls of every route with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.models.alert import Alert
from api.models.outbox import Subscription
from api.models.site import Team
from api.services.access import tokens
from api.services.access.tokens import IssuedTokens
from api.services.messages import subscriptions, webhooks
from api.services.organisation import service_keys
from api.services.privacy import erasure, exports
from tests.architecture.authority_table import A_WEIGHT, MAKES_ITS_OWN, ROUTES
from tests.support.builders import (
    Signed,
    a_known_level,
    a_measurement,
    a_member_of_staff,
    a_proxy,
    a_questionnaire,
    a_report,
)


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
        level = a_known_level(session, patient.id, now=datetime.now(UTC))
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
            "level_id": level,
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
