"""Audit of reads: every route, every reader, three times (first, repeated, on an old version).

Every answer with data of a patient leaves an audit row with reader and patient, also where nothing was
changed. A new route fails here until the walk can reach it.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.app import create_app
from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.authority import SCOPES_OF_PATIENT
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.patient import Patient, Trajectory
from api.models.reminder import Reminder
from api.models.site import Team
from api.services.alerts import ack_links
from api.services.assessments.assessments import record_assessment
from api.services.plans import slots
from api.services.privacy import erasure
from config.settings import Settings
from tests.architecture.authority_table import A_WEIGHT, ROUTES
from tests.architecture.foreign import anew, ids_of_site
from tests.support.builders import (
    Clinic,
    Signed,
    a_known_level,
    a_measurement,
    a_patient,
    a_report,
    signed_in,
)
from tests.support.entries import record_items

SETTINGS = Settings(secret_key="not a secret: for tests only", push_loopback=True)
BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/patients": {
        "reference": "<new>",
        "name": "Eve <new>",
        "birth_year": 1960,
        "timezone": "Europe/Berlin",
        "ai": "letrozole",
    },
    "PATCH /v1/patients/<uuid:patient_id>": {"phone": "+49 30 1"},
    "POST /v1/patients/<uuid:patient_id>/measurements": {**A_WEIGHT, "id": "<new>"},
    "PUT /v1/patients/<uuid:patient_id>/measurements/<uuid:measurement_id>": {**A_WEIGHT, "value": 71},
    "POST /v1/patients/<uuid:patient_id>/entries": {
        "id": "<new>",
        "recorded_at": datetime.now(UTC).isoformat(),
        "pain_worst": 3,
        "via": "phone",
    },
    "POST /v1/patients/<uuid:patient_id>/assessments": {
        "id": "<new>",
        "instrument": "bpi-sf",
        "status": "partial",
        "recorded_at": datetime.now(UTC).isoformat(),
        "via": "phone",
    },
    "PUT /v1/patients/<uuid:patient_id>/assessments/<uuid:assessment_id>": {
        "status": "complete",
        "recorded_at": datetime.now(UTC).isoformat(),
        "answers": {"worst": 8},
        "via": "phone",
    },
    "POST /v1/patients/<uuid:patient_id>/plan/skips": {"slot": "<slot>", "reason": "away"},
    "POST /v1/alerts/<uuid:alert_id>/snooze": {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()},
    "POST /v1/alerts/acknowledgements": {"token": "<token>"},
}
"""Bodies that have an effect, where those of the authority table have none."""

IN_WORDS = ("patient_id", "alert_id", "erasure_id")
"""Ids in a path that make the answer one about a patient."""

OWN = {name for name, route in ROUTES.items() if route.scope in SCOPES_OF_PATIENT and "/me" in name}
"""Routes of patients about themselves: no other reader; changes have audit rows of their own."""


@pytest.fixture
def app(sqlite: Database) -> Flask:
    return create_app(SETTINGS, database=sqlite)


@pytest.fixture
def clinic(sqlite: Database) -> Clinic:
    from tests.support.builders import a_clinic  # noqa: PLC0415 - the fixture of this name is on both databases

    with sqlite.begin() as session:
        made = a_clinic(session, now=datetime.now(UTC))
        on_the_worklist_by_name_only(session, made.team)
        return made


def on_the_worklist_by_name_only(session: Session, team: Team) -> None:
    """Create patients without an alert: not scored, silent, or signed out everywhere."""
    now = datetime.now(UTC)
    for status in ("unscored", "unheard", "signed out"):
        patient = a_patient(session, team, now=now, name=f"Name {uuid4()}")
        if status == "unscored":
            session.get_one(Trajectory, patient.id).status = "not_scored"
        elif status == "unheard":
            session.add(
                Reminder(
                    site_id=team.site_id,
                    patient_id=patient.id,
                    purpose="check_in",
                    slot="2026-03-02",
                    due_at=now,
                    created_at=now,
                    step="unheard",
                    times=3,
                )
            )
        else:
            patient.signed_out_at, patient.signed_out_because = now, "revoked"


def a_case(session: Session, clinic: Clinic, caller: Signed) -> dict[str, str]:
    """Create a patient with every kind of data, and return the ids, with a link for the caller."""
    now = datetime.now(UTC)
    patient = a_patient(
        session, clinic.team, now=now - timedelta(days=1), name=f"Name {uuid4()}", ai_started_on=None
    )
    phone = signed_in(session, patient, now=now)
    report = a_report(red_flags=["chest_pain"])
    record_items(session, phone.principal, [report, {"id": "?"}], engine=Engine(), now=now)
    alert = session.scalars(select(Alert).where(Alert.patient_id == patient.id)).first()
    assert alert is not None
    assessment = uuid4()
    submission = AssessmentSubmission(AssessmentStatus.COMPLETE, now, {"worst": 7}, {}, instrument="bpi-sf")
    record_assessment(session, phone.principal, assessment, submission, engine=Engine(), now=now)
    wish, _ = erasure.request_erasure(session, phone.principal, now=now)
    ids: dict[str, object] = {
        "patient_id": patient.id,
        "erasure_id": wish.id,
        "alert_id": alert.id,
        "entry_id": report["id"],
        "assessment_id": assessment,
        "device_id": phone.principal.grant_id,
        "measurement_id": a_measurement(session, patient.id, A_WEIGHT).id,
        "level_id": a_known_level(session, patient.id, now=now),
        "slot": slots.plan_status(session, patient, now=now).slots[-1].id,
        "token": a_link(session, alert, caller, now=now),
        "new": uuid4(),
        **ids_of_site(session, clinic.site.id),
    }
    return {name: str(value) for name, value in ids.items()}


def a_link(session: Session, alert: Alert, caller: Signed, *, now: datetime) -> str:
    """Notify the caller of the alert, and return the token of the acknowledgement link."""
    message = OutboxMessage(
        id=uuid4(),
        dedupe_key=str(uuid4()),
        site_id=alert.site_id,
        kind="alert",
        recipient_id=caller.id,
        channel="email",
        patient_id=alert.patient_id,
        alert_id=alert.id,
        topic="-",
        created_at=now + timedelta(seconds=1),
        not_before=now,
        expires_at=now + timedelta(hours=1),
    )
    session.add(message)
    return ack_links.token_for(message.id, message.expires_at, SETTINGS)


def filled(text: str, ids: dict[str, str]) -> str:
    """Fill ids into a path or body; placeholders without an id stay."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda place: ids.get(place[1], place[0]), text)


class Walk:
    """Calls routes as one caller, and collects answers about patients that left no audit row."""

    def __init__(self, client: FlaskClient, database: Database, clinic: Clinic, caller: Signed) -> None:
        self.client, self.database, self.clinic, self.caller = client, database, clinic, caller
        self.untraced: list[str] = []
        self.reached: set[str] = set()
        self.about_patients: set[str] = set()

    def ask(self, name: str) -> None:
        """Call a route, repeat the call, and call it with an outdated version."""
        with self.database.begin() as session:
            ids = a_case(session, self.clinic, self.caller)
        for match in ("*", "*", '"9999"'):
            before = self._newest()
            answer = self._call(name, ids, match)
            self._judge(name, answer, ids, since=before)

    def _call(self, name: str, ids: dict[str, str], match: str) -> TestResponse:
        route = ROUTES[name]
        with self.database.begin() as session:
            token = anew(session, self.caller, now=datetime.now(UTC)).access
        method, path = filled(name, ids).split(" ", 1)
        body = BODIES.get(name, route.body)
        sent: dict[str, Any] = {"query_string": json.loads(filled(json.dumps(dict(route.query)), ids))}
        if body is not None:
            sent["json"] = json.loads(filled(json.dumps(dict(body)), ids))
        headers = {"Authorization": f"Bearer {token}", "If-Match": match}
        return self.client.open(path, method=method, headers=headers, **sent)

    def _judge(self, name: str, answer: TestResponse, ids: dict[str, str], *, since: int) -> None:
        if answer.status_code < 300:
            self.reached.add(name)
        if not (answer.status_code < 300 or answer.status_code in {409, 412, 422}) or not answer.data:
            return
        with self.database.read() as session:
            patients = set(patients_in(session, answer.text))
            if answer.status_code != 422 and any(f":{word}>" in name for word in IN_WORDS):
                patients.add(UUID(ids["patient_id"]))
            rows = session.scalars(
                select(AuditRow).where(AuditRow.id > since, AuditRow.actor_id == self.caller.id)
            ).all()
        self.about_patients |= {name} if patients else set()
        lacking = [
            one
            for one in patients
            if not any(row.patient_id == one or str(one) in str(row.detail) for row in rows)
        ]
        if lacking:
            self.untraced.append(f"{name}: {answer.status_code} shows data of {len(lacking)} without a row")

    def _newest(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.max(AuditRow.id))) or 0


def patients_in(session: Session, text: str) -> Iterator[UUID]:
    """Return the patients an answer has data of: an id, name, reference or any of their records."""
    marks: defaultdict[UUID, list[str]] = defaultdict(list)
    for patient in session.scalars(select(Patient)):
        marks[patient.id] += [str(patient.id), patient.reference, patient.name]
    for alert_id, patient_id in session.execute(select(Alert.id, Alert.patient_id)):
        marks[patient_id].append(str(alert_id))
    yield from (who for who, theirs in marks.items() if any(mark in text for mark in theirs))


@pytest.mark.parametrize("role", ["nurse", "clinician", "coordinator", "site_admin", "scheduler"])
def test_every_reader_of_a_patient_is_in_the_audit(
    client: FlaskClient, clinic: Clinic, sqlite: Database, role: str
) -> None:
    caller: Signed = getattr(clinic, role)
    walk = Walk(client, sqlite, clinic, caller)
    mine = [name for name, route in ROUTES.items() if caller.principal.may(route.scope) and name not in OWN]

    for name in mine:
        walk.ask(name)

    assert walk.untraced == []
    about = {name for name in mine if any(f":{word}>" in name for word in IN_WORDS)}
    links = {"POST /v1/alerts/acknowledgements"}.intersection(mine)
    assert about | links <= walk.reached, "the walk did not reach these: add a body to BODIES"
    if "GET /v1/alerts" in mine:
        assert {"GET /v1/alerts", "GET /v1/patients", "GET /v1/reminders"} <= walk.about_patients
