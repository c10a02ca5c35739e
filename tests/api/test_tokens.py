"""Tokens: rotated, ended, and dead when a copy turns up."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db import Sessions
from api.domain.authority import SCOPES_OF_PATIENT, ActorKind
from api.models.audit import AuditRow
from api.models.identity import Grant, Token
from api.models.outbox import Subscription
from api.services.access import tokens
from api.services.access.tokens import Issued
from tests.builders import Clinic


@pytest.fixture
def issued(database: Sessions, clinic: Clinic) -> Issued:
    """A patient's fresh pair of tokens, on a phone that gets push messages."""
    with database.begin() as session:
        now = datetime.now(UTC)
        pair = tokens.grant(
            session,
            kind=ActorKind.PATIENT,
            subject_id=clinic.patient.id,
            site_id=clinic.site.id,
            scopes=SCOPES_OF_PATIENT,
            label="phone",
            now=now,
        )
        session.add(
            Subscription(
                site_id=clinic.site.id,
                recipient_id=clinic.patient.id,
                grant_id=pair.grant_id,
                device=uuid4(),
                endpoint="https://push.example/1",
                p256dh="-",
                auth="-",
                created_at=now,
            )
        )
    return pair


def rotate(client: FlaskClient, refresh: str) -> Any:
    return client.post("/v1/tokens", json={"refresh_token": refresh})


def whoami(client: FlaskClient, access: str) -> int:
    status: int = client.get("/v1/me", headers={"Authorization": f"Bearer {access}"}).status_code
    return status


def subscription_ended(database: Sessions, issued: Issued) -> str | None:
    with database.read() as session:
        mine = select(Subscription).where(Subscription.grant_id == issued.grant_id)
        return session.scalars(mine).one().retired_because


def test_a_refresh_token_is_traded_for_a_new_pair(client: FlaskClient, issued: Issued) -> None:
    answer = rotate(client, issued.refresh)
    assert answer.status_code == 201
    assert whoami(client, answer.json["access_token"]) == 200
    assert whoami(client, issued.access) == 401


def test_a_refresh_token_used_twice_ends_the_whole_sign_in_and_is_written_down(
    client: FlaskClient, clinic: Clinic, issued: Issued, database: Sessions
) -> None:
    newest = rotate(client, issued.refresh).json
    answer = rotate(client, issued.refresh)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/token-refused")
    assert whoami(client, newest["access_token"]) == 401
    assert rotate(client, newest["refresh_token"]).status_code == 401
    assert subscription_ended(database, issued) == "refresh token used twice"
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "token.reused")).one()
    assert (row.site_id, row.patient_id, row.object_id) == (
        clinic.site.id,
        clinic.patient.id,
        issued.grant_id,
    )


@pytest.mark.parametrize("token", ["unknown", "x" * 200, "ä\u2028"])
def test_an_unknown_refresh_token_is_refused(client: FlaskClient, clinic: Clinic, token: str) -> None:
    answer = rotate(client, token)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/token-refused")


def test_an_expired_refresh_token_is_refused(client: FlaskClient, issued: Issued, database: Sessions) -> None:
    with database.begin() as session:
        session.execute(update(Token).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert rotate(client, issued.refresh).status_code == 401


def test_an_access_token_does_not_refresh_nor_a_refresh_token_open_anything(
    client: FlaskClient, issued: Issued
) -> None:
    assert rotate(client, issued.access).status_code == 401
    assert whoami(client, issued.refresh) == 401


def test_signing_out_ends_this_device_and_no_other(
    client: FlaskClient, clinic: Clinic, issued: Issued, database: Sessions
) -> None:
    headers = {"Authorization": f"Bearer {issued.access}"}
    assert client.delete("/v1/tokens/current", headers=headers).status_code == 204
    assert whoami(client, issued.access) == 401
    assert rotate(client, issued.refresh).status_code == 401
    assert subscription_ended(database, issued) == "signed out"
    assert whoami(client, clinic.patient.token) == 200


def test_a_service_may_throw_its_key_away(client: FlaskClient, clinic: Clinic) -> None:
    assert client.delete("/v1/tokens/current", headers=clinic.scheduler.headers).status_code == 204
    assert whoami(client, clinic.scheduler.token) == 401


def test_tokens_are_kept_hashed(issued: Issued, database: Sessions) -> None:
    with database.read() as session:
        kept = " ".join(session.scalars(select(Token.digest)))
        assert session.get_one(Grant, issued.grant_id).revoked_at is None
    assert issued.access not in kept
    assert issued.refresh not in kept


def test_tokens_are_not_stored_on_the_way(client: FlaskClient, issued: Issued) -> None:
    assert rotate(client, issued.refresh).headers["Cache-Control"] == "no-store"
