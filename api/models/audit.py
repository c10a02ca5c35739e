"""Audit of actions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base

BY_OTHERS = text("actor_kind <> 'patient'")
"""Condition of actions that patients did not do themselves, as the index has it: without parameters."""

LOOKS_AT_DIARY = text("actor_kind = 'staff' AND action IN ('entries.read', 'trajectory.read', 'alert.read')")
"""Condition of what staff read of a patient's diary, as the index has it."""

LOOKS_AT_QUESTIONNAIRES = text("actor_kind = 'staff' AND action = 'assessments.read'")
"""Condition of what staff read of a patient's questionnaires, as the index has it."""


class AuditRow(Base):
    """One action on a patient's data or on the settings of a site; ids and counts, never answers."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "site_id", "id"),
        Index(None, "site_id", "at"),
        Index(None, "site_id", "actor_id", "id"),
        Index(None, "site_id", "action", "id"),
        Index(None, "patient_id", "id"),
        Index("ix_audit_by_others", "patient_id", "id", sqlite_where=BY_OTHERS, postgresql_where=BY_OTHERS),
        Index(
            "ix_audit_looks",
            *("patient_id", "at"),
            sqlite_where=LOOKS_AT_DIARY,
            postgresql_where=LOOKS_AT_DIARY,
        ),
        Index(
            "ix_audit_questionnaire_looks",
            *("patient_id", "at"),
            sqlite_where=LOOKS_AT_QUESTIONNAIRES,
            postgresql_where=LOOKS_AT_QUESTIONNAIRES,
        ),
    )

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


LOOKS = ("entries.read", "trajectory.read")
"""Actions that show a patient's entries."""

WHOLE_LOOKS = and_(LOOKS_AT_DIARY, AuditRow.action.in_(LOOKS), AuditRow.detail.is_(None))
"""Condition of looks that left out nothing that was new; the others have a detail."""

QUESTIONNAIRE_LOOK = "assessments.read"
"""Action that shows a patient's questionnaires."""

WHOLE_QUESTIONNAIRE_LOOKS = and_(LOOKS_AT_QUESTIONNAIRES, AuditRow.detail.is_(None))
"""Condition of looks at questionnaires that left out nothing that was new."""
