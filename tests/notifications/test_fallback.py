"""Reminders that cannot be delivered: the patient is called once per task, not at each step."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from api.db.database import Database
from api.models.patient import Patient
from api.services.messages import outbox_status
from api.services.reminders.reminders import trigger
from notifications import claims
from notifications.channels.results import Dead, Delivered, Gone, SendResult
from notifications.delivery_results import DeliveryResult
from notifications.retry_policy import Backoff
from tests.notifications.conftest import messages_of
from tests.support.builders import Clinic
from tests.support.reminded_patient import (
    DAY,
    HOUR,
    MONDAY,
    a_reminded_ward,
    every_day,
    plan,
    reminders,
    with_text,
    writes,
)

DIES = Dead("answered 400")


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic whose patient, with a phone and a mailbox, is asked on Mondays at nine."""
    return a_reminded_ward(database)


def without_mailbox(database: Database) -> None:
    with database.begin() as session:
        session.execute(update(Patient).values(email=None))


def bring(database: Database, now: datetime, ending: SendResult) -> None:
    """Let all that waits at ``now`` end so, each message in a transaction of its own."""
    with database.begin() as session:
        claimed = claims.claim(session, now=now, limit=10, lease=timedelta(minutes=2))
    for result in [DeliveryResult(message, ending) for message in claimed]:
        with database.begin() as session:
            if result.has_failed:
                claims.settle_failed(session, result, now=now)
            else:
                claims.settle(session, [result], now=now, backoff=Backoff())


def fared(database: Database) -> list[tuple[str, str, str]]:
    """Return the messages of the patient by day: time, channel and state."""
    rows = sorted(messages_of(database), key=lambda row: (row.created_at, row.channel))
    return [(f"{row.created_at:%a}", row.channel, row.state) for row in rows]


def test_a_nudge_that_dies_calls_nobody_where_the_first_word_was_brought(
    database: Database, ward: Clinic
) -> None:
    without_mailbox(database)
    plan(database, MONDAY)
    bring(database, MONDAY, Delivered())
    plan(database, MONDAY + DAY)
    bring(database, MONDAY + DAY, DIES)
    every_day(database, 5, at=MONDAY + 2 * DAY)

    assert fared(database) == [("Mon", "web_push", "delivered"), ("Tue", "web_push", "dead")]
    assert [row.step for row in reminders(database).values()] == ["unheard"]


def test_who_is_on_the_call_list_is_not_put_there_by_the_nudge_again(
    database: Database, ward: Clinic
) -> None:
    without_mailbox(database)
    for number in range(3):
        plan(database, MONDAY + number * DAY)
        bring(database, MONDAY + number * DAY, DIES)

    assert fared(database) == [
        ("Mon", "call_list", "dead"),
        ("Mon", "web_push", "dead"),
        ("Tue", "web_push", "dead"),
    ]


def test_an_e_mail_that_dies_as_the_other_way_calls_nobody(database: Database, ward: Clinic) -> None:
    for number, ending in enumerate([Delivered(), Delivered(), Gone("answered 550")]):
        plan(database, MONDAY + number * DAY)
        bring(database, MONDAY + number * DAY, ending)

    assert fared(database)[2:] == [("Wed", "email", "dead")]


def requeued(database: Database, now: datetime) -> int:
    with database.begin() as session:
        return outbox_status.requeue(session, now=now)


def test_a_dead_reminder_can_be_requeued_until_the_patient_has_written(
    database: Database, ward: Clinic
) -> None:
    plan(database, MONDAY)
    bring(database, MONDAY, DIES)

    assert requeued(database, MONDAY + HOUR) == 1
    bring(database, MONDAY + HOUR, DIES)
    writes(database, ward, MONDAY + 2 * HOUR)
    assert requeued(database, MONDAY + 3 * HOUR) == 0


def test_of_a_reminder_and_its_nudge_that_died_only_the_nudge_is_tried_again(
    database: Database, ward: Clinic
) -> None:
    without_mailbox(database)
    for number in range(2):
        plan(database, MONDAY + number * DAY)
        bring(database, MONDAY + number * DAY, DIES)

    assert requeued(database, MONDAY + DAY + HOUR) == 1
    (again,) = [row for row in messages_of(database) if row.state == "pending"]
    assert f"{again.created_at:%a}" == "Tue"


def test_a_reminder_that_waits_to_be_asked_lets_no_other_be_asked_again(
    database: Database, ward: Clinic
) -> None:
    plan(database, MONDAY)
    bring(database, MONDAY, DIES)
    writes(database, ward, MONDAY + HOUR)
    with database.begin() as session:
        trigger(
            session, ward.scheduler.principal,
            patient_id=ward.patient.id, purpose="reassessment", slot="1", now=MONDAY + 2 * HOUR,
        )  # fmt: skip

    assert requeued(database, MONDAY + 3 * HOUR) == 0


def test_a_nudge_that_dies_leads_to_a_call_if_nothing_was_delivered_before(
    database: Database, ward: Clinic
) -> None:
    without_mailbox(database)
    plan(database, MONDAY)  # and no worker sends it until the nudge takes its place
    plan(database, MONDAY + DAY)
    bring(database, MONDAY + DAY, DIES)

    assert fared(database) == [
        ("Mon", "web_push", "cancelled"),
        ("Tue", "call_list", "dead"),
        ("Tue", "web_push", "dead"),
    ]


def test_a_task_that_is_first_mentioned_with_a_nudge_leads_to_a_call(
    database: Database, ward: Clinic
) -> None:
    without_mailbox(database)
    plan(database, MONDAY)
    bring(database, MONDAY, Delivered())
    with_text(database, ward, "bpi-sf")
    plan(database, MONDAY + DAY)
    bring(database, MONDAY + DAY, DIES)

    assert ("Tue", "call_list", "dead") in fared(database)


def test_the_next_check_in_leads_to_another_call(database: Database, ward: Clinic) -> None:
    without_mailbox(database)
    plan(database, MONDAY)
    bring(database, MONDAY, DIES)
    writes(database, ward, MONDAY + DAY)
    plan(database, MONDAY + 7 * DAY)
    bring(database, MONDAY + 7 * DAY, DIES)

    assert [channel for _, channel, _ in fared(database)].count("call_list") == 2
