"""Requests about questionnaires."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.support.builders import Clinic

URL = "/v1/me/assessments"

SEVERITY = {"worst": 7, "least": 2, "average": 5, "now": 4}


def post(client: FlaskClient, clinic: Clinic, body: Any) -> Any:
    return client.post(URL, json=body, headers=clinic.patient.headers)


def put(client: FlaskClient, clinic: Clinic, body: dict[str, Any], tag: str | None = "*") -> Any:
    headers = clinic.patient.headers | ({"If-Match": tag} if tag else {})
    return client.put(f"{URL}/{body['id']}", json=body, headers=headers)


def get(client: FlaskClient, clinic: Clinic, path: str = "") -> Any:
    return client.get(URL + path, headers=clinic.patient.headers)


def scores(answer: Any) -> dict[str, float | None]:
    return {score["id"]: score["value"] for score in answer.json["scores"]}


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()
