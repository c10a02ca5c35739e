"""A mail server on this machine that speaks SMTP and keeps the e-mails it accepts."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """The e-mails of a server, and its replies, which may be changed at any time."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    to_recipient: str = "250 OK"
    to_data: str = "250 OK"
    hangs_up: bool = False
    last_transport: Any = None

    async def handle_RCPT(  # noqa: N802 - the name the server calls
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Reply to a recipient."""
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        """Accept an e-mail."""
        self.sessions.add(id(session))
        self.last_transport = server.transport
        if self.hangs_up:
            server.transport.abort()
            return "421 gone"
        if self.to_data.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
            self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        return self.to_data


@contextmanager
def mail_server(
    folder: Path, *, starttls: bool = True, password: str | None = None, smtps: bool = False
) -> Iterator[tuple[MailServer, ssl.SSLContext]]:
    """Run a mail server on a free port; return it, and the TLS context for its clients."""
    inbox, (server_side, client_side) = MailServer(), certificate(folder)
    starttls = starttls and not smtps

    def let_in(_server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> AuthResult:
        inbox.users.append(data.login.decode())
        right = isinstance(data, LoginPassword) and data.password.decode() == password
        return AuthResult(success=right, handled=False)

    class Running(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                inbox,
                hostname="mail.example",
                tls_context=server_side if starttls else None,
                require_starttls=starttls,
                authenticator=let_in if password else None,
                auth_required=password is not None,
            )

        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]  # port 0 stands for any free one
            super()._trigger_server()

    running = Running(inbox, hostname="127.0.0.1", port=0, ssl_context=server_side if smtps else None)
    running.start()
    inbox.port = running.port
    try:
        yield inbox, client_side
    finally:
        running.stop(no_assert=True)


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]),
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    client = ssl.create_default_context(cafile=str(path))
    return server, client
