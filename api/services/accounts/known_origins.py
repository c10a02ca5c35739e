"""Networks and browsers that staff usually sign in from, with counters of their own.

An attacker who knows an e-mail address, or shares the clinic's network, can use up the attempts of unknown
origins. Attempts from a known browser, or else a known network, are counted separately, so that staff are
not locked out. NIST SP 800-63B-4, section 3.2.2, recommends this.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.models.identity import KnownOrigin
from api.services.access.secret_keys import derive, digest
from api.services.access.throttle import (
    SIGN_IN_BY_ADDRESS,
    SIGN_IN_BY_EMAIL,
    SIGN_IN_BY_EMAIL_AND_ADDRESS,
    SIGN_IN_BY_EMAIL_AND_DEVICE,
    Counter,
)

KEPT_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SignInOrigin:
    """Network and browser of an attempt to sign in."""

    network: str
    """The network, by `throttle.network_of`."""
    device: str | None = field(default=None, repr=False)
    """A random id in a cookie of the browser, if there is one."""


def key_of(secret_key: str) -> bytes:
    """Return the key under which origins are stored, so that no address can be read from the table."""
    return derive(secret_key, "known origins 1")


def counters(session: Session, email: str, origin: SignInOrigin, *, key: bytes) -> list[Counter]:
    """Return the counters of an attempt to sign in; the same for an unknown e-mail address."""
    digests = _digests(email, origin, key)
    known = set(session.scalars(select(KnownOrigin.digest).where(KnownOrigin.digest.in_(digests))))
    by_network, *by_device = digests
    here = SIGN_IN_BY_EMAIL_AND_ADDRESS.of(f"{origin.network} {email}")
    if known.intersection(by_device):
        return [SIGN_IN_BY_EMAIL_AND_DEVICE.of(by_device[0])]
    if by_network in known:
        return [here]
    return [SIGN_IN_BY_ADDRESS.of(origin.network), here, SIGN_IN_BY_EMAIL.of(email)]


def remember(
    session: Session, email: str, origin: SignInOrigin, *, staff_id: UUID, key: bytes, now: datetime
) -> None:
    """Store that a member of staff has signed in from an origin."""
    made = {"staff_id": staff_id, "last_used_at": now}
    upsert(session, KnownOrigin, values=[{"digest": each, **made} for each in _digests(email, origin, key)])


def delete_old(session: Session, *, now: datetime) -> None:
    """Delete origins without a sign-in for 90 days."""
    session.execute(delete(KnownOrigin).where(KnownOrigin.last_used_at < now - KEPT_FOR))


def _digests(email: str, origin: SignInOrigin, key: bytes) -> Sequence[str]:
    """Return the digest of the network, then that of the browser if it sent an id."""
    named = [f"place {origin.network}", *([f"device {origin.device}"] if origin.device else [])]
    return [digest(key, f"{email} {name}") for name in named]
