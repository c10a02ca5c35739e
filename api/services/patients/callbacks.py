"""Requests of patients for a call.

A request is evidence of an alert of the kind ``callback``. The alert escalates and is answered like
any other, but no scoring finds or withdraws it: only the patient withdraws the request, and only a
member of staff closes the alert.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from api.domain.alerts.callback import CallbackRequest, withdrawn_reason
from api.domain.alerts.finding import Finding, FindingKind
from api.domain.alerts.status import AlertStatus
from api.domain.authority import ActorKind, Principal
from api.domain.errors import CallbackConflict, UnknownCallback
from api.domain.schedule import local_day, zone_of
from api.models.alert import Alert, Evidence
from api.services import audit
from api.services.alerts import escalate, ladders
from api.services.alerts.events import make_alert, make_event, record_event, reopen
from api.services.alerts.evidence import make_evidence
from api.services.changes import note_change
from api.services.scoring.patient_lock import LockedPatient, locked_and_active

KIND = FindingKind.CALLBACK
NO_ENGINE = "none"
"""In place of an engine's version: no engine found it."""
MAX_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Callback:
    """A request for a call with its alert."""

    evidence: Evidence
    alert: Alert
    read_by: datetime | None
    """Time by which the team reads it; None: it was seen, answered or withdrawn."""


def request_callback(
    session: Session, by: Principal, request: CallbackRequest, *, callback_id: UUID, now: datetime
) -> tuple[Callback, bool]:
    """Ask the team for a call, and notify it; return the request and whether it is new.

    The same request again, by its id or by its content while it is open, changes nothing.

    Raises:
        CallbackConflict: Another request is open, or the id belongs to another one.
    """
    locked = locked_and_active(session, by, now=now)
    known = _known(session, locked.patient_id, request, callback_id)
    if known is not None:
        return _shown(session, *known, now=now), False
    day = local_day(now, zone_of(locked.timezone))
    found = request.finding(callback_id, day, now, is_by_proxy=by.kind is ActorKind.PROXY)
    alert = _open_alert(session, locked.patient_id)
    if alert is None:
        alert, evidence = _open(session, locked, found, now=now)
    else:
        evidence = _add(session, alert, found, now=now)
    session.flush()
    audit.record(
        session, "callback.requested", by=by, now=now, patient_id=locked.patient_id, object_id=alert.id
    )
    return _shown(session, evidence, alert, now=now), True


def withdraw_callback(session: Session, by: Principal, callback_id: UUID, *, now: datetime) -> None:
    """Withdraw a request; its alert stays open, marked, until a member of staff closes it.

    A repeat changes nothing.

    Raises:
        UnknownCallback: There is no such request.
        CallbackConflict: The team has answered it.
    """
    locked = locked_and_active(session, by, now=now)
    alert = _open_alert(session, locked.patient_id)
    evidence = session.scalar(_requests(locked.patient_id).where(Evidence.key == str(callback_id)))
    if evidence is None:
        raise UnknownCallback("there is no such request")
    if evidence.withdrawn_at is not None:
        return
    if alert is None or alert.id != evidence.alert_id:
        raise CallbackConflict("your care team has answered this request")
    evidence.withdrawn_at = now
    day, is_by_proxy = local_day(now, zone_of(locked.timezone)), by.kind is ActorKind.PROXY
    alert.reason = withdrawn_reason(evidence.reason, day, is_by_proxy=is_by_proxy)
    record_event(session, alert, "withdrawn by the patient", now=now)
    audit.record(
        session, "callback.withdrawn", by=by, now=now, patient_id=locked.patient_id, object_id=alert.id
    )


def callbacks_of(session: Session, patient_id: UUID, *, now: datetime) -> list[Callback]:
    """Return a patient's requests, newest first, at most `MAX_SHOWN`."""
    query = (
        select(Evidence, Alert)
        .join(Alert, Alert.id == Evidence.alert_id)
        .where(Evidence.patient_id == patient_id, Evidence.kind == KIND)
        .order_by(Evidence.day.desc(), Evidence.added_at.desc(), Evidence.id)
        .limit(MAX_SHOWN)
    )
    return [_shown(session, evidence, alert, now=now) for evidence, alert in session.execute(query)]


def read_within(session: Session, site_id: UUID, *, since: datetime, now: datetime) -> datetime:
    """Return the time by which the team reads a request it was notified of at ``since``.

    It is the time after which the ladder of the site counts the answer as late.
    """
    here = ladders.at_site(session, site_id, now=now)
    return here.ladders.routine.answer_within.after(since, here.calendar)


def _known(
    session: Session, patient_id: UUID, request: CallbackRequest, callback_id: UUID
) -> tuple[Evidence, Alert] | None:
    """Return the request that is sent again; None where it is new."""
    alert = _open_alert(session, patient_id)
    same_id = session.scalar(_requests(patient_id).where(Evidence.key == str(callback_id)))
    if same_id is not None:
        if CallbackRequest.of(same_id.numbers) != request:
            raise CallbackConflict("this id belongs to another request")
        return same_id, session.get_one(Alert, same_id.alert_id)
    if alert is None:
        return None
    live = session.scalar(
        _requests(patient_id).where(Evidence.alert_id == alert.id, Evidence.withdrawn_at.is_(None))
    )
    if live is None:
        return None
    if CallbackRequest.of(live.numbers) != request:
        raise CallbackConflict("your care team has a request of yours that is still open; withdraw it first")
    return live, alert


def _requests(patient_id: UUID) -> Select[Evidence]:
    return select(Evidence).where(Evidence.patient_id == patient_id, Evidence.kind == KIND)


def _open_alert(session: Session, patient_id: UUID) -> Alert | None:
    """Return the open alert of the patient's requests, locked, so that it is not answered meanwhile."""
    query = select(Alert).where(Alert.patient_id == patient_id, Alert.kind == KIND, Alert.closed_at.is_(None))
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _open(
    session: Session, locked: LockedPatient, found: Finding, *, now: datetime
) -> tuple[Alert, Evidence]:
    alert = make_alert(found, patient_id=locked.patient_id, site_id=locked.site_id, now=now)
    opened = make_event(alert, "opened", now=now)
    session.add(alert)
    escalate.start(session, alert, now=now)  # inserts the alert before its messages
    note_change(session, alert, now=now)
    evidence = make_evidence(found, alert, engine=NO_ENGINE, from_rejected_entry=False, now=now)
    session.add_all([opened, evidence])
    return alert, evidence


def _add(session: Session, alert: Alert, found: Finding, *, now: datetime) -> Evidence:
    """Add a request to an alert whose earlier requests were withdrawn before it was answered."""
    evidence = make_evidence(found, alert, engine=NO_ENGINE, from_rejected_entry=False, now=now)
    session.add(evidence)
    alert.reason, alert.first_day, alert.raised_at = found.reason, found.day, found.raised_at
    if alert.status == AlertStatus.OPEN:
        record_event(session, alert, "evidence changed", now=now)
    else:
        reopen(session, alert, "reopened by new evidence", now=now)
    return evidence


def _shown(session: Session, evidence: Evidence, alert: Alert, *, now: datetime) -> Callback:
    waits = evidence.withdrawn_at is None and alert.status == AlertStatus.OPEN
    since = alert.escalating_since
    return Callback(
        evidence, alert, read_within(session, alert.site_id, since=since, now=now) if waits else None
    )
