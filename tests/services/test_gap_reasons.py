"""Reasons for gaps in the database: on the worklist at once, silence put off once, kept by rescoring."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from api.db.database import Database
from api.domain.alerts.finding import FindingKind
from api.domain.alerts.status import AlertResolution
from api.domain.authority import ActorKind, Principal
from api.models.alert import Alert, Evidence
from api.models.entry import EntryRow
from api.models.patient import Trajectory
from api.services.alerts import actions
from api.services.entries.corrections import withdraw_entry
from api.services.scoring import patient_lock, score
from api.services.worklist import alerts as worklist
from notifications.jobs.escalation import escalate_overdue
from tests.notifications.conftest import subscribe
from tests.services.test_alert_budget import a_full_week, find
from tests.support.builders import Clinic, Signed, a_clinic, a_patient, signed_in
from tests.support.silence import (
    ENGINE,
    a_clinic_before_the_diary,
    a_day,
    at,
    post,
    silences,
    steps,
    wait_until,
)
from tests.support.silence import written_daily as written

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday in Berlin, an hour after noon."""
CLOSES = datetime(2026, 3, 4, 16, tzinfo=UTC)


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic that is as old as the diary, with a nurse who can be notified."""
    clinic = a_clinic_before_the_diary(database)
    with database.begin() as session:
        subscribe(session, clinic.nurse)
    return clinic


def a_reason(number: int, why: str, **answers: Any) -> dict[str, Any]:
    return a_day(number, gap_reason=why, **answers)


def live(database: Database, patient_id: UUID) -> list[str]:
    with database.read() as session:
        query = select(Evidence.reason).where(
            Evidence.patient_id == patient_id, Evidence.withdrawn_at.is_(None)
        )
        return list(session.scalars(query.order_by(Evidence.day)))


def on_worklist(database: Database, clinic: Clinic) -> list[UUID]:
    with database.read() as session:
        return [case.alert.id for case in worklist.worklist(session, clinic.nurse.principal).cases]


def test_the_unwell_are_on_the_worklist_at_once_though_the_budget_is_full(database: Database) -> None:
    with database.begin() as session:
        ward = a_clinic(session, now=NOW)
        subscribe(session, ward.nurse)
    patient = a_full_week(database, ward)[-1]
    held = find(database, patient)
    with database.begin() as session:
        signed = signed_in(session, patient, now=NOW)
    sent = a_day(0, gap_reason="hospital") | {"recorded_at": NOW.isoformat(), "local_date": str(NOW.date())}

    post(database, signed, sent, now=NOW)

    [alert] = silences(database, patient.id)
    assert held.times_notified == 0
    assert (alert.tier, alert.status, alert.times_notified) == ("routine", "open", 1)
    assert alert.next_rung_at == CLOSES
    assert on_worklist(database, ward)[0] == alert.id
    assert escalate_overdue(database, now=CLOSES - timedelta(minutes=1)) == 0
    assert escalate_overdue(database, now=CLOSES) == 1


def test_a_silence_that_was_held_back_is_told_once_the_reason_is_given(
    database: Database, clinic: Clinic
) -> None:
    patient = written(database, clinic)
    a_full_week_before(database, clinic, at(33))
    wait_until(database, at(33))
    [held] = silences(database, patient.id)

    post(database, patient, a_reason(34, "too_unwell"), now=at(34, 9))

    [alert] = silences(database, patient.id)
    assert (held.times_notified, alert.times_notified) == (0, 1)
    assert len(live(database, patient.id)) == 2


def resolve(
    database: Database, clinic: Clinic, alert: Alert, outcome: AlertResolution, *, now: datetime
) -> None:
    """Resolve an alert as a nurse."""
    with database.begin() as session:
        actions.resolve(
            session,
            clinic.nurse.principal,
            alert.id,
            outcome=outcome,
            note=None,
            check=lambda _: None,
            now=now,
        )


def test_entries_after_a_reason_given_in_an_answered_silence_open_no_second_alert(
    database: Database, clinic: Clinic
) -> None:
    patient = written(database, clinic)
    wait_until(database, at(35))
    [alert] = silences(database, patient.id)
    resolve(database, clinic, alert, AlertResolution.COULD_NOT_REACH, now=at(36))

    post(database, patient, a_reason(38, "technical"), now=at(38))
    post(database, patient, a_reason(39, "forgot"), now=at(39))
    post(database, patient, a_day(40), now=at(40))

    assert [alert.status for alert in silences(database, patient.id)] == ["resolved"]
    [reason] = live(database, patient.id)
    assert reason.endswith("entries have resumed")


def a_full_week_before(database: Database, clinic: Clinic, now: datetime) -> None:
    """Fill the budget of the week of a moment."""
    patients = a_full_week(database, clinic, more=0)
    with database.begin() as session:
        waits = {"opened_at": now, "notified_at": now, "times_notified": 1}
        session.execute(update(Alert).where(Alert.patient_id.in_([p.id for p in patients])).values(**waits))


def test_a_silence_that_was_snoozed_opens_again_with_the_reason(database: Database, clinic: Clinic) -> None:
    patient = written(database, clinic)
    wait_until(database, at(33))
    [alert] = silences(database, patient.id)
    with database.begin() as session:
        actions.snooze(
            session,
            clinic.nurse.principal,
            alert.id,
            until=at(50),
            note=None,
            check=lambda _: None,
            now=at(33),
        )

    post(database, patient, a_reason(35, "hospital"), now=at(35, 9))

    [alert] = silences(database, patient.id)
    assert (alert.status, alert.reopens_at) == ("open", None)
    assert "being in hospital" in alert.reason


def test_a_reason_written_after_the_answer_is_told_also_if_it_is_about_the_day_before(
    database: Database, clinic: Clinic
) -> None:
    patient = written(database, clinic)
    wait_until(database, at(33))
    [alert] = silences(database, patient.id)
    resolve(database, clinic, alert, AlertResolution.CALLED_NO_ACTION, now=at(35, 9))

    post(database, patient, a_day(34, recorded=35, gap_reason="hospital"), now=at(35))

    assert [alert.status for alert in silences(database, patient.id)] == ["resolved", "open"]


def test_what_is_never_held_back_takes_no_place_in_the_budget(database: Database, clinic: Clinic) -> None:
    patients = a_full_week(database, clinic, more=1)
    with database.begin() as session:
        first = session.scalars(select(Alert).where(Alert.patient_id == patients[0].id)).one()
        first.kind = FindingKind.SILENCE
        evidence = session.scalars(select(Evidence).where(Evidence.alert_id == first.id)).one()
        evidence.kind, evidence.numbers = FindingKind.SILENCE, {"gap_reason": "hospital"}

    assert find(database, patients[-1]).times_notified == 1


def test_forgetting_opens_nothing_and_puts_silence_off_by_one_day_in_a_daily_diary(
    database: Database, clinic: Clinic
) -> None:
    patient = written(database, clinic)  # to day 19, silent from day 33

    post(database, patient, a_reason(30, "forgot"), now=at(30))
    post(database, patient, a_reason(31, "technical"), now=at(31))

    assert (silences(database, patient.id), wait_until(database, at(33))) == ([], 0)
    assert wait_until(database, at(34)) == 1
    with database.read() as session:
        assert session.get_one(Trajectory, patient.id).last_entry_at == at(19)


def test_a_silence_goes_on_whatever_reason_is_given_and_scoring_again_keeps_it(
    database: Database, clinic: Clinic
) -> None:
    patient = written(database, clinic)
    wait_until(database, at(33))

    post(database, patient, a_reason(36, "forgot"), now=at(36))
    with database.begin() as session:
        score.rescore(session, patient_lock.lock(session, patient.id, now=at(37)), engine=ENGINE, now=at(37))
    wait_until(database, at(37))

    [alert] = silences(database, patient.id)
    assert (alert.status, steps(database, alert)) == ("open", ["opened"])
    assert [reason[:14] for reason in live(database, patient.id)] == ["no entry since"]
    post(database, patient, a_day(40), now=at(40))
    assert live(database, patient.id)[0].endswith("entries have resumed")


def test_a_reason_after_the_silence_stays_though_the_worker_was_late(
    database: Database, clinic: Clinic
) -> None:
    patient = written(database, clinic)

    post(database, patient, a_reason(40, "too_unwell"), now=at(40))
    wait_until(database, at(41))

    assert len(live(database, patient.id)) == 2
    post(database, patient, a_day(45), now=at(45))
    assert [reason[:9] for reason in live(database, patient.id)] == ["no entry ", "reports o"]
    assert len(silences(database, patient.id)) == 1


def test_reasons_and_entries_leave_the_same_evidence_in_whatever_order_they_come(
    database: Database, clinic: Clinic
) -> None:
    sent = [a_day(number) for number in range(20)]
    later = [a_reason(30, "forgot"), a_reason(36, "hospital"), a_reason(38, "technical"), a_day(45)]
    found = []
    for order in (later, later[::-1], [later[1], later[3], later[0], later[2]]):
        with database.begin() as session:
            patient = signed_in(session, a_patient(session, clinic.team, now=at(-1)), now=at(-1))
        post(database, patient, *sent, now=at(19))
        for each in order:
            post(database, patient, each, now=at(46))
        found.append(live(database, patient.id))

    assert [reason[:12] for reason in found[0]] == ["no entry bet", "reports on 6"]
    assert found[0] == found[1] == found[2]


def test_a_reason_that_is_withdrawn_takes_its_alert_back(database: Database, clinic: Clinic) -> None:
    patient = written(database, clinic)
    sent = a_reason(22, "hospital")
    post(database, patient, sent, now=at(22))
    [opened] = silences(database, patient.id)

    with database.begin() as session:
        withdraw_entry(
            session,
            patient.principal,
            UUID(sent["id"]),
            check_version=lambda _: None,
            engine=ENGINE,
            now=at(23),
        )

    [alert] = silences(database, patient.id)
    assert (opened.status, alert.status) == ("open", "retracted")
    assert wait_until(database, at(33)) == 1


def test_a_later_withdrawal_does_not_take_a_reason_for_a_report(database: Database, clinic: Clinic) -> None:
    patient = written(database, clinic)
    post(database, patient, a_reason(30, "forgot"), now=at(30))

    with database.begin() as session:
        withdraw_entry(
            session,
            patient.principal,
            UUID(a_day(18)["id"]),
            check_version=lambda _: None,
            engine=ENGINE,
            now=at(31),
        )

    with database.read() as session:
        assert session.get_one(Trajectory, patient.id).last_entry_at == at(19)


def by_proxy(patient: Signed) -> Principal:
    """Return a caller for the patient whose grant is not the patient's own."""
    own = patient.principal
    return Principal(ActorKind.SERVICE, own.id, own.site_id, own.grant_id, own.scopes)


def test_the_grant_decides_whose_report_it_is_and_a_proxys_red_flag_is_acted_on(
    database: Database, clinic: Clinic
) -> None:
    proxy = Signed(by_proxy(clinic.patient), "")
    post(database, proxy, a_day(0, red_flags=["chest_pain"], reported_by="patient", via="visit"), now=at(0))

    with database.read() as session:
        row = session.scalars(select(EntryRow)).one()
        alert = session.scalars(select(Alert).where(Alert.kind == FindingKind.RED_FLAG)).one()
    assert (row.reported_by, row.via) == ("proxy", "app")
    assert row.answers == {"red_flags": ["chest_pain"]}
    assert (alert.tier, alert.times_notified) == ("same_day", 1)
