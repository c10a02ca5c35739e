"""Columns of the dated documents of sites: policies and escalation ladders."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from api.db.base import Base, UtcDateTime


class SiteDocumentRow(Base):
    """One document of a site; rows are only ever added, and the last one that has begun is in force."""

    __abstract__ = True

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[UniqueConstraint]:
        return (UniqueConstraint("site_id", "effective_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    effective_from: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[str]  # content hash when it was set
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: the command line
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
