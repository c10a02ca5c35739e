"""Helpers for tests of silence: a diary by day numbers, the worker's pass, and its alerts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.db.database import Database
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert, AlertEvent
from notifications.jobs.silence import alert_silent_patients
from tests.support.builders import Clinic, Signed, a_clinic
from tests.support.entries import record_items

FIRST = date(2026, 1, 1)
ENGINE = Engine()


def at(number: int, hour: int = 19) -> datetime:
    """Return a moment of a day of the diary."""
    return datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=number)


def a_day(number: int, *, recorded: int | None = None, **answers: Any) -> dict[str, Any]:
    """Return what a phone posts about a day of the diary, on that day or later."""
    return {
        "id": str(UUID(int=number + 1000)),
        "recorded_at": at(number if recorded is None else recorded).isoformat(),
        "local_date": str(FIRST + timedelta(days=number)),
        **(answers or {"pain_worst": 2}),
    }


def a_clinic_before_the_diary(database: Database) -> Clinic:
    """Make a clinic that is as old as the diary."""
    with database.begin() as session:
        return a_clinic(session, now=at(-1))


def post(database: Database, patient: Signed, *days: dict[str, Any], now: datetime) -> None:
    """Let the patient's phone send days, all of which are recorded."""
    with database.begin() as session:
        results = record_items(session, patient.principal, list(days), engine=ENGINE, now=now)
    assert {result.status for result in results} <= {"created", "duplicate"}


def wait_until(database: Database, now: datetime) -> int:
    """Let the worker look once."""
    return alert_silent_patients(database, engine=ENGINE, now=now)


def silences(database: Database, patient_id: UUID) -> list[Alert]:
    """Return the patient's alerts of silence, the first opened first."""
    with database.read() as session:
        query = select(Alert).where(Alert.patient_id == patient_id, Alert.kind == "silence")
        return list(session.scalars(query.order_by(Alert.opened_at)))


def steps(database: Database, alert: Alert) -> list[str]:
    """Return what became of an alert, step by step."""
    with database.read() as session:
        query = select(AlertEvent.action).where(AlertEvent.alert_id == alert.id)
        return list(session.scalars(query.order_by(AlertEvent.at, AlertEvent.id)))


def written_daily(database: Database, clinic: Clinic, days: int = 20) -> Signed:
    """Let the clinic's patient write every evening, and return the patient."""
    for number in range(days):
        post(database, clinic.patient, a_day(number), now=at(number))
    return clinic.patient
