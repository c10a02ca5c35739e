"""How fast one worker pushes, and how soon after an accepted entry a push is there."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

from pywebpush import WebPusher
from sqlalchemy import select

from api.db import Sessions
from api.domain.messages import MessageKind
from api.models.outbox import Heartbeat, Subscription
from api.services import outbox
from api.services.outbox import Notice
from notifications.channels.base import Payload
from notifications.channels.web_push import body_of
from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import PRODUCT, Size, Stream, load, server, worker
from tests.bench.ward import Bed
from tests.push_service import Browser
from tests.servers import HOST, Process, answers, free_port, resident_mb, wait_until

ENCODED = 300
ALERTS_PER_STREAM = 5


def fan_out(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure one worker with a full outbox, against the bare cost of the encryption."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        sessions = stack.enter_context(ward.opened(url))
        sink = stack.enter_context(_sink(folder))
        bed, *_ = ward.beds(sessions, 1)
        _subscribe(sessions, [bed] * size.pushes, sink)
        running = stack.enter_context(worker(url, folder))
        wait_until(lambda: _ticks(sessions), within_s=30, what="the worker ticks")
        _fill(sessions, bed)
        wait_until(
            lambda: len(_seen(sink)) >= size.pushes, within_s=60, what="all pushes are there", every_s=0.2
        )
        moments = sorted(moment for _, moment in _seen(sink))
        per_s = (len(moments) - 1) / (moments[-1] - moments[0])
        yield Figure(
            f"push fan-out, one worker, {kind}", per_s, "pushes/s",
            _encryptions_per_s(), "encryptions/s, bare", 300.0, "value >=",
        )  # fmt: skip
        yield Figure(f"delivery worker, {kind}: resident after it", resident_mb(running.pid), "MB")


def latency(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure from the answer to an entry with a red flag until the push of its alert is received."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        sessions = stack.enter_context(ward.opened(url))
        sink = stack.enter_context(_sink(folder))
        beds = ward.beds(sessions, size.alerts)
        _subscribe(sessions, beds, sink)
        product = stack.enter_context(server(PRODUCT, url, folder))
        stack.enter_context(worker(url, folder))
        wait_until(lambda: _ticks(sessions), within_s=30, what="the worker ticks")
        accepted = [_accepted_at(product.port, bed) for bed in _unhurried(beds)]
        wait_until(lambda: len(_seen(sink)) >= len(beds), within_s=60, what="all pushes are there")
        received = dict(_seen(sink))
    took = sorted(received[_path(bed)] - at for bed, at in zip(beds, accepted, strict=True))
    for share, aim in ((0.50, None), (0.99, 2.0)):
        value = took[min(len(took) - 1, int(share * len(took)))]
        name = f"entry accepted to push received, {kind}: p{share * 100:.0f}"
        yield Figure(name, value, "s", None, f"{len(took)} alerts", aim, "value <" if aim else "")


def _unhurried(beds: Sequence[Bed]) -> Iterator[Bed]:
    """Let a varying moment pass before each, so that entries fall anywhere between two ticks."""
    for number, bed in enumerate(beds):
        time.sleep(0.005 * (number % 23))
        yield bed


def _accepted_at(port: int, bed: Bed) -> float:
    entry = next(ward.diary(1)) | {
        "id": str(uuid4()),
        "recorded_at": datetime.now(UTC).isoformat(),
        "red_flags": ["chest_pain"],
    }
    del entry["local_date"]
    seen = load(port, [Stream(bed.patient.token, [ward.body(entry)])], seconds=10)
    return seen.answered_at[0][0]


def _path(bed: Bed) -> str:
    return f"/push/{bed.nurse.id}"


@contextmanager
def _sink(folder: Path) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.sink", str(port)]
    with Process(command, {}, log=folder / "sink.log"):
        wait_until(lambda: answers(port, "/seen"), within_s=10, what="the push service answers")
        yield port


def _seen(port: int) -> list[tuple[str, float]]:
    with urlopen(f"http://{HOST}:{port}/seen", timeout=10) as answer:
        return [(path, moment) for path, moment in json.load(answer)]


def _subscribe(sessions: Sessions, beds: Sequence[Bed], port: int) -> None:
    browser, now = Browser(f"http://{HOST}:{port}"), datetime.now(UTC)
    with sessions.begin() as session:
        session.add_all(
            Subscription(
                site_id=bed.nurse.principal.site_id,
                recipient_id=bed.nurse.id,
                grant_id=bed.nurse.principal.grant_id,
                device=uuid4(),
                endpoint=browser.origin + _path(bed),
                p256dh=browser.p256dh,
                auth=browser.auth,
                created_at=now,
            )
            for bed in beds
        )


def _fill(sessions: Sessions, bed: Bed) -> None:
    now = datetime.now(UTC)
    notice = Notice(
        kind=MessageKind.NOT_SCORED,
        site_id=bed.nurse.principal.site_id,
        purpose="bench",
        topic_of="bench",
        not_before=now,
        expires_at=now + timedelta(hours=1),
    )
    with sessions.begin() as session:
        outbox.post(session, notice, recipients=[bed.nurse.id], now=now)


def _ticks(sessions: Sessions) -> bool:
    with sessions.read() as session:
        return session.scalar(select(Heartbeat.worker)) is not None


def _encryptions_per_s() -> float:
    browser = Browser("https://push.example.org")
    pusher = WebPusher(browser.subscription())
    body = body_of(Payload(MessageKind.ALERT, uuid4()))
    began = time.perf_counter()
    for _ in range(ENCODED):
        pusher.encode(body)
    return ENCODED / (time.perf_counter() - began)
