"""Refresh tokens in cookies: HttpOnly, of this host, and only for requests of our own pages."""

from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.db.database import Database
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.accounts import passwords
from api.services.accounts.activations import key_of, make_code
from config.settings import Settings
from tests.conftest import SECRET_KEY
from tests.support.builders import PASSWORD, Clinic

OURS = {"Sec-Fetch-Site": "same-origin", "X-AIMSS": "1"}
HTTPS = "https://localhost"


@pytest.fixture
def code(database: Database, clinic: Clinic) -> str:
    """An activation code of the clinic's patient."""
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        made = make_code(
            session,
            clinic.nurse.principal,
            patient,
            key=key_of(SECRET_KEY),
            lifetime=timedelta(hours=1),
            now=datetime.now(UTC),
        )
    return made.code


def activate(client: FlaskClient, code: str, headers: dict[str, str] = OURS, base: str = HTTPS) -> Any:
    body = {"code": code, "transport": "cookie"}
    return client.post("/v1/activations", json=body, headers=headers, base_url=base)


def refresh(client: FlaskClient, headers: dict[str, str] = OURS, base: str = HTTPS, **body: str) -> Any:
    return client.post("/v1/tokens", json=body, headers=headers, base_url=base)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(client: FlaskClient, code: str) -> None:
    answer = activate(client, code)
    assert answer.status_code == 201
    assert "refresh_token" not in answer.json
    ((name, kept),) = SimpleCookie(answer.headers["Set-Cookie"]).items()
    assert name == "__Host-aimss_p"
    assert (kept["httponly"], kept["secure"], kept["samesite"]) == (True, True, "Strict")
    assert (kept["path"], kept["domain"]) == ("/", "")
    assert int(kept["max-age"]) == pytest.approx(400 * 86_400, abs=60)


def test_a_browser_refreshes_by_its_cookie_which_moves_on(client: FlaskClient, code: str) -> None:
    activate(client, code)
    first = client.get_cookie("__Host-aimss_p")
    answer = refresh(client)
    assert (answer.status_code, "refresh_token" in answer.json) == (201, False)
    second = client.get_cookie("__Host-aimss_p")
    assert first is not None
    assert second is not None
    assert first.value != second.value
    headers = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert client.get("/v1/me", headers=headers).status_code == 200
    assert refresh(client, transport="cookie").status_code == 201


def test_a_lost_answer_leaves_the_browser_signed_in(client: FlaskClient, code: str) -> None:
    activate(client, code)
    before = client.get_cookie("__Host-aimss_p")
    assert before
    refresh(client)
    moved_on = client.get_cookie("__Host-aimss_p")
    client.set_cookie("__Host-aimss_p", before.value, secure=True)
    assert refresh(client).status_code == 201
    again = client.get_cookie("__Host-aimss_p")
    assert moved_on is not None
    assert again is not None
    assert again.value == moved_on.value


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-AIMSS": "1"},
        {"Sec-Fetch-Site": "same-origin"},
        OURS | {"Sec-Fetch-Site": "cross-site"},
        OURS | {"Sec-Fetch-Site": "same-site"},
        OURS | {"Sec-Fetch-Site": "none"},
        OURS | {"X-AIMSS": "0"},
    ],
)
def test_another_sites_page_can_neither_use_nor_set_a_cookie(
    client: FlaskClient, code: str, headers: dict[str, str]
) -> None:
    refused = activate(client, code, headers)
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/not-same-origin")
    assert "Set-Cookie" not in refused.headers
    activate(client, code)
    assert refresh(client, headers).status_code == 403
    body = {"email": "a@example.org", "password": PASSWORD, "transport": "cookie"}
    assert client.post("/v1/sessions", json=body, headers=headers).status_code == 403


def test_a_cookie_opens_nothing_but_the_refresh(client: FlaskClient, code: str) -> None:
    activate(client, code)
    assert client.get("/v1/me", headers=OURS, base_url=HTTPS).status_code == 401


def test_signing_out_clears_the_cookie(client: FlaskClient, code: str) -> None:
    access = activate(client, code).json["access_token"]
    headers = OURS | {"Authorization": f"Bearer {access}"}
    assert client.delete("/v1/tokens/current", headers=headers, base_url=HTTPS).status_code == 204
    assert client.get_cookie("__Host-aimss_p") is None


def test_staff_and_patients_have_cookies_of_their_own(
    client: FlaskClient, clinic: Clinic, code: str, database: Database
) -> None:
    with database.begin() as session:
        nurse = session.get_one(Staff, clinic.nurse.id)
        nurse.password_hash = passwords.rehash(PASSWORD)
        body = {"email": nurse.email, "password": PASSWORD, "transport": "cookie"}
    answer = client.post("/v1/sessions", json=body, headers=OURS, base_url=HTTPS)
    assert (answer.status_code, "refresh_token" in answer.json) == (201, False)
    activate(client, code)
    which = refresh(client)
    assert (which.status_code, list(which.json["errors"])) == (422, ["owner"])
    for owner, kind in (("staff", "staff"), ("patient", "patient")):
        access = refresh(client, owner=owner).json["access_token"]
        me = client.get("/v1/me", headers={"Authorization": f"Bearer {access}"}).json
        assert me["kind"] == kind


def test_without_a_token_anywhere_the_body_lacks_one(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.post("/v1/tokens", json={})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["refresh_token"])
    assert refresh(client, transport="cookie").status_code == 401


def test_development_on_plain_http_uses_a_name_that_browsers_take_there(
    database: Database, code: str, settings: Settings
) -> None:
    plain = Settings(secret_key=settings.secret_key, plain_cookies=True)
    client = create_app(plain, database=database).test_client()
    answer = activate(client, code, base="http://127.0.0.1:8000")
    ((name, kept),) = SimpleCookie(answer.headers["Set-Cookie"]).items()
    assert (name, kept["secure"], kept["httponly"]) == ("aimss_p", "", True)
    assert refresh(client, base="http://127.0.0.1:8000").status_code in {201, 401}


@pytest.mark.parametrize(
    ("production", "url"), [(True, "http://127.0.0.1:8000"), (False, "http://clinic.example")]
)
def test_plain_cookies_are_refused_anywhere_but_on_loopback(production: bool, url: str) -> None:
    with pytest.raises(ValueError, match="PLAIN_COOKIES"):
        Settings(production=production, public_url=url, plain_cookies=True)
