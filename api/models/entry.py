"""Entries, their former versions, rejected items and safety statements."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base
from api.domain.entries.origin import EntryVia, ReportedBy


class EntryRow(Base):
    """The present version of an entry."""

    __tablename__ = "entries"
    __table_args__ = (
        Index(None, "patient_id", "change_seq", unique=True),
        Index(None, "patient_id", "local_date"),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # the client's
    recorded_at: Mapped[datetime]
    local_date: Mapped[date]
    received_at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    change_seq: Mapped[int]
    grant_id: Mapped[UUID]  # the device it came from
    claimed_at: Mapped[datetime | None]  # if its clock was ahead
    claimed_date: Mapped[date | None]
    via: Mapped[str] = mapped_column(server_default=EntryVia.APP)
    reported_by: Mapped[str] = mapped_column(server_default=ReportedBy.PATIENT)


class EntryVersion(Base):
    """A former version of an entry."""

    __tablename__ = "entry_versions"
    __table_args__ = (ForeignKeyConstraint(["patient_id", "entry_id"], ["entries.patient_id", "entries.id"]),)

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime]
    local_date: Mapped[date]
    answers: Mapped[dict[str, Any]]
    superseded_at: Mapped[datetime]
    superseded_by_grant: Mapped[UUID] = mapped_column("superseded_by")
    claimed_at: Mapped[datetime | None]
    claimed_date: Mapped[date | None]
    via: Mapped[str] = mapped_column(server_default=EntryVia.APP)
    reported_by: Mapped[str] = mapped_column(server_default=ReportedBy.PATIENT)


class RejectedEntry(Base):
    """Something a phone sent that could not be read as an entry; kept so that nothing is lost."""

    __tablename__ = "rejected_entries"
    __table_args__ = (
        UniqueConstraint("patient_id", "digest"),
        Index(None, "patient_id", "entry_id"),
        Index(None, "patient_id", "received_at"),
        Index(
            "ix_rejected_entries_waiting",
            "patient_id",
            postgresql_where=text("replaced_at IS NULL AND looked_at IS NULL"),
            sqlite_where=text("replaced_at IS NULL AND looked_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    entry_id: Mapped[str | None]  # the client's id, where it gave one
    digest: Mapped[str]
    body: Mapped[str]  # as it was sent, the first 4 kB
    problem: Mapped[dict[str, Any]]
    received_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]  # a readable one came
    reviewed_at: Mapped[datetime | None] = mapped_column("looked_at")  # by staff
    reviewed_by: Mapped[UUID | None] = mapped_column("looked_by", ForeignKey("staff.id"))
    count: Mapped[int] = mapped_column("times", default=1, server_default="1")  # above 1: dropped bodies


class SafetyStatement(Base):
    """A red flag or the wish to stop that was read in something refused or in conflict.

    A statement of its own: nothing that is sent later takes it back, and a retry adds nothing.
    """

    __tablename__ = "safety_statements"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # the item's id or digest
    statement: Mapped[str] = mapped_column("said", primary_key=True)  # flag or wish
    received_at: Mapped[datetime]
    local_date: Mapped[date]  # the patient's day on which it was received
    grant_id: Mapped[UUID]  # the device it came from
