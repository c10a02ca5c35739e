"""Entries of a phone whose clock is ahead."""

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from tests.api.statements import URL, alerts, send
from tests.support.builders import Clinic, a_report


def test_a_clock_ahead_is_corrected_and_marked_and_a_retry_is_still_a_duplicate(
    client: FlaskClient, clinic: Clinic
) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    report = a_report(recorded_at=ahead, pain_worst=8, red_flags=["thoughts_of_self_harm"])
    older = a_report(recorded_at=ahead - timedelta(minutes=20), pain_worst=1)
    answer = send(client, clinic, {"entries": [older, report]})
    assert [result["status"] for result in answer.json["results"]] == ["created", "created"]
    assert set(alerts(client, clinic)) == {"red_flag"}
    shown = client.get(f"{URL}/{report['id']}", headers=clinic.patient.headers).json
    assert datetime.fromisoformat(shown["claimed_at"]) == ahead
    recorded = datetime.fromisoformat(shown["recorded_at"])
    assert abs(recorded - datetime.now(UTC)) < timedelta(minutes=1)
    second = client.get(f"{URL}/{older['id']}", headers=clinic.patient.headers).json
    assert recorded - datetime.fromisoformat(second["recorded_at"]) == timedelta(minutes=20)
    assert send(client, clinic, report).json["status"] == "duplicate"
    corrected = send(
        client, clinic, report | {"pain_worst": 7}, url=f"{URL}/{report['id']}", method="PUT",
        headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert corrected.json["recorded_at"] == shown["recorded_at"]


def test_a_clock_far_ahead_is_corrected_where_the_date_of_the_request_measures_it(
    client: FlaskClient, clinic: Clinic
) -> None:
    ahead = datetime.now(UTC) + timedelta(days=40)
    report = a_report(recorded_at=ahead - timedelta(minutes=30), pain_worst=8)
    refused = send(client, clinic, report)
    assert (refused.status_code, "days ahead" in refused.json["errors"]["recorded_at"]) == (422, True)
    date = ahead.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert send(client, clinic, report, headers={"Date": date}).status_code == 201
    shown = client.get(f"{URL}/{report['id']}", headers=clinic.patient.headers).json
    recorded = datetime.fromisoformat(shown["recorded_at"])
    assert timedelta(minutes=29) < datetime.now(UTC) - recorded < timedelta(minutes=32)
