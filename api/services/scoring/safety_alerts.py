"""Records safety statements of rejected items and refused requests; raises their alerts."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.alerts.finding import Finding
from api.domain.authority import Principal
from api.domain.diary.expected_level import load_all, version_with
from api.domain.enrolment import PatientStatus
from api.domain.entries import safety_statements
from api.domain.entries.safety_statements import SafetyConcerns, StatementSource, all_stated
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Engine
from api.domain.trajectory.rules.statements import Origin, statement_findings
from api.models.alert import Alert
from api.models.entry import SafetyStatement
from api.services import audit
from api.services.alerts import reconcile
from api.services.lenient_json import UnreadableBody, read_lenient, text_to_search
from api.services.policies import policies
from api.services.scoring import patient_lock, rejected_items
from api.services.scoring.patient_lock import LockedPatient
from api.services.scoring.rejected_items import RejectedItem

log = logging.getLogger(__name__)

MAX_STATEMENTS_A_DAY = 200
"""The statements kept by item for one patient and day (UTC); further ones are kept once by kind."""


def sources_in(body: bytes, *, of: UUID, encoding: str = "", key: str | None = None) -> list[StatementSource]:
    """Return the safety statements in the body of a refused request, JSON or not.

    Args:
        body: The body, or its beginning; at most 1 MB.
        of: The patient who sent it.
        encoding: Its ``Content-Encoding``.
        key: The id of the entry to be corrected, where the path has one.
    """
    with suppress(UnreadableBody):
        return safety_statements.sources_of(read_lenient(body, encoding=encoding), of=of, key=key)
    text = text_to_search(body, encoding=encoding)
    stated = safety_statements.stated_in_text(text)
    return [StatementSource(key or safety_statements.digest_key(text, of=of), stated)] if stated.words else []


def record_refused_request(
    session: Session,
    by: Principal,
    sources: Sequence[StatementSource],
    *,
    rejected: RejectedItem | None = None,
    engine: Engine,
    now: datetime,
) -> bool:
    """Record the safety statements and the rejected body of a refused request of a patient.

    For requests of which nothing was recorded: refused as a whole, from a patient who has left, or
    over a budget. It is idempotent: the same statement of the same item is recorded once.

    Args:
        session: The transaction.
        by: The patient.
        sources: The statements in the request: ``sources_in`` its body.
        rejected: The item to show the team; None where the phone sends it again.
        engine: The server's.
        now: When it was received.

    Returns:
        Whether anything was new.
    """
    locked = patient_lock.lock(session, by.id, now=now)
    kept = rejected_items.keep_rejected(session, locked, [rejected], now=now) if rejected else 0
    recorded = record_statements(session, locked, sources, by=by, engine=engine, now=now)
    if kept or recorded:
        detail = {"kept": kept, "statements": recorded}
        audit.record(session, "entries.refused", by=by, now=now, patient_id=by.id, detail=detail)
    return bool(kept or recorded)


def record_statements(
    session: Session,
    locked: LockedPatient,
    sources: Sequence[StatementSource],
    *,
    by: Principal,
    engine: Engine,
    now: datetime,
) -> int:
    """Record statements of a locked patient, raise alerts; return the number of new ones."""
    if not sources:
        return 0
    new = _new_among(session, locked.patient_id, sources, now=now)
    if not new:
        return 0
    day = local_day(now, zone_of(locked.timezone))
    common = {"received_at": now, "local_date": day, "grant_id": by.grant_id}
    rows = [{"patient_id": locked.patient_id, "key": key, "said": name, **common} for key, name in new]
    insert_once(session, SafetyStatement, values=rows)
    found = _findings(_kept(session, locked.patient_id, sorted({key for key, _ in new})))
    own = engine_of_site(session, locked, engine)
    subject, urgent = context_of(locked, own), own.tiers.apply(found)
    reconcile.reconcile(session, subject, (), since=reconcile.NOTHING_WITHDRAWN, now=now, rejected=urgent)
    return len(new)


def context_of(locked: LockedPatient, engine: Engine) -> reconcile.AlertContext:
    """Return the context of a patient's alerts by the engine of the site."""
    is_followed = locked.status == PatientStatus.ACTIVE
    version = version_with(engine.version, load_all(locked.expected_levels))
    return reconcile.AlertContext(locked.patient_id, locked.site_id, version, is_followed)


def is_any_new(
    session: Session, patient_id: UUID, sources: Sequence[StatementSource], *, now: datetime
) -> bool:
    """Return whether ``record_statements`` would record any of these statements; takes no lock."""
    return bool(_new_among(session, patient_id, sources, now=now))


def kept_findings(session: Session, patient_id: UUID, *, engine: Engine) -> tuple[Finding, ...]:
    """Return the findings of all recorded statements of a patient, for rescoring."""
    every = select(SafetyStatement).where(SafetyStatement.patient_id == patient_id)
    return engine.tiers.apply(_findings(session.scalars(every).all()))


def engine_of_site(session: Session, locked: LockedPatient, engine: Engine) -> Engine:
    """Return the engine of the site's policy; the server's ``engine`` where that cannot be loaded.

    A policy that cannot be read must not suppress a statement of safety.
    """
    try:
        return policies.engine_of(session, locked.policy_id, default=engine)
    except Exception:
        log.exception(
            "a policy could not be loaded: statements get the default urgency",
            extra={"patient_id": str(locked.patient_id), "policy_id": str(locked.policy_id)},
        )
        return engine


def _kept(session: Session, patient_id: UUID, keys: Sequence[str]) -> Sequence[SafetyStatement]:
    of_keys = (SafetyStatement.patient_id == patient_id, SafetyStatement.key.in_(list(keys)))
    return session.scalars(select(SafetyStatement).where(*of_keys)).all()


def _new_among(
    session: Session, patient_id: UUID, sources: Sequence[StatementSource], *, now: datetime
) -> list[tuple[str, str]]:
    """Return key and name of the statements not recorded yet.

    Over the daily limit there is one statement of each name. A retry and a new statement look the
    same there, so each name counts as new again once an alert of the patient has been closed.
    """
    before = _kept(session, patient_id, [source.key for source in sources])
    known = {(row.key, row.statement) for row in before}
    stated = {(source.key, word): None for source in sources for word in source.stated.words}
    new = [each for each in stated if each not in known]
    room = MAX_STATEMENTS_A_DAY - rejected_items.kept_today(session, SafetyStatement, patient_id, now=now)
    if len(new) <= room:
        return new
    closed = (Alert.patient_id == patient_id, Alert.closed_at.is_not(None))
    count = session.scalar(select(func.count()).select_from(Alert).where(*closed)) or 0
    rest = f"more:{now:%Y-%m-%d}:{count}"
    known = {(row.key, row.statement) for row in _kept(session, patient_id, [rest])}
    over = {(rest, word): None for _, word in new[max(room, 0) :]}
    return [*new[: max(room, 0)], *(each for each in over if each not in known)]


def _findings(rows: Sequence[SafetyStatement]) -> list[Finding]:
    """Return the findings of recorded statements: one of each kind for each item."""
    by_item: dict[tuple[str, bool], list[SafetyStatement]] = defaultdict(list)
    for row in rows:
        by_item[row.key, row.statement == safety_statements.WISH_FIELD].append(row)
    found: list[Finding] = []
    for (key, is_wish), of_item in by_item.items():
        first = min(of_item, key=lambda row: row.received_at)
        origin = Origin(key, first.local_date, first.received_at)
        flags = () if is_wish else tuple(row.statement for row in of_item)
        concerns = SafetyConcerns(wants_to_stop=True) if is_wish else all_stated([SafetyConcerns(flags)])
        found += statement_findings(concerns, origin)
    return found
