"""SMTP connections on the event loop: as few as are needed at once, reused, encrypted, with a deadline.

aiosmtplib speaks the protocol. Added here: connections are kept between e-mails, TLS is required of
every server but one on this machine, and one deadline covers a whole exchange, so a server that
answers a byte at a time holds a message no longer than a silent one.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import partial

import certifi
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from api.domain.delivery.public_address import is_loopback
from config.mail import MailServer

TIMEOUT_S = 15.0
"""Time limit of one e-mail, for all commands and replies together."""

CONNECT_TIMEOUT_S = 5.0
"""Time limit of a connection to one of the server's IP addresses, and of the check of an idle one."""

QUIT_TIMEOUT_S = 1.0
"""Time limit of the farewell to a server; the e-mails were accepted before."""


class Unencrypted(SMTPException):
    """The server offers no TLS and is not on this machine; no address or password was sent."""


class SignInImpossible(SMTPException):
    """The server offers no sign-in, or none with a password."""


class SmtpPool:
    """Submits e-mail to one server; for one event loop."""

    def __init__(
        self,
        server: MailServer,
        *,
        name: str,
        trusted: ssl.SSLContext | None = None,
        loopback_is_safe: bool = True,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Use ``name`` in EHLO; a server on this machine needs no TLS if ``loopback_is_safe``."""
        self._server = server
        self._name = name
        self._trusted = trusted or _trusted_authorities()
        self._loopback_is_safe = loopback_is_safe
        self._timeout_s = timeout_s
        self._idle: list[SMTP] = []

    async def send(self, email: EmailMessage) -> None:
        """Submit one e-mail.

        Raises:
            SMTPException: The server refused it, or cannot be used.
            OSError: There was no answer in time.
        """
        async with asyncio.timeout(self._timeout_s):
            connection = await self._reused() or await self._new()
            with _unless_done(partial(_abort, connection)):
                await connection.send_message(email)
        self._idle.append(connection)

    async def close(self) -> None:
        """Close every connection that is not in use."""
        connections, self._idle = self._idle, []
        await asyncio.gather(*(_quit(each) for each in connections))

    async def _reused(self) -> SMTP | None:
        """Return an idle connection that still works; servers close those that are idle for long."""
        while self._idle:
            connection = self._idle.pop()
            with suppress(SMTPException, OSError), _unless_done(partial(_abort, connection)):
                await connection.noop(timeout=CONNECT_TIMEOUT_S)
                return connection
        return None

    async def _new(self) -> SMTP:
        connection = SMTP(
            hostname=self._server.host,
            port=None,
            sock=await _connected(self._server.host, self._server.port),
            local_hostname=self._name,
            use_tls=self._server.encrypted,
            start_tls=False,
            tls_context=self._trusted,
            timeout=self._timeout_s,
        )
        with _unless_done(partial(_abort, connection)):
            await connection.connect()
            if not self._server.encrypted and not self._is_safe(connection):
                await connection.ehlo()
                if not connection.supports_extension("starttls"):
                    raise Unencrypted("the mail server offers no TLS")
                await connection.starttls()
            if self._server.user:
                await self._sign_in(connection)
        return connection

    async def _sign_in(self, connection: SMTP) -> None:
        try:
            await connection.login(self._server.user, self._server.password)
        except (SMTPResponseException, OSError):
            raise
        except (SMTPException, UnicodeError) as error:
            raise SignInImpossible("the mail server takes no sign-in of ours") from error

    def _is_safe(self, connection: SMTP) -> bool:
        peer = connection.get_transport_info("peername")
        return self._loopback_is_safe and bool(peer) and is_loopback(peer[0])


async def _connected(host: str, port: int) -> socket.socket:
    """Return a connection to the first IP address that answers in time."""
    loop = asyncio.get_running_loop()
    error: OSError = OSError("the host has no address")
    for family, kind, protocol, _, address in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        connection.setblocking(False)
        try:
            with _unless_done(connection.close):
                async with asyncio.timeout(CONNECT_TIMEOUT_S):
                    await loop.sock_connect(connection, address)
                return connection
        except OSError as failed:
            error = failed
    raise error


@contextmanager
def _unless_done(give_up: Callable[[], object]) -> Iterator[None]:
    """Call ``give_up`` if the block raises anything, a cancellation included."""
    try:
        yield
    except BaseException:
        give_up()
        raise


async def _quit(connection: SMTP) -> None:
    transport = connection.transport
    with suppress(SMTPException, OSError):
        await connection.quit(timeout=QUIT_TIMEOUT_S)
    _abort(connection, transport)
    await asyncio.sleep(0)  # the transport closes in the next iteration of the loop


def _abort(connection: SMTP, transport: asyncio.BaseTransport | None = None) -> None:
    """Close a connection at once: a TLS shutdown would wait for the server."""
    transport = transport or connection.transport
    connection.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


def _trusted_authorities() -> ssl.SSLContext:
    """Return the authorities of this machine and of certifi: a bare container has none of its own."""
    trusted = ssl.create_default_context()
    trusted.load_verify_locations(certifi.where())
    return trusted
