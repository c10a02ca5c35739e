"""Where a patient stands, read as her row is locked: changes of her entries come one after another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.db.prepared import PreparedIn
from api.domain.authority import Principal
from api.domain.enrolment import PatientStatus
from api.domain.entries.date_floor import earliest_day
from api.domain.errors import PatientNotActive, UnknownPatient
from api.domain.trajectory.engine import PatientFactors
from api.models.patient import Patient, Trajectory
from api.services.policies import policies


@dataclass(slots=True)
class LockedPatient:
    """Where a patient stood when her row was locked, and who she is as far as scoring asks."""

    patient_id: UUID
    site_id: UUID
    timezone: str
    birth_year: int
    status: str
    ai_started_on: date | None
    ai: str | None
    prior_tamoxifen: bool | None
    prior_taxane: bool | None
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
    """``change_seq`` as it was stored; whoever changes entries counts on."""

    def __post_init__(self) -> None:
        """Remember what was stored."""
        self.stored_seq = self.change_seq

    @property
    def has_scores(self) -> bool:
        """Whether the patient may have scores and checkpoints from before this transaction."""
        return self.revision > 0 or self.engine is not None or self.last_day is not None

    @property
    def facts(self) -> PatientFactors:
        """What is known of her beyond her diary."""
        return PatientFactors(
            self.ai_started_on, self.ai, self.prior_tamoxifen, self.prior_taxane, self.birth_year
        )

    @property
    def earliest_day(self) -> date:
        """The earliest local day that what the patient reports may be about."""
        return earliest_day(self.enrolled_at.date(), self.ai_started_on)


def lock(session: Session, patient_id: UUID, *, now: datetime) -> LockedPatient:
    """Lock the patient's trajectory, so that her changes happen one after another.

    The policy in force at her site is read with her: no query of its own.

    Raises:
        UnknownPatient: There is no such patient.
    """
    return lock_all(session, [patient_id], now=now)[patient_id]


def lock_all(
    session: Session, patient_ids: Sequence[UUID], *, now: datetime, wait: bool = True
) -> dict[UUID, LockedPatient]:
    """Lock the trajectories of some patients; without ``wait``, whose is locked already is left out.

    Raises:
        UnknownPatient: There is no such patient; where it does not wait, she is left out as well.
    """
    connection = session.connection()
    locked = (_LOCKED if wait else _LOCKED_AT_ONCE).all(connection, patient_ids)
    rows = {patient_id: row for patient_id, *row in locked}
    if wait and len(rows) < len(patient_ids):
        raise UnknownPatient("there is no such patient")
    # a second statement: what it reads of the patients was committed before the locks were ours
    patients = _PATIENTS_OF.all(connection, list(rows), {"now": now}) if rows else []
    return {each[0]: _standing(each, rows[each[0]]) for each in patients}


def _standing(patient: Sequence[Any], trajectory: Sequence[Any]) -> LockedPatient:
    of_patient = dict(zip(("patient_id", "policy_id", *_OF_PATIENT), patient, strict=True))
    return LockedPatient(**of_patient, **dict(zip(_OF_TRAJECTORY, trajectory, strict=True)))


_PATIENTS, _TRAJECTORIES = Patient.__table__, Trajectory.__table__
_OF_PATIENT = (
    *(
        "site_id",
        "timezone",
        "birth_year",
        "status",
        "ai_started_on",
        "ai",
        "prior_tamoxifen",
        "prior_taxane",
    ),
    *("is_prompted", "enrolled_at"),
)
_OF_TRAJECTORY = (
    *("change_seq", "revision", "checkpoints_seq", "engine", "state", "last_day", "last_entry_at"),
    *("has_rejected", "silent_from"),
)
"""The columns that are read; each has the name of what it is in ``LockedPatient``."""


def _trajectories(patient_ids: Sequence[BindParameter[UUID]]) -> Select[Any]:
    return (
        select(_TRAJECTORIES.c.patient_id, *(_TRAJECTORIES.c[name] for name in _OF_TRAJECTORY))
        .where(_TRAJECTORIES.c.patient_id.in_(patient_ids))
        .order_by(_TRAJECTORIES.c.patient_id)
    )


_LOCKED = PreparedIn(_PATIENTS.c.id.type, lambda patient_ids: _trajectories(patient_ids).with_for_update())
_LOCKED_AT_ONCE = PreparedIn(
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
    """Lock the patient's row.

    Raises:
        PatientNotActive: She has left monitoring.
    """
    standing = lock(session, by.id, now=now)
    if standing.status != PatientStatus.ACTIVE:
        raise monitoring_ended()
    return standing


def monitoring_ended() -> PatientNotActive:
    """Return the error of a patient whose monitoring has ended."""
    return PatientNotActive("monitoring has ended; please call your care team")
