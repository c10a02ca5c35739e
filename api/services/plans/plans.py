"""Monitoring plans of sites and patients: reading them, and setting another one from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import InvalidPlan
from api.domain.plans.definition import Plan, retirement_of
from api.domain.plans.due_slots import PlanPeriod, merge_plans
from api.domain.plans.parse import document_of, read_plan
from api.domain.plans.presets import BUILT_IN, PRESETS
from api.domain.schedule import local_day, zone_of
from api.models.patient import Patient
from api.models.plan import PlanRow
from api.models.site import Site
from api.models.staff import Staff
from api.services import audit
from api.services.policies.site_documents import check_start, parse_document


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan to set; ``plan`` None follows the site's plan again, ``since`` None takes effect today."""

    plan: Plan | None
    since: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class DatedPlan:
    """One stored plan and the name of the staff member who set it; ``row`` None: the built-in plan."""

    row: PlanRow | None
    plan: Plan | None
    set_by: str | None = None

    @property
    def begins_on(self) -> date:
        """Return the first day."""
        return self.row.effective_from if self.row else date.min


BUILT_IN_PLAN, NO_PLAN = DatedPlan(None, BUILT_IN), DatedPlan(None, None)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PlanHistory:
    """The plans of a site and of one of its patients, each in the order they begin."""

    site: Sequence[DatedPlan]
    own: Sequence[DatedPlan]

    def current(self, day: date) -> DatedPlan:
        """Return the plan in force on a day: the patient's own where there is one, else the site's."""
        own = _in_force([NO_PLAN, *self.own], day)
        return _in_force(self.site, day) if own.plan is None else own

    def upcoming(self, day: date) -> list[DatedPlan]:
        """Return the plans that begin after a day."""
        later = [each for each in (*self.site, *self.own) if each.begins_on > day]
        return sorted(later, key=lambda each: each.begins_on)

    def periods(self) -> list[PlanPeriod]:
        """Return the plans that apply to the patient, each with its first day."""
        site = [(each.begins_on, each.plan or BUILT_IN) for each in self.site]
        return merge_plans(site, [(each.begins_on, each.plan) for each in self.own])


def parse_plan(preset: str | None, document: Any) -> Plan:
    """Read a plan from a request: a preset's name, or a document.

    A preset may name a retired questionnaire: it is accepted, and that questionnaire is not requested.

    Raises:
        InvalidPlan: The document is not a plan, or names a retired questionnaire; ``problems`` names
            each field and its limits.
    """
    if preset is not None:
        return PRESETS[preset]
    plan = _parse(document)
    retired = {
        f"document.courses.{number}.what": f"{course.task} {retirement.notice}"
        for number, course in enumerate(plan.courses)
        if (retirement := retirement_of(course.task)) is not None
    }
    if retired:
        raise InvalidPlan("; ".join(retired.values()), retired)
    return plan


def plan_history(session: Session, site_id: UUID, patient_id: UUID | None = None) -> PlanHistory:
    """Return the plans of a site, and of one of its patients where one is given: one query."""
    is_site = PlanRow.patient_id.is_(None)
    rows = session.execute(
        select(PlanRow, Staff.name)
        .join(Staff, Staff.id == PlanRow.set_by)
        .where(PlanRow.site_id == site_id)
        .where(is_site if patient_id is None else or_(is_site, PlanRow.patient_id == patient_id))
        .order_by(PlanRow.effective_from, PlanRow.created_at, PlanRow.id)
    ).all()
    site = [DatedPlan(row, _plan_of(row), name) for row, name in rows if row.patient_id is None]
    own = [DatedPlan(row, _plan_of(row), name) for row, name in rows if row.patient_id is not None]
    return PlanHistory([BUILT_IN_PLAN, *_last_of_each_day(site)], _last_of_each_day(own))


def set_for_site(session: Session, by: Principal, request: PlanRequest, *, now: datetime) -> bool:
    """Put a plan into force at the caller's site; return whether a row was written.

    Raises:
        InvalidMoment: The first day is past, or too far ahead.
    """
    locked = select(Site.timezone).where(Site.id == by.site_id).with_for_update(key_share=True)
    today = local_day(now, zone_of(session.scalars(locked).one()))
    return _set(session, by, request, None, today=today, now=now)


def set_for_patient(
    session: Session, by: Principal, patient: Patient, request: PlanRequest, *, now: datetime
) -> bool:
    """Put a plan into force for a patient, whose row the caller has locked; return whether a row was written.

    Raises:
        InvalidMoment: The first day is past, or too far ahead.
    """
    return _set(session, by, request, patient.id, today=local_day(now, zone_of(patient.timezone)), now=now)


def _set(
    session: Session,
    by: Principal,
    request: PlanRequest,
    patient_id: UUID | None,
    *,
    today: date,
    now: datetime,
) -> bool:
    """Add a plan, unless an equal one is in force on its first day."""
    begins_on, plan = request.since or today, request.plan
    past = "is past; what was due then stays as it was"
    check_start(begins_on, today, past=past, field=f"is past; today is {today}")
    history = plan_history(session, by.site_id, patient_id)
    before = _in_force(history.site if patient_id is None else [NO_PLAN, *history.own], begins_on)
    if before.plan == plan:
        return False
    preset = plan.name if plan is not None and PRESETS.get(plan.name) == plan else None
    row = PlanRow(
        id=uuid4(),
        site_id=by.site_id,
        patient_id=patient_id,
        preset=preset,
        document=document_of(plan) if plan is not None and preset is None else None,
        effective_from=begins_on,
        set_by=by.id,
        note=request.note,
        # of one day the newest row counts, also where this server's clock is behind
        created_at=max(now, before.row.created_at + _INSTANT) if before.row else now,
    )
    session.add(row)
    session.flush()
    detail = {"plan": preset or ("site" if plan is None else "document"), "effective_from": str(begins_on)}
    audit.record(session, "plan.set", by=by, now=now, patient_id=patient_id, object_id=row.id, detail=detail)
    return True


def _in_force(plans: Sequence[DatedPlan], day: date) -> DatedPlan:
    """Return the last plan that has begun on a day; the first of the plans has begun on every day."""
    return [each for each in plans if each.begins_on <= day][-1]


def _last_of_each_day(plans: Sequence[DatedPlan]) -> list[DatedPlan]:
    return list({each.begins_on: each for each in plans}.values())


def _plan_of(row: PlanRow) -> Plan | None:
    if row.preset is not None:
        return PRESETS[row.preset]
    return None if row.document is None else _parse(row.document)


def _parse(document: Any) -> Plan:
    return parse_document(read_plan, document, InvalidPlan, "plan")
