"""Exports of patients' data, and their files in parts."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.data_export import ExportState

_PENDING = text("state = 'pending'")


class DataExport(Base):
    """A file with everything kept about a patient: asked for, made by a worker, deleted after a day."""

    __tablename__ = "exports"
    __table_args__ = (
        CheckConstraint(one_of("state", ExportState), name="state"),
        Index(None, "patient_id", "requested_at"),
        Index(
            "uq_exports_one_pending",
            "patient_id",
            unique=True,
            postgresql_where=_PENDING,
            sqlite_where=_PENDING,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    state: Mapped[str] = mapped_column(default="pending", server_default="pending")
    requested_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")  # the parts of the last one count
    leased_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]  # None: pending
    parts: Mapped[int | None]
    size: Mapped[int | None]  # bytes


class ExportPart(Base):
    """One piece of the file of an export, written by one attempt."""

    __tablename__ = "export_parts"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("exports.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
