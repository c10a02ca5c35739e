"""Keys of programs expire, are listed without their secrets, rotated with an overlap, and revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.identity import Token
from api.services.access import tokens
from api.services.organisation import service_keys
from tests.support.builders import Clinic


def make(client: FlaskClient, clinic: Clinic, **changes: Any) -> Any:
    body = {"name": "nightly", "scopes": ["reminders:read"]} | changes
    return client.post("/v1/services", json=body, headers=clinic.site_admin.headers)


def works(client: FlaskClient, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"}
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = client.get("/v1/reminders", query_string={"due_before": soon}, headers=headers)
    return answer.status_code == 200


def listed(client: FlaskClient, clinic: Clinic, name: str = "nightly") -> Any:
    items = client.get("/v1/services", headers=clinic.site_admin.headers).json["items"]
    return next(item for item in items if item["name"] == name)


def test_a_key_is_shown_once_expires_in_a_year_and_is_listed_with_its_last_use(
    client: FlaskClient, clinic: Clinic
) -> None:
    made = make(client, clinic)
    assert made.status_code == 201
    assert listed(client, clinic)["keys"][0]["last_used_at"] is None
    assert works(client, made.json["key"])

    shown = listed(client, clinic)
    assert made.json["key"] not in str(shown)
    [key] = shown["keys"]
    left = datetime.fromisoformat(key["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=364) < left <= timedelta(days=365)
    assert key["last_used_at"] is not None


def test_a_key_from_before_keys_expired_is_listed_as_such(client: FlaskClient, clinic: Clinic) -> None:
    key = make(client, clinic).json["key"]
    database = client.application.extensions["aimss.database"]
    with database.begin() as session:
        session.execute(update(Token).where(Token.use == "key").values(expires_at=None))
    assert listed(client, clinic)["keys"][0]["expires_at"] is None
    assert works(client, key)


@pytest.mark.parametrize("overlap", [0, 7])
def test_a_rotated_key_leaves_the_one_before_for_the_overlap_only(
    client: FlaskClient, clinic: Clinic, database: Database, overlap: int
) -> None:
    made = make(client, clinic).json
    url = f"/v1/services/{made['id']}/keys"
    rotated = client.post(url, json={"overlap_days": overlap}, headers=clinic.site_admin.headers)

    assert rotated.status_code == 201
    assert works(client, rotated.json["key"])
    assert works(client, made["key"]) is (overlap > 0)
    assert len(listed(client, clinic)["keys"]) == (2 if overlap else 1)
    later = datetime.now(UTC) + timedelta(days=overlap, minutes=1)
    with database.connect() as connection:
        assert tokens.authenticate(connection, made["key"], now=later) is None
        assert tokens.authenticate(connection, rotated.json["key"], now=later) is not None


def test_a_key_and_all_keys_are_revoked_at_once(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    made = make(client, clinic).json
    url = f"/v1/services/{made['id']}"
    second = client.post(f"{url}/keys", json={}, headers=clinic.site_admin.headers).json
    first_id = made["keys"][0]["id"]

    one = client.delete(f"{url}/keys/{first_id}", headers=clinic.site_admin.headers)
    assert (one.status_code, works(client, made["key"]), works(client, second["key"])) == (204, False, True)
    again = client.delete(f"{url}/keys/{first_id}", headers=clinic.site_admin.headers)
    assert again.status_code == 404
    for _ in range(2):
        assert client.delete(url, headers=clinic.site_admin.headers).status_code == 204
    assert not works(client, second["key"])
    assert listed(client, clinic)["keys"] == []
    with database.read() as session:
        acts = session.scalars(
            select(AuditRow.action).where(AuditRow.action.like("service.%")).order_by(AuditRow.id)
        ).all()
    assert acts == ["service.created", "service.key_rotated", "service.key_revoked", "service.key_revoked"]


def test_what_reaches_beyond_the_site_is_not_a_site_admins_to_give_or_renew(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    assert make(client, clinic, scopes=["metrics:read"]).status_code == 422
    with database.begin() as session:
        made = service_keys.create(
            session,
            None,
            site_id=clinic.site.id,
            name="prometheus",
            scopes=["metrics:read"],
            now=datetime.now(UTC),
        )
    url = f"/v1/services/{made.service.account.id}/keys"
    refused = client.post(url, json={}, headers=clinic.site_admin.headers)
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/scope-refused")


def test_a_name_belongs_to_one_account(client: FlaskClient, clinic: Clinic) -> None:
    make(client, clinic)
    assert make(client, clinic).status_code == 409


def test_only_a_site_admin_sees_keys(client: FlaskClient, clinic: Clinic) -> None:
    for caller in (clinic.nurse, clinic.coordinator, clinic.scheduler, clinic.patient):
        assert client.get("/v1/services", headers=caller.headers).status_code == 403
