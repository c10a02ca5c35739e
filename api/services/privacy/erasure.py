"""Requests of patients to have their data erased: made, taken back, listed for those who decide, decided.

A decision is recorded and shown to the patient; it erases nothing by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain import cursor as cursors
from api.domain.authority import Principal, Role
from api.domain.delivery.messages import MessageKind
from api.domain.erasure import REMINDED_EVERY, ErasureState
from api.domain.errors import ErasureRequestClosed, UnknownErasureRequest
from api.models.erasure import ErasureRequest
from api.models.patient import Patient
from api.services import audit
from api.services.access.recipients import care_team
from api.services.access.visibility import find_patient, visible_to
from api.services.messages import outbox
from api.services.paging import Page, cut

SHOWN = 50
"""Requests that a patient sees, newest first."""
REMINDED_AT_ONCE = 200

_CLOSED = {
    ErasureState.WITHDRAWN: "it was taken back",
    ErasureState.ACCEPTED: "the clinic has decided",
    ErasureState.REFUSED: "the clinic has decided",
}


@dataclass(frozen=True, slots=True)
class Requested:
    """A request with its patient."""

    request: ErasureRequest
    patient: Patient


def request_erasure(session: Session, by: Principal, *, now: datetime) -> tuple[ErasureRequest, bool]:
    """Return the open request of a patient and whether it is new; those who decide are notified of it."""
    patient = find_patient(session, by, by.id, to_change=True)
    is_open = ErasureRequest.patient_id == patient.id, ErasureRequest.state == ErasureState.OPEN
    known = session.scalar(select(ErasureRequest).where(*is_open))
    if known is not None:
        return known, False
    made = ErasureRequest(
        patient_id=patient.id, site_id=patient.site_id, state=ErasureState.OPEN, requested_at=now
    )
    session.add(made)
    session.flush()
    _notify(session, made, now=now)
    audit.record(session, "erasure.requested", by=by, now=now, patient_id=patient.id, object_id=made.id)
    return made, True


def requests_of(session: Session, by: Principal) -> Sequence[ErasureRequest]:
    """Return the requests of a patient, newest first."""
    theirs = select(ErasureRequest).where(ErasureRequest.patient_id == by.id)
    newest = ErasureRequest.requested_at.desc(), ErasureRequest.id
    return session.scalars(theirs.order_by(*newest).limit(SHOWN)).all()


def withdraw(session: Session, by: Principal, request_id: UUID, *, now: datetime) -> ErasureRequest:
    """Take a request back; repeating it changes nothing.

    Raises:
        UnknownErasureRequest: The patient has made no such request.
        ErasureRequestClosed: It was decided.
    """
    theirs = select(ErasureRequest).where(ErasureRequest.id == request_id, ErasureRequest.patient_id == by.id)
    request = session.scalar(theirs.with_for_update())
    if request is None:
        raise UnknownErasureRequest("there is no such request")
    if request.state != ErasureState.WITHDRAWN:
        _close(request, ErasureState.WITHDRAWN, now=now)
        audit.record(session, "erasure.withdrawn", by=by, now=now, patient_id=by.id, object_id=request.id)
    return request


def list_requests(
    session: Session, by: Principal, *, state: ErasureState, cursor: str | None, limit: int, now: datetime
) -> Page[Requested]:
    """Return one page of the requests of a site in a state, oldest first; it is audited.

    Raises:
        InvalidCursor: The cursor is not of this list.
    """
    found = _seen_by(by).where(ErasureRequest.state == state)
    if cursor is not None:
        at, last = cursors.decode_as(cursor, cursors.moment, UUID)
        place = literal(at, UtcDateTime), literal(last, ErasureRequest.id.type)
        found = found.where(tuple_(ErasureRequest.requested_at, ErasureRequest.id) > tuple_(*place))
    oldest = found.order_by(ErasureRequest.requested_at, ErasureRequest.id).limit(limit + 1)
    rows = [Requested(*row) for row in session.execute(oldest)]
    page = cut(rows, limit=limit, cursor_of=_place_of)
    audit.record_listing(
        session, "erasure_requests.listed", [each.patient.id for each in page.items], by=by, now=now
    )
    return page


def decide(
    session: Session, by: Principal, request_id: UUID, *, accept: bool, reason: str | None, now: datetime
) -> Requested:
    """Accept or refuse a request; the patient sees the decision and its reason.

    Raises:
        UnknownErasureRequest: There is none the caller may see.
        ErasureRequestClosed: It was decided, or taken back.
    """
    wanted = _seen_by(by).where(ErasureRequest.id == request_id)
    row = session.execute(wanted.with_for_update(of=ErasureRequest)).one_or_none()
    if row is None:
        raise UnknownErasureRequest("there is no such request")
    decided = Requested(*row)
    audit.note_access(decided.patient.id)
    _close(decided.request, ErasureState.ACCEPTED if accept else ErasureState.REFUSED, now=now)
    decided.request.decided_by, decided.request.reason = by.id, reason
    session.flush()
    action = "erasure.accepted" if accept else "erasure.refused"
    audit.record(session, action, by=by, now=now, patient_id=decided.patient.id, object_id=decided.request.id)
    return decided


def remind_of_open(session: Session, *, now: datetime) -> None:
    """Notify those who decide again of requests that are open for another week."""
    waiting = (
        select(ErasureRequest)
        .where(ErasureRequest.state == ErasureState.OPEN, ErasureRequest.requested_at <= now - REMINDED_EVERY)
        .order_by(ErasureRequest.requested_at)
        .limit(REMINDED_AT_ONCE)
    )
    for request in session.scalars(waiting):
        _notify(session, request, now=now)


def _seen_by(by: Principal) -> Select[ErasureRequest, Patient]:
    seen = visible_to(by).with_only_columns(Patient.id)
    return (
        select(ErasureRequest, Patient)
        .join(Patient, Patient.id == ErasureRequest.patient_id)
        .where(ErasureRequest.site_id == by.site_id, Patient.id.in_(seen))
    )


def _place_of(each: Requested) -> str:
    return cursors.encode(each.request.requested_at.isoformat(), str(each.request.id))


def _close(request: ErasureRequest, state: ErasureState, *, now: datetime) -> None:
    if request.state != ErasureState.OPEN:
        raise ErasureRequestClosed(_CLOSED[ErasureState(request.state)])
    request.state, request.closed_at = state, now


def _notify(session: Session, request: ErasureRequest, *, now: datetime) -> None:
    """Notify the site admins, once for each week; without any, the coordinators, who know one."""
    week = (now - request.requested_at) // REMINDED_EVERY
    notice = outbox.Notification(
        kind=MessageKind.ERASURE_REQUESTED,
        site_id=request.site_id,
        purpose=f"erasure:{request.id}:{week}",
        topic_of=f"erasure:{request.id}",
        not_before=now,
        patient_id=request.patient_id,
    )
    team = care_team(session, request.patient_id, now=now)
    recipients = team.of_roles({Role.SITE_ADMIN}) or team.of_roles({Role.COORDINATOR})
    outbox.post(session, notice, recipients=recipients, now=now)
