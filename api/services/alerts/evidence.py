"""Evidence of alerts. Safety statements are only added to, and only a person closes their alerts."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.db.prepared import PreparedIn
from api.domain.alerts.finding import Finding, FindingKind
from api.domain.alerts.urgency import ABOVE_EXPECTED, DUE_TODAY
from api.domain.trajectory.rules.statements import statement_numbers, statement_reason, statements_in
from api.models.alert import Alert, Evidence


def make_evidence(
    finding: Finding, alert: Alert, *, engine: str, from_rejected_entry: bool, now: datetime
) -> Evidence:
    """Return a finding as evidence of an alert; ``from_rejected_entry``: read there."""
    return Evidence(
        alert_id=alert.id,
        patient_id=alert.patient_id,
        kind=finding.kind,
        tier=finding.tier,
        key=finding.key,
        day=finding.day,
        raised_at=finding.raised_at,
        reason=finding.reason,
        numbers=dict(finding.numbers),
        source=finding.source,
        engine=engine,
        added_at=now,
        from_rejected_entry=from_rejected_entry,
    )


def is_supporting(evidence: Evidence) -> bool:
    """Return whether evidence supports its alert; a withdrawn statement still does."""
    return evidence.withdrawn_at is None or bool(statements_in(evidence.numbers))


def covers(evidence: Evidence, finding: Finding) -> bool:
    """Return whether evidence includes a finding about the same entry or item."""
    return evidence.key == finding.key and statements_in(finding.numbers) <= statements_in(evidence.numbers)


def merge_statement(evidence: Evidence, finding: Finding, *, from_rejected_entry: bool) -> bool:
    """Add a statement to evidence of the same entry or item; return whether that changed anything.

    The result is the union of the statements. Day and time are those of the present entry, or the
    earliest if a rejected item states the same, so that the order of arrival does not matter.
    """
    before = (evidence.numbers, evidence.day, evidence.raised_at, evidence.withdrawn_at, evidence.tier)
    moved = not (from_rejected_entry or evidence.from_rejected_entry)
    evidence.day = finding.day if moved else min(evidence.day, finding.day)
    evidence.raised_at = finding.raised_at if moved else min(evidence.raised_at, finding.raised_at)
    evidence.numbers = statement_numbers(statements_in(evidence.numbers) | statements_in(finding.numbers))
    evidence.reason = statement_reason(evidence.numbers, evidence.day)
    evidence.from_rejected_entry = evidence.from_rejected_entry or from_rejected_entry
    evidence.withdrawn_at = None
    evidence.tier, evidence.source = finding.tier, finding.source
    after = (evidence.numbers, evidence.day, evidence.raised_at, evidence.withdrawn_at, evidence.tier)
    return before != after


def newest_days(session: Session, patient_ids: Sequence[UUID], kind: FindingKind) -> dict[UUID, date]:
    """Return by patient the newest day of live evidence of a kind."""
    if not patient_ids:
        return {}
    return dict(_NEWEST.all(session.connection(), patient_ids, {"of": kind}))


def live_keys(session: Session, patient_id: UUID, kind: FindingKind) -> set[str]:
    """Return the keys of the live evidence of a patient's alerts of one kind, open or closed."""
    live = select(Evidence.key).where(Evidence.patient_id == patient_id, Evidence.kind == kind)
    return set(session.scalars(live.where(Evidence.withdrawn_at.is_(None))))


def due_today_at() -> ScalarSelect[datetime]:
    """Return the time from which an alert is due on the same working day, as a column; NULL: it is not."""
    due_today = select(func.min(Evidence.added_at, type_=UtcDateTime)).where(
        Evidence.alert_id == Alert.id,
        Evidence.withdrawn_at.is_(None),
        or_(
            and_(
                Evidence.kind == FindingKind.SILENCE,
                Evidence.numbers["gap_reason"].as_string().in_(sorted(DUE_TODAY)),
            ),
            Evidence.numbers[ABOVE_EXPECTED].as_string().is_not(None),
        ),
    )
    return due_today.correlate(Alert).scalar_subquery()


_EVIDENCE = Evidence.__table__
_NEWEST = PreparedIn(
    _EVIDENCE.c.patient_id.type,
    lambda patient_ids: (
        select(_EVIDENCE.c.patient_id, func.max(_EVIDENCE.c.day))
        .where(
            _EVIDENCE.c.patient_id.in_(patient_ids),
            _EVIDENCE.c.kind == bindparam("of"),
            _EVIDENCE.c.withdrawn_at.is_(None),
        )
        .group_by(_EVIDENCE.c.patient_id)
    ),
)
