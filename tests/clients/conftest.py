"""A real server with a clinic, for clients that are not ours."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.request import Request, urlopen
from uuid import UUID

import pytest
from sqlalchemy import select

from api.domain.alerts.callback import CallbackRequest, CallbackTopic
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.outbox import Heartbeat
from api.models.staff import Staff
from api.services.accounts import passwords
from api.services.assessments.assessments import record_assessment
from api.services.messages import subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from api.services.messages.vapid import new_private_key
from api.services.patients import callbacks
from api.services.privacy import erasure, exports
from config.server import web_command
from tests.support import databases
from tests.support.builders import (
    PASSWORD,
    Clinic,
    a_clinic,
    a_known_level,
    a_measurement,
    a_patient,
    a_proxy,
    a_report,
    signed_in,
)
from tests.support.entries import record_items
from tests.support.push_service import Browser
from tests.support.servers import HOST, START_WITHIN_S, Process, answers, free_port, wait_until

A_WEIGHT = {"kind": "weight", "value": 70, "unit": "kg"}


@dataclass
class Served:
    """Address of the server, its people, and objects by the names of path parameters."""

    address: str
    clinic: Clinic
    ids: dict[str, str]
    patient_token: str
    """Of a patient who has not written anything yet."""
    code: str
    """An activation code of a third patient."""
    email: str
    password: str
    """The nurse signs in with these."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a clinic whose patient has written, answered a questionnaire and raised an alert."""
    folder = tmp_path_factory.mktemp("served")
    database = databases.fresh_sqlite(folder)
    now = datetime.now(UTC)
    with database.begin() as session:
        clinic = a_clinic(session, now=now)
        session.merge(Heartbeat(worker="a worker", started_at=now, ticked_at=now))
        newcomer = signed_in(session, a_patient(session, clinic.team, now=now), now=now)
        third = a_patient(session, clinic.team, now=now)
        nurse = session.get_one(Staff, clinic.nurse.id)
        nurse.password_hash = passwords.HASHER.hash(PASSWORD)
        email, third_id = nurse.email, third.id
        me, entry = clinic.patient.principal, a_report(pain_worst=9, red_flags=["chest_pain"])
        record_items(session, me, [entry, {"id": "?"}], engine=Engine(), now=now)
        said = AssessmentSubmission(AssessmentStatus.COMPLETE, now, {"worst": 7}, {}, instrument="bpi-sf")
        entry_id = UUID(entry["id"])
        row, _ = record_assessment(session, me, entry_id, said, engine=Engine(), now=now)
        alert_id = session.scalars(select(Alert.id)).one()
        call = CallbackRequest(CallbackTopic.TABLETS)
        callbacks.request_callback(session, me, call, callback_id=entry_id, now=now)
        measurement = a_measurement(session, clinic.patient.id, A_WEIGHT)
        export = exports.request_export(session, me, now=now)
        let_in = a_proxy(session, clinic.patient, now=now)
        wish, _ = erasure.request_erasure(session, me, now=now)
        browser = Browser("https://fcm.googleapis.com")
        push = BrowserSubscription(browser.endpoint, browser.p256dh, browser.auth)
        subscriptions.register(session, me, device=browser.device, address=push, now=now)
        subscriptions.send_test(session, me, device=browser.device, now=now)
        ids = {
            "patient_id": clinic.patient.id,
            "entry_id": entry_id,
            "assessment_id": row.id,
            "alert_id": alert_id,
            "export_id": export.id,
            "callback_id": entry_id,
            "erasure_id": wish.id,
            "proxy_id": let_in.principal.proxy_id,
            "measurement_id": measurement.id,
            "level_id": a_known_level(session, clinic.patient.id, now=now),
            "device_id": me.grant_id,
            "device": browser.device,
            "service_id": clinic.scheduler.id,
            "staff_id": clinic.nurse.id,
            "team_id": clinic.team.id,
            "code": "bpi-sf",
        }
    url = database.engine.url.render_as_string(hide_password=False)
    database.close()
    port = free_port()
    env = {"DATABASE_URL": url, "LOG_LEVEL": "ERROR", "VAPID_PRIVATE_KEY": new_private_key()}
    with Process(web_command(host=HOST, port=port, database_url=url), env, log=folder / "server.log"):
        wait_until(lambda: answers(port, "/health/live"), within_s=START_WITHIN_S, what="the web answers")
        named = {name: str(value) for name, value in ids.items()}
        address = f"http://{HOST}:{port}"
        code = a_code(address, third_id, clinic.nurse.headers)
        yield Served(address, clinic, named, newcomer.token, code, email, PASSWORD)


def a_code(address: str, patient_id: UUID, headers: dict[str, str]) -> str:
    """Return a new activation code of a patient."""
    url = f"{address}/v1/patients/{patient_id}/activations"
    with urlopen(Request(url, method="POST", headers=headers), timeout=10) as answer:  # noqa: S310 - our own
        return str(json.load(answer)["code"])
