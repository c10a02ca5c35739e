"""Decisions of each site about items of guidance."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.guidance.deciding import Decision


class GuidanceDecision(Base):
    """One decision about one item; rows are only added, and the newest of an item is in force."""

    __tablename__ = "guidance_decisions"
    __table_args__ = (
        CheckConstraint(one_of("decision", Decision), name="decision"),
        UniqueConstraint("site_id", "item", "decided_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    item: Mapped[str]
    revision: Mapped[str]  # content hash of the item's words and evidence
    decision: Mapped[str]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    note: Mapped[str | None]
    decided_at: Mapped[datetime]
