"""Changes of alerts, so that open pages learn of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class Change(Base):
    """One change of an alert, kept for a day; numbers follow the order of commits."""

    __tablename__ = "changes"
    __table_args__ = (
        Index(None, "site_id", "number"),
        Index(None, "changed_at"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    alert_id: Mapped[UUID]
    changed_at: Mapped[datetime]
