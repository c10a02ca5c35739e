"""Treatments of patients before the present one, which is part of the patient's own row."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.diary.treatments import StopReason
from api.domain.enrolment import AromataseInhibitor


class PastTreatment(Base):
    """A treatment that has ended and was followed by another one."""

    __tablename__ = "past_treatments"
    __table_args__ = (
        CheckConstraint(f"ai IS NULL OR {one_of('ai', AromataseInhibitor)}", name="ai"),
        CheckConstraint(f"why_stopped IS NULL OR {one_of('why_stopped', StopReason)}", name="why_stopped"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # in the order of time, from 0
    ai: Mapped[str | None]
    began_on: Mapped[date | None]
    ended_on: Mapped[date]
    why_stopped: Mapped[str | None]
