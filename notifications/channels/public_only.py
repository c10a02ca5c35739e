"""HTTP that reaches public machines only: the peer is checked once connected, before a byte is sent.

A name can lead elsewhere by the time it is used, so checking names is not enough.
"""

import socket
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from api.domain.errors import AddressRefused
from api.domain.push_address import is_loopback, is_public

Peer = Callable[[str], bool]
"""Says of an IP address whether it may be spoken to."""


def peer_rule(*, loopback: bool) -> Peer:
    """Return the rule for peers: public ones, and for tests this machine."""
    return lambda peer: is_public(peer) or (loopback and is_loopback(peer))


class PublicOnly(requests.Session):
    """A session with kept-alive connections, without redirects, proxies or the environment's say."""

    def __init__(self, may_reach: Peer, *, origins: int = 16) -> None:
        """Reach only what ``may_reach`` lets through; keep a connection open to each of ``origins``."""
        super().__init__()
        self.trust_env = False
        adapter = _CheckedAdapter(may_reach, pool_connections=origins, pool_maxsize=1)
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Follow none: a redirect could lead past the allow-list."""


class _CheckedAdapter(HTTPAdapter):
    def __init__(self, may_reach: Peer, **kwargs: Any) -> None:
        self._may_reach = may_reach
        super().__init__(max_retries=0, **kwargs)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let the pools connect by our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools(self._may_reach)


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
    raise AddressRefused("the push endpoint leads to an address that is not public")
