"""Pages for the team: read without the writer, in the audit before they are shown, from indexes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, select, text

from api.db.database import Database
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.services.worklist import alerts, beside
from tests.support.builders import Clinic, a_patient, a_report, signed_in

PAGES = (
    "/v1/alerts",
    "/v1/alerts/{alert}",
    "/v1/patients",
    "/v1/patients/{patient}",
    "/v1/patients/{patient}/alerts",
    "/v1/patients/{patient}/entries",
    "/v1/patients/{patient}/trajectory",
    "/v1/patients/{patient}/treatments",
    "/v1/patients/{patient}/rejected-entries",
    "/v1/patients/{patient}/assessments",
    "/v1/patients/{patient}/measurements",
    "/v1/patients/{patient}/grades",
    "/v1/patients/{patient}/messages",
    "/v1/patients/{patient}/devices",
    "/v1/patients/{patient}/plan",
)


@pytest.fixture
def url(client: FlaskClient, clinic: Clinic, database: Database) -> Callable[[str], str]:
    """A way to name pages of a patient who has reported an emergency."""
    sent = a_report(pain_worst=8, red_flags=["chest_pain"])
    assert client.post("/v1/me/entries", json=sent, headers=clinic.patient.headers).status_code == 201
    with database.read() as session:
        alert = session.scalars(select(Alert.id)).one()
    return lambda path: path.format(patient=clinic.patient.id, alert=alert)


@contextmanager
def written(database: Database) -> Iterator[list[str]]:
    """Note the statements of every transaction that is open to write."""
    statements: list[str] = []

    def note(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        options = connection.get_execution_options()
        if not options.get("read_only") and options.get("isolation_level") != "AUTOCOMMIT":
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_the_writer_for_its_audit_row_alone(
    client: FlaskClient, clinic: Clinic, database: Database, url: Callable[[str], str], page: str
) -> None:
    with written(database) as statements:
        answer = client.get(url(page), headers=clinic.nurse.headers)
    assert answer.status_code == 200
    work = [each.partition("(")[0].strip() for each in statements if not each.startswith("BEGIN")]
    assert work == ["INSERT INTO audit"]


def test_a_page_goes_out_only_after_its_audit_row_is_durable(
    client: FlaskClient, clinic: Clinic, database: Database, url: Callable[[str], str]
) -> None:
    """The writer is held by another connection: the page is read, and waits with its answer for the audit."""
    answers: list[Any] = []
    asking = threading.Thread(
        target=lambda: answers.append(client.get(url("/v1/alerts"), headers=clinic.nurse.headers))
    )
    url("/v1/alerts")
    with database.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
        asking.start()
        asking.join(0.5)
        assert not answers
    asking.join(20)
    assert answers[0].status_code == 200
    with database.read() as session:
        listed = select(AuditRow).where(AuditRow.action == "alerts.listed")
        assert len(session.scalars(listed).all()) == 1


def test_nothing_is_shown_where_the_audit_cannot_be_written(
    app: Flask, clinic: Clinic, database: Database, url: Callable[[str], str]
) -> None:
    page = url("/v1/alerts")
    client = FlaskClient(app, app.response_class)  # one that does not ask the contract: it has no 500
    with database.begin() as session:
        session.execute(text("ALTER TABLE audit RENAME TO audit_away"))
    try:
        answer = client.get(page, headers=clinic.nurse.headers)
    finally:
        with database.begin() as session:
            session.execute(text("ALTER TABLE audit_away RENAME TO audit"))
    assert answer.status_code >= 500
    assert "chest" not in answer.text
    assert str(clinic.patient.id) not in answer.text


def plan_of(database: Database, statement: str, parameters: Any) -> str:
    """Return how the database would answer; PostgreSQL as if its tables were large.

    Statistics from rows of earlier tests, which autovacuum may have collected, would change the plan:
    they are forgotten, until the transaction is rolled back. So would pages of their rows and indexes.
    """
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql("VACUUM FULL alerts")
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                "DELETE FROM pg_statistic USING pg_class AS tables "
                "WHERE starelid = tables.oid AND relnamespace = 'public'::regnamespace"
            )
            connection.exec_driver_sql(
                "UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relnamespace = 'public'::regnamespace"
            )
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
            rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).all()
            return "\n".join(row[0] for row in rows)
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return "\n".join(row[-1] for row in rows)


@pytest.mark.parametrize("who", ["nurse", "site_admin"])
def test_what_waits_and_its_counts_come_from_the_index_of_what_waits(
    clinic: Clinic, database: Database, url: Callable[[str], str], who: str
) -> None:
    url("/v1/alerts")
    asked: list[tuple[str, Any]] = []
    by = getattr(clinic, who).principal

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as session:
            page = alerts.worklist(session, by)
            counted = alerts.counts(session, by)
            beside.not_scored(session, by)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    assert len(page.cases) == 1
    assert counted == {"open": 1, "acknowledged": 0, "snoozed": 0}
    asked = [each for each in asked if each[0].startswith("SELECT")]
    plans = [plan_of(database, *each) for each in asked]
    of_alerts = [
        plan for plan, (statement, _) in zip(plans, asked, strict=True) if "closed_at IS NULL" in statement
    ]
    assert len(of_alerts) == 2
    assert ["ix_alerts_waiting" in plan for plan in of_alerts] == [True, True], of_alerts
    assert all("SCAN alerts" not in plan for plan in plans)
    assert "ix_assessments_not_scored" in plans[-1]


@pytest.mark.parametrize("alerts", [1, 30])
def test_the_worklist_needs_as_many_statements_for_many_alerts_as_for_one(
    client: FlaskClient,
    clinic: Clinic,
    url: Callable[[str], str],
    count_queries: Callable[[], Any],
    database: Database,
    alerts: int,
) -> None:
    url("/v1/alerts")

    for _ in range(alerts - 1):
        with database.begin() as session:
            phone = signed_in(
                session, a_patient(session, clinic.team, now=datetime.now(UTC)), now=datetime.now(UTC)
            )
        sent = a_report(pain_worst=8, red_flags=["chest_pain"])
        assert client.post("/v1/me/entries", json=sent, headers=phone.headers).status_code == 201
    with count_queries() as statements:
        answer = client.get("/v1/alerts", headers=clinic.nurse.headers)
    assert len(answer.json["items"]) == alerts
    assert len(statements) <= 24
