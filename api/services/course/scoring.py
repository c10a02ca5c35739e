"""Keeps a patient's trajectory, scores and alerts in step with her entries."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from api.db import upsert
from api.domain.authority import Role
from api.domain.enrolment import PatientStatus
from api.domain.findings import Finding
from api.domain.messages import MessageKind
from api.domain.report import Entry
from api.domain.trajectory.engine import Coming, Course, Engine, Facts, ReplayNeeded
from api.domain.trajectory.outcome import Outcome, Score
from api.domain.trajectory.rules.statements import stated_in
from api.models.entry import EntryRow
from api.models.patient import Trajectory
from api.models.score import ScoreRow
from api.services import safety
from api.services.alerting import alerts
from api.services.alerting.ladder import staff_of
from api.services.course import silence
from api.services.course.locking import Standing
from api.services.messages import outbox
from api.services.policy import policies
from api.services.questionnaires import functioning

log = logging.getLogger(__name__)

NOT_SCORED = "not_scored"
FACTS = frozenset(field.name for field in fields(Facts))
"""What scoring asks of a patient beyond her diary; a change of any of them scores her again."""


class Told(NamedTuple):
    """A patient whose row is locked, and her new entries."""

    standing: Standing
    new: Sequence[Entry]


@dataclass(slots=True)
class _Scored:
    """What scoring a patient's new entries gave; ``replayed`` where all her entries were scored again.

    ``lasting`` is the silence that her team knows of and that lasts, ``silent_from`` the day on which
    she will count as silent.
    """

    engine: Engine
    course: Course
    outcome: Outcome
    replayed: bool
    lasting: tuple[Finding, ...]
    silent_from: date | None


def score(
    session: Session, standing: Standing, new: Sequence[Entry], *, engine: Engine, now: datetime
) -> None:
    """Score new entries: one step each where they come in order, a replay of all where they do not.

    ``engine`` is the server's; at a site with a policy of its own, that policy's takes its place.
    """
    score_all(session, [Told(standing, new)], engine=engine, now=now)


def score_all(session: Session, told: Sequence[Told], *, engine: Engine, now: datetime) -> None:
    """Score the new entries of several patients side by side: the same as one by one, and quicker."""
    both = list(zip(told, _worked_out(session, told, engine, now=now), strict=True))
    done = [(each.standing, scored) for each, scored in both if scored is not None]
    changed = [each for each in done if not _is_fresh(*each) or each[1].outcome.findings]
    _store(session, done)
    alerts.lock(session, [standing.patient_id for standing, _ in changed])
    for standing, scored in sorted(changed, key=_site):
        since = None if scored.replayed else scored.outcome.since
        findings = (*scored.outcome.findings, *scored.lasting)
        kept = (
            safety.kept_findings(session, standing.patient_id, engine=scored.engine) if since is None else ()
        )
        subject = _subject(standing, scored.engine)
        alerts.reconcile(session, subject, findings, since=since, now=now, kept=kept)
    for each in [each for each, scored in both if scored is None]:
        _only_stated(session, each, engine=engine, now=now)


def rescore(
    session: Session, standing: Standing, *, engine: Engine, now: datetime, changed: Sequence[Entry] = ()
) -> None:
    """Replay all of a patient's entries: after a correction (``changed``), a new fact, or a new engine."""
    standing.engine = None
    score(session, standing, changed, engine=engine, now=now)


def surviving_entries(session: Session, patient_id: UUID) -> list[Entry]:
    """Return a patient's entries as they stand, without the withdrawn ones, and her questionnaires'."""
    rows = session.execute(_SURVIVING, {"patient_id": patient_id})
    return [*(Entry(*row) for row in rows), *functioning.entries_of(session, patient_id)]


def _subject(standing: Standing, engine: Engine) -> alerts.Subject:
    is_followed = standing.status == PatientStatus.ACTIVE
    return alerts.Subject(standing.patient_id, standing.site_id, engine.version, is_followed)


def _is_fresh(standing: Standing, scored: _Scored) -> bool:
    """Say whether nothing found before can lie on these days; a silence told of lies after her last day.

    ``standing`` is as it was when her row was locked: ``_store`` lets it follow.
    """
    if scored.replayed:
        return False
    if standing.last_day is None:
        return True
    return scored.outcome.since > standing.last_day and standing.silent_from is not None


def _site(each: tuple[Standing, _Scored]) -> UUID:
    """Return what alerts are told by: a site's row is locked for it, always in the same order."""
    return each[0].site_id


def _worked_out(
    session: Session, told: Sequence[Told], engine: Engine, *, now: datetime
) -> "list[_Scored | None]":
    """Score side by side; where that fails, one by one: None stands for who could not be scored.

    Raises:
        SQLAlchemyError: The database failed at one of several; its transaction may be over.
    """
    try:
        return [*_side_by_side(session, told, engine, now=now)]
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


def _side_by_side(session: Session, told: Sequence[Told], like: Engine, *, now: datetime) -> list[_Scored]:
    engines = [policies.engine_of(session, standing.policy_id, like=like) for standing, _ in told]
    taken = [_taken_up(session, *each, engine) for each, engine in zip(told, engines, strict=True)]
    outcomes: dict[int, Outcome] = {}
    for engine in {engine.version: engine for engine in engines}.values():
        places = [place for place, each in enumerate(engines) if each.version == engine.version]
        scored = engine.add_all([taken[place].coming for place in places])
        outcomes |= zip(places, scored, strict=True)
    whose = [
        silence.Whose(standing.patient_id, standing.timezone, standing.last_entry_at) for standing, _ in told
    ]
    courses = [each.coming.course for each in taken]
    lasting = silence.told(session, list(zip(whose, courses, strict=True)), now=now)
    due = [course.silence_due(each.heard_on) for each, course in zip(whose, courses, strict=True)]
    return [
        _Scored(
            engine,
            courses[place],
            outcomes[place],
            taken[place].replayed,
            lasting[place],
            None if lasting[place] else due[place],
        )
        for place, engine in enumerate(engines)
    ]


class _TakenUp(NamedTuple):
    coming: Coming
    replayed: bool


def _taken_up(session: Session, standing: Standing, new: Sequence[Entry], engine: Engine) -> _TakenUp:
    """Take up a patient's course where it stands, or begin it anew with all her entries."""
    if standing.engine == engine.version and standing.state is not None:
        try:
            return _TakenUp(engine.resume(standing.facts, standing.state).coming(new), replayed=False)
        except ReplayNeeded:
            pass
    entries = surviving_entries(session, standing.patient_id)
    standing.last_entry_at = max((entry.recorded_at for entry in entries), default=None)
    return _TakenUp(engine.begin(standing.facts).coming(entries), replayed=True)


def _store(session: Session, done: Sequence[tuple[Standing, _Scored]]) -> None:
    for standing, scored in done:
        standing.silent_from = scored.silent_from
        if scored.replayed:
            session.execute(delete(ScoreRow).where(ScoreRow.patient_id == standing.patient_id))
    rows = [
        _row(standing.patient_id, score, scored.engine.version)
        for standing, scored in done
        for score in scored.outcome.scores
    ]
    upsert(session, ScoreRow, values=rows)
    upsert(session, Trajectory, values=[_trajectory(*each) for each in done])


def _trajectory(standing: Standing, scored: _Scored) -> dict[str, Any]:
    course, scores = scored.course, scored.outcome.scores
    return {
        "patient_id": standing.patient_id,
        "change_seq": standing.change_seq,
        "engine": scored.engine.version,
        "state": course.snapshot() if course.last_day else None,
        "last_day": course.last_day,
        "last_entry_at": standing.last_entry_at,
        "silent_from": standing.silent_from,
        "status": scores[-1].status if scores else "empty",
        "has_rejected": standing.has_rejected,
    }


def _only_stated(session: Session, told: Told, *, engine: Engine, now: datetime) -> None:
    """Tell what is stated outright in entries that could not be scored, as soon as her site asks for it."""
    standing, new = told
    with suppress(Exception):  # the policy may be what she could not be scored by: then the server's tiers
        engine = policies.engine_of(session, standing.policy_id, like=engine)
    _not_scored(session, standing, engine=engine, now=now)
    stated = engine.tiers.applied(finding for entry in new for finding in stated_in(entry))
    subject = _subject(standing, engine)
    alerts.reconcile(session, subject, stated, since=alerts.NOTHING_WITHDRAWN, now=now)


def _not_scored(session: Session, standing: Standing, *, engine: Engine, now: datetime) -> None:
    """Keep the entry, say that it is not scored, and tell the team and the operator."""
    unscored = {
        "patient_id": standing.patient_id,
        "change_seq": standing.change_seq,
        "engine": None,  # the next entry, or `flask rescore`, tries again from the start
        "state": None,
        "last_day": standing.last_day,
        "last_entry_at": standing.last_entry_at,
        "silent_from": None,
        "status": NOT_SCORED,
        "has_rejected": standing.has_rejected,
    }
    upsert(session, Trajectory, values=[unscored])
    notice = outbox.Notice(
        kind=MessageKind.NOT_SCORED,
        site_id=standing.site_id,
        purpose=f"not_scored:{standing.patient_id}:{engine.version}:{now:%Y-%m-%d}",
        topic_of=f"not_scored:{standing.patient_id}",
        not_before=now,
        expires_at=now + timedelta(hours=24),
        patient_id=standing.patient_id,
    )
    team = staff_of(session, standing.patient_id, frozenset({Role.NURSE, Role.SITE_ADMIN}))
    outbox.post(session, notice, recipients=team, now=now)


def _row(patient_id: UUID, scored: Score, version: str) -> dict[str, Any]:
    return {
        "patient_id": patient_id,
        "local_date": scored.local_date,
        "severity": scored.severity,
        "pain_level": scored.pain_level,
        "pain_baseline": scored.pain_baseline,
        "pain_change": scored.pain_change,
        "p_worsening": scored.p_worsening,
        "stiffness_level": scored.stiffness_level,
        "interference_level": scored.interference_level,
        "self_reported_pdc_7d": scored.self_reported_pdc_7d,
        "self_reported_pdc_28d": scored.self_reported_pdc_28d,
        "unknown_doses_28d": scored.unknown_doses_28d,
        "risk_90d": scored.risk_90d,
        "pain_change_low": scored.pain_change_low,
        "pain_change_high": scored.pain_change_high,
        "risk_90d_low": scored.risk_90d_low,
        "risk_90d_high": scored.risk_90d_high,
        "status": scored.status,
        "engine": version,
    }


_ENTRIES = EntryRow.__table__
_SURVIVING = select(*_ENTRIES.c["id", "recorded_at", "local_date", "answers"]).where(
    _ENTRIES.c.patient_id == bindparam("patient_id"), _ENTRIES.c.withdrawn.is_(False)
)
