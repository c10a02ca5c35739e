"""Opens, feeds and retracts alerts, so that they say what the entries say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.alerts.status import AlertResolution, AlertStatus, is_covered_by_answer, priority
from api.domain.trajectory.rules.statements import is_emergency
from api.models.alert import Alert, AlertEvent, Evidence
from api.services.alerts import budget, escalate
from api.services.alerts import evidence as evidences
from api.services.alerts.events import make_event, record_event, reopen

Key = tuple[str, str]

NOTHING_WITHDRAWN = date.max
"""As ``since``: findings are only added, and nothing that stands is looked at."""


@dataclass(frozen=True, slots=True)
class AlertContext:
    """Whose alerts, and which engine saw what is found; who is not followed any more gets no new ones."""

    patient_id: UUID
    site_id: UUID
    engine: str
    is_followed: bool = True


@dataclass(slots=True)
class _Reconciliation:
    """A patient's alerts as they are locked for one reconciliation, and what changes in it."""

    session: Session
    subject: AlertContext
    now: datetime
    waiting: dict[str, Alert]  # by kind
    closed: dict[UUID, Alert]
    evidence: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))  # all, by kind
    by_key: dict[Key, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[UUID, Alert] = field(default_factory=dict)
    opened: dict[UUID, list[AlertEvent | Evidence]] = field(default_factory=dict)
    """Rows that refer to each new alert; they are inserted after it."""

    def file(self, evidence: Evidence) -> None:
        """Take down evidence; statements are looked up by key, as a patient may have thousands."""
        self.evidence[evidence.kind].append(evidence)
        self.by_key[evidence.kind, evidence.key].append(evidence)


def reconcile(
    session: Session,
    subject: AlertContext,
    findings: Iterable[Finding],
    *,
    since: date | None,
    now: datetime,
    kept: Iterable[Finding] = (),
) -> None:
    """Bring a patient's alerts in step with her findings of ``since`` and later (None: of all days).

    What is newly found opens an alert or adds evidence to the open one; what is no longer found is
    withdrawn; an alert left without evidence is retracted. What the team has answered stays so.
    Statements of safety are the exception: what they raised is closed by a person only. ``kept`` are
    those that were read in refused items; they are heard of a patient who is not followed, too.
    """
    case = _load_locked(session, subject, now)
    found: dict[Key, Finding] = {(finding.kind, finding.key): finding for finding in findings}
    for evidence in [each for of_kind in case.evidence.values() for each in of_kind]:
        if evidence.withdrawn_at is None and (since is None or evidence.day >= since):
            _update_evidence(case, evidence, found)
    new = [(finding, False) for finding in found.values()] + [(finding, True) for finding in kept]
    for finding, is_kept in sorted(new, key=_by_time):
        if not (finding.statement and _merge_if_known(case, finding, kept=is_kept)):
            _add_finding(case, finding, kept=is_kept)
    session.flush()
    for alert_id in case.opened:
        _insert(case, case.changed.pop(alert_id))
    for alert in case.changed.values():
        _refresh(case, alert)


def lock_waiting_alerts(session: Session, patient_ids: Sequence[UUID]) -> None:
    """Lock what waits for an answer at some patients, where there are several, before a site is locked.

    Who answers one of them is waited for here, and not with a site's row locked, for which others wait.
    """
    if len(patient_ids) > 1:
        waiting = select(Alert.id).where(Alert.patient_id.in_(patient_ids), Alert.closed_at.is_(None))
        session.execute(waiting.order_by(Alert.id).with_for_update())


def _load_locked(session: Session, subject: AlertContext, now: datetime) -> _Reconciliation:
    """Lock the alerts that wait, so that none is answered meanwhile, and load all evidence: 2 queries."""
    waiting = session.scalars(
        select(Alert)
        .where(Alert.patient_id == subject.patient_id, Alert.closed_at.is_(None))
        .order_by(Alert.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    case = _Reconciliation(session, subject, now, {alert.kind: alert for alert in waiting}, {})
    of_patient = (
        select(Evidence, Alert)
        .outerjoin(Alert, and_(Alert.id == Evidence.alert_id, Alert.closed_at.is_not(None)))
        .where(Evidence.patient_id == subject.patient_id)
    )
    for evidence, closed in session.execute(of_patient):
        case.file(evidence)
        if closed is not None:
            case.closed[closed.id] = closed
    return case


def _by_time(new: tuple[Finding, bool]) -> tuple[bool, date, datetime, str]:
    finding, is_kept = new
    return is_kept, finding.day, finding.raised_at, finding.key


def _update_evidence(case: _Reconciliation, evidence: Evidence, found: dict[Key, Finding]) -> None:
    """Restate evidence as it is found now, or withdraw it; what is taken from ``found`` is not new."""
    finding = found.get((evidence.kind, evidence.key))
    if finding is None and not evidence.kept:
        evidence.withdrawn_at = case.now
        _mark_changed(case, evidence.alert_id)
    elif finding is not None and not finding.statement:
        _restate(case, evidence, finding)
        del found[finding.kind, finding.key]


def _merge_if_known(case: _Reconciliation, finding: Finding, *, kept: bool = False) -> bool:
    """Say whether a statement stands in an alert already, answered or not; it is brought in step there."""
    for evidence in case.by_key[finding.kind, finding.key]:
        alert = case.closed.get(evidence.alert_id)
        is_retracted = alert is not None and alert.status == AlertStatus.RETRACTED
        if evidences.covers(evidence, finding) and not is_retracted:
            if evidences.merge_statement(evidence, finding, kept=kept):
                _mark_changed(case, evidence.alert_id)
            return True
    return False


def _add_finding(case: _Reconciliation, finding: Finding, *, kept: bool = False) -> None:
    """Add a finding to the alert that is about it, or open one."""
    answered = None if finding.statement else _answered_alert(case, finding)
    alert = answered or case.waiting.get(finding.kind)
    if alert is None and (case.subject.is_followed or kept):
        alert = _open(case, finding)
    if alert is not None:
        _add_evidence(case, alert, finding, kept=kept)


def _restate(case: _Reconciliation, evidence: Evidence, finding: Finding) -> None:
    """Let evidence say what is found now; a later entry of the same day may change its numbers."""
    if evidence.reason != finding.reason:
        evidence.reason, evidence.numbers = finding.reason, dict(finding.numbers)
        evidence.engine = case.subject.engine
        _mark_changed(case, evidence.alert_id)
    if evidence.raised_at != finding.raised_at:
        evidence.raised_at = finding.raised_at
        _mark_changed(case, evidence.alert_id)
    if evidence.tier != finding.tier:  # another policy
        _mark_changed(case, evidence.alert_id)
    evidence.tier, evidence.day, evidence.source = finding.tier, finding.day, finding.source


def _mark_changed(case: _Reconciliation, alert_id: UUID) -> None:
    for alert in case.waiting.values():
        if alert.id == alert_id:
            case.changed[alert_id] = alert


def _answered_alert(case: _Reconciliation, finding: Finding) -> Alert | None:
    """Return the resolved alert whose answer holds for ``finding`` too, or None.

    Only what the team had before it when it answered counts, and "could not reach" answers nothing.
    """
    for evidence in case.evidence[finding.kind]:
        alert = case.closed.get(evidence.alert_id)
        if alert is None or alert.closed_at is None or evidence.added_at > alert.closed_at:
            continue
        if alert.status != AlertStatus.RESOLVED or alert.outcome == AlertResolution.COULD_NOT_REACH:
            continue
        if evidence.withdrawn_at in {None, case.now} and is_covered_by_answer(
            finding.day, finding.raised_at, answered_day=evidence.day, answered_at=alert.closed_at
        ):
            return alert
    return None


def _open(case: _Reconciliation, finding: Finding) -> Alert:
    """Open an alert of a kind of which none waits."""
    alert = Alert(
        id=uuid4(),
        site_id=case.subject.site_id,
        patient_id=case.subject.patient_id,
        kind=finding.kind,
        tier=finding.tier,
        status=AlertStatus.OPEN,
        priority=priority(finding.kind, finding.tier),
        reason=finding.reason,
        first_day=finding.day,
        raised_at=finding.raised_at,
        opened_at=case.now,
        escalating_since=case.now,
        times_notified=0,
        rung=0,
        version=0,
    )
    case.opened[alert.id] = [make_event(alert, "opened", now=case.now)]
    case.waiting[finding.kind] = alert
    return alert


def _insert(case: _Reconciliation, alert: Alert) -> None:
    """Insert a new alert as its evidence describes it, and notify the team or hold it back.

    The row is written once, complete: before the messages about it, its events and its evidence.
    """
    rows = case.opened[alert.id]
    _describe(alert, [e for e in case.evidence[alert.kind] if e.alert_id == alert.id])
    with case.session.no_autoflush:
        case.session.add(alert)
        if not budget.notify_or_hold(case.session, alert, now=case.now):
            rows.append(make_event(alert, "held back: this week's alert budget is full", now=case.now))
    case.session.flush()
    case.session.add_all(rows)
    case.session.flush()


def _add_evidence(case: _Reconciliation, alert: Alert, finding: Finding, *, kept: bool = False) -> None:
    """Add evidence to an alert, or bring withdrawn evidence back; a new statement wakes a set-aside one."""
    known = [e for e in case.by_key[finding.kind, finding.key] if e.alert_id == alert.id]
    if known and finding.statement:
        evidences.merge_statement(known[0], finding, kept=kept)
    elif known:
        known[0].withdrawn_at = None
        _restate(case, known[0], finding)
    else:
        evidence = evidences.make_evidence(
            finding, alert, engine=case.subject.engine, kept=kept, now=case.now
        )
        if alert.id in case.opened:
            case.opened[alert.id].append(evidence)
        else:
            case.session.add(evidence)
        case.file(evidence)
    _mark_changed(case, alert.id)
    set_aside = alert.closed_at is None and alert.status != AlertStatus.OPEN
    if set_aside and (finding.statement or finding.tier is Tier.SAME_DAY):
        reopen(case.session, alert, "reopened by new evidence", now=case.now)


def _refresh(case: _Reconciliation, alert: Alert) -> None:
    """Let the alert say what its live evidence says, as a new version; retract it where none is left."""
    standing = [e for e in case.evidence[alert.kind] if e.alert_id == alert.id and evidences.is_supporting(e)]
    if not standing:
        alert.status, alert.closed_at = AlertStatus.RETRACTED, case.now
        record_event(case.session, alert, "retracted: the entries no longer show it", now=case.now)
        escalate.stop(case.session, alert, now=case.now)
        return
    before, was_emergency = Tier(alert.tier), alert.emergency
    _describe(alert, standing)
    budget.on_urgency_change(case.session, alert, before=before, now=case.now)
    if alert.emergency and not was_emergency and alert.escalating_since != case.now:
        escalate.start(case.session, alert, now=case.now)  # the team was told of something less urgent
    if alert.opened_at != case.now:
        record_event(case.session, alert, "evidence changed", now=case.now)


def _describe(alert: Alert, standing: Sequence[Evidence]) -> None:
    """Set urgency, reason and days of an alert from the evidence it stands on."""
    live = [e for e in standing if e.withdrawn_at is None] or list(
        standing
    )  # all withdrawn: a person closes it
    live.sort(key=lambda e: (e.day, e.raised_at, e.key))
    tier = Tier.SAME_DAY if any(e.tier == Tier.SAME_DAY for e in standing) else Tier(live[-1].tier)
    alert.emergency = any(is_emergency(e.numbers) for e in standing)
    alert.tier, alert.priority = tier, priority(FindingKind(alert.kind), tier, emergency=alert.emergency)
    alert.reason, alert.first_day, alert.raised_at = live[-1].reason, live[0].day, live[0].raised_at
