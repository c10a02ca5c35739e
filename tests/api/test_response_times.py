"""Response times of alerts: opened, notified, acknowledged, resolved."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from api.cli.response_times import response_times_command
from api.db.database import Database
from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.models.alert import Alert, AlertEvent
from api.models.outbox import OutboxMessage
from api.services.alerts.evidence import make_evidence
from tests.support.builders import Clinic, a_clinic, a_patient

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW = {"since": (MONDAY - DAY).isoformat(), "until": (MONDAY + 7 * DAY).isoformat()}


def a_course(
    session: Session,
    clinic: Clinic,
    *,
    tier: str = "same_day",
    opened_at: datetime = MONDAY,
    brought: timedelta | None = None,
    steps: dict[str, timedelta] | None = None,
    **changes: Any,
) -> Alert:
    """Put an alert with its way into the database; all times after it was opened."""
    patient = a_patient(session, clinic.team, now=MONDAY)
    values: dict[str, Any] = {
        "id": uuid4(),
        "site_id": clinic.site.id,
        "patient_id": patient.id,
        "kind": "worsening",
        "tier": tier,
        "status": "open",
        "priority": 1,
        "reason": "it",
        "first_day": opened_at.date(),
        "raised_at": opened_at,
        "opened_at": opened_at,
        "escalating_since": opened_at,
        "times_notified": 1,
    }
    alert = Alert(**values | changes)
    session.add(alert)
    session.flush()
    if brought is not None:
        for channel, after in (("web_push", brought), ("email", brought + HOUR), ("webhook", timedelta(0))):
            session.add(a_message(alert, clinic, channel, opened_at + after))
    for action, after in (steps or {}).items():
        session.add(AlertEvent(alert_id=alert.id, at=opened_at + after, action=action))
        if action in {"resolved", "retracted"}:
            alert.status, alert.closed_at = action, opened_at + after
    session.flush()
    return alert


def a_message(alert: Alert, clinic: Clinic, channel: str, settled_at: datetime) -> OutboxMessage:
    return OutboxMessage(
        dedupe_key=str(uuid4()),
        site_id=clinic.site.id,
        kind="alert",
        recipient_id=clinic.nurse.id,
        channel=channel,
        alert_id=alert.id,
        topic="t",
        state="delivered",
        created_at=alert.opened_at,
        not_before=alert.opened_at,
        due_at=alert.opened_at,
        expires_at=alert.opened_at + DAY,
        settled_at=settled_at,
    )


def read(client: FlaskClient, clinic: Clinic, **query: str) -> dict[str, Any]:
    """Return the tiers of a report, by name."""
    answer = client.get(
        "/v1/reports/response-times", query_string=WINDOW | query, headers=clinic.coordinator.headers
    )
    assert answer.status_code == 200, answer.json
    return {each["tier"]: each for each in answer.json["tiers"]}


def test_each_tier_has_its_times_to_notification_answer_and_resolution(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        for n in (50, 10, 20, 40, 30):
            steps = {"acknowledged": (n + 10) * MINUTE, "resolved": (n + 70) * MINUTE}
            a_course(session, clinic, brought=n * MINUTE, steps=steps)
        a_course(session, clinic, tier="routine", brought=MINUTE)
    tiers = read(client, clinic)
    same_day = tiers["same_day"]
    assert same_day["opened"] == 5
    assert same_day["notified"] == {"count": 5, "median_s": 1800, "p90_s": 3000}
    assert same_day["acknowledged"] == {"count": 5, "median_s": 600, "p90_s": 600}
    assert same_day["resolved"] == {"count": 5, "median_s": 3600, "p90_s": 3600}
    assert same_day["opened_to_acknowledged"] == {"count": 5, "median_s": 2400, "p90_s": 3600}
    assert tiers["routine"]["notified"]["count"] == 1
    assert tiers["routine"]["acknowledged"] == {"count": 0, "median_s": None, "p90_s": None}


def test_a_snooze_answers_too_and_an_answer_before_any_message_took_no_time(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        steps = {"snoozed": 5 * MINUTE, "reopened": HOUR, "acknowledged": 2 * HOUR}
        a_course(session, clinic, brought=10 * MINUTE, steps=steps)
    same_day = read(client, clinic)["same_day"]
    assert same_day["opened_to_acknowledged"]["median_s"] == 300
    assert same_day["acknowledged"]["median_s"] == 0


def test_what_waits_past_the_sites_limit_is_counted(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    window = {"since": (now - 20 * DAY).isoformat(), "until": now.isoformat()}
    with database.begin() as session:
        a_course(session, clinic, opened_at=now - 9 * HOUR)  # 8 hours are allowed
        a_course(session, clinic, opened_at=now - 7 * HOUR)
        a_course(session, clinic, opened_at=now - 9 * HOUR, steps={"acknowledged": 8 * HOUR + MINUTE})
        a_course(session, clinic, opened_at=now - 9 * HOUR, steps={"acknowledged": 8 * HOUR})
        a_course(session, clinic, opened_at=now - 9 * HOUR, steps={"retracted": 8 * HOUR + MINUTE})
        a_course(session, clinic, tier="routine", opened_at=now - 7 * DAY)  # two working days are
        a_course(session, clinic, tier="routine", opened_at=now - DAY)
        a_course(session, clinic, tier="self_care", opened_at=now - DAY)
    tiers = read(client, clinic, **window)
    counted = {
        tier: [each[name] for name in ("opened", "open_past_limit", "answered_late", "retracted")]
        for tier, each in tiers.items()
    }
    assert counted == {"same_day": [5, 1, 1, 1], "routine": [2, 1, 0, 0]}


@pytest.mark.parametrize(
    ("reason", "added", "answered", "late"),
    [
        ("hospital", timedelta(0), timedelta(hours=4), 0),  # the working day ends at 17:00 in Berlin
        ("too_unwell", timedelta(0), timedelta(hours=4, minutes=1), 1),
        ("hospital", DAY, DAY + timedelta(hours=4), 0),
        ("forgot", timedelta(0), DAY, 0),
        (None, timedelta(0), DAY, 0),
    ],
)
def test_a_reason_for_a_gap_is_to_be_looked_at_on_the_same_working_day(
    client: FlaskClient,
    clinic: Clinic,
    database: Database,
    *,
    reason: str | None,
    added: timedelta,
    answered: timedelta,
    late: int,
) -> None:
    with database.begin() as session:
        alert = a_course(session, clinic, tier="routine", kind="silence", steps={"acknowledged": answered})
        numbers = {} if reason is None else {"gap_reason": reason}
        finding = Finding(
            FindingKind.SILENCE, Tier.ROUTINE, "k", alert.first_day, alert.raised_at, "it", numbers, "s"
        )
        session.add(
            make_evidence(finding, alert, engine="e", from_rejected_entry=False, now=alert.opened_at + added)
        )
    assert read(client, clinic)["routine"]["answered_late"] == late


def test_only_the_sites_own_alerts_of_the_time_are_counted(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=MONDAY, name="Elsewhere")
        a_course(session, other)
        a_course(session, clinic, opened_at=MONDAY - 2 * DAY)
        a_course(session, clinic, opened_at=MONDAY + 7 * DAY)
        a_course(session, clinic, opened_at=MONDAY - DAY)
    assert read(client, clinic)["same_day"]["opened"] == 1


def test_without_a_time_it_is_the_last_four_weeks(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.get("/v1/reports/response-times", headers=clinic.site_admin.headers).json
    since, until = (datetime.fromisoformat(answer[name]) for name in ("opened_from", "opened_before"))
    assert until - since == 28 * DAY
    assert datetime.now(UTC) - until < MINUTE


@pytest.mark.parametrize("until", [MONDAY - DAY, MONDAY + 400 * DAY])
def test_a_time_that_cannot_be_is_refused(client: FlaskClient, clinic: Clinic, until: datetime) -> None:
    query = WINDOW | {"until": until.isoformat()}
    headers = clinic.coordinator.headers
    refused = client.get("/v1/reports/response-times", query_string=query, headers=headers)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["until"])


@pytest.mark.parametrize(
    "query", [{"until": "0001-01-01T00:00Z"}, {"since": "9999-01-01T00:00Z", "until": "9999-12-31T23:59Z"}]
)
def test_the_first_and_the_last_year_can_be_requested(
    client: FlaskClient, clinic: Clinic, query: dict[str, str]
) -> None:
    headers = clinic.coordinator.headers
    answer = client.get("/v1/reports/response-times", query_string=query, headers=headers)
    assert answer.status_code == (200 if "since" in query else 422)


@pytest.mark.parametrize("who", ["nurse", "clinician", "patient", "scheduler"])
def test_only_coordinators_and_admins_read_it(client: FlaskClient, clinic: Clinic, who: str) -> None:
    headers = getattr(clinic, who).headers
    assert client.get("/v1/reports/response-times", headers=headers).status_code == 403


def test_an_operator_prints_it(app: Flask, client: FlaskClient, clinic: Clinic, database: Database) -> None:
    with database.begin() as session:
        steps = {"acknowledged": 90 * MINUTE}
        a_course(session, clinic, brought=2 * MINUTE, steps=steps)
    shell, window = app.test_cli_runner(), ["--since", WINDOW["since"], "--until", WINDOW["until"]]
    printed = shell.invoke(response_times_command, ["St. Example", *window])
    assert printed.exit_code == 0, printed.output
    lines = printed.output.splitlines()
    assert lines[1].startswith("same_day: 1 opened, 0 escalated, 0 retracted, 0 answered late, 0 open past")
    assert lines[2:4] == [
        "  opened to notified        median 2 min 00 s, 90th percentile 2 min 00 s, of 1",
        "  notified to acknowledged  median 1 h 28 min, 90th percentile 1 h 28 min, of 1",
    ]
    assert lines[4] == "  acknowledged to resolved  none"
    as_json = shell.invoke(response_times_command, ["St. Example", *window, "--json"])
    assert {each["tier"]: each for each in json.loads(as_json.output)["tiers"]} == read(client, clinic)
    assert shell.invoke(response_times_command, ["Nowhere"]).exit_code == 1
