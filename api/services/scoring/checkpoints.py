"""Stores and loads the checkpoints of a patient's trajectory."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.trajectory.checkpoints import Checkpoint, checkpoint_of, is_passed, select_checkpoints
from api.domain.trajectory.engine import Engine
from api.models.score import CheckpointRow
from api.services.scoring.patient_lock import LockedPatient

log = logging.getLogger(__name__)


def load_usable(
    session: Session, locked: LockedPatient, engine: Engine, *, before: date
) -> Iterator[Checkpoint]:
    """Yield the checkpoints before a day from which a patient can be rescored, the newest first.

    Those of another engine or with a wrong digest are left out. All are left out where software
    that does not know checkpoints has changed the entries since.
    """
    if locked.checkpoints_seq != locked.stored_seq:
        return
    query = (
        select(CheckpointRow.last_day, CheckpointRow.state, CheckpointRow.digest)
        .where(
            CheckpointRow.patient_id == locked.patient_id,
            CheckpointRow.last_day < before,
            CheckpointRow.engine == engine.version,
        )
        .order_by(CheckpointRow.last_day.desc())
    )
    for last_day, state, digest in session.execute(query):
        if digest == _digest(locked.patient_id, last_day, state):
            yield Checkpoint(last_day, json.loads(state))
        else:
            extra = {"patient_id": str(locked.patient_id), "last_day": str(last_day)}
            log.error("a checkpoint is damaged and is not used", extra=extra)


def replace_after(
    session: Session, locked: LockedPatient, engine: Engine, new: Sequence[Checkpoint], *, after: date
) -> None:
    """Replace the checkpoints after a day by those of the rescored days."""
    if locked.has_scores:
        of_patient = CheckpointRow.patient_id == locked.patient_id
        session.execute(delete(CheckpointRow).where(of_patient, CheckpointRow.last_day > after))
    _insert(session, locked.patient_id, engine, new)


def add_for_new_days(
    session: Session,
    locked: LockedPatient,
    engine: Engine,
    new: Sequence[Checkpoint],
    *,
    days: Sequence[date],
) -> None:
    """Store the checkpoints of new days and, where one is due there, of the state before them.

    Args:
        session: The transaction.
        locked: The patient, with the state before the new days.
        engine: The one that scored the state and the new days.
        new: The checkpoints of the new days.
        days: The new days with an entry, oldest first.
    """
    of_patient = CheckpointRow.patient_id == locked.patient_id
    if locked.checkpoints_seq != locked.stored_seq:
        session.execute(delete(CheckpointRow).where(of_patient))
    last_day = locked.last_day
    if last_day is None or not is_passed(last_day, days[-1]):
        return
    if days[0] > last_day:  # the last day has no new entry
        new = [checkpoint_of(last_day, locked.state), *new]
    days_of = select(CheckpointRow.last_day).where(of_patient).order_by(CheckpointRow.last_day)
    before = list(session.scalars(days_of))
    kept = set(select_checkpoints([*before, *(each.last_day for each in new)], days[-1]))
    if dropped := set(before) - kept:
        session.execute(delete(CheckpointRow).where(of_patient, CheckpointRow.last_day.in_(dropped)))
    _insert(session, locked.patient_id, engine, [each for each in new if each.last_day in kept])


def _insert(session: Session, patient_id: UUID, engine: Engine, checkpoints: Sequence[Checkpoint]) -> None:
    states = {each.last_day: json.dumps(each.snapshot, separators=(",", ":")) for each in checkpoints}
    common = {"patient_id": patient_id, "engine": engine.version}
    rows = [
        {"last_day": day, "state": state, "digest": _digest(patient_id, day, state), **common}
        for day, state in states.items()
    ]
    insert_once(session, CheckpointRow, values=rows)


def _digest(patient_id: UUID, last_day: date, state: str) -> str:
    return hashlib.sha256(f"{patient_id}:{last_day}:{state}".encode()).hexdigest()
