"""SMTP: as few connections as are needed at once, kept, encrypted, and never waited for without end."""

import smtplib
import ssl
import threading
import time
from email.message import EmailMessage
from typing import Any

import certifi

from api.domain.delivery.push_address import is_loopback
from config.mail import MailServer

TIMEOUT_S = 15.0
"""The longest one e-mail takes, all questions and answers together, as long as nobody drips."""

CONNECT_TIMEOUT_S = 5.0


class Unencrypted(smtplib.SMTPException):
    """The server offers no TLS, and is not this machine: nothing was said to it."""


class SignInImpossible(smtplib.SMTPException):
    """The server takes no sign-in, or none that is ours."""


class SmtpPool:
    """Hands e-mail in; called from many threads, which take connections from one heap and put them back."""

    def __init__(
        self,
        server: MailServer,
        *,
        name: str,
        trusted: ssl.SSLContext | None = None,
        loopback_is_safe: bool = True,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Speak to ``server`` as ``name``; a server on this machine is spoken to without TLS."""
        self._server = server
        self._name = name
        self._trusted = trusted or _certificates()
        self._loopback_is_safe = loopback_is_safe
        self._timeout_s = timeout_s
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()

    def send(self, letter: EmailMessage) -> None:
        """Hand one e-mail in.

        Raises:
            smtplib.SMTPException: The server refused it, or is none for us.
            OSError: There was no answer.
        """
        until = time.monotonic() + self._timeout_s
        connection = self._kept(until) or self._new(until)
        try:
            connection.send_message(letter)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)

    def close(self) -> None:
        """Close every connection that is not in use."""
        with self._lock:
            connections, self._idle = self._idle, []
        for connection in connections:
            connection.close()

    def _kept(self, until: float) -> "_Connection | None":
        while True:
            with self._lock:
                kept = self._idle.pop() if self._idle else None
            if kept is None:
                return None
            kept.until = until
            try:
                kept.noop()
            except (smtplib.SMTPException, OSError):  # it was idle for too long
                kept.close()
            else:
                return kept

    def _new(self, until: float) -> "_Connection":
        kind, more = (_Encrypted, {"context": self._trusted}) if self._server.encrypted else (_Connection, {})
        connection = kind(
            self._server.host, self._server.port, self._name, until=until, timeout=CONNECT_TIMEOUT_S, **more
        )
        try:
            self._begin(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _begin(self, connection: "_Connection") -> None:
        if not self._server.encrypted and not self._is_safe(connection):
            connection.ehlo_or_helo_if_needed()
            if not connection.has_extn("starttls"):
                raise Unencrypted("the mail server offers no TLS")
            connection.starttls(context=self._trusted)
        if self._server.user:
            try:
                connection.login(self._server.user, self._server.password)
            except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
                raise SignInImpossible("the mail server takes no sign-in of ours") from error

    def _is_safe(self, connection: "_Connection") -> bool:
        peer = connection.sock.getpeername()[0] if connection.sock else ""
        return self._loopback_is_safe and is_loopback(peer)


class _Connection(smtplib.SMTP):
    """A connection that knows until when it may wait: for all of one e-mail together."""

    def __init__(self, *args: Any, until: float, **kwargs: Any) -> None:
        self.until = until
        super().__init__(*args, **kwargs)

    def getreply(self) -> tuple[int, bytes]:
        """Wait for an answer, but not past the end."""
        if self.sock is not None:
            self.sock.settimeout(max(self.until - time.monotonic(), 0.001))
        return super().getreply()


class _Encrypted(_Connection, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _certificates() -> ssl.SSLContext:
    """Trust what this machine trusts, and what browsers do: a bare container knows no authorities."""
    trusted = ssl.create_default_context()
    trusted.load_verify_locations(certifi.where())
    return trusted
