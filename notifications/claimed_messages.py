"""Reads claimed messages with all that sending needs, in one query for a batch.

Columns instead of mapped objects: tracking changes of objects costs more than encrypting a push.
"""

from collections.abc import Sequence
from datetime import time
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from api.domain.alerts.finding import Tier
from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import TEST_LIFETIME, MessageKind
from api.domain.enrolment import Language, PatientStatus
from api.domain.schedule import QuietHours
from api.models.alert import Alert
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.staff import Staff
from notifications.channels.base import ClaimedRow, DeliveryChannel
from notifications.channels.registry import CHANNELS
from notifications.delivery_results import ClaimedMessage, Recipient

NO_QUIET_HOURS = QuietHours(time(0), time(0))


def claimed(session: Session, ids: Sequence[UUID]) -> list[ClaimedMessage]:
    """Return the messages with their current targets, those about alerts first."""
    if not ids:
        return []
    query = _query(tuple(CHANNELS.values()))
    return [_message_of(row) for row in session.connection().execute(query, {"ids": ids})]


@cache
def _query(channels: tuple[type[DeliveryChannel], ...]) -> Select[*tuple[Any, ...]]:
    """Return the query of claimed messages with the columns of every channel."""
    subject = aliased(Patient)  # the patient whom a message to staff is about
    query: Select[*tuple[Any, ...]] = (
        select(
            OutboxMessage.id, OutboxMessage.kind, OutboxMessage.channel, OutboxMessage.site_id,
            OutboxMessage.recipient_id, OutboxMessage.topic, OutboxMessage.created_at,
            OutboxMessage.expires_at, OutboxMessage.attempts, OutboxMessage.alert_id,
            Alert.tier, Alert.status.label("alert_status"),
            Patient.id.label("patient_id"), Patient.status.label("patient_status"), Patient.timezone,
            Patient.quiet_from, Patient.quiet_until, Patient.discreet,
            Staff.active, Staff.team_id, subject.team_id.label("subject_team_id"),
            func.coalesce(Patient.language, Staff.language).label("language"),
        )
        .outerjoin(Alert, Alert.id == OutboxMessage.alert_id)
        .outerjoin(Patient, Patient.id == OutboxMessage.recipient_id)
        .outerjoin(subject, subject.id == OutboxMessage.patient_id)
        .outerjoin(Staff, Staff.id == OutboxMessage.recipient_id)
        .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
        .order_by(OutboxMessage.alert_id.is_(None), OutboxMessage.created_at)
    )  # fmt: skip
    for channel in channels:
        query = channel.select(query)
    return query


def _message_of(row: ClaimedRow) -> ClaimedMessage:
    channel = CHANNELS[row.channel]
    return ClaimedMessage(
        id=row.id,
        kind=MessageKind(row.kind),
        channel=row.channel,
        site_id=row.site_id,
        recipient_id=row.recipient_id,
        topic=row.topic,
        created_at=row.created_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        alert_id=row.alert_id,
        tier=Tier(row.tier) if row.tier else None,
        is_answered=row.alert_status is not None and row.alert_status != AlertStatus.OPEN,
        target=channel.target(row),
        lost=channel.lost(row),
        has_left=_has_left(row),
        patient=_recipient(row),
        language=Language(row.language) if row.language else Language.ENGLISH,
        discreet=bool(row.discreet),
    )


def _has_left(row: ClaimedRow) -> bool:
    """Return whether the recipient is deactivated staff, or staff who may no longer see the patient."""
    is_staff = row.active is not None and row.kind != MessageKind.INVITATION
    moved = row.team_id is not None and row.subject_team_id is not None and row.team_id != row.subject_team_id
    return is_staff and (not row.active or moved)


def _recipient(row: ClaimedRow) -> Recipient | None:
    if row.patient_id is None:
        return None
    is_awaited = row.kind == MessageKind.PROBE and row.expires_at - row.created_at <= TEST_LIFETIME
    quiet = NO_QUIET_HOURS if is_awaited else QuietHours(row.quiet_from, row.quiet_until)
    return Recipient(row.patient_id, PatientStatus(row.patient_status), quiet, row.timezone)
