"""Opens the alerts of silent patients; run by the worker, since no entry triggers it."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, Uuid, literal, select, tuple_, update
from sqlalchemy.orm import Session

from api.domain.enrolment import PatientStatus
from api.domain.entries.parse import FARTHEST_EAST
from api.domain.trajectory.engine import Engine, SnapshotOutdated
from api.models.patient import Patient, Trajectory
from api.services.alerts import reconcile
from api.services.policies import policies
from api.services.scoring import patient_lock, safety_alerts, score, silence
from api.services.scoring.patient_lock import factors_of


class SilenceCandidate(NamedTuple):
    """A patient who may be silent, and the day from which; sorts like the list of candidates."""

    silent_from: date
    patient_id: UUID


def candidates(
    session: Session, *, engine: Engine, now: datetime, limit: int, after: SilenceCandidate | None = None
) -> list[SilenceCandidate]:
    """Return active patients who may be silent and have no alert of it, the longest silent first.

    ``engine`` is the server's; a site's own policy takes its place there. Patients scored by
    another engine than their site's present one are left out until they are scored again.
    """
    present = policies.engines_in_force(session, default=engine, now=now)
    latest_day = (now + FARTHEST_EAST).date()
    query = (
        select(Trajectory.silent_from, Trajectory.patient_id)
        .join(Patient, Patient.id == Trajectory.patient_id)
        .where(Trajectory.silent_from <= latest_day, present.is_current())
        .where(Patient.status == PatientStatus.ACTIVE)
        .order_by(Trajectory.silent_from, Trajectory.patient_id)
        .limit(limit)
    )
    if after is not None:
        position = tuple_(literal(after.silent_from, Date), literal(after.patient_id, Uuid))
        query = query.where(tuple_(Trajectory.silent_from, Trajectory.patient_id) > position)
    return [
        SilenceCandidate(due, patient_id) for due, patient_id in session.execute(query) if due is not None
    ]


def open_silence_alert(session: Session, patient_id: UUID, *, engine: Engine, now: datetime) -> bool:
    """Open the alert of a patient who has gone silent, once; return whether it was opened.

    The trajectory is locked as for scoring: an entry that comes at the same time is scored before
    or after.

    Raises:
        UnknownPatient: There is no such patient.
        UnusableDocument: The policy of the site cannot be read.
    """
    locked = patient_lock.lock(session, patient_id, now=now)
    engine = policies.engine_of(session, locked.policy_id, default=engine)
    is_active = locked.status == PatientStatus.ACTIVE
    if not is_active or locked.silent_from is None or locked.engine != engine.version:
        return False  # the patient has left, another worker was first, or rescoring comes first
    try:
        trajectory = engine.resume(factors_of(locked), locked.state)
    except SnapshotOutdated:
        score.rescore(session, locked, engine=engine, now=now)
        return False  # the next pass finds the patient by the new scores
    found = silence.present_silence(silence.PatientClock.of(locked), trajectory, now=now)
    if found is None:
        return False  # by the patient's local date the day has not come yet
    subject = safety_alerts.context_of(locked, engine)
    since = max(found.day, (trajectory.last_day or date.min) + timedelta(days=1))
    reconcile.reconcile(session, subject, [found], since=since, now=now)
    not_due = update(Trajectory).where(Trajectory.patient_id == patient_id).values(silent_from=None)
    session.execute(not_due, execution_options={"synchronize_session": False})
    return True
