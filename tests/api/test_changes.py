"""The feed of changes for open pages: ids only, in the order of commits, for who may see them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.models.audit import AuditRow
from api.models.change import Change
from api.models.patient import Patient
from api.models.restore import Restore
from api.models.site import Team
from api.services import changes
from api.services.alerts.events import record_event
from api.services.changes import ChangeWatch, read_changes
from tests.api.test_reads import plan_of
from tests.api.test_worklist import an_alert
from tests.support.builders import Clinic, Signed, a_clinic, a_patient, a_report

NOW = datetime.now(UTC).replace(microsecond=0)


def ask(client: FlaskClient, who: Signed, since: str | None = None) -> Any:
    query = {"since": since} if since else {}
    return client.get("/v1/changes", query_string=query, headers=who.headers)


def begin(client: FlaskClient, who: Signed) -> str:
    first = ask(client, who).json
    assert (first["items"], first["missed"]) == ([], False)
    return str(first["next"])


def change(database: Database, patient: Patient) -> None:
    """Open an alert of a patient."""
    with database.begin() as session:
        alert = an_alert(patient, FindingKind.RED_FLAG)
        session.add(alert)
        session.flush()
        record_event(session, alert, "opened", now=NOW)


def test_an_alert_that_opens_or_is_answered_is_a_change(client: FlaskClient, clinic: Clinic) -> None:
    cursor = begin(client, clinic.nurse)
    assert ask(client, clinic.nurse, cursor).status_code == 204
    client.post("/v1/me/entries", json=a_report(wants_to_stop=True), headers=clinic.patient.headers)
    opened = ask(client, clinic.nurse, cursor).json
    [alert] = client.get("/v1/alerts", headers=clinic.nurse.headers).json["items"]
    told = {"kind": "alert", "id": alert["id"], "patient_id": str(clinic.patient.id)}
    assert opened["items"] == [told]
    client.post(f"/v1/alerts/{alert['id']}/acknowledgement", headers=clinic.clinician.headers)
    answered = ask(client, clinic.nurse, opened["next"]).json
    assert answered["items"] == [told]
    assert ask(client, clinic.nurse, answered["next"]).status_code == 204


def test_a_request_for_a_call_is_a_change_and_reading_it_is_in_the_audit(
    client: FlaskClient, clinic: Clinic, database: Database
) -> None:
    cursor = begin(client, clinic.nurse)
    body = {"id": str(uuid4()), "about": "tablets"}
    assert (
        client.post("/v1/me/callback-requests", json=body, headers=clinic.patient.headers).status_code == 201
    )
    assert ask(client, clinic.nurse, cursor).json["items"][0]["patient_id"] == str(clinic.patient.id)
    with database.read() as session:
        [row] = session.scalars(select(AuditRow).where(AuditRow.action == "changes.listed"))
    assert (row.actor_id, row.detail["patients"]) == (clinic.nurse.id, [str(clinic.patient.id)])


def test_a_watch_that_slept_long_learns_of_everything_at_once(
    clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST", 2)
    watch = ChangeWatch(database)
    assert watch() == set()
    with database.begin() as session:
        others = a_clinic(session, now=NOW, name="Elsewhere")
        patients = [a_patient(session, clinic.team, now=NOW) for _ in range(5)]
        patients.append(a_patient(session, others.team, now=NOW))
    for patient in patients:
        change(database, patient)
    mine, theirs = clinic.site.id, others.site.id
    assert watch() == {(mine, None), (mine, clinic.team.id), (theirs, None), (theirs, others.team.id)}
    assert watch() == set()


def test_changes_of_another_team_or_site_are_passed_over(
    client: FlaskClient, clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST", 2)
    nurse, coordinator = begin(client, clinic.nurse), begin(client, clinic.coordinator)
    with database.begin() as session:
        another = Team(id=uuid4(), site_id=clinic.site.id, name="Another team")
        session.add(another)
        session.flush()
        others = [a_patient(session, another, now=NOW) for _ in range(3)]
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
        foreign = a_patient(session, elsewhere.team, now=NOW)
        mine = a_patient(session, clinic.team, now=NOW)
    for patient in (*others, foreign):
        change(database, patient)
    assert ask(client, clinic.nurse, nurse).status_code == 204
    assert len(ask(client, clinic.coordinator, coordinator).json["items"]) == 2
    change(database, mine)
    [item] = ask(client, clinic.nurse, nurse).json["items"]
    assert item["patient_id"] == str(mine.id)


def test_a_change_is_told_in_the_order_in_which_transactions_end(postgresql: Database) -> None:
    """The first transaction to note a change ends last, and its change comes last."""
    with postgresql.begin() as session:
        clinic = a_clinic(session, now=NOW)
        patients = [a_patient(session, clinic.team, now=NOW) for _ in range(2)]
    by = clinic.nurse.principal

    def read(since: str | None) -> changes.AlertChanges:
        with postgresql.read() as session:
            return read_changes(session, by, since=since, now=datetime.now(UTC))

    beginning = read(None).next
    watch = ChangeWatch(postgresql)
    assert watch() == set()
    with postgresql.begin() as session:
        alert = an_alert(patients[0], FindingKind.RED_FLAG)
        session.add(alert)
        session.flush()
        record_event(session, alert, "opened", now=NOW)
        session.flush()
        change(postgresql, patients[1])
        second = read(beginning)
        assert [each.patient_id for each in second.items] == [patients[1].id]
        assert watch() == {(clinic.site.id, None), (clinic.site.id, clinic.team.id)}
    assert [each.patient_id for each in read(second.next).items] == [patients[0].id]
    assert watch() == {(clinic.site.id, None), (clinic.site.id, clinic.team.id)}
    assert watch() == set()


@pytest.mark.parametrize("why", ["old", "restored"])
def test_a_cursor_that_may_have_missed_changes_says_so(
    client: FlaskClient, clinic: Clinic, database: Database, why: str
) -> None:
    with database.begin() as session:
        issued_at = NOW - timedelta(hours=13 if why == "old" else 0)
        old = read_changes(session, clinic.nurse.principal, since=None, now=issued_at).next
        if why == "restored":
            session.add(Restore(restored_at=NOW))
    found = ask(client, clinic.nurse, old).json
    assert (found["items"], found["missed"]) == ([], True)
    assert ask(client, clinic.nurse, found["next"]).status_code == 204


def test_a_cursor_of_somebody_else_is_refused(client: FlaskClient, clinic: Clinic) -> None:
    assert ask(client, clinic.nurse, "x").status_code == 422


def test_changes_are_kept_for_a_day(database: Database, clinic: Clinic) -> None:
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
    change(database, patient)
    with database.begin() as session:
        session.execute(update(Change).values(changed_at=NOW - timedelta(hours=25)))
        changes.delete_old(session, now=NOW)
        assert session.query(Change).count() == 0


def test_the_next_changes_come_from_an_index(database: Database, clinic: Clinic) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "FROM changes" in statement:
            asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        with database.read() as session:
            by = clinic.nurse.principal
            cursor = read_changes(session, by, since=None, now=NOW).next
            read_changes(session, by, since=cursor, now=NOW)
        watch = ChangeWatch(database)
        watch()
        with database.begin() as session:
            patient = a_patient(session, clinic.team, now=NOW)
        change(database, patient)
        watch()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    plans = [plan_of(database, *each) for each in asked]
    assert len(plans) == 5
    for plan in plans:
        assert "SCAN changes" not in plan, plan
        assert "Seq Scan" not in plan, plan
