"""Throttling: attempts counted in windows of fixed length, in the database, for all processes together."""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.domain.errors import TooManyTries
from api.models.identity import Throttle

IPV6_HOME_BITS = 64  # what one subscriber is usually given
CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""Largest difference between clocks of web processes. A window that begins later than that was counted
before a clock was set back; it is void, as it would last until that time comes again."""


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """Number of attempts of one kind that are accepted in a window."""

    name: str
    attempts: int
    window: timedelta
    alarm: int | None = None
    """Above this number guessing is assumed: narrower counters then accept only `attempts_in_alarm`."""
    attempts_in_alarm: int | None = None

    def of(self, subject: str) -> "Counter":
        """Return the counter of one address or account."""
        return Counter(self, hashlib.sha256(f"{self.name}:{subject}".encode()).hexdigest())


@dataclass(frozen=True, slots=True)
class Counter:
    """Counter of one limit for one address or account; its key does not reveal which."""

    limit: AttemptLimit
    key: str


QUARTER = timedelta(minutes=15)

ACTIVATION_BY_ADDRESS = AttemptLimit("activation by address", 20, QUARTER, attempts_in_alarm=3)
ACTIVATION_IN_TOTAL = AttemptLimit("activation in total", 1_000_000, QUARTER, alarm=1000)
"""Attempts from many addresses slow guessing down for all, and lock no patient out."""
SIGN_IN_BY_ADDRESS = AttemptLimit("sign-in by address", 1000, QUARTER, alarm=100)
"""A clinic, or a proxy that was not named in TRUSTED_PROXIES, is one address: a hundred failures there must
not lock all its users out. 1,000 password checks take half a minute of processor time."""
SIGN_IN_BY_EMAIL_AND_ADDRESS = AttemptLimit("sign-in by e-mail and address", 10, QUARTER, attempts_in_alarm=3)
SIGN_IN_BY_EMAIL_AND_DEVICE = AttemptLimit("sign-in by e-mail and device", 10, QUARTER)
SIGN_IN_BY_EMAIL = AttemptLimit("sign-in by e-mail", 100, QUARTER)
"""NIST SP 800-63B-4, section 3.2.2, asks for at most 100 failures in a row on one account."""
SIGN_IN_CODE_BY_STAFF = AttemptLimit("one-time code of a sign-in", 10, QUARTER)
"""Guessing codes needs the password but any number of addresses, so it is counted by account."""
INVITATION_BY_ADDRESS = AttemptLimit("invitation by address", 20, QUARTER)
SECRET_BY_STAFF = AttemptLimit("own password or one-time code", 10, QUARTER)
"""Only failures stay counted, so a hospital behind one address is not locked out by its own shift
change; 10 guesses of a six-digit code with three of a million right are 0.003 % per window."""


OWN_CODE_BY_PATIENT = AttemptLimit("own activation code", 10, QUARTER)
INVITED_BY_PATIENT = AttemptLimit("somebody let in by a patient", 10, QUARTER)
TEST_BY_PERSON = AttemptLimit("test notification", 5, timedelta(days=1))
"""Well below the messages a day that one person is sent, so that tests hold no reminder back."""


def count_attempt(session: Session, counters: Iterable[Counter], *, now: datetime) -> None:
    """Count one attempt, in a transaction of its own that is committed before the attempt is made.

    The count stays whatever the result; ``refund_attempt`` takes it off after a success. An attempt that
    is refused here is not counted: the caller's transaction is rolled back.

    Raises:
        TooManyTries: A limit was reached; it holds the time to wait.
    """
    ordered = sorted(counters, key=lambda one: one.key)  # one order: no deadlock
    counted = {counter: _increment(session, counter, now) for counter in ordered}
    in_alarm = any(
        counter.limit.alarm is not None and attempts > counter.limit.alarm
        for counter, (_, attempts) in counted.items()
    )
    for counter, (started_at, attempts) in counted.items():
        narrowed = counter.limit.attempts_in_alarm if in_alarm else None
        if attempts > (counter.limit.attempts if narrowed is None else narrowed):
            raise _refused(counter, started_at, now)


def refund_attempt(session: Session, counters: Iterable[Counter]) -> None:
    """Take one attempt off the count after a success."""
    for counter in sorted(counters, key=lambda one: one.key):
        session.execute(
            update(Throttle)
            .where(Throttle.key == counter.key, Throttle.attempts > 0)
            .values(attempts=Throttle.attempts - 1)
        )


def delete_old(session: Session, *, now: datetime) -> None:
    """Delete counters whose window ended a day ago."""
    session.execute(delete(Throttle).where(Throttle.window_started_at < now - timedelta(days=1)))


def network_of(address: str | None) -> str:
    """Return the network that is counted as one: an IPv4 address, or the /64 of an IPv6 address.

    The port that some proxies append to an address is ignored.

    >>> network_of("2001:db8:1:2:3:4:5:6"), network_of("::ffff:192.0.2.7"), network_of(None)
    ('2001:db8:1:2::', '192.0.2.7', 'unknown')
    >>> network_of("192.0.2.7:4711"), network_of("[2001:db8:1:2:3:4:5:6]:4711")
    ('192.0.2.7', '2001:db8:1:2::')
    """
    host = _without_port(address or "unknown")
    try:
        found = ip_address(host)
    except ValueError:
        return host
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    beyond = 128 - IPV6_HOME_BITS
    return str(IPv6Address(int(found) >> beyond << beyond))


def _without_port(address: str) -> str:
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return address.partition(":")[0] if address.count(":") == 1 else address


def _refused(counter: Counter, window_started_at: datetime, now: datetime) -> TooManyTries:
    waits = window_started_at + counter.limit.window - now
    return TooManyTries(
        "too many attempts; wait and try again",
        retry_after_s=max(1, math.ceil(waits.total_seconds())),
        limit=counter.limit.name,
    )


def _increment(session: Session, counter: Counter, now: datetime) -> tuple[datetime, int]:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(Throttle).values(key=counter.key, window_started_at=now, attempts=1)
    is_over = or_(
        Throttle.window_started_at <= now - counter.limit.window,
        Throttle.window_started_at > now + CLOCKS_DIFFER_BY,
    )
    again = first.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "window_started_at": case(
                (is_over, first.excluded.window_started_at), else_=Throttle.window_started_at
            ),
            "tries": case((is_over, 1), else_=Throttle.attempts + 1),
        },
    )
    row = session.execute(again.returning(Throttle.window_started_at, Throttle.attempts)).one()
    return row[0], row[1]
