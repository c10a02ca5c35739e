"""Two at once on PostgreSQL: a measurement is made once, and no correction is lost."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.db.database import Database
from api.domain.errors import VersionMoved
from api.models.measurement import MeasurementRow
from api.models.patient import Patient
from api.services.care.measurements import correct_measurement, record_measurement
from tests.services.test_races import until_a_session_waits
from tests.support.builders import Clinic, a_clinic

WEIGHT = {"kind": "weight", "measured_on": "2026-03-01", "value": 70, "unit": "kg"}


@pytest.fixture
def ward(postgresql: Database) -> Clinic:
    """A clinic on PostgreSQL."""
    with postgresql.begin() as session:
        return a_clinic(session, now=datetime.now(UTC))


def record(database: Database, ward: Clinic, body: dict[str, Any], then: Callable[[], None]) -> bool:
    """Record a measurement, do something before the commit, and say whether it was new."""
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        _, is_new = record_measurement(session, ward.nurse.principal, patient, body, now=datetime.now(UTC))
        then()
    return is_new


def correct(database: Database, ward: Clinic, of: UUID, value: int, then: Callable[[], None]) -> None:
    """Correct the first version of a measurement, and do something before the commit."""

    def check(version: int) -> None:
        if version != 1:
            raise VersionMoved(str(version))

    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        by, body = ward.nurse.principal, WEIGHT | {"value": value}
        correct_measurement(session, by, patient, of, raw=body, check_version=check, now=datetime.now(UTC))
        then()


def beside(deed: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Do something in a thread of its own; what it gave, or how it failed, is in the list."""
    came: list[object] = []

    def run() -> None:
        try:
            came.append(deed())
        except VersionMoved as moved:
            came.append(moved)

    return threading.Thread(target=run), came


def test_the_same_sent_twice_at_once_is_one_measurement(postgresql: Database, ward: Clinic) -> None:
    body = WEIGHT | {"id": str(uuid4())}
    other, came = beside(lambda: record(postgresql, ward, body, lambda: None))

    def meanwhile() -> None:
        other.start()
        until_a_session_waits(postgresql)

    assert record(postgresql, ward, body, meanwhile) is True
    other.join()
    assert came == [False]


def test_of_two_corrections_at_once_one_fails_with_version_moved(postgresql: Database, ward: Clinic) -> None:
    body = WEIGHT | {"id": str(uuid4())}
    record(postgresql, ward, body, lambda: None)
    of = UUID(body["id"])
    other, came = beside(lambda: correct(postgresql, ward, of, 72, lambda: None))

    def meanwhile() -> None:
        other.start()
        until_a_session_waits(postgresql)

    correct(postgresql, ward, of, 71, meanwhile)
    other.join()
    assert [type(each) for each in came] == [VersionMoved]
    with postgresql.read() as session:
        row = session.get_one(MeasurementRow, (ward.patient.id, of))
    assert (row.canonical, row.version) == ({"kg": 71}, 2)
