"""Writes the audit log, in the same transaction as the act it records.

Each request also keeps an `AuditTrail` of the patients it looked up. Those without an audit row
when the request ends, because nothing was changed or the request was refused, get one then, so that
no view can show a patient unrecorded.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.db.database import READ_ONLY
from api.domain.authority import ActorKind, Principal
from api.models.audit import AuditRow

SHOWN = "patient.shown"
"""The action of a row that a trail adds."""


@dataclass(slots=True)
class AuditTrail:
    """The patients one request looked up, and those with an audit row."""

    accessed: set[UUID] = field(default_factory=set)
    recorded: set[UUID] = field(default_factory=set)
    deferred: list[dict[str, Any]] = field(default_factory=list)
    """Rows of a read-only session, written in a short transaction before the response is sent."""

    def missing(self, *, was_kept: bool) -> list[UUID]:
        """Return the patients without a row; without ``was_kept`` written rows were rolled back."""
        return sorted(self.accessed - self.recorded if was_kept else self.accessed)


_TRAIL: ContextVar[AuditTrail | None] = ContextVar("trail", default=None)


@contextmanager
def trail() -> Iterator[AuditTrail]:
    """Keep the trail of one request."""
    kept = AuditTrail()
    token = _TRAIL.set(kept)
    try:
        yield kept
    finally:
        _TRAIL.reset(token)


def note_access(patient_id: UUID) -> None:
    """Note that the present request, if any, looked up a patient to show or change."""
    if (kept := _TRAIL.get()) is not None:
        kept.accessed.add(patient_id)


def record_shown(
    session: Session, kept: AuditTrail, *, by: Principal, operation: str, refused: str | None, now: datetime
) -> None:
    """Write a trail's missing rows, one for each patient without, and its deferred rows.

    Args:
        session: A transaction of its own.
        kept: The trail of the request, before its response is sent.
        by: The caller.
        operation: Method and route, such as ``PATCH /v1/patients/<uuid:patient_id>``.
        refused: Why the request's transaction was rolled back, such as ``VersionMoved``; None where
            it was committed.
        now: The present moment.
    """
    was_kept = refused is None
    detail = {"operation": operation} | ({"refused": refused} if refused else {})
    missing = kept.missing(was_kept=was_kept)
    rows = [_row(SHOWN, by, now=now, patient_id=patient_id, detail=detail) for patient_id in missing]
    insert_once(session, AuditRow, values=[*(kept.deferred if was_kept else []), *rows])


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
    """Write one row; ``detail`` holds no answers, and ``by`` None stands for the system."""
    ids = {"site_id": site_id, "patient_id": patient_id, "object_id": object_id}
    row = _row(action, by, now=now, detail=detail, **ids)
    _write(session, row, about=[patient_id] if patient_id else [])


def record_own(
    session: Session, action: str, acts: Sequence[tuple[Principal, dict[str, Any]]], *, now: datetime
) -> None:
    """Write one row for each act of patients in their own diaries."""
    rows = [_row(action, by, now=now, patient_id=by.id, detail=detail) for by, detail in acts]
    insert_once(session, AuditRow, values=rows)


def record_listing(
    session: Session, action: str, patient_ids: Sequence[UUID], *, by: Principal, now: datetime
) -> None:
    """Write that a list was read, and which patients it showed."""
    shown = {"count": len(patient_ids), "patients": sorted({str(patient_id) for patient_id in patient_ids})}
    _write(session, _row(action, by, now=now, detail=shown), about=patient_ids)


def _write(session: Session, row: dict[str, Any], *, about: Sequence[UUID]) -> None:
    kept = _TRAIL.get()
    if kept is not None:
        kept.recorded.update(about)
    if session.info.get(READ_ONLY) and kept is not None:
        kept.deferred.append(row)
    else:
        insert_once(session, AuditRow, values=[row])


def _row(
    action: str, by: Principal | None, *, now: datetime, detail: dict[str, Any] | None, **ids: UUID | None
) -> dict[str, Any]:
    return {
        "at": now,
        "site_id": by.site_id if by else ids.get("site_id"),
        "actor_kind": by.kind if by else ActorKind.SYSTEM,
        "actor_id": by.actor_id if by else None,
        "action": action,
        "patient_id": ids.get("patient_id"),
        "object_id": ids.get("object_id"),
        "detail": detail,
    }
