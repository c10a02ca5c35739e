"""Table of the policies of sites."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, UtcDateTime


class PolicyRow(Base):
    """One policy of a site; rows are only ever added, and the last one that has begun is in force."""

    __tablename__ = "site_policies"
    __table_args__ = (UniqueConstraint("site_id", "effective_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    effective_from: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)  # differences from the built-in policy
    version: Mapped[str]  # content hash of its engine when it was set
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: the command line
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
