"""The main job, end to end: a phone reports, the score worsens, and only a nurse's device can read of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.app import create_app
from api.db.database import Database
from api.domain.delivery.public_address import PushServices
from api.models.alert import Alert
from api.services.messages.vapid import new_private_key
from config.settings import PUSH_SERVICES, Settings
from notifications.channels.web_push import WebPush
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker
from tests.support.builders import Clinic, Signed, a_report
from tests.support.push_service import Browser, Push, PushService

KEY = new_private_key()


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def app(database: Database) -> Flask:
    """The application with a VAPID key, allowed to push to this machine."""
    settings = Settings(secret_key="-" * 32, vapid_private_key=KEY, push_loopback=True)
    return create_app(settings, database=database)


@contextmanager
def a_worker(database: Database, *, at: Callable[[], datetime]) -> Iterator[Worker]:
    services = PushServices(PUSH_SERVICES, loopback=True)
    channel = WebPush(private_key=KEY, subject="mailto:ops@example.org", services=services, clock=at)
    worker = Worker(database, channel, pace=DeliveryPace(batch=10, per_destination=2), clock=at)
    yield worker
    worker.close()


@pytest.fixture
def worker(database: Database) -> Iterator[Worker]:
    """A delivery worker of the same server."""
    with a_worker(database, at=now) as worker:
        yield worker


def subscribed(client: FlaskClient, service: PushService, person: Signed) -> Browser:
    browser = Browser(service.origin)
    answer = client.put(
        f"/v1/me/subscriptions/{browser.device}", json=browser.subscription(), headers=person.headers
    )
    assert answer.status_code in {200, 201}
    return browser


def worsen(client: FlaskClient, clinic: Clinic) -> None:
    start = now() - timedelta(days=61)
    said = [
        a_report(recorded_at=start + timedelta(days=day), pain_worst=2 if day < 45 else 6)
        for day in range(60)
    ]
    answer = client.post("/v1/me/entries", json={"entries": said}, headers=clinic.patient.headers)
    assert {item["status"] for item in answer.json["results"]} == {"created"}


def worklist(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    return list(client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"])


def test_a_worsening_patient_reaches_the_nurses_device_and_nobody_else_can_read_it(
    client: FlaskClient, clinic: Clinic, service: PushService, worker: Worker
) -> None:
    nurse, clinician = (subscribed(client, service, who) for who in (clinic.nurse, clinic.clinician))
    worsen(client, clinic)
    worker.relay()
    [push] = service.to(nurse)
    payload = nurse.read(push)
    assert (payload["kind"], set(payload)) == ("alert", {"kind", "id", "web_push", "notification"})
    with pytest.raises(Exception, match=r".*"):
        clinician.read(push)
    assert service.to(clinician) == []
    [alert] = worklist(client, clinic)
    assert (alert["kind"], alert["status"]) == ("worsening", "open")
    assert "worst pain" in alert["reason"]
    worker.relay()
    assert len(service.pushes) == 1


def test_nobody_answers_and_the_next_rung_is_told_without_any_new_traffic(
    client: FlaskClient, clinic: Clinic, service: PushService, worker: Worker, database: Database
) -> None:
    clinician = subscribed(client, service, clinic.clinician)
    subscribed(client, service, clinic.nurse)
    worsen(client, clinic)
    worker.relay()
    worker.escalate()
    assert service.to(clinician) == []  # the nurses have two days
    with database.read() as session:
        due = session.scalars(select(Alert.next_rung_at)).one()
    with a_worker(database, at=lambda: due + timedelta(minutes=1)) as two_working_days_later:
        two_working_days_later.escalate()
        two_working_days_later.relay()
    assert len(service.to(clinician)) == 1


def test_a_dead_subscription_moves_on_to_the_next_rung_at_once(
    client: FlaskClient, clinic: Clinic, service: PushService, worker: Worker
) -> None:
    nurse, clinician = (subscribed(client, service, who) for who in (clinic.nurse, clinic.clinician))

    def gone_for_the_nurse(push: Push) -> tuple[int, dict[str, str]]:
        return (410 if push.path == nurse.path else 201), {}

    service.answer = gone_for_the_nurse
    worsen(client, clinic)
    worker.relay()
    worker.escalate()
    worker.relay()
    [push] = service.to(clinician)
    assert clinician.read(push)["kind"] == "alert"
    service.answer = lambda _: (201, {})
    log = client.get(f"/v1/patients/{clinic.patient.id}/messages", headers=clinic.nurse.headers).json["items"]
    assert {("dead", "web_push"), ("delivered", "web_push")} <= {(m["state"], m["channel"]) for m in log}


def test_acknowledging_takes_back_what_still_waits(
    client: FlaskClient, clinic: Clinic, service: PushService, worker: Worker
) -> None:
    nurse = subscribed(client, service, clinic.nurse)
    worsen(client, clinic)
    [alert] = worklist(client, clinic)
    client.post(f"/v1/alerts/{alert['id']}/acknowledgement", headers=clinic.nurse.headers)
    worker.relay()
    assert service.to(nurse) == []


def test_a_scheduler_reminds_a_patient_once_however_often_it_asks(
    client: FlaskClient, clinic: Clinic, service: PushService, worker: Worker, database: Database
) -> None:
    phone = subscribed(client, service, clinic.patient)
    body = {"patient_id": str(clinic.patient.id), "slot": "2026-W10"}
    asked = [client.post("/v1/reminders", json=body, headers=clinic.scheduler.headers) for _ in range(3)]
    assert [answer.status_code for answer in asked] == [201, 200, 200]
    worker.relay()
    assert service.to(phone) == []  # it is not morning yet
    due_at = datetime.fromisoformat(asked[0].json["due_at"])
    assert due_at.astimezone(ZoneInfo("Europe/Berlin")).time() == time(9)
    with a_worker(database, at=lambda: due_at + timedelta(minutes=1)) as in_the_morning:
        in_the_morning.relay()
        in_the_morning.relay()
    [push] = service.to(phone)
    assert phone.read(push)["kind"] == "reassessment"
