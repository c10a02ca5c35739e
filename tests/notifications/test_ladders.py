"""A site's own ladders: rotas, cover outside working hours, working days, and escalation by the worker."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.escalation.parse import read_ladders
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.models.site import Team
from api.models.site_document import LadderRow
from api.models.staff import Staff
from api.services.alerts import escalate, rotas
from api.services.alerts.ladders import LadderStore
from api.services.alerts.rotas import ShiftRequest
from api.services.messages.vapid import new_private_key
from notifications.jobs.escalation import escalate_overdue, expire_unsent
from notifications.retry_policy import DeliveryPace
from notifications.worker import Worker
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, Signed, a_clinic
from tests.support.fakes import FakeChannel, FakeClock
from tests.support.push_service import Browser, PushService
from tests.support.servers import ROOT, wait_until

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = NOW + 9 * HOUR
"""Monday, 22:00 in Berlin."""
SATURDAY = NOW + timedelta(days=5)
SOURCE = "Ward 3, team meeting of 1 March 2026"
COVERED = {
    "rungs": [
        {"roles": ["nurse"], "on_call": "night", "after": {"minutes": 0}},
        {"rota": "second", "after": {"minutes": 20}},
        {"roles": ["coordinator"], "after": {"hours": 1}},
    ],
    "then_every": {"hours": 1},
    "answer_within": {"hours": 4},
}


def set_ladders(session: Session, clinic: Clinic, *, now: datetime = NOW, **parts: Any) -> None:
    """Set ladders of a clinic."""
    wanted = read_ladders({"name": "Ward 3", "source": SOURCE, **parts})
    LadderStore().set(session, clinic.site.id, wanted, now=now)


def put_on_call(
    session: Session, clinic: Clinic, rota: str, *shifts: tuple[Signed, datetime, datetime]
) -> None:
    """Put staff on a rota for a time."""
    wanted = [
        ShiftRequest(session.get_one(Staff, who.id).email, begins, ends) for who, begins, ends in shifts
    ]
    by, now = clinic.coordinator.principal, NOW - timedelta(days=1)
    rotas.set_rota(session, by, rota, wanted, check_version=lambda _: None, now=now)


def notified_at(database: Database, ward: Clinic) -> dict[str, int]:
    """Return the number of notifications of each staff member."""
    people = {"nurse": ward.nurse, "clinician": ward.clinician, "coordinator": ward.coordinator}
    return {name: found for name, who in people.items() if (found := len(messages_of(database, who)))}


@pytest.fixture
def covered(database: Database, ward: Clinic) -> Clinic:
    """A ward with a clinician on call at night, and a rota without shifts as the second rung."""
    with database.begin() as session:
        for person in (ward.nurse, ward.clinician, ward.coordinator):
            subscribe(session, person)
        put_on_call(session, ward, "night", (ward.clinician, NOW, NIGHT + 10 * HOUR))
        put_on_call(session, ward, "second")
        set_ladders(session, ward, now=NOW - HOUR, ladders={"same_day": COVERED})
    return ward


def test_in_working_hours_the_rungs_own_staff_are_notified(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        an_alert(session, covered)
    assert notified_at(database, covered) == {"nurse": 1}


def test_outside_working_hours_the_cover_is_notified_instead(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        alert = an_alert(session, covered)
        session.execute(update(Alert).values(status="acknowledged"))
        escalate.start(session, session.get_one(Alert, alert.id), now=NIGHT)
    assert notified_at(database, covered) == {"nurse": 1, "clinician": 1}


def test_in_a_gap_of_the_cover_the_rungs_own_staff_are_notified_at_once(
    database: Database, covered: Clinic
) -> None:
    with database.begin() as session:
        alert = an_alert(session, covered)
        escalate.start(session, session.get_one(Alert, alert.id), now=NIGHT + 8 * HOUR)
        escalate.start(session, session.get_one(Alert, alert.id), now=SATURDAY)
    assert notified_at(database, covered) == {"nurse": 2, "clinician": 1}


def test_a_holiday_is_outside_working_hours(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        set_ladders(
            session, covered, now=NOW, ladders={"same_day": COVERED}, holidays={"2026-03-03": "closed"}
        )
        alert = an_alert(session, covered)
        put_on_call(session, covered, "night", (covered.clinician, NOW, NOW + 48 * HOUR))
        escalate.start(session, session.get_one(Alert, alert.id), now=NOW + 24 * HOUR)
    assert notified_at(database, covered) == {"nurse": 1, "clinician": 1}


def test_a_gap_in_a_rota_is_the_next_rung_at_once(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        alert = an_alert(session, covered)
    assert escalate_overdue(database, now=NOW + 19 * MINUTE) == 0
    assert escalate_overdue(database, now=NOW + 20 * MINUTE) == 1
    assert notified_at(database, covered) == {"nurse": 1, "coordinator": 1}
    assert the(database, Alert, alert.id).next_rung_at == NOW + 20 * MINUTE + HOUR


def test_the_staff_on_call_when_the_rung_is_due_are_notified(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        put_on_call(session, covered, "second", (covered.clinician, NOW + 20 * MINUTE, NOW + HOUR))
        an_alert(session, covered)
    escalate_overdue(database, now=NOW + 20 * MINUTE)
    assert notified_at(database, covered) == {"nurse": 1, "clinician": 1}


def test_overlapping_shifts_notify_all_staff_on_call_once_each(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        first = (covered.clinician, NOW, NOW + HOUR)
        second = (covered.coordinator, NOW + 10 * MINUTE, NOW + 2 * HOUR)
        put_on_call(session, covered, "second", first, second)
        an_alert(session, covered)
    escalate_overdue(database, now=NOW + 20 * MINUTE)
    assert notified_at(database, covered) == {"nurse": 1, "clinician": 1, "coordinator": 1}


@pytest.mark.parametrize("why", ["left", "another team"])
def test_staff_who_may_not_see_the_patient_are_a_gap(database: Database, covered: Clinic, why: str) -> None:
    with database.begin() as session:
        put_on_call(session, covered, "second", (covered.clinician, NOW, NOW + HOUR))
        gone = session.get_one(Staff, covered.clinician.id)
        if why == "left":
            gone.active = False
        else:
            elsewhere = Team(site_id=covered.site.id, name="Another team")
            session.add(elsewhere)
            session.flush()
            gone.team_id = elsewhere.id
        an_alert(session, covered)
    escalate_overdue(database, now=NOW + 20 * MINUTE)
    assert notified_at(database, covered) == {"nurse": 1, "coordinator": 1}


def test_the_routine_tier_escalates_after_two_working_days_of_the_site(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        for person in (ward.nurse, ward.clinician):
            subscribe(session, person)
        friday = NOW + timedelta(days=4)
        alert = an_alert(session, ward, tier="routine", opened_at=friday)
        escalate.start(session, session.get_one(Alert, alert.id), now=friday)
    assert escalate_overdue(database, now=friday + timedelta(hours=95)) == 0
    assert escalate_overdue(database, now=friday + timedelta(days=4)) == 1  # Tuesday, at the same time
    assert notified_at(database, ward)["clinician"] == 1


def test_a_rung_in_working_days_is_notified_now_and_delivered_when_work_begins(
    database: Database, ward: Clinic
) -> None:
    waits = {
        "rungs": [{"roles": ["nurse"], "after": {"working_days": 0}}],
        "then_every": {"working_days": 1},
        "answer_within": {"working_days": 2},
    }
    with database.begin() as session:
        subscribe(session, ward.nurse)
        set_ladders(session, ward, ladders={"routine": waits})
        alert = an_alert(session, ward, tier="routine")
        session.execute(delete(OutboxMessage))
        escalate.start(session, session.get_one(Alert, alert.id), now=SATURDAY)
    (row,) = messages_of(database, ward.nurse)
    monday = datetime(2026, 3, 9, 7, tzinfo=UTC)
    assert (row.state, row.not_before, row.expires_at) == ("pending", monday, monday + 24 * HOUR)
    assert the(database, Alert, alert.id).times_notified == 2  # it is not held back by the budget


def test_the_self_care_tier_notifies_no_staff(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward, tier="self_care")
        assert escalate.is_at_top(session, alert, now=NOW)
    assert notified_at(database, ward) == {}
    assert the(database, Alert, alert.id).next_rung_at is None


def test_where_ladders_cannot_be_read_the_built_in_ones_apply(
    database: Database, ward: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        later = {"name": "of a later version", "ladders": {"same_day": {"steps": []}}}
        row = LadderRow(site_id=ward.site.id, effective_from=NOW, document=later, version="x", created_at=NOW)
        session.add(row)
        an_alert(session, ward)
        found = LadderStore().status(session, ward.site.id, now=NOW)
    assert notified_at(database, ward) == {"nurse": 1}
    assert "a site's ladders cannot be read" in caplog.text
    assert (found.current.content, found.current.problem is not None) == (None, True)


def test_another_sites_ladders_and_rotas_are_its_own(database: Database, covered: Clinic) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=NOW, name="Elsewhere")
        for person in (other.nurse, other.clinician):
            subscribe(session, person)
        alert = an_alert(session, other)
        escalate.start(session, session.get_one(Alert, alert.id), now=NIGHT)
    assert notified_at(database, other) == {"nurse": 2}
    assert notified_at(database, covered) == {}


def test_a_message_that_expires_unsent_escalates_at_once(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        for person in (ward.nurse, ward.clinician):
            subscribe(session, person)
        alert = an_alert(session, ward, tier="routine")
    (first,) = messages_of(database, ward.nurse)
    assert expire_unsent(database, now=first.expires_at - MINUTE) == 0
    assert expire_unsent(database, now=first.expires_at) == 1
    assert expire_unsent(database, now=first.expires_at) == 0
    assert escalate_overdue(database, now=first.expires_at) == 1
    dead = the(database, OutboxMessage, first.id)
    assert (dead.state, dead.last_outcome) == ("dead", "expired")
    assert "call_list" in {row.channel for row in messages_of(database, ward.nurse)}
    assert notified_at(database, ward)["clinician"] == 1
    assert the(database, Alert, alert.id).rung == 2


def test_a_message_that_is_being_sent_is_left_to_its_sender(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
        leased = NOW + 25 * HOUR
        session.execute(update(OutboxMessage).values(not_before=leased, attempts=1))
    assert expire_unsent(database, now=leased - MINUTE) == 0


def test_a_worker_that_cannot_send_still_escalates_expired_messages(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward, tier="routine")
    worker = Worker(database, FakeChannel(), pace=DeliveryPace(), clock=FakeClock(NOW + 25 * HOUR))
    worker.escalate()
    assert the(database, Alert, alert.id).rung > 1
    worker.close()


class InterruptedDatabase:
    """A database in which something happens before the next write."""

    def __init__(self, database: Database, happens: Callable[[Session], None]) -> None:
        self.read = database.read
        self._database = database
        self._happens = happens

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self._database.begin() as session:
            self._happens(session)
            yield session


def test_a_message_that_was_answered_meanwhile_is_not_given_up(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)

    def answer(session: Session) -> None:
        session.execute(update(OutboxMessage).values(state="cancelled"))

    assert expire_unsent(InterruptedDatabase(database, answer), now=NOW + 25 * HOUR) == 0  # type: ignore[arg-type]
    assert {row.state for row in messages_of(database)} == {"cancelled"}


def test_a_message_that_cannot_be_given_up_delays_no_other(
    database: Database, ward: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        an_alert(session, ward)
        an_alert(session, ward, kind="silence")
    bugs = [RuntimeError("a bug")]

    def fail_once(_: Session) -> None:
        if bugs:
            raise bugs.pop()

    assert expire_unsent(InterruptedDatabase(database, fail_once), now=NOW + 25 * HOUR) == 1  # type: ignore[arg-type]
    assert "message could not be given up" in caplog.text
    assert expire_unsent(database, now=NOW + 25 * HOUR) == 1


def test_staff_addressed_by_role_and_by_rota_are_notified_once(database: Database, covered: Clinic) -> None:
    on_call_too = {"roles": ["nurse"], "rota": "night", "after": {"minutes": 0}}
    last = {"roles": ["coordinator"], "after": {"hours": 1}}
    with database.begin() as session:
        put_on_call(session, covered, "night", (covered.nurse, NOW, NOW + HOUR))
        set_ladders(session, covered, now=NOW, ladders={"same_day": COVERED | {"rungs": [on_call_too, last]}})
        an_alert(session, covered)
    assert notified_at(database, covered) == {"nurse": 1}


KEY = new_private_key()
QUICK = {
    "rungs": [
        {"roles": ["nurse"], "after": {"seconds": 0}},
        {"roles": ["clinician"], "after": {"seconds": 1}},
        {"roles": ["coordinator"], "after": {"seconds": 2}},
    ],
    "then_every": {"hours": 1},
    "answer_within": {"hours": 1},
}


@pytest.fixture
def worker(database: Database) -> Iterator[subprocess.Popen[bytes]]:
    """A delivery worker's process, as an operator starts it."""
    environment = {
        **os.environ,
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "VAPID_PRIVATE_KEY": KEY,
        "SECRET_KEY": "for tests only",
        "PUSH_LOOPBACK": "true",
    }
    command = [sys.executable, "-m", "notifications"]
    started = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    yield started
    started.kill()
    started.wait()


@pytest.mark.slow
def test_the_worker_escalates_without_new_traffic(
    database: Database, service: PushService, worker: subprocess.Popen[bytes]
) -> None:
    now = datetime.now(UTC)
    browsers = [Browser(service.origin) for _ in range(3)]
    with database.begin() as session:
        ward = a_clinic(session, now=now)
        team = (ward.nurse, ward.clinician, ward.coordinator)
        for person, browser in zip(team, browsers, strict=True):
            subscribe(session, person, browser)
        set_ladders(session, ward, now=now, ladders={"same_day": QUICK})
        alert = an_alert(session, ward, opened_at=now)
        session.execute(delete(OutboxMessage))
        escalate.start(session, session.get_one(Alert, alert.id), now=now)

    def has_escalated() -> bool:
        return all(service.to(browser) for browser in browsers)

    wait_until(has_escalated, within_s=40, what="three rungs notified by a worker alone")
    pushed = [next(n for n, each in enumerate(browsers) if each.path == push.path) for push in service.pushes]
    assert pushed == [0, 1, 2]
    standing = the(database, Alert, alert.id)
    assert (standing.status, standing.rung, standing.times_notified) == ("open", 3, 4)
    worker.terminate()
    assert worker.wait(20) == 0
