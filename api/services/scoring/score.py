"""Keeps a patient's trajectory, scores and alerts in step with her entries."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.db.bulk import upsert
from api.domain.alerts.finding import Finding
from api.domain.documents import UnusableDocument
from api.domain.enrolment import PatientStatus
from api.domain.entries.questions import Entry
from api.domain.trajectory.checkpoints import Checkpoint
from api.domain.trajectory.engine import (
    Engine,
    OutOfOrder,
    PatientFactors,
    PatientTrajectory,
    PendingDays,
    SnapshotOutdated,
)
from api.domain.trajectory.outcome import DailyScore, ScoredDays
from api.domain.trajectory.rules.statements import findings_in_entry
from api.models.patient import Trajectory
from api.models.score import ScoreRow
from api.services.alerts import reconcile
from api.services.policies import policies
from api.services.scoring import checkpoints, replays, safety_statements, silence, unscored
from api.services.scoring.patient_lock import LockedPatient
from api.services.scoring.replays import Replayed

log = logging.getLogger(__name__)

FACTS = frozenset(field.name for field in fields(PatientFactors))
"""What scoring asks of a patient beyond her diary; a change of any of them scores her again."""


class NewEntries(NamedTuple):
    """A patient whose row is locked, and her new entries.

    ``since`` is the first day that has changed otherwise, by a correction or a withdrawal; None where
    there are only new entries.
    """

    standing: LockedPatient
    new: Sequence[Entry]
    since: date | None = None


@dataclass(slots=True)
class _Scored:
    """What scoring a patient's new entries gave.

    ``after`` is the last day that a replay has left alone, None where nothing was replayed.
    ``lasting`` is the silence that her team knows of and that lasts, ``silent_from`` the day on which
    she will count as silent.
    """

    engine: Engine
    course: PatientTrajectory
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
        return None if self.after == replays.EVERYTHING else self.after + timedelta(days=1)


def score(
    session: Session, standing: LockedPatient, new: Sequence[Entry], *, engine: Engine, now: datetime
) -> None:
    """Score new entries: one step each where they come in order, a replay of all where they do not.

    ``engine`` is the server's; at a site with a policy of its own, that policy's takes its place.
    """
    score_all(session, [NewEntries(standing, new)], engine=engine, now=now)


def score_all(session: Session, told: Sequence[NewEntries], *, engine: Engine, now: datetime) -> None:
    """Score the new entries of several patients side by side: the same as one by one, and quicker."""
    both = list(zip(told, _worked_out(session, told, engine, now=now), strict=True))
    done = [(each.standing, scored) for each, scored in both if scored is not None]
    changed = [each for each in done if not _is_fresh(*each) or each[1].outcome.findings]
    _store(session, done)
    reconcile.lock_waiting_alerts(session, [standing.patient_id for standing, _ in changed])
    for standing, scored in sorted(changed, key=_site):
        tellable = silence.tellable(session, standing, scored.outcome.findings)
        since, findings = scored.changed_since, (*tellable, *scored.lasting)
        is_replayed, whose = scored.after is not None, standing.patient_id
        kept = safety_statements.kept_findings(session, whose, engine=scored.engine) if is_replayed else ()
        subject = _subject(standing, scored.engine)
        reconcile.reconcile(session, subject, findings, since=since, now=now, kept=kept)
    for each in [each for each, scored in both if scored is None]:
        _only_stated(session, each, engine=engine, now=now)


def rescore(
    session: Session,
    standing: LockedPatient,
    *,
    engine: Engine,
    now: datetime,
    changed: Sequence[Entry] = (),
    since: date = replays.EVERYTHING,
) -> None:
    """Replay a patient's entries: after a correction (``changed``), a new fact, or a new engine.

    ``since`` is the first day of which something else is said now; a new fact or engine changes every day.
    """
    score_all(session, [NewEntries(standing, changed, since)], engine=engine, now=now)


def is_long(session: Session, standing: LockedPatient, new: Sequence[Entry], *, engine: Engine) -> bool:
    """Say whether scoring new entries is more work than belongs into a transaction shared with others."""
    with suppress(UnusableDocument):  # who cannot be scored is no work
        engine = policies.engine_of(session, standing.policy_id, like=engine)
        return replays.is_long(standing, new, engine)
    return False


def _subject(standing: LockedPatient, engine: Engine) -> reconcile.AlertContext:
    is_followed = standing.status == PatientStatus.ACTIVE
    return reconcile.AlertContext(standing.patient_id, standing.site_id, engine.version, is_followed)


def _is_fresh(standing: LockedPatient, scored: _Scored) -> bool:
    """Say whether nothing found before can lie on these days; a silence told of lies after her last day.

    ``standing`` is as it was when her row was locked: ``_store`` lets it follow.
    """
    if scored.after is not None:
        return False
    if standing.last_day is None:
        return True
    return scored.outcome.since > standing.last_day and standing.silent_from is not None


def _site(each: tuple[LockedPatient, _Scored]) -> UUID:
    """Return what alerts are told by: a site's row is locked for it, always in the same order."""
    return each[0].site_id


def _worked_out(
    session: Session, told: Sequence[NewEntries], engine: Engine, *, now: datetime
) -> "list[_Scored | None]":
    """Score side by side; where that fails, one by one: None stands for who could not be scored.

    Raises:
        SQLAlchemyError: The database failed at one of several; its transaction may be over.
    """
    try:
        return [*_side_by_side(session, told, engine, now=now)]
    except replays.LongReplayNeeded:
        raise
    except Exception as error:
        if len(told) > 1:
            if isinstance(error, SQLAlchemyError):
                raise
            return [scored for each in told for scored in _worked_out(session, [each], engine, now=now)]
        log.exception(
            "entries could not be scored",
            extra={"patient_id": str(told[0].standing.patient_id), "error": type(error).__name__},
        )
        return [None]


def _side_by_side(
    session: Session, told: Sequence[NewEntries], like: Engine, *, now: datetime
) -> list[_Scored]:
    engines = [policies.engine_of(session, each.standing.policy_id, like=like) for each in told]
    taken = [_taken_up(session, each, engine) for each, engine in zip(told, engines, strict=True)]
    outcomes: dict[int, ScoredDays] = {
        place: each.replay.outcome for place, each in enumerate(taken) if isinstance(each, Replayed)
    }
    for engine in {engine.version: engine for engine in engines}.values():
        coming = {
            place: each
            for place, (each, own) in enumerate(zip(taken, engines, strict=True))
            if isinstance(each, PendingDays) and own.version == engine.version
        }
        if coming:
            outcomes |= zip(coming, engine.add_all(list(coming.values())), strict=True)
    standings = [each.standing for each in told]
    whose = [silence.PatientClock.of(standing) for standing in standings]
    courses = [each.replay.course if isinstance(each, Replayed) else each.course for each in taken]
    lasting = silence.told(session, list(zip(whose, courses, strict=True)), now=now)
    due = [course.silence_due(each.heard_on) for each, course in zip(whose, courses, strict=True)]
    return [
        _Scored(
            engine,
            courses[place],
            outcomes[place],
            each.after if isinstance(each := taken[place], Replayed) else None,
            each.replay.checkpoints if isinstance(each, Replayed) else (),
            lasting[place],
            None if lasting[place] else due[place],
        )
        for place, engine in enumerate(engines)
    ]


def _taken_up(session: Session, told: NewEntries, engine: Engine) -> PendingDays | Replayed:
    """Take up a patient's course where it stands, or replay what comes after the first change."""
    standing, new, since = told
    if standing.engine != engine.version or standing.state is None:
        since = replays.EVERYTHING
    if since is None:
        try:
            coming = engine.resume(standing.facts, standing.state).coming(new)
            return replays.added(session, standing, new, engine) or coming
        except OutOfOrder:
            since = min(entry.local_date for entry in new)
        except SnapshotOutdated:
            since = replays.EVERYTHING
    if new and told.since is None and not standing.has_scores:
        moments = [standing.last_entry_at, *(entry.recorded_at for entry in new)]
        standing.last_entry_at = max((moment for moment in moments if moment is not None), default=None)
    elif told.since is not None or since == replays.EVERYTHING:
        standing.last_entry_at = replays.newest_moment(session, standing.patient_id)
    return replays.replayed(session, standing, new, engine, since=since)


def _store(session: Session, done: Sequence[tuple[LockedPatient, _Scored]]) -> None:
    for standing, scored in done:
        standing.silent_from = scored.silent_from
        _keep_checkpoints(session, standing, scored)
        if scored.after is not None and standing.has_scores:
            of_patient = ScoreRow.patient_id == standing.patient_id
            session.execute(delete(ScoreRow).where(of_patient, ScoreRow.local_date > scored.after))
    rows = [
        _row(standing.patient_id, score, scored.engine.version)
        for standing, scored in done
        for score in scored.outcome.scores
    ]
    upsert(session, ScoreRow, values=rows)
    upsert(session, Trajectory, values=[_trajectory(*each) for each in done])


def _keep_checkpoints(session: Session, standing: LockedPatient, scored: _Scored) -> None:
    if scored.after is not None:
        checkpoints.replace(session, standing, scored.engine, scored.checkpoints, after=scored.after)
    elif days := [score.local_date for score in scored.outcome.scores]:
        checkpoints.extend(session, standing, scored.engine, scored.checkpoints, days=days)


def _trajectory(standing: LockedPatient, scored: _Scored) -> dict[str, Any]:
    course, scores = scored.course, scored.outcome.scores
    return {
        "patient_id": standing.patient_id,
        "change_seq": standing.change_seq,
        "revision": standing.revision + 1,
        "checkpoints_seq": standing.change_seq,
        "engine": scored.engine.version,
        "state": course.snapshot() if course.last_day else None,
        "last_day": course.last_day,
        "last_entry_at": standing.last_entry_at,
        "silent_from": standing.silent_from,
        "status": scores[-1].status if scores else "empty",
        "has_rejected": standing.has_rejected,
    }


def _only_stated(session: Session, told: NewEntries, *, engine: Engine, now: datetime) -> None:
    """Tell what is stated outright in entries that could not be scored, as soon as her site asks for it."""
    standing, new = told.standing, told.new
    with suppress(Exception):  # the policy may be what she could not be scored by: then the server's tiers
        engine = policies.engine_of(session, standing.policy_id, like=engine)
    unscored.keep(session, standing, engine=engine, now=now)
    stated = engine.tiers.applied(finding for entry in new for finding in findings_in_entry(entry))
    subject = _subject(standing, engine)
    reconcile.reconcile(session, subject, stated, since=reconcile.NOTHING_WITHDRAWN, now=now)


def _row(patient_id: UUID, scored: DailyScore, version: str) -> dict[str, Any]:
    return {"patient_id": patient_id, **scored._asdict(), "engine": version}
