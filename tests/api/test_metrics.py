"""Metrics of the server, read by Prometheus' own parser."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.authority import SCOPES_OF_ROLE, Scope
from api.domain.delivery.messages import Channel
from api.models.alert import Alert
from api.models.delivery import Tally
from api.models.outbox import Heartbeat, OutboxMessage
from api.models.patient import Trajectory
from api.services import counters
from api.services.messages import channel_pause
from notifications.channels.results import Dead, Retry
from notifications.jobs import escalation
from notifications.jobs.cleanup import delete_expired
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from tests.notifications.conftest import an_alert, subscribe
from tests.support.builders import Clinic, Signed, a_report
from tests.support.fakes import FakeChannel
from tests.support.relays import run_once

Figures = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]
MINUTE = timedelta(minutes=1)


def now() -> datetime:
    return datetime.now(UTC)


def scrape(client: FlaskClient, who: Signed) -> Figures:
    answer = client.get("/metrics", headers=who.headers)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def of(figures: Figures, name: str, **labels: str) -> float:
    return figures[name, tuple(sorted(labels.items()))]


def push(database: Database, *outcomes: Dead | Retry, at: datetime | None = None) -> None:
    relay = Relay(
        database,
        FakeChannel(*outcomes),
        pace=DeliveryPace(batch=10, per_destination=1),
        clock=lambda: at or now(),
        worker="w",
    )
    while run_once(relay):
        pass
    relay.close()


@pytest.fixture
def notified(database: Database, clinic: Clinic) -> Alert:
    """An alert of a nurse with two browsers, whose messages wait to be sent."""
    with database.begin() as session:
        subscribe(session, clinic.nurse)
        subscribe(session, clinic.nurse)
        alert = an_alert(session, clinic, opened_at=now() - 10 * MINUTE)
        alert.escalating_since = now() - 10 * MINUTE
        session.execute(
            update(OutboxMessage).values(
                not_before=now() - 5 * MINUTE, due_at=now() - 7 * MINUTE, expires_at=now() + 60 * MINUTE
            )
        )
        session.add(Heartbeat(worker="host:1", started_at=now(), ticked_at=now() - timedelta(seconds=30)))
        session.add(Heartbeat(worker="host:2", started_at=now(), ticked_at=now() - timedelta(seconds=90)))
        session.add(Heartbeat(worker="host:3", started_at=now(), ticked_at=now() - timedelta(hours=2)))
    return alert


def test_queues_workers_and_alerts_are_measured_at_each_scrape(
    client: FlaskClient, clinic: Clinic, notified: Alert
) -> None:
    figures = scrape(client, clinic.scheduler)

    assert of(figures, "aimss_outbox_waiting", channel="web_push") == 2
    assert of(figures, "aimss_outbox_late", channel="web_push") == 2
    assert of(figures, "aimss_outbox_oldest_due_seconds", channel="web_push") == pytest.approx(300, abs=5)
    assert of(figures, "aimss_outbox_oldest_unsent_seconds", channel="web_push") == pytest.approx(420, abs=5)
    assert of(figures, "aimss_outbox_oldest_due_seconds", channel="email") == 0
    assert of(figures, "aimss_workers") == 2
    assert of(figures, "aimss_worker_newest_tick_seconds") == pytest.approx(30, abs=5)
    assert of(figures, "aimss_worker_oldest_tick_seconds") == pytest.approx(90, abs=5)
    assert of(figures, "aimss_alerts_waiting", tier="same_day", status="open") == 1
    assert of(figures, "aimss_alerts_waiting", tier="routine", status="open") == 0


def test_a_message_in_delivery_is_still_unsent_however_often_it_was_claimed(
    client: FlaskClient, clinic: Clinic, notified: Alert, database: Database
) -> None:
    push(database, Retry("answered 503"), Retry("answered 503"))

    figures = scrape(client, clinic.scheduler)
    assert of(figures, "aimss_outbox_oldest_due_seconds", channel="web_push") == 0
    assert of(figures, "aimss_outbox_oldest_unsent_seconds", channel="web_push") == pytest.approx(420, abs=5)


def test_sends_are_counted_by_outcome_and_lateness(
    client: FlaskClient, clinic: Clinic, notified: Alert, database: Database
) -> None:
    push(database, Dead("answered 400"))

    figures = scrape(client, clinic.scheduler)
    assert of(figures, "aimss_sends_total", channel="web_push", outcome="delivered") == 1
    assert of(figures, "aimss_sends_total", channel="web_push", outcome="dead") == 1
    assert of(figures, "aimss_sends_total", channel="web_push", outcome="retry") == 0
    assert of(figures, "aimss_outbox_dead", channel="web_push") == 1
    late = "aimss_send_lateness_seconds"
    assert of(figures, f"{late}_bucket", channel="web_push", le="300") == 0
    assert of(figures, f"{late}_bucket", channel="web_push", le="900") == 1
    assert of(figures, f"{late}_bucket", channel="web_push", le="+Inf") == 1
    assert of(figures, f"{late}_count", channel="web_push") == 1
    assert of(figures, f"{late}_sum", channel="web_push") == pytest.approx(420, abs=5)


def test_escalations_and_acknowledgements_are_counted_by_tier(
    client: FlaskClient, clinic: Clinic, notified: Alert, database: Database
) -> None:
    with database.begin() as session:
        session.execute(update(Alert).values(next_rung_at=now()))
    escalation.escalate_overdue(database, now=now())
    answer = client.post(f"/v1/alerts/{notified.id}/acknowledgement", headers=clinic.nurse.headers)
    assert answer.status_code == 200

    figures = scrape(client, clinic.scheduler)
    assert of(figures, "aimss_escalations_total", tier="same_day") == 1
    took = "aimss_acknowledgement_seconds"
    assert of(figures, f"{took}_bucket", tier="same_day", le="300") == 0
    assert of(figures, f"{took}_bucket", tier="same_day", le="900") == 1
    assert of(figures, f"{took}_count", tier="routine") == 0


def test_an_alert_resolved_without_acknowledgement_counts_as_answered_then(
    client: FlaskClient, clinic: Clinic, notified: Alert
) -> None:
    path = f"/v1/alerts/{notified.id}/resolution"
    done = client.post(
        path, json={"outcome": "visit_booked"}, headers={**clinic.nurse.headers, "If-Match": "*"}
    )
    assert done.status_code == 200

    figures = scrape(client, clinic.scheduler)
    assert of(figures, "aimss_acknowledgement_seconds_count", tier="same_day") == 1


def test_entries_stopped_channels_and_patients_not_scored_are_measured(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    for _ in range(3):
        client.post("/v1/me/entries", json=a_report(), headers=clinic.patient.headers)
    with database.begin() as session:
        channel_pause.stop(session, Channel.EMAIL, why="a wrong text", now=now())
        session.execute(update(Trajectory).values(status="not_scored"))

    figures = scrape(client, clinic.scheduler)
    assert of(figures, "aimss_entries_received") == 3
    assert of(figures, "aimss_patients_not_scored") == 1
    assert of(figures, "aimss_channel_stopped", channel="email") == 1
    assert of(figures, "aimss_channel_stopped", channel="web_push") == 0


def test_labels_hold_terms_of_the_program_only_and_series_never_come_or_go(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    before = scrape(client, clinic.scheduler)
    with database.begin() as session:
        for person in (clinic.nurse, clinic.clinician, clinic.patient):
            subscribe(session, person)
        an_alert(session, clinic)
        session.add(Heartbeat(worker="host:1", started_at=now(), ticked_at=now()))
    client.post("/v1/me/entries", json=a_report(red_flags=["chest_pain"]), headers=clinic.patient.headers)
    push(database, Dead("answered 400"))
    after = scrape(client, clinic.scheduler)

    assert set(before) == set(after)
    assert len(after) < 200
    values = {value for _, labels in after for _, value in labels}
    assert all(re.fullmatch(r"[a-z_]+|\+Inf|\d+", value) for value in values), values
    text = client.get("/metrics", headers=clinic.scheduler.headers).text
    for secret in ("Ada", "Example", "host", "pain", str(clinic.patient.id), str(clinic.site.id)):
        assert secret not in text


def test_only_a_service_key_reads_the_metrics_of_every_site(client: FlaskClient, clinic: Clinic) -> None:
    assert not [role for role, scopes in SCOPES_OF_ROLE.items() if Scope.METRICS_READ in scopes]
    assert client.get("/metrics", headers=clinic.site_admin.headers).status_code == 403
    assert client.get("/metrics").status_code == 401


def test_every_metric_has_a_help_text_and_is_on_the_operators_page(
    client: FlaskClient, clinic: Clinic
) -> None:
    text = client.get("/metrics", headers=clinic.scheduler.headers).text
    names = set(re.findall(r"^# TYPE (\w+) ", text, re.M))
    assert len(names) == 22
    assert set(re.findall(r"^# HELP (\w+) \w", text, re.M)) == names
    page = (Path(__file__).parents[2] / "docs/how-to/operators.md").read_text()
    assert [name for name in names if f"`{name}" not in page] == []


def test_counts_of_many_sources_are_summed_and_stay_the_same(database: Database, clinic: Clinic) -> None:
    for number in range(5):
        with database.begin() as session:
            counters.add(session, {(counters.SENDS, "email delivered"): 2}, source=f"host:{number}")
            counters.add(session, {(counters.SENDS, "email delivered"): 1}, source=f"host:{number}")
    with database.read() as session:
        before = counters.totals(session)

    delete_expired(database, now=now())
    delete_expired(database, now=now())
    with database.begin() as session:
        counters.add(session, {(counters.SENDS, "email delivered"): 1}, source="host:0")

    with database.read() as session:
        rows = session.execute(select(Tally.source, Tally.value).order_by(Tally.source)).all()
        assert counters.totals(session) == {(counters.SENDS, "email delivered"): 16}
    assert before == {(counters.SENDS, "email delivered"): 15}
    assert [tuple(row) for row in rows] == [("", 15), ("host:0", 1)]
