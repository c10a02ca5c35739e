"""Staff sign in with a password, and with a one-time code where they are enrolled."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.identity import Grant, Throttle
from api.models.staff import Staff
from api.services.accounts import passwords
from tests.support.builders import PASSWORD, Clinic

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For a body that never reaches the database: one kind is enough."""


@cache
def hashed() -> str:
    return passwords.hash_of(PASSWORD, email="-")


@pytest.fixture
def nurse(database: Database, clinic: Clinic) -> str:
    """The e-mail address of a nurse whose password is known."""
    with database.begin() as session:
        staff = session.get_one(Staff, clinic.nurse.id)
        staff.password_hash = hashed()
        return staff.email


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/v1/sessions", json={"email": email, "password": password} | more)


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def now_step(totp: pyotp.TOTP, steps: int = 0) -> str:
    return totp.at(datetime.now(UTC) + timedelta(seconds=30 * steps))


def enrol(client: FlaskClient, headers: dict[str, str]) -> pyotp.TOTP:
    begun = client.post("/v1/me/totp", json={"password": PASSWORD}, headers=headers)
    assert begun.status_code == 201
    totp = pyotp.TOTP(begun.json["secret"])
    code = now_step(totp, -1)
    assert client.put("/v1/me/totp", json={"code": code}, headers=headers).status_code == 204
    return totp


def test_the_right_password_signs_in(client: FlaskClient, clinic: Clinic, nurse: str) -> None:
    answer = sign_in(client, nurse, label="ward 3")
    assert answer.status_code == 201
    assert answer.json["token_type"] == "Bearer"
    me = client.get("/v1/me", headers=bearer(answer)).json
    assert (me["id"], me["role"], me["team"]["name"]) == (str(clinic.nurse.id), "nurse", "Breast clinic")


def test_an_address_may_be_written_in_any_case(client: FlaskClient, nurse: str) -> None:
    assert sign_in(client, nurse.upper()).status_code == 201


@pytest.mark.parametrize("typed", ["{} ", "\t{}\n", "\u00a0{}", " {}\r\n"])
def test_blanks_around_an_address_are_no_part_of_it(client: FlaskClient, nurse: str, typed: str) -> None:
    assert sign_in(client, typed.format(nurse)).status_code == 201


def test_an_address_with_letters_beyond_ascii_is_one_however_it_is_typed(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    with database.begin() as session:
        session.execute(update(Staff).where(Staff.email == nurse).values(email="jörg@xn--mller-kva.example"))
    for typed in ("Jörg@Müller.example", "Jo\u0308rg@müller.example ", "jörg@xn--mller-kva.example"):
        assert sign_in(client, typed).status_code == 201


@pytest.mark.parametrize("password", ["wrong horse battery", PASSWORD.upper(), f"{PASSWORD} ", "x" * 1024])
def test_a_wrong_password_does_not(client: FlaskClient, nurse: str, password: str) -> None:
    answer = sign_in(client, nurse, password)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/sign-in-failed")


def test_a_failed_sign_in_does_not_reveal_accounts(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    known, unknown = sign_in(client, nurse, "wrong"), sign_in(client, "nobody@example.org", "wrong")
    with database.begin() as session:
        session.execute(update(Staff).where(Staff.email == nurse).values(active=False))
    inactive = sign_in(client, nurse)
    said = [answer.json | {"instance": ""} for answer in (known, unknown, inactive)]
    assert said[0] == said[1] == said[2]


def test_an_account_without_a_password_cannot_sign_in(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.read() as session:
        email = session.get_one(Staff, clinic.clinician.id).email
    assert sign_in(client, email, "unusable").status_code == 401


def test_an_enrolled_account_needs_its_code(client: FlaskClient, nurse: str) -> None:
    totp = enrol(client, bearer(sign_in(client, nurse)))
    without = sign_in(client, nurse)
    assert (without.status_code, without.json["type"]) == (401, "/problems/one-time-code-required")
    assert sign_in(client, nurse, "wrong", code=now_step(totp)).json["type"] == "/problems/sign-in-failed"
    assert sign_in(client, nurse, code=now_step(totp)).status_code == 201


def test_a_required_code_is_not_a_wrong_guess(client: FlaskClient, nurse: str) -> None:
    enrol(client, bearer(sign_in(client, nurse)))
    types = {sign_in(client, nurse).json["type"] for _ in range(12)}
    assert types == {"/problems/one-time-code-required"}


def test_a_code_signs_in_once(client: FlaskClient, nurse: str) -> None:
    totp = enrol(client, bearer(sign_in(client, nurse)))
    code = now_step(totp)
    assert sign_in(client, nurse, code=code).status_code == 201
    again = sign_in(client, nurse, code=code)
    assert (again.status_code, again.json["type"]) == (401, "/problems/sign-in-failed")


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "１２３４５６", "123456\n"])
def test_a_code_is_six_digits(client: FlaskClient, nurse: str, code: str) -> None:
    answer = sign_in(client, nurse, code=code)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["code"])


def test_codes_are_turned_off_by_a_code(client: FlaskClient, nurse: str) -> None:
    headers = bearer(sign_in(client, nurse))
    totp = enrol(client, headers)
    body = {"password": PASSWORD, "code": now_step(totp, -20)}
    wrong = client.delete("/v1/me/totp", json=body, headers=headers)
    assert (wrong.status_code, wrong.json["type"]) == (422, "/problems/one-time-code-wrong")
    body["code"] = now_step(totp)
    assert client.delete("/v1/me/totp", json=body, headers=headers).status_code == 204
    assert sign_in(client, nurse).status_code == 201


def test_guessing_own_codes_with_a_stolen_sign_in_is_throttled(client: FlaskClient, nurse: str) -> None:
    headers = bearer(sign_in(client, nurse))
    totp = enrol(client, headers)
    wrong = {"password": PASSWORD, "code": now_step(totp, -20)}
    statuses = [client.delete("/v1/me/totp", json=wrong, headers=headers).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_guessing_a_password_is_throttled_by_address_of_the_account(client: FlaskClient, nurse: str) -> None:
    statuses = [sign_in(client, nurse, "wrong").status_code for _ in range(10)]
    assert set(statuses) == {401}
    answer = sign_in(client, nurse)
    assert (answer.status_code, answer.json["type"]) == (429, "/problems/too-many-tries")
    assert sign_in(client, "another@example.org", "wrong").status_code == 401


def test_guesses_from_elsewhere_do_not_keep_the_owner_out(client: FlaskClient, nurse: str) -> None:
    wrong = {"email": nurse, "password": "wrong"}
    statuses = [
        client.post(
            "/v1/sessions", json=wrong, environ_base={"REMOTE_ADDR": f"203.0.113.{n // 9}"}
        ).status_code
        for n in range(100)
    ]
    assert statuses[:12] == [401] * 12
    with_all_used_up = sign_in(client, nurse).status_code
    assert (statuses[99], with_all_used_up) == (401, 429)


def test_eleven_guesses_from_elsewhere_are_nothing_to_the_owner(client: FlaskClient, nurse: str) -> None:
    wrong = {"email": nurse, "password": "wrong"}
    for _ in range(11):
        client.post("/v1/sessions", json=wrong, environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert sign_in(client, nurse).status_code == 201


def test_guessing_codes_is_throttled_by_account_from_however_many_places(
    client: FlaskClient, nurse: str
) -> None:
    totp = enrol(client, bearer(sign_in(client, nurse)))
    wrong = {"email": nurse, "password": PASSWORD, "code": now_step(totp, -20)}
    statuses = [
        client.post("/v1/sessions", json=wrong, environ_base={"REMOTE_ADDR": f"203.0.113.{n}"}).status_code
        for n in range(11)
    ]
    assert statuses == [401] * 10 + [429]


def test_guessing_is_throttled_by_place(client: FlaskClient, database: Database) -> None:
    sign_in(client, "one@example.org", "wrong")
    with database.begin() as session:
        session.execute(update(Throttle).values(attempts=1000))
    answer = sign_in(client, "two@example.org", "wrong")
    assert answer.status_code == 429


def test_a_shift_that_signs_in_from_one_address_is_not_throttled(client: FlaskClient, nurse: str) -> None:
    statuses = {sign_in(client, nurse).status_code for _ in range(12)}
    assert statuses == {201}


def test_signing_in_is_written_down(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    device = sign_in(client, nurse).json["device_id"]
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "session.started")).one()
    assert (row.actor_id, str(row.object_id)) == (clinic.nurse.id, device)


def test_failing_to_sign_in_is_written_down_without_what_was_typed(
    client: FlaskClient, clinic: Clinic, nurse: str, database: Database
) -> None:
    totp = enrol(client, bearer(sign_in(client, nurse)))
    sign_in(client, nurse, "wrong")
    sign_in(client, nurse, code=now_step(totp, -20))
    sign_in(client, "nobody@example.org", "wrong")
    sign_in(client, nurse)  # is asked for the code: no failure
    with database.read() as session:
        failed = select(AuditRow).where(AuditRow.action == "sign_in.failed").order_by(AuditRow.id)
        rows = [(row.site_id, row.actor_id, row.object_id, row.detail) for row in session.scalars(failed)]
    of_nurse = clinic.site.id, None, clinic.nurse.id
    assert rows == [
        (*of_nurse, {"reason": "password"}),
        (*of_nurse, {"reason": "one-time code"}),
        (None, None, None, {"reason": "no account"}),
    ]


def test_an_old_hash_is_renewed_at_the_next_sign_in(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with database.begin() as session:
        session.execute(update(Staff).where(Staff.email == nurse).values(password_hash=old))
    assert sign_in(client, nurse).status_code == 201
    with database.read() as session:
        renewed = session.scalars(select(Staff.password_hash).where(Staff.email == nurse)).one()
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert sign_in(client, nurse).status_code == 201


def change(client: FlaskClient, headers: dict[str, str], old: str, new: str) -> Any:
    return client.put("/v1/me/password", json={"old_password": old, "new_password": new}, headers=headers)


def test_a_new_password_ends_every_other_sign_in(client: FlaskClient, clinic: Clinic, nurse: str) -> None:
    here = bearer(sign_in(client, nurse))
    assert change(client, here, PASSWORD, "a better horse").status_code == 204
    assert client.get("/v1/me", headers=here).status_code == 200
    assert client.get("/v1/me", headers=clinic.nurse.headers).status_code == 401
    assert sign_in(client, nurse).status_code == 401
    assert sign_in(client, nurse, "a better horse").status_code == 201


def test_a_new_password_needs_the_old_one(client: FlaskClient, nurse: str) -> None:
    here = bearer(sign_in(client, nurse))
    answer = change(client, here, "wrong", "a better horse")
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/sign-in-failed")


def test_a_weak_password_is_refused(client: FlaskClient, nurse: str) -> None:
    here = bearer(sign_in(client, nurse))
    for weak in ("eleven char", nurse.upper()):
        answer = change(client, here, PASSWORD, weak)
        assert (answer.status_code, answer.json["type"]) == (422, "/problems/weak-password")


def test_a_password_changed_between_check_and_sign_in_does_not_sign_in(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    sign_in(client, nurse)
    with database.read() as session:
        grants = len(session.scalars(select(Grant)).all())
    with database.begin() as session:
        session.execute(update(Staff).where(Staff.email == nurse).values(password_hash="unusable"))
    assert sign_in(client, nurse).status_code == 401
    with database.read() as session:
        assert len(session.scalars(select(Grant)).all()) == grants


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"email", "password"}),
        ({"email": "no address", "password": "x"}, {"email"}),
        ({"email": "a@example.org", "password": ""}, {"password"}),
        ({"email": "a@example.org", "password": "x", "remember": True}, {"remember"}),
        ({"email": "a@example.org", "password": "x", "label": "a\0b"}, {"label"}),
        ({"email": "a\0@example.org", "password": "x"}, {"email"}),
    ],
)
def test_what_is_wrong_with_a_body_is_named(
    client: FlaskClient, body: dict[str, Any], wrong: set[str]
) -> None:
    answer = client.post("/v1/sessions", json=body)
    assert (answer.status_code, set(answer.json["errors"])) == (422, wrong)


@ON_SQLITE
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"email": "\\ud800"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"email": NaN}', "application/json", 400),
        (b"email=a", "application/x-www-form-urlencoded", 415),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"", "application/json", 422),
        (b"\xff\xfe", "application/json", 415),
        (b" " * 1_000_001, "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    client: FlaskClient, body: bytes, content_type: str, status: int
) -> None:
    answer = client.post("/v1/sessions", data=body, content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
