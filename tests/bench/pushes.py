"""Throughput of pushes, and the latency from an accepted entry to its push."""

import http.client
import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import func, select

from api.db.database import Database
from api.domain.delivery.messages import MessageKind
from api.models.outbox import Heartbeat, Subscription
from api.services.messages import outbox
from api.services.messages.outbox import Notification
from notifications.channels.base import Message, Payload, Urgency
from notifications.channels.web_push import body_of
from tests.bench import ward
from tests.bench.figure import Figure
from tests.bench.rig import PRODUCT, Size, Stream, load, server, worker
from tests.bench.ward import Bed
from tests.support.push_service import Browser
from tests.support.servers import HOST, Process, answers, free_port, resident_mb, wait_until

BARE = 1000
ALERTS_PER_STREAM = 5


def fan_out(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure one worker and then two with a full outbox, against the bare cost of a push.

    The bare cost is that of one thread that makes a key, agrees on a secret, encrypts, and posts over a
    kept-alive connection: the lower bound for a worker with any database.
    """
    with ExitStack() as stack:
        sink = stack.enter_context(_sink(folder))
        before = _bare_per_s(sink)
        one, resident = _fanned_out(kind, size, folder, sink, workers=1)
        two, _ = _fanned_out(kind, size, folder, sink, workers=2)
        bare = (before + _bare_per_s(sink)) / 2
    beside = "bare: key, ECDH, AES-GCM, one kept-alive POST"
    yield Figure(f"push fan-out, one worker, {kind}", one, "pushes/s", bare, beside, 0.5, "ratio >=")
    yield Figure(f"push fan-out, two workers, {kind}", two, "pushes/s", bare, beside, 600.0, "value >=")
    yield Figure(f"push fan-out, two workers, {kind}: each", two / 2, "pushes/s", bare, beside)
    yield Figure(f"delivery worker, {kind}: resident after it", resident, "MB")


def _fanned_out(kind: str, size: Size, folder: Path, sink: int, *, workers: int) -> tuple[float, float]:
    """Return the pushes per second of some workers together, and the memory of one in MB."""
    with ExitStack() as stack:
        place = folder / f"workers-{workers}"
        place.mkdir()
        url = stack.enter_context(ward.database(kind, place))
        database = stack.enter_context(ward.opened(url))
        bed, *_ = ward.beds(database, 1)
        _subscribe(database, [bed] * size.pushes, sink)
        running = [stack.enter_context(worker(url, place)) for _ in range(workers)]
        wait_until(lambda: _ticking(database) == workers, within_s=60, what="the workers tick")
        path, earlier = _path(bed), len(_seen(sink))
        _fill(database, bed)
        wait_until(
            lambda: len(_seen(sink)) >= earlier + size.pushes,
            within_s=60, what="all pushes have arrived", every_s=0.5,
        )  # fmt: skip
        moments = sorted(moment for seen, moment in _seen(sink) if seen == path)
        return (len(moments) - 1) / (moments[-1] - moments[0]), resident_mb(running[0].pid)


def latency(kind: str, size: Size, folder: Path) -> Iterator[Figure]:
    """Measure from the answer to an entry with a red flag until the push of its alert is received."""
    with ExitStack() as stack:
        url = stack.enter_context(ward.database(kind, folder))
        database = stack.enter_context(ward.opened(url))
        sink = stack.enter_context(_sink(folder))
        beds = ward.beds(database, size.alerts)
        _subscribe(database, beds, sink)
        product = stack.enter_context(server(PRODUCT, url, folder))
        stack.enter_context(worker(url, folder))
        wait_until(lambda: _ticking(database) == 1, within_s=60, what="the worker ticks")
        accepted = [_accepted_at(product.port, bed) for bed in _unhurried(beds)]
        wait_until(lambda: len(_seen(sink)) >= len(beds), within_s=60, what="all pushes have arrived")
        received = dict(_seen(sink))
    took = sorted(received[_path(bed)] - at for bed, at in zip(beds, accepted, strict=True))
    for share, aim in ((0.50, None), (0.99, 2.0)):
        value = took[min(len(took) - 1, int(share * len(took)))]
        name = f"entry accepted to push received, {kind}: p{share * 100:.0f}"
        yield Figure(name, value, "s", None, f"{len(took)} alerts", aim, "value <" if aim else "")


def _unhurried(beds: Sequence[Bed]) -> Iterator[Bed]:
    """Yield each after a varying pause, so that entries fall anywhere between two ticks."""
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


def _subscribe(database: Database, beds: Sequence[Bed], port: int) -> None:
    browser, now = Browser(f"http://{HOST}:{port}"), datetime.now(UTC)
    with database.begin() as session:
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


def _fill(database: Database, bed: Bed) -> None:
    now = datetime.now(UTC)
    notice = Notification(
        kind=MessageKind.NOT_SCORED,
        site_id=bed.nurse.principal.site_id,
        purpose="bench",
        topic_of="bench",
        not_before=now,
        expires_at=now + timedelta(hours=1),
    )
    with database.begin() as session:
        outbox.post(session, notice, recipients=[bed.nurse.id], now=now)


def _ticking(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count(Heartbeat.worker))) or 0


def _bare_per_s(port: int) -> float:
    """Return the pushes per second of bare code that encrypts and posts."""
    reader = ec.generate_private_key(ec.SECP256R1()).public_key()
    theirs = reader.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    body = body_of(Message(Payload(MessageKind.ALERT, uuid4()), "", 60, Urgency.HIGH))
    headers = {"TTL": "60", "Content-Encoding": "aes128gcm", "Authorization": "vapid t=-,k=-"}
    with closing(http.client.HTTPConnection(HOST, port)) as connection:
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        began = time.perf_counter()
        for _ in range(BARE):
            connection.request("POST", "/bare", _encrypted(body, reader, theirs), headers)
            connection.getresponse().read()
        return BARE / (time.perf_counter() - began)


def _encrypted(body: bytes, reader: ec.EllipticCurvePublicKey, theirs: bytes) -> bytes:
    """Encrypt according to RFC 8291, with a new key for every message."""
    key, secret, salt = ec.generate_private_key(ec.SECP256R1()), bytes(16), os.urandom(16)
    ours = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = key.exchange(ec.ECDH(), reader)
    mixed = _derived(shared, 32, secret, b"WebPush: info\x00" + theirs + ours)
    sealing = _derived(mixed, 16, salt, b"Content-Encoding: aes128gcm\x00")
    nonce = _derived(mixed, 12, salt, b"Content-Encoding: nonce\x00")
    sealed = AESGCM(sealing).encrypt(nonce, body + b"\x02", None)
    return salt + (4096).to_bytes(4) + bytes([len(ours)]) + ours + sealed


def _derived(secret: bytes, length: int, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
