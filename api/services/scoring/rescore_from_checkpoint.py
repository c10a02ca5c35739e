"""Scores a patient's entries again from a checkpoint, long ones outside the transaction.

A late, corrected or withdrawn entry changes the scores of all later days. A few days are scored
again within the transaction. More would hold SQLite's writer lock for too long: under an
`OptimisticRescorer` the transaction is rolled back, the days are scored without a lock, and the
transaction runs again with the result, which is used only if nothing of the patient has changed in
between.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from api.db.prepared import PreparedStatement
from api.domain.diary.patient_factors import PatientFactors
from api.domain.entries.questions import NO_REPORT, QUESTIONS, Entry
from api.domain.trajectory.checkpoints import Replay, replay
from api.domain.trajectory.engine import Engine, SnapshotOutdated
from api.models.entry import EntryRow
from api.services.scoring import checkpoints, questionnaire_entries
from api.services.scoring.patient_lock import LockedPatient, factors_of

EVERYTHING = date.min
"""The first changed day where all days are scored again."""

SHORT_REPLAY_DAYS = 14
"""The most days rescored within a transaction: about 2 ms while other writers wait."""

LONG_BATCH = 100
"""The most new entries in order scored within a transaction."""

PREPARED = "aimss.replay"
"""Key in ``Session.info`` of the transaction's `Preparation`."""


class RescoringKey(NamedTuple):
    """The inputs of rescoring: an equal key means an equal result."""

    patient_id: UUID
    revision: int
    change_seq: int
    engine: str
    facts: PatientFactors
    since: date | None
    new: tuple[Entry, ...]


class RescoredDays(NamedTuple):
    """Days scored after ``after``, which is None where new entries were added in order."""

    key: RescoringKey
    after: date | None
    replay: Replay


@dataclass(frozen=True, slots=True)
class RescoringJob:
    """Days to rescore, with all inputs loaded; ``run`` needs no database."""

    key: RescoringKey
    engine: Engine
    after: date | None
    snapshot: Sequence[Any] | None
    entries: Callable[[], list[Entry]]
    days: int
    """The number of entries to score, as a measure of the work."""

    def run(self) -> RescoredDays:
        """Score the days."""
        facts = self.key.facts
        trajectory = (
            self.engine.begin(facts) if self.snapshot is None else self.engine.resume(facts, self.snapshot)
        )
        return RescoredDays(self.key, self.after, replay(trajectory, self.entries()))


class LongRescoringNeeded(Exception):
    """Rolls back a transaction that needs a long rescoring first.

    ``job`` is None until the caller is the only one that rescores the patient.
    """

    def __init__(self, patient_id: UUID, job: RescoringJob | None) -> None:
        """Keep the patient and the job."""
        super().__init__("a long rescoring is done outside the transaction")
        self.patient_id = patient_id
        self.job = job


@dataclass(frozen=True, slots=True)
class Preparation:
    """The state that `OptimisticRescorer` gives a transaction: its turn, and rescored days."""

    has_turn: bool = False
    done: RescoredDays | None = None


def is_long(locked: LockedPatient, new: Sequence[Entry], engine: Engine) -> bool:
    """Return whether scoring takes too long for a transaction shared with other patients."""
    is_present = locked.engine == engine.version
    since = min((entry.local_date for entry in new), default=date.max) if is_present else EVERYTHING
    return _is_long(locked, new, since)


def rescored_since(
    session: Session, locked: LockedPatient, new: Sequence[Entry], engine: Engine, *, since: date
) -> RescoredDays:
    """Return all days from ``since`` on, rescored with the entries of this transaction.

    Raises:
        LongRescoringNeeded: It takes long and must be done outside the transaction.
    """
    key = _key(locked, new, engine, since)
    preparation: Preparation | None = session.info.get(PREPARED)
    if preparation is None or not _is_long(locked, new, since):
        return _job(session, locked, engine, key=key, since=since).run()
    return _outside(preparation, key, lambda: _job(session, locked, engine, key=key, since=since))


def added_in_order(
    session: Session, locked: LockedPatient, new: Sequence[Entry], engine: Engine
) -> RescoredDays | None:
    """Score many new entries that come in order; return None where there are few.

    Raises:
        LongRescoringNeeded: It must be done outside the transaction.
    """
    preparation: Preparation | None = session.info.get(PREPARED)
    if preparation is None or len(new) <= LONG_BATCH:
        return None
    key = _key(locked, new, engine, None)
    job = RescoringJob(key, engine, None, locked.state, lambda: list(new), len(new))
    return _outside(preparation, key, lambda: job)


def surviving_entries(session: Session, patient_id: UUID, *, after: date = EVERYTHING) -> list[Entry]:
    """Return a patient's valid entries and complete questionnaires later than ``after``."""
    return _fetched(session, patient_id, after)[0]()


def newest_recorded_at(session: Session, patient_id: UUID) -> Any:
    """Return the newest ``recorded_at`` of a patient's valid entries; None without any.

    Entries with nothing but the reason for a gap do not count.
    """
    moments = [session.scalar(_NEWEST_ENTRY, {"patient_id": patient_id})]
    moments += [entry.recorded_at for entry in questionnaire_entries.entries_of(session, patient_id)]
    return max((moment for moment in moments if moment is not None), default=None)


def _key(locked: LockedPatient, new: Sequence[Entry], engine: Engine, since: date | None) -> RescoringKey:
    of_patient = (locked.patient_id, locked.revision, locked.change_seq)
    return RescoringKey(*of_patient, engine.version, factors_of(locked), since, tuple(new))


def _is_long(locked: LockedPatient, new: Sequence[Entry], since: date) -> bool:
    if len(new) > LONG_BATCH or locked.last_day is None:
        return len(new) > LONG_BATCH
    if since == EVERYTHING:
        return locked.change_seq > SHORT_REPLAY_DAYS
    return (locked.last_day - since).days > SHORT_REPLAY_DAYS


def _outside(preparation: Preparation, key: RescoringKey, job: Callable[[], RescoringJob]) -> RescoredDays:
    if preparation.done is not None and preparation.done.key == key:
        return preparation.done
    raise LongRescoringNeeded(key.patient_id, job() if preparation.has_turn else None)


def _job(
    session: Session, locked: LockedPatient, engine: Engine, *, key: RescoringKey, since: date
) -> RescoringJob:
    """Load the inputs of rescoring, from the newest checkpoint that an entry follows."""
    for checkpoint in checkpoints.load_usable(session, locked, engine, before=since):
        try:
            engine.resume(factors_of(locked), checkpoint.snapshot)
        except SnapshotOutdated:  # the patient's factors have changed
            continue
        entries, count = _fetched(session, locked.patient_id, checkpoint.last_day)
        if count:
            return RescoringJob(key, engine, checkpoint.last_day, checkpoint.snapshot, entries, count)
    entries, count = _fetched(session, locked.patient_id, EVERYTHING)
    return RescoringJob(key, engine, EVERYTHING, None, entries, count)


def _fetched(session: Session, patient_id: UUID, after: date) -> tuple[Callable[[], list[Entry]], int]:
    """Fetch entries after a day, and count them; the caller parses them, which takes longer."""
    rows = _SURVIVING.fetched(session.connection(), {"patient_id": patient_id, "after": after})
    others = [
        entry for entry in questionnaire_entries.entries_of(session, patient_id) if entry.local_date > after
    ]
    return lambda: [*(Entry(*row) for row in rows.read()), *others], len(rows.rows) + len(others)


_ENTRIES = EntryRow.__table__
_SURVIVING = PreparedStatement(
    select(*(_ENTRIES.c[field.name] for field in fields(Entry)[:4])).where(  # as `Entry` takes them
        _ENTRIES.c.patient_id == bindparam("patient_id"),
        _ENTRIES.c.withdrawn.is_(False),
        _ENTRIES.c.local_date > bindparam("after"),
    )
)
_ANSWERS = {name: _ENTRIES.c.answers[name].as_string() for name in (answer.name for answer in QUESTIONS)}
_NEWEST_ENTRY = select(func.max(_ENTRIES.c.recorded_at)).where(
    _ENTRIES.c.patient_id == bindparam("patient_id"),
    _ENTRIES.c.withdrawn.is_(False),
    or_(
        _ANSWERS["gap_reason"].is_(None),
        *(answer.is_not(None) for name, answer in _ANSWERS.items() if name not in NO_REPORT),
    ),
)
