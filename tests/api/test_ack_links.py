"""Links in messages: signed, single-use, and only for the recipient, who must be signed in."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from api.db.database import Database
from api.domain.errors import InvalidLink
from api.models.alert import Alert, UsedLink
from api.models.outbox import OutboxMessage
from api.services.alerts import escalate
from api.services.alerts.ack_links import PAGE, TOKEN_LENGTH, link_for, token_for
from api.services.alerts.ack_links import redeem as redeemed
from config.settings import Settings
from tests.notifications.conftest import an_alert
from tests.support.builders import Clinic, Signed, a_clinic

SETTINGS = Settings(secret_key="not a secret: for tests only", push_loopback=True)
DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@pytest.fixture
def alert(database: Database, clinic: Clinic, now: datetime) -> Alert:
    """An alert the nurse has a message about."""
    with database.begin() as session:
        alert = an_alert(session, clinic, opened_at=now)
        escalate.start(session, alert, now=now)
        return alert


def message_to(database: Database, who: Signed) -> OutboxMessage:
    """Return the newest message to a person."""
    newest = select(OutboxMessage).where(OutboxMessage.recipient_id == who.id)
    with database.read() as session:
        return session.scalars(newest.order_by(OutboxMessage.created_at.desc()).limit(1)).one()


def token_of(database: Database, who: Signed) -> str:
    message = message_to(database, who)
    return token_for(message.id, message.expires_at, SETTINGS)


def redeem(client: FlaskClient, who: Signed, token: str) -> TestResponse:
    return client.post("/v1/alerts/acknowledgements", json={"token": token}, headers=who.headers)


def status_of(database: Database, alert: Alert) -> str:
    with database.read() as session:
        return session.get_one(Alert, alert.id).status


def test_the_recipient_acknowledges_by_the_link_once(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert
) -> None:
    token = token_of(database, clinic.nurse)
    answer = redeem(client, clinic.nurse, token)
    assert (answer.status_code, answer.json["status"], answer.json["id"]) == (
        200,
        "acknowledged",
        str(alert.id),
    )
    assert answer.headers["ETag"]
    with database.read() as session:
        used = session.scalars(select(UsedLink)).one()
        assert (used.message_id, used.used_by) == (message_to(database, clinic.nurse).id, clinic.nurse.id)
        assert session.get_one(Alert, alert.id).acknowledged_by == clinic.nurse.id

    again = redeem(client, clinic.nurse, token)
    assert (again.status_code, again.json["type"]) == (409, "/problems/link-used")
    assert alert.reason not in again.text


def test_another_person_cannot_use_it_and_does_not_use_it_up(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert
) -> None:
    token = token_of(database, clinic.nurse)
    refused = redeem(client, clinic.clinician, token)
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/link-of-another")
    assert status_of(database, alert) == "open"
    assert redeem(client, clinic.nurse, token).status_code == 200


def test_without_a_sign_in_it_is_worth_nothing(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert
) -> None:
    body = {"token": token_of(database, clinic.nurse)}
    assert client.post("/v1/alerts/acknowledgements", json=body).status_code == 401
    headers = clinic.patient.headers
    assert client.post("/v1/alerts/acknowledgements", json=body, headers=headers).status_code == 403
    assert status_of(database, alert) == "open"


def test_it_is_good_as_long_as_its_message(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert, now: datetime
) -> None:
    expired = token_for(message_to(database, clinic.nurse).id, now - DAY, SETTINGS)
    refused = redeem(client, clinic.nurse, expired)
    assert (refused.status_code, refused.json["type"]) == (410, "/problems/link-expired")
    assert status_of(database, alert) == "open"


def test_the_link_of_an_alert_that_was_opened_again_is_refused(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert, now: datetime
) -> None:
    before = token_of(database, clinic.nurse)
    with database.begin() as session:
        escalate.start(session, session.get_one(Alert, alert.id), now=now + timedelta(seconds=1))
    refused = redeem(client, clinic.nurse, before)
    assert (refused.status_code, refused.json["type"]) == (410, "/problems/link-expired")
    assert "opened again" in refused.json["detail"]
    assert redeem(client, clinic.nurse, token_of(database, clinic.nurse)).status_code == 200


def test_a_link_to_a_closed_alert_is_refused_and_not_used_up(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert, now: datetime
) -> None:
    token = token_of(database, clinic.nurse)
    with database.begin() as session:
        session.execute(update(Alert).values(status="retracted", closed_at=now))
    refused = redeem(client, clinic.nurse, token)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/alert-already-closed")
    with database.read() as session:
        assert session.scalars(select(UsedLink)).all() == []


@pytest.mark.parametrize("place", [0, 20, 25, 48])
def test_a_link_that_was_changed_anywhere_is_refused(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert, place: int
) -> None:
    token = token_of(database, clinic.nurse)
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    refused = redeem(client, clinic.nurse, changed)
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/invalid-link")
    assert status_of(database, alert) == "open"


@pytest.mark.parametrize("token", ["", "x", "=" * TOKEN_LENGTH, "x" * (TOKEN_LENGTH + 1), 7])
def test_what_is_no_token_is_refused_by_field(client: FlaskClient, clinic: Clinic, token: object) -> None:
    answer = client.post("/v1/alerts/acknowledgements", json={"token": token}, headers=clinic.nurse.headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["token"])


@pytest.mark.parametrize("token", ["", "é" * TOKEN_LENGTH, "=" * TOKEN_LENGTH, "A" * TOKEN_LENGTH])
@pytest.mark.parametrize("secret_key", ["", SETTINGS.secret_key])
def test_without_a_key_or_a_whole_token_nothing_is_redeemed(
    clinic: Clinic, database: Database, now: datetime, token: str, secret_key: str
) -> None:
    with database.begin() as session, pytest.raises(InvalidLink):
        redeemed(session, token, clinic.nurse.principal, settings=Settings(secret_key=secret_key), now=now)


def test_a_link_signed_with_another_key_or_about_nothing_is_refused(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert, now: datetime
) -> None:
    message = message_to(database, clinic.nurse)
    elsewhere = token_for(message.id, message.expires_at, Settings(secret_key="another server's"))
    nothing = token_for(uuid4(), now + DAY, SETTINGS)
    answers = [redeem(client, clinic.nurse, token) for token in (elsewhere, nothing)]
    assert {answer.json["type"] for answer in answers} == {"/problems/invalid-link"}


def test_a_nurse_who_changed_the_team_can_no_longer_use_the_link(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert
) -> None:
    token = token_of(database, clinic.nurse)
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
        moved = update(OutboxMessage).where(OutboxMessage.recipient_id == clinic.nurse.id)
        session.execute(moved.values(recipient_id=other.nurse.id))
    assert redeem(client, other.nurse, token).status_code == 404


def test_a_link_reveals_nothing_and_its_token_goes_to_no_server(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert
) -> None:
    message = message_to(database, clinic.nurse)
    link = link_for(message.id, message.expires_at, SETTINGS)
    page, _, token = link.partition("#")
    assert page == f"{SETTINGS.public_url}{PAGE}{message.id}"
    assert len(token) == TOKEN_LENGTH
    for secret in (alert.id, clinic.nurse.id, clinic.patient.id):
        assert str(secret) not in link
        assert secret.hex not in link
    assert link_for(message.id, message.expires_at, Settings()) == page  # no key: it leads to the page alone


def test_the_page_is_the_same_for_every_message_and_shows_nothing(
    client: FlaskClient, clinic: Clinic, database: Database, alert: Alert
) -> None:
    pages = [client.get(f"{PAGE}{key}") for key in (message_to(database, clinic.nurse).id, UUID(int=1))]
    assert {page.status_code for page in pages} == {200}
    assert pages[0].text == pages[1].text
    assert 'type="password"' in pages[0].text
    assert "Ada" not in pages[0].text
    assert pages[0].headers["Referrer-Policy"] == "no-referrer"
    for asset in ("message.js", "message.css"):
        assert f"/static/{asset}" in pages[0].text
        with client.get(f"/static/{asset}") as served:
            assert served.status_code == 200
    assert client.get(f"{PAGE}anything").status_code == 404
