"""Reminders that somebody or something asked for."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class Reminder(Base):
    """One prompt to one patient for one purpose and slot: asked for once, however often repeated."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("patient_id", "purpose", "slot"),
        CheckConstraint("purpose IN ('check_in', 'reassessment')", name="purpose"),
        Index(None, "site_id", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    purpose: Mapped[str]
    slot: Mapped[str]  # what makes it one: a local date, or the scheduler's own key
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID | None]  # the service account or member of staff; None: the plan
