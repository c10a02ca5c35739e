"""Audit of actions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class AuditRow(Base):
    """One action on a patient's data or on the settings of a site; ids and counts, never answers."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "site_id", "id"), Index(None, "patient_id", "id"))

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    site_id: Mapped[UUID | None] = mapped_column(ForeignKey("sites.id"))
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    patient_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
