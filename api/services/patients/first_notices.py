"""First messages about the alerts of a patient that went out to the care team."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, tuple_
from sqlalchemy.orm import Session, aliased

from api.domain.delivery.messages import PERSONAL_CHANNELS, MessageState
from api.models.outbox import OutboxMessage


@dataclass(frozen=True, slots=True)
class FirstNotice:
    """The first message about an alert: when it went out, and to which member of staff."""

    at: datetime
    message_id: UUID
    staff_id: UUID


BEGINNING = FirstNotice(datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0), UUID(int=0))
"""Stands before every notice."""


def first_notices(
    session: Session, patient_id: UUID, *, after: FirstNotice, until: datetime, limit: int
) -> list[FirstNotice]:
    """Return the first message about each alert of a patient, in the order in which they went out.

    Args:
        session: The database.
        patient_id: The patient.
        after: The last notice that is known.
        until: The newest moment.
        limit: The largest number of notices.
    """
    message, earlier = OutboxMessage, aliased(OutboxMessage)
    came_before = (*_went_out(earlier), earlier.alert_id == message.alert_id)
    query = (
        select(message.settled_at, message.id, message.recipient_id)
        .where(message.patient_id == patient_id, message.alert_id.is_not(None), *_went_out(message))
        .where(message.settled_at <= until, _place(message) > (after.at, after.message_id))
        .where(~exists().where(*came_before, _place(earlier) < _place(message)))
        .order_by(message.settled_at, message.id)
        .limit(limit)
    )
    rows = session.execute(query)
    return [FirstNotice(at, message_id, staff_id) for at, message_id, staff_id in rows if at is not None]


def _went_out(message: type[OutboxMessage]) -> tuple[ColumnElement[bool], ...]:
    return message.state == MessageState.DELIVERED, message.channel.in_(PERSONAL_CHANNELS)


def _place(message: type[OutboxMessage]) -> ColumnElement[tuple[datetime, UUID]]:
    return tuple_(message.settled_at, message.id)
