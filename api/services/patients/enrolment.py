"""Patients: reading, enrolment, changes, and the end of monitoring."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api.domain.account_errors import UnknownTeam
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidMoment, ReferenceTaken
from api.models.outbox import OutboxMessage
from api.models.patient import Patient, PatientZone, Trajectory
from api.models.site import Team
from api.services import audit
from api.services.access.visibility import find_patient
from api.services.accounts import activations, devices, proxies
from api.services.messages import outbox
from api.services.patients import listing
from api.services.patients.past_treatments import check_history, keep_what_a_switch_ends, present_treatment
from api.services.reminders import check_ins, close

DEFAULTS: Mapping[str, Any] = {"check_in_at": time(9), "quiet_from": time(21), "quiet_until": time(8)}
"""Default times of check-ins and quiet hours."""

_PLANNED_BY = {"timezone", "check_in_weekday", "check_in_at", "check_in_again_at", "ai_started_on"}
_OF_TREATMENT = {"ai", "ai_started_on", "ai_stopped_on"}


def read_patient(session: Session, by: Principal, patient_id: UUID, *, now: datetime) -> Patient:
    """Return one patient, and audit the access.

    Raises:
        UnknownPatient: There is none the caller may see.
    """
    patient = find_patient(session, by, patient_id)
    listing.count_rejected(session, [patient])
    audit.record(session, "patient.read", by=by, now=now, patient_id=patient.id)
    return patient


def enrol(session: Session, by: Principal, values: Mapping[str, Any], *, now: datetime) -> Patient:
    """Enrol a patient into the team named, or else the caller's, or else the site's first.

    Raises:
        UnknownTeam: The caller may not enrol into this team.
        ReferenceTaken: The site has a patient of this reference.
        InvalidMoment: As for a change.
    """
    team = _team(session, by, values.get("team_id"))
    own = {"site_id": by.site_id, "team_id": team.id, "enrolled_at": now}
    patient = Patient(**{**DEFAULTS, **values, **own, "status": PatientStatus.ACTIVE})
    with _one_reference(session):
        session.add(patient)
        session.flush()
    check_ins.check_times(patient)
    _check_days(patient)
    check_ins.start_check_ins(patient, now=now)
    session.add(PatientZone(patient_id=patient.id, since=now, timezone=patient.timezone))
    session.add(Trajectory(patient_id=patient.id))
    session.flush()
    audit.record(session, "patient.enrolled", by=by, now=now, patient_id=patient.id)
    return patient


def change(
    session: Session,
    by: Principal,
    patient: Patient,
    changes: Mapping[str, Any],
    *,
    now: datetime,
    is_whole_history: bool = False,
) -> None:
    """Change attributes of a patient, whose row the caller has locked and whose version it has checked.

    Another drug with a later first day is a switch: the treatment before is kept in the history,
    unless the caller sets the ``is_whole_history``.

    Raises:
        UnknownTeam: The caller may not move the patient to this team.
        ReferenceTaken: The site has another patient of this reference.
        InvalidMoment: The second time of a day is not after the first, or the tablets end before they begin.
        InvalidTreatments: The present treatment contradicts those before, or they are too many.
    """
    if "team_id" in changes:
        _team(session, by, changes["team_id"])
    changed = sorted(name for name, value in changes.items() if getattr(patient, name) != value)
    if not changed:
        return
    habits, treatment = check_ins.settings_of(patient), present_treatment(patient)
    with _one_reference(session):
        for name in changed:
            setattr(patient, name, changes[name])
        if not is_whole_history:
            _forget_why_stopped(patient, changed)
            keep_what_a_switch_ends(session, patient, treatment)
        check_ins.check_times(patient)
        _check_days(patient)
        if not is_whole_history and _OF_TREATMENT.intersection(changed):
            check_history(session, patient)
        patient.version += 1
        session.flush()
    _follow(session, patient, changed, habits, now=now)
    session.flush()
    audit.record(
        session, "patient.changed", by=by, now=now, patient_id=patient.id, detail={"fields": changed}
    )


def _forget_why_stopped(patient: Patient, changed: Sequence[str]) -> None:
    """Forget why the tablets ended where that end has changed: the reason was of the other one."""
    if "ai_stopped_on" in changed or patient.ai_stopped_on is None:
        patient.ai_why_stopped = None


def _check_days(patient: Patient) -> None:
    started_on, stopped_on = patient.ai_started_on, patient.ai_stopped_on
    if started_on is not None and stopped_on is not None and stopped_on < started_on:
        early = f"must not be before ai_started_on, which is {started_on}"
        raise InvalidMoment(f"ai_stopped_on {early}", {"ai_stopped_on": early})


def _follow(
    session: Session,
    patient: Patient,
    changed: Sequence[str],
    habits: check_ins.CheckInSettings,
    *,
    now: datetime,
) -> None:
    """Do what follows from the changed attributes; ``habits`` are the settings before."""
    if "email" in changed:
        patient.email_gone_at = None
    if "timezone" in changed:
        session.add(PatientZone(patient_id=patient.id, since=now, timezone=patient.timezone))
    if "extra_check_ins" in changed and patient.is_prompted:
        close.close_done(session, patient.id, has_responded=False, now=now)
    if "status" in changed:
        _follow_status(session, patient, now=now)
    elif _PLANNED_BY.intersection(changed):
        check_ins.replan(patient, habits, now=now)


def _follow_status(session: Session, patient: Patient, *, now: datetime) -> None:
    """Start the check-ins of a patient who has come back, or end devices, codes and reminders.

    Open alerts stay open.
    """
    if patient.status == PatientStatus.ACTIVE:
        check_ins.start_check_ins(patient, now=now)
        return
    because = f"patient {patient.status}"
    patient.check_in_due_at = patient.next_reminder_check_at = patient.snoozed_until = (
        patient.paused_until
    ) = None
    patient.is_prompted = False
    close.close_all(session, patient.id, now=now)
    devices.end_all(session, patient.id, because=because, now=now)
    activations.revoke_codes(session, patient.id, now=now)
    proxies.end_all(session, patient.id, because=because, now=now)
    session.execute(outbox.cancellation(OutboxMessage.recipient_id == patient.id, because=because, now=now))


def _team(session: Session, by: Principal, team_id: UUID | None) -> Team:
    allowed = select(Team).where(Team.site_id == by.site_id).order_by(Team.name).limit(1)
    if by.team_id is not None:
        allowed = allowed.where(Team.id == by.team_id)
    if team_id is not None:
        allowed = allowed.where(Team.id == team_id)
    team = session.scalar(allowed)
    if team is None:
        raise UnknownTeam("there is no such team among yours", {"team_id": "Not a team of yours."})
    return team


@contextmanager
def _one_reference(session: Session) -> Iterator[None]:
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise ReferenceTaken(
            "another patient of this site has this reference", {"reference": "Already taken."}
        ) from error
