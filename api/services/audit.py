"""Who did what to whom, written in the same transaction as the deed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.db import insert_once
from api.domain.authority import ActorKind, Principal
from api.models.audit import AuditRow


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
    site_id = by.site_id if by else site_id
    row = _row(action, by, site_id, now=now, patient_id=patient_id, object_id=object_id, detail=detail)
    insert_once(session, AuditRow, values=[row])


def record_own(
    session: Session, action: str, deeds: Sequence[tuple[Principal, dict[str, Any]]], *, now: datetime
) -> None:
    """Write what some patients did in their own diaries: a row each, with its detail."""
    rows = [_row(action, by, by.site_id, now=now, patient_id=by.id, detail=detail) for by, detail in deeds]
    insert_once(session, AuditRow, values=rows)


def record_listing(
    session: Session, action: str, patient_ids: Sequence[UUID], *, by: Principal, now: datetime
) -> None:
    """Write that a list was read, and whom it showed."""
    shown = {"count": len(patient_ids), "patients": sorted({str(patient_id) for patient_id in patient_ids})}
    record(session, action, by=by, now=now, detail=shown)


def _row(
    action: str,
    by: Principal | None,
    site_id: UUID | None,
    *,
    now: datetime,
    patient_id: UUID | None,
    detail: dict[str, Any] | None,
    object_id: UUID | None = None,
) -> dict[str, Any]:
    return {
        "at": now,
        "site_id": site_id,
        "actor_kind": by.kind if by else ActorKind.SYSTEM,
        "actor_id": by.id if by else None,
        "action": action,
        "patient_id": patient_id,
        "object_id": object_id,
        "detail": detail,
    }
