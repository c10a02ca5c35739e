"""People whom patients have let in."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class Proxy(Base):
    """Somebody who may read, or read and write, a patient's diary until a day, by a one-time code.

    The code is stored as an HMAC with the server's key, like activation codes.
    """

    __tablename__ = "proxies"
    __table_args__ = (Index(None, "patient_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    name: Mapped[str]
    may_write: Mapped[bool]
    until: Mapped[datetime]
    created_at: Mapped[datetime]
    code_digest: Mapped[str] = mapped_column(unique=True)
    code_expires_at: Mapped[datetime]
    code_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
