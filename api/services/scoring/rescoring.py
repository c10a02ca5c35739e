"""Scoring again what another engine made: after a policy, a new version of the software, or a failure."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, not_, or_, select
from sqlalchemy.orm import Session

from api.domain.enrolment import PatientStatus
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.services.policies import policies
from api.services.policies.policies import EnginesInForce
from api.services.scoring import patient_lock, score


def waiting(session: Session, present: EnginesInForce, *, everybody: bool = False) -> list[UUID]:
    """Return who was scored by another engine than is in force at her site, or could not be scored.

    ``everybody`` returns the others too. A site whose policy cannot be read is left out.
    """
    query = _written().where(Patient.site_id.not_in(present.unreadable_sites()))
    if not everybody:
        query = query.where(or_(Trajectory.engine.is_(None), not_(present.is_current())))
    return list(session.scalars(query))


def left_behind(
    session: Session, present: EnginesInForce, *, limit: int, after: UUID | None = None
) -> list[UUID]:
    """Return active patients whom an earlier policy of their site has scored, in the order of their ids.

    Whom other code has scored is not among them: two versions of the software that run side by side
    for a while would undo each other's work without end. So is not who could not be scored.
    """
    query = _written().where(Patient.status == PatientStatus.ACTIVE, present.is_outdated()).limit(limit)
    if after is not None:
        query = query.where(Trajectory.patient_id > after)
    return list(session.scalars(query))


def catch_up(session: Session, patient_id: UUID, *, engine: Engine, now: datetime) -> bool:
    """Score a patient again by the policy in force at her site; say whether there was need to.

    Raises:
        UnknownPatient: There is no such patient.
        UnusableDocument: The policy of her site cannot be read.
    """
    locked = patient_lock.lock(session, patient_id, now=now)
    own = policies.engine_of(session, locked.policy_id, like=engine)
    if locked.engine in {None, own.version} or locked.status != PatientStatus.ACTIVE:
        return False  # an entry or another worker was here first, or she has left
    score.rescore(session, locked, engine=engine, now=now)
    return True


def _written() -> Select[UUID]:
    return (
        select(Trajectory.patient_id)
        .join(Patient, Patient.id == Trajectory.patient_id)
        .where(Trajectory.change_seq > 0)
        .order_by(Trajectory.patient_id)
    )
