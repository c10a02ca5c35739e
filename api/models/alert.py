"""Alerts, their evidence and events, and the links that acknowledge them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import AlertResolution, AlertStatus


class Alert(Base):
    """A finding the team must answer; at most one is open per patient and kind."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint(one_of("kind", FindingKind), name="kind"),
        CheckConstraint(one_of("tier", Tier), name="tier"),
        CheckConstraint(one_of("status", AlertStatus), name="status"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', AlertResolution)}", name="outcome"),
        Index(
            "uq_alerts_one_open",
            "patient_id",
            "kind",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_alerts_waiting",  # covers the worklist's query of open alerts
            *("site_id", "status", "priority", "opened_at", "id", "told", "tier", "patient_id"),
            *("kind", "assigned_to"),
            postgresql_where=text("closed_at IS NULL"),
            sqlite_where=text("closed_at IS NULL"),
        ),
        Index(None, "patient_id", "opened_at"),
        Index(None, "next_rung_at"),
        Index(None, "comes_back_at"),
        Index(None, "site_id", "told_at"),
        Index(None, "site_id", "opened_at"),
        Index(
            "ix_alerts_held_back",
            "site_id",
            postgresql_where=text("told = 0 AND closed_at IS NULL"),
            sqlite_where=text("told = 0 AND closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    kind: Mapped[str]
    tier: Mapped[str]
    status: Mapped[str]
    priority: Mapped[int]  # higher is worse; the worklist's order
    reason: Mapped[str]  # of the newest live evidence
    first_day: Mapped[date]  # local day of the oldest live evidence
    raised_at: Mapped[datetime]  # time the newest live evidence was recorded
    opened_at: Mapped[datetime]  # time of the server
    times_notified: Mapped[int] = mapped_column("told", default=0, server_default="0")
    notified_at: Mapped[datetime | None] = mapped_column("told_at")  # None: not yet
    rung: Mapped[int] = mapped_column(default=0, server_default="0")  # next rung of its ladder
    escalating_since: Mapped[datetime] = mapped_column("climbing_since")
    next_rung_at: Mapped[datetime | None]  # None: no notification is planned
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # who takes care of it
    reopens_at: Mapped[datetime | None] = mapped_column("comes_back_at")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    emergency: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # is supported by an emergency


class Evidence(Base):
    """A finding that supports an alert; withdrawn when the entries no longer show it."""

    __tablename__ = "alert_evidence"
    __table_args__ = (UniqueConstraint("alert_id", "key"), Index(None, "patient_id", "day"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    kind: Mapped[str]
    tier: Mapped[str]
    key: Mapped[str]
    day: Mapped[date]
    raised_at: Mapped[datetime]
    reason: Mapped[str]
    numbers: Mapped[dict[str, Any]]
    source: Mapped[str]
    engine: Mapped[str]
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    from_rejected_entry: Mapped[bool] = mapped_column("kept", default=False, server_default=false())


class AlertEvent(Base):
    """A change of an alert: action, time, author and note."""

    __tablename__ = "alert_events"
    __table_args__ = (Index(None, "alert_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.id"))
    at: Mapped[datetime]
    action: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    assigned_to: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # by this event
    note: Mapped[str | None]


class UsedLink(Base):
    """A link that was used to acknowledge an alert; each works once."""

    __tablename__ = "used_links"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    used_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    used_at: Mapped[datetime]
