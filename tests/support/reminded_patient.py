"""A patient with check-ins on Mondays at nine, and events, for tests of reminders."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.instruments import registry
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.models.site import Site
from api.services.assessments.assessments import record_assessment
from api.services.patients import enrolment
from api.services.reminders import check_ins
from notifications.jobs.reminders import plan_due
from tests.notifications.conftest import messages_of, subscribe
from tests.support.builders import Clinic, a_clinic, a_report, a_text
from tests.support.entries import record_items

ENROLLED = datetime(2026, 2, 27, 12, tzinfo=UTC)  # a Friday
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 09:00 in Berlin
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENGINE = Engine()


def a_reminded_ward(database: Database) -> Clinic:
    """Return a clinic whose patient, with a phone and a mailbox, is asked on Mondays at nine."""
    with database.begin() as session:
        clinic = a_clinic(session, now=ENROLLED)
        subscribe(session, clinic.patient)
        patient = session.get_one(Patient, clinic.patient.id)
        patient.email = "ada@example.org"
        check_ins.start_check_ins(patient, now=ENROLLED)
    return clinic


def plan(database: Database, now: datetime) -> None:
    plan_due(database, now=now)


def every_day(database: Database, days: int, *, at: datetime = MONDAY) -> None:
    """Run the planner at the time of the check-in for some days."""
    for number in range(days):
        plan(database, at + number * DAY)


def told(database: Database) -> list[tuple[str, str, str]]:
    """Return the patient's messages: local date, kind and channel."""
    return [(f"{row.not_before:%a %d}", row.kind, row.channel) for row in messages_of(database)]


def writes(database: Database, ward: Clinic, now: datetime, *, about: datetime | None = None) -> None:
    """Let the patient send an entry at ``now``, made then or at ``about``."""
    with database.begin() as session:
        sent = [a_report(recorded_at=about or now)]
        results = record_items(session, ward.patient.principal, sent, engine=ENGINE, now=now)
    assert results[0].status == "created"


def reminders(database: Database) -> dict[tuple[str, str], Reminder]:
    with database.read() as session:
        return {(row.purpose, row.slot): row for row in session.scalars(select(Reminder))}


def change(database: Database, ward: Clinic, now: datetime, **changes: Any) -> None:
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        enrolment.change(session, ward.nurse.principal, patient, changes, now=now)


def with_text(database: Database, ward: Clinic, *codes: str) -> None:
    """Let the site hold the text of questionnaires, so that they can be shown."""
    with database.begin() as session:
        for code in codes:
            a_text(session, session.get_one(Site, ward.site.id), code, now=ENROLLED)


def completes(database: Database, ward: Clinic, code: str, now: datetime) -> None:
    instrument = registry.find(code)
    answers = {item.id: item.lowest for item in instrument.items if not item.choices}
    sent = AssessmentSubmission(AssessmentStatus.COMPLETE, now, answers, {}, instrument=code)
    with database.begin() as session:
        record_assessment(session, ward.patient.principal, uuid4(), sent, engine=ENGINE, now=now)
