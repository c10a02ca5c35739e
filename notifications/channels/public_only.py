"""HTTP that reaches public machines only: the peer is checked once connected, before a byte is sent.

A name can lead elsewhere by the time it is used, so checking names is not enough.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import certifi
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection

from api.domain.errors import AddressRefused
from api.domain.push_address import is_loopback, is_public

READ_AT_MOST = 4096
"""Of an answer's body, which nobody needs; one that goes on costs its connection."""

Peer = Callable[[str], bool]
"""Says of an IP address whether it may be spoken to."""


def peer_rule(*, loopback: bool) -> Peer:
    """Return the rule for peers: public ones, and for tests this machine."""
    return lambda peer: is_public(peer) or (loopback and is_loopback(peer))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service answered, by the names its caller looks for."""

    status_code: int
    headers: Mapping[str, str]
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

    It stands where pywebpush takes a `requests.Session`, of which `post` is all that is used; the
    session itself costs more than encrypting and sending together, and follows redirects.
    """

    def __init__(self, may_reach: Peer, *, origins: int = 32, connections: int = 32) -> None:
        """Reach only what ``may_reach`` lets through; keep connections open to some ``origins``."""
        trusted = ssl.create_default_context(cafile=certifi.where())
        self._pools = PoolManager(num_pools=origins, maxsize=connections, ssl_context=trusted)
        self._pools.pool_classes_by_scheme = _pools(may_reach)

    def post(
        self, url: str, *, data: bytes, headers: Mapping[str, str], timeout: tuple[float, float]
    ) -> Answer:
        """Post, and return the answer, whatever its status.

        Raises:
            AddressRefused: The machine that was reached is not public; nothing was sent to it.
            urllib3.exceptions.HTTPError: There was no answer.
        """
        connect_s, read_s = timeout
        response = self._pools.urlopen(
            "POST",
            url,
            body=data,
            headers=dict(headers),
            timeout=Timeout(connect=connect_s, read=read_s),
            redirect=False,
            retries=False,
            preload_content=False,
        )
        response.read(READ_AT_MOST)
        if response.length_remaining == 0:
            response.release_conn()
        else:
            response.close()
        return Answer(response.status, response.headers)

    def close(self) -> None:
        """Close every connection."""
        self._pools.clear()


def _pools(may_reach: Peer) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), may_reach)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _checked(super()._new_conn(), may_reach)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _checked(connected: socket.socket, may_reach: Peer) -> socket.socket:
    peer = str(connected.getpeername()[0])
    if may_reach(peer):
        return connected
    connected.close()
    raise AddressRefused("the address leads to a machine that is not public")
