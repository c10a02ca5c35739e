"""The worker escalates unanswered alerts."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from api.db.database import Database
from api.models.alert import Alert, AlertEvent
from api.models.site import Team
from notifications.jobs import escalation
from notifications.jobs.escalation import escalate_overdue, reopen_unresolved
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, a_clinic

MINUTE = timedelta(minutes=1)


@pytest.fixture
def alert(database: Database, ward: Clinic) -> Alert:
    """An alert whose recipients all have a browser."""
    with database.begin() as session:
        for person in (ward.nurse, ward.clinician, ward.coordinator):
            subscribe(session, person)
        return an_alert(session, ward)


def test_the_ladder_climbs_with_no_new_traffic_until_somebody_answers(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    told = []
    for minutes in (0, 29, 30, 119, 120, 121, 240):
        escalate_overdue(database, now=NOW + minutes * MINUTE)
        counts = [
            len(messages_of(database, person)) for person in (ward.nurse, ward.clinician, ward.coordinator)
        ]
        told.append((minutes, *counts))

    assert told == [
        (0, 1, 0, 0),
        (29, 1, 0, 0),
        (30, 2, 1, 0),
        (119, 2, 1, 0),
        (120, 3, 2, 1),
        (121, 3, 2, 1),
        (240, 4, 3, 2),
    ]


def test_a_later_rung_replaces_the_earlier_one_on_the_screen(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    escalate_overdue(database, now=NOW + 30 * MINUTE)

    first, second = messages_of(database, ward.nurse)
    assert first.topic == second.topic
    assert first.id != second.id


@pytest.mark.parametrize("status", ["acknowledged", "snoozed", "resolved", "retracted"])
def test_an_answered_alert_does_not_climb(database: Database, alert: Alert, status: str) -> None:
    with database.begin() as session:
        session.execute(update(Alert).values(status=status))

    assert escalate_overdue(database, now=NOW + 600 * MINUTE) == 0


def test_a_snooze_that_is_over_opens_the_alert_again_and_tells_the_first_rung(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    with database.begin() as session:
        until = NOW + 60 * MINUTE
        session.execute(update(Alert).values(status="snoozed", reopens_at=until, next_rung_at=None))

    assert reopen_unresolved(database, now=NOW + 59 * MINUTE) == 0
    assert reopen_unresolved(database, now=NOW + 60 * MINUTE) == 1

    reopened = the(database, Alert, alert.id)
    assert (reopened.status, reopened.reopens_at, reopened.rung) == ("open", None, 1)
    assert reopened.version > alert.version
    assert len(messages_of(database, ward.nurse)) == 2
    with database.read() as session:
        assert session.scalars(select(AlertEvent.action)).all() == ["reopened"]


def test_alerts_that_fail_hold_up_no_other(
    database: Database, ward: Clinic, alert: Alert, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalation, "MOST", 1)  # as if those that fail filled every tick
    with database.begin() as session:
        subscribe(session, ward.nurse)
        broken = an_alert(session, ward, kind="red_flag", opened_at=NOW - MINUTE)
        broken.rung = -9  # there is no such rung

    assert escalate_overdue(database, now=NOW + 30 * MINUTE) == 1
    assert the(database, Alert, alert.id).rung == 2
    assert the(database, Alert, broken.id).rung == -9


def test_two_workers_at_once_climb_one_rung(postgresql: Database) -> None:
    with postgresql.begin() as session:
        ward = a_clinic(session, now=NOW)
        for person in (ward.nurse, ward.clinician):
            subscribe(session, person)
        alerts = [
            an_alert(session, ward, kind=kind) for kind in ("worsening", "red_flag", "silence", "atypical")
        ]
    climbed: list[int] = []

    def work() -> None:
        climbed.append(escalate_overdue(postgresql, now=NOW + 30 * MINUTE))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sum(climbed) == len(alerts)
    assert {the(postgresql, Alert, alert.id).rung for alert in alerts} == {2}
    assert len(messages_of(postgresql, ward.clinician)) == len(alerts)


def test_a_clinic_with_nobody_to_reach_waits_at_the_top(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        session.add(Team(site_id=ward.site.id, name="another"))
        alert = an_alert(session, ward)

    standing = the(database, Alert, alert.id)
    assert (standing.rung, standing.next_rung_at) == (3, NOW + 120 * MINUTE)
    assert {row.channel for row in messages_of(database)} == {"call_list"}
