"""What has to be known of a message before it is sent: read as columns, once for a whole claim.

Rows of tables would each become an object that is watched for changes: that costs more than encrypting.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from api.domain.alerts.finding import Tier
from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import ALWAYS_BY_EMAIL, Channel, MessageKind
from api.domain.enrolment import Language, PatientStatus
from api.domain.schedule import QuietHours
from api.models.alert import Alert
from api.models.identity import Grant
from api.models.outbox import OutboxMessage, Subscription, Webhook
from api.models.patient import Patient
from api.models.staff import Staff
from notifications.channels.base import MailTarget, PushTarget, Target, WebhookTarget
from notifications.delivery import ClaimedMessage, Recipient

Known = Row[*tuple[Any, ...]]

_ABOUT = aliased(Patient)
"""Whom a message is about, where it goes to somebody else."""

_KNOWN = (
    select(
        OutboxMessage.id, OutboxMessage.kind, OutboxMessage.channel, OutboxMessage.site_id,
        OutboxMessage.recipient_id, OutboxMessage.topic, OutboxMessage.created_at, OutboxMessage.expires_at,
        OutboxMessage.attempts, OutboxMessage.alert_id, OutboxMessage.subscription_id,
        Subscription.endpoint, Subscription.p256dh, Subscription.auth, Subscription.vapid_key,
        Subscription.retired_at.label("subscription_retired_at"), Grant.revoked_at,
        Webhook.url, Webhook.secret, Webhook.retired_at.label("webhook_retired_at"),
        Alert.tier, Alert.status.label("alert_status"),
        Patient.id.label("patient_id"), Patient.status.label("patient_status"), Patient.timezone,
        Patient.quiet_from, Patient.quiet_until, Patient.discreet,
        Staff.active, Staff.email_notices, Staff.team_id, _ABOUT.team_id.label("about_team_id"),
        func.coalesce(Patient.language, Staff.language).label("language"),
        func.coalesce(Patient.email, Staff.email).label("email"),
        func.coalesce(Patient.email_gone_at, Staff.email_gone_at).label("email_gone_at"),
    )
    .outerjoin(Subscription, Subscription.id == OutboxMessage.subscription_id)
    .outerjoin(Grant, Grant.id == Subscription.grant_id)
    .outerjoin(Alert, Alert.id == OutboxMessage.alert_id)
    .outerjoin(Patient, Patient.id == OutboxMessage.recipient_id)
    .outerjoin(_ABOUT, _ABOUT.id == OutboxMessage.patient_id)
    .outerjoin(Staff, Staff.id == OutboxMessage.recipient_id)
    .outerjoin(Webhook, Webhook.id == OutboxMessage.recipient_id)
    .where(OutboxMessage.id.in_(bindparam("ids", expanding=True)))
    .order_by(OutboxMessage.alert_id.is_(None), OutboxMessage.created_at)
)  # fmt: skip


def claimed(session: Session, ids: Sequence[UUID]) -> list[ClaimedMessage]:
    """Return the messages, those about alerts first, with where each goes as things stand now."""
    return [_claimed(row) for row in session.connection().execute(_KNOWN, {"ids": ids})] if ids else []


def _claimed(row: Known) -> ClaimedMessage:
    return ClaimedMessage(
        id=row.id,
        kind=MessageKind(row.kind),
        channel=Channel(row.channel),
        site_id=row.site_id,
        recipient_id=row.recipient_id,
        topic=row.topic,
        created_at=row.created_at,
        expires_at=row.expires_at,
        attempts=row.attempts,
        alert_id=row.alert_id,
        tier=Tier(row.tier) if row.tier else None,
        is_answered=row.alert_status is not None and row.alert_status != AlertStatus.OPEN,
        subscription_id=row.subscription_id,
        address=_address(row),
        signed_out=row.revoked_at is not None,
        has_left=_has_left(row),
        patient=_reader(row),
        language=Language(row.language) if row.language else Language.ENGLISH,
        discreet=bool(row.discreet),
    )


def _address(row: Known) -> Target | None:
    """Return where a message goes now; what was retired, withdrawn or refused meanwhile is nowhere."""
    if row.channel == Channel.EMAIL:
        return _mailbox(row)
    if row.channel == Channel.WEBHOOK:
        return WebhookTarget(row.url, row.secret) if row.url and row.webhook_retired_at is None else None
    if row.endpoint is None or row.subscription_retired_at is not None:
        return None
    return PushTarget(row.endpoint, row.p256dh, row.auth, row.vapid_key)


def _has_left(row: Known) -> bool:
    """Say whether it goes to staff who were deactivated, or who may not see the patient any more."""
    is_staff = row.active is not None and row.kind != MessageKind.INVITATION
    moved = row.team_id is not None and row.about_team_id is not None and row.team_id != row.about_team_id
    return is_staff and (not row.active or moved)


def _mailbox(row: Known) -> MailTarget | None:
    """Return where somebody may be written to by e-mail; the same that `outbox.mailboxes` asks for."""
    if row.email is None or row.email_gone_at is not None:
        return None
    wants = row.email_notices or row.kind in ALWAYS_BY_EMAIL
    may_read = row.active or row.kind == MessageKind.INVITATION
    if row.patient_id is None and not (may_read and wants):
        return None
    return MailTarget(row.email)


def _reader(row: Known) -> Recipient | None:
    if row.patient_id is None:
        return None
    quiet = QuietHours(row.quiet_from, row.quiet_until)
    return Recipient(row.patient_id, PatientStatus(row.patient_status), quiet, row.timezone)
