"""PRO-CTCAE grades over time, for the care team."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select, update

from api.db.database import Database
from api.models.assessment import AssessmentRow
from api.models.audit import AuditRow
from api.models.patient import Patient
from tests.support.builders import Clinic, a_clinic, a_questionnaire

JOINTS = "51_composite"
GRADES = {0: {"51A": 0}, 1: {"51A": 1, "51B": 1, "51C": 0}, 2: {"51A": 2, "51B": 2, "51C": 2}}
GRADES |= {3: {"51A": 4, "51B": 3, "51C": 3}}
BLANK = {"51A": 3, "51B": 3}


def ago(days: int) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def report(client: FlaskClient, clinic: Clinic, days: int, answers: dict[str, Any], **more: Any) -> str:
    """Let the patient complete the questionnaire some days ago, and return its id."""
    sent = a_questionnaire(answers, instrument="pro-ctcae", recorded_at=ago(days).isoformat(), **more)
    assert client.post("/v1/me/assessments", json=sent, headers=clinic.patient.headers).status_code == 201
    return str(sent["id"])


def grades(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    answer = client.get(f"/v1/patients/{clinic.patient.id}/grades", headers=clinic.nurse.headers)
    assert answer.status_code == 200
    return dict(answer.json)


def joints(shown: dict[str, Any]) -> dict[str, Any]:
    (found,) = [symptom for symptom in shown["symptoms"] if symptom["id"] == JOINTS]
    return dict(found)


def started(database: Database, clinic: Clinic, on: date) -> None:
    with database.begin() as session:
        this_patient = Patient.id == clinic.patient.id
        session.execute(update(Patient).where(this_patient).values(ai_started_on=on))


def test_every_grade_the_baseline_the_worst_and_what_is_worse_than_before(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    started(database, clinic, ago(50).date())
    ids = [
        report(client, clinic, days, GRADES[grade])
        for days, grade in ((20, 2), (90, 3), (60, 1), (40, 0))  # in any order
    ]
    shown = grades(client, clinic)
    found = joints(shown)
    assert (shown["instrument"], shown["baseline"]["id"]) == ("pro-ctcae", ids[2])
    assert [(each["id"], each["value"]) for each in found["grades"]] == [
        (ids[1], 3), (ids[2], 1), (ids[3], 0), (ids[0], 2)
    ]  # fmt: skip
    assert {each["included"] for each in found["grades"]} == {True}
    assert (found["lowest"], found["highest"], found["direction"]) == (0, 3, "higher is worse")
    values = {name: found[name]["value"] for name in ("baseline", "worst", "worst_since_baseline")}
    assert values == {"baseline": 1, "worst": 3, "worst_since_baseline": 2}
    words = "grade 2, worse than grade 1 at baseline"
    assert found["baseline_adjusted"] == {"value": 2, "unscored_reason": None, "description": words}
    assert any("33258687" in source for source in shown["sources"])
    assert any("never 'no symptom'" in caution for caution in shown["cautions"])


def test_a_grade_that_is_not_known_is_null_with_its_reason(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, 30, BLANK)
    report(client, clinic, 20, GRADES[3])
    found = joints(grades(client, clinic))
    assert found["grades"][0]["value"] is None
    assert found["grades"][0]["unscored_reason"] == "of aching joints: interference is not answered"
    assert found["baseline"] == {
        "value": None,
        "unscored_reason": "of aching joints: interference is not answered",
    }
    assert found["worst_since_baseline"] == {"value": 3, "unscored_reason": None}
    adjusted = found["baseline_adjusted"]
    assert (adjusted["value"], adjusted["unscored_reason"]) == (
        None,
        "there is no grade at baseline to compare with",
    )


def test_without_a_report_nothing_is_known(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, 1, GRADES[3], status="partial")
    shown = grades(client, clinic)
    assert shown["baseline"] is None
    for symptom in shown["symptoms"]:
        assert symptom["grades"] == []
        assert symptom["worst"] == {"value": None, "unscored_reason": "there is no report to compare with"}
        assert symptom["baseline_adjusted"]["description"] == "not known: there is no report to compare with"


def test_a_report_that_was_withdrawn_counts_no_more(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, 30, GRADES[1])
    worst = report(client, clinic, 20, GRADES[3])
    headers = clinic.patient.headers | {"If-Match": "*"}
    assert client.delete(f"/v1/me/assessments/{worst}", headers=headers).status_code == 204
    assert joints(grades(client, clinic))["worst"]["value"] == 1


def test_a_complete_report_that_could_not_be_scored_is_listed_and_is_no_0(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    broken = report(client, clinic, 30, GRADES[1])
    report(client, clinic, 20, GRADES[2])
    with database.begin() as session:
        its = AssessmentRow.id == UUID(broken)
        session.execute(update(AssessmentRow).where(its).values(scorer=None))
    shown = grades(client, clinic)
    first = joints(shown)["grades"][0]
    assert (first["id"], first["value"], first["included"]) == (broken, None, False)
    assert first["unscored_reason"] == "it could not be scored; the answers are kept"
    assert shown["baseline"]["id"] != broken


def test_only_the_patients_team_reads_them_and_it_is_audited(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    report(client, clinic, 1, GRADES[1])
    grades(client, clinic)
    url = f"/v1/patients/{clinic.patient.id}/grades"
    assert client.get(url, headers=clinic.patient.headers).status_code == 403
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Another site")
    assert client.get(url, headers=other.nurse.headers).status_code == 404
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "grades.read")).one()
    assert (row.actor_id, row.patient_id) == (clinic.nurse.id, clinic.patient.id)
