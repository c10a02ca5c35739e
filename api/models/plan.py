"""Tables of the monitoring plans of sites and patients, and of skipped slots."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class PlanRow(Base):
    """One plan from a local day on; rows are only ever added, and of one day the newest counts."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint("preset IS NULL OR document IS NULL", name="one_plan"),
        CheckConstraint(
            "patient_id IS NOT NULL OR preset IS NOT NULL OR document IS NOT NULL", name="a_plan"
        ),
        Index(None, "site_id", "patient_id", "effective_from"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))  # None: the site's plan
    preset: Mapped[str | None]  # neither preset nor document: the patient follows the site's plan
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    effective_from: Mapped[date]
    set_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    created_at: Mapped[datetime]


class PlanSkip(Base):
    """A slot that a staff member has skipped, with the reason."""

    __tablename__ = "plan_skips"
    __table_args__ = (UniqueConstraint("patient_id", "what", "due_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    what: Mapped[str]
    due_on: Mapped[date]
    reason: Mapped[str]
    skipped_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    skipped_at: Mapped[datetime]


class PlanSkipUndone(Base):
    """A skip that a staff member has undone; it keeps the id and the content of the skip."""

    __tablename__ = "plan_skips_undone"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    what: Mapped[str]
    due_on: Mapped[date]
    reason: Mapped[str]
    skipped_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    skipped_at: Mapped[datetime]
    undone_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime]
