"""Number of SQL statements of a red flag, and of transactions of a sign-in."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from api.models.staff import Staff
from api.services.accounts import passwords
from tests.notifications.conftest import subscribe
from tests.support.builders import PASSWORD, Clinic, a_report

MOST_STATEMENTS = 21

CountQueries = Callable[[], AbstractContextManager[list[str]]]


@pytest.mark.parametrize("reachable", [None, "nurse", "coordinator"])
def test_a_red_flag_runs_few_statements_however_many_rungs_are_unreachable(
    client: FlaskClient, clinic: Clinic, database: Database, count_queries: CountQueries, reachable: str
) -> None:
    if reachable:
        with database.begin() as session:
            subscribe(session, getattr(clinic, reachable))
    with count_queries() as statements:
        sent = a_report(red_flags=["chest_pain"])
        answer = client.post("/v1/me/entries", json=sent, headers=clinic.patient.headers)
    assert answer.status_code == 201
    work = [each for each in statements if not each.startswith("BEGIN")]
    assert len(work) <= MOST_STATEMENTS, "\n".join(work)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_sign_in_writes_in_two_transactions(
    client: FlaskClient, clinic: Clinic, database: Database, count_queries: CountQueries
) -> None:
    with database.begin() as session:
        staff = session.get_one(Staff, clinic.nurse.id)
        staff.password_hash, email = passwords.rehash(PASSWORD), staff.email
    with count_queries() as statements:
        answer = client.post("/v1/sessions", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201
    begun = [each for each in statements if each.startswith("BEGIN")]
    assert begun == ["BEGIN IMMEDIATE", "BEGIN", "BEGIN IMMEDIATE"]
