"""Requests of patients to have their data erased, and the decisions."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.erasure import ErasureState

_OPEN = text("state = 'open'")


class ErasureRequest(Base):
    """One request; a patient has at most one that is open."""

    __tablename__ = "erasure_requests"
    __table_args__ = (
        CheckConstraint(one_of("state", ErasureState), name="state"),
        Index(None, "patient_id", "requested_at"),
        Index(None, "site_id", "state", "requested_at"),
        Index(
            "uq_erasure_requests_one_open",
            "patient_id",
            unique=True,
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    requested_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]  # decided, or withdrawn by the patient
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str | None]  # of the decision; the patient sees it
