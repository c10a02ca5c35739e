"""Normal form of e-mail addresses."""

import re
import unicodedata

LONGEST = 254
"""Octets of a whole address (RFC 5321, section 4.5.3.1.3, less the angle brackets)."""
LONGEST_LOCAL = 64
LONGEST_LABEL = 63
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\.]+(?:\.[^\s@\"(),:;<>\[\]\\.]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_READ_TWO_WAYS = frozenset("ßς\u200c\u200d")
"""Letters that IDNA 2003 and 2008 turn into different hosts (RFC 5894, section 7.2)."""


class NoEmailAddress(ValueError):
    """The text is not an e-mail address that mail servers accept."""


def read_email(text: str) -> str:
    """Return an address in normal form: trimmed, NFC, lower case, its host in ASCII (punycode).

    Raises:
        NoEmailAddress: It is not an address; the message does not repeat it.

    >>> read_email(" Jörg@Müller.example ")
    'jörg@xn--mller-kva.example'
    """
    local, at, host = unicodedata.normalize("NFC", text.strip()).lower().rpartition("@")
    address = f"{local}@{ascii_host(host)}" if at else ""
    if not _LOCAL.fullmatch(local) or any(unicodedata.category(letter)[0] in "CZ" for letter in local):
        raise NoEmailAddress("this is no e-mail address")
    if len(local.encode()) > LONGEST_LOCAL or len(address.encode()) > LONGEST:
        raise NoEmailAddress("this e-mail address is too long")
    return address


def ascii_host(host: str) -> str:
    """Return a host name of at least two labels in ASCII.

    Raises:
        NoEmailAddress: It is not a host name.

    >>> ascii_host("MÜLLER.example")
    'xn--mller-kva.example'
    """
    if _READ_TWO_WAYS & set(host):
        raise NoEmailAddress("write this host in its ASCII form, which begins with xn--")
    try:
        written = host.encode("idna").decode().lower()
    except UnicodeError as error:
        raise NoEmailAddress("this is no e-mail address") from error
    labels = written.split(".")
    is_host = len(labels) > 1 and all(
        _LABEL.fullmatch(label) and len(label) <= LONGEST_LABEL for label in labels
    )
    if not is_host or labels[-1].isdecimal():
        raise NoEmailAddress("this is no e-mail address")
    return written
