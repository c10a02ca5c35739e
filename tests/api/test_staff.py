"""Staff are listed, invited, changed, deactivated and reactivated by a site admin."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from api.db.database import Database
from api.domain.account_errors import LastSiteAdmin
from api.domain.authority import Role
from api.models.audit import AuditRow
from api.models.outbox import OutboxMessage
from api.models.site import Team
from api.models.staff import Invitation, Staff
from api.services.accounts import passwords
from api.services.organisation import members
from tests.support.builders import PASSWORD, Clinic, Signed, a_clinic, a_member_of_staff, a_report, signed_in


def url(who: Any, then: str = "") -> str:
    return f"/v1/staff/{getattr(who, 'id', who)}{then}"


def invite(client: FlaskClient, clinic: Clinic, **changes: Any) -> Any:
    body = {"email": "nora@example.org", "name": "Nora", "role": "nurse", "team_id": str(clinic.team.id)}
    return client.post("/v1/staff", json=body | changes, headers=clinic.site_admin.headers)


def accept(client: FlaskClient, invited: Any, password: str = PASSWORD) -> Any:
    token = invited.json["invitation"]["url"].partition("#")[2]
    return client.post("/v1/invitations/acceptance", json={"token": token, "password": password})


def sign_in(client: FlaskClient, email: str = "nora@example.org", password: str = PASSWORD) -> Any:
    return client.post("/v1/sessions", json={"email": email, "password": password})


def deactivate(client: FlaskClient, clinic: Clinic, who: Any) -> Any:
    return client.post(url(who, "/deactivation"), headers=clinic.site_admin.headers)


def patch(client: FlaskClient, clinic: Clinic, who: Any, **changes: Any) -> Any:
    headers = clinic.site_admin.headers | {"If-Match": "*"}
    return client.patch(url(who), json=changes, headers=headers)


def acts(database: Database, staff_id: Any) -> list[str]:
    rows = select(AuditRow.action).where(AuditRow.object_id == UUID(str(staff_id))).order_by(AuditRow.id)
    with database.read() as session:
        return list(session.scalars(rows))


def test_who_is_invited_sets_a_password_and_signs_in(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    invited = invite(client, clinic)
    assert (invited.status_code, invited.json["status"]) == (201, "invited")
    assert sign_in(client).status_code == 401

    accepted = accept(client, invited)
    assert accepted.json == {
        "email": "nora@example.org",
        "name": "Nora",
        "site": {"id": str(clinic.site.id), "name": clinic.site.name},
    }
    assert sign_in(client).status_code == 201
    shown = client.get(url(invited.json["id"]), headers=clinic.site_admin.headers).json
    assert (shown["status"], shown["invitation"], shown["team"]["id"]) == (
        "active",
        None,
        str(clinic.team.id),
    )
    assert acts(database, invited.json["id"]) == [
        "staff.created",
        "staff.invited",
        "sign_in.failed",
        "invitation.accepted",
    ]


def test_an_invitation_works_once_and_is_replaced_by_a_later_one(client: FlaskClient, clinic: Clinic) -> None:
    first = invite(client, clinic)
    again = client.post(url(first.json["id"], "/invitation"), json={}, headers=clinic.site_admin.headers)

    assert accept(client, first).status_code == 401, "replaced"
    assert accept(client, again).status_code == 200
    assert accept(client, again).status_code == 401, "used"


@pytest.mark.parametrize("token", ["x" * 43, "x", "ä" * 43, "A" * 42 + "="])
def test_an_invitation_that_was_not_made_here_is_refused(
    client: FlaskClient, clinic: Clinic, token: str
) -> None:
    body = {"token": token, "password": PASSWORD}
    answer = client.post("/v1/invitations/acceptance", json=body)
    assert (answer.status_code, answer.json["type"]) == (401, "/problems/invitation-refused")


def test_an_invitation_expires(client: FlaskClient, clinic: Clinic, database: Database) -> None:
    invited = invite(client, clinic)
    with database.begin() as session:
        session.scalars(select(Invitation)).one().expires_at = datetime.now(UTC)
    assert accept(client, invited).status_code == 401


def test_a_weak_password_leaves_the_invitation_as_it_was(client: FlaskClient, clinic: Clinic) -> None:
    invited = invite(client, clinic)
    assert accept(client, invited, "short").status_code == 422
    assert accept(client, invited).status_code == 200


def test_the_database_does_not_hold_what_an_invitation_works_by(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    token = invite(client, clinic).json["invitation"]["url"].partition("#")[2]
    with database.read() as session:
        row = session.scalars(select(Invitation)).one()
    assert token not in {str(getattr(row, column.key)) for column in Invitation.__mapper__.column_attrs}


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"team_id": None}, 422, "/problems/unknown-team"),
        ({"team_id": str(uuid4())}, 422, "/problems/unknown-team"),
        ({"role": "god"}, 422, None),
        ({"name": "N\x85ora"}, 422, None),
        ({"password": "given by an admin"}, 422, None),
    ],
)
def test_what_cannot_be_invited_is_refused(
    client: FlaskClient, clinic: Clinic, changes: dict[str, Any], status: int, kind: str | None
) -> None:
    answer = invite(client, clinic, **changes)
    assert answer.status_code == status
    assert kind is None or answer.json["type"] == kind


def test_an_address_signs_in_once(client: FlaskClient, clinic: Clinic) -> None:
    invite(client, clinic)
    assert invite(client, clinic, email="Nora@Example.org").status_code == 409


def test_who_is_deactivated_in_the_middle_of_a_session_is_out_with_the_next_request(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        nurse = session.get_one(Staff, clinic.nurse.id)
        nurse.password_hash = passwords.hash_of(PASSWORD, email=nurse.email)
    signed = sign_in(client, nurse.email).json
    bearer = {"Authorization": f"Bearer {signed['access_token']}"}
    assert client.get("/v1/alerts", headers=bearer).status_code == 200

    answer = deactivate(client, clinic, clinic.nurse)

    assert (answer.json["status"], answer.json["effects"]["sign_ins_ended"]) == ("deactivated", 2)
    assert client.get("/v1/alerts", headers=bearer).status_code == 401
    assert client.get("/v1/alerts", headers=clinic.nurse.headers).status_code == 401
    renewed = client.post("/v1/tokens", json={"refresh_token": signed["refresh_token"]})
    assert (renewed.status_code, sign_in(client, nurse.email).status_code) == (401, 401)


def test_who_is_deactivated_comes_back_with_the_old_password_and_no_sign_in(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    accept(client, invited := invite(client, clinic))
    who = invited.json["id"]
    before = sign_in(client).json["access_token"]
    for _ in range(2):
        assert deactivate(client, clinic, who).json["status"] == "deactivated"
    for _ in range(2):
        back = client.post(url(who, "/reactivation"), headers=clinic.site_admin.headers)
        assert (back.status_code, back.json["status"], back.json["deactivated_at"]) == (200, "active", None)

    assert client.get("/v1/me", headers={"Authorization": f"Bearer {before}"}).status_code == 401
    assert sign_in(client).status_code == 201
    assert acts(database, who)[-2:] == ["staff.deactivated", "staff.reactivated"]


def test_who_never_set_a_password_is_invited_and_not_reactivated(client: FlaskClient, clinic: Clinic) -> None:
    invited = invite(client, clinic)
    who = invited.json["id"]
    deactivate(client, clinic, who)
    assert accept(client, invited).status_code == 401
    refused = client.post(url(who, "/reactivation"), headers=clinic.site_admin.headers)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/password-not-set")

    again = client.post(url(who, "/invitation"), json={}, headers=clinic.site_admin.headers)
    assert again.json["status"] == "invited"
    assert accept(client, again).status_code == 200
    assert sign_in(client).status_code == 201


def test_a_new_password_by_invitation_ends_every_sign_in(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    accept(client, invited := invite(client, clinic))
    bearer = {"Authorization": f"Bearer {sign_in(client).json['access_token']}"}
    again = client.post(url(invited.json["id"], "/invitation"), json={}, headers=clinic.site_admin.headers)
    assert client.get("/v1/me", headers=bearer).status_code == 200, "until it is used"

    accept(client, again, "another long password")

    assert client.get("/v1/me", headers=bearer).status_code == 401
    assert sign_in(client).status_code == 401
    assert sign_in(client, password="another long password").status_code == 201
    with database.read() as session:
        channels = select(OutboxMessage.channel).where(OutboxMessage.kind == "account_changed")
        assert session.scalars(channels).all() == ["email"], "once: the first password replaced none"


@pytest.mark.parametrize(
    ("changes", "signs_out"),
    [
        ({"name": "Kim"}, False),
        ({"role": "clinician"}, True),
        ({"email": "kim@example.org"}, True),
        ({}, False),
    ],
)
def test_a_change_of_what_a_sign_in_carries_ends_it(
    client: FlaskClient, clinic: Clinic, changes: dict[str, Any], signs_out: bool
) -> None:
    answer = patch(client, clinic, clinic.nurse, **changes)

    assert answer.status_code == 200
    assert {name: answer.json[name] for name in changes} == changes
    still = client.get("/v1/me", headers=clinic.nurse.headers).status_code
    assert still == (401 if signs_out else 200)


def test_a_change_needs_the_version_that_was_read(client: FlaskClient, clinic: Clinic) -> None:
    read = client.get(url(clinic.nurse), headers=clinic.site_admin.headers)
    headers = clinic.site_admin.headers
    etag = {"If-Match": read.headers["ETag"]}
    assert client.patch(url(clinic.nurse), json={"name": "Kim"}, headers=headers).status_code == 428
    assert client.patch(url(clinic.nurse), json={"name": "Kim"}, headers=headers | etag).status_code == 200
    assert client.patch(url(clinic.nurse), json={"name": "Ann"}, headers=headers | etag).status_code == 412


def test_a_coordinator_becomes_a_nurse_only_with_a_team(client: FlaskClient, clinic: Clinic) -> None:
    assert patch(client, clinic, clinic.coordinator, role="nurse").status_code == 422
    team = {"team_id": str(clinic.team.id)}
    assert patch(client, clinic, clinic.coordinator, role="nurse", **team).status_code == 200


@pytest.mark.parametrize("way", ["deactivated", "demoted"])
def test_a_site_keeps_its_last_active_admin(client: FlaskClient, clinic: Clinic, way: str) -> None:
    def end(who: Signed) -> Any:
        if way == "deactivated":
            return deactivate(client, clinic, who)
        return patch(client, clinic, who, role="coordinator")

    refused = end(clinic.site_admin)
    assert (refused.status_code, refused.json["type"]) == (409, "/problems/last-site-admin")
    assert "make another" in refused.json["detail"]
    patch(client, clinic, clinic.coordinator, role="site_admin")
    assert end(clinic.site_admin).status_code == 200
    assert client.get("/v1/staff", headers=clinic.site_admin.headers).status_code == 401


def test_two_admins_who_end_each_other_at_once_leave_one(postgresql: Database) -> None:
    now = datetime.now(UTC)
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=now)
        other = a_member_of_staff(session, clinic.team, now=now, role=Role.SITE_ADMIN)
        second = signed_in(session, other, now=now)
    refused: list[object] = []

    def end(by: Signed, whom: Signed) -> None:
        try:
            with postgresql.begin() as session:
                members.deactivate(session, by.principal, whom.id, site_id=clinic.site.id, now=now)
        except LastSiteAdmin:
            refused.append(whom.id)

    pairs = [(clinic.site_admin, second), (second, clinic.site_admin)]
    threads = [threading.Thread(target=end, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with postgresql.read() as session:
        left = select(Staff.id).where(Staff.role == Role.SITE_ADMIN, Staff.active)
        assert len(session.scalars(left).all()) == 1
    assert len(refused) == 1


def test_colleagues_see_names_and_only_admins_see_accounts(client: FlaskClient, clinic: Clinic) -> None:
    for caller in (clinic.nurse, clinic.coordinator, clinic.scheduler):
        items = client.get("/v1/staff", headers=caller.headers).json["items"]
        assert {item["id"] for item in items} >= {str(clinic.nurse.id), str(clinic.site_admin.id)}
        assert set(items[0]) == {"id", "name", "role", "team", "status", "version"}
    assert client.get("/v1/staff", headers=clinic.patient.headers).status_code == 403
    [nurse] = client.get("/v1/staff?role=nurse", headers=clinic.site_admin.headers).json["items"]
    assert nurse["last_active_at"] is not None
    assert nurse["one_time_codes"] is False


def test_the_list_is_filtered_and_paged_by_name(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    with database.begin() as session:
        another = Team(id=uuid4(), site_id=clinic.site.id, name="Another team")
        session.add(another)
        session.flush()
        for name in ("zoe", "Ada", "bea"):
            a_member_of_staff(session, another, now=datetime.now(UTC), name=name)
    invite(client, clinic)
    deactivate(client, clinic, clinic.clinician)

    def names(query: str, cursor: str = "") -> list[str]:
        answer = client.get(f"/v1/staff?{query}{cursor}", headers=clinic.site_admin.headers)
        found = [item["name"] for item in answer.json["items"]]
        return found + (names(query, f"&cursor={answer.json['next']}") if answer.json["next"] else [])

    assert names(f"team_id={another.id}&limit=1") == ["Ada", "bea", "zoe"]
    assert names("status=invited") == ["Nora"]
    assert names("status=deactivated") == ["A clinician"]
    assert names("active=false") == ["A clinician", "Nora"]
    assert "Nora" not in names("active=true")
    assert len(names("limit=2")) == 8


def test_an_admin_ends_every_sign_in_of_a_lost_laptop(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    shown = client.get(url(clinic.nurse, "/devices"), headers=clinic.site_admin.headers)
    assert [device["label"] for device in shown.json["items"]] == ["a test"]
    gone = client.delete(url(clinic.nurse, "/devices"), headers=clinic.site_admin.headers)
    assert gone.status_code == 204
    assert client.get("/v1/me", headers=clinic.nurse.headers).status_code == 401
    assert acts(database, clinic.nurse.id) == ["staff.signed_out"]


def test_where_e_mail_is_sent_the_link_is_shown_on_request_only(
    app: Flask, client: FlaskClient, clinic: Clinic
) -> None:
    settings = app.extensions["aimss.settings"]
    app.extensions["aimss.settings"] = replace(settings, smtp_url="smtp://localhost", mail_from="a@b.example")
    first = invite(client, clinic).json["invitation"]
    second = invite(client, clinic, email="kim@example.org", delivery="shown").json["invitation"]
    assert (first["delivery"], first["url"]) == ("email", None)
    assert (second["delivery"], second["url"] is None) == ("shown", False)


def test_people_in_answers_have_names(client: FlaskClient, clinic: Clinic) -> None:
    report = a_report(red_flags=["chest_pain"])
    client.post("/v1/me/entries", json=report, headers=clinic.patient.headers)
    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    acknowledged = client.post(f"/v1/alerts/{alert['id']}/acknowledgement", headers=clinic.nurse.headers)

    nurse = {"id": str(clinic.nurse.id), "name": "A nurse"}
    assert acknowledged.json["acknowledged_by"] == nurse
    assert acknowledged.json["resolved_by"] is None
    acts = client.get("/v1/audit", headers=clinic.site_admin.headers).json["items"]
    assert nurse in [act["actor"] for act in acts if act["action"] == "alert.acknowledged"]
    assert [act["actor"] for act in acts if act["actor_kind"] == "patient"] == [None]
