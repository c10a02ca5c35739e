"""Finds and rescores patients whose scores are of another engine, or who could not be scored."""

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


def outdated(session: Session, present: EnginesInForce, *, include_current: bool = False) -> list[UUID]:
    """Return the patients whose scores are not of their site's present engine, or are missing.

    With ``include_current`` all scored patients. Sites whose policy cannot be read are left out.
    """
    query = _with_entries().where(Patient.site_id.not_in(present.unreadable_sites()))
    if not include_current:
        query = query.where(or_(Trajectory.engine.is_(None), not_(present.is_current())))
    return list(session.scalars(query))


def left_behind(
    session: Session, present: EnginesInForce, *, limit: int, after: UUID | None = None
) -> list[UUID]:
    """Return active patients scored by an earlier policy of their site, ordered by id.

    Patients scored by other software versions are left out: two versions that run side by side
    would undo each other's work without end. So are patients who could not be scored.
    """
    query = _with_entries().where(Patient.status == PatientStatus.ACTIVE, present.is_outdated()).limit(limit)
    if after is not None:
        query = query.where(Trajectory.patient_id > after)
    return list(session.scalars(query))


def catch_up(session: Session, patient_id: UUID, *, engine: Engine, now: datetime) -> bool:
    """Rescore a patient by the site's present policy; return whether that was needed.

    Raises:
        UnknownPatient: There is no such patient.
        UnusableDocument: The policy of the site cannot be read.
    """
    locked = patient_lock.lock(session, patient_id, now=now)
    own = policies.engine_of(session, locked.policy_id, default=engine)
    if locked.engine in {None, own.version} or locked.status != PatientStatus.ACTIVE:
        return False  # an entry or another worker was first, or the patient has left
    score.rescore(session, locked, engine=engine, now=now)
    return True


def _with_entries() -> Select[UUID]:
    return (
        select(Trajectory.patient_id)
        .join(Patient, Patient.id == Trajectory.patient_id)
        .where(Trajectory.change_seq > 0)
        .order_by(Trajectory.patient_id)
    )
