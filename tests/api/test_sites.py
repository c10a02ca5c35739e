"""The site and its teams are read by all staff, and changed by site admins."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.builders import Clinic


def etag(answer: Any) -> dict[str, str]:
    return {"If-Match": answer.headers["ETag"]}


@pytest.mark.parametrize("role", ["nurse", "clinician", "coordinator", "site_admin", "scheduler"])
def test_staff_and_programs_read_the_names_of_site_and_teams(
    client: FlaskClient, clinic: Clinic, role: str
) -> None:
    caller = clinic.everybody()[role]
    site = client.get("/v1/site", headers=caller.headers).json
    assert (site["name"], site["timezone"], site["contact"]) == (
        clinic.site.name,
        clinic.site.timezone,
        clinic.site.contact,
    )
    [team] = client.get("/v1/teams", headers=caller.headers).json["items"]
    assert (team["id"], team["name"], team["members"]) == (str(clinic.team.id), clinic.team.name, 2)


def test_a_site_admin_changes_the_contact_shown_to_patients(client: FlaskClient, clinic: Clinic) -> None:
    admin = clinic.site_admin.headers
    read = client.get("/v1/site", headers=admin)
    changes = {"contact": "Call 030 9, always.", "timezone": "Europe/Madrid"}
    assert client.patch("/v1/site", json=changes, headers=admin).status_code == 428
    changed = client.patch("/v1/site", json=changes, headers=admin | etag(read))
    assert (changed.status_code, changed.json["contact"], changed.json["timezone"]) == (
        200,
        *changes.values(),
    )
    assert client.patch("/v1/site", json=changes, headers=admin | etag(read)).status_code == 412
    me = client.get("/v1/me", headers=clinic.patient.headers).json
    assert me["care_team"]["contact"] == "Call 030 9, always."
    audit = client.get("/v1/audit", headers=admin).json["items"][0]
    assert (audit["action"], audit["detail"]) == ("site.changed", {"fields": ["contact", "timezone"]})


WORDS = {
    "hours": {"de": "Mo-Fr 8-16 Uhr", "en": "Mon-Fri 8-16 h"},
    "read_when": {"es": "Se lee los lunes."},
    "called_when": {"en": "We call on Mondays."},
    "self_harm_answered_by": {"fr": "Une infirmière vous appelle."},
}


def test_a_patient_is_told_what_the_site_says_in_a_language_it_has(
    client: FlaskClient, clinic: Clinic
) -> None:
    admin = clinic.site_admin.headers | {"If-Match": "*"}
    shown = client.patch("/v1/site", json={"phone": "+49 30 9", **WORDS}, headers=admin).json
    assert {name: shown[name] for name in WORDS} == WORDS
    patient = clinic.patient.headers
    assert client.patch("/v1/me", json={"language": "de"}, headers=patient | {"If-Match": "*"}).json

    said = client.get("/v1/me", headers=patient).json["care_team"]

    assert (said["phone"], said["hours"], said["read_when"], said["called_when"]) == (
        "+49 30 9",
        "Mo-Fr 8-16 Uhr",
        "Se lee los lunes.",
        "We call on Mondays.",
    )
    assert said["self_harm_answered_by"] == "Une infirmière vous appelle."


def test_what_a_site_does_not_say_is_not_made_up(client: FlaskClient, clinic: Clinic) -> None:
    admin = clinic.site_admin.headers | {"If-Match": "*"}
    unsaid = client.get("/v1/me", headers=clinic.patient.headers).json["care_team"]
    assert {unsaid[name] for name in ("phone", *WORDS)} == {None}

    client.patch("/v1/site", json=WORDS, headers=admin)
    client.patch("/v1/site", json=dict.fromkeys(WORDS), headers=admin)
    unsaid = client.get("/v1/me", headers=clinic.patient.headers).json["care_team"]
    assert {unsaid[name] for name in WORDS} == {None}


@pytest.mark.parametrize("said", [{}, {"it": "Lun-ven"}, {"en": " "}, {"en": "x" * 301}, "Mon-Fri"])
def test_a_sentence_in_no_language_of_the_product_is_refused(
    client: FlaskClient, clinic: Clinic, said: Any
) -> None:
    headers = clinic.site_admin.headers | {"If-Match": "*"}
    assert client.patch("/v1/site", json={"hours": said}, headers=headers).status_code == 422


def test_a_time_zone_that_is_none_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    headers = clinic.site_admin.headers | {"If-Match": "*"}
    assert client.patch("/v1/site", json={"timezone": "Berlin"}, headers=headers).status_code == 422


def test_teams_are_made_and_renamed_and_members_move_between_them(
    client: FlaskClient, clinic: Clinic
) -> None:
    admin = clinic.site_admin.headers
    made = client.post("/v1/teams", json={"name": "Second team"}, headers=admin)
    assert (made.status_code, made.json["members"]) == (201, 0)
    assert client.post("/v1/teams", json={"name": "Second team"}, headers=admin).status_code == 409
    url = made.headers["Location"]
    renamed = client.patch(url, json={"name": "Evening team"}, headers=admin | etag(made))
    assert (renamed.status_code, renamed.json["name"], renamed.json["version"]) == (200, "Evening team", 2)
    taken = client.patch(url, json={"name": clinic.team.name}, headers=admin | etag(renamed))
    assert taken.status_code == 409

    move = {"team_id": made.json["id"]}
    moved = client.patch(f"/v1/staff/{clinic.nurse.id}", json=move, headers=admin | {"If-Match": "*"})
    assert (moved.status_code, moved.json["team"]["name"]) == (200, "Evening team")
    assert client.get(url, headers=admin).json["members"] == 1


def test_a_site_admin_sets_how_long_pages_of_the_team_stay_open(client: FlaskClient, clinic: Clinic) -> None:
    admin = clinic.site_admin.headers | {"If-Match": "*"}
    assert client.get("/v1/site", headers=clinic.nurse.headers).json["idle_lock_minutes"] == 10
    for refused in (1, 31):
        answer = client.patch("/v1/site", json={"idle_lock_minutes": refused}, headers=admin)
        assert answer.status_code == 422
    assert client.patch("/v1/site", json={"idle_lock_minutes": 5}, headers=admin).status_code == 200
    assert client.get("/v1/site", headers=clinic.nurse.headers).json["idle_lock_minutes"] == 5
