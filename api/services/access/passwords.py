"""Passwords: argon2id, as slow for somebody who does not exist as for somebody who does."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.domain.errors import WeakPassword

SHORTEST = 12
LONGEST = 1024

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's recommendation for argon2id: 19 MiB, two passes, one lane."""


def hash_of(password: str, *, email: str) -> str:
    """Return what is kept of a new password.

    Raises:
        WeakPassword: It is too short, endless, or the e-mail address.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"a password has {SHORTEST} to {LONGEST} characters")
    if password.strip().casefold() == email.casefold():
        raise WeakPassword("a password is not the e-mail address")
    return HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Say whether a password is the kept one; None, an account that is not there, takes as long."""
    try:
        return HASHER.verify(kept or _nobodys(), password) and kept is not None
    except InvalidHashError:  # an account that cannot sign in yet
        return fits(None, password)
    except VerificationError:
        return False


def is_outdated(kept: str) -> bool:
    """Say whether a kept password was hashed with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def rehash(password: str) -> str:
    """Return what is kept of a password that was taken before, whatever rules there are today."""
    return HASHER.hash(password)


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_urlsafe())
