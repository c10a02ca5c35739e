"""What of a claimed batch is held because there was too much already, or left to a later message."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from api.domain.delivery.limits import DAY, MessageLimits
from api.domain.delivery.messages import FOR_STAFF, MessageKind, MessageState
from api.domain.enrolment import PatientStatus
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from notifications.channels.base import Dead
from notifications.delivery import Cancelled, ClaimedMessage, Ending, Postponed

COUNTED_EVERY = timedelta(seconds=10)
"""How long a worker believes its count of a site: it is a brake, not a scale."""

REPLACED = Cancelled("a later message about the same takes its place")

Sent = dict[tuple[str, datetime], datetime]
"""When each notice, known by its topic and when it was written, reached a first device."""


class RateLimiter:
    """Looks at each batch before it is sent; belongs to one relay."""

    def __init__(self, limits: MessageLimits) -> None:
        """Hold what is above ``limits``."""
        self._limits = limits
        self._room: dict[UUID, tuple[datetime, int]] = {}

    def endings(
        self, session: Session, claimed: Sequence[ClaimedMessage], *, now: datetime
    ) -> dict[UUID, Ending]:
        """Return how those messages end that are not to be sent now; staff are spared repeats only."""
        to_patients = [message for message in claimed if message.patient is not None]
        sent = _sent(session, to_patients, since=now - self._limits.patient.within)
        self._count(session, {message.site_id for message in to_patients}, now=now)
        held = {
            message.id: self._held(message, sent.setdefault(message.recipient_id, {}), now)
            for message in to_patients
        }
        replaced = dict.fromkeys(_replaced(session, claimed), REPLACED)
        return {key: ending for key, ending in held.items() if ending is not None} | replaced

    def _held(self, message: ClaimedMessage, sent: Sent, now: datetime) -> Ending | None:
        notice = (message.topic, message.created_at)
        if notice in sent:  # the same on another of her devices
            return None
        limit = self._limits.patient
        free_at = limit.free_at(list(sent.values()), now=now)
        if free_at is not None:
            return _until(free_at, f"held: {limit.most} messages a day to one person", message)
        counted_at, room = self._room[message.site_id]
        if room <= 0:
            return _until(now + self._limits.site.held_for, "held: the site's messages of a day", message)
        self._room[message.site_id] = counted_at, room - 1
        sent[notice] = now
        return None

    def _count(self, session: Session, sites: set[UUID], *, now: datetime) -> None:
        stale = {site for site in sites if site not in self._room or self._is_old(site, now)}
        if not stale:
            return
        patients = dict.fromkeys(stale, 0) | _counts(
            session.execute(
                select(Patient.site_id, func.count())
                .where(Patient.site_id.in_(stale), Patient.status == PatientStatus.ACTIVE)
                .group_by(Patient.site_id)
            )
        )
        lately = _counts(
            session.execute(
                select(OutboxMessage.site_id, func.count())
                .where(OutboxMessage.site_id.in_(stale), OutboxMessage.settled_at > now - DAY)
                .where(OutboxMessage.state == MessageState.DELIVERED, OutboxMessage.kind.not_in(FOR_STAFF))
                .group_by(OutboxMessage.site_id)
            )
        )
        for site, number in patients.items():
            self._room[site] = now, self._limits.site.most(number) - lately.get(site, 0)

    def _is_old(self, site: UUID, now: datetime) -> bool:
        return now - self._room[site][0] >= COUNTED_EVERY


def _until(moment: datetime, reason: str, message: ClaimedMessage) -> Ending:
    if moment >= message.expires_at:
        return Dead(f"{reason}; it expires before there is room")
    return Postponed(moment, reason)


def _sent(session: Session, messages: Sequence[ClaimedMessage], *, since: datetime) -> dict[UUID, Sent]:
    """Return what patients were sent lately: one query for a batch."""
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
    """Return the alerts that a later message to the same address tells again: one on a screen is enough."""
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


def _counts(rows: Iterable[Any]) -> dict[UUID, int]:
    return {row[0]: row[1] for row in rows}
