"""Locks a patient's trajectory, so that changes of the patient's entries follow one another."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.db.prepared import PreparedIn
from api.domain.authority import Principal
from api.domain.diary.expected_level import load_all
from api.domain.enrolment import PatientStatus
from api.domain.entries.date_floor import earliest_day
from api.domain.errors import PatientNotActive, UnknownPatient
from api.domain.trajectory.engine import PatientFactors
from api.models.patient import Patient, Trajectory
from api.services.policies import policies


@dataclass(slots=True)
class LockedPatient:
    """A patient whose trajectory is locked, with the columns that scoring needs of both."""

    patient_id: UUID
    site_id: UUID
    timezone: str
    birth_year: int
    status: str
    ai_started_on: date | None
    ai: str | None
    prior_tamoxifen: bool | None
    prior_taxane: bool | None
    expected_levels: Any
    policy_id: UUID | None
    is_prompted: bool
    enrolled_at: datetime
    change_seq: int
    revision: int
    checkpoints_seq: int | None
    engine: str | None
    state: Any
    last_day: date | None
    last_entry_at: datetime | None
    has_rejected: bool
    silent_from: date | None
    stored_seq: int = field(init=False)
    """``change_seq`` as it is stored; changes of entries increment ``change_seq``."""

    def __post_init__(self) -> None:
        """Keep the stored ``change_seq``."""
        self.stored_seq = self.change_seq

    @property
    def has_scores(self) -> bool:
        """True where the patient may have scores and checkpoints from before this transaction."""
        return self.revision > 0 or self.engine is not None or self.last_day is not None

    def next_change_seq(self) -> int:
        """Number the next change of the patient's entries."""
        self.change_seq += 1
        return self.change_seq

    @property
    def earliest_day(self) -> date:
        """The earliest local date that an entry of the patient may be about."""
        return earliest_day(self.enrolled_at.date(), self.ai_started_on)


def factors_of(patient: Patient | LockedPatient) -> PatientFactors:
    """Return what scoring uses of a patient apart from the entries."""
    return PatientFactors(
        ai_started_on=patient.ai_started_on,
        ai=patient.ai,
        prior_tamoxifen=patient.prior_tamoxifen,
        prior_taxane=patient.prior_taxane,
        birth_year=patient.birth_year,
        expected=load_all(patient.expected_levels),
    )


def lock(session: Session, patient_id: UUID, *, now: datetime) -> LockedPatient:
    """Lock a patient's trajectory; the site's policy in force is read in the same statement.

    Raises:
        UnknownPatient: There is no such patient.
    """
    return lock_all(session, [patient_id], now=now)[patient_id]


def lock_all(
    session: Session, patient_ids: Sequence[UUID], *, now: datetime, wait: bool = True
) -> dict[UUID, LockedPatient]:
    """Lock the trajectories of several patients; without ``wait``, leave out those locked already.

    Raises:
        UnknownPatient: There is no such patient; without ``wait``, that one is left out too.
    """
    connection = session.connection()
    rows = (_LOCK if wait else _LOCK_AT_ONCE).all(connection, patient_ids)
    trajectories = [dict(zip(_OF_TRAJECTORY, row, strict=True)) for row in rows]
    locked = {trajectory["patient_id"]: trajectory for trajectory in trajectories}
    if wait and len(locked) < len(patient_ids):
        raise UnknownPatient("there is no such patient")
    if not locked:
        return {}
    # a second statement: it reads what was committed before the locks were acquired
    patients = _PATIENTS_OF.all(connection, list(locked), {"now": now})
    return {
        patient_id: LockedPatient(
            policy_id=policy_id, **dict(zip(_OF_PATIENT, row, strict=True)), **locked[patient_id]
        )
        for patient_id, policy_id, *row in patients
    }


_PATIENTS, _TRAJECTORIES = Patient.__table__, Trajectory.__table__
_FIELDS = [field.name for field in fields(LockedPatient) if field.init]
_OF_PATIENT = [name for name in _FIELDS if name in _PATIENTS.c]
_OF_TRAJECTORY = [name for name in _FIELDS if name in _TRAJECTORIES.c and name not in _OF_PATIENT]
"""The columns that are read: those that fields of `LockedPatient` are named after."""


def _trajectories(patient_ids: Sequence[BindParameter[UUID]]) -> Select[Any]:
    return (
        select(*(_TRAJECTORIES.c[name] for name in _OF_TRAJECTORY))
        .where(_TRAJECTORIES.c.patient_id.in_(patient_ids))
        .order_by(_TRAJECTORIES.c.patient_id)
    )


_LOCK = PreparedIn(_PATIENTS.c.id.type, lambda patient_ids: _trajectories(patient_ids).with_for_update())
_LOCK_AT_ONCE = PreparedIn(
    _PATIENTS.c.id.type, lambda patient_ids: _trajectories(patient_ids).with_for_update(skip_locked=True)
)
_PATIENTS_OF = PreparedIn(
    _PATIENTS.c.id.type,
    lambda patient_ids: select(
        _PATIENTS.c.id,
        policies.policy_id_in_force(_PATIENTS.c.site_id, bindparam("now", type_=UtcDateTime)),
        *(_PATIENTS.c[name] for name in _OF_PATIENT),
    ).where(_PATIENTS.c.id.in_(patient_ids)),
)


def locked_and_active(session: Session, by: Principal, *, now: datetime) -> LockedPatient:
    """Lock the trajectory of a patient who is still monitored.

    Raises:
        PatientNotActive: The patient has left monitoring.
    """
    locked = lock(session, by.id, now=now)
    if locked.status != PatientStatus.ACTIVE:
        raise monitoring_ended()
    return locked


def monitoring_ended() -> PatientNotActive:
    """Return the error of a patient who has left monitoring."""
    return PatientNotActive("monitoring has ended; please call your care team")
