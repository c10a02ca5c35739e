"""The port every channel keeps: what goes in, and how it can end."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from api.domain.delivery.messages import MessageKind
from api.domain.enrolment import Language
from config.settings import DEVELOPMENT_URL


class Urgency(StrEnum):
    """How soon a sleeping phone is woken, RFC 8030 section 5.3."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Payload:
    """All that leaves the building: a kind, an opaque id, and how its fixed words are to be chosen."""

    kind: MessageKind
    id: UUID
    language: Language = Language.ENGLISH
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent."""

    payload: Payload
    topic: str
    """A repeat with the same topic replaces the first."""
    ttl_s: int
    urgency: Urgency
    link: str = DEVELOPMENT_URL
    """Where it leads who opens it; it tells nobody anything without a sign-in."""
    alert_id: UUID | None = None
    """For a webhook of the site, whose program asks for the alert by it."""


@dataclass(frozen=True, slots=True)
class PushTarget:
    """Where one browser takes its pushes, and the keys only it can read them with."""

    endpoint: str
    p256dh: str
    auth: str
    vapid_key: str | None = None
    """The public key it was made with; None: the oldest this server knows."""


@dataclass(frozen=True, slots=True)
class MailTarget:
    """Where somebody takes e-mail."""

    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WebhookTarget:
    """Where a program of a site takes its messages, and its secret, encrypted."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


Target = PushTarget | MailTarget | WebhookTarget


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side has taken it."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A dry run: all was done but the last step."""

    reason: str = "dry run: not sent"


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


@dataclass(frozen=True, slots=True)
class Broken:
    """The way is broken by a fault of ours, such as a refused sign-in: for every message, not this one."""

    reason: str


Outcome = Delivered | Rehearsed | Retry | Gone | Dead | Broken


class DeliveryChannel(Protocol):
    """A way out of the building. It reports how it ended; it does not throw."""

    async def send(self, address: Target, message: Message) -> Outcome:
        """Bring one message to one address; many may be under way, in one event loop."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
