"""Opens, updates and retracts alerts according to the findings of a patient."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from api.domain.alerts.finding import REQUESTED, Finding, FindingKind, Tier
from api.domain.alerts.status import AlertResolution, AlertStatus, is_covered_by_answer, priority
from api.domain.alerts.urgency import is_due_today
from api.domain.trajectory.rules.statements import is_emergency
from api.models.alert import Alert, AlertEvent, Evidence
from api.services.alerts import budget, escalate
from api.services.alerts import evidence as evidences
from api.services.alerts.events import make_alert, make_event, record_event, reopen
from api.services.changes import note_change

Key = tuple[str, str]

NOTHING_WITHDRAWN = date.max
"""As ``since``: findings are only added, and existing evidence is not checked."""


@dataclass(frozen=True, slots=True)
class AlertContext:
    """Patient of the alerts and version of the engine; there are no new alerts unless ``is_followed``."""

    patient_id: UUID
    site_id: UUID
    engine: str
    is_followed: bool = True


@dataclass(slots=True)
class _Reconciliation:
    """Locked alerts of a patient during a reconciliation, and the changes to them."""

    session: Session
    context: AlertContext
    now: datetime
    waiting: dict[str, Alert]  # by kind
    closed: dict[UUID, Alert]
    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))  # all, by kind
    by_key: dict[Key, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[UUID, Alert] = field(default_factory=dict)
    opened: dict[UUID, list[AlertEvent | Evidence]] = field(default_factory=dict)
    """Rows that refer to each new alert; they are inserted after it."""

    def index(self, evidence: Evidence) -> None:
        """Index evidence by kind and key; a patient may have thousands of statements."""
        self.evidence[evidence.kind].append(evidence)
        self.by_key[evidence.kind, evidence.key].append(evidence)


def reconcile(
    session: Session,
    context: AlertContext,
    findings: Iterable[Finding],
    *,
    since: date | None,
    now: datetime,
    rejected: Iterable[Finding] = (),
) -> None:
    """Update the alerts of a patient to the findings of ``since`` and later (None: of all days).

    Alerts of what the patient asks for are left alone.

    A new finding opens an alert or adds evidence to the open one. One that is known already is none, also
    where its day is earlier, as of a silence in which a reason was given. Evidence that is no longer found is
    withdrawn, and an alert without evidence is retracted. Alerts answered by the team stay answered.
    Alerts of safety statements are only closed by a person. ``rejected`` are the statements read in rejected
    items; they count for a patient who has left monitoring, too.
    """
    case = _load_locked(session, context, now)
    found: dict[Key, Finding] = {(finding.kind, finding.key): finding for finding in findings}
    for evidence in [each for of_kind in case.evidence.values() for each in of_kind]:
        is_concerned = since is None or evidence.day >= since or (evidence.kind, evidence.key) in found
        if evidence.withdrawn_at is None and is_concerned:
            _update_evidence(case, evidence, found)
    new = [(finding, False) for finding in found.values()] + [(finding, True) for finding in rejected]
    for finding, is_rejected in sorted(new, key=_by_time):
        if not (finding.statement and _merge_if_known(case, finding, rejected=is_rejected)):
            _add_finding(case, finding, rejected=is_rejected)
    session.flush()
    for alert_id in case.opened:
        _insert(case, case.changed.pop(alert_id))
    for alert in case.changed.values():
        _refresh(case, alert)


def lock_waiting_alerts(session: Session, patient_ids: Sequence[UUID]) -> None:
    """Lock the open alerts of several patients, before a site is locked.

    A transaction that answers one of them is waited for here, and not while the site's row is locked.
    """
    if len(patient_ids) > 1:
        waiting = select(Alert.id).where(Alert.patient_id.in_(patient_ids), Alert.closed_at.is_(None))
        session.execute(waiting.order_by(Alert.id).with_for_update())


def _load_locked(session: Session, context: AlertContext, now: datetime) -> _Reconciliation:
    """Lock the open alerts, so that none is answered meanwhile, and load all evidence: 2 queries."""
    waiting = session.scalars(
        select(Alert)
        .where(
            Alert.patient_id == context.patient_id, Alert.closed_at.is_(None), Alert.kind.not_in(REQUESTED)
        )
        .order_by(Alert.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    case = _Reconciliation(session, context, now, {alert.kind: alert for alert in waiting}, {})
    of_patient = (
        select(Evidence, Alert)
        .outerjoin(Alert, and_(Alert.id == Evidence.alert_id, Alert.closed_at.is_not(None)))
        .where(Evidence.patient_id == context.patient_id, Evidence.kind.not_in(REQUESTED))
    )
    for evidence, closed in session.execute(of_patient):
        case.index(evidence)
        if closed is not None:
            case.closed[closed.id] = closed
    return case


def _by_time(new: tuple[Finding, bool]) -> tuple[bool, date, datetime, str]:
    finding, is_rejected = new
    return is_rejected, finding.day, finding.raised_at, finding.key


def _update_evidence(case: _Reconciliation, evidence: Evidence, found: dict[Key, Finding]) -> None:
    """Update evidence to the present finding, or withdraw it; a finding used is removed from ``found``."""
    finding = found.get((evidence.kind, evidence.key))
    if finding is None and not evidence.from_rejected_entry:
        evidence.withdrawn_at = case.now
        _mark_changed(case, evidence.alert_id)
    elif finding is not None and not finding.statement:
        _restate(case, evidence, finding)
        del found[finding.kind, finding.key]


def _merge_if_known(case: _Reconciliation, finding: Finding, *, rejected: bool = False) -> bool:
    """Merge a statement into existing evidence of it; return whether there is any."""
    for evidence in case.by_key[finding.kind, finding.key]:
        alert = case.closed.get(evidence.alert_id)
        is_retracted = alert is not None and alert.status == AlertStatus.RETRACTED
        if evidences.covers(evidence, finding) and not is_retracted:
            if evidences.merge_statement(evidence, finding, from_rejected_entry=rejected):
                _mark_changed(case, evidence.alert_id)
            return True
    return False


def _add_finding(case: _Reconciliation, finding: Finding, *, rejected: bool = False) -> None:
    """Add a finding to its alert, or open one."""
    answered = None if finding.statement else _answered_alert(case, finding)
    alert = answered or case.waiting.get(finding.kind)
    if alert is None and (case.context.is_followed or rejected):
        alert = _open(case, finding)
    if alert is not None:
        _add_evidence(case, alert, finding, rejected=rejected)


def _restate(case: _Reconciliation, evidence: Evidence, finding: Finding) -> None:
    """Update evidence to a finding; a later entry of the same day may change its numbers."""
    before = (evidence.reason, evidence.raised_at, evidence.tier)  # the tier differs by another policy
    if before != (finding.reason, finding.raised_at, finding.tier):
        _mark_changed(case, evidence.alert_id)
    if evidence.reason != finding.reason:
        evidence.reason, evidence.numbers = finding.reason, dict(finding.numbers)
        evidence.engine = case.context.engine
    evidence.tier, evidence.day, evidence.raised_at = finding.tier, finding.day, finding.raised_at
    evidence.source = finding.source


def _mark_changed(case: _Reconciliation, alert_id: UUID) -> None:
    for alert in case.waiting.values():
        if alert.id == alert_id:
            case.changed[alert_id] = alert


def _answered_alert(case: _Reconciliation, finding: Finding) -> Alert | None:
    """Return the resolved alert whose answer covers ``finding`` too, or None.

    Only evidence from before the answer counts, and "could not reach" is not an answer.
    """
    for evidence in case.evidence[finding.kind]:
        alert = case.closed.get(evidence.alert_id)
        if alert is None or alert.closed_at is None or evidence.added_at > alert.closed_at:
            continue
        if alert.status != AlertStatus.RESOLVED or alert.outcome == AlertResolution.COULD_NOT_REACH:
            continue
        if is_due_today(finding.numbers) and finding.raised_at > alert.closed_at:
            continue  # written after the answer, even if about a day before
        if evidence.withdrawn_at in {None, case.now} and is_covered_by_answer(
            finding.day, finding.raised_at, answered_day=evidence.day, answered_at=alert.closed_at
        ):
            return alert
    return None


def _open(case: _Reconciliation, finding: Finding) -> Alert:
    """Return a new alert of a kind of which none is open; `_insert` inserts it."""
    context = case.context
    alert = make_alert(finding, patient_id=context.patient_id, site_id=context.site_id, now=case.now)
    case.opened[alert.id] = [make_event(alert, "opened", now=case.now)]
    note_change(case.session, alert, now=case.now)
    case.waiting[finding.kind] = alert
    return alert


def _insert(case: _Reconciliation, alert: Alert) -> None:
    """Insert a new alert as its evidence describes it, and notify the team or hold it back.

    The row is written once, complete: before the messages about it, its events and its evidence.
    """
    rows = case.opened[alert.id]
    supporting = [e for e in case.evidence[alert.kind] if e.alert_id == alert.id]
    _describe(alert, supporting)
    due_today = any(is_due_today(e.numbers) for e in supporting)
    with case.session.no_autoflush:
        case.session.add(alert)
        if not budget.notify_or_hold(case.session, alert, now=case.now, due_today=due_today):
            rows.append(make_event(alert, "held back: this week's alert budget is full", now=case.now))
    case.session.flush()
    case.session.add_all(rows)
    case.session.flush()


def _add_evidence(case: _Reconciliation, alert: Alert, finding: Finding, *, rejected: bool = False) -> None:
    """Add or restore evidence of an alert; a statement or same-day finding reopens one set aside."""
    known = [e for e in case.by_key[finding.kind, finding.key] if e.alert_id == alert.id]
    if known and finding.statement:
        evidences.merge_statement(known[0], finding, from_rejected_entry=rejected)
    elif known:
        known[0].withdrawn_at = None
        _restate(case, known[0], finding)
    else:
        evidence = evidences.make_evidence(
            finding, alert, engine=case.context.engine, from_rejected_entry=rejected, now=case.now
        )
        if alert.id in case.opened:
            case.opened[alert.id].append(evidence)
        else:
            case.session.add(evidence)
        case.index(evidence)
    _mark_changed(case, alert.id)
    set_aside = alert.closed_at is None and alert.status != AlertStatus.OPEN
    due_today = is_due_today(finding.numbers)
    if set_aside and (finding.statement or finding.tier is Tier.SAME_DAY or due_today):
        reopen(case.session, alert, "reopened by new evidence", now=case.now, due_today=due_today)


def _refresh(case: _Reconciliation, alert: Alert) -> None:
    """Update an alert to its live evidence, as a new version; retract it where none is left."""
    supporting = [
        e for e in case.evidence[alert.kind] if e.alert_id == alert.id and evidences.is_supporting(e)
    ]
    if not supporting:
        alert.status, alert.closed_at = AlertStatus.RETRACTED, case.now
        record_event(case.session, alert, "retracted: the entries no longer show it", now=case.now)
        escalate.stop(case.session, alert, now=case.now)
        return
    before, was_emergency = Tier(alert.tier), alert.emergency
    due_today = any(is_due_today(e.numbers) and e.added_at == case.now for e in supporting)
    _describe(alert, supporting)
    budget.on_urgency_change(case.session, alert, before=before, now=case.now, due_today=due_today)
    is_more_urgent = due_today or (alert.emergency and not was_emergency)
    if is_more_urgent and alert.escalating_since != case.now:
        # the team was notified of something less urgent
        escalate.start(case.session, alert, now=case.now, due_today=due_today)
    if alert.opened_at != case.now:
        record_event(case.session, alert, "evidence changed", now=case.now)


def _describe(alert: Alert, supporting: Sequence[Evidence]) -> None:
    """Set urgency, reason and days of an alert from its supporting evidence."""
    # where all is withdrawn, only a person closes the alert, and it keeps its description
    live = [e for e in supporting if e.withdrawn_at is None] or supporting
    live = sorted(live, key=lambda e: (e.day, e.raised_at, e.key))
    tier = Tier.SAME_DAY if any(e.tier == Tier.SAME_DAY for e in supporting) else Tier(live[-1].tier)
    due_today = any(is_due_today(e.numbers) for e in live)
    tier = Tier.ROUTINE if due_today and tier is Tier.SELF_CARE else tier
    alert.emergency = any(is_emergency(e.numbers) for e in supporting)
    alert.tier = tier
    alert.priority = priority(FindingKind(alert.kind), tier, emergency=alert.emergency, due_today=due_today)
    alert.reason, alert.first_day, alert.raised_at = live[-1].reason, live[0].day, live[0].raised_at
