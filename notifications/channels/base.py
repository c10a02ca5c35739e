"""Interface of delivery channels, and what a channel is given.

A channel is one class in the module that is named after it; `registry` finds it there. Its class
methods know how its addresses are stored, its instances send.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session

from api.domain.delivery.messages import DEFAULT_CHANNELS, MessageKind
from api.domain.enrolment import Language
from config.settings import DEVELOPMENT_URL, Settings
from notifications.channels.results import SendResult

Clock = Callable[[], datetime]
ClaimedRow = Row[*tuple[Any, ...]]
ClaimedQuery = Select[*tuple[Any, ...]]


class Urgency(StrEnum):
    """The urgency of a push: whether it wakes a sleeping phone (RFC 8030, section 5.3)."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Payload:
    """All content that leaves the server: a kind, an opaque id, and the choice of the fixed text."""

    kind: MessageKind
    id: UUID
    language: Language = Language.ENGLISH
    discreet: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message, ready to be sent."""

    payload: Payload
    topic: str
    """A later message with the same topic replaces this one."""
    ttl_s: int
    urgency: Urgency
    link: str = DEVELOPMENT_URL
    """The link to open; it reveals nothing without a sign-in."""
    alert_id: UUID | None = None
    """For webhooks, whose programs read the alert by it."""


class Target(ABC):
    """An address that messages can be sent to."""

    __slots__ = ()
    channel: ClassVar[str]

    @property
    @abstractmethod
    def destination(self) -> str:
        """The host or server behind the address; limits and circuit breakers work per destination."""


class MessageSender(Protocol):
    """Sends messages. It reports failures as results and does not raise."""

    @abstractmethod
    async def send(self, target: Any, message: Message) -> SendResult:
        """Send one message to one target; many sends run concurrently in one event loop."""

    @abstractmethod
    async def close(self) -> None:
        """Close connections."""


class DeliveryChannel(MessageSender):
    """A channel: how its addresses are read and retired, what it needs, and how it sends."""

    name: ClassVar[str]
    """The value in the column ``channel``."""
    timeout_s: ClassVar[float]
    """The longest time one message takes."""
    not_configured: ClassVar[str] = ""
    """The warning of a worker whose settings lack the channel."""
    waits_for_settings: ClassVar[bool] = False
    """True: messages wait while the channel is not configured; false: they continue by a fallback."""

    @classmethod
    @abstractmethod
    def open(cls, settings: Settings, *, clock: Clock) -> Self | None:
        """Return the channel as the operator configured it; None if it is not configured."""

    @classmethod
    def fallbacks(cls) -> tuple[str, ...]:
        """Return the channels that take over a dead message, in order; by default those after this one."""
        order: tuple[str, ...] = DEFAULT_CHANNELS
        return order[order.index(cls.name) + 1 :] if cls.name in order else ()

    @classmethod
    @abstractmethod
    def select(cls, claimed: ClaimedQuery) -> ClaimedQuery:
        """Add the columns of an address to the query of claimed messages, which joins people already."""

    @classmethod
    @abstractmethod
    def target(cls, row: ClaimedRow) -> Target | None:
        """Return the target of a claimed row; None if its address was retired."""

    @classmethod
    def lost(cls, row: ClaimedRow) -> str | None:  # noqa: ARG003
        """Return the reason to retire the address instead of using it; None if it may be used."""
        return None

    @classmethod
    @abstractmethod
    def retire(cls, session: Session, target: Any, *, recipient_id: UUID, reason: str, now: datetime) -> None:
        """Retire a target of a recipient, unless another address replaced it."""
