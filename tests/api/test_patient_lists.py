"""Lists of patients: orders, filters, how the monitoring goes, and search by name."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.models.audit import AuditRow
from api.models.patient import Patient, Trajectory
from api.models.site import Team
from tests.api.test_worklist import an_alert
from tests.support.builders import Clinic, a_clinic, a_patient, a_report

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def ward(database: Database, clinic: Clinic) -> Clinic:
    """A clinic with Ada, who is signed in, and four patients who never were."""
    with database.begin() as session:
        for number, name in enumerate(("Zoë Ärger", "bea Müller", "Cleo O'Neil", "Dora 100%")):
            since = NOW - timedelta(days=30 - number)
            a_patient(session, clinic.team, now=since, name=name, reference=f"X-{9 - number}")
        cleo = session.scalars(select(Patient).where(Patient.name == "Cleo O'Neil")).one()
        session.get_one(Trajectory, cleo.id).status = "not_scored"
        dora = session.scalars(select(Patient).where(Patient.name == "Dora 100%")).one()
        session.get_one(Trajectory, dora.id).last_entry_at = NOW - timedelta(days=9)
        session.add(an_alert(dora, FindingKind.SILENCE))
    return clinic


def get(client: FlaskClient, clinic: Clinic, query: str = "") -> Any:
    return client.get(f"/v1/patients?{query}", headers=clinic.nurse.headers).json


def first_names(page: Any) -> list[str]:
    return [each["name"].split()[0] for each in page["items"]]


def search(client: FlaskClient, clinic: Clinic, text: str) -> Any:
    return client.post("/v1/patients/search", json={"text": text}, headers=clinic.nurse.headers).json


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["Ada", "bea", "Cleo", "Dora", "Zoë"]),
        ("enrolled", ["Zoë", "bea", "Cleo", "Dora", "Ada"]),
        ("last_entry", ["bea", "Cleo", "Zoë", "Dora", "Ada"]),
    ],
)
def test_each_order_is_complete_over_its_pages(
    client: FlaskClient, ward: Clinic, sort: str, expected: list[str]
) -> None:
    client.post("/v1/me/entries", json=a_report(), headers=ward.patient.headers)
    found, cursor = [], ""
    for _ in range(3):
        page = get(client, ward, f"sort={sort}&limit=2{cursor}")
        found += first_names(page)
        cursor = f"&cursor={page['next']}"
    assert (found, page["more"]) == (expected, False)


def test_a_patient_who_writes_between_two_pages_hides_nobody(
    client: FlaskClient, ward: Clinic, database: Database
) -> None:
    page = get(client, ward, "sort=last_entry&limit=3")
    assert first_names(page) == ["Ada", "bea", "Cleo"]
    with database.begin() as session:
        cleo = session.scalars(select(Patient).where(Patient.name == "Cleo O'Neil")).one()
        session.get_one(Trajectory, cleo.id).last_entry_at = NOW
    rest = get(client, ward, f"sort=last_entry&limit=3&cursor={page['next']}")
    assert first_names(rest) == ["Zoë", "Dora", "Cleo"]


def test_references_are_an_order(client: FlaskClient, ward: Clinic) -> None:
    assert first_names(get(client, ward, "sort=reference"))[1:] == ["Dora", "Cleo", "bea", "Zoë"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("not_scored=true", ["Cleo"]),
        ("silent=true", ["Dora"]),
        ("never_activated=true", ["bea", "Cleo", "Zoë"]),
        ("never_activated=true&not_scored=true", ["Cleo"]),
        ("status=completed", []),
    ],
)
def test_a_filter_leaves_patients_out(
    client: FlaskClient, ward: Clinic, query: str, expected: list[str]
) -> None:
    assert first_names(get(client, ward, query)) == expected


def test_a_patient_is_silent_from_the_day_on_which_an_entry_is_overdue(
    client: FlaskClient, ward: Clinic, database: Database
) -> None:
    with database.begin() as session:
        overdue = update(Trajectory).where(Trajectory.status == "not_scored")
        session.execute(overdue.values(silent_from=NOW.date()))
    assert first_names(get(client, ward, "silent=true")) == ["Cleo", "Dora"]


def test_a_list_can_show_how_the_monitoring_goes(client: FlaskClient, ward: Clinic) -> None:
    diary = [a_report(recorded_at=NOW - timedelta(days=day), pain_worst=8) for day in range(20, 0, -1)]
    client.post("/v1/me/entries", json={"entries": diary}, headers=ward.patient.headers)
    items = get(client, ward, "include=monitoring")["items"]
    ada, bea, _, dora, _ = [each["monitoring"] for each in items]
    assert (ada["scoring_status"], ada["reporting"], ada["severity"]) == ("scored", "reporting", "severe")
    assert (ada["open_alerts"], ada["activated"], bool(ada["last_entry_at"])) == (1, True, True)
    assert bea == {
        "last_entry_at": None,
        "scoring_status": "empty",
        "reporting": None,
        "severity": None,
        "open_alerts": 0,
        "weeks_on_ai": None,
        "activated": False,
    }
    assert (dora["open_alerts"], dora["activated"]) == (1, True)
    assert "monitoring" not in get(client, ward)["items"][0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ada", ["Ada"]),
        ("MÜLLER bea", ["bea"]),
        ("ärger", ["Zoë"]),
        ("o'n", ["Cleo"]),
        ("100%", ["Dora"]),
        ("x-8", ["bea"]),
        ("%", ["Dora"]),
        ("ada bea", []),
    ],
)
def test_a_search_finds_by_words_of_name_and_reference(
    client: FlaskClient, ward: Clinic, text: str, expected: list[str]
) -> None:
    assert first_names(search(client, ward, text)) == expected


def test_a_search_is_audited_by_who_was_shown_and_not_by_its_words(
    client: FlaskClient, ward: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.services.patients.listing.MOST_FOUND", 2)
    page = search(client, ward, "e")
    assert (len(page["items"]), page["more"]) == (2, True)
    with database.read() as session:
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "patients.searched"))
    assert row.detail == {"count": 2, "patients": sorted(each["id"] for each in page["items"])}


def test_nobody_of_another_team_or_site_is_found(
    client: FlaskClient, ward: Clinic, database: Database
) -> None:
    with database.begin() as session:
        another = Team(id=uuid4(), site_id=ward.site.id, name="Another team")
        session.add(another)
        session.flush()
        a_patient(session, another, now=NOW, name="Fay")
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
        a_patient(session, elsewhere.team, now=NOW, name="Fay")
    assert search(client, ward, "fay")["items"] == get(client, ward, f"team_id={another.id}")["items"] == []
    mine = client.get(f"/v1/patients?team_id={another.id}", headers=ward.coordinator.headers).json
    assert first_names(mine) == ["Fay"]
