"""Claimed messages, and the outcomes of delivering them."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import MessageKind
from api.domain.enrolment import Language, PatientStatus
from api.domain.schedule import QuietHours, is_quiet, next_allowed, zone_of
from notifications.channels.base import Target
from notifications.channels.results import Broken, Dead, Gone, Retry, SendResult
from notifications.retry_policy import Backoff

BUG = "bug: "
"""Prefix of the reason of an attempt that failed in our own code."""

MAX_ATTEMPTS_AFTER_BUG = 3
"""Our own bugs rarely disappear within minutes; the fallback channel is used instead."""

NO_DESTINATION = ""
"""The destination of messages that are not sent."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The message is no longer needed."""

    reason: str


@dataclass(frozen=True, slots=True)
class Postponed:
    """The message waits for the end of quiet hours, or for room below a limit."""

    until: datetime
    reason: str = "quiet hours"


Outcome = SendResult | Cancelled | Postponed


@dataclass(frozen=True, slots=True)
class Recipient:
    """The patient a message goes to: monitoring status and quiet hours."""

    id: UUID
    status: PatientStatus
    quiet: QuietHours
    timezone: str


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message leased to this worker; ``attempts`` identifies the lease."""

    id: UUID
    kind: MessageKind
    channel: str
    site_id: UUID
    recipient_id: UUID
    topic: str
    created_at: datetime
    expires_at: datetime
    attempts: int
    alert_id: UUID | None
    tier: Tier | None
    target: Target | None
    """None: the address was retired after the message was written."""
    lost: str | None
    """Reason to retire the address instead of using it."""
    patient: Recipient | None
    """None: the recipient is staff, or a program of the site."""
    language: Language = Language.ENGLISH
    discreet: bool = False
    has_left: bool = False
    """The recipient is staff who were deactivated, or moved to another team, since it was written."""
    is_answered: bool = False
    """Its alert was answered; an operator requeued the message."""

    @property
    def destination(self) -> str:
        """The host or server it is sent to; `NO_DESTINATION` without a target."""
        return self.target.destination if self.target else NO_DESTINATION


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The outcome of one claimed message."""

    message: ClaimedMessage
    outcome: Outcome

    @property
    def has_failed(self) -> bool:
        """True if this channel will not deliver the message."""
        return isinstance(self.outcome, Gone | Dead | Broken)


def resolve_target(message: ClaimedMessage, *, now: datetime, backoff: Backoff) -> Target | Outcome:
    """Return the target of a message, or its outcome if it is not to be sent now."""
    if message.patient is not None and message.patient.status is not PatientStatus.ACTIVE:
        return Cancelled("the patient has left monitoring")
    if message.is_answered:
        return Cancelled("answered")
    if message.expires_at <= now:
        return Dead("expired")
    if message.attempts > backoff.attempts:
        return Dead(f"given up after {backoff.attempts} attempts")  # its worker died each time
    return _reachable(message, now)


def next_attempt_at(retry: Retry, attempts: int, *, now: datetime, backoff: Backoff) -> datetime:
    """Return the time of the next attempt: not before the time that the other side requested."""
    wait = backoff.after(attempts)
    return now + max(wait, retry.after or wait)


def limit_retries(result: DeliveryResult, *, now: datetime, backoff: Backoff) -> DeliveryResult:
    """Return the result, with a retry that exceeds the limits replaced by a permanent failure."""
    retry, message = result.outcome, result.message
    if not isinstance(retry, Retry):
        return result
    is_bug = message.attempts >= MAX_ATTEMPTS_AFTER_BUG and retry.reason.startswith(BUG)
    if is_bug or backoff.is_over(message.attempts):
        return replace(result, outcome=Dead(f"given up after {message.attempts} attempts: {retry.reason}"))
    if next_attempt_at(retry, message.attempts, now=now, backoff=backoff) >= message.expires_at:
        return replace(result, outcome=Dead(f"expires before the next attempt: {retry.reason}"))
    return result


def _reachable(message: ClaimedMessage, now: datetime) -> Target | Outcome:
    if message.has_left:
        return Dead("the recipient does not follow this patient any more")
    if message.lost is not None:
        return Gone(message.lost)
    if message.target is None:
        return Dead("the address was retired")
    patient = message.patient
    if patient is not None and is_quiet(now, patient.quiet, zone := zone_of(patient.timezone)):
        return Postponed(next_allowed(now, patient.quiet, zone))
    return message.target
