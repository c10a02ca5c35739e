"""Addresses of recipients, with one class per channel.

To add a channel, write its class here, list it in `ADDRESSES`, and write its delivery in
`notifications/channels/`.
"""

# ruff: noqa: ARG002 - each channel uses what it needs of the same arguments

from collections.abc import Sequence
from typing import ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import select, true, union_all
from sqlalchemy.orm import Session

from api.domain.delivery.messages import ALWAYS_BY_EMAIL, Channel, MessageKind
from api.models.outbox import Subscription, Webhook
from api.models.patient import Patient
from api.models.staff import Staff


class DeliveryRoute(NamedTuple):
    """One address of one recipient; a channel without subscriptions has one address per recipient."""

    channel: str
    recipient_id: UUID
    subscription_id: UUID | None = None
    is_reliable: bool = True
    """False: the next channel is used too."""


class ChannelAddresses:
    """The addresses of one channel; by default it has none."""

    channel: ClassVar[str]
    key: ClassVar[str]
    """Part of the dedupe key of messages by this channel; existing rows hold it, so it never changes."""

    def find(
        self, session: Session, recipients: Sequence[UUID], kind: MessageKind | None = None
    ) -> list[DeliveryRoute]:
        """Return the addresses of people for messages of a kind."""
        return []

    def find_at_site(self, session: Session, site_id: UUID) -> list[DeliveryRoute]:
        """Return the addresses at a site that receive all messages to staff."""
        return []


class PushAddresses(ChannelAddresses):
    """Browsers: every subscription in use."""

    channel, key = Channel.WEB_PUSH, "push"

    def find(
        self, session: Session, recipients: Sequence[UUID], kind: MessageKind | None = None
    ) -> list[DeliveryRoute]:
        """Return every browser of each recipient; one that sends no receipts is not reliable."""
        in_use = select(Subscription.recipient_id, Subscription.id, Subscription.distrusted_at).where(
            Subscription.recipient_id.in_(recipients), Subscription.retired_at.is_(None)
        )
        return [
            DeliveryRoute(self.channel, recipient_id, subscription_id, distrusted_at is None)
            for recipient_id, subscription_id, distrusted_at in session.execute(in_use)
        ]


class EmailAddresses(ChannelAddresses):
    """Mailboxes of patients, and of staff who did not turn e-mail off."""

    channel, key = Channel.EMAIL, "email"

    def find(
        self, session: Session, recipients: Sequence[UUID], kind: MessageKind | None = None
    ) -> list[DeliveryRoute]:
        """Return one address for each recipient who accepts e-mail of this kind."""
        wants = true() if kind in ALWAYS_BY_EMAIL else Staff.email_notices
        staff = select(Staff.id).where(
            Staff.id.in_(recipients), Staff.active, wants, Staff.email_gone_at.is_(None)
        )
        patients = select(Patient.id).where(
            Patient.id.in_(recipients), Patient.email.is_not(None), Patient.email_gone_at.is_(None)
        )
        found = session.scalars(union_all(staff, patients))
        return [DeliveryRoute(self.channel, recipient_id) for recipient_id in found]


class WebhookAddresses(ChannelAddresses):
    """Programs of a site."""

    channel, key = Channel.WEBHOOK, "webhook"

    def find_at_site(self, session: Session, site_id: UUID) -> list[DeliveryRoute]:
        """Return every webhook in use at a site."""
        in_use = select(Webhook.id).where(Webhook.site_id == site_id, Webhook.retired_at.is_(None))
        return [DeliveryRoute(self.channel, webhook_id) for webhook_id in session.scalars(in_use)]


class CallListAddresses(ChannelAddresses):
    """The call list, which any person can be put on."""

    channel, key = Channel.CALL_LIST, "call"

    def find(
        self, session: Session, recipients: Sequence[UUID], kind: MessageKind | None = None
    ) -> list[DeliveryRoute]:
        """Return one route for each recipient."""
        return [DeliveryRoute(self.channel, recipient_id) for recipient_id in recipients]


ADDRESSES: dict[str, ChannelAddresses] = {
    each.channel: each
    for each in (PushAddresses(), EmailAddresses(), WebhookAddresses(), CallListAddresses())
}


def dedupe_key(purpose: str, route: DeliveryRoute) -> str:
    """Return the key that makes a message unique: its purpose, recipient and address."""
    address = route.subscription_id or ADDRESSES[route.channel].key
    return f"{purpose}:{route.recipient_id}:{address}"


def purpose_of(key: str, recipient_id: UUID) -> str:
    """Return the purpose that `dedupe_key` put into a key."""
    return key.rpartition(f":{recipient_id}:")[0]
