"""Tables of the rotas of sites."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class Rota(Base):
    """A named list of shifts."""

    __tablename__ = "rotas"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    changed_at: Mapped[datetime]
    changed_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class Shift(Base):
    """One staff member on call for a time; shifts may overlap."""

    __tablename__ = "rota_shifts"
    __table_args__ = (
        CheckConstraint("begins_at < ends_at", name="forward"),
        Index(None, "rota_id", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    rota_id: Mapped[UUID] = mapped_column(ForeignKey("rotas.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
