"""Budgets of one patient's devices: no honest phone meets them, and none of them silences safety."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.app import create_app
from api.db.database import Database
from api.models.alert import Alert
from api.models.patient import Patient, Trajectory
from config.settings import Settings
from tests.services.test_order import whole_state_of
from tests.support.builders import Clinic, a_report

DAYS = 3650


def small(database: Database, settings: Settings, **budgets: int) -> FlaskClient:
    changed = Settings(secret_key=settings.secret_key, push_loopback=True, **budgets)
    return create_app(changed, database=database).test_client()


def ten_years(of: int) -> list[dict[str, Any]]:
    first = datetime.now(UTC).date() - timedelta(days=of)
    days = [first + timedelta(days=number) for number in range(of)]
    return [
        {
            "id": str(UUID(int=number + 1)),
            "local_date": str(day),
            "recorded_at": datetime.combine(day, time(1), UTC).isoformat(),
            "pain_worst": number % 4,
            "dose": "taken",
        }
        for number, day in enumerate(days)
    ]


def test_requests_over_budget_get_a_retry_time_and_others_are_answered(
    database: Database, settings: Settings, clinic: Clinic
) -> None:
    client = small(database, settings, patient_requests=3)
    answers = [client.get("/v1/me", headers=clinic.patient.headers) for _ in range(6)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 600
    assert client.get("/v1/me", headers=clinic.nurse.headers).status_code == 200


def test_a_red_flag_in_a_request_over_budget_raises_its_alert(
    database: Database, settings: Settings, clinic: Clinic
) -> None:
    client = small(database, settings, patient_requests=1)
    for _ in range(3):
        client.get("/v1/me", headers=clinic.patient.headers)
    sent = a_report(pain_worst=9, red_flags=["chest_pain"])
    answer = client.post("/v1/me/entries", json=sent, headers=clinic.patient.headers)
    assert answer.status_code == 429
    with database.read() as session:
        assert session.scalars(select(Alert.kind)).all() == ["red_flag"]


def test_a_red_flag_in_a_late_entry_over_the_budget_of_replays_raises_its_alert(
    database: Database, settings: Settings, clinic: Clinic
) -> None:
    client = small(database, settings, patient_replay_days=30)
    diary = ten_years(60)
    sent = [each for nth, each in enumerate(diary) if nth not in {3, 4}]
    client.post("/v1/me/entries", json={"entries": sent}, headers=clinic.patient.headers)
    for nth in (3, 4):
        late = diary[nth] | {"red_flags": ["chest_pain"]} if nth == 4 else diary[nth]
        answer = client.post("/v1/me/entries", json=late, headers=clinic.patient.headers)
    assert answer.status_code == 429
    with database.read() as session:
        assert session.scalars(select(Alert.kind).where(Alert.kind == "red_flag")).all() == ["red_flag"]


def test_a_first_sync_of_ten_years_gets_in_newest_first_or_oldest_first(
    client: FlaskClient, database: Database, clinic: Clinic
) -> None:
    """In batches of 500; where a batch is put off, it is for ten seconds at most."""
    with database.begin() as session:
        session.execute(
            update(Patient)
            .where(Patient.id == clinic.patient.id)
            .values(enrolled_at=datetime.now(UTC) - timedelta(days=DAYS + 10))
        )
    diary = ten_years(DAYS)
    batches = [diary[start : start + 500] for start in range(0, DAYS, 500)]
    for batch in batches[::-1] if database.engine.dialect.name == "sqlite" else batches:
        answer = client.post("/v1/me/entries", json={"entries": batch}, headers=clinic.patient.headers)
        if answer.status_code == 429:
            assert int(answer.headers["Retry-After"]) <= 10
        assert answer.status_code == 200
        assert {each["status"] for each in answer.json["results"]} == {"created"}
    with database.read() as session:
        scores, _, _ = whole_state_of(session, clinic.patient.id)
        assert len(scores) == DAYS
        assert session.get_one(Trajectory, clinic.patient.id).status == "scored"
