"""Reminders of check-ins and questionnaires."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.reminders import ClosedReason, ReminderStep


class Reminder(Base):
    """One request to a patient, by purpose and slot, however often it is prompted."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("patient_id", "purpose", "slot"),
        CheckConstraint("purpose IN ('check_in', 'extra_check_in', 'reassessment')", name="purpose"),
        CheckConstraint(f"step IS NULL OR {one_of('step', ReminderStep)}", name="step"),
        CheckConstraint(
            f"closed_because IS NULL OR {one_of('closed_because', ClosedReason)}", name="closed_because"
        ),
        Index(None, "site_id", "due_at"),
        Index(None, "step", "closed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    purpose: Mapped[str]
    slot: Mapped[str]  # a local date, a slot of the plan, or the scheduler's own key
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]  # service account or member of staff; None: the plan
    asked_on: Mapped[date | None]  # local date of the first prompt
    step: Mapped[str | None]  # None: not prompted yet
    stepped_on: Mapped[date | None]
    times: Mapped[int] = mapped_column(default=0, server_default="0")  # prompts so far
    message: Mapped[str | None]  # purpose of the last message in the outbox; None: that of a single prompt
    closed_at: Mapped[datetime | None]  # None: open
    closed_because: Mapped[str | None]
