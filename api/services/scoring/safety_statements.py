"""Hears statements of safety in what is refused, and in what is over a budget."""

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
from api.domain.enrolment import PatientStatus
from api.domain.entries.safety_statements import (
    WISH_FIELD,
    SafetyConcerns,
    StatementSource,
    all_stated,
    carriers_of,
    digest_key,
    stated_in_text,
)
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

MOST_STATEMENTS_A_DAY = 200
"""How many statements of one patient are kept by their items of one day (UTC); further ones are one each."""


def carriers_in(
    body: bytes, *, of: UUID, encoding: str = "", key: str | None = None
) -> list[StatementSource]:
    """Return what states something in a body that was refused as a whole, JSON or not.

    Args:
        body: What was sent, or its beginning; at most 1 MB.
        of: The patient who sent it.
        encoding: Its ``Content-Encoding``.
        key: The id of the entry that was to be corrected, where it is known from the address.
    """
    with suppress(UnreadableBody):
        return carriers_of(read_lenient(body, encoding=encoding), of=of, key=key)
    text = text_to_search(body, encoding=encoding)
    stated = stated_in_text(text)
    return [StatementSource(key or digest_key(text, of=of), stated)] if stated.words else []


def hear_statements(
    session: Session,
    by: Principal,
    carriers: Sequence[StatementSource],
    *,
    refused: RejectedItem | None = None,
    engine: Engine,
    now: datetime,
) -> bool:
    """Hear what a refused request of a patient states, and keep what was refused, in this transaction.

    For requests of which nothing was recorded: refused as a whole, from a patient who has left, or over
    a budget. It may be repeated: the same statement of the same item is heard once.

    Args:
        session: The transaction.
        by: The patient.
        carriers: What states something in the request: ``carriers_in`` its body.
        refused: What the team is shown as refused; None where the phone is to send it again.
        engine: The server's.
        now: When it came.

    Returns:
        Whether anything was new.
    """
    locked = patient_lock.lock(session, by.id, now=now)
    kept = rejected_items.keep(session, locked, [refused], now=now) if refused else 0
    heard = hear(session, locked, carriers, by=by, engine=engine, now=now)
    if kept or heard:
        detail = {"kept": kept, "statements": heard}
        audit.record(session, "entries.refused", by=by, now=now, patient_id=by.id, detail=detail)
    return bool(kept or heard)


def hear(
    session: Session,
    locked: LockedPatient,
    carriers: Sequence[StatementSource],
    *,
    by: Principal,
    engine: Engine,
    now: datetime,
) -> int:
    """Keep statements of a patient whose row is locked, and raise their alerts; return how many are new."""
    if not carriers:
        return 0
    new = _new_among(session, locked.patient_id, carriers, now=now)
    if not new:
        return 0
    day = local_day(now, zone_of(locked.timezone))
    common = {"received_at": now, "local_date": day, "grant_id": by.grant_id}
    rows = [{"patient_id": locked.patient_id, "key": key, "said": said, **common} for key, said in new]
    insert_once(session, SafetyStatement, values=rows)
    keys = {key for key, _ in new}
    found = _findings(_kept(session, locked.patient_id, sorted(keys)))
    own = engine_of_site(session, locked, engine)
    is_followed = locked.status == PatientStatus.ACTIVE
    subject = reconcile.AlertContext(locked.patient_id, locked.site_id, own.version, is_followed)
    told = own.tiers.applied(found)
    reconcile.reconcile(session, subject, (), since=reconcile.NOTHING_WITHDRAWN, now=now, kept=told)
    return len(new)


def is_any_new(
    session: Session, patient_id: UUID, carriers: Sequence[StatementSource], *, now: datetime
) -> bool:
    """Say whether ``hear`` would keep any of these statements; a look that takes no lock."""
    return bool(_new_among(session, patient_id, carriers, now=now))


def kept_findings(session: Session, patient_id: UUID, *, engine: Engine) -> tuple[Finding, ...]:
    """Return what was found in refused items of a patient, for a replay of all there is."""
    every = select(SafetyStatement).where(SafetyStatement.patient_id == patient_id)
    return engine.tiers.applied(_findings(session.scalars(every).all()))


def engine_of_site(session: Session, locked: LockedPatient, engine: Engine) -> Engine:
    """Return the engine of the site's policy; the server's ``engine`` where that cannot be loaded.

    A policy that cannot be read must not suppress a statement of safety.
    """
    try:
        return policies.engine_of(session, locked.policy_id, like=engine)
    except Exception:
        log.exception(
            "a policy could not be loaded: statements get the default urgency",
            extra={"patient_id": str(locked.patient_id), "policy_id": str(locked.policy_id)},
        )
        return engine


def _kept(session: Session, patient_id: UUID, keys: Sequence[str]) -> Sequence[SafetyStatement]:
    whose = (SafetyStatement.patient_id == patient_id, SafetyStatement.key.in_(list(keys)))
    return session.scalars(select(SafetyStatement).where(*whose)).all()


def _new_among(
    session: Session, patient_id: UUID, carriers: Sequence[StatementSource], *, now: datetime
) -> list[tuple[str, str]]:
    """Return key and name of each statement that is not kept yet; over the day's cap one of each name.

    Over the cap a retry cannot be told from a new statement. So once an alert of the patient has been
    closed each name is new again.
    """
    before = _kept(session, patient_id, [carrier.key for carrier in carriers])
    known = {(row.key, row.said) for row in before}
    said = {(carrier.key, word): None for carrier in carriers for word in carrier.stated.words}
    new = [each for each in said if each not in known]
    room = MOST_STATEMENTS_A_DAY - _kept_today(session, patient_id, now)
    if len(new) <= room:
        return new
    rest = f"more:{now:%Y-%m-%d}:{_closed(session, patient_id)}"
    known = {(row.key, row.said) for row in _kept(session, patient_id, [rest])}
    over = {(rest, word): None for _, word in new[max(room, 0) :]}
    return [*new[: max(room, 0)], *(each for each in over if each not in known)]


def _kept_today(session: Session, patient_id: UUID, now: datetime) -> int:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    of_today = (SafetyStatement.patient_id == patient_id, SafetyStatement.received_at >= midnight)
    return session.scalar(select(func.count()).select_from(SafetyStatement).where(*of_today)) or 0


def _closed(session: Session, patient_id: UUID) -> int:
    closed = (Alert.patient_id == patient_id, Alert.closed_at.is_not(None))
    return session.scalar(select(func.count()).select_from(Alert).where(*closed)) or 0


def _findings(rows: Sequence[SafetyStatement]) -> list[Finding]:
    """Return the findings of statements that are kept: one of each kind for each item."""
    by_item: dict[tuple[str, bool], list[SafetyStatement]] = defaultdict(list)
    for row in rows:
        by_item[row.key, row.said == WISH_FIELD].append(row)
    found: list[Finding] = []
    for (key, is_wish), of_item in by_item.items():
        first = min(of_item, key=lambda row: row.received_at)
        origin = Origin(key, first.local_date, first.received_at)
        flags = () if is_wish else tuple(row.said for row in of_item)
        said = SafetyConcerns(wants_to_stop=True) if is_wish else all_stated([SafetyConcerns(flags)])
        found += statement_findings(said, origin)
    return found
