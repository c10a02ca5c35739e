"""The outcomes that a delivery channel returns."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side accepted the message."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """Dry run: every step but the last was done."""

    reason: str = "dry run: not sent"


@dataclass(frozen=True, slots=True)
class Retry:
    """A temporary failure; ``after`` is the wait that the other side requested."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The address no longer exists and is retired."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    """A permanent failure of this message; a retry would not help."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A fault on our side, such as a refused sign-in, that affects every message to the destination."""

    reason: str


SendResult = Delivered | Rehearsed | Retry | Gone | Dead | Broken
