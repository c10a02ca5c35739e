"""Who did what to whom, written in the same transaction as the deed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert
from sqlalchemy.orm import Session

from api.domain.authority import ActorKind, Principal
from api.models.audit import AuditRow
from api.prepared import Prepared


def record(
    session: Session,
    action: str,
    *,
    by: Principal | None,
    now: datetime,
    site_id: UUID | None = None,
    patient_id: UUID | None = None,
    object_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one row; ``detail`` holds ids and counts, never answers. ``by`` None is the system."""
    _INSERT.run(
        session.connection(),
        {
            "at": now,
            "site_id": by.site_id if by else site_id,
            "actor_kind": by.kind if by else ActorKind.SYSTEM,
            "actor_id": by.id if by else None,
            "action": action,
            "patient_id": patient_id,
            "object_id": object_id,
            "detail": detail,
        },
    )


def record_listing(
    session: Session, action: str, patient_ids: Sequence[UUID], *, by: Principal, now: datetime
) -> None:
    """Write that a list was read, and whom it showed."""
    shown = {"count": len(patient_ids), "patients": sorted({str(patient_id) for patient_id in patient_ids})}
    record(session, action, by=by, now=now, detail=shown)


_TABLE = AuditRow.__table__
_INSERT = Prepared(
    insert(_TABLE).values({column.name: bindparam(column.name) for column in _TABLE.c if column.name != "id"})  # type: ignore[arg-type]
)
