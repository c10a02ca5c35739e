"""HTTP that reaches public machines only: each address is looked at where a connection to it is begun.

A name can lead elsewhere by the time it is used, so checking names is not enough.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from socket import socket
from typing import Any, Protocol

import certifi
from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from api.domain.delivery.push_address import is_loopback, is_public
from api.domain.errors import AddressRefused
from notifications.channels.circuit_breaker import CircuitBreaker

READ_AT_MOST = 4096
"""Of an answer's body, which says why at most; one that goes on costs its connection."""

LONGEST_HEADER = 65_536
"""Some answer with long policies and cookies."""

ROUNDED_FROM_S = 3600.0
"""Time limits below it are kept to the millisecond: a lease counts on them."""

KEPT_FOR_S = 60.0
"""How long a connection waits to be used again."""

UNASKED = ("User-Agent", "Accept", "Accept-Encoding")
"""What the library would say of itself."""

Peer = Callable[[str], bool]
"""Says of an IP address whether it may be spoken to."""


def peer_rule(*, loopback: bool) -> Peer:
    """Return the rule for peers: public ones, and for tests this machine."""
    return lambda peer: is_public(peer) or (loopback and is_loopback(peer))


class NoResponse(Exception):
    """There was none; the message is what went wrong, without any address."""


class NotTrusted(NoResponse):
    """The other side's certificate is not one that this machine trusts."""


class Headers(Protocol):
    """An answer's headers, whose names may be written in any case."""

    def get(self, name: str, /) -> str | None:
        """Return a header; None where it is not there."""
        ...


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What a push service answered, by the names its caller looks for."""

    status_code: int
    headers: Headers
    text: str = ""


class HttpClient(Protocol):
    """What posts."""

    async def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], within_s: float
    ) -> HttpResponse:
        """Post, and return the answer, whatever its status."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class DryRunHttp:
    """Posts nothing, and is content: the last step of a dry run."""

    async def post(self, *_: object, **__: object) -> HttpResponse:
        """Return what a push service says when it has taken something."""
        return HttpResponse(201, {})

    async def close(self) -> None:
        """Close nothing."""


class PublicHttpClient:
    """Kept-alive connections without redirects, cookies, proxies or the environment's say.

    For the event loop that first posts by it.
    """

    def __init__(
        self, may_reach: Peer, *, trusted: ssl.SSLContext | None = None, hanging: CircuitBreaker | None = None
    ) -> None:
        """Reach only what ``may_reach`` lets through.

        ``trusted`` says whose certificates are believed: the authorities of certifi unless told otherwise.
        """
        self._may_reach = may_reach
        self._hanging = hanging or CircuitBreaker()
        self._trusted = trusted or ssl.create_default_context(cafile=certifi.where())
        self._trusted.set_alpn_protocols(["http/1.1"])
        self._session: ClientSession | None = None

    async def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], within_s: float
    ) -> HttpResponse:
        """Post, and return the answer, whatever its status; all of it in so many seconds.

        Raises:
            AddressRefused: The machine that was reached is not public; nothing was sent to it.
            NoAnswer: There was none.
        """
        target = URL(url, encoded=True)
        place = target.raw_authority
        if self._hanging.is_left_alone(place):
            raise NoResponse("left alone for a while: it did not answer")
        try:
            answer = await self._posted(target, data, headers, within_s)
        except (ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                self._hanging.waited(place)
            kind = NotTrusted if isinstance(error, ClientConnectorCertificateError) else NoResponse
            raise kind(_name_of(error)) from error
        self._hanging.answered(place)
        return answer

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    async def _posted(
        self, target: URL, data: bytes, headers: Mapping[str, str], within_s: float
    ) -> HttpResponse:
        timeout = ClientTimeout(total=within_s, ceil_threshold=ROUNDED_FROM_S)
        async with self._opened().post(
            target, data=data, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            text = await _read_off(response)
            return HttpResponse(response.status, response.headers, text)

    def _opened(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(
                limit=0,  # whoever sends sees to that
                ssl=self._trusted,
                socket_factory=self._socket,
                happy_eyeballs_delay=None,
                keepalive_timeout=KEPT_FOR_S,
            )
            self._session = ClientSession(
                connector=connector,
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=UNASKED,
                auto_decompress=False,
                max_line_size=LONGEST_HEADER,
                max_field_size=LONGEST_HEADER,
            )
        return self._session

    def _socket(self, found: tuple[Any, ...]) -> socket:
        """Return a socket for an address a name has led to, or that was given as it is."""
        family, kind, protocol, _, (peer, *_rest) = found
        if not self._may_reach(str(peer)):
            raise AddressRefused("the address leads to a machine that is not public")
        return socket(family, kind, protocol)


async def _read_off(response: ClientResponse) -> str:
    """Return an answer's body, read so that its connection can be used again; what breaks off is left."""
    left, said = READ_AT_MOST, b""
    try:
        while left > 0 and (read := await response.content.read(left)):
            left -= len(read)
            said += read
    except (ClientError, OSError):
        left = 0
    if left <= 0 or not response.content.at_eof():  # it goes on, or broke off
        response.close()
    return said.decode(errors="replace")


def _name_of(error: BaseException) -> str:
    """Return what went wrong below the library's own words, which may hold an address."""
    below = getattr(error, "os_error", None) or getattr(error, "certificate_error", None)
    return type(below or error).__name__
