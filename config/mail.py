"""Reads the settings of e-mail: the mail server and the sender."""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

SUBMISSION, ENCRYPTED_SUBMISSION = 587, 465


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that e-mail is submitted to."""

    host: str
    port: int
    encrypted: bool
    """TLS from the first byte (smtps); else by STARTTLS."""
    user: str = ""
    password: str = field(default="", repr=False)


def server_of(url: str) -> MailServer:
    """Return the server of SMTP_URL.

    Raises:
        ValueError: It is not valid; the message omits it, because it holds a password.

    >>> server_of("smtp://clinic:p%40ss@mail.example.org")
    MailServer(host='mail.example.org', port=587, encrypted=False, user='clinic')
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in {"smtp", "smtps"} or parts.path not in {"", "/"}:
        raise ValueError("SMTP_URL is not of the form smtp://user:password@host:587 or smtps://…:465")
    encrypted = parts.scheme == "smtps"
    usual = ENCRYPTED_SUBMISSION if encrypted else SUBMISSION
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not (user + password).isascii():
        raise ValueError(
            "the user or password of SMTP_URL holds characters beyond ASCII, which SMTP cannot send"
        )
    return MailServer(host, port or usual, encrypted, user, password)


def domain_of(sender: str) -> str:
    """Return the domain of MAIL_FROM.

    Raises:
        ValueError: It is not an address.

    >>> domain_of("St. Example <care@clinic.example>")
    'clinic.example'
    """
    address = parseaddr(sender)[1]
    name, at, domain = address.rpartition("@")
    if not (at and re.fullmatch(r"[!-?A-~]+", name) and re.fullmatch(r"[A-Za-z0-9.-]+", domain)):
        raise ValueError("MAIL_FROM is no address such as St. Example <care@clinic.example>")
    return domain
