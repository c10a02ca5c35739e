"""Questionnaires that open alerts, take them back, or are a sign of life."""

from flask.testing import FlaskClient

from api.domain.instruments import registry
from tests.api.assessments import URL, post, put
from tests.support.builders import Clinic, a_questionnaire


def test_a_severe_questionnaire_opens_an_alert_and_its_withdrawal_takes_it_back(
    client: FlaskClient, clinic: Clinic
) -> None:
    items = [item.id for item in registry.find("haq-di").items if not item.choices]
    sent = a_questionnaire(dict.fromkeys(items, 3), instrument="haq-di")
    made = post(client, clinic, sent)
    assert made.status_code == 201, made.json

    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert alert["kind"] == "severe_symptoms"
    assert "HAQ-DI 3 on " in str(alert)

    gone = clinic.patient.headers | {"If-Match": made.headers["ETag"]}
    assert client.delete(f"{URL}/{sent['id']}", headers=gone).status_code == 204
    assert client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"] == []


def test_a_corrected_questionnaire_takes_the_alert_back_too(client: FlaskClient, clinic: Clinic) -> None:
    items = [item.id for item in registry.find("haq-di").items if not item.choices]
    sent = a_questionnaire(dict.fromkeys(items, 3), instrument="haq-di")
    post(client, clinic, sent)

    answer = put(client, clinic, sent | {"answers": dict.fromkeys(items, 1)})

    assert answer.status_code == 200, answer.json
    assert client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"] == []


def test_an_answered_questionnaire_is_a_sign_of_life(client: FlaskClient, clinic: Clinic) -> None:
    post(client, clinic, a_questionnaire({"worst": 2}))

    seen = client.get(f"/v1/patients/{clinic.patient.id}/trajectory", headers=clinic.nurse.headers).json

    assert seen["last_entry_at"] is not None


def test_the_team_sees_what_questionnaires_say_of_function_and_the_patient_does_not(
    client: FlaskClient, clinic: Clinic
) -> None:
    items = [item.id for item in registry.find("haq-di").items if not item.choices]
    post(client, clinic, a_questionnaire(dict.fromkeys(items, 2), instrument="haq-di"))

    team = client.get(f"/v1/patients/{clinic.patient.id}/trajectory", headers=clinic.nurse.headers).json
    own = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json

    assert team["functional_status"]["severity"] == "moderate"
    [part] = team["functional_status"]["parts"]
    assert (part["instrument"], part["score"], part["value"]) == ("haq-di", "di", 2)
    assert team["functional_status"]["limitation"] == "noticeable limitation of daily activities"
    assert "functional_status" not in own
