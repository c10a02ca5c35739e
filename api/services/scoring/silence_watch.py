"""Tells the team of patients from whom nothing comes any more; run by the worker, as no entry will."""

from datetime import date, datetime
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
from api.services.scoring import patient_lock, score, silence


class SilenceCandidate(NamedTuple):
    """A patient who may have gone silent, by the day she would count so; compares as the list is ordered."""

    silent_from: date
    patient_id: UUID


def candidates(
    session: Session, *, engine: Engine, now: datetime, limit: int, after: SilenceCandidate | None = None
) -> list[SilenceCandidate]:
    """Return active patients who may count as silent by now and of whom nobody was told, longest first.

    ``engine`` is the server's; a site's own policy takes its place there. Who was scored by another one
    than is in force at her site waits to be scored again: her habit is not known to that one.
    """
    present = policies.engines_in_force(session, like=engine, now=now)
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
        place = tuple_(literal(after.silent_from, Date), literal(after.patient_id, Uuid))
        query = query.where(tuple_(Trajectory.silent_from, Trajectory.patient_id) > place)
    return [
        SilenceCandidate(due, patient_id) for due, patient_id in session.execute(query) if due is not None
    ]


def tell(session: Session, patient_id: UUID, *, engine: Engine, now: datetime) -> bool:
    """Open the alert of a patient who has gone silent, once; say whether it was opened.

    Her trajectory is locked as for scoring: an entry that comes meanwhile waits, or was here before.

    Raises:
        UnknownPatient: There is no such patient.
        UnusableDocument: The policy of her site cannot be read.
    """
    standing = patient_lock.lock(session, patient_id, now=now)
    engine = policies.engine_of(session, standing.policy_id, like=engine)
    is_active = standing.status == PatientStatus.ACTIVE
    if not is_active or standing.silent_from is None or standing.engine != engine.version:
        return False  # she has left, another worker was here, or scoring has something to do first
    try:
        course = engine.resume(standing.facts, standing.state)
    except SnapshotOutdated:
        score.rescore(session, standing, engine=engine, now=now)
        return False  # the next pass finds her by what is known now
    found = silence.lasting(silence.PatientClock.of(standing), course, now=now)
    if found is None:
        return False  # the day has not come yet where she lives
    subject = reconcile.AlertContext(patient_id, standing.site_id, engine.version)
    reconcile.reconcile(session, subject, [found], since=found.day, now=now)
    is_told = update(Trajectory).where(Trajectory.patient_id == patient_id).values(silent_from=None)
    session.execute(is_told, execution_options={"synchronize_session": False})
    return True
