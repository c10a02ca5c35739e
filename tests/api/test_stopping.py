"""The risk of stopping as a nurse reads it: with its interval, its reasons, or why there is none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from api.db.database import Database
from api.models.patient import Trajectory
from tests.support.builders import Clinic, a_report

NOW = datetime.now(UTC)


def tell(client: FlaskClient, clinic: Clinic, days: int, **answers: Any) -> None:
    """Send a daily diary that ends today."""
    moments = [NOW - timedelta(days=days - 1 - n, minutes=5) for n in range(days)]
    entries = [a_report(recorded_at=moment, **answers) for moment in moments]
    assert (
        client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers).status_code
        == 200
    )


def stopping(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    """Return what a nurse is told."""
    url = f"/v1/patients/{clinic.patient.id}/trajectory"
    answer = client.get(url, headers=clinic.nurse.headers)
    assert answer.status_code == 200
    return dict(answer.json["discontinuation_risk"])


def test_a_nurse_reads_the_risk_with_interval_average_and_reasons(
    client: FlaskClient, clinic: Clinic
) -> None:
    tell(client, clinic, 30, pain_worst=7, confidence=3, dose="missed")

    found = stopping(client, clinic)

    assert found["insufficient_data_reason"] is None
    assert 0 < found["risk_90d_low"] < found["risk_90d"] < found["risk_90d_high"] <= 1  # rounded
    assert found["risk_90d"] > found["average_risk_90d"]
    assert found["contributions"][0]["description"].endswith(": raises it")
    assert {each["feature"] for each in found["contributions"]} >= {"pain", "doubt", "missed", "younger"}
    assert "tamoxifen before" in found["missing_covariates"]
    assert "A low risk does not mean that the patient will continue" in found["notice"]
    url = f"/v1/patients/{clinic.patient.id}/trajectory"
    scores = client.get(url, headers=clinic.nurse.headers).json["scores"]
    assert scores[-1]["risk_90d"] == pytest.approx(found["risk_90d"])


def test_before_there_is_enough_the_reason_stands_in_its_place(client: FlaskClient, clinic: Clinic) -> None:
    assert stopping(client, clinic)["insufficient_data_reason"] == "not scored by the present engine"

    tell(client, clinic, 2, pain_worst=7)

    found = stopping(client, clinic)
    assert found["risk_90d"] is None
    assert found["insufficient_data_reason"].startswith(
        "not enough data: answers on symptoms, tablets or confidence on 2 days"
    )
    assert found["contributions"] == []


def test_a_state_of_another_engine_gives_no_risk(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    tell(client, clinic, 10, pain_worst=7)
    with database.begin() as session:
        state = session.get_one(Trajectory, clinic.patient.id).state
        older = update(Trajectory).where(Trajectory.patient_id == clinic.patient.id)
        session.execute(older.values(state=["0" * 12, *state[1:]]))

    assert stopping(client, clinic)["insufficient_data_reason"] == "not scored by the present engine"


def test_a_new_fact_about_the_patient_changes_the_risk_at_once(client: FlaskClient, clinic: Clinic) -> None:
    tell(client, clinic, 10, pain_worst=7)
    before = stopping(client, clinic)["risk_90d"]
    url = f"/v1/patients/{clinic.patient.id}"
    etag = client.get(url, headers=clinic.nurse.headers).headers["ETag"]
    headers = {**clinic.coordinator.headers, "If-Match": etag}

    assert client.patch(url, json={"prior_tamoxifen": True}, headers=headers).status_code == 200

    assert stopping(client, clinic)["risk_90d"] > before


def test_the_patient_is_not_shown_the_risk_of_stopping(client: FlaskClient, clinic: Clinic) -> None:
    tell(client, clinic, 10, pain_worst=7)

    own = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json

    assert "discontinuation_risk" not in own
    assert [name for name in own["scores"][-1] if "risk" in name] == []
