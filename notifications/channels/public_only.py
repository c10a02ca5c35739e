"""HTTP that reaches public machines only: the peer is checked once connected, before a byte is sent.

A name can lead elsewhere by the time it is used, so checking names is not enough.
"""

import io
import select
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import socket
from threading import Lock
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

import certifi

from api.domain.errors import AddressRefused
from api.domain.push_address import is_loopback, is_public
from notifications.channels.hanging import Hanging

JUST_USED_S = 1.0
"""Who answered so lately has hardly hung up since without a word, and to look costs a switch of threads."""

READ_AT_MOST = 4096
"""Of an answer's body, which nobody needs; one that goes on costs its connection."""

Peer = Callable[[str], bool]
"""Says of an IP address whether it may be spoken to."""


def peer_rule(*, loopback: bool) -> Peer:
    """Return the rule for peers: public ones, and for tests this machine."""
    return lambda peer: is_public(peer) or (loopback and is_loopback(peer))


class NoAnswer(Exception):
    """There was none; the message is what went wrong, without any address."""


class Headers(Protocol):
    """An answer's headers, whose names may be written in any case."""

    def get(self, name: str, /) -> str | None:
        """Return a header; None where it is not there."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service answered, by the names its caller looks for."""

    status_code: int
    headers: Headers
    text: str = ""


class Poster(Protocol):
    """What posts."""

    def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], timeout: tuple[float, float]
    ) -> Answer:
        """Post, and return the answer, whatever its status."""
        ...

    def close(self) -> None:
        """Close every connection."""
        ...


class Nowhere:
    """Posts nothing, and is content: the last step of a dry run."""

    def post(self, *_: object, **__: object) -> Answer:
        """Return what a push service says when it has taken something."""
        return Answer(201, {})

    def close(self) -> None:
        """Close nothing."""


class PublicOnly:
    """Kept-alive connections for many threads, without redirects, proxies or the environment's say.

    The standard library's own: with urllib3 a push cost a third more, and most of that in preparing
    for redirects, retries and proxies, none of which are wanted here.
    """

    def __init__(
        self,
        may_reach: Peer,
        *,
        origins: int = 32,
        connections: int = 32,
        trusted: ssl.SSLContext | None = None,
        hanging: Hanging | None = None,
    ) -> None:
        """Reach only what ``may_reach`` lets through; keep connections open to some ``origins``.

        ``trusted`` says whose certificates are believed: the authorities of certifi unless told otherwise.
        """
        self._hanging = hanging or Hanging()
        self._may_reach = may_reach
        self._idle = _Idle(origins, connections)
        self._trusted = trusted or ssl.create_default_context(cafile=certifi.where())
        self._trusted.set_alpn_protocols(["http/1.1"])

    def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], timeout: tuple[float, float]
    ) -> Answer:
        """Post, and return the answer, whatever its status.

        Raises:
            AddressRefused: The machine that was reached is not public; nothing was sent to it.
            NoAnswer: There was none.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if self._hanging.is_left_alone(origin):
            raise NoAnswer("left alone for a while: it did not answer")
        connection = self._idle.take(origin) or self._new(parts, timeout[0])
        try:
            answer = connection.post(_path_of(parts), data, headers, read_s=timeout[1])
        except (OSError, HTTPException) as error:
            connection.close()
            if isinstance(error, TimeoutError):
                self._hanging.waited(origin)
            raise NoAnswer(type(error).__name__) from error
        except BaseException:
            connection.close()
            raise
        self._hanging.answered(origin)
        if connection.sock is not None:
            self._idle.keep(origin, connection)
        return answer

    def close(self) -> None:
        """Close every connection."""
        self._idle.clear()

    def _new(self, parts: SplitResult, connect_s: float) -> "_Checked":
        host, port = parts.hostname or "", parts.port
        connection = (
            _Encrypted(host, port, timeout=connect_s, context=self._trusted)
            if parts.scheme == "https"
            else _Checked(host, port, timeout=connect_s)
        )
        connection.may_reach = self._may_reach
        return connection


class _Checked(HTTPConnection):
    """A connection that looks whom it has reached before it says anything."""

    may_reach: Peer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gathered: list[bytes] = []
        self._until = 0.0
        self.used_at_s = 0.0
        self.response_class = self._answer  # type: ignore[assignment]

    def connect(self) -> None:
        """Connect; of an encrypted connection this is the part before the handshake."""
        super().connect()
        if not self.may_reach(str(self.sock.getpeername()[0])):
            self.close()
            raise AddressRefused("the address leads to a machine that is not public")

    def send(self, data: Any) -> None:
        """Gather head and body, so that both leave in one packet."""
        self._gathered.append(data)

    def post(self, path: str, data: bytes, headers: Mapping[str, str], *, read_s: float) -> Answer:
        """Post, read the answer, and close what cannot be used again."""
        if self.sock is None:
            self.connect()
        self._until = time.monotonic() + read_s
        self.sock.settimeout(read_s)
        self.request("POST", path, data, dict(headers))
        super().send(b"".join(self._gathered))
        self._gathered.clear()
        response = self.getresponse()
        response.read(READ_AT_MOST)
        if not response.isclosed():  # it goes on
            self.close()
        self.used_at_s = time.monotonic()
        return Answer(response.status, response.headers)

    def _answer(self, sock: socket, *args: Any, **kwargs: Any) -> HTTPResponse:
        return HTTPResponse(_Patient(sock, self._until), *args, **kwargs)  # type: ignore[arg-type]


class _Patient:
    """A socket as an answer is read from it: until a moment, however many bytes drip in before it."""

    def __init__(self, sock: socket, until: float) -> None:
        self._sock, self._until = sock, until

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Dripping(self._sock, self._until))


class _Dripping(io.RawIOBase):
    """What is read of an answer; a socket's own timeout begins anew with every byte."""

    def __init__(self, sock: socket, until: float) -> None:
        self._sock, self._until = sock, until
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left_s = self._until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the answer drips")
        self._sock.settimeout(left_s)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Encrypted(HTTPSConnection, _Checked):
    """The same, encrypted: the peer is checked between connecting and the handshake."""


class _Idle:
    """Connections that wait to be used again, by where they lead."""

    def __init__(self, origins: int, each: int) -> None:
        self._origins, self._each = origins, each
        self._by_origin: dict[str, list[_Checked]] = {}
        self._lock = Lock()

    def take(self, origin: str) -> _Checked | None:
        """Return one the other side has not closed meanwhile; None: there is none."""
        while True:
            with self._lock:
                waiting = self._by_origin.get(origin)
                connection = waiting.pop() if waiting else None
            if connection is None or not _has_hung_up(connection):
                return connection
            connection.close()

    def keep(self, origin: str, connection: _Checked) -> None:
        """Keep one for later, unless there are enough; the origin used longest ago makes room."""
        with self._lock:
            waiting = self._by_origin.pop(origin, [])
            self._by_origin[origin] = waiting
            too_many = [connection] if len(waiting) >= self._each else []
            waiting += [] if too_many else [connection]
            if len(self._by_origin) > self._origins:
                too_many += self._by_origin.pop(next(iter(self._by_origin)))
        for each in too_many:
            each.close()

    def clear(self) -> None:
        """Close all."""
        with self._lock:
            every = [connection for waiting in self._by_origin.values() for connection in waiting]
            self._by_origin.clear()
        for connection in every:
            connection.close()


def _has_hung_up(connection: _Checked) -> bool:
    """Say whether there is something to read: nobody answers what was not asked, so it is the end."""
    if time.monotonic() - connection.used_at_s < JUST_USED_S:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return bool(poll.poll(0))


def _path_of(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
