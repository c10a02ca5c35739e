"""A claimed message, and how it can end without or after being sent."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import Channel, MessageKind
from api.domain.enrolment import Language, PatientStatus
from api.domain.schedule import QuietHours, is_quiet, next_allowed, zone_of
from notifications.channels.base import Broken, Dead, Gone, Outcome, Retry, Target
from notifications.retry_policy import Backoff

BUG = "bug: "
"""How the reason of a try begins that failed inside our own code."""

TRIES_WITH_A_BUG = 3
"""A fault of our own code is rarely gone a quarter of an hour later; the next way is tried instead."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nobody needs the message any more."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """It is quiet where the recipient is, or there was too much already."""

    until: datetime
    reason: str = "quiet hours"


Ending = Outcome | Cancelled | Postponed


@dataclass(frozen=True, slots=True)
class Recipient:
    """The patient a message goes to: whether she is still followed, and when she is not disturbed."""

    id: UUID
    status: PatientStatus
    quiet: QuietHours
    timezone: str


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message this worker may send until its lease runs out; ``attempts`` says whose lease it is."""

    id: UUID
    kind: MessageKind
    channel: Channel
    site_id: UUID
    recipient_id: UUID
    topic: str
    created_at: datetime
    expires_at: datetime
    attempts: int
    alert_id: UUID | None
    tier: Tier | None
    subscription_id: UUID | None
    address: Target | None
    """None: it was retired after the message was written."""
    signed_out: bool
    patient: Recipient | None
    """None: it goes to staff, or to a program of the site."""
    language: Language = Language.ENGLISH
    discreet: bool = False
    has_left: bool = False
    """It goes to staff who were deactivated or moved to another team since it was written."""
    is_answered: bool = False
    """Its alert waits for nobody any more: an operator lets it be tried again, and somebody has answered."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How one claimed message ended."""

    message: ClaimedMessage
    ending: Ending

    @property
    def has_failed(self) -> bool:
        """Say whether it will not be brought this way."""
        return isinstance(self.ending, Gone | Dead | Broken)


def where_to(message: ClaimedMessage, *, now: datetime, backoff: Backoff) -> Target | Ending:
    """Return the address a message is sent to now, or how it ends without being sent."""
    because = _not_needed(message)
    if because is not None:
        return Cancelled(because)
    if message.expires_at <= now:
        return Dead("expired")
    if message.attempts > backoff.attempts:
        return Dead(f"given up after {backoff.attempts} tries")  # its worker died each time
    unreachable = _unreachable(message)
    if unreachable is not None:
        return unreachable
    if message.address is None:
        return Dead("the address was retired")
    return _unless_quiet(message.address, message.patient, now) if message.patient else message.address


def next_try_at(retry: Retry, attempts: int, *, now: datetime, backoff: Backoff) -> datetime:
    """Return when a message is tried again: never sooner than the other side asked for."""
    waits = backoff.after(attempts)
    return now + max(waits, retry.after or waits)


def concluded(result: DeliveryResult, *, now: datetime, backoff: Backoff) -> DeliveryResult:
    """Return the result, a retry that would come too late turned into a death."""
    retry, message = result.ending, result.message
    if not isinstance(retry, Retry):
        return result
    if message.attempts >= TRIES_WITH_A_BUG and retry.reason.startswith(BUG):
        return replace(result, ending=Dead(f"given up after {message.attempts} tries: {retry.reason}"))
    if backoff.is_over(message.attempts):
        return replace(result, ending=Dead(f"given up after {message.attempts} tries: {retry.reason}"))
    if next_try_at(retry, message.attempts, now=now, backoff=backoff) >= message.expires_at:
        return replace(result, ending=Dead(f"expires before the next try: {retry.reason}"))
    return result


def _not_needed(message: ClaimedMessage) -> str | None:
    if message.patient is not None and message.patient.status is not PatientStatus.ACTIVE:
        return "the patient has left monitoring"
    return "answered" if message.is_answered else None


def _unreachable(message: ClaimedMessage) -> Ending | None:
    if message.has_left:
        return Dead("the recipient does not follow this patient any more")
    return Gone("signed out") if message.signed_out else None


def _unless_quiet(address: Target, patient: Recipient, now: datetime) -> Target | Postponed:
    zone = zone_of(patient.timezone)
    if is_quiet(now, patient.quiet, zone):
        return Postponed(next_allowed(now, patient.quiet, zone))
    return address
