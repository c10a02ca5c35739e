"""Rotas: planned by coordinators and admins, read by the whole team."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from api.app import create_app
from api.db.database import Database
from api.models.rota import Rota, Shift
from api.models.staff import Staff
from config.settings import Settings
from tests.services.test_races import WITHIN_S, until_a_session_waits
from tests.support.builders import Clinic, Signed, a_clinic

HOUR = timedelta(hours=1)


@pytest.fixture
def now() -> datetime:
    """The time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def email_of(database: Database, who: Signed) -> str:
    with database.read() as session:
        return session.get_one(Staff, who.id).email


def shift(email: str, begins: datetime, ends: datetime) -> dict[str, str]:
    return {"staff": email, "from": begins.isoformat(), "until": ends.isoformat()}


def put(client: FlaskClient, clinic: Clinic, *shifts: Any, etag: str | None = None) -> TestResponse:
    """Plan the night rota as the coordinator."""
    headers = clinic.coordinator.headers | ({"If-Match": etag} if etag else {})
    return client.put("/v1/rotas/night", json={"shifts": list(shifts)}, headers=headers)


def stored(session: Session) -> list[tuple[datetime, datetime]]:
    query = select(Shift.begins_at, Shift.ends_at).order_by(Shift.begins_at, Shift.ends_at)
    return [(begins, ends) for begins, ends in session.execute(query)]


def test_a_coordinator_plans_and_a_nurse_reads_who_is_on_call(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    nurse, clinician = email_of(database, clinic.nurse), email_of(database, clinic.clinician)
    planned = put(
        client,
        clinic,
        shift(clinician, now + HOUR, now + 3 * HOUR),
        shift(nurse.upper(), now - HOUR, now + 2 * HOUR),  # they overlap, as they may
    )
    assert planned.status_code == 200
    found = client.get("/v1/rotas/night", headers=clinic.nurse.headers)
    assert found.json == planned.json
    assert found.headers["ETag"] == planned.headers["ETag"] == '"1"'
    assert found.json["on_call"] == [str(clinic.nurse.id)]
    assert [each["staff"] for each in found.json["shifts"]] == [nurse, clinician]
    listed = client.get("/v1/rotas", headers=clinic.nurse.headers).json["items"]
    assert listed == [found.json]


def test_the_plan_that_was_read_is_the_one_that_is_replaced(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    nurse = email_of(database, clinic.nurse)
    first = put(client, clinic, shift(nurse, now, now + HOUR))
    blind = put(client, clinic, shift(nurse, now, now + 2 * HOUR))
    assert (blind.status_code, blind.json["type"]) == (428, "/problems/version-missing")
    second = put(client, clinic, shift(nurse, now, now + 2 * HOUR), etag=first.headers["ETag"])
    assert (second.status_code, second.headers["ETag"]) == (200, '"2"')
    late = put(client, clinic, etag=first.headers["ETag"])
    assert (late.status_code, late.json["type"]) == (412, "/problems/version-moved")


def test_of_two_requests_that_make_a_rota_at_once_the_second_overwrites_nothing(
    postgresql: Database, settings: Settings, now: datetime
) -> None:
    client = create_app(settings, database=postgresql).test_client()
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=now)
    came: list[TestResponse] = []
    second = Thread(target=lambda: came.append(put(client, clinic)))
    with postgresql.begin() as session:
        by = clinic.site_admin.id
        session.add(Rota(site_id=clinic.site.id, name="night", changed_at=now, changed_by=by))
        session.flush()
        second.start()
        until_a_session_waits(postgresql)
    second.join(WITHIN_S)
    assert [(each.status_code, each.json["type"]) for each in came] == [(428, "/problems/version-missing")]


def test_past_shifts_stay_present_ones_end_and_upcoming_ones_are_removed(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    nurse = email_of(database, clinic.nurse)
    put(
        client,
        clinic,
        shift(nurse, now - 2 * HOUR, now + HOUR),
        shift(nurse, now - HOUR, now + HOUR),
        shift(nurse, now + HOUR, now + 2 * HOUR),
    )
    with database.begin() as session:
        over = update(Shift).where(Shift.begins_at == now - 2 * HOUR)
        session.execute(over.values(ends_at=now - HOUR))
    left = put(client, clinic, shift(nurse, now + 5 * HOUR, now + 6 * HOUR), etag="*")
    assert left.json["on_call"] == []
    assert [each["from"] for each in left.json["shifts"]] == [(now + 5 * HOUR).isoformat()]
    with database.read() as session:
        rows = stored(session)
    assert [begins for begins, _ in rows] == [now - 2 * HOUR, now - HOUR, now + 5 * HOUR]
    assert rows[0][1] == now - HOUR
    assert now <= rows[1][1] < now + HOUR
    since = (now - 3 * HOUR).isoformat()
    all_of_it = client.get("/v1/rotas/night", query_string={"since": since}, headers=clinic.nurse.headers)
    assert len(all_of_it.json["shifts"]) == 3


def test_one_under_way_that_is_sent_again_keeps_when_it_began(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    nurse = email_of(database, clinic.nurse)
    put(client, clinic, shift(nurse, now - HOUR, now + HOUR))
    put(
        client,
        clinic,
        shift(nurse, now - HOUR, now + 4 * HOUR),
        shift(nurse, now - HOUR, now + 4 * HOUR),
        etag="*",
    )
    with database.read() as session:
        assert stored(session) == [(now - HOUR, now + 4 * HOUR)]


def test_an_impossible_shift_is_refused_by_its_number(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=now, name="Elsewhere")
    nurse, stranger = email_of(database, clinic.nurse), email_of(database, other.nurse)
    refused = put(
        client,
        clinic,
        shift(stranger, now, now + HOUR),
        shift(nurse, now + HOUR, now + HOUR),
        shift(nurse, now - 2 * HOUR, now - HOUR),
    )
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/invalid-rota")
    assert refused.json["errors"] == {
        "shifts.0.staff": "no staff member of this site signs in with this address",
        "shifts.1.until": "is not after `from`",
        "shifts.2.until": "is past: leave out past shifts, they stay as they were",
    }
    assert client.get("/v1/rotas/night", headers=clinic.nurse.headers).status_code == 404


def test_a_staff_member_who_has_left_is_not_on_call_and_no_one_is_listed_twice(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    nurse, clinician = email_of(database, clinic.nurse), email_of(database, clinic.clinician)
    spans = ((nurse, now), (clinician, now), (clinician, now - HOUR))
    put(client, clinic, *(shift(who, begins, now + HOUR) for who, begins in spans))
    with database.begin() as session:
        session.execute(update(Staff).where(Staff.id == clinic.nurse.id).values(active=False))
    found = client.get("/v1/rotas/night", headers=clinic.clinician.headers).json
    assert found["on_call"] == [str(clinic.clinician.id)]
    assert len(found["shifts"]) == 3


def test_a_list_of_rotas_costs_the_same_queries_however_many_there_are(
    client: FlaskClient, clinic: Clinic, count_queries: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    counts = []
    for name in ("day", "night", "weekend"):
        client.put(f"/v1/rotas/{name}", json={"shifts": []}, headers=clinic.coordinator.headers)
        with count_queries() as statements:
            assert client.get("/v1/rotas", headers=clinic.nurse.headers).status_code == 200
        counts.append(len(statements))
    assert len(set(counts)) == 1


@pytest.mark.parametrize("name", ["%20", "a%0ab", "x" * 61, "<b>"])
def test_a_rota_has_a_plain_name(client: FlaskClient, clinic: Clinic, name: str) -> None:
    headers = clinic.coordinator.headers
    refused = client.put(f"/v1/rotas/{name}", json={"shifts": []}, headers=headers)
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["name"])


@pytest.mark.parametrize("who", ["nurse", "clinician", "patient", "scheduler"])
def test_only_coordinators_and_admins_plan(client: FlaskClient, clinic: Clinic, who: str) -> None:
    headers = getattr(clinic, who).headers
    assert client.put("/v1/rotas/night", json={"shifts": []}, headers=headers).status_code == 403


def test_a_site_sees_its_own_rotas(
    client: FlaskClient, clinic: Clinic, database: Database, now: datetime
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=now, name="Elsewhere")
    assert put(client, clinic).status_code == 200
    assert client.get("/v1/rotas", headers=other.nurse.headers).json["items"] == []
    assert client.get("/v1/rotas/night", headers=other.nurse.headers).status_code == 404
    assert put(client, other).json["version"] == 1  # its own, of the same name
