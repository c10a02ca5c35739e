"""The dated documents of sites: policies, escalation ladders and signed questions."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from api.db.base import Base


class SiteDocumentRow(Base):
    """One document of a site; rows are only ever added, and the last one that has begun is in force."""

    __abstract__ = True

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[UniqueConstraint]:
        return (UniqueConstraint("site_id", "effective_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    effective_from: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    version: Mapped[str]  # content hash when it was set
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: the command line
    note: Mapped[str | None]
    created_at: Mapped[datetime]


class PolicyRow(SiteDocumentRow):
    """One policy of a site; its document holds the differences from the built-in policy."""

    __tablename__ = "site_policies"


class LadderRow(SiteDocumentRow):
    """One set of ladders of a site; its document is whole."""

    __tablename__ = "site_ladders"


class QuestionsRow(SiteDocumentRow):
    """One sign-off of the optional questions that patients of a site are asked."""

    __tablename__ = "site_questions"
