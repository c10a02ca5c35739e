"""Rate limits per patient and site, and alerts that a later message replaces."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from api.domain.delivery.limits import DAY, MessageLimits
from api.domain.delivery.messages import FOR_STAFF, MessageKind, MessageState
from api.domain.enrolment import PatientStatus
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from notifications.channels.results import Dead
from notifications.delivery_results import Cancelled, ClaimedMessage, Outcome, Postponed

COUNTED_EVERY = timedelta(seconds=10)
"""Cache lifetime of the count per site; approximate by design."""

REPLACED = Cancelled("replaced by a later message about the same")

Sent = dict[tuple[str, datetime], datetime]
"""The time each notification, identified by topic and creation, reached a first device."""


class RateLimiter:
    """Checks each batch before it is sent; belongs to one relay."""

    def __init__(self, limits: MessageLimits) -> None:
        """Postpone messages above ``limits``."""
        self._limits = limits
        self._room: dict[UUID, tuple[datetime, int]] = {}

    def outcomes(
        self, session: Session, claimed: Sequence[ClaimedMessage], *, now: datetime
    ) -> dict[UUID, Outcome]:
        """Return the outcomes of messages not to be sent now; for staff only repeats are left out."""
        to_patients = [message for message in claimed if message.patient is not None]
        sent = _sent(session, to_patients, since=now - self._limits.patient.within)
        self._count(session, {message.site_id for message in to_patients}, now=now)
        held = {
            message.id: self._held(message, sent.setdefault(message.recipient_id, {}), now)
            for message in to_patients
        }
        replaced = dict.fromkeys(_replaced(session, claimed), REPLACED)
        return {key: outcome for key, outcome in held.items() if outcome is not None} | replaced

    def _held(self, message: ClaimedMessage, sent: Sent, now: datetime) -> Outcome | None:
        notification = (message.topic, message.created_at)
        if notification in sent:  # the same on another device
            return None
        limit = self._limits.patient
        free_at = limit.free_at(list(sent.values()), now=now)
        if free_at is not None:
            return _until(free_at, f"held: {limit.most} messages a day to one person", message)
        counted_at, room = self._room[message.site_id]
        if room <= 0:
            return _until(now + self._limits.site.held_for, "held: the site's messages of a day", message)
        self._room[message.site_id] = counted_at, room - 1
        sent[notification] = now
        return None

    def _count(self, session: Session, sites: set[UUID], *, now: datetime) -> None:
        stale = {
            site for site in sites if site not in self._room or now - self._room[site][0] >= COUNTED_EVERY
        }
        if not stale:
            return
        patients = (
            select(Patient.site_id, func.count())
            .where(Patient.site_id.in_(stale), Patient.status == PatientStatus.ACTIVE)
            .group_by(Patient.site_id)
        )
        lately = (
            select(OutboxMessage.site_id, func.count())
            .where(OutboxMessage.site_id.in_(stale), OutboxMessage.settled_at > now - DAY)
            .where(OutboxMessage.state == MessageState.DELIVERED, OutboxMessage.kind.not_in(FOR_STAFF))
            .group_by(OutboxMessage.site_id)
        )
        number = dict(session.execute(patients).all())
        sent = dict(session.execute(lately).all())
        for site in stale:
            self._room[site] = now, self._limits.site.most(number.get(site, 0)) - sent.get(site, 0)


def _until(moment: datetime, reason: str, message: ClaimedMessage) -> Outcome:
    if moment >= message.expires_at:
        return Dead(f"{reason}; it expires before there is room")
    return Postponed(moment, reason)


def _sent(session: Session, messages: Sequence[ClaimedMessage], *, since: datetime) -> dict[UUID, Sent]:
    """Return the recent messages to patients, with one query for a batch."""
    found: dict[UUID, Sent] = {}
    if not messages:
        return found
    rows = session.execute(
        select(
            OutboxMessage.recipient_id,
            OutboxMessage.topic,
            OutboxMessage.created_at,
            func.min(OutboxMessage.settled_at),
        )
        .where(OutboxMessage.recipient_id.in_({message.recipient_id for message in messages}))
        .where(OutboxMessage.state == MessageState.DELIVERED, OutboxMessage.settled_at > since)
        .group_by(OutboxMessage.recipient_id, OutboxMessage.topic, OutboxMessage.created_at)
    )
    for recipient, topic, created_at, first in rows:
        found.setdefault(recipient, {})[topic, created_at] = first or created_at
    return found


def _replaced(session: Session, claimed: Sequence[ClaimedMessage]) -> Sequence[UUID]:
    """Return the alerts that a later message to the same address replaces on the screen."""
    alerts = [message.id for message in claimed if message.kind is MessageKind.ALERT]
    if not alerts:
        return []
    later = aliased(OutboxMessage)
    same = (
        later.recipient_id == OutboxMessage.recipient_id,
        later.topic == OutboxMessage.topic,
        later.channel == OutboxMessage.channel,
        later.subscription_id.is_not_distinct_from(OutboxMessage.subscription_id),
        later.created_at > OutboxMessage.created_at,
        later.state == MessageState.PENDING,
    )
    query = select(OutboxMessage.id).where(
        OutboxMessage.id.in_(alerts), exists(select(later.id).where(*same))
    )
    return session.scalars(query).all()
