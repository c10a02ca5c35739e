"""Claims, leases, settling and what follows when a message cannot be brought."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from api.db.database import Database
from api.domain.enrolment import PatientStatus
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.services.access import visibility
from api.services.accounts import devices
from api.services.alerts import escalate
from api.services.messages import outbox as box
from api.services.messages import outbox_status
from api.services.patients import enrolment
from api.services.reminders.reminders import trigger
from notifications.channels.results import Dead, Delivered, Gone, Retry
from notifications.channels.web_push import PushTarget
from notifications.delivery_results import Cancelled, Postponed, resolve_target
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.notifications.outbox import BACKOFF, LEASE, MINUTE, claim, settle
from tests.support.builders import Clinic, a_clinic


def test_a_claimed_message_is_leased_and_nobody_else_gets_it(database: Database, alert: Alert) -> None:
    (message,) = claim(database)

    assert message.alert_id == alert.id
    assert message.attempts == 1
    assert claim(database, NOW + LEASE - MINUTE) == []


def test_a_lease_runs_out_by_itself(database: Database, alert: Alert) -> None:
    (first,) = claim(database)
    (second,) = claim(database, NOW + LEASE)

    assert second.id == first.id
    assert second.attempts == 2


def test_a_late_word_of_whoever_lost_the_lease_does_not_count(database: Database, alert: Alert) -> None:
    (late,) = claim(database)
    (present,) = claim(database, NOW + LEASE)

    assert not settle(database, late, Delivered())
    assert not settle(database, late, Gone("answered 410"))
    assert the(database, OutboxMessage, late.id).state == "pending"
    assert settle(database, present, Delivered())
    assert the(database, OutboxMessage, late.id).state == "delivered"


def test_what_was_answered_while_it_was_on_its_way_stays_cancelled(database: Database, alert: Alert) -> None:
    (message,) = claim(database)
    with database.begin() as session:
        escalate.stop(session, session.get_one(Alert, alert.id), now=NOW)

    assert not settle(database, message, Delivered())
    assert not settle(database, message, Dead("answered 400"))
    assert the(database, OutboxMessage, message.id).state == "cancelled"


def test_alerts_go_before_reminders_however_long_those_wait(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
        subscribe(session, ward.nurse)
        trigger(
            session,
            ward.scheduler.principal,
            patient_id=ward.patient.id,
            purpose="reassessment",
            slot="1",
            now=NOW,
        )
        an_alert(session, ward)
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.kind == "reassessment")
            .values(not_before=NOW - 60 * MINUTE)
        )

    assert [message.kind for message in claim(database, limit=1)] == ["alert"]
    assert [message.kind for message in claim(database, limit=1)] == ["reassessment"]


@pytest.mark.parametrize(
    ("attempts", "asked", "waits_s"),
    [
        (1, None, 5),
        (2, None, 10),
        (1, timedelta(seconds=90), 90),
        (8, timedelta(seconds=1), 640),
        (11, None, 900),
    ],
)
def test_a_try_that_failed_waits_longer_each_time_and_as_long_as_it_was_asked_to(
    database: Database, alert: Alert, *, attempts: int, asked: timedelta | None, waits_s: int
) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(attempts=attempts - 1))
    (message,) = claim(database)

    settle(database, message, Retry("answered 503", asked))

    row = the(database, OutboxMessage, message.id)
    assert row.state == "pending"
    assert row.last_outcome == "answered 503"
    assert row.not_before == NOW + timedelta(seconds=waits_s)


def test_the_last_failed_try_is_the_end(database: Database, alert: Alert) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(attempts=BACKOFF.attempts - 1))
    (message,) = claim(database)

    settle(database, message, Retry("Timeout"))

    row = the(database, OutboxMessage, message.id)
    assert (row.state, row.last_outcome) == ("dead", "given up after 12 attempts: Timeout")


def test_a_message_that_would_expire_before_the_next_try_dies_now(database: Database, alert: Alert) -> None:
    (message,) = claim(database)

    settle(database, message, Retry("answered 429"), now=message.expires_at - timedelta(seconds=5))

    assert the(database, OutboxMessage, message.id).state == "dead"


def test_an_expired_message_is_not_sent(database: Database, alert: Alert) -> None:
    (message,) = claim(database)

    assert resolve_target(message, now=message.expires_at, backoff=BACKOFF) == Dead("expired")


def test_a_message_whose_worker_dies_every_time_is_given_up(database: Database, alert: Alert) -> None:
    with database.begin() as session:
        session.execute(update(OutboxMessage).values(attempts=BACKOFF.attempts))
    (message,) = claim(database)

    assert resolve_target(message, now=NOW, backoff=BACKOFF) == Dead("given up after 12 attempts")


def test_what_died_is_not_told_again_once_its_alert_is_answered(database: Database, alert: Alert) -> None:
    (message,) = claim(database)
    settle(database, message, Dead("answered 403"))
    with database.begin() as session:
        answered = session.get_one(Alert, alert.id)
        answered.status, answered.closed_at, answered.next_rung_at = "resolved", NOW, None
        outbox_status.requeue(session, now=NOW)
    (again,) = claim(database)

    assert resolve_target(again, now=NOW, backoff=BACKOFF) == Cancelled("answered")


def test_a_push_that_dies_while_its_patient_is_let_go_is_no_deadlock(postgresql: Database) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        subscribe(session, ward.patient)
        due, _ = trigger(
            session,
            ward.scheduler.principal,
            patient_id=ward.patient.id,
            purpose="reassessment",
            slot="1",
            now=NOW,
        )
    (message,) = claim(postgresql, due.due_at)

    with ThreadPoolExecutor(1) as pool:
        with postgresql.begin() as session:
            by = ward.coordinator.principal
            patient = visibility.find_patient(session, by, ward.patient.id, to_change=True)
            devices.end_all(session, patient.id, because="patient withdrawn", now=NOW)
            settling = pool.submit(settle, postgresql, message, Gone("answered 410"), due.due_at)
            _until_a_session_waits(postgresql)
            enrolment.change(session, by, patient, {"status": PatientStatus.WITHDRAWN}, now=NOW)
        assert settling.result(10) is False

    assert the(postgresql, OutboxMessage, message.id).state == "cancelled"


def _until_a_session_waits(database: Database) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    for _ in range(200):
        with database.read() as session:
            if session.scalar(waiting):
                return
        time.sleep(0.02)
    raise AssertionError("no transaction waits for a lock")


def test_a_patient_who_has_left_gets_nothing(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
        due, _ = trigger(
            session,
            ward.scheduler.principal,
            patient_id=ward.patient.id,
            purpose="reassessment",
            slot="1",
            now=NOW,
        )
        session.get_one(Patient, ward.patient.id).status = PatientStatus.DECEASED
    (message,) = claim(database, due.due_at)

    ending = resolve_target(message, now=due.due_at, backoff=BACKOFF)
    assert ending == Cancelled("the patient has left monitoring")
    settle(database, message, ending)
    assert the(database, OutboxMessage, message.id).state == "cancelled"


def test_a_reminder_that_comes_late_does_not_come_in_the_night(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.patient)
        trigger(
            session,
            ward.scheduler.principal,
            patient_id=ward.patient.id,
            purpose="reassessment",
            slot="1",
            now=NOW,
        )
    night = datetime(2026, 3, 3, 22, 30, tzinfo=UTC)
    (message,) = claim(database, night)

    ending = resolve_target(message, now=night, backoff=BACKOFF)
    settle(database, message, ending, now=night)

    assert ending == Postponed(datetime(2026, 3, 4, 7, tzinfo=UTC))
    row = the(database, OutboxMessage, message.id)
    assert (row.state, row.not_before, row.last_outcome) == ("pending", ending.until, "quiet hours")
    (again,) = claim(database, ending.until)
    assert isinstance(resolve_target(again, now=ending.until, backoff=BACKOFF), PushTarget)


def test_one_notice_posted_twice_is_one_message(database: Database, ward: Clinic, alert: Alert) -> None:
    with database.begin() as session:
        again = session.get_one(Alert, alert.id)
        again.times_notified = 0
        escalate.notify_next_rung(session, again, now=NOW)

    assert len(messages_of(database, ward.nurse)) == 1
    assert box.topic("a", ward.nurse.id) != box.topic("a", ward.patient.id)


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (100, 8), (100, 3), (1000, 4), (7, 16)])
def test_a_batch_fits_in_its_lease(batch: int, threads: int) -> None:
    pace = DeliveryPace(batch, threads, timeout_s=8.0)

    assert batch * pace.timeout_s / threads < pace.lease.total_seconds()
