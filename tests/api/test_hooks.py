"""Every answer has security headers; denied requests are logged by ids and counted; proxies are noticed."""

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.db.database import Database
from api.models.staff import Staff
from api.services.accounts import passwords
from config.logging import ALLOWED
from config.settings import Settings
from tests.support.builders import PASSWORD, Clinic

KEY = "".join(chr(ord("!") + n) for n in range(48))
IN_PRODUCTION = Settings(
    production=True, public_url="https://clinic.example", secret_key=KEY, trusted_proxies=1
)


def test_in_production_browsers_must_stay_on_https(sqlite: Database) -> None:
    client = create_app(IN_PRODUCTION, database=sqlite).test_client()
    for path in ("/health/live", "/docs", "/v1/me", "/nowhere", "/static/nothing.js"):
        headers = client.get(path).headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert client.get("/v1/me").headers["Cache-Control"] == "no-store"


def test_in_development_on_plain_http_they_are_not(client: FlaskClient, clinic: Clinic) -> None:
    assert "Strict-Transport-Security" not in client.get("/health/live").headers


def logged(caplog: pytest.LogCaptureFixture, message: str) -> list[dict[str, Any]]:
    """Return what each line of a kind says beside its message, as the formatter lets it through."""
    return [
        {name: value for name, value in vars(record).items() if name in ALLOWED}
        for record in caplog.records
        if record.getMessage() == message
    ]


def test_denied_requests_are_logged_by_ids(
    client: FlaskClient, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/v1/me")
    client.get("/v1/audit", headers=clinic.nurse.headers)
    by_nobody, by_nurse = logged(caplog, "request denied")
    assert by_nobody == {"route": "/v1/me", "method": "GET", "status": 401, "reason": "no token"}
    assert by_nurse == {
        "route": "/v1/audit",
        "method": "GET",
        "status": 403,
        "reason": "needs audit:read",
        "site_id": clinic.site.id,
        "actor_kind": "staff",
        "actor_id": clinic.nurse.id,
    }


def test_failed_sign_ins_are_logged_with_their_reason_and_without_what_was_typed(
    client: FlaskClient, clinic: Clinic, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with database.begin() as session:
        nurse = session.get_one(Staff, clinic.nurse.id)
        nurse.password_hash = passwords.rehash(PASSWORD)
        inactive = session.get_one(Staff, clinic.clinician.id)
        inactive.active = False
        emails = nurse.email, inactive.email
    for email in (*emails, "nobody@example.org"):
        client.post("/v1/sessions", json={"email": email, "password": "a secret that was mistyped"})
    client.post("/v1/sessions", json={"email": emails[0], "password": PASSWORD})
    failures = [(line["reason"], line["staff_id"]) for line in logged(caplog, "sign-in failed")]
    assert failures == [
        ("password", clinic.nurse.id),
        ("inactive", clinic.clinician.id),
        ("no account", None),
    ]
    assert [line["staff_id"] for line in logged(caplog, "signed in")] == [clinic.nurse.id]
    everything = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "mistyped" not in everything
    assert "@example.org" not in everything


def test_throttled_tries_are_logged_with_their_limit(
    client: FlaskClient, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(11):
        client.post("/v1/sessions", json={"email": "nobody@example.org", "password": "wrong"})
    last = logged(caplog, "request denied")[-1]
    assert (last["status"], last["limit"]) == (429, "sign-in by e-mail and address")


def test_sign_ins_and_denied_requests_are_counted(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        nurse = session.get_one(Staff, clinic.nurse.id)
        nurse.password_hash = passwords.rehash(PASSWORD)
        email = nurse.email
    client.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    client.post("/v1/sessions", json={"email": email, "password": "wrong"})
    client.post("/v1/activations", json={"code": "00000-00000"})
    client.get("/v1/audit", headers=clinic.nurse.headers)
    text = client.get("/metrics", headers=clinic.scheduler.headers).text
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    figures = {name: float(value) for name, value in lines}
    of_sign_ins = 'aimss_sign_ins_total{{outcome="{1}",who="{0}"}}'
    assert figures[of_sign_ins.format("staff", "started")] == 1
    assert figures[of_sign_ins.format("staff", "failed")] == 1
    assert figures[of_sign_ins.format("patient", "failed")] == 1
    assert figures['aimss_requests_denied_total{status="401"}'] == 2
    assert figures['aimss_requests_denied_total{status="403"}'] == 1


def proxied(client: FlaskClient, address: str, header: str = "X-Forwarded-For") -> None:
    client.get("/health/live", headers={header: "192.0.2.9"}, environ_base={"REMOTE_ADDR": address})


WARNING = "TRUSTED_PROXIES is 0"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_that_was_not_named_is_warned_of_once(
    client: FlaskClient, clinic: Clinic, caplog: pytest.LogCaptureFixture, header: str
) -> None:
    proxied(client, "8.8.8.8", header)
    assert WARNING not in caplog.text
    for address in ("127.0.0.1", "172.18.0.3", "127.0.0.1"):
        proxied(client, address, header)
    assert caplog.text.count(WARNING) == 1


def test_a_proxy_that_was_named_is_not(sqlite: Database, caplog: pytest.LogCaptureFixture) -> None:
    proxied(create_app(IN_PRODUCTION, database=sqlite).test_client(), "127.0.0.1")
    assert WARNING not in caplog.text
