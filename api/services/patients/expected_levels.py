"""Expected levels of patients: set with an answer to an alert or by hand, renewed by hand, ended early."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from api.domain.alerts.finding import FindingKind
from api.domain.alerts.status import AlertResolution
from api.domain.authority import Principal
from api.domain.diary.expected_level import LONGEST, ExpectedSymptom
from api.domain.errors import ExpectedLevelRefused, UnknownExpectedLevel
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.rules.expected_levels import KINDS
from api.models.alert import Alert
from api.models.patient import Patient
from api.services import audit
from api.services.access.visibility import find_patient
from api.services.alerts import actions
from api.services.alerts.events import record_event
from api.services.scoring import patient_lock, score


@dataclass(frozen=True, slots=True)
class NewExpectedLevel:
    """The level of a symptom that the team expects until a local day."""

    symptom: ExpectedSymptom
    level: int
    until: date


class ActingStaff(NamedTuple):
    """The member of staff who acts, the moment, and the engine of the server."""

    by: Principal
    now: datetime
    engine: Engine


def levels_of(patient: Patient, *, now: datetime) -> list[dict[str, Any]]:
    """Return the expected levels of a patient, the newest first, each with whether it is in force."""
    today = local_day(now, zone_of(patient.timezone))
    return [_read(each, today) for each in reversed(patient.expected_levels or [])]


def resolve_as_known(
    session: Session,
    acting: ActingStaff,
    alert_id: UUID,
    wanted: NewExpectedLevel,
    *,
    note: str | None,
    check: actions.Change,
) -> Alert:
    """Close an alert as known already, and set the level above which the symptom alerts again.

    The patient is locked before the alert, in the order in which entries lock them.

    Raises:
        ExpectedLevelRefused: The alert is not of the symptom, or the level cannot be.
    """
    by, now = acting.by, acting.now
    alert = actions.find_alert(session, by, alert_id)
    if FindingKind(alert.kind) not in KINDS[wanted.symptom]:
        refused = f"an expected level of {wanted.symptom} is no answer to an alert of {alert.kind}"
        raise ExpectedLevelRefused(refused, {"expected_level": refused})
    patient = _lock(session, acting, alert.patient_id)
    known = AlertResolution.ALREADY_KNOWN
    alert = actions.resolve(session, by, alert_id, outcome=known, note=note, check=check, now=now)
    until = f"{wanted.until.day} {wanted.until:%B %Y}"
    said = f"known already: {wanted.symptom} up to {wanted.level} until {until}"
    record_event(session, alert, said, now=now, by=by.id)
    _set(session, acting, patient, wanted, alert_id=alert.id)
    return alert


def set_level(session: Session, acting: ActingStaff, patient_id: UUID, wanted: NewExpectedLevel) -> Patient:
    """Set or renew the expected level of a symptom by hand; it takes the place of the present one.

    Raises:
        ExpectedLevelRefused: The level cannot be.
    """
    patient = _lock(session, acting, patient_id)
    _set(session, acting, patient, wanted)
    return patient


def end_level(session: Session, acting: ActingStaff, patient_id: UUID, level_id: UUID) -> None:
    """End an expected level now: what still holds alerts again. Safe to repeat.

    Raises:
        UnknownExpectedLevel: The patient has none with this id.
    """
    patient = _lock(session, acting, patient_id)
    stored = patient.expected_levels or []
    if not any(each["id"] == str(level_id) for each in stored):
        raise UnknownExpectedLevel("there is no such expected level")
    today = local_day(acting.now, zone_of(patient.timezone))
    ended = [_ended(each, today, acting) if each["id"] == str(level_id) else each for each in stored]
    if ended == stored:
        return
    _keep(session, acting, patient, ended)
    by, now = acting.by, acting.now
    audit.record(session, "expected_level.ended", by=by, now=now, patient_id=patient.id, object_id=level_id)


def _set(
    session: Session,
    acting: ActingStaff,
    patient: Patient,
    wanted: NewExpectedLevel,
    *,
    alert_id: UUID | None = None,
) -> None:
    today = local_day(acting.now, zone_of(patient.timezone))
    if not today <= wanted.until <= today + LONGEST:
        wrong = f"is not within {LONGEST.days} days"
        raise ExpectedLevelRefused(f"until {wrong}", {"until": wrong})
    level_id, symptom = uuid4(), wanted.symptom.value
    new = {
        "id": str(level_id),
        "symptom": symptom,
        "level": wanted.level,
        "since": today.isoformat(),
        "until": wanted.until.isoformat(),
        "set_at": acting.now.isoformat(),
        "set_by": str(acting.by.id),
        "alert_id": None if alert_id is None else str(alert_id),
        "ended_at": None,
        "ended_by": None,
    }
    stored = patient.expected_levels or []
    before = [_ended(each, today, acting) if each["symptom"] == symptom else each for each in stored]
    _keep(session, acting, patient, [*before, new])
    of_level: dict[str, Any] = {"patient_id": patient.id, "object_id": level_id}
    audit.record(session, "expected_level.set", by=acting.by, now=acting.now, **of_level)


def _ended(each: dict[str, Any], today: date, acting: ActingStaff) -> dict[str, Any]:
    """Return a level that is in force no longer; one that has ended stays as it is."""
    if each["until"] < today.isoformat():
        return each
    last = (today - timedelta(days=1)).isoformat()
    return {**each, "until": last, "ended_at": acting.now.isoformat(), "ended_by": str(acting.by.id)}


def _read(each: dict[str, Any], today: date) -> dict[str, Any]:
    days = {name: date.fromisoformat(each[name]) for name in ("since", "until")}
    times = {
        name: None if each[name] is None else datetime.fromisoformat(each[name])
        for name in ("set_at", "ended_at")
    }
    return {**each, **days, **times, "in_force": days["since"] <= today <= days["until"]}


def _lock(session: Session, acting: ActingStaff, patient_id: UUID) -> Patient:
    patient = find_patient(session, acting.by, patient_id, to_change=True)
    patient_lock.lock(session, patient.id, now=acting.now)
    return patient


def _keep(session: Session, acting: ActingStaff, patient: Patient, levels: Sequence[dict[str, Any]]) -> None:
    """Keep the levels, and score the patient again: the alerts follow, and no score changes."""
    patient.expected_levels = list(levels)
    session.flush()
    locked = patient_lock.lock(session, patient.id, now=acting.now)
    score.rescore(session, locked, engine=acting.engine, now=acting.now)
