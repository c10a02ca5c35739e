"""Statements that tests of safety send, and what the team sees of them."""

import json
from typing import Any

from flask.testing import FlaskClient

from tests.support.builders import Clinic, a_report

URL = "/v1/me/entries"


def stating(**changes: Any) -> dict[str, Any]:
    """Return a report with a red flag and the wish to stop, changed."""
    return a_report(pain_worst=3, red_flags=["chest_pain"], wants_to_stop=True) | changes


def send(client: FlaskClient, clinic: Clinic, body: Any, *, url: str = URL, **kwargs: Any) -> Any:
    """Post or put what need not be JSON that a strict writer would write."""
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    method = kwargs.pop("method", "POST")
    headers = clinic.patient.headers | kwargs.pop("headers", {})
    return client.open(
        url, method=method, data=data, headers=headers, content_type="application/json", **kwargs
    )


def worklist(client: FlaskClient, clinic: Clinic) -> Any:
    return client.get("/v1/alerts", headers=clinic.nurse.headers).json


def alerts(client: FlaskClient, clinic: Clinic) -> dict[str, Any]:
    """Return the alerts that wait, by kind."""
    return {alert["kind"]: alert for alert in worklist(client, clinic)["items"]}


def marks(client: FlaskClient, clinic: Clinic) -> list[int]:
    """Return how many refused items of each patient wait to be looked at."""
    return [patient["count"] for patient in worklist(client, clinic)["rejected_entries"]]


def resolve(client: FlaskClient, clinic: Clinic, alert: dict[str, Any], outcome: str) -> None:
    answer = client.post(
        f"/v1/alerts/{alert['id']}/resolution",
        json={"outcome": outcome},
        headers={**clinic.nurse.headers, "If-Match": f'"{alert["version"]}"'},
    )
    assert answer.status_code == 200
