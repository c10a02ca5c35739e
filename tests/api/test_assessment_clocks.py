"""Questionnaires from phones whose clock is ahead: corrected, the phone's moment kept, never doubled."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.builders import Clinic, a_questionnaire

URL = "/v1/me/assessments"
SEVERITY = {"worst": 7, "least": 2, "average": 5, "now": 4}


def ahead(**span: float) -> str:
    return (datetime.now(UTC) + timedelta(**span)).isoformat()


def post(client: FlaskClient, clinic: Clinic, body: Any, **headers: str) -> Any:
    return client.post(URL, json=body, headers=clinic.patient.headers | headers)


def put(client: FlaskClient, clinic: Clinic, body: dict[str, Any]) -> Any:
    headers = clinic.patient.headers | {"If-Match": "*"}
    return client.put(f"{URL}/{body['id']}", json=body, headers=headers)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("hours", [1, 25, 24 * 6])
def test_a_clock_ahead_is_corrected_and_the_phones_moment_is_kept(
    client: FlaskClient, clinic: Clinic, hours: int
) -> None:
    claimed = ahead(hours=hours)
    answer = post(client, clinic, a_questionnaire(SEVERITY, recorded_at=claimed))
    assert answer.status_code == 201, answer.text
    assert moment(answer.json["claimed_at"]) == moment(claimed)
    assert abs(moment(answer.json["recorded_at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert answer.json["local_date"] <= answer.json["claimed_date"]
    assert answer.json["scores"]


def test_the_date_of_the_request_measures_a_clock_that_is_far_ahead(
    client: FlaskClient, clinic: Clinic
) -> None:
    now = datetime.now(UTC)
    sent = a_questionnaire(
        SEVERITY,
        recorded_at=(now + timedelta(days=99)).isoformat(),
        started_at=(now + timedelta(days=98)).isoformat(),
        local_date=str((now + timedelta(days=99)).date()),
    )
    answer = post(client, clinic, sent, Date=format_datetime(now + timedelta(days=100), usegmt=True))
    assert answer.status_code == 201, answer.text
    assert abs(moment(answer.json["recorded_at"]) - (now - timedelta(days=1))) < timedelta(minutes=1)
    assert abs(moment(answer.json["started_at"]) - (now - timedelta(days=2))) < timedelta(minutes=1)
    assert answer.json["claimed_date"] == sent["local_date"]


def test_what_is_absurdly_far_ahead_is_refused_in_words(client: FlaskClient, clinic: Clinic) -> None:
    answer = post(client, clinic, a_questionnaire(SEVERITY, recorded_at=ahead(days=30)))
    assert answer.status_code == 422
    assert "is the phone's clock right?" in answer.json["errors"]["recorded_at"]


@pytest.mark.parametrize("more", [{}, {"local_date": ahead(days=2)[:10]}, {"started_at": ahead(days=1.9)}])
def test_a_retry_is_the_same_and_other_content_is_a_conflict(
    client: FlaskClient, clinic: Clinic, more: dict[str, str]
) -> None:
    sent = a_questionnaire(SEVERITY, recorded_at=ahead(days=2)) | more
    first, again = post(client, clinic, sent), post(client, clinic, sent)
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    late = post(client, clinic, sent, Date=format_datetime(datetime.now(UTC) + timedelta(days=3)))
    assert (late.status_code, late.json) == (200, first.json)
    other = post(client, clinic, sent | {"answers": SEVERITY | {"worst": 3}})
    assert other.status_code == 409


def test_a_correction_that_claims_the_same_moment_keeps_the_corrected_one(
    client: FlaskClient, clinic: Clinic
) -> None:
    sent = a_questionnaire(SEVERITY, recorded_at=ahead(days=2), started_at=ahead(days=1.9))
    first = post(client, clinic, sent).json
    assert put(client, clinic, sent).json == first
    changed = put(client, clinic, sent | {"answers": SEVERITY | {"worst": 3}}).json
    assert changed["version"] == 2
    for name in ("recorded_at", "started_at", "local_date", "claimed_at", "claimed_date"):
        assert changed[name] == first[name], name


def test_a_correction_by_a_clock_that_is_right_claims_nothing(client: FlaskClient, clinic: Clinic) -> None:
    sent = a_questionnaire(SEVERITY, recorded_at=ahead(days=2))
    first = post(client, clinic, sent).json
    right = sent | {"recorded_at": first["recorded_at"], "answers": SEVERITY | {"worst": 3}}
    changed = put(client, clinic, right).json
    assert (changed["version"], changed["claimed_at"], changed["claimed_date"]) == (2, None, None)
    assert changed["local_date"] == first["local_date"]


def test_one_begun_by_a_clock_ahead_is_completed_by_one_that_is_right(
    client: FlaskClient, clinic: Clinic
) -> None:
    sent = a_questionnaire({"worst": 5}, status="partial", recorded_at=ahead(days=2))
    begun = post(client, clinic, sent).json
    done = put(client, clinic, sent | {"status": "complete", "recorded_at": ahead(), "answers": SEVERITY})
    assert done.status_code == 200, done.text
    assert moment(done.json["started_at"]) == moment(begun["started_at"])
    assert done.json["claimed_at"] is None
