"""Checks of the settings before a start; all problems are reported together."""

import base64
import binascii
import json
import logging
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from config.mail import domain_of, server_of

DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}
VAPID_BYTES = 32
LARGEST_NUMBER = 1_000_000
SHORTEST_KEY = 32
FEWEST_LETTERS = 10
"""Of 32 random hexadecimal digits (128 bits), one key in ten thousand has fewer different ones."""

ROLES = ("nurse", "clinician", "coordinator", "site_admin")
"""The values of `api.domain.authority.Role`, which this package must not import; a test holds them equal."""

FLAGS = ("PUSH_LOOPBACK", "DELIVERY_DRY_RUN", "PLAIN_COOKIES", "APP_WORKER_OFF")
NUMBERS = {
    "TRUSTED_PROXIES": 0,
    "RELAY_BATCH": 1,
    "RELAY_TO_ONE_PLACE": 1,
    "READY_LONGEST_WAIT_S": 1,
    "PATIENT_REQUESTS": 1,
    "PATIENT_REPLAY_DAYS": 1,
    "PATIENT_SIGN_IN_DAYS": 1,
    "STAFF_IDLE_MINUTES": 1,
    "STAFF_SIGN_IN_HOURS": 1,
}
"""Whole numbers, each with its minimum."""

_HOST = re.compile(r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_MAILBOX = re.compile(
    r"mailto:[^\s@<>\"(),:;]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)


def problems_of(env: Mapping[str, str], *, production: bool) -> list[str]:
    """Return the problems of the variables that are set; secrets are never repeated.

    Args:
        env: The environment.
        production: True where addresses must be reachable by browsers and push services.
    """
    found = []
    for name, check in _CHECKS.items():
        if env.get(name):
            try:
                check(env[name], production)
            except ValueError as error:
                text = str(error)
                found.append(text if text.startswith(name) else f"{name} {text}")
    if env.get("SMTP_URL") and not env.get("MAIL_FROM"):
        found.append("SMTP_URL is set, so MAIL_FROM must name the sender")
    return found


def private_number(key: str) -> int:
    """Return the number of a private key for Web Push, as VAPID_PRIVATE_KEY holds it.

    Raises:
        ValueError: The text is not 32 bytes in base64url, or no key of P-256; it is not repeated.
    """
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("VAPID_PRIVATE_KEY is not base64url") from error
    if len(raw) != VAPID_BYTES:
        raise ValueError(f"VAPID_PRIVATE_KEY is {len(raw)} bytes long; 32 are needed")
    number = int.from_bytes(raw, "big")
    try:
        ec.derive_private_key(number, ec.SECP256R1())
    except ValueError as error:
        raise ValueError("VAPID_PRIVATE_KEY is no key of the curve P-256") from error
    return number


def is_random_key(key: str) -> bool:
    """Return whether a key looks random: long, many different characters, no repeated part.

    >>> [is_random_key(key) for key in ("x" * 64, "changeme" * 8, "0123456789abcdef" * 3)]
    [False, False, False]
    """
    repeats = key in (key + key)[1:-1]
    return len(key) >= SHORTEST_KEY and len(set(key)) >= FEWEST_LETTERS and not repeats


def _secret_key(key: str, production: bool) -> None:
    if production and not is_random_key(key):
        raise ValueError(
            f"is too easy to guess: at least {SHORTEST_KEY} random characters are needed; "
            "`python -c 'import secrets; print(secrets.token_urlsafe(48))'` prints one"
        )


def words_of(listed: str) -> tuple[str, ...]:
    """Return the words of a list with commas."""
    return tuple(word for word in map(str.strip, listed.split(",")) if word)


def _roles(named: str, _: bool) -> None:
    if wrong := set(words_of(named)) - set(ROLES):
        raise ValueError(f"names {', '.join(sorted(wrong))}; the roles are {', '.join(ROLES)}")


def _database(url: str, _: bool) -> None:
    try:
        driver = make_url(url).drivername
    except ArgumentError as error:
        raise ValueError("is no URL such as postgresql+psycopg://user:password@host/name") from error
    if driver not in DRIVERS:
        raise ValueError(f"begins with {driver}; write sqlite:///path or postgresql+psycopg://…")


def _public_url(url: str, production: bool) -> None:
    schemes = {"https"} if production else {"http", "https"}
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in schemes or "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            f"is {url!r}; it must be an {' or '.join(sorted(schemes))} address such as https://aimss.example.org"
        )


def _subject(subject: str, _: bool) -> None:
    is_page = subject.startswith("https://") and bool(urlsplit(subject).hostname) and " " not in subject
    if not is_page and not _MAILBOX.fullmatch(subject):
        raise ValueError(
            f"is {subject!r}; push services take an https: address or mailto: with an e-mail address, "
            "such as mailto:operator@example.org"
        )


def _keys(keys: str, _: bool) -> None:
    for key in words_of(keys):
        try:
            private_number(key)
        except ValueError as error:
            raise ValueError(str(error).removeprefix("VAPID_PRIVATE_KEY ")) from error


def _hosts(hosts: str, _: bool) -> None:
    if wrong := [repr(host) for host in words_of(hosts) if not _HOST.fullmatch(host)]:
        raise ValueError(f"names {', '.join(wrong)}; give hosts such as fcm.googleapis.com, *.push.apple.com")


def _model(path: str, _: bool) -> None:
    try:
        json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"names {path}, which cannot be read as JSON ({type(error).__name__})") from error


def _level(level: str, _: bool) -> None:
    if level.upper() not in logging.getLevelNamesMapping():
        raise ValueError(f"is {level!r}; choose DEBUG, INFO, WARNING or ERROR")


def _flag(value: str, _: bool) -> None:
    if value.lower() not in {"0", "1", "true", "false"}:
        raise ValueError(f"is {value!r}; write true or false")


def _number(least: int, value: str, _: bool) -> None:
    if not (value.isascii() and value.isdecimal() and len(value) <= len(str(LARGEST_NUMBER))):
        raise ValueError(f"is {value[:20]!r}; a whole number is needed")
    if not least <= int(value) <= LARGEST_NUMBER:
        raise ValueError(f"is {value}; a whole number from {least} to {LARGEST_NUMBER} is needed")


_CHECKS: Mapping[str, Callable[[str, bool], object]] = {
    "DATABASE_URL": _database,
    "PUBLIC_URL": _public_url,
    "SECRET_KEY": _secret_key,
    "REQUIRE_ONE_TIME_CODES": _roles,
    "VAPID_PRIVATE_KEY": lambda key, _: private_number(key),
    "VAPID_PREVIOUS_KEYS": _keys,
    "VAPID_SUBJECT": _subject,
    "PUSH_SERVICES": _hosts,
    "SMTP_URL": lambda url, _: server_of(url),
    "MAIL_FROM": lambda sender, _: domain_of(sender),
    "RISK_MODEL": _model,
    "LOG_LEVEL": _level,
    **dict.fromkeys(FLAGS, _flag),
    **{name: partial(_number, least) for name, least in NUMBERS.items()},
}
