"""One-time codes over HTTP: password, notice to the owner, other sign-ins, and roles that need them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app import create_app
from api.db.database import Database
from api.domain.authority import SCOPES_OF_ROLE, Role
from api.domain.delivery.messages import MessageKind
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.staff import RecoveryCode, Staff
from api.services.accounts import passwords
from config.settings import Settings
from notifications import claimed_messages
from tests.support.builders import PASSWORD, Clinic


@pytest.fixture
def nurse(database: Database, clinic: Clinic) -> str:
    """The e-mail address of a nurse whose password is known, and who wants no notices by e-mail."""
    with database.begin() as session:
        staff = session.get_one(Staff, clinic.nurse.id)
        staff.password_hash = passwords.rehash(PASSWORD)
        return staff.email


def sign_in(client: FlaskClient, email: str, **more: Any) -> Any:
    return client.post("/v1/sessions", json={"email": email, "password": PASSWORD} | more)


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=30 * steps))


def begin(client: FlaskClient, headers: dict[str, str], **body: str) -> Any:
    return client.post("/v1/me/totp", json={"password": PASSWORD} | body, headers=headers)


def enrol(client: FlaskClient, headers: dict[str, str]) -> str:
    secret: str = begin(client, headers).json["secret"]
    confirmed = client.put("/v1/me/totp", json={"code": code_of(secret, -1)}, headers=headers)
    assert confirmed.status_code == 204
    return secret


def notices(database: Database) -> list[tuple[Any, str, bool]]:
    """Return the notices of a changed account: recipient, channel, and whether it is due now."""
    with database.read() as session:
        query = select(OutboxMessage).where(OutboxMessage.kind == MessageKind.ACCOUNT_CHANGED)
        rows = session.scalars(query).all()
        going = {
            each.id: each.target is not None
            for each in claimed_messages.claimed(session, [row.id for row in rows])
        }
        return [(row.recipient_id, row.channel, going[row.id]) for row in rows]


def audited(database: Database, action: str) -> list[Any]:
    with database.read() as session:
        return [row.detail for row in session.scalars(select(AuditRow).where(AuditRow.action == action))]


def test_an_authenticator_is_set_up_by_scanning(client: FlaskClient, nurse: str) -> None:
    begun = begin(client, bearer(sign_in(client, nurse))).json
    assert begun["secret"] in begun["uri"]
    assert begun["qr_svg"].startswith("<svg")


def test_a_stolen_bearer_token_alone_sets_nothing_up(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    headers = clinic.nurse.headers
    missing = client.post("/v1/me/totp", headers=headers)
    assert (missing.status_code, list(missing.json["errors"])) == (422, ["password"])
    wrong = begin(client, headers, password="a guess at it")
    assert (wrong.status_code, wrong.json["type"]) == (401, "/problems/sign-in-failed")
    assert audited(database, "password.wrong") == [{"reason": "password"}]
    statuses = [begin(client, headers, password="a guess at it").status_code for _ in range(10)]
    assert statuses[-1] == 429


def test_enrolling_ends_other_sign_ins_and_the_owner_is_always_notified_by_email(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    headers = bearer(sign_in(client, nurse))
    enrol(client, headers)
    assert client.get("/v1/me", headers=headers).json["one_time_codes"] is True
    assert client.get("/v1/me", headers=clinic.nurse.headers).status_code == 401
    assert notices(database) == [(clinic.nurse.id, "email", True)]
    assert audited(database, "one_time_codes.enrolled") == [{"ended": 1}]


def test_replacing_needs_password_and_a_present_code(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    headers = bearer(sign_in(client, nurse))
    old = enrol(client, headers)
    without = begin(client, headers)
    assert (without.status_code, without.json["type"]) == (409, "/problems/already-enrolled")
    wrong = begin(client, headers, code=code_of(old, -20))
    assert (wrong.status_code, wrong.json["type"]) == (422, "/problems/one-time-code-wrong")
    new = begin(client, headers, code=code_of(old)).json["secret"]
    assert client.put("/v1/me/totp", json={"code": code_of(new)}, headers=headers).status_code == 204
    assert audited(database, "one_time_codes.replaced") == [{"ended": 0}]
    assert sign_in(client, nurse, code=code_of(old, 1)).status_code == 401
    assert sign_in(client, nurse, code=code_of(new, 1)).status_code == 201


def test_removing_needs_password_and_code_and_notifies_the_owner(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    headers = bearer(sign_in(client, nurse))
    secret = enrol(client, headers)
    other = bearer(sign_in(client, nurse, code=code_of(secret)))
    alone = client.delete("/v1/me/totp", json={"code": code_of(secret, 1)}, headers=headers)
    assert (alone.status_code, list(alone.json["errors"])) == (422, ["password"])
    body = {"password": PASSWORD, "code": code_of(secret, 1)}
    assert client.delete("/v1/me/totp", json=body, headers=headers).status_code == 204
    assert client.get("/v1/me", headers=other).status_code == 401
    assert len(notices(database)) == 2
    again = client.delete("/v1/me/totp", json=body, headers=headers)
    assert (again.status_code, again.json["type"]) == (409, "/problems/no-pending-enrolment")


def test_a_changed_password_notifies_the_owner(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    body = {"old_password": PASSWORD, "new_password": "another good horse"}
    assert client.put("/v1/me/password", json=body, headers=clinic.nurse.headers).status_code == 204
    assert notices(database) == [(clinic.nurse.id, "email", True)]


@pytest.fixture
def strict(database: Database, settings: Settings) -> Flask:
    """A server whose nurses need one-time codes."""
    asked = Settings(secret_key=settings.secret_key, require_one_time_codes=("nurse",))
    return create_app(asked, database=database)


def test_a_role_that_needs_codes_can_do_nothing_but_set_them_up(
    strict: Flask, clinic: Clinic, nurse: str
) -> None:
    client = strict.test_client()
    limited = sign_in(client, nurse)
    assert (limited.status_code, limited.json["one_time_code_setup_required"]) == (201, True)
    headers = bearer(limited)
    for path in ("/v1/patients", "/v1/alerts", "/v1/push-key", f"/v1/patients/{clinic.patient.id}"):
        assert client.get(path, headers=headers).status_code == 403
    refreshed = client.post("/v1/tokens", json={"refresh_token": limited.json["refresh_token"]})
    assert refreshed.json["one_time_code_setup_required"] is True
    assert client.get("/v1/patients", headers=bearer(refreshed)).status_code == 403

    secret = enrol(client, headers)
    assert client.get("/v1/patients", headers=headers).status_code == 200
    assert set(client.get("/v1/me", headers=headers).json["scopes"]) == set(SCOPES_OF_ROLE[Role.NURSE])
    whole = sign_in(client, nurse, code=code_of(secret))
    assert (whole.status_code, whole.json["one_time_code_setup_required"]) == (201, False)


def test_a_role_that_needs_codes_cannot_remove_them(strict: Flask, clinic: Clinic, nurse: str) -> None:
    client = strict.test_client()
    headers = bearer(sign_in(client, nurse))
    body = {"password": PASSWORD, "code": code_of(enrol(client, headers))}
    refused = client.delete("/v1/me/totp", json=body, headers=headers)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/one-time-codes-needed")


def test_other_roles_sign_in_with_a_password_alone(strict: Flask, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        admin = session.get_one(Staff, clinic.site_admin.id)
        admin.password_hash = passwords.rehash(PASSWORD)
        email = admin.email
    answer = sign_in(strict.test_client(), email)
    assert (answer.status_code, answer.json["one_time_code_setup_required"]) == (201, False)


def test_a_recovery_code_stands_in_for_a_lost_authenticator_once(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    headers = bearer(sign_in(client, nurse))
    url = "/v1/me/recovery-codes"
    assert client.post(url, json={"password": PASSWORD}, headers=headers).status_code == 409
    enrol(client, headers)
    assert client.post(url, json={"password": "a guess at it"}, headers=headers).status_code == 401
    first = client.post(url, json={"password": PASSWORD}, headers=headers).json["codes"]
    codes = client.post(url, json={"password": PASSWORD}, headers=headers).json["codes"]
    assert len(set(codes)) == 10
    assert sign_in(client, nurse, code=first[0]).status_code == 401
    by_recovery = sign_in(client, nurse, code=codes[0].lower().replace("-", " "))
    assert by_recovery.status_code == 201, by_recovery.text
    assert sign_in(client, nurse, code=codes[0]).status_code == 401
    assert client.get(url, headers=bearer(by_recovery)).json["left"] == 9
    assert audited(database, "recovery_code.used") == [{"left": 9}]
    assert len(notices(database)) == 4  # enrolled, made twice, used
    with database.read() as session:
        stored = session.scalars(select(RecoveryCode.digest)).all()
    assert not [code for code in codes for kept in stored if code.replace("-", "") in kept]
    headers = bearer(by_recovery)
    new = begin(client, headers, code=codes[1]).json["secret"]
    assert client.put("/v1/me/totp", json={"code": code_of(new)}, headers=headers).status_code == 204


def test_a_site_admin_turns_off_the_codes_of_others_and_not_the_own(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    headers = bearer(sign_in(client, nurse))
    enrol(client, headers)
    codes = client.post("/v1/me/recovery-codes", json={"password": PASSWORD}, headers=headers).json["codes"]
    url = f"/v1/staff/{clinic.nurse.id}/totp"
    assert client.delete(url, headers=headers).status_code == 403
    assert client.delete(url, headers=clinic.site_admin.headers).status_code == 204
    assert client.delete(url, headers=clinic.site_admin.headers).status_code == 409
    assert client.get("/v1/me", headers=headers).status_code == 401
    assert audited(database, "one_time_codes.reset") == [{"ended": 1}]
    assert sign_in(client, nurse).status_code == 201
    with database.read() as session:
        rows = session.scalars(select(RecoveryCode)).all()
    assert len(rows) == len(codes)
    assert all(row.revoked_at is not None for row in rows)
    assert (
        client.delete(f"/v1/staff/{clinic.site_admin.id}/totp", headers=clinic.site_admin.headers).status_code
        == 409
    )
