"""Links of messages that were used: each works once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, UtcDateTime


class UsedLink(Base):
    """One link to an alert that somebody has used to acknowledge it."""

    __tablename__ = "used_links"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"), primary_key=True)
    used_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    used_at: Mapped[datetime] = mapped_column(UtcDateTime)
