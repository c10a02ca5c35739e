"""Addresses that are gone, and what becomes of the messages and the ladder then."""

from uuid import UUID

from sqlalchemy import update

from api.db.database import Database
from api.models.alert import Alert
from api.models.identity import Grant
from api.models.outbox import OutboxMessage, Subscription
from api.services.alerts import escalate
from api.services.messages import subscriptions
from api.services.reminders.reminders import trigger
from notifications.channels.results import Dead, Gone
from notifications.delivery_results import ClaimedMessage, resolve_target
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.notifications.outbox import BACKOFF, MINUTE, claim, settle
from tests.support.builders import Clinic
from tests.support.push_service import Browser


def test_nothing_goes_to_an_address_retired_since(database: Database, ward: Clinic, alert: Alert) -> None:
    with database.begin() as session:
        session.execute(update(Subscription).values(retired_at=NOW))
    (message,) = claim(database)

    assert resolve_target(message, now=NOW, backoff=BACKOFF) == Dead("the address was retired")


def test_nothing_goes_to_a_device_that_was_signed_out(database: Database, ward: Clinic, alert: Alert) -> None:
    with database.begin() as session:
        session.execute(update(Grant).values(revoked_at=NOW))
    (message,) = claim(database)

    assert resolve_target(message, now=NOW, backoff=BACKOFF) == Gone("signed out")


def subscription_of(database: Database, message: ClaimedMessage) -> UUID | None:
    return the(database, OutboxMessage, message.id).subscription_id


def test_a_gone_address_is_retired_and_the_next_rung_is_due_at_once(database: Database, alert: Alert) -> None:
    (message,) = claim(database)

    assert settle(database, message, Gone("answered 410"), now=NOW + MINUTE)

    address = the(database, Subscription, subscription_of(database, message))
    assert (address.retired_at, address.retired_reason) == (NOW + MINUTE, "answered 410")
    assert the(database, Alert, alert.id).next_rung_at == NOW + MINUTE


def test_an_address_the_device_has_replaced_since_is_not_retired(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    (message,) = claim(database)
    fresh = Browser("https://fcm.googleapis.com")
    device = the(database, Subscription, subscription_of(database, message)).device
    with database.begin() as session:
        address = subscriptions.BrowserSubscription(fresh.endpoint, fresh.p256dh, fresh.auth)
        subscriptions.register(session, ward.nurse.principal, device=device, address=address, now=NOW)

    settle(database, message, Gone("answered 410"))

    assert the(database, Subscription, subscription_of(database, message)).retired_at is None


def test_a_dead_push_keeps_the_address_and_climbs_as_well(database: Database, alert: Alert) -> None:
    (message,) = claim(database)

    settle(database, message, Dead("answered 403"))

    assert the(database, Subscription, subscription_of(database, message)).retired_at is None
    assert the(database, Alert, alert.id).next_rung_at == NOW


def test_the_ladder_does_not_hurry_while_another_device_may_still_hear(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward)
    first, second = claim(database)

    settle(database, first, Gone("answered 410"))
    assert the(database, Alert, alert.id).next_rung_at == NOW + 30 * MINUTE
    assert [row.channel for row in messages_of(database, ward.nurse)] == ["web_push", "web_push"]

    settle(database, second, Gone("answered 410"))
    assert the(database, Alert, alert.id).next_rung_at == NOW
    assert [row.channel for row in messages_of(database, ward.nurse)].count("call_list") == 1


def test_at_the_top_the_ladder_keeps_its_pace(database: Database, ward: Clinic, alert: Alert) -> None:
    later = NOW + 120 * MINUTE
    with database.begin() as session:
        climbing = session.get_one(Alert, alert.id)
        climbing.rung = 2
        escalate.notify_next_rung(session, climbing, now=later)
        due = climbing.next_rung_at
    claimed = claim(database, later)

    for message in claimed:
        settle(database, message, Dead("answered 403"), now=later)

    assert len(claimed) == 2
    assert the(database, Alert, alert.id).next_rung_at == due == later + 120 * MINUTE


def test_a_dead_message_of_an_alert_somebody_has_answered_hurries_nobody(
    database: Database, alert: Alert
) -> None:
    (message,) = claim(database)
    with database.begin() as session:
        answered = session.get_one(Alert, alert.id)
        answered.status, answered.next_rung_at = "acknowledged", None

    settle(database, message, Gone("answered 410"))

    assert the(database, Alert, alert.id).next_rung_at is None


def test_a_patient_no_device_of_whom_can_be_reached_is_on_the_call_list(
    database: Database, ward: Clinic
) -> None:
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
    (message,) = claim(database, due.due_at)

    settle(database, message, Gone("answered 404"), now=due.due_at)

    (call,) = [row for row in messages_of(database, ward.patient) if row.channel == "call_list"]
    assert (call.state, call.kind, call.last_outcome) == (
        "dead",
        "reassessment",
        "no device could be reached",
    )
