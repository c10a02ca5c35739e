"""Guessing slows down the guesser only, and locks no other user out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from api.db.database import Database
from api.models.identity import KnownOrigin, Throttle
from api.models.patient import Patient
from api.models.staff import Staff
from api.services.accounts import passwords
from api.services.accounts.activations import key_of, make_code
from notifications.jobs import cleanup
from tests.conftest import SECRET_KEY
from tests.support.builders import PASSWORD, Clinic

USUAL, STRANGERS = "192.0.2.1", "203.0.113.7"
OURS = {"Sec-Fetch-Site": "same-origin", "X-AIMSS": "1"}


@pytest.fixture
def nurse(database: Database, clinic: Clinic) -> str:
    """The e-mail address of a nurse whose password is known."""
    with database.begin() as session:
        staff = session.get_one(Staff, clinic.nurse.id)
        staff.password_hash = passwords.rehash(PASSWORD)
        return staff.email


def sign_in(
    client: FlaskClient, email: str, password: str = PASSWORD, *, place: str = USUAL, **more: Any
) -> Any:
    body = {"email": email, "password": password} | more
    return client.post(
        "/v1/sessions",
        json=body,
        headers=OURS,
        environ_base={"REMOTE_ADDR": place},
        base_url="https://localhost",
    )


def use_up_everything(database: Database) -> None:
    """Set every counter far above its limit."""
    with database.begin() as session:
        session.execute(update(Throttle).values(attempts=10_000))


def guess(client: FlaskClient, email: str, *, places: int, place: str = "203.0.113.{}") -> list[int]:
    return [
        sign_in(client, email, "wrong", place=place.format(n // 10)).status_code for n in range(places * 10)
    ]


def test_a_hundred_guesses_from_everywhere_do_not_lock_a_nurse_out_of_a_known_network(
    client: FlaskClient, nurse: str
) -> None:
    assert sign_in(client, nurse).status_code == 201
    assert set(guess(client, nurse, places=10)) == {401}
    assert sign_in(client, nurse, place=STRANGERS).status_code == 429
    assert sign_in(client, nurse).status_code == 201


def test_a_hundred_guesses_from_the_clinics_own_network_lock_out_no_user_there(
    client: FlaskClient, nurse: str
) -> None:
    guesses = {sign_in(client, f"{n}@example.org", "wrong").status_code for n in range(101)}
    assert guesses == {401}
    assert sign_in(client, nurse).status_code == 201
    statuses = [sign_in(client, "another@example.org", "wrong").status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]


def test_a_thousand_guesses_from_one_network_keep_out_only_those_who_never_signed_in_there(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    assert sign_in(client, nurse).status_code == 201
    sign_in(client, "one@example.org", "wrong")
    with database.begin() as session:
        session.execute(update(Throttle).where(Throttle.attempts > 0).values(attempts=1000))
    assert sign_in(client, "another@example.org", "wrong").status_code == 429
    assert sign_in(client, nurse).status_code == 201


def test_a_known_browser_has_attempts_that_others_cannot_use_up(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    assert sign_in(client, nurse, transport="cookie").status_code == 201
    stranger = client.application.test_client()
    assert {sign_in(stranger, nurse, "wrong").status_code for _ in range(12)} == {401, 429}
    assert sign_in(stranger, nurse).status_code == 429
    assert sign_in(client, nurse, transport="cookie").status_code == 201
    assert sign_in(client, nurse, place=STRANGERS).status_code == 201


def test_a_known_browser_that_guesses_is_throttled_too(client: FlaskClient, nurse: str) -> None:
    assert sign_in(client, nurse, transport="cookie").status_code == 201
    statuses = [sign_in(client, nurse, "wrong").status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


def test_a_network_of_one_ipv6_home_is_one_place(client: FlaskClient, nurse: str) -> None:
    places = [f"2001:db8:1:2::{n:x}" for n in range(11)]
    assert [sign_in(client, nurse, "wrong", place=each).status_code for each in places][-1] == 429


def test_a_clock_that_was_set_back_leaves_no_throttle_shut(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    sign_in(client, nurse, "wrong")
    use_up_everything(database)
    assert sign_in(client, nurse).status_code == 429
    with database.begin() as session:
        ahead = datetime.now(UTC) + timedelta(hours=6)
        session.execute(update(Throttle).values(window_started_at=ahead))
    assert sign_in(client, nurse).status_code == 201


def test_a_throttled_answer_has_the_time_to_wait(client: FlaskClient, nurse: str, database: Database) -> None:
    sign_in(client, nurse, "wrong")
    use_up_everything(database)
    answer = sign_in(client, nurse)
    assert 0 < int(answer.headers["Retry-After"]) <= 15 * 60


def test_a_stored_network_does_not_reveal_the_address(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    sign_in(client, nurse, transport="cookie")
    with database.read() as session:
        kept = session.scalars(select(KnownOrigin)).all()
    assert len(kept) == 2
    assert not any(USUAL in row.digest or nurse in row.digest for row in kept)


def test_a_place_unused_for_three_months_is_forgotten(
    client: FlaskClient, nurse: str, database: Database
) -> None:
    sign_in(client, nurse)
    for days, left in ((89, 1), (91, 0)):
        cleanup.delete_expired(database, now=datetime.now(UTC) + timedelta(days=days))
        with database.read() as session:
            assert len(session.scalars(select(KnownOrigin)).all()) == left


@pytest.mark.parametrize(("password", "status"), [(PASSWORD, 201), ("wrong", 401)])
def test_signing_in_takes_two_transactions_that_write(
    client: FlaskClient, nurse: str, database: Database, password: str, status: int
) -> None:
    client.get("/v1/me")  # what was denied is counted now, and not again within ten seconds
    commits: list[object] = []

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(database.engine, "commit", note)
    assert sign_in(client, nurse, password).status_code == status
    event.remove(database.engine, "commit", note)
    assert len(commits) == 2


def activate(client: FlaskClient, code: str, place: str) -> int:
    status: int = client.post(
        "/v1/activations", json={"code": code}, environ_base={"REMOTE_ADDR": place}
    ).status_code
    return status


def test_strangers_who_try_codes_from_everywhere_keep_no_patient_out(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    activate(client, "00000-00000", STRANGERS)
    with database.begin() as session:
        session.execute(update(Throttle).values(attempts=1000))
    assert activate(client, "00000-00000", STRANGERS) == 429
    assert [activate(client, "00000-00000", "198.51.100.9") for _ in range(4)] == [401, 401, 401, 429]
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        code = make_code(
            session,
            clinic.nurse.principal,
            patient,
            key=key_of(SECRET_KEY),
            lifetime=timedelta(hours=1),
            now=datetime.now(UTC),
        ).code
    assert activate(client, code, USUAL) == 201
