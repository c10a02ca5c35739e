"""kill -9 of the web process in the middle of a stream of posts, many times."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.trajectory.engine import Engine, PatientFactors
from api.models.alert import Alert, Evidence
from api.models.audit import AuditRow
from api.models.entry import EntryRow
from api.models.outbox import OutboxMessage
from api.models.score import ScoreRow
from api.models.site import Site, Team
from api.services.messages import subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from api.services.scoring.rescore_from_checkpoint import surviving_entries
from config.server import web_command
from tests.chaos.phone import FIRST_DAY, Phone
from tests.support.builders import Signed, a_member_of_staff, a_patient, signed_in
from tests.support.push_service import Browser
from tests.support.servers import HOST, START_WITHIN_S, Process, answers, free_port, wait_until

KILLS = 6
PATIENTS = 4
ACKNOWLEDGED_BETWEEN = 8
"""Entries that get through between two kills at least, so that each hits a stream that flows."""


class Web:
    """A web server that is killed and started again on the same port."""

    def __init__(self, database: Database, log: Path) -> None:
        url = database.engine.url.render_as_string(hide_password=False)
        self.port = free_port()
        self._command = web_command(host=HOST, port=self.port, database_url=url)
        self._env = {"DATABASE_URL": url, "LOG_LEVEL": "ERROR"}
        self._log = log
        self._process = Process(self._command, self._env, log=log)

    def wait(self) -> None:
        """Wait until it answers."""
        wait_until(
            lambda: answers(self.port, "/health/live"), within_s=START_WITHIN_S, what="the web answers"
        )

    def kill_all(self) -> None:
        """Kill every process of it, and start it again."""
        self._process.kill()
        self._process = Process(self._command, self._env, log=self._log)

    def kill_workers(self) -> None:
        """Kill the processes that answer; what supervises them starts them again."""
        for pid in self._process.children():
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """End it."""
        self._process.stop()


@contextmanager
def web(database: Database, log: Path) -> Iterator[Web]:
    running = Web(database, log)
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.mark.slow
def test_a_killed_web_process_loses_nothing_it_acknowledged_and_doubles_nothing(
    database: Database, tmp_path: Path
) -> None:
    patients = enrolled(database)
    chance, stopped = random.Random(9), threading.Event()
    with web(database, tmp_path / "web.log") as running:
        phones = [Phone(p, running.port, seed=place, stopped=stopped) for place, p in enumerate(patients)]
        for phone in phones:
            phone.start()
        try:
            for kill in range(KILLS):
                let_through(phones, ACKNOWLEDGED_BETWEEN)
                time.sleep(chance.uniform(0, 0.3))  # anywhere within a request
                running.kill_workers() if kill % 3 == 2 else running.kill_all()
            let_through(phones, ACKNOWLEDGED_BETWEEN)
        finally:
            stopped.set()
            for phone in phones:
                phone.join(START_WITHIN_S)
    assert [phone.unexpected for phone in phones] == [[]] * PATIENTS
    assert sum(phone.retries for phone in phones) >= KILLS
    for patient, phone in zip(patients, phones, strict=True):
        assert_kept_once(database, patient.id, phone.acknowledged)
        assert_scored_as_replayed(database, patient.id)
        assert_alerted_once(database, patient.id)


def enrolled(database: Database) -> list[Signed]:
    now = datetime.now(UTC)
    with database.begin() as session:
        site = Site(name="St. Example", timezone="Europe/Berlin", contact="Call.", created_at=now)
        session.add(site)
        session.flush()
        team = Team(site_id=site.id, name="Breast clinic")
        session.add(team)
        session.flush()
        subscribe(session, signed_in(session, a_member_of_staff(session, team, now=now), now=now))
        patients = [a_patient(session, team, now=now, enrolled_at=FIRST_DAY) for _ in range(PATIENTS)]
        return [signed_in(session, patient, now=now) for patient in patients]


def subscribe(session: Session, nurse: Signed) -> None:
    """Give the nurse a browser, so that only the first rung of every ladder is notified."""
    browser = Browser("https://fcm.googleapis.com")
    address = BrowserSubscription(browser.endpoint, browser.p256dh, browser.auth)
    subscriptions.register(
        session, nurse.principal, device=browser.device, address=address, now=datetime.now(UTC)
    )


def let_through(phones: list[Phone], entries: int) -> None:
    until = sum(len(phone.acknowledged) for phone in phones) + entries
    wait_until(
        lambda: sum(len(phone.acknowledged) for phone in phones) >= until,
        within_s=START_WITHIN_S,
        what=f"{entries} more entries are acknowledged",
    )


def assert_kept_once(database: Database, patient_id: UUID, acknowledged: set[UUID]) -> None:
    with database.read() as session:
        kept = list(session.scalars(select(EntryRow.id).where(EntryRow.patient_id == patient_id)))
        noted = session.scalars(select(AuditRow.detail).where(AuditRow.patient_id == patient_id)).all()
    assert Counter(kept) == Counter(acknowledged)
    assert sum(detail["created"] for detail in noted if detail) == len(kept)


def assert_scored_as_replayed(database: Database, patient_id: UUID) -> None:
    with database.read() as session:
        rows = session.scalars(
            select(ScoreRow).where(ScoreRow.patient_id == patient_id).order_by(ScoreRow.local_date)
        ).all()
        outcome = (
            Engine()
            .begin(PatientFactors(ai="letrozole", birth_year=1960))
            .add(surviving_entries(session, patient_id))
        )
    names = ("local_date", "severity", "pain_level", "pain_baseline", "pain_change", "p_worsening", "status")
    kept = [[getattr(row, name) for name in names] for row in rows]
    assert kept == [[getattr(score, name) for name in names] for score in outcome.scores]


def assert_alerted_once(database: Database, patient_id: UUID) -> None:
    with database.read() as session:
        outcome = (
            Engine()
            .begin(PatientFactors(ai="letrozole", birth_year=1960))
            .add(surviving_entries(session, patient_id))
        )
        evidence = session.execute(
            select(Evidence.kind, Evidence.key)
            .join(Alert, Alert.id == Evidence.alert_id)
            .where(Alert.patient_id == patient_id, Evidence.withdrawn_at.is_(None))
        ).all()
        alerts = session.scalars(select(Alert.kind).where(Alert.patient_id == patient_id)).all()
        told = session.execute(
            select(OutboxMessage.alert_id, func.count())
            .where(OutboxMessage.patient_id == patient_id)
            .group_by(OutboxMessage.alert_id)
        ).all()
    assert Counter((kind, key) for kind, key in evidence) == Counter(
        (f.kind, f.key) for f in outcome.findings
    )
    assert Counter(alerts) == Counter({finding.kind for finding in outcome.findings})
    assert len(told) == len(alerts)
    assert {count for _, count in told} <= {1}
