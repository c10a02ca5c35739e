"""Wording of questionnaires loaded by sites that hold a licence."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class InstrumentWording(Base):
    """Wording of one instrument in one language at one site; the newest is in force."""

    __tablename__ = "instrument_wordings"
    __table_args__ = (Index(None, "site_id", "instrument", "language", "loaded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    instrument: Mapped[str]
    instrument_version: Mapped[str]
    language: Mapped[str]
    items: Mapped[dict[str, Any]]  # text by item
    answers: Mapped[dict[str, Any]]  # text by item and answer, where given
    licence: Mapped[str]  # grantor and date
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: the command line
