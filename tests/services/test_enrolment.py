"""Visibility of patients, and the effects of enrolment, changes and the end of monitoring."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.account_errors import ActivationRefused, UnknownTeam
from api.domain.authority import Role
from api.domain.delivery.messages import MessageKind
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidCursor, PatientNotActive, ReferenceTaken, UnknownPatient
from api.models.audit import AuditRow
from api.models.entry import EntryRow
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient, PatientZone, Trajectory
from api.models.reminder import Reminder
from api.models.site import Team
from api.services.access import tokens, visibility
from api.services.access.tokens import Lifetimes
from api.services.accounts import activations
from api.services.messages import outbox
from api.services.patients import enrolment
from api.services.patients.listing import PatientFilter, list_patients
from api.services.reminders.due_now import due_check_ins
from tests.conftest import NOW
from tests.support.builders import Clinic, Signed, a_clinic, a_member_of_staff, a_patient, signed_in

ADA: dict[str, Any] = {
    "reference": "P-1",
    "name": "Ada Example",
    "birth_year": 1960,
    "timezone": "Europe/Berlin",
}


def second_team(session: Session, clinic: Clinic) -> tuple[Team, Signed]:
    team = Team(site_id=clinic.site.id, name="Another team")
    session.add(team)
    session.flush()
    nurse = a_member_of_staff(session, team, now=NOW, role=Role.NURSE)
    return team, signed_in(session, nurse, now=NOW)


def names(session: Session, by: Signed, **wanted: Any) -> list[str]:
    page = list_patients(session, by.principal, PatientFilter(**wanted), cursor=None, limit=100, now=NOW)
    return [patient.name for patient in page.items]


def test_a_nurse_sees_the_patients_of_the_team_a_coordinator_those_of_the_site(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        a_clinic(session, now=NOW, name="Another site")
        team, their_nurse = second_team(session, clinic)
        theirs = a_patient(session, team, now=NOW)

        def seen(by: Signed) -> set[Any]:
            return set(session.scalars(visibility.visible_to(by.principal).with_only_columns(Patient.id)))

        assert seen(clinic.nurse) == {clinic.patient.id}
        assert seen(their_nurse) == {theirs.id}
        assert seen(clinic.coordinator) == seen(clinic.scheduler) == {clinic.patient.id, theirs.id}
        assert seen(clinic.patient) == {clinic.patient.id}


def test_a_patient_one_may_not_see_is_unknown(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        elsewhere = a_clinic(session, now=NOW, name="Another site")
        for patient_id in (elsewhere.patient.id, uuid4()):
            with pytest.raises(UnknownPatient):
                visibility.find_patient(session, clinic.site_admin.principal, patient_id)


def test_an_enrolled_patient_has_a_zone_a_trajectory_and_a_first_check_in(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        assert (ada.status, ada.team_id) == (PatientStatus.ACTIVE, clinic.team.id)
        assert ada.check_in_due_at == datetime(2026, 3, 9, 8, tzinfo=UTC)
        assert session.get_one(PatientZone, (ada.id, NOW)).timezone == "Europe/Berlin"
        assert session.get_one(Trajectory, ada.id).status == "empty"
        assert actions(session, ada) == ["patient.enrolled"]


def test_a_reference_is_one_patients(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        elsewhere = a_clinic(session, now=NOW, name="Another site")
        first = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        enrolment.enrol(session, elsewhere.nurse.principal, ADA, now=NOW)
        with pytest.raises(ReferenceTaken):
            enrolment.enrol(session, clinic.coordinator.principal, ADA, now=NOW)
        second = enrolment.enrol(session, clinic.nurse.principal, ADA | {"reference": "P-2"}, now=NOW)
        with pytest.raises(ReferenceTaken):
            enrolment.change(session, clinic.nurse.principal, second, {"reference": first.reference}, now=NOW)


def test_a_nurse_enrols_into_the_own_team_only(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        team, _ = second_team(session, clinic)
        elsewhere = a_clinic(session, now=NOW, name="Another site")
        with pytest.raises(UnknownTeam):
            enrolment.enrol(session, clinic.nurse.principal, ADA | {"team_id": team.id}, now=NOW)
        with pytest.raises(UnknownTeam):
            enrolment.enrol(
                session, clinic.site_admin.principal, ADA | {"team_id": elsewhere.team.id}, now=NOW
            )
        moved = enrolment.enrol(session, clinic.coordinator.principal, ADA | {"team_id": team.id}, now=NOW)
        assert moved.team_id == team.id


def test_a_list_is_by_name_whatever_its_case_and_every_patient_comes_once(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        team, nurse = second_team(session, clinic)
        for name in ("Cleo", "ada", "Berta", "ada", "Zoë"):
            a_patient(session, team, now=NOW, name=name)
        seen, cursor = [], None
        for _ in range(3):
            page = list_patients(session, nurse.principal, PatientFilter(), cursor=cursor, limit=2, now=NOW)
            seen += [patient.name for patient in page.items]
            cursor = page.next
    assert seen == ["ada", "ada", "Berta", "Cleo", "Zoë"]
    assert cursor is None


def test_a_cursor_holds_no_name_and_works_for_its_caller_only(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        elsewhere = a_clinic(session, now=NOW, name="Another site")
        a_patient(session, clinic.team, now=NOW, name="Berta")
        page = list_patients(session, clinic.nurse.principal, PatientFilter(), cursor=None, limit=1, now=NOW)
        with pytest.raises(InvalidCursor):
            list_patients(
                session, elsewhere.nurse.principal, PatientFilter(), cursor=page.next, limit=1, now=NOW
            )


@pytest.mark.parametrize(("search", "found"), [("k-77", 1), ("K-7", 1), ("Änne", 0)])
def test_a_search_finds_part_of_a_reference_and_never_a_name(
    database: Database, search: str, found: int
) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        a_patient(session, clinic.team, now=NOW, name="Änne Müller", reference="K-77")
        assert len(names(session, clinic.nurse, reference=search)) == found


def test_a_search_takes_signs_as_they_are(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        assert names(session, clinic.nurse, reference="%") == []
        assert names(session, clinic.nurse, reference="_") == []


def test_a_list_can_be_of_one_status(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        a_patient(session, clinic.team, now=NOW, name="Berta", status="completed")
        assert names(session, clinic.nurse, status=PatientStatus.COMPLETED) == ["Berta"]


def test_a_new_zone_is_kept_with_the_old_one_and_moves_the_next_check_in(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        later = NOW + timedelta(days=1)
        enrolment.change(session, clinic.nurse.principal, ada, {"timezone": "America/New_York"}, now=later)
        zones = select(PatientZone.timezone).where(PatientZone.patient_id == ada.id)
        assert list(session.scalars(zones.order_by(PatientZone.since))) == [
            "Europe/Berlin",
            "America/New_York",
        ]
        assert ada.check_in_due_at == datetime(2026, 3, 9, 13, tzinfo=UTC)
        assert ada.version == 2


def test_a_check_in_that_is_due_stays_due_when_its_time_changes(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        due_at = ada.check_in_due_at
        enrolment.change(
            session, clinic.nurse.principal, ada, {"check_in_at": time(18)}, now=NOW + timedelta(days=8)
        )
        assert ada.check_in_due_at == due_at


def test_a_repeated_change_is_no_change(sqlite: Database) -> None:
    with sqlite.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        enrolment.change(session, clinic.nurse.principal, ada, {"timezone": "Europe/Berlin"}, now=NOW)
        zones = select(PatientZone).where(PatientZone.patient_id == ada.id)
        assert len(session.scalars(zones).all()) == 1
        assert ada.version == 1


@pytest.mark.parametrize("status", ["withdrawn", "completed", "deceased"])
def test_who_leaves_is_signed_out_not_reminded_and_cannot_come_back_in(
    database: Database, status: str
) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        phone = signed_in(session, ada, now=NOW)
        subscription = a_subscription(session, phone)
        code = activations.make_code(
            session, clinic.nurse.principal, ada, key=b"k", lifetime=timedelta(hours=1), now=NOW
        )
        reminded = a_message(session, ada, to=ada.id)
        notified = a_message(session, ada, to=clinic.nurse.id)

        enrolment.change(session, clinic.nurse.principal, ada, {"status": status}, now=NOW)

        session.expire_all()
        assert tokens.authenticate(session.connection(), phone.token, now=NOW) is None
        assert subscription.retired_reason == f"patient {status}"
        assert (reminded.state, notified.state) == ("cancelled", "dead")
        assert ada.check_in_due_at is None
        with pytest.raises(ActivationRefused):
            activations.redeem(session, code.code, key=b"k", label="phone", now=NOW, lifetimes=Lifetimes())
        with pytest.raises(PatientNotActive):
            activations.make_code(
                session, clinic.nurse.principal, ada, key=b"k", lifetime=timedelta(hours=1), now=NOW
            )


def test_a_patient_who_returns_is_prompted_again(sqlite: Database) -> None:
    with sqlite.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        enrolment.change(session, clinic.nurse.principal, ada, {"status": "withdrawn"}, now=NOW)
        enrolment.change(session, clinic.nurse.principal, ada, {"status": "active"}, now=NOW)
        assert ada.check_in_due_at == datetime(2026, 3, 9, 8, tzinfo=UTC)


def test_the_audit_names_the_fields_that_changed_without_their_values(sqlite: Database) -> None:
    with sqlite.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        enrolment.change(
            session,
            clinic.nurse.principal,
            ada,
            {"name": "Ada Lovelace", "ai_started_on": date(2026, 1, 1)},
            now=NOW,
        )
        row = session.scalars(select(AuditRow).where(AuditRow.action == "patient.changed")).one()
        assert row.detail == {"fields": ["ai_started_on", "name"]}


def test_a_check_in_is_due_from_its_time_until_an_entry(database: Database) -> None:
    with database.begin() as session:
        clinic = a_clinic(session, now=NOW)
        ada = enrolment.enrol(session, clinic.nurse.principal, ADA, now=NOW)
        due_at = ada.check_in_due_at
        assert due_at is not None
        assert due_check_ins(session, ada, now=due_at - timedelta(seconds=1)) == []
        assert [due.due_at for due in due_check_ins(session, ada, now=due_at)] == [due_at]
        ada.check_in_due_at = due_at + timedelta(days=7)
        a_reminder(session, ada, due_at)
        assert [due.due_at for due in due_check_ins(session, ada, now=due_at + timedelta(days=2))] == [due_at]
        an_entry_row(session, ada, date(2026, 3, 10))
        assert due_check_ins(session, ada, now=due_at + timedelta(days=2)) == []


def actions(session: Session, patient: Patient) -> list[str]:
    rows = select(AuditRow.action).where(AuditRow.patient_id == patient.id).order_by(AuditRow.id)
    return list(session.scalars(rows))


def a_subscription(session: Session, phone: Signed) -> Subscription:
    made = Subscription(
        site_id=phone.principal.site_id,
        recipient_id=phone.id,
        grant_id=phone.principal.grant_id,
        device=uuid4(),
        endpoint="https://push.example/1",
        p256dh="-",
        auth="-",
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def a_message(session: Session, patient: Patient, *, to: Any) -> OutboxMessage:
    notice = outbox.Notification(
        kind=MessageKind.CHECK_IN,
        site_id=patient.site_id,
        purpose=f"test:{uuid4()}",
        topic_of="test",
        not_before=NOW,
        expires_at=NOW + timedelta(days=1),
        patient_id=patient.id,
    )
    outbox.post(session, notice, recipients=[to], now=NOW)
    return session.scalars(select(OutboxMessage).where(OutboxMessage.recipient_id == to)).one()


def a_reminder(session: Session, patient: Patient, due_at: datetime) -> None:
    session.add(
        Reminder(
            site_id=patient.site_id,
            patient_id=patient.id,
            purpose="check_in",
            slot=due_at.date().isoformat(),
            due_at=due_at,
            created_at=due_at,
        )
    )
    session.flush()


def an_entry_row(session: Session, patient: Patient, day: date) -> None:
    session.add(
        EntryRow(
            patient_id=patient.id,
            id=uuid4(),
            recorded_at=NOW,
            local_date=day,
            received_at=NOW,
            answers={"pain_worst": 3},
            change_seq=1,
            grant_id=uuid4(),
        )
    )
    session.flush()
