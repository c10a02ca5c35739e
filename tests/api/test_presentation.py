"""Presentation of an entry: kept and shown, and never scored."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.entries.questions import GAP_REASONS, PRESENTED
from tests.support.builders import Clinic, a_report
from tests.support.diaries import entry_of, score_diary

SHOWN: dict[str, Any] = {"client": "aimss-app/0.1.0", "scale": "nrs11-buttons-1", "seconds": 21}


def presented(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: entry[name] for name in PRESENTED}


def test_the_presentation_is_shown_to_the_patient_and_the_team_and_stays_with_its_version(
    client: FlaskClient, clinic: Clinic
) -> None:
    report, headers = a_report(pain_worst=4), clinic.patient.headers
    url = client.post("/v1/me/entries", json=report | SHOWN, headers=headers).headers["Location"]
    other = SHOWN | {"scale": "nrs11-columns-1", "seconds": 35}
    client.put(url, json=report | other | {"pain_worst": 5}, headers=headers | {"If-Match": '"1"'})

    own = client.get("/v1/me/entries", headers=headers).json["items"]
    team = client.get(f"/v1/patients/{clinic.patient.id}/entries", headers=clinic.nurse.headers).json["items"]
    before = client.get(f"{url}/versions", headers=headers).json["items"][0]["answers"]
    assert [presented(entry) for entry in (*own, *team)] == [other, other]
    assert presented(before) == SHOWN


def test_an_entry_sent_again_by_a_newer_app_is_the_same_entry(client: FlaskClient, clinic: Clinic) -> None:
    report, headers = a_report(pain_worst=4), clinic.patient.headers
    client.post("/v1/me/entries", json=report | SHOWN, headers=headers)
    newer = report | SHOWN | {"client": "aimss-app/0.2.0"}
    answer = client.post("/v1/me/entries", json=newer, headers=headers)
    assert answer.json["status"] == "duplicate"


def test_a_presentation_alone_is_no_answer(client: FlaskClient, clinic: Clinic) -> None:
    report = a_report(pain_worst=None, **SHOWN)
    answer = client.post("/v1/me/entries", json=report, headers=clinic.patient.headers)
    assert (answer.status_code, answer.json["errors"]) == (422, {"entry": "at least one answer is needed"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": -1},
        {"seconds": 86_401},
        {"scale": "a row of buttons"},
        {"client": "x" * 61},
        {"client": ""},
    ],
    ids=str,
)
def test_a_presentation_cannot_hold_free_text_or_an_impossible_time(
    client: FlaskClient, clinic: Clinic, wrong: dict[str, Any]
) -> None:
    answer = client.post(
        "/v1/me/entries", json=a_report(pain_worst=4, **wrong), headers=clinic.patient.headers
    )
    assert (answer.status_code, set(answer.json["errors"])) == (422, set(wrong))


scores = st.fixed_dictionaries(
    {},
    optional={
        "pain_worst": st.integers(0, 10),
        "stiffness": st.integers(0, 10),
        "dose": st.sampled_from(["taken", "missed", "skipped"]),
        "gap_reason": st.sampled_from(GAP_REASONS),
    },
).filter(bool)
presentations = st.fixed_dictionaries(
    {},
    optional={
        "client": st.just("aimss-app/0.1.0"),
        "scale": st.sampled_from(["nrs11-buttons-1", "nrs11-columns-1"]),
        "seconds": st.integers(0, 86_400),
    },
)


@given(diary=st.lists(st.tuples(st.integers(0, 90), scores, presentations), max_size=30))
@settings(max_examples=40)
def test_scores_are_the_same_with_and_without_a_presentation(
    diary: list[tuple[int, dict[str, Any], dict[str, Any]]],
) -> None:
    numbered = list(enumerate(diary))
    plain = [entry_of(day, nth=nth, **answers) for nth, (day, answers, _) in numbered]
    shown = [entry_of(day, nth=nth, **answers, **how) for nth, (day, answers, how) in numbered]
    assert score_diary(shown) == score_diary(plain)
