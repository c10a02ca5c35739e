"""The port every channel keeps: what goes in, and how it can end."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from api.domain.messages import MessageKind


class Urgency(StrEnum):
    """How soon a sleeping phone is woken, RFC 8030 section 5.3."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Payload:
    """All that leaves the building: a kind and an opaque id. There is no room for words."""

    kind: MessageKind
    id: UUID


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent."""

    payload: Payload
    topic: str
    """A repeat with the same topic replaces the first."""
    ttl_s: int
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Address:
    """Where one browser takes its pushes, and the keys only it can read them with."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has taken it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; ``after`` where the other side said how long."""

    reason: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The address is no more; nothing will ever reach it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Dead:
    """This message cannot be brought by this way, and trying again would not help."""

    reason: str


Outcome = Delivered | Retry | Gone | Dead


class Channel(Protocol):
    """A way out of the building. It reports how it ended; it does not throw."""

    def send(self, address: Address, message: Message) -> Outcome:
        """Bring one message to one address; called from many threads."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
