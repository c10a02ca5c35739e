"""Tokens: rotated, ended, and dead when a copy turns up."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.authority import SCOPES_OF_PATIENT, ActorKind
from api.models.audit import AuditRow
from api.models.identity import Grant, Throttle, Token
from api.models.outbox import Subscription
from api.services.access import tokens
from api.services.access.tokens import IssuedTokens
from tests.support.builders import Clinic


@pytest.fixture
def issued(database: Database, clinic: Clinic) -> IssuedTokens:
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


def subscription_ended(database: Database, issued: IssuedTokens) -> str | None:
    with database.read() as session:
        mine = select(Subscription).where(Subscription.grant_id == issued.grant_id)
        return session.scalars(mine).one().retired_reason


def age(database: Database, refresh: str, **by: float) -> None:
    """Let a refresh token have been traded earlier than it was."""
    with database.begin() as session:
        spent = session.get_one(Token, tokens.digest_of(refresh))
        assert spent.used_at is not None
        spent.used_at -= timedelta(**by)


def test_a_refresh_token_is_traded_for_a_new_pair_and_old_access_tokens_live_on(
    client: FlaskClient, issued: IssuedTokens
) -> None:
    answer = rotate(client, issued.refresh)
    assert answer.status_code == 201
    assert whoami(client, answer.json["access_token"]) == 200
    assert whoami(client, issued.access) == 200


def test_a_lost_answer_is_given_again(client: FlaskClient, issued: IssuedTokens, database: Database) -> None:
    first = rotate(client, issued.refresh).json
    age(database, issued.refresh, days=30)
    again = rotate(client, issued.refresh)
    assert (again.status_code, again.json["refresh_token"]) == (201, first["refresh_token"])
    assert again.json["refresh_expires_at"] == first["refresh_expires_at"]
    assert [whoami(client, each["access_token"]) for each in (first, again.json)] == [200, 200]
    assert rotate(client, first["refresh_token"]).status_code == 201


def test_two_tabs_that_refresh_a_few_seconds_apart_share_one_successor(
    client: FlaskClient, issued: IssuedTokens
) -> None:
    first = rotate(client, issued.refresh).json["refresh_token"]
    rotate(client, first)
    assert rotate(client, issued.refresh).json["refresh_token"] == first


def test_a_token_used_after_its_successor_ends_the_whole_sign_in_and_is_audited(
    client: FlaskClient, clinic: Clinic, issued: IssuedTokens, database: Database
) -> None:
    second = rotate(client, issued.refresh).json
    newest = rotate(client, second["refresh_token"]).json
    age(database, issued.refresh, seconds=61)
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


def test_a_client_that_repeats_in_a_loop_is_slowed_down(
    client: FlaskClient, issued: IssuedTokens, database: Database
) -> None:
    rotate(client, issued.refresh)
    rotate(client, issued.refresh)
    with database.begin() as session:
        session.execute(update(Throttle).values(attempts=300))
    answer = rotate(client, issued.refresh)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


def test_unknown_refresh_tokens_are_counted_nowhere(
    client: FlaskClient, issued: IssuedTokens, database: Database
) -> None:
    assert {rotate(client, f"unknown {n}").status_code for n in range(400)} == {401}
    assert rotate(client, issued.refresh).status_code == 201
    with database.read() as session:
        assert session.scalars(select(Throttle)).all() == []


@pytest.mark.parametrize("token", ["unknown", "x" * 200, "ä\u2028"])
def test_an_unknown_refresh_token_is_refused(client: FlaskClient, clinic: Clinic, token: str) -> None:
    answer = rotate(client, token)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/token-refused")


def test_an_expired_refresh_token_is_refused(
    client: FlaskClient, issued: IssuedTokens, database: Database
) -> None:
    with database.begin() as session:
        session.execute(update(Token).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert rotate(client, issued.refresh).status_code == 401


def test_an_access_token_does_not_refresh_nor_a_refresh_token_open_anything(
    client: FlaskClient, issued: IssuedTokens
) -> None:
    assert rotate(client, issued.access).status_code == 401
    assert whoami(client, issued.refresh) == 401


def test_signing_out_ends_this_device_and_no_other(
    client: FlaskClient, clinic: Clinic, issued: IssuedTokens, database: Database
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


def test_tokens_are_kept_hashed(issued: IssuedTokens, database: Database) -> None:
    with database.read() as session:
        kept = " ".join(session.scalars(select(Token.digest)))
        assert session.get_one(Grant, issued.grant_id).revoked_at is None
    assert issued.access not in kept
    assert issued.refresh not in kept


def test_answers_with_tokens_are_not_cached(client: FlaskClient, issued: IssuedTokens) -> None:
    assert rotate(client, issued.refresh).headers["Cache-Control"] == "no-store"
