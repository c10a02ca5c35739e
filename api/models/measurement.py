"""Measurements by staff, and their former versions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.measurements.definition import MeasurementKind


class MeasurementRow(Base):
    """The present version of a measurement."""

    __tablename__ = "measurements"
    __table_args__ = (
        CheckConstraint(one_of("kind", MeasurementKind), name="kind"),
        Index(None, "patient_id", "measured_on"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # the client's
    kind: Mapped[str]
    measured_on: Mapped[date]  # the local day
    entered: Mapped[dict[str, Any]]  # as it was sent, with its unit
    # 'values' is a word of SQL
    canonical: Mapped[dict[str, Any]]
    confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())  # unlikely
    note: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))  # of this version
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class MeasurementVersion(Base):
    """A former version of a measurement."""

    __tablename__ = "measurement_versions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["patient_id", "measurement_id"], ["measurements.patient_id", "measurements.id"]
        ),
    )

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    measurement_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    measured_on: Mapped[date]
    entered: Mapped[dict[str, Any]]
    canonical: Mapped[dict[str, Any]]
    confirmed: Mapped[bool]
    note: Mapped[str | None]
    withdrawn: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    superseded_at: Mapped[datetime]
    superseded_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
