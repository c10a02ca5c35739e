"""Tables of messages, their addresses, stopped channels and workers."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.delivery.messages import Channel, MessageKind, MessageState


class Subscription(Base):
    """The push address of one browser of a member of staff or a patient."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("recipient_id", "device"), Index(None, "endpoint"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    recipient_id: Mapped[UUID]  # staff or patient
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id"))
    device: Mapped[UUID]  # the client's id of the device
    endpoint: Mapped[str]
    p256dh: Mapped[str]
    auth: Mapped[str]
    vapid_key: Mapped[str | None]  # public key it was made with; None: the oldest of this server
    created_at: Mapped[datetime]
    last_receipt_at: Mapped[datetime | None]
    probed_at: Mapped[datetime | None]
    distrusted_at: Mapped[datetime | None]  # not reliable: used with another channel
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None] = mapped_column("retired_because")


class Webhook(Base):
    """The address of a site's own program, which receives the messages to staff."""

    __tablename__ = "webhooks"
    __table_args__ = (Index(None, "site_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    url: Mapped[str]
    secret: Mapped[str]  # encrypted; signs every message
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]  # None: from the command line
    retired_at: Mapped[datetime | None]
    retired_reason: Mapped[str | None] = mapped_column("retired_because")


class ChannelStop(Base):
    """A channel that an operator stopped."""

    __tablename__ = "channel_stops"
    __table_args__ = (CheckConstraint(one_of("channel", Channel), name="channel"),)

    channel: Mapped[str] = mapped_column(primary_key=True)
    stopped_at: Mapped[datetime]
    why: Mapped[str]


class OutboxMessage(Base):
    """One message to one address, unique by recipient, purpose, slot and address."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(one_of("kind", MessageKind), name="kind"),
        CheckConstraint(one_of("state", MessageState), name="state"),
        CheckConstraint(one_of("channel", Channel), name="channel"),
        Index(None, "state", "not_before"),
        Index(None, "alert_id"),
        Index(None, "patient_id", "created_at"),
        Index(None, "recipient_id"),
        Index(None, "subscription_id"),
        Index(None, "site_id", "settled_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    kind: Mapped[str]
    recipient_id: Mapped[UUID]  # staff, patient or webhook
    channel: Mapped[str]
    subscription_id: Mapped[UUID | None] = mapped_column(ForeignKey("subscriptions.id"))
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))  # the subject
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alerts.id"))
    topic: Mapped[str]  # a repeat with the same topic replaces the first on the screen
    state: Mapped[str] = mapped_column(default="pending", server_default="pending")
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # time it was meant to be sent; retries keep it
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_at: Mapped[datetime | None]  # last attempt
    last_outcome: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]  # reported by the device, as are the next two
    opened_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]


class Heartbeat(Base):
    """The last heartbeat of each delivery worker."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ticked_at: Mapped[datetime]
