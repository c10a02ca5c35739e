"""kill -9 of delivery workers, again and again, while a push service is in bad moods.

`CHAOS_MESSAGES` and `CHAOS_KILLS` set the size; `.ci/run` ends with 20,000 and 200.
"""

import os
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.models.alert import Alert
from api.models.outbox import Heartbeat, OutboxMessage, Subscription
from api.models.staff import Staff
from api.services import counters
from api.services.messages import outbox
from api.services.messages.outbox import Notification
from api.services.messages.vapid import new_private_key
from notifications.retry_policy import DeliveryPace
from tests.chaos.moods import Key, Mood, Moody, Taken, moods_for
from tests.chaos.nursery import Nursery, nursery
from tests.support.builders import Clinic, a_clinic
from tests.support.push_service import Browser, push_service
from tests.support.servers import wait_until

MESSAGES = int(os.environ.get("CHAOS_MESSAGES", "2000"))
KILLS = int(os.environ.get("CHAOS_KILLS", "20"))
WORKERS = 3
PER_RECIPIENT = 10
DONE_WITHIN_S = 60 + MESSAGES / 50
PACE = DeliveryPace(batch=16, per_destination=16)
"""Small batches, so that a lease is short enough for a test: 23 seconds."""
NAME, SAID = "Quitterie Unverkennbar", "worst pain is 4 points above the baseline"
"""Texts that no log may contain."""


@dataclass
class Crew:
    """Workers on one database, each with a VAPID subject of its own."""

    nursery: Nursery
    database: Database
    log: Path
    running: dict[str, int] = field(default_factory=dict)
    """Process ids by the subject each signs as."""
    killed: dict[str, float] = field(default_factory=dict)
    """The time by which each was certainly dead, by the clock of the push service."""
    key: str = field(default_factory=new_private_key)

    def start(self) -> str:
        """Start one more worker."""
        subject = f"mailto:worker-{len(self.running) + len(self.killed)}-{uuid4().hex}@example.org"
        env = {
            "DATABASE_URL": self.database.engine.url.render_as_string(hide_password=False),
            "PUSH_LOOPBACK": "true",
            "VAPID_PRIVATE_KEY": self.key,
            "VAPID_SUBJECT": subject,
            "RELAY_BATCH": str(PACE.batch),
            "RELAY_TO_ONE_PLACE": str(PACE.per_destination),
            "LOG_LEVEL": "DEBUG",
        }
        self.running[subject] = self.nursery.start(env, log=self.log)
        return subject

    def wait_for_ticks(self) -> None:
        """Wait until every worker runs: one that is stopped while it starts just ends."""
        for pid in self.running.values():
            wait_until(lambda pid=pid: has_ticked(self.database, pid), within_s=30, what="a worker ticks")

    def kill(self, subject: str) -> int:
        """Kill -9 a worker; return how it ended."""
        status = self.nursery.kill(self.running.pop(subject))
        self.killed[subject] = time.monotonic()
        return status

    def stop(self, subject: str) -> int:
        """Let a worker finish; return its exit status."""
        return self.nursery.stop(self.running.pop(subject))


@pytest.fixture
def crew(postgresql: Database, tmp_path: Path) -> Iterator[Crew]:
    """A crew without workers yet."""
    with nursery() as running:
        yield Crew(running, postgresql, tmp_path / "workers.log")


@pytest.mark.slow
def test_workers_killed_at_random_lose_nothing_and_repeat_only_what_their_leases_allow(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    database, chance, began = crew.database, random.Random(5), time.monotonic()
    with push_service() as service:
        paths = [f"/push/{number:05}" for number in range(MESSAGES // PER_RECIPIENT)]
        service.answer = ledger = Moody(moods_for(paths, seed=5))
        posted = fill(database, service.origin, ledger.moods)
        for _ in range(WORKERS):
            crew.start()
        statuses = []
        for kill in range(1, KILLS + 1):
            let_flow(ledger, ledger.reachable * PER_RECIPIENT * kill // (KILLS + 1))
            time.sleep(chance.uniform(0, 0.1))  # anywhere within a batch
            statuses.append(crew.kill(chance.choice(list(crew.running))))
            crew.start()
        wait_until(lambda: waiting(database) == 0, within_s=DONE_WITHIN_S, what="all is settled", every_s=0.5)
        took_s = time.monotonic() - began
        ledger.over.set()
        stopped = [crew.stop(subject) for subject in list(crew.running)]

    assert set(statuses) == {-9}
    assert stopped == [0] * WORKERS
    rows = messages(database)
    lost = [row for row in rows if row.state == "delivered" and not ledger.taken[key_of(row)]]
    assert len(rows) == posted
    assert Counter(row.state for row in rows).keys() == {"delivered", "dead"}
    assert lost == []
    assert {row.state for row in rows if ledger.moods[path_of(row)] in {Mood.REFUSES, Mood.DOWN}} == {"dead"}
    on_call_list = to_be_called(database)
    dead = {key_of_person(row) for row in rows if row.state == "dead"}
    assert dead
    assert dead == on_call_list
    again = {key: taken for key, taken in ledger.taken.items() if len(taken) > 1}
    beyond = [key for key, taken in again.items() if not within_the_lease_rule(taken, crew)]
    assert [(key, again[key], [crew.killed.get(each.sender) for each in again[key]]) for key in beyond] == []
    assert counted(database) == Counter(row.state for row in rows)
    assert_says_nothing(crew.log.read_text())
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{posted} messages, {KILLS} of {KILLS + WORKERS} workers killed, {took_s:.0f} s: 0 lost, "
            f"{len(dead)} dead and all on the call list, {sum(len(t) - 1 for t in again.values())} "
            f"acknowledged sends repeated, {len(beyond)} beyond the lease rule; "
            f"answers {dict(sorted(ledger.answered.items()))}"
        )


@dataclass(frozen=True)
class Row:
    """One message by push, as it stands in the outbox, and the browser it goes to."""

    state: str
    attempts: int
    topic: str
    recipient: UUID
    endpoint: str


def path_of(row: Row) -> str:
    return "/push/" + row.endpoint.rpartition("/")[2]


def key_of(row: Row) -> Key:
    return path_of(row), row.topic


def key_of_person(row: Row) -> tuple[UUID, str]:
    return row.recipient, row.topic


def fill(database: Database, origin: str, moods: dict[str, Mood]) -> int:
    """Give every browser an owner, and every owner messages; return how many there are."""
    now = datetime.now(UTC)
    with database.begin() as session:
        clinic = a_clinic(session, now=now)
        alert = an_alert_nobody_answers(session, clinic, now)
        owners = people(session, clinic, Browser(origin), list(moods), now)
        for number in range(PER_RECIPIENT):
            post(session, clinic, owners, f"{number}", now=now, alert_id=alert if number % 2 else None)
        down = [owner for owner, mood in zip(owners, moods.values(), strict=True) if mood is Mood.DOWN]
        session.execute(
            OutboxMessage.__table__.update()  # type: ignore[attr-defined]
            .where(OutboxMessage.recipient_id.in_(down))
            .values(expires_at=now + timedelta(seconds=30))
        )
    return len(owners) * PER_RECIPIENT


def an_alert_nobody_answers(session: Session, clinic: Clinic, now: datetime) -> UUID:
    alert = Alert(
        site_id=clinic.site.id, patient_id=clinic.patient.id, kind="worsening", tier="routine",
        status="open", priority=1, reason=SAID, first_day=now.date(), raised_at=now, opened_at=now,
        escalating_since=now, times_notified=1, notified_at=now, rung=1,
    )  # fmt: skip
    session.add(alert)
    session.flush()
    return alert.id


def people(session: Session, clinic: Clinic, browser: Browser, paths: list[str], now: datetime) -> list[UUID]:
    """Put one member of staff for each browser into the clinic, whom only a push reaches."""
    nurse = session.get_one(Staff, clinic.nurse.id)
    ids = [uuid4() for _ in paths]
    session.execute(
        insert(Staff),
        [
            {
                "id": each, "site_id": clinic.site.id, "team_id": clinic.team.id, "name": NAME,
                "email": f"{each}@unverkennbar.example", "role": "nurse", "email_notices": False,
                "password_hash": nurse.password_hash, "created_at": now,
            }
            for each in ids
        ],
    )  # fmt: skip
    session.execute(
        insert(Subscription),
        [
            {
                "site_id": clinic.site.id, "recipient_id": each, "grant_id": clinic.nurse.principal.grant_id,
                "device": uuid4(), "endpoint": browser.origin + path, "p256dh": browser.p256dh,
                "auth": browser.auth, "created_at": now,
            }
            for each, path in zip(ids, paths, strict=True)
        ],
    )  # fmt: skip
    return ids


def post(
    session: Session, clinic: Clinic, to: list[UUID], about: str, *, now: datetime, alert_id: UUID | None
) -> None:
    notice = Notification(
        kind=MessageKind.ALERT if alert_id else MessageKind.NOT_SCORED,
        site_id=clinic.site.id,
        purpose=f"chaos:{about}",
        topic_of=about,
        not_before=now,
        expires_at=now + timedelta(hours=1),
        patient_id=clinic.patient.id,
        alert_id=alert_id,
    )
    outbox.post(session, notice, recipients=to, now=now)


def let_flow(ledger: Moody, until: int) -> None:
    """Wait until so many pushes were acknowledged; leases that have to run out may hold the last ones up."""
    within_s = 2 * PACE.lease.total_seconds()
    wait_until(lambda: ledger.acknowledged >= until, within_s=within_s, what=f"{until} are acknowledged")


def has_ticked(database: Database, pid: int) -> bool:
    with database.read() as session:
        return session.get(Heartbeat, f"{socket.gethostname()}:{pid}") is not None


def waiting(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.state == "pending")) or 0


def messages(database: Database) -> list[Row]:
    by_push = (
        select(
            OutboxMessage.state,
            OutboxMessage.attempts,
            OutboxMessage.topic,
            OutboxMessage.recipient_id,
            Subscription.endpoint,
        )
        .join(Subscription, Subscription.id == OutboxMessage.subscription_id)
        .where(OutboxMessage.channel == "web_push")
    )
    with database.read() as session:
        return [Row(*row) for row in session.execute(by_push)]


def to_be_called(database: Database) -> set[tuple[UUID, str]]:
    calls = select(OutboxMessage.recipient_id, OutboxMessage.topic)
    with database.read() as session:
        found = session.execute(calls.where(OutboxMessage.channel == "call_list"))
        return {(recipient, topic) for recipient, topic in found}


def within_the_lease_rule(taken: list[Taken], crew: Crew) -> bool:
    """Return whether each sender but the last was killed before it settled, and its lease had expired."""
    batch_s = (PACE.batch / PACE.per_destination) * PACE.timeout_s
    shortest_s = PACE.lease.total_seconds() - batch_s  # claimed at most so long before it was sent
    for first, then in pairwise(taken):
        killed_at = crew.killed.get(first.sender)
        if killed_at is None:
            return False
        sent_at = min(first.at, killed_at)  # a slow push service takes what was sent before its sender died
        if then.at - sent_at < shortest_s:
            return False
    return True


def counted(database: Database) -> Counter[str]:
    """Return how many sends ended for good, as the workers counted them."""
    with database.read() as session:
        sends = {
            labels.split()[1]: int(value)
            for (name, labels), value in counters.totals(session).items()
            if name == counters.SENDS
        }
    return Counter(delivered=sends["delivered"], dead=sends.get("dead", 0) + sends.get("gone", 0))


def assert_says_nothing(log: str) -> None:
    """See that there are lines about messages, with ids, and nothing about people or addresses."""
    assert '"message_id"' in log
    for secret in (NAME, "nverkennbar", SAID, "/push/", "Ada", "pain", "@"):
        assert secret not in log, secret


@pytest.mark.slow
def test_a_rolling_restart_sends_everything_once(crew: Crew) -> None:
    with push_service() as service:
        moods = {f"/push/{number:05}": Mood.WELL for number in range(60)}
        service.answer = ledger = Moody(moods)
        posted = fill(crew.database, service.origin, moods)
        for _ in range(WORKERS):
            crew.start()
        statuses = []
        for number, subject in enumerate(list(crew.running), 1):
            let_flow(ledger, number * posted // 6)
            crew.wait_for_ticks()
            statuses.append(crew.stop(subject))
            crew.start()
        wait_until(lambda: waiting(crew.database) == 0, within_s=30, what="all is settled")
        crew.wait_for_ticks()
        statuses += [crew.stop(subject) for subject in list(crew.running)]

    assert statuses == [0] * 2 * WORKERS
    assert Counter(len(taken) for taken in ledger.taken.values()) == {1: posted}
    assert {(row.state, row.attempts) for row in messages(crew.database)} == {("delivered", 1)}
