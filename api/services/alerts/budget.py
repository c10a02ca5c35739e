"""Alert budget of a site: which alerts notify the team now, and which are held back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from api.db.base import UtcDateTime
from api.domain.account_errors import UnknownSite
from api.domain.alerts.budget import (
    AlertBudget,
    AlertCandidate,
    BudgetRank,
    BudgetWeek,
    is_never_held,
    notify_by,
    probability_of,
    rank_alerts,
)
from api.domain.alerts.finding import FindingKind, Tier
from api.domain.alerts.status import AlertStatus
from api.domain.enrolment import PatientStatus
from api.domain.schedule import week_start, zone_of
from api.models.alert import Alert, Evidence
from api.models.patient import Patient
from api.models.site import Site
from api.services.alerts import escalate
from api.services.alerts.evidence import due_today_at
from api.services.policies import policies

NOTIFIED, HELD, PATIENT_ONLY = 0, 1, 2
WAIT, SKIP = "wait", "skip"

IS_HELD: ColumnElement[bool] = and_(
    Alert.status == AlertStatus.OPEN, Alert.times_notified == 0, Alert.tier != Tier.SELF_CARE
)
"""Condition of open alerts that the team was not notified of yet."""

WORKLIST_RANK: ColumnElement[int] = case(
    (IS_HELD, HELD), (Alert.tier == Tier.SELF_CARE, PATIENT_ONLY), else_=NOTIFIED
)
"""Order on a worklist: alerts the team was notified of, alerts held back, alerts for self-care."""


def worklist_rank(alert: Alert) -> int:
    """Return ``WORKLIST_RANK`` of a row that was read."""
    if alert.tier == Tier.SELF_CARE:
        return PATIENT_ONLY
    return HELD if alert.status == AlertStatus.OPEN and alert.times_notified == 0 else NOTIFIED


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Reason and rank of an alert that is held back, and the latest time at which the team is notified."""

    reason: str
    rank: int
    until: datetime


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """Use of a site's alert budget in the present week, in patients."""

    since: datetime
    notified: int
    """Patients of this week's notifications; those that the budget does not apply to are not counted."""
    budget: int


class _BudgetedSite(NamedTuple):
    """Time zone of a site, and its alert budget in force."""

    id: UUID
    zone: str
    budget: AlertBudget


def notify_or_hold(session: Session, alert: Alert, *, now: datetime, due_today: bool = False) -> bool:
    """Notify the team of a new alert, or hold it back while the budget of the week is used up.

    The site's row is locked meanwhile, so that two alerts never take the last place. Alerts held back
    already are ranked against it by the next run of a worker, not here. One that is ``due_today`` is
    never held back.

    Returns:
        Whether the team is notified.
    """
    kind, tier = FindingKind(alert.kind), Tier(alert.tier)
    if tier is Tier.SELF_CARE or due_today or is_never_held(kind, tier):
        escalate.start(session, alert, now=now, due_today=due_today)
        return True
    here = _read_site(session, alert.site_id, now=now, lock=WAIT)
    if here is None:
        raise UnknownSite("an alert belongs to a site")  # also by a foreign key
    week = _count_week(session, here, now=now)
    waiting = {each.patient for each in _held_candidates(session, alert.site_id) if each.id != alert.id}
    has_room = len(week.notified) + len(waiting) < here.budget.patients_per_week(week.patients)
    if has_room or alert.patient_id in week.notified | week.exempt:
        escalate.start(session, alert, now=now)
        return True
    alert.escalating_since = now
    alert.next_rung_at = alert.opened_at + timedelta(days=here.budget.longest_days.value)
    return False


def on_urgency_change(
    session: Session, alert: Alert, *, before: Tier, now: datetime, due_today: bool = False
) -> None:
    """Notify the team again of an open alert that became more urgent; stop one that is for self-care now."""
    tier = Tier(alert.tier)
    if alert.status != AlertStatus.OPEN or tier is before:
        return
    if tier is Tier.SELF_CARE:
        escalate.stop(session, alert, now=now)
    elif alert.times_notified == 0 or before is Tier.SELF_CARE or tier is Tier.SAME_DAY:
        notify_or_hold(session, alert, now=now, due_today=due_today)


def release_held(session: Session, site_id: UUID, *, now: datetime) -> int:
    """Notify the team of the alerts held back that the budget has room for now; return their number.

    Only one worker at a time does this for a site; another one skips the site.
    """
    here = _read_site(session, site_id, now=now, lock=SKIP)
    if here is None:
        return 0
    due = [rank.candidate.id for rank in _ranked(session, here, now=now) if not rank.is_held_back]
    alerts = session.scalars(
        select(Alert).where(Alert.id.in_(due), IS_HELD).order_by(Alert.id).with_for_update(skip_locked=True)
    ).all()
    for alert in alerts:
        escalate.start(session, alert, now=now)
    return len(alerts)


def has_releasable(session: Session, site_id: UUID, *, now: datetime) -> bool:
    """Return whether the budget has room for any alert held back, without a lock."""
    here = _read_site(session, site_id, now=now)
    return here is not None and any(not rank.is_held_back for rank in _ranked(session, here, now=now))


def held_back(session: Session, site_id: UUID, *, now: datetime) -> dict[UUID, HeldBack]:
    """Return the alerts held back at a site, with the present reasons."""
    here = _read_site(session, site_id, now=now)
    if here is None:
        return {}
    room = "this week's budget has room for it: the team is notified at once"
    return {
        UUID(str(rank.candidate.id)): HeldBack(
            rank.reason or room, rank.rank, notify_by(rank.candidate, here.budget)
        )
        for rank in _ranked(session, here, now=now)
    }


def use_of_week(session: Session, site_id: UUID, *, now: datetime) -> BudgetUse:
    """Return how much of its alert budget a site has used this week.

    Raises:
        UnknownSite: There is no such site.
    """
    here = _read_site(session, site_id, now=now)
    if here is None:
        raise UnknownSite("there is no such site")
    week = _count_week(session, here, now=now)
    return BudgetUse(
        week_start(now, zone_of(here.zone)), len(week.notified), here.budget.patients_per_week(week.patients)
    )


def _read_site(
    session: Session, site_id: UUID, *, now: datetime, lock: str | None = None
) -> _BudgetedSite | None:
    """Return a site with its budget; the lock (FOR NO KEY UPDATE) does not block inserts that refer to it."""
    policy_id = policies.policy_id_in_force(Site.id, literal(now, UtcDateTime))
    query = select(Site.timezone, policy_id).where(Site.id == site_id)
    if lock is not None:
        query = query.with_for_update(key_share=True, skip_locked=lock == SKIP)
    row = session.execute(query).one_or_none()
    return None if row is None else _BudgetedSite(site_id, row[0], policies.budget_of(session, row[1]))


def _ranked(session: Session, here: _BudgetedSite, *, now: datetime) -> Sequence[BudgetRank]:
    waiting = _held_candidates(session, here.id)
    if not waiting:
        return []
    return rank_alerts(waiting, _count_week(session, here, now=now), budget=here.budget, now=now)


def _count_week(session: Session, here: _BudgetedSite, *, now: datetime) -> BudgetWeek:
    """Count the patients the team was notified of this week, or before with an alert still open."""
    monday = week_start(now, zone_of(here.zone))
    followed = select(func.count()).where(Patient.site_id == here.id, Patient.status == PatientStatus.ACTIVE)
    notified = select(Alert.patient_id, Alert.kind, Alert.tier, due_today_at()).where(
        Alert.site_id == here.id,
        Alert.times_notified > 0,
        or_(Alert.notified_at >= monday, and_(Alert.closed_at.is_(None), Alert.status == AlertStatus.OPEN)),
    )
    sets: dict[bool, set[UUID]] = {True: set(), False: set()}
    for patient_id, kind, tier, due_today in session.execute(notified):
        sets[due_today is not None or is_never_held(FindingKind(kind), Tier(tier))].add(patient_id)
    patients = session.scalar(followed) or 0
    return BudgetWeek(patients, frozenset(sets[False] - sets[True]), frozenset(sets[True]))


def _held_candidates(session: Session, site_id: UUID) -> list[AlertCandidate]:
    """Return the alerts held back, each with the probability of its newest evidence: one query."""
    held = (Alert.site_id == site_id, Alert.closed_at.is_(None), IS_HELD)
    rows = session.execute(
        select(Alert.id, Alert.patient_id, Alert.kind, Alert.tier, Alert.opened_at, Evidence.numbers)
        .outerjoin(Evidence, and_(Evidence.alert_id == Alert.id, Evidence.withdrawn_at.is_(None)))
        .where(*held)
        .order_by(Evidence.day, Evidence.raised_at, Evidence.key)
    )
    newest: dict[UUID, AlertCandidate] = {}
    for alert_id, patient_id, kind, tier, opened_at, numbers in rows:
        likely = probability_of(FindingKind(kind), numbers or {})
        newest[alert_id] = AlertCandidate(
            alert_id, patient_id, FindingKind(kind), Tier(tier), opened_at, likely
        )
    return list(newest.values())
