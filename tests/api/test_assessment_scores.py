"""Scores of questionnaires: what they say, against what they are compared, and where they are not."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.models.assessment import AssessmentScore
from api.models.patient import Patient
from tests.api.assessments import SEVERITY, URL, days_ago, get, post, scores
from tests.support.builders import Clinic, a_questionnaire


def test_a_complete_one_is_kept_scored_and_says_what_it_means(client: FlaskClient, clinic: Clinic) -> None:
    sent = a_questionnaire(SEVERITY)
    answer = post(client, clinic, sent)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"] == f"{URL}/{sent['id']}"
    assert scores(answer) == {"severity": 4.5, "interference": None, "worst": 7.0}
    severity, interference, worst = answer.json["scores"]
    assert interference["unscored_reason"] == "0 of 7 items answered, 4 are needed"
    assert (severity["unscored_reason"], severity["direction"]) == (None, "higher is worse")
    assert (worst["band"], worst["verified"]) == ("severe", False)
    assert worst["change_from_previous"]["description"] == "no earlier answer to compare with"
    assert worst["change_from_previous"]["points"] is None
    assert (answer.json["answers"], answer.json["unscored_reason"]) == (SEVERITY, None)
    assert answer.json["completed_at"] == answer.json["recorded_at"]
    assert len(answer.json["scoring"]["scorer"]) == 12
    assert get(client, clinic, f"/{sent['id']}").json == answer.json


def test_the_change_is_given_against_baseline_and_against_the_last(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    started = date(2025, 3, 1)
    with database.begin() as session:
        session.get_one(Patient, clinic.patient.id).ai_started_on = started
    days = {4: "2025-01-10", 3: "2025-02-20", 5: "2025-06-01", 6: "2025-09-01"}
    sent = {
        worst: a_questionnaire({"worst": worst}, recorded_at=f"{day}T12:00:00Z", local_date=day)
        for worst, day in days.items()
    }
    for worst in (6, 3, 5, 4):
        post(client, clinic, sent[worst])
    last = get(client, clinic, f"/{sent[6]['id']}").json
    assert last["scoring"]["baseline"] == {"id": sent[3]["id"], "local_date": "2025-02-20"}
    assert last["scoring"]["previous"] == {"id": sent[5]["id"], "local_date": "2025-06-01"}
    worst = last["scores"][2]
    assert (
        worst["change_from_baseline"]["points"],
        worst["change_from_baseline"]["exceeds_important_difference"],
    ) == (3.0, True)
    assert (
        worst["change_from_previous"]["points"],
        worst["change_from_previous"]["exceeds_important_difference"],
    ) == (1.0, False)
    assert worst["change_from_baseline"]["description"].startswith("worse by 3, more than the 2 that matters")
    first = get(client, clinic, f"/{sent[4]['id']}").json
    assert (first["scoring"]["baseline"], first["scoring"]["previous"]) == (None, None)


def test_choices_and_options_are_taken_and_shown_with_what_they_stood_for(
    client: FlaskClient, clinic: Clinic
) -> None:
    dressing = {"DRESSING_1": 1, "DRESSING_2": 0, "aids": ["DRESSING"]}
    sent = a_questionnaire(dressing, instrument="haq-di", options={"min_categories": 1})
    answer = post(client, clinic, sent)
    assert answer.status_code == 201
    assert (answer.json["answers"], answer.json["options"]) == (dressing, {"min_categories": 1})
    assert answer.json["scoring"]["options"] == {"min_categories": 1}
    assert scores(answer)["di"] == 2.0
    plain = post(client, clinic, a_questionnaire(dressing, instrument="haq-di"))
    assert (plain.json["options"], plain.json["scoring"]["options"]) == ({}, {"min_categories": 6})
    assert scores(plain)["di"] is None


def test_scores_of_two_tables_are_not_compared(client: FlaskClient, clinic: Clinic) -> None:
    function = dict.fromkeys(("PFA11", "PFA21", "PFA23", "PFA53"), 3)
    sent = [
        a_questionnaire(function, instrument="promis-29", recorded_at=days_ago(ago), options=options)
        for ago, options in (
            (9, {}),
            (6, {"physical_function_v2": True}),
            (3, {"physical_function_v2": False}),
        )
    ]
    first, other, third = (post(client, clinic, body).json for body in sent)
    assert (other["scoring"]["baseline"], other["scoring"]["previous"]) == (None, None)
    assert other["scores"][0]["change_from_previous"]["description"] == "no earlier answer to compare with"
    assert third["scoring"]["previous"]["id"] == first["id"]


def test_scores_of_a_version_this_server_lacks_are_listed_and_not_explained(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    sent = a_questionnaire(SEVERITY)
    post(client, clinic, sent)
    with database.begin() as session:
        session.scalars(select(AssessmentScore)).one().instrument_version = "of tomorrow"
    shown = get(client, clinic, f"/{sent['id']}").json
    assert (shown["scores"], "this server lacks" in shown["unscored_reason"]) == ([], True)
    [kept] = get(client, clinic, f"/{sent['id']}/versions").json["scores"]
    assert (kept["scores"]["severity"], kept["current"]) == (4.5, True)
