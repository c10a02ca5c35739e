"""The worklist over HTTP, and what is done about an alert."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api.db.database import Database
from notifications.jobs.escalation import escalate_overdue, reopen_unresolved
from tests.support.builders import Clinic, a_clinic, a_patient, a_report, signed_in


def a_worsening(days: int = 60, rise_on: int = 40, to: int = 6) -> list[dict[str, Any]]:
    """Return a diary that is steady at 2 and then at 6, and ends yesterday."""
    start = datetime.now(UTC) - timedelta(days=days + 1)
    said = []
    for number in range(days):
        moment = start + timedelta(days=number)
        said.append(a_report(recorded_at=moment, pain_worst=2 if number < rise_on else to))
    return said


def report(client: FlaskClient, clinic: Clinic, *entries: dict[str, Any]) -> None:
    answer = client.post("/v1/me/entries", json={"entries": list(entries)}, headers=clinic.patient.headers)
    assert {result["status"] for result in answer.json["results"]} == {"created"}


def worklist(client: FlaskClient, clinic: Clinic, query: str = "") -> list[dict[str, Any]]:
    return list(client.get(f"/v1/alerts{query}", headers=clinic.nurse.headers).json["items"])


def answer(client: FlaskClient, clinic: Clinic, alert: dict[str, Any], how: str, **body: Any) -> Any:
    sent = {"json": body} if body else {}
    headers = {**clinic.nurse.headers, "If-Match": f'"{alert["version"]}"'}
    return client.post(f"/v1/alerts/{alert['id']}/{how}", headers=headers, **sent)


def test_a_worsening_patient_is_on_the_worklist_with_what_a_nurse_needs(
    client: FlaskClient, clinic: Clinic
) -> None:
    report(client, clinic, *a_worsening())
    [alert] = worklist(client, clinic)
    assert (alert["kind"], alert["tier"], alert["status"]) == ("worsening", "routine", "open")
    assert "usually 2" in alert["reason"]
    assert alert["patient"]["name"] == "Ada Example"
    assert alert["score"]["pain_level"] == 6
    assert alert["score"]["pain_baseline"] == 2
    assert alert["evidence"][0]["values"]
    assert alert["evidence"][0]["source"]
    assert len(alert["evidence"][0]["engine"]) == 12


def test_the_worst_comes_first_and_pages_are_complete(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    report(client, clinic, *a_worsening(), a_report(red_flags=["chest_pain"]), a_report(wants_to_stop=True))
    kinds = [alert["kind"] for alert in worklist(client, clinic)]
    assert kinds == ["red_flag", "wish_to_stop", "worsening"]
    paged, url = [], "?limit=1"
    for _ in range(3):
        page = client.get(f"/v1/alerts{url}", headers=clinic.nurse.headers).json
        paged += [alert["kind"] for alert in page["items"]]
        url = f"?limit=1&cursor={page['next']}"
    assert (paged, page["next"]) == (kinds, None)
    assert [alert["kind"] for alert in worklist(client, clinic, "?tier=same_day")] == ["red_flag"]


def test_only_one_alert_is_open_per_patient_and_kind_and_later_findings_add_evidence(
    client: FlaskClient, clinic: Clinic
) -> None:
    report(client, clinic, a_report(red_flags=["chest_pain"]))
    report(client, clinic, a_report(red_flags=["leg_swelling"]))
    [alert] = worklist(client, clinic)
    assert len(alert["evidence"]) == 2


def test_an_acknowledged_alert_notifies_no_one_until_it_is_overdue(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    first = answer(client, clinic, alert, "acknowledgement")
    again = answer(client, clinic, alert, "acknowledgement")
    assert (first.json["status"], again.json["version"]) == ("acknowledged", first.json["version"])
    assert first.json["next_rung_at"] is None
    in_six_days = datetime.now(UTC) + timedelta(days=6)
    assert escalate_overdue(database, now=in_six_days) + reopen_unresolved(database, now=in_six_days) == 0
    assert reopen_unresolved(database, now=in_six_days + timedelta(days=2)) == 1
    [alert] = worklist(client, clinic)
    assert (alert["status"], alert["notified"] >= 2) == ("open", True)


def test_a_resolved_alert_keeps_outcome_and_note_and_covers_its_episode(
    client: FlaskClient, clinic: Clinic
) -> None:
    said = a_worsening()
    report(client, clinic, *said[:-3])
    [alert] = worklist(client, clinic)
    done = answer(client, clinic, alert, "resolution", outcome="visit_booked", note="Thursday, 10 h.")
    assert (done.json["status"], done.json["outcome"]) == ("resolved", "visit_booked")
    assert done.json["history"][-1]["note"] == "Thursday, 10 h."
    report(client, clinic, *said[-3:])
    assert worklist(client, clinic) == []
    refused = answer(client, clinic, alert, "acknowledgement")
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/alert-already-closed")
    noted = answer(client, clinic, alert, "notes", note="The patient came.")
    assert (noted.status_code, noted.json["history"][-1]["action"]) == (201, "noted")


def test_a_new_red_flag_after_an_answer_is_an_alert_of_its_own(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, a_report(red_flags=["chest_pain"]))
    [alert] = worklist(client, clinic)
    answer(client, clinic, alert, "resolution", outcome="sent_to_emergency")
    report(client, clinic, a_report(red_flags=["chest_pain"]))
    [second] = worklist(client, clinic)
    assert second["id"] != alert["id"]


def test_a_new_red_flag_reopens_an_acknowledged_alert(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, a_report(red_flags=["chest_pain"]))
    [alert] = worklist(client, clinic)
    answer(client, clinic, alert, "acknowledgement")
    report(client, clinic, a_report(red_flags=["new_weakness"]))
    [alert] = worklist(client, clinic)
    assert (alert["status"], alert["acknowledged_by"]) == ("open", None)


def test_a_red_flag_corrected_to_another_after_the_answer_opens_an_alert(
    client: FlaskClient, clinic: Clinic
) -> None:
    said = a_report(red_flags=["leg_swelling"])
    report(client, clinic, said)
    [alert] = worklist(client, clinic)
    answer(client, clinic, alert, "resolution", outcome="called_no_action")
    client.put(
        f"/v1/me/entries/{said['id']}",
        json={**said, "red_flags": ["chest_pain"]},
        headers={**clinic.patient.headers, "If-Match": '"1"'},
    )
    [second] = worklist(client, clinic)
    assert "chest pain" in second["reason"]


def test_a_snoozed_alert_leaves_the_list_and_opens_again_by_itself(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    until = datetime.now(UTC) + timedelta(hours=2)
    assert answer(client, clinic, alert, "snooze", until=until.isoformat()).json["status"] == "snoozed"
    assert worklist(client, clinic) == []
    assert len(worklist(client, clinic, "?status=snoozed")) == 1
    assert reopen_unresolved(database, now=until - timedelta(seconds=1)) == 0
    assert reopen_unresolved(database, now=until + timedelta(seconds=1)) == 1
    [alert] = worklist(client, clinic)
    assert (alert["status"], alert["notified"] >= 2) == ("open", True)


@pytest.mark.parametrize("days", [-1, 32])
def test_a_snooze_ends_within_a_month(client: FlaskClient, clinic: Clinic, days: int) -> None:
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    until = datetime.now(UTC) + timedelta(days=days)
    refused = answer(client, clinic, alert, "snooze", until=until.isoformat())
    assert (refused.status_code, refused.json["type"]) == (422, "/problems/invalid-moment")


def test_a_correction_that_removes_the_cause_retracts_the_alert_with_history(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    now = datetime.now(UTC)
    before = a_report(confidence=1, recorded_at=now - timedelta(days=2))
    slip = a_report(confidence=1)
    report(client, clinic, before, slip)
    [alert] = worklist(client, clinic)
    client.put(
        f"/v1/me/entries/{slip['id']}",
        json=slip | {"confidence": 9},
        headers={**clinic.patient.headers, "If-Match": '"1"'},
    )
    assert worklist(client, clinic) == []
    kept = client.get(f"/v1/alerts/{alert['id']}", headers=clinic.nurse.headers).json
    assert kept["status"] == "retracted"
    assert kept["history"][0]["action"] == "opened"
    assert kept["history"][-1]["action"].startswith("retracted")
    assert kept["evidence"][0]["withdrawn_at"] is not None
    assert kept["next_rung_at"] is None


def test_a_red_flag_that_is_corrected_away_waits_for_a_person_all_the_same(
    client: FlaskClient, clinic: Clinic
) -> None:
    slip = a_report(red_flags=["chest_pain"], pain_worst=2)
    report(client, clinic, slip)
    meant = {key: value for key, value in slip.items() if key != "red_flags"}
    client.put(
        f"/v1/me/entries/{slip['id']}", json=meant, headers={**clinic.patient.headers, "If-Match": '"1"'}
    )
    [alert] = worklist(client, clinic)
    assert (alert["status"], alert["emergency"]) == ("open", True)
    assert alert["evidence"][0]["withdrawn_at"] is not None
    answer(client, clinic, alert, "resolution", outcome="false_alert")
    assert worklist(client, clinic) == []


def test_an_answer_with_a_stale_version_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    headers = {**clinic.nurse.headers, "If-Match": f'"{alert["version"] + 1}"'}
    stale = client.post(f"/v1/alerts/{alert['id']}/acknowledgement", headers=headers)
    assert stale.status_code == 412


def test_another_site_sees_nothing_of_it(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    with database.begin() as session:
        other = a_clinic(session, now=datetime.now(UTC), name="Elsewhere")
    assert worklist(client, other) == []
    assert client.get(f"/v1/alerts/{alert['id']}", headers=other.nurse.headers).status_code == 404
    assert answer(client, other, alert, "acknowledgement").status_code == 404


def test_the_worklist_takes_a_bounded_number_of_queries(
    client: FlaskClient, clinic: Clinic, database: Database, count_queries: Any
) -> None:
    with count_queries() as few:
        worklist(client, clinic)
    with database.begin() as session:
        patients = [
            signed_in(session, a_patient(session, clinic.team, now=datetime.now(UTC)), now=datetime.now(UTC))
            for _ in range(12)
        ]
    for patient in patients:
        client.post("/v1/me/entries", json=a_report(wants_to_stop=True), headers=patient.headers)
    with count_queries() as many:
        assert len(worklist(client, clinic)) == 12
    assert len(many) <= len(few) + 2


def test_a_corrected_start_of_the_tablets_is_scored_anew_at_once(client: FlaskClient, clinic: Clinic) -> None:
    def usual() -> float:
        course = client.get("/v1/me/trajectory", headers=clinic.patient.headers).json
        return round(course["scores"][-1]["pain_baseline"], 2)

    report(client, clinic, *a_worsening(days=60, rise_on=20, to=3))
    assert usual() == 2.31  # the first day and the 28 after it: 20 at 2, and 9 at 3
    url, nurse = f"/v1/patients/{clinic.patient.id}", clinic.nurse.headers
    tag = client.get(url, headers=nurse).headers["ETag"]
    started = str((datetime.now(UTC) - timedelta(days=46)).date())
    changed = client.patch(url, json={"ai_started_on": started}, headers={**nurse, "If-Match": tag})
    assert (changed.status_code, usual()) == (200, 2)  # the 15 days before the tablets


def test_a_wish_stated_again_after_the_answer_opens_an_alert(client: FlaskClient, clinic: Clinic) -> None:
    then = datetime.now(UTC) - timedelta(days=9)
    report(client, clinic, a_report(wants_to_stop=True, recorded_at=then))
    [alert] = worklist(client, clinic)
    answer(client, clinic, alert, "resolution", outcome="called_self_care")
    report(client, clinic, a_report(wants_to_stop=True))
    [again] = worklist(client, clinic)
    assert again["id"] != alert["id"]


def test_a_stated_wish_wakes_a_snoozed_alert(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    until = datetime.now(UTC) + timedelta(days=20)
    answer(client, clinic, alert, "snooze", until=until.isoformat())
    report(client, clinic, a_report(wants_to_stop=True))
    [alert] = worklist(client, clinic)
    assert (alert["status"], alert["reopens_at"]) == ("open", None)


@pytest.mark.parametrize(("hours", "status"), [(11, 200), (13, 422)])
def test_a_red_flag_is_put_aside_for_hours_not_days(
    client: FlaskClient, clinic: Clinic, hours: int, status: int
) -> None:
    report(client, clinic, a_report(red_flags=["chest_pain"]))
    [alert] = worklist(client, clinic)
    until = datetime.now(UTC) + timedelta(hours=hours)
    assert answer(client, clinic, alert, "snooze", until=until.isoformat()).status_code == status


def test_a_statement_sent_meanwhile_is_not_closed_unread(client: FlaskClient, clinic: Clinic) -> None:
    report(client, clinic, a_report(red_flags=["leg_swelling"]))
    [seen] = worklist(client, clinic)
    report(client, clinic, a_report(red_flags=["thoughts_of_self_harm"]))
    closing = answer(client, clinic, seen, "resolution", outcome="called_no_action")
    assert closing.status_code == 412
    url = f"/v1/alerts/{seen['id']}/resolution"
    blind = client.post(url, json={"outcome": "called_no_action"}, headers=clinic.nurse.headers)
    assert blind.status_code == 428
    [alert] = worklist(client, clinic)
    assert len(alert["evidence"]) == 2


def test_an_answered_red_flag_that_is_withdrawn_and_restored_opens_no_alert(
    client: FlaskClient, clinic: Clinic
) -> None:
    said = a_report(red_flags=["chest_pain"])
    report(client, clinic, said)
    [alert] = worklist(client, clinic)
    answer(client, clinic, alert, "resolution", outcome="sent_to_emergency")
    url, me = f"/v1/me/entries/{said['id']}", clinic.patient.headers
    assert client.delete(url, headers={**me, "If-Match": '"1"'}).status_code == 204
    assert client.put(url, json=said, headers={**me, "If-Match": '"2"'}).status_code == 200
    assert worklist(client, clinic) == []


def test_an_answer_does_not_reach_beyond_its_day(client: FlaskClient, clinic: Clinic) -> None:
    now = datetime.now(UTC)
    low = [a_report(confidence=1, recorded_at=now - timedelta(days=back)) for back in (40, 38)]
    report(client, clinic, *low)
    [alert] = worklist(client, clinic)
    answer(client, clinic, alert, "resolution", outcome="called_self_care")
    late = [a_report(confidence=1, recorded_at=now - timedelta(days=back)) for back in (41, 39)]
    report(client, clinic, *late)
    assert worklist(client, clinic) == []  # the same episode, begun a day earlier
    later = [a_report(confidence=1, recorded_at=now - timedelta(minutes=1))]
    report(client, clinic, a_report(confidence=1, recorded_at=now - timedelta(days=8)), *later)
    kinds = [alert["kind"] for alert in worklist(client, clinic)]
    assert kinds == ["wish_to_stop", "likely_discontinuation"]  # by so much doubt
