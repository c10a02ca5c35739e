"""The worklist by patient: order, filters, counts, pages, and what stands beside it."""

import gzip
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from api.db.database import Database
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import priority
from api.models.alert import Alert
from api.models.audit import AuditRow
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.models.site import Team
from api.services.worklist import patients
from api.services.worklist.patients import PatientsFilter
from tests.api.test_reads import plan_of
from tests.support.builders import Clinic, a_clinic, a_patient, a_report

NOW = datetime.now(UTC).replace(microsecond=0)


def an_alert(patient: Patient, kind: FindingKind, *, hours: float = 1, **changes: Any) -> Alert:
    """Return an alert of a patient, which the team was notified of when it was opened."""
    tier = Tier(changes.pop("tier", kind.defaults.tier))
    values: dict[str, Any] = {
        "id": uuid4(),
        "site_id": patient.site_id,
        "patient_id": patient.id,
        "kind": kind,
        "tier": tier,
        "status": "open",
        "priority": priority(kind, tier),
        "reason": f"because of {kind}",
        "first_day": NOW.date(),
        "raised_at": NOW,
        "opened_at": NOW - timedelta(hours=hours),
        "escalating_since": NOW,
        "times_notified": 1,
        "notified_at": NOW - timedelta(hours=hours),
    }
    return Alert(**values | changes)


@pytest.fixture
def ward(database: Database, clinic: Clinic) -> Clinic:
    """A clinic in which four patients wait, each for something else."""
    with database.begin() as session:
        names = ("Bo", "Cleo", "Dora", "Eve")
        bo, cleo, dora, eve = (
            a_patient(session, clinic.team, now=NOW, name=name, ai_started_on=NOW.date() - timedelta(days=24))
            for name in names
        )
        nurse = clinic.nurse.id
        session.add_all(
            [
                an_alert(bo, FindingKind.WORSENING, hours=50),
                an_alert(bo, FindingKind.RED_FLAG, hours=2),
                an_alert(cleo, FindingKind.WISH_TO_STOP, hours=30, assigned_to=nurse),
                an_alert(cleo, FindingKind.SILENCE, hours=1, status="snoozed", reopens_at=NOW),
                an_alert(dora, FindingKind.SEVERE_SYMPTOMS, hours=5, times_notified=0, notified_at=None),
                an_alert(
                    eve,
                    FindingKind.WORSENING,
                    hours=9,
                    status="acknowledged",
                    assigned_to=nurse,
                    acknowledged_by=nurse,
                    acknowledged_at=NOW,
                ),
            ]
        )
    return clinic


def get(client: FlaskClient, clinic: Clinic, query: str = "") -> Any:
    return client.get(f"/v1/worklist{query}", headers=clinic.nurse.headers).json


def names(client: FlaskClient, clinic: Clinic, query: str = "") -> list[str]:
    return [item["patient"]["name"] for item in get(client, clinic, query)["items"]]


def test_a_patient_is_one_item_with_all_open_alerts_the_worst_first(
    client: FlaskClient, ward: Clinic
) -> None:
    page = get(client, ward)
    assert [item["patient"]["name"] for item in page["items"]] == ["Bo", "Cleo", "Eve", "Dora"]
    bo, cleo, eve, dora = page["items"]
    assert (bo["tier"], bo["kind"], bo["reason"]) == ("same_day", "red_flag", "because of red_flag")
    assert [alert["kind"] for alert in bo["alerts"]] == ["red_flag", "worsening"]
    assert bo["waiting_since"] == bo["alerts"][1]["opened_at"], "since the oldest"
    assert bo["patient"]["weeks_on_ai"] == 3
    assert [alert["status"] for alert in cleo["alerts"]] == ["open", "snoozed"]
    assert cleo["alerts"][1]["reopens_at"] is not None
    nurse = {"id": str(ward.nurse.id), "name": "A nurse"}
    assert cleo["alerts"][0]["assigned_to"] == eve["alerts"][0]["acknowledged_by"] == nurse
    assert dora["held_back"]["reason"]
    assert bo["held_back"] is None


def test_a_version_of_the_worklist_is_that_of_the_alert(client: FlaskClient, ward: Clinic) -> None:
    alert = get(client, ward)["items"][0]["alerts"][0]
    headers = {**ward.nurse.headers, "If-Match": f'"{alert["version"]}"'}
    body = {"outcome": "visit_booked"}
    done = client.post(f"/v1/alerts/{alert['id']}/resolution", json=body, headers=headers)
    assert done.status_code == 200
    assert names(client, ward) == ["Cleo", "Bo", "Eve", "Dora"], "the worsening is left"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tier=same_day", ["Bo"]),
        ("tier=routine", ["Cleo", "Eve", "Dora"]),
        ("kind=worsening", ["Bo", "Eve"]),
        ("assigned_to=me", ["Cleo", "Eve"]),
        ("assigned_to=none", ["Bo", "Dora"]),
        ("held_back=true", ["Dora"]),
        ("held_back=false", ["Bo", "Cleo", "Eve"]),
        ("waiting_over=24", ["Bo", "Cleo"]),
        ("waiting_over=24&tier=routine", ["Cleo"]),
        ("status=snoozed", ["Cleo"]),
        ("status=acknowledged", ["Eve"]),
    ],
)
def test_a_filter_leaves_patients_out(
    client: FlaskClient, ward: Clinic, query: str, expected: list[str]
) -> None:
    assert names(client, ward, f"?{query}") == expected


def test_a_filter_by_person_and_team_finds_only_what_the_caller_may_see(
    client: FlaskClient, ward: Clinic, database: Database
) -> None:
    assert names(client, ward, f"?assigned_to={ward.nurse.id}") == ["Cleo", "Eve"]
    assert names(client, ward, f"?assigned_to={ward.clinician.id}") == []
    assert names(client, ward, f"?team_id={ward.team.id}&tier=same_day") == ["Bo"]
    with database.begin() as session:
        another = Team(id=uuid4(), site_id=ward.site.id, name="Another team")
        session.add(another)
        session.flush()
        fay = a_patient(session, another, now=NOW, name="Fay")
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
        gil = a_patient(session, elsewhere.team, now=NOW, name="Gil")
        session.add_all([an_alert(each, FindingKind.RED_FLAG) for each in (fay, gil)])
    assert names(client, ward, f"?team_id={another.id}") == []
    seen = client.get(f"/v1/worklist?team_id={another.id}", headers=ward.coordinator.headers).json["items"]
    assert [item["patient"]["name"] for item in seen] == ["Fay"]
    assert get(client, ward)["summary"]["patients"] == 4


def test_pages_are_complete_and_the_first_has_the_counts(client: FlaskClient, ward: Clinic) -> None:
    found, cursor, summaries = [], "", []
    for _ in range(4):
        page = get(client, ward, f"?limit=1{cursor}")
        found += [item["patient"]["name"] for item in page["items"]]
        summaries.append(page["summary"])
        cursor = f"&cursor={page['next']}"
    assert (found, page["next"], page["more"]) == (["Bo", "Cleo", "Eve", "Dora"], None, False)
    first, *later = summaries
    assert later == [None] * 3
    assert {name: first[name] for name in ("patients", "same_day", "unassigned", "held_back")} == {
        "patients": 4,
        "same_day": 1,
        "unassigned": 2,
        "held_back": 1,
    }
    assert first["alerts"] == {"open": 4, "acknowledged": 1, "snoozed": 1}
    assert first["waiting_since"] == (NOW - timedelta(hours=50)).isoformat()
    assert (first["alert_budget"]["notified"], first["alert_budget"]["budget"]) == (1, 5)
    assert client.get("/v1/worklist?cursor=x", headers=ward.nurse.headers).status_code == 422


def test_patients_beside_the_worklist_are_counted_beyond_those_shown(
    client: FlaskClient, ward: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.services.worklist.beside.MOST", 1)
    with database.begin() as session:
        session.execute(update(Trajectory).values(status="not_scored"))
        session.execute(update(Patient).where(Patient.name == "Bo").values(signed_out_at=NOW))
    summary = get(client, ward)["summary"]
    counted = {
        name: (len(summary[name]["items"]), summary[name]["count"]) for name in ("not_scored", "signed_out")
    }
    assert counted == {"not_scored": (1, 5), "signed_out": (1, 1)}
    assert summary["unheard_from"] == summary["rejected_entries"] == {"items": [], "count": 0}


def test_nobody_waits(client: FlaskClient, clinic: Clinic) -> None:
    page = get(client, clinic)
    assert (page["items"], page["summary"]["patients"], page["summary"]["waiting_since"]) == ([], 0, None)


def test_reading_is_audited_with_everybody_shown(
    client: FlaskClient, ward: Clinic, database: Database
) -> None:
    shown = {item["patient"]["id"] for item in get(client, ward, "?limit=2")["items"]}
    with database.read() as session:
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "worklist.listed"))
    assert set(row.detail["patients"]) == shown


def test_an_unchanged_worklist_is_not_sent_again(
    client: FlaskClient, ward: Clinic, database: Database
) -> None:
    first = client.get("/v1/worklist", headers=ward.nurse.headers)
    again = {**ward.nurse.headers, "If-None-Match": first.headers["ETag"]}
    assert client.get("/v1/worklist", headers=again).status_code == 304
    with database.begin() as session:
        session.execute(update(Alert).where(Alert.kind == FindingKind.SILENCE).values(version=2))
    assert client.get("/v1/worklist", headers=again).status_code == 200


def test_a_sparkline_has_28_days_the_usual_level_and_the_last_answers(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    diary = [
        a_report(recorded_at=NOW - timedelta(days=day), pain_worst=2 if day > 9 else 7, dose="taken")
        for day in (*range(60, 20, -1), *range(12, 1, -1))
    ]
    diary[-1] |= {"note": "It burns.", "stiffness": 4}
    client.post("/v1/me/entries", json={"entries": diary}, headers=clinic.patient.headers)
    [item] = get(client, clinic, "?include=spark")["items"]
    spark, path = item["spark"], f"/v1/patients/{clinic.patient.id}/trajectory"
    scores = client.get(path, headers=clinic.nurse.headers).json["scores"]
    days = [str(date.fromisoformat(spark["from"]) + timedelta(days=place)) for place in range(28)]
    by_day = {score["local_date"]: round(score["pain_level"], 1) for score in scores if score["pain_level"]}
    assert spark["levels"] == [by_day.get(day) for day in days]
    assert None in spark["levels"][:20]
    assert (spark["usual"], days[-1]) == (2, str(datetime.now(ZoneInfo("Europe/Berlin")).date()))
    assert spark["last"]["answers"] == {"pain_worst": 7, "stiffness": 4, "dose": "taken"}
    assert "spark" not in get(client, clinic)["items"][0]


def test_a_patient_without_entries_has_an_empty_sparkline(client: FlaskClient, ward: Clinic) -> None:
    spark = get(client, ward, "?include=spark")["items"][0]["spark"]
    assert (spark["levels"], spark["usual"], spark["last"]) == ([None] * 28, None, None)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_page_of_200_with_sparklines_has_at_most_60_kb(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    chance = random.Random(1)
    reason = "pain {} for {} days, usually {}: a lasting rise is {}% likely (3 answers in 7 days)"
    with database.begin() as session:
        for number in range(200):
            patient = a_patient(session, clinic.team, now=NOW, phone=f"030 {chance.randrange(10**7)}")
            patient.name = f"Person {chance.randrange(10**6)}"
            for kind in (FindingKind.WORSENING, FindingKind.SEVERE_SYMPTOMS)[: 1 + number % 2]:
                words = reason.format(*(chance.randrange(99) for _ in range(4)))
                session.add(an_alert(patient, kind, reason=words, assigned_to=clinic.nurse.id))
            session.add_all(
                ScoreRow(
                    patient_id=patient.id,
                    local_date=NOW.date() - timedelta(days=day),
                    pain_level=10 * chance.random(),
                    unknown_doses_28d=0,
                    status="scored",
                    engine="-",
                )
                for day in range(28)
            )
    headers = {**clinic.nurse.headers, "Accept-Encoding": "gzip"}
    answer = client.get("/v1/worklist?include=spark&limit=200", headers=headers)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(answer.data)) > 150_000
    assert len(answer.data) <= 60_000


def test_the_number_of_statements_does_not_grow_with_the_page(
    client: FlaskClient,
    ward: Clinic,
    database: Database,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def statements() -> int:
        with count_queries() as asked:
            get(client, ward, "?limit=200&include=spark")
        return len(asked)

    few = statements()
    with database.begin() as session:
        for _ in range(20):
            patient = a_patient(session, ward.team, now=NOW)
            session.add(an_alert(patient, FindingKind.RED_FLAG, assigned_to=ward.clinician.id))
    assert len(names(client, ward, "?limit=200")) == 24
    assert statements() == few


@pytest.mark.parametrize("who", ["nurse", "site_admin"])
def test_who_waits_comes_from_the_index_of_alerts_that_are_not_closed(
    ward: Clinic, database: Database, who: str
) -> None:
    asked: list[tuple[str, Any]] = []
    by = getattr(ward, who).principal

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT") and "OVER (PARTITION" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as session:
            everything = PatientsFilter(kind=FindingKind.SILENCE, assigned_to=ward.nurse.id)
            patients.worklist_of_patients(session, by, everything, after=None, limit=9, now=NOW)
            patients.count_patients(session, by)
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    plans = [plan_of(database, *each) for each in asked]
    assert len(plans) == 2
    for plan in plans:
        assert "ix_alerts_waiting" in plan or "uq_alerts_one_open" in plan, plan
        assert "SCAN alerts" not in plan
