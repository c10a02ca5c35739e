"""Restores of the database from a backup."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class Restore(Base):
    """One restore from a backup; their number is part of every cursor of a change feed."""

    __tablename__ = "restores"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    restored_at: Mapped[datetime]
