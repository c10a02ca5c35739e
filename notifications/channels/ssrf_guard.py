"""HTTP client that reaches public machines only; the IP address is checked when it connects.

A name can resolve to another address by the time it is used, so checking names is not enough.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from socket import socket
from typing import Any

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

from api.domain.delivery.public_address import is_loopback, is_public
from api.domain.errors import AddressRefused
from notifications.channels.circuit_breaker import CircuitBreaker

READ_AT_MOST = 4096
"""Bytes of an answer's body, which holds a reason at most; a longer one closes its connection."""

LONGEST_HEADER = 65_536
"""Some servers send long policies and cookies."""

ROUNDED_FROM_S = 3600.0
"""Time limits below it are not rounded up: leases depend on them."""

KEPT_FOR_S = 60.0
"""Lifetime of an idle connection."""

UNASKED = ("User-Agent", "Accept", "Accept-Encoding")
"""Headers that the library would add."""


class NoResponse(Exception):
    """There was no answer; the message names the error, without any address."""


class NotTrusted(NoResponse):
    """The certificate of the server is not trusted."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """Status, headers and start of the body of an answer."""

    status_code: int
    headers: Mapping[str, str]
    """By case-insensitive names."""
    text: str = ""


class DryRunHttp:
    """Posts nothing; the last step of a dry run."""

    async def post(self, *_: object, **__: object) -> HttpResponse:
        """Return the answer of a push service that accepted a push."""
        return HttpResponse(201, {})

    async def close(self) -> None:
        """Do nothing."""


class PublicHttpClient:
    """Persistent connections without redirects, cookies, proxies or settings of the environment.

    It belongs to the event loop of its first request.
    """

    def __init__(
        self, *, loopback: bool, trusted: ssl.SSLContext | None = None, breaker: CircuitBreaker | None = None
    ) -> None:
        """Connect to public addresses only, and with ``loopback``, as in tests, to this machine.

        ``trusted`` holds the certificate authorities; by default those of certifi.
        """
        self._loopback = loopback
        self._breaker = breaker or CircuitBreaker()
        self._trusted = trusted or ssl.create_default_context(cafile=certifi.where())
        self._trusted.set_alpn_protocols(["http/1.1"])
        self._session: ClientSession | None = None

    async def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], within_s: float
    ) -> HttpResponse:
        """Post, and return the answer with any status, within so many seconds in all.

        Raises:
            AddressRefused: The machine is not public; nothing was sent to it.
            NoResponse: There was no answer.
        """
        target = URL(url, encoded=True)
        host = target.raw_authority
        if self._breaker.is_open(host):
            raise NoResponse("host is skipped for a while: it did not answer")
        timeout = ClientTimeout(total=within_s, ceil_threshold=ROUNDED_FROM_S)
        try:
            async with self._opened().post(
                target, data=data, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                answer = HttpResponse(response.status, response.headers, await _read_off(response))
        except (ClientError, OSError) as error:
            if isinstance(error, TimeoutError):
                self._breaker.record_timeout(host)
            kind = NotTrusted if isinstance(error, ClientConnectorCertificateError) else NoResponse
            raise kind(_name_of(error)) from error
        self._breaker.record_answer(host)
        return answer

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()

    def _opened(self) -> ClientSession:
        if self._session is None:
            connector = TCPConnector(
                limit=0,  # the sender limits connections
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
        """Return a socket for an IP address that a name resolved to, or that was given."""
        family, kind, protocol, _, (peer, *_rest) = found
        if not (is_public(peer) or (self._loopback and is_loopback(peer))):
            raise AddressRefused("the address leads to a machine that is not public")
        return socket(family, kind, protocol)


def http_client(*, loopback: bool, dry_run: bool) -> DryRunHttp | PublicHttpClient:
    """Return the client of a channel; in a dry run one that posts nothing."""
    return DryRunHttp() if dry_run else PublicHttpClient(loopback=loopback)


async def _read_off(response: ClientResponse) -> str:
    """Return the start of a body; read to the end, so that the connection can be reused."""
    left, body = READ_AT_MOST, b""
    try:
        while left > 0 and (read := await response.content.read(left)):
            left -= len(read)
            body += read
    except (ClientError, OSError):
        left = 0
    if left <= 0 or not response.content.at_eof():  # longer than the limit, or interrupted
        response.close()
    return body.decode(errors="replace")


def _name_of(error: BaseException) -> str:
    """Return the underlying error; the library's own text may hold an address."""
    below = getattr(error, "os_error", None) or getattr(error, "certificate_error", None)
    return type(below or error).__name__
