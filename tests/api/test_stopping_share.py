"""The share of patients who stop: stated by the site, shown with every risk, and checked against outcomes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from api.domain.policy import Policy
from api.domain.risk.base_rate import TimeOnTablets, check_base_rate
from api.domain.risk.model import SITE_ERROR, RiskModel
from api.domain.trajectory.engine import Engine
from api.models.treatment import PastTreatment
from api.services.policies.stopping_share import base_rate_source
from tests.support.builders import Clinic, a_patient, a_report

TOLD = {
    "name": "Ward 3",
    "thresholds": {"stopping_share": {"value": 0.3, "source": "Ward 3, stopped in 2025"}},
}
BUILT_IN = Policy().stopping_share


def shown(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    """Return the share in force at the site."""
    answer = client.get("/v1/site/policy", headers=clinic.site_admin.headers)
    assert answer.status_code == 200
    return dict(answer.json["stopping_share"])


def risk(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    """Return the risk of a patient in moderate pain for ten days."""
    now = datetime.now(UTC)
    entries = [a_report(recorded_at=now - timedelta(days=9 - n, minutes=5), pain_worst=5) for n in range(10)]
    client.post("/v1/me/entries", json={"entries": entries}, headers=clinic.patient.headers)
    url = f"/v1/patients/{clinic.patient.id}/trajectory"
    return dict(client.get(url, headers=clinic.nurse.headers).json["discontinuation_risk"])


def tell(client: FlaskClient, clinic: Clinic) -> None:
    """Set the share as the site's admin."""
    answer = client.put("/v1/site/policy", json={"document": TOLD}, headers=clinic.site_admin.headers)
    assert answer.status_code == 200


def record(database: Database, clinic: Clinic, *, of: int, stopped: int, before: int = 0) -> None:
    """Enrol patients a year ago, some days after they started, of whom some stopped half a year later."""
    then = datetime.now(UTC) - timedelta(days=365)
    started = (then - timedelta(days=before)).date()
    with database.begin() as session:
        team = clinic.team
        for number in range(of):
            day = (then + timedelta(days=180)).date() if number < stopped else None
            a_patient(session, team, now=then, enrolled_at=then, ai_started_on=started, ai_stopped_on=day)


def test_a_share_that_nobody_told_is_shown_with_its_source(client: FlaskClient, clinic: Clinic) -> None:
    found = shown(client, clinic)

    assert (found["share"], found["source"]) == (0.15, BUILT_IN.source)
    assert (found["stopped"], found["warning"]) == (None, None)
    assert risk(client, clinic)["base_rate_source"] == BUILT_IN.source


def test_a_share_that_the_site_told_moves_every_risk(client: FlaskClient, clinic: Clinic) -> None:
    before = risk(client, clinic)
    tell(client, clinic)
    after = risk(client, clinic)

    assert (shown(client, clinic)["share"], after["base_rate_12_months"]) == (0.3, 0.3)
    assert after["base_rate_source"] == "Ward 3, stopped in 2025"
    assert 1.8 < after["risk_90d"] / before["risk_90d"] < 2.2
    assert after["risk_90d_high"] / after["risk_90d"] < before["risk_90d_high"] / before["risk_90d"]


def test_a_site_that_tells_the_built_in_share_replaces_that_of_the_model() -> None:
    own = replace(BUILT_IN, source="Ward 3, stopped in 2025")
    engine = Engine(replace(Policy(), stopping_share=own), RiskModel(base_rate=0.3))

    assert engine.model.base_rate == own.value
    assert engine.model.errors[0] == SITE_ERROR
    assert base_rate_source(engine) == own.source


@pytest.mark.parametrize(("stopped", "warns"), [(0, None), (6, None), (20, "too low")])
def test_recorded_outcomes_warn_where_they_contradict_the_share(
    client: FlaskClient, clinic: Clinic, database: Database, stopped: int, warns: str | None
) -> None:
    record(database, clinic, of=40, stopped=stopped)
    found = shown(client, clinic)

    assert found["stopped"] == (stopped or None)
    if stopped:
        assert 4 < found["expected"] < 7
        assert found["observed_share_low"] < found["observed_share"] < found["observed_share_high"]
    assert (warns or "") in (found["warning"] or "")
    assert (found["warning"] is None) == (warns is None)


@pytest.mark.parametrize("gap", [179, 180])
def test_a_switch_is_no_stopping_and_tablets_after_a_gap_of_180_days_are_no_switch(
    client: FlaskClient, clinic: Clinic, database: Database, gap: int
) -> None:
    then = datetime.now(UTC) - timedelta(days=365)
    ended, again = ((then + timedelta(days=day)).date() for day in (100, 100 + gap))
    with database.begin() as session:
        for _ in range(20):
            patient = a_patient(session, clinic.team, now=then, enrolled_at=then, ai_started_on=again)
            session.add(
                PastTreatment(
                    patient_id=patient.id,
                    number=0,
                    began_on=then.date(),
                    ended_on=ended,
                    why_stopped="side_effects",
                )
            )
    found = shown(client, clinic)

    assert found["stopped"] == (20 if gap == 180 else None)
    if gap == 180:
        both = [TimeOnTablets(0, 100, stopped=True), TimeOnTablets(0, 265 - gap, stopped=False)] * 20
        assert found["expected"] == pytest.approx(check_base_rate(0.15, both).expected, abs=0.1)


def test_the_time_before_the_enrolment_is_not_under_observation(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    record(database, clinic, of=40, stopped=6, before=365)
    second_year = [TimeOnTablets(365, 545 if n < 6 else 730, stopped=n < 6) for n in range(40)]

    assert shown(client, clinic)["expected"] == pytest.approx(
        check_base_rate(0.15, second_year).expected, abs=0.1
    )


def test_the_day_of_stopping_is_recorded_by_the_team_and_lies_in_the_past(
    client: FlaskClient, clinic: Clinic
) -> None:
    url = f"/v1/patients/{clinic.patient.id}"
    headers = clinic.nurse.headers | {"If-Match": '"1"'}
    ahead = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()

    assert client.patch(url, json={"ai_stopped_on": ahead}, headers=headers).status_code == 422
    answer = client.patch(url, json={"ai_stopped_on": "2026-02-01"}, headers=headers)
    assert (answer.status_code, answer.json["ai_stopped_on"]) == (200, "2026-02-01")


@pytest.mark.parametrize("is_new", [False, True])
def test_the_tablets_cannot_end_before_they_begin(
    client: FlaskClient, clinic: Clinic, *, is_new: bool
) -> None:
    days = {"ai_started_on": "2026-02-02", "ai_stopped_on": "2026-02-01"}
    if is_new:
        new = {"name": "Ada", "reference": "P-77", "birth_year": 1960, "timezone": "Europe/Berlin"}
        answer = client.post("/v1/patients", json=new | days, headers=clinic.nurse.headers)
    else:
        headers = clinic.nurse.headers | {"If-Match": '"1"'}
        answer = client.patch(f"/v1/patients/{clinic.patient.id}", json=days, headers=headers)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["ai_stopped_on"])
