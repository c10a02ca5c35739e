"""Opens, feeds and retracts alerts, so that they say what the entries say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.answering import STATEMENTS, AlertStatus, is_answered, priority
from api.domain.findings import Finding, FindingKind, Tier
from api.models.alert import Alert, AlertEvent, Evidence
from api.services import ladder

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose alerts, and which engine saw what is found."""

    patient_id: UUID
    site_id: UUID
    engine: str


def reconcile(
    session: Session, subject: Subject, findings: Iterable[Finding], *, since: date | None, now: datetime
) -> None:
    """Bring a patient's alerts in step with her findings of ``since`` and later (None: of all days).

    What is newly found opens an alert or adds evidence to the open one; what is no longer found is
    withdrawn; an alert left without evidence is retracted. What the team has answered stays so.
    """
    found: dict[Key, Finding] = {(finding.kind, finding.key): finding for finding in findings}
    standing = _standing_evidence(session, subject.patient_id, since)
    touched: dict[UUID, Alert] = {}
    for key, evidence in standing.items():
        touched[evidence.alert_id] = session.get_one(Alert, evidence.alert_id)
        finding = found.get(key)
        if finding is not None and not _says_something_else(evidence, finding):
            _restate(evidence, finding, subject)
            del found[key]
        else:
            evidence.withdrawn_at = now
    for finding in sorted(found.values(), key=lambda fresh: (fresh.day, fresh.raised_at, fresh.key)):
        alert = _answered_alert(session, subject, finding) or _open_alert(session, subject, finding, now)
        _add(session, alert, finding, subject=subject, now=now)
        touched[alert.id] = alert
    session.flush()
    for alert in touched.values():
        _refresh(session, alert, now)


def note_event(
    session: Session,
    alert: Alert,
    action: str,
    *,
    now: datetime,
    by: UUID | None = None,
    note: str | None = None,
) -> None:
    """Write a step of an alert's life; every step is a new version of it."""
    alert.version += 1
    session.add(AlertEvent(alert_id=alert.id, at=now, action=action, staff_id=by, note=note))


def _standing_evidence(session: Session, patient_id: UUID, since: date | None) -> dict[Key, Evidence]:
    query = select(Evidence).where(Evidence.patient_id == patient_id, Evidence.withdrawn_at.is_(None))
    if since is not None:
        query = query.where(Evidence.day >= since)
    return {(evidence.kind, evidence.key): evidence for evidence in session.scalars(query)}


def _says_something_else(evidence: Evidence, finding: Finding) -> bool:
    """Say whether a corrected statement must be answered anew: chest pain is not a swollen leg."""
    return finding.kind in STATEMENTS and evidence.reason != finding.reason


def _restate(evidence: Evidence, finding: Finding, subject: Subject) -> None:
    """Let evidence say what is found now; a later entry of the same day may change its numbers."""
    evidence.tier, evidence.day, evidence.raised_at = finding.tier, finding.day, finding.raised_at
    evidence.source = finding.source
    if evidence.reason != finding.reason:
        evidence.reason, evidence.numbers = finding.reason, dict(finding.numbers)
        evidence.engine = subject.engine


def _answered_alert(session: Session, subject: Subject, finding: Finding) -> Alert | None:
    """Return the resolved alert whose answer holds for ``finding`` too, or None."""
    answered: dict[UUID, list[date]] = defaultdict(list)
    rows = session.execute(
        select(Evidence.alert_id, Evidence.day)
        .join(Alert, Alert.id == Evidence.alert_id)
        .where(
            Evidence.patient_id == subject.patient_id,
            Evidence.kind == finding.kind,
            Alert.status == AlertStatus.RESOLVED,
        )
        .order_by(Alert.closed_at.desc())
    )
    for alert_id, day in rows:
        answered[alert_id].append(day)
    for alert_id, days in answered.items():
        if is_answered(finding.kind, finding.day, days):
            return session.get_one(Alert, alert_id)
    return None


def _open_alert(session: Session, subject: Subject, finding: Finding, now: datetime) -> Alert:
    """Return the open alert of this kind, opening one where there is none."""
    found = session.scalar(
        select(Alert).where(
            Alert.patient_id == subject.patient_id, Alert.kind == finding.kind, Alert.closed_at.is_(None)
        )
    )
    if found is not None:
        return found
    alert = Alert(
        id=uuid4(),
        site_id=subject.site_id,
        patient_id=subject.patient_id,
        kind=finding.kind,
        tier=finding.tier,
        status=AlertStatus.OPEN,
        priority=priority(finding.kind, finding.tier),
        reason=finding.reason,
        first_day=finding.day,
        raised_at=finding.raised_at,
        opened_at=now,
        climbing_since=now,
        told=0,
        rung=0,
        version=0,
    )
    session.add(alert)
    session.flush()
    note_event(session, alert, "opened", now=now)
    ladder.start(session, alert, now=now)
    return alert


def _add(session: Session, alert: Alert, finding: Finding, *, subject: Subject, now: datetime) -> None:
    """Add evidence to an alert, or bring withdrawn evidence back."""
    known = session.scalar(select(Evidence).where(Evidence.alert_id == alert.id, Evidence.key == finding.key))
    if known is not None:
        known.withdrawn_at = None
        _restate(known, finding, subject)
    else:
        session.add(
            Evidence(
                alert_id=alert.id,
                patient_id=subject.patient_id,
                kind=finding.kind,
                tier=finding.tier,
                key=finding.key,
                day=finding.day,
                raised_at=finding.raised_at,
                reason=finding.reason,
                numbers=dict(finding.numbers),
                source=finding.source,
                engine=subject.engine,
                added_at=now,
            )
        )
    waits = alert.closed_at is None and alert.status != AlertStatus.OPEN
    if waits and finding.tier is Tier.SAME_DAY:
        reopen(session, alert, "reopened by new evidence", now=now)


def reopen(session: Session, alert: Alert, why: str, *, now: datetime) -> None:
    """Put an acknowledged or snoozed alert back to open, and tell the team from the first rung."""
    alert.status = AlertStatus.OPEN
    alert.acknowledged_at = alert.acknowledged_by = alert.snoozed_until = None
    note_event(session, alert, why, now=now)
    ladder.start(session, alert, now=now)


def _refresh(session: Session, alert: Alert, now: datetime) -> None:
    """Let the alert say what its live evidence says; retract it where none is left."""
    live: Sequence[Evidence] = session.scalars(
        select(Evidence)
        .where(Evidence.alert_id == alert.id, Evidence.withdrawn_at.is_(None))
        .order_by(Evidence.day, Evidence.raised_at, Evidence.key)
    ).all()
    if alert.closed_at is not None:
        return
    if not live:
        alert.status, alert.closed_at = AlertStatus.RETRACTED, now
        note_event(session, alert, "retracted: the entries no longer show it", now=now)
        ladder.stop(session, alert, now=now)
        return
    tier = Tier.SAME_DAY if any(e.tier == Tier.SAME_DAY for e in live) else Tier(live[-1].tier)
    alert.tier, alert.priority = tier, priority(FindingKind(alert.kind), tier)
    alert.reason, alert.first_day, alert.raised_at = live[-1].reason, live[0].day, live[0].raised_at
