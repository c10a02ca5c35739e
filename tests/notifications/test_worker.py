"""One worker, from its ticks to a process that is killed in the middle of its work."""

import logging
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from api.db.database import Database
from api.domain.delivery.messages import AUTOMATIC_CHANNELS, Channel
from api.models.alert import Alert
from api.models.identity import Throttle, Token
from api.models.outbox import Heartbeat, OutboxMessage
from api.models.patient import Patient
from api.services.messages.vapid import new_private_key
from config.settings import Settings
from notifications.__main__ import build_worker, main
from notifications.channels.registry import ChannelRouter, open_channels, waiting_channels
from notifications.retry_policy import DeliveryPace
from notifications.scheduler import ScheduledJob, run_until
from notifications.worker import Worker
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, a_clinic
from tests.support.fakes import FakeChannel, FakeClock, Waited
from tests.support.push_service import Browser, Push, PushService

ROOT = Path(__file__).parents[2]
PACE = DeliveryPace(batch=10, per_destination=2)


@pytest.fixture
def quiet_logging() -> Iterator[None]:
    """Logging as it was, after a test that runs the whole process's set-up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def default_signals() -> Iterator[None]:
    """Signals as they were."""
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def test_one_pass_of_every_tick_climbs_plans_and_sends(database: Database, ward: Clinic) -> None:
    clock, channel = FakeClock(NOW + timedelta(minutes=30)), FakeChannel()
    with database.begin() as session:
        for person in (ward.nurse, ward.clinician, ward.patient):
            subscribe(session, person)
        an_alert(session, ward)
        session.get_one(Patient, ward.patient.id).check_in_due_at = NOW
    worker = Worker(database, channel, pace=PACE, clock=clock)

    for tick in reversed(worker.jobs()):
        tick.run()
    worker.close()

    told = Counter(message.payload.kind for _, message in channel.sent)
    assert told == {"alert": 2, "check_in": 1}  # the nurse once: a later message replaced a pending one


def test_a_worker_says_that_it_lives_but_not_all_the_time(database: Database, ward: Clinic) -> None:
    clock = FakeClock(NOW)
    worker = Worker(database, FakeChannel(), pace=PACE, clock=clock)
    beats = []
    for wait_s in (0, 1, 4):
        clock.move(timedelta(seconds=wait_s))
        worker.relay()
        with database.read() as session:
            beats.append(session.scalars(select(Heartbeat.ticked_at)).one() - NOW)
    worker.close()

    assert [beat.total_seconds() for beat in beats] == [0, 0, 5]


def test_without_a_key_pushes_wait_and_all_else_is_done(database: Database, ward: Clinic) -> None:
    clock = FakeClock(NOW + timedelta(minutes=30))
    with database.begin() as session:
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward)
    channels = open_channels(Settings(), clock=clock)
    later = waiting_channels(channels)
    worker = Worker(database, ChannelRouter(channels), pace=PACE, clock=clock, waiting=later)

    for tick in worker.jobs():
        tick.run()
    waiting = [row.state for row in messages_of(database, ward.nurse)]
    worker.close()

    assert waiting == ["pending", "pending"]
    assert the(database, Alert, alert.id).times_notified == 2


def test_housekeeping_forgets_what_nobody_needs(database: Database, ward: Clinic) -> None:
    later = NOW + timedelta(days=500)  # a patient stays signed in for 400
    with database.begin() as session:
        session.add(Throttle(key="x", window_started_at=NOW, attempts=3))
        session.add(Heartbeat(worker="old", started_at=NOW, ticked_at=NOW))
        session.add(Heartbeat(worker="new", started_at=NOW, ticked_at=later))
    worker = Worker(database, FakeChannel(), pace=PACE, clock=FakeClock(later))

    worker.clean_up()

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Token)) == 0
        assert session.scalar(select(func.count()).select_from(Throttle)) == 0
        assert session.scalars(select(Heartbeat.worker)).all() == ["new"]
    worker.close()


def test_ticks_run_again_and_again_until_stopped_and_one_that_fails_runs_again() -> None:
    stopped, ran = threading.Event(), Counter[str]()

    def steady() -> None:
        ran["steady"] += 1
        if ran["steady"] >= 3 and ran["shaky"] >= 3:
            stopped.set()

    def shaky() -> None:
        ran["shaky"] += 1
        raise RuntimeError("a bug")

    often = timedelta(milliseconds=10)
    run_until(stopped, [ScheduledJob("steady", often, steady), ScheduledJob("shaky", often, shaky)])

    assert min(ran.values()) >= 3


def test_a_worker_runs_until_it_is_stopped(sqlite: Database) -> None:
    worker = Worker(sqlite, FakeChannel(), pace=PACE, clock=FakeClock(NOW))
    worker.stopped.set()

    worker.run()
    worker.close()


def test_a_stopped_worker_claims_no_more(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        for _ in range(3):
            subscribe(session, ward.nurse)
        an_alert(session, ward)
    worker = Worker(database, FakeChannel(), pace=PACE, clock=FakeClock(NOW))
    worker.stopped.set()

    worker.relay()
    states = {row.state for row in messages_of(database)}
    worker.close()

    assert states == {"pending"}


def test_the_channel_is_built_from_what_the_operator_set() -> None:
    mail = {"smtp_url": "smtp://mail.example.org", "mail_from": "care@clinic.example.org"}
    for public_url in ("http://127.0.0.1:8000", "https://clinic.example.org"):
        settings = Settings(vapid_private_key=new_private_key(), public_url=public_url, **mail)
        channels = open_channels(settings, clock=FakeClock(NOW))
        Waited(ChannelRouter(channels)).close()
        assert (set(channels), waiting_channels(channels)) == (AUTOMATIC_CHANNELS, frozenset())
    channels = open_channels(Settings(), clock=FakeClock(NOW))
    Waited(ChannelRouter(channels)).close()
    assert (set(channels), waiting_channels(channels)) == ({Channel.WEBHOOK}, {Channel.WEB_PUSH})


def test_the_command_does_one_pass_and_leaves(
    database: Database, ward: Clinic, quiet_logging: None, default_signals: None
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)

    assert main(["--once"], {"DATABASE_URL": url}) == 0

    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Heartbeat)) == 1


def test_the_command_stops_when_it_is_told_to(
    database: Database, ward: Clinic, quiet_logging: None, default_signals: None
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    threading.Thread(
        target=_when_it_ticks, args=[database, lambda: os.kill(os.getpid(), signal.SIGTERM)]
    ).start()

    assert main([], {"DATABASE_URL": url, "VAPID_PRIVATE_KEY": new_private_key()}) == 0


def test_the_command_explains_itself(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["notifications", "--help"])

    with pytest.raises(SystemExit) as left:
        runpy.run_path(str(ROOT / "notifications" / "__main__.py"), run_name="__main__")

    assert left.value.code == 0
    assert "python -m notifications" in capsys.readouterr().out


def test_a_worker_takes_its_pace_from_the_settings(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/x.db")
    worker = build_worker(settings, open_channels(settings, clock=FakeClock(NOW)))

    assert [tick.name for tick in worker.jobs()] == [
        "relay",
        "escalation",
        "reminders",
        "silence",
        "rescoring",
        "exports",
        "housekeeping",
    ]
    worker.close()


def _when_it_ticks(database: Database, act: Callable[[], None]) -> None:
    """Act once the first heartbeat is there."""

    def has_ticked() -> bool:
        with database.read() as session:
            return bool(session.scalar(select(func.count()).select_from(Heartbeat)))

    _until(has_ticked)
    act()


def _until(happened: Callable[[], bool], *, within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.02)


def start(database: Database) -> subprocess.Popen[bytes]:
    """Start a delivery worker as an operator would."""
    environment = {
        **os.environ,
        "DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
        "VAPID_PRIVATE_KEY": KEY,
        "PUSH_LOOPBACK": "true",
    }
    command = [sys.executable, "-m", "notifications"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


@pytest.fixture
def workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Worker processes, none of which outlives its test."""
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for worker in started:
        worker.kill()
        worker.wait()


KEY = new_private_key()
DEVICES = 400
ROUNDS = 4


@pytest.mark.slow
def test_a_worker_killed_again_and_again_loses_no_alert_and_shows_none_twice(
    database: Database,
    service: PushService,
    workers: list[subprocess.Popen[bytes]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = datetime.now(UTC)
    browsers = {browser.path: browser for browser in (Browser(service.origin) for _ in range(DEVICES))}
    with database.begin() as session:
        ward = a_clinic(session, now=now)
        for browser in browsers.values():
            subscribe(session, ward.nurse, browser)
        an_alert(session, ward)
        session.execute(update(OutboxMessage).values(not_before=now, expires_at=now + timedelta(days=1)))
        session.execute(update(Alert).values(next_rung_at=None))
    service.answer = _after_a_moment

    for killed in range(ROUNDS):
        enough = len(service.pushes) + 20 + 13 * killed
        workers.append(start(database))
        _until(lambda enough=enough: len(service.pushes) >= enough)
        workers[-1].kill()
        workers[-1].wait()
        _let_leases_run_out(database)
    left = _count(database, "pending")
    workers.append(start(database))
    _until(lambda: _count(database, "pending") == 0)
    workers[-1].terminate()

    assert left > 0
    assert workers[-1].wait(20) == 0
    assert _count(database, "delivered") == DEVICES
    shown = [(push.path, _as_shown(browsers[push.path], push)) for push in service.pushes]
    assert len(set(shown)) == DEVICES
    assert len({path for path, _ in shown}) == len({notification for _, notification in shown}) == DEVICES
    again = len(shown) - DEVICES
    assert again <= ROUNDS * Settings().relay_batch
    with capsys.disabled():
        print(f"\n{ROUNDS} kills, {DEVICES} devices: {again} pushes came again, none is shown twice")  # noqa: T201


def _after_a_moment(_: Push) -> tuple[int, dict[str, str]]:
    """Answer like a push service some milliseconds away, so that a kill finds pushes under way."""
    threading.Event().wait(0.01)
    return 201, {}


def _as_shown(browser: Browser, push: Push) -> tuple[str, str]:
    """Return what a device knows a notification by: a repeat with the same replaces the first."""
    return push.headers["topic"], browser.read(push)["id"]


def _let_leases_run_out(database: Database) -> None:
    """Let as much time pass as a lease lasts, as the rows see it."""
    waiting = update(OutboxMessage).where(OutboxMessage.state == "pending")
    with database.begin() as session:
        session.execute(waiting.values(not_before=datetime.now(UTC)))


def _count(database: Database, state: str) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.state == state)) or 0


@pytest.mark.slow
def test_a_worker_brings_an_alert_within_two_seconds_and_stops_when_told_to(
    database: Database, service: PushService, workers: list[subprocess.Popen[bytes]]
) -> None:
    browser = Browser(service.origin)
    with database.begin() as session:
        ward = a_clinic(session, now=datetime.now(UTC))
        subscribe(session, ward.nurse, browser)
    workers.append(start(database))
    _when_it_ticks(database, lambda: None)

    with database.begin() as session:
        alert = an_alert(session, ward)
        later = datetime.now(UTC) + timedelta(days=1)
        session.execute(update(OutboxMessage).values(expires_at=later))
        session.execute(update(Alert).where(Alert.id == alert.id).values(next_rung_at=None))
    _until(lambda: bool(service.pushes), within_s=2)

    workers[-1].send_signal(signal.SIGINT)
    assert workers[-1].wait(20) == 0
    assert _count(database, "delivered") == 1
