"""Keeps a patient's trajectory, scores and alerts in step with her entries."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from api.db import UtcDateTime, upsert
from api.domain.authority import Role
from api.domain.enrolment import PatientStatus
from api.domain.errors import UnknownPatient
from api.domain.messages import MessageKind
from api.domain.report import Entry
from api.domain.trajectory.engine import Course, Engine, Facts, ReplayNeeded
from api.domain.trajectory.outcome import Outcome, Score
from api.domain.trajectory.rules.statements import stated_in
from api.models.entry import EntryRow
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.prepared import Prepared
from api.services.alerting import alerts
from api.services.alerting.ladder import staff_of
from api.services.course import silence
from api.services.messages import outbox
from api.services.policy import policies
from api.services.questionnaires import functioning

log = logging.getLogger(__name__)

NOT_SCORED = "not_scored"
FACTS = frozenset(field.name for field in fields(Facts))
"""What scoring asks of a patient beyond her diary; a change of any of them scores her again."""


@dataclass(slots=True)
class Standing:
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
    change_seq: int
    engine: str | None
    state: Any
    last_day: date | None
    last_entry_at: datetime | None
    has_rejected: bool
    silent_from: date | None

    @property
    def facts(self) -> Facts:
        """What is known of her beyond her diary."""
        return Facts(self.ai_started_on, self.ai, self.prior_tamoxifen, self.prior_taxane, self.birth_year)


def lock(session: Session, patient_id: UUID, *, now: datetime) -> Standing:
    """Lock the patient's trajectory, so that her changes happen one after another.

    The policy in force at her site is read with her: no query of its own.

    Raises:
        UnknownPatient: There is no such patient.
    """
    connection = session.connection()
    row = _LOCKED.one_or_none(connection, {"patient_id": patient_id})
    # a second statement: what it reads of the patient was committed before the lock was ours
    patient = _PATIENT.one_or_none(connection, {"patient_id": patient_id, "now": now})
    if row is None or patient is None:
        raise UnknownPatient("there is no such patient")
    return Standing(*patient, *row)


def score(
    session: Session, standing: Standing, new: Sequence[Entry], *, engine: Engine, now: datetime
) -> None:
    """Score new entries: one step each where they come in order, a replay of all where they do not.

    ``engine`` is the server's; at a site with a policy of its own, that policy's takes its place.
    """
    try:
        engine = policies.engine_of(session, standing.policy_id, like=engine)
        course, outcome, with_history = _advanced(session, standing, new, engine)
        whose = silence.Whose(standing.patient_id, standing.timezone, standing.last_entry_at)
        told = silence.told(session, whose, course, now=now)
        silent_from = None if told else course.silence_due(whose.heard_on)
    except Exception as error:  # noqa: BLE001 - a bug in scoring must not cost the patient her entry
        _not_scored(session, standing, error, engine=engine, now=now)
        stated = engine.tiers.applied(finding for entry in new for finding in stated_in(entry))
        subject = _subject(standing, engine)
        alerts.reconcile(session, subject, stated, since=alerts.NOTHING_WITHDRAWN, now=now)
        return
    fresh = not with_history and _is_fresh(standing, outcome)
    standing.silent_from = silent_from
    _store(session, standing, course, outcome, engine=engine, replace=with_history)
    if not fresh or outcome.findings:
        since = None if with_history else outcome.since
        subject = _subject(standing, engine)
        alerts.reconcile(session, subject, (*outcome.findings, *told), since=since, now=now)


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


def note_rejected(session: Session, patient_id: UUID) -> None:
    """Remember that something she sent could not be read."""
    session.execute(update(Trajectory).where(Trajectory.patient_id == patient_id).values(has_rejected=True))


def _subject(standing: Standing, engine: Engine) -> alerts.Subject:
    is_followed = standing.status == PatientStatus.ACTIVE
    return alerts.Subject(standing.patient_id, standing.site_id, engine.version, is_followed)


def _is_fresh(standing: Standing, outcome: Outcome) -> bool:
    """Say whether nothing found before can lie on these days; a silence told of lies after her last day."""
    if standing.last_day is None:
        return True
    return outcome.since > standing.last_day and standing.silent_from is not None


def _advanced(
    session: Session, standing: Standing, new: Sequence[Entry], engine: Engine
) -> tuple[Course, Outcome, bool]:
    """Take new entries in; say whether all of them had to be replayed."""
    if standing.engine == engine.version and standing.state is not None:
        try:
            course = engine.resume(standing.facts, standing.state)
            return course, course.add(new), False
        except ReplayNeeded:
            pass
    return *_replayed(session, standing, engine), True


def _replayed(session: Session, standing: Standing, engine: Engine) -> tuple[Course, Outcome]:
    course = engine.begin(standing.facts)
    entries = surviving_entries(session, standing.patient_id)
    standing.last_entry_at = max((entry.recorded_at for entry in entries), default=None)
    if not entries:
        return course, Outcome(date.min, (), ())
    return course, course.add(entries)


def _store(
    session: Session, standing: Standing, course: Course, outcome: Outcome, *, engine: Engine, replace: bool
) -> None:
    if replace:
        session.execute(delete(ScoreRow).where(ScoreRow.patient_id == standing.patient_id))
    rows = [_row(standing.patient_id, score, engine.version) for score in outcome.scores]
    upsert(session, ScoreRow, values=rows)
    newest = outcome.scores[-1] if outcome.scores else None
    _SAVE.run(
        session.connection(),
        {
            "of": standing.patient_id,
            "seq": standing.change_seq,
            "with_engine": engine.version,
            "snapshot": course.snapshot() if course.last_day else None,
            "day": course.last_day,
            "entry_at": standing.last_entry_at,
            "how": newest.status if newest else "empty",
            "rejected": standing.has_rejected,
            "silent": standing.silent_from,
        },
    )


def _not_scored(
    session: Session, standing: Standing, error: Exception, *, engine: Engine, now: datetime
) -> None:
    """Keep the entry, say that it is not scored, and tell the team and the operator."""
    log.error(
        "entries could not be scored",
        exc_info=error,
        extra={"patient_id": str(standing.patient_id), "error": type(error).__name__},
    )
    _SAVE.run(
        session.connection(),
        {
            "of": standing.patient_id,
            "seq": standing.change_seq,
            "with_engine": None,  # the next entry, or `flask rescore`, tries again from the start
            "snapshot": None,
            "day": standing.last_day,
            "entry_at": standing.last_entry_at,
            "how": NOT_SCORED,
            "rejected": standing.has_rejected,
            "silent": None,
        },
    )
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


_PATIENTS, _TRAJECTORIES = Patient.__table__, Trajectory.__table__
_LOCKED = Prepared(
    select(
        *_TRAJECTORIES.c["change_seq", "engine", "state", "last_day", "last_entry_at", "has_rejected"],
        _TRAJECTORIES.c.silent_from,
    )
    .where(_TRAJECTORIES.c.patient_id == bindparam("patient_id"))
    .with_for_update()
)
_PATIENT = Prepared(
    select(
        *_PATIENTS.c["id", "site_id", "timezone", "birth_year", "status"],
        *_PATIENTS.c["ai_started_on", "ai", "prior_tamoxifen", "prior_taxane"],
        policies.in_force(_PATIENTS.c.site_id, bindparam("now", type_=UtcDateTime)),
        _PATIENTS.c.is_prompted,
    ).where(_PATIENTS.c.id == bindparam("patient_id"))
)
_ENTRIES = EntryRow.__table__
_SURVIVING = select(*_ENTRIES.c["id", "recorded_at", "local_date", "answers"]).where(
    _ENTRIES.c.patient_id == bindparam("patient_id"), _ENTRIES.c.withdrawn.is_(False)
)
_SAVE = Prepared(
    update(_TRAJECTORIES)  # type: ignore[arg-type]
    .where(_TRAJECTORIES.c.patient_id == bindparam("of"))
    .values(
        change_seq=bindparam("seq"),
        engine=bindparam("with_engine"),
        state=bindparam("snapshot"),
        last_day=bindparam("day"),
        last_entry_at=bindparam("entry_at"),
        status=bindparam("how"),
        has_rejected=bindparam("rejected"),
        silent_from=bindparam("silent"),
    )
)
