"""Scores new and changed entries, and updates the trajectory, the daily scores and the alerts."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.domain.alerts.finding import Finding
from api.domain.diary.expected_level import load_all, version_with
from api.domain.diary.patient_factors import PatientFactors
from api.domain.documents import UnusableDocument
from api.domain.entries.questions import Entry
from api.domain.trajectory.checkpoints import Checkpoint
from api.domain.trajectory.engine import Engine, OutOfOrder, PatientTrajectory, PendingDays, SnapshotOutdated
from api.domain.trajectory.outcome import ScoredDays
from api.domain.trajectory.rules.statements import findings_in_entry
from api.models.patient import Trajectory
from api.models.score import ScoreRow
from api.services.alerts import reconcile
from api.services.policies import policies
from api.services.scoring import checkpoints, rescore_from_checkpoint, safety_alerts, silence, unscored
from api.services.scoring.patient_lock import LockedPatient, factors_of
from api.services.scoring.rescore_from_checkpoint import RescoredDays

log = logging.getLogger(__name__)

FACTS = frozenset(field.name for field in fields(PatientFactors))
"""The fields of a patient that scoring uses; a change of any of them scores the patient again."""


class NewEntries(NamedTuple):
    """The new entries of a locked patient.

    ``since`` is the first day changed by a correction or a withdrawal; None where all entries are
    new.
    """

    locked: LockedPatient
    new: Sequence[Entry]
    since: date | None = None


@dataclass(slots=True)
class _Scored:
    """The result of scoring a patient's new entries.

    ``after`` is the last day that rescoring left unchanged, None where nothing was scored again.
    ``lasting`` is the continuing silence whose alert is open already, ``silent_from`` the day from
    which the patient will count as silent.
    """

    engine: Engine
    trajectory: PatientTrajectory
    outcome: ScoredDays
    after: date | None
    checkpoints: Sequence[Checkpoint]
    lasting: tuple[Finding, ...]
    silent_from: date | None

    @property
    def changed_since(self) -> date | None:
        """The first day of which findings may have changed; None: all days."""
        if self.after is None:
            return self.outcome.since
        return None if self.after == rescore_from_checkpoint.EVERYTHING else self.after + timedelta(days=1)


def score_all(session: Session, changes: Sequence[NewEntries], *, engine: Engine, now: datetime) -> None:
    """Score the new entries of several patients together, with the same results as one by one.

    Entries that follow the last day are added to the trajectory; earlier ones score the days from
    them on again. ``engine`` is the server's; at a site with a policy of its own, that policy's is
    used.
    """
    results = list(zip(changes, _score_or_none(session, changes, engine, now=now), strict=True))
    done = [(each.locked, scored) for each, scored in results if scored is not None]
    to_reconcile = [each for each in done if not _is_fresh(*each) or each[1].outcome.findings]
    _store(session, done)
    reconcile.lock_waiting_alerts(session, [locked.patient_id for locked, _ in to_reconcile])
    # sites are locked for alerts always in the same order
    for locked, scored in sorted(to_reconcile, key=lambda each: each[0].site_id):
        raised = silence.without_early_silences(session, locked, scored.outcome.findings)
        since, findings = scored.changed_since, (*raised, *scored.lasting)
        kept: tuple[Finding, ...] = ()
        if scored.after is not None:
            kept = safety_alerts.kept_findings(session, locked.patient_id, engine=scored.engine)
        subject = safety_alerts.context_of(locked, scored.engine)
        reconcile.reconcile(session, subject, findings, since=since, now=now, rejected=kept)
    for each in [each for each, scored in results if scored is None]:
        _keep_unscored(session, each, engine=engine, now=now)


def rescore(
    session: Session,
    locked: LockedPatient,
    *,
    engine: Engine,
    now: datetime,
    changed: Sequence[Entry] = (),
    since: date = rescore_from_checkpoint.EVERYTHING,
) -> None:
    """Score a patient's days again after a correction, a changed factor or a new engine.

    ``changed`` are corrected entries, ``since`` is the first day that has changed; a changed factor
    or a new engine changes all days.
    """
    score_all(session, [NewEntries(locked, changed, since)], engine=engine, now=now)


def newest_report(known: datetime | None, new: Sequence[Entry]) -> datetime | None:
    """Return the newest moment of entries; a reason for a gap alone is no report, and leaves it."""
    moments = [known, *(entry.recorded_at for entry in new if not entry.is_reason_only)]
    return max((moment for moment in moments if moment is not None), default=None)


def is_long(session: Session, locked: LockedPatient, new: Sequence[Entry], *, engine: Engine) -> bool:
    """Return whether scoring takes too long for a transaction shared with other patients."""
    with suppress(UnusableDocument):  # the patient cannot be scored: no work
        engine = policies.engine_of(session, locked.policy_id, default=engine)
        return rescore_from_checkpoint.is_long(locked, new, engine)
    return False


def _is_fresh(locked: LockedPatient, scored: _Scored) -> bool:
    """Return whether no earlier finding, not even a silence, can lie on the scored days.

    ``locked`` has the values read with the lock: called before ``_store`` updates them.
    """
    if scored.after is not None:
        return False
    if locked.last_day is None:
        return True
    return scored.outcome.since > locked.last_day and locked.silent_from is not None


def _score_or_none(
    session: Session, changes: Sequence[NewEntries], engine: Engine, *, now: datetime
) -> "list[_Scored | None]":
    """Score patients together or, where that fails, one by one; None where that fails too.

    Raises:
        SQLAlchemyError: A statement failed for one of several patients; the transaction may have
            ended.
    """
    try:
        return [*_score_together(session, changes, engine, now=now)]
    except rescore_from_checkpoint.LongRescoringNeeded:
        raise
    except Exception as error:
        if len(changes) > 1:
            if isinstance(error, SQLAlchemyError):
                raise
            return [scored for each in changes for scored in _score_or_none(session, [each], engine, now=now)]
        log.exception(
            "entries could not be scored",
            extra={"patient_id": str(changes[0].locked.patient_id), "error": type(error).__name__},
        )
        return [None]


def _score_together(
    session: Session, changes: Sequence[NewEntries], like: Engine, *, now: datetime
) -> list[_Scored]:
    engines = [policies.engine_of(session, each.locked.policy_id, default=like) for each in changes]
    prepared = [_prepare(session, each, engine) for each, engine in zip(changes, engines, strict=True)]
    outcomes: dict[int, ScoredDays] = {
        index: each.replay.outcome for index, each in enumerate(prepared) if isinstance(each, RescoredDays)
    }
    for engine in {engine.version: engine for engine in engines}.values():
        coming = {
            index: each
            for index, (each, own) in enumerate(zip(prepared, engines, strict=True))
            if isinstance(each, PendingDays) and own.version == engine.version
        }
        if coming:
            outcomes |= zip(coming, engine.score_batch(list(coming.values())), strict=True)
    clocks = [silence.PatientClock.of(each.locked) for each in changes]
    trajectories = [
        each.replay.trajectory if isinstance(each, RescoredDays) else each.trajectory for each in prepared
    ]
    scored = [outcomes[index] for index in range(len(changes))]
    lasting = silence.open_silences(session, list(zip(clocks, trajectories, scored, strict=True)), now=now)
    due = [
        trajectory.silence_due(each.last_entry_on)
        for each, trajectory in zip(clocks, trajectories, strict=True)
    ]
    return [
        _Scored(
            engine=engine,
            trajectory=trajectories[index],
            outcome=scored[index],
            after=each.after if isinstance(each := prepared[index], RescoredDays) else None,
            checkpoints=each.replay.checkpoints if isinstance(each, RescoredDays) else (),
            lasting=lasting[index],
            silent_from=None if lasting[index] else due[index],
        )
        for index, engine in enumerate(engines)
    ]


def _prepare(session: Session, change: NewEntries, engine: Engine) -> PendingDays | RescoredDays:
    """Return the new days to add to the trajectory, or the days rescored from the first change."""
    locked, new, since = change
    if locked.engine != engine.version or locked.state is None:
        since = rescore_from_checkpoint.EVERYTHING
    if since is None:
        try:
            coming = engine.resume(factors_of(locked), locked.state).prepare(new)
            return rescore_from_checkpoint.added_in_order(session, locked, new, engine) or coming
        except OutOfOrder:
            since = min(entry.local_date for entry in new)
        except SnapshotOutdated:
            since = rescore_from_checkpoint.EVERYTHING
    if new and change.since is None and not locked.has_scores:
        locked.last_entry_at = newest_report(locked.last_entry_at, new)
    elif change.since is not None or since == rescore_from_checkpoint.EVERYTHING:
        locked.last_entry_at = rescore_from_checkpoint.newest_recorded_at(session, locked.patient_id)
    return rescore_from_checkpoint.rescored_since(session, locked, new, engine, since=since)


def _store(session: Session, done: Sequence[tuple[LockedPatient, _Scored]]) -> None:
    for locked, scored in done:
        locked.silent_from = scored.silent_from
        _keep_checkpoints(session, locked, scored)
        if scored.after is not None and locked.has_scores:
            of_patient = ScoreRow.patient_id == locked.patient_id
            session.execute(delete(ScoreRow).where(of_patient, ScoreRow.local_date > scored.after))
    rows = [
        {"patient_id": locked.patient_id, **score._asdict(), "engine": _version_of(locked, scored)}
        for locked, scored in done
        for score in scored.outcome.scores
    ]
    upsert(session, ScoreRow, values=rows)
    upsert(session, Trajectory, values=[_trajectory(*each) for each in done])


def _version_of(locked: LockedPatient, scored: _Scored) -> str:
    """Return the version by which a patient is scored: of engine, policy and expected levels."""
    return version_with(scored.engine.version, load_all(locked.expected_levels))


def _keep_checkpoints(session: Session, locked: LockedPatient, scored: _Scored) -> None:
    if scored.after is not None:
        checkpoints.replace_after(session, locked, scored.engine, scored.checkpoints, after=scored.after)
    elif days := [score.local_date for score in scored.outcome.scores]:
        checkpoints.add_for_new_days(session, locked, scored.engine, scored.checkpoints, days=days)


def _trajectory(locked: LockedPatient, scored: _Scored) -> dict[str, Any]:
    trajectory, scores = scored.trajectory, scored.outcome.scores
    return {
        "patient_id": locked.patient_id,
        "change_seq": locked.change_seq,
        "revision": locked.revision + 1,
        "checkpoints_seq": locked.change_seq,
        "engine": scored.engine.version,
        "state": trajectory.snapshot() if trajectory.last_day else None,
        "last_day": trajectory.last_day,
        "last_entry_at": locked.last_entry_at,
        "silent_from": locked.silent_from,
        "status": scores[-1].status if scores else "empty",
        "has_rejected": locked.has_rejected,
    }


def _keep_unscored(session: Session, change: NewEntries, *, engine: Engine, now: datetime) -> None:
    """Mark a patient as not scored, and raise alerts of what the entries state by themselves."""
    locked = change.locked
    engine = safety_alerts.engine_of_site(session, locked, engine)
    unscored.mark_unscored(session, locked, engine=engine, now=now)
    stated = engine.tiers.apply(finding for entry in change.new for finding in findings_in_entry(entry))
    subject = safety_alerts.context_of(locked, engine)
    reconcile.reconcile(session, subject, stated, since=reconcile.NOTHING_WITHDRAWN, now=now)
