"""Rejected items are listed, bounded, and reviewed by staff."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from api.db.database import Database
from api.models.audit import AuditRow
from api.models.entry import RejectedEntry
from tests.support.builders import Clinic, a_report

URL = "/v1/me/entries"


def refuse(client: FlaskClient, clinic: Clinic, **changes: Any) -> dict[str, Any]:
    """Send an item that cannot be read."""
    report = a_report(pain_worst=99) | changes
    client.post(URL, json={"entries": [report]}, headers=clinic.patient.headers)
    return report


def marks(client: FlaskClient, clinic: Clinic) -> list[tuple[str, int]]:
    page = client.get("/v1/alerts", headers=clinic.nurse.headers).json
    return [(patient["id"], patient["count"]) for patient in page["rejected_entries"]]


def listed(client: FlaskClient, clinic: Clinic, query: str = "") -> list[int]:
    page = client.get(f"/v1/patients{query}", headers=clinic.nurse.headers).json
    return [patient["rejected_entries"] for patient in page["items"]]


def rejected(client: FlaskClient, clinic: Clinic) -> list[dict[str, Any]]:
    url = f"/v1/patients/{clinic.patient.id}/rejected-entries?limit=100"
    return list(client.get(url, headers=clinic.nurse.headers).json["items"])


def review(client: FlaskClient, clinic: Clinic, until: str, *, who: str = "nurse") -> Any:
    url = f"/v1/patients/{clinic.patient.id}/rejected-entries/review"
    return client.post(url, json={"until": until}, headers=getattr(clinic, who).headers)


def test_a_refused_item_marks_the_patient_wherever_the_team_and_the_operator_look(
    client: FlaskClient, clinic: Clinic, settings: Any
) -> None:
    only_rejected = "?has_rejected_entries=true"
    found = (marks(client, clinic), listed(client, clinic), listed(client, clinic, only_rejected))
    assert found == ([], [0], [])
    refuse(client, clinic)
    assert marks(client, clinic) == [(str(clinic.patient.id), 1)]
    assert listed(client, clinic) == listed(client, clinic, "?has_rejected_entries=true") == [1]
    url = f"/v1/patients/{clinic.patient.id}"
    assert client.get(url, headers=clinic.nurse.headers).json["rejected_entries"] == 1
    ready = client.get("/health/ready")
    assert ready.json["rejected_entries"] == 1
    assert "refused" not in " ".join(ready.json["problems"])
    figures = client.get("/metrics", headers=clinic.scheduler.headers).text
    assert "aimss_patients_with_refused_items 1" in figures
    assert "aimss_refused_items_waiting 1" in figures


def test_a_review_takes_the_mark_away_and_a_new_rejection_sets_it_again(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    report = refuse(client, clinic)
    [item] = rejected(client, clinic)
    refuse(client, clinic)
    seen = review(client, clinic, item["received_at"])
    assert (seen.status_code, seen.json) == (200, {"reviewed": 1, "remaining": 1})
    assert marks(client, clinic) == [(str(clinic.patient.id), 1)]
    newest = rejected(client, clinic)[0]["received_at"]
    assert review(client, clinic, newest).json == {"reviewed": 1, "remaining": 0}
    assert review(client, clinic, newest).json == {"reviewed": 0, "remaining": 0}
    assert marks(client, clinic) == []
    assert all(each["reviewed_at"] for each in rejected(client, clinic))
    client.post(URL, json={"entries": [report]}, headers=clinic.patient.headers)  # a retry of what was seen
    assert marks(client, clinic) == []
    refuse(client, clinic)
    assert marks(client, clinic) == [(str(clinic.patient.id), 1)]
    with database.read() as session:
        written = session.scalars(
            select(AuditRow.action).where(AuditRow.patient_id == clinic.patient.id)
        ).all()
    assert written.count("rejected_entries.looked_at") == 3
    assert "rejected_entries.read" in written


def test_only_staff_of_the_patient_can_mark_refused_items(client: FlaskClient, clinic: Clinic) -> None:
    refuse(client, clinic)
    until = rejected(client, clinic)[0]["received_at"]
    assert review(client, clinic, until, who="patient").status_code == 403
    assert review(client, clinic, until, who="scheduler").status_code == 403
    assert marks(client, clinic) != []


def test_a_readable_item_with_the_same_id_takes_the_mark_away(client: FlaskClient, clinic: Clinic) -> None:
    report = refuse(client, clinic)
    client.post(URL, json=report | {"pain_worst": 9}, headers=clinic.patient.headers)
    assert marks(client, clinic) == []


def test_forty_long_bodies_are_kept_short(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    for number in range(40):
        refuse(client, clinic, note=f"{number}" * 20_000)
    with database.read() as session:
        kept, longest = session.execute(
            select(func.count(), func.max(func.length(RejectedEntry.body))).select_from(RejectedEntry)
        ).one()
    assert (kept, longest) == (40, 4096)
    assert marks(client, clinic) == [(str(clinic.patient.id), 40)]


def test_over_the_cap_of_a_day_bodies_are_dropped_and_counted(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    flood = [a_report(pain_worst=99) for _ in range(120)]
    client.post(URL, json={"entries": flood}, headers=clinic.patient.headers)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RejectedEntry)) == 51
    assert marks(client, clinic) == [(str(clinic.patient.id), 120)]
    assert sorted(each["count"] for each in rejected(client, clinic))[-2:] == [1, 70]
    review(client, clinic, max(each["received_at"] for each in rejected(client, clinic)))
    assert marks(client, clinic) == []
    refuse(client, clinic)
    assert marks(client, clinic) == [(str(clinic.patient.id), 71)]


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Call"), ("de", "Rufen"), ("es", "Llame"), ("fr", "Appelez")]
)
def test_an_emergency_comes_first_in_the_answer_with_the_sites_numbers(
    client: FlaskClient, clinic: Clinic, language: str, word: str
) -> None:
    site = client.get("/v1/site", headers=clinic.site_admin.headers)
    client.patch(
        "/v1/site",
        json={"emergency_number": "112", "crisis_line": "988"},
        headers={**clinic.site_admin.headers, "If-Match": site.headers["ETag"]},
    )
    me = client.get("/v1/me", headers=clinic.patient.headers)
    client.patch(
        "/v1/me",
        json={"language": language},
        headers={**clinic.patient.headers, "If-Match": f'"{me.json["version"]}"'},
    )
    report = a_report(red_flags=["breathless", "thoughts_of_self_harm"])
    for _ in range(2):  # a retry after a lost answer says it too
        answer = client.post(URL, json=report, headers=clinic.patient.headers)
        assert next(iter(answer.json)) == "emergency"
        notice = answer.json["emergency"]
        assert notice["flags"] == ["breathless", "thoughts_of_self_harm"]
        assert (notice["emergency_number"], notice["crisis_line"]) == ("112", "988")
        assert all(part in notice["text"] for part in (word, "112", "988"))
    batch = client.post(
        URL, json={"entries": [a_report(red_flags=["chest_pain"])]}, headers=clinic.patient.headers
    )
    assert (next(iter(batch.json)), batch.json["emergency"]["crisis_line"]) == ("emergency", None)
    team = client.get("/v1/me", headers=clinic.patient.headers).json["care_team"]
    assert (team["emergency_number"], team["crisis_line"]) == ("112", "988")
    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert (alert["emergency"], alert["tier"]) == (True, "same_day")


def test_a_red_flag_for_the_same_day_is_no_emergency(client: FlaskClient, clinic: Clinic) -> None:
    answer = client.post(URL, json=a_report(red_flags=["leg_swelling"]), headers=clinic.patient.headers)
    assert "emergency" not in answer.json
    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert alert["emergency"] is False


def test_an_emergency_notifies_the_team_again_after_a_lesser_alert(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    client.post(URL, json=a_report(red_flags=["leg_swelling"]), headers=clinic.patient.headers)
    [before] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    later = a_report(red_flags=["trouble_walking"])
    client.post(URL, json=later, headers=clinic.patient.headers)
    [after] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    assert (before["emergency"], after["emergency"]) == (False, True)
    assert after["notified"] > before["notified"]
