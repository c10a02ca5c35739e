"""A push service on this machine, and browsers that read what it was given; independent of our sender."""

import base64
import json
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Push:
    """One push as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Push], tuple[int, dict[str, str]]]


class Dropped(Exception):
    """Raised by an answer: the connection is dropped without a response."""


def created(_: Push) -> tuple[int, dict[str, str]]:
    """Take everything."""
    return 201, {}


@dataclass
class PushService:
    """The pushes, and their answers; `answer` may be changed at any time."""

    origin: str = ""
    answer: Answer = created
    pushes: list[Push] = field(default_factory=list)
    connections: int = 0

    def to(self, browser: "Browser") -> list[Push]:
        """Return what was pushed to one browser."""
        return [push for push in self.pushes if push.path == browser.path]


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """Ignore senders that were killed."""


@contextmanager
def push_service(*, tls: ssl.SSLContext | None = None) -> Iterator[PushService]:
    """Run a push service on a free port of this machine, encrypted where it is given a certificate."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            service.connections += 1

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:  # its sender died in the middle: this was no push
                self.close_connection = True
                return
            push = Push(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            service.pushes.append(push)
            try:
                status, headers = service.answer(push)
            except Dropped:
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b" " * int(headers.get("Content-Length", "0")))

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    service.origin = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Browser:
    """A browser that subscribed; the only one that can read what is pushed to it."""

    origin: str
    path: str = field(default_factory=lambda: f"/push/{uuid4().hex}")
    device: UUID = field(default_factory=uuid4)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        """Return its address."""
        return self.origin + self.path

    @property
    def p256dh(self) -> str:
        """Return its public key."""
        return text_of(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        """Return its secret."""
        return text_of(self.secret)

    def subscription(self) -> dict[str, Any]:
        """Return what its JavaScript would send to us."""
        return {
            "endpoint": self.endpoint,
            "expirationTime": None,
            "keys": {"p256dh": self.p256dh, "auth": self.auth},
        }

    def read(self, push: Push) -> Any:
        """Decrypt what was pushed."""
        return json.loads(http_ece.decrypt(push.body, private_key=self.key, auth_secret=self.secret))


def text_of(raw: bytes) -> str:
    """Return bytes in base64url."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Return the bytes of base64url."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
