"""Plans of reassessments: what holds for a patient, setting another, and what is due by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import InvalidPlan
from api.domain.plans.definition import Plan, retirement_of
from api.domain.plans.due_slots import Period, merged
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
    """A plan somebody sets: ``plan`` None follows the site again, ``since`` None holds from today on."""

    plan: Plan | None
    since: date | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PlanSetting:
    """One plan that was set, with who set it; ``row`` None: the built-in one, before any other."""

    row: PlanRow | None
    plan: Plan | None
    set_by: str | None = None

    @property
    def begins_on(self) -> date:
        """Return its first day."""
        return self.row.effective_from if self.row else date.min


BUILT_IN_SETTING, NOTHING_SET = PlanSetting(None, BUILT_IN), PlanSetting(None, None)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PlanHistory:
    """What was set at a site and for one of its patients, each in the order it begins."""

    site: Sequence[PlanSetting]
    own: Sequence[PlanSetting]

    def at(self, day: date) -> PlanSetting:
        """Return what holds on a day: her own, where she has one, else the site's."""
        own = [each for each in self.own if each.begins_on <= day]
        if own and own[-1].plan is not None:
            return own[-1]
        return [each for each in self.site if each.begins_on <= day][-1]

    def coming(self, day: date) -> list[PlanSetting]:
        """Return what begins after a day."""
        later = [each for each in (*self.site, *self.own) if each.begins_on > day]
        return sorted(later, key=lambda each: each.begins_on)

    def history(self) -> list[Period]:
        """Return which plan held from when on."""
        site = [(each.begins_on, each.plan or BUILT_IN) for each in self.site]
        return merged(site, [(each.begins_on, each.plan) for each in self.own])


def plan_in(preset: str | None, document: Any) -> Plan:
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
        f"document.courses.{number}.what": f"{course.what} {retirement.notice}"
        for number, course in enumerate(plan.courses)
        if (retirement := retirement_of(course.what)) is not None
    }
    if retired:
        raise InvalidPlan("; ".join(retired.values()), retired)
    return plan


def settings_of(session: Session, site_id: UUID, patient_id: UUID | None = None) -> PlanHistory:
    """Return what was set at a site, and for one of its patients where one is named: one query."""
    rows = session.execute(_set(site_id, patient_id)).all()
    found = [PlanSetting(row, _plan_of(row), name) for row, name in rows]
    site = [each for each in found if each.row is not None and each.row.patient_id is None]
    own = [each for each in found if each.row is not None and each.row.patient_id is not None]
    return PlanHistory([BUILT_IN_SETTING, *_one_a_day(site)], _one_a_day(own))


def set_for_site(session: Session, by: Principal, wanted: PlanRequest, *, now: datetime) -> bool:
    """Let a plan hold at the caller's site; nothing is overwritten. Say whether something was written.

    Raises:
        InvalidMoment: Its first day is past, or too far ahead.
    """
    locked = select(Site.timezone).where(Site.id == by.site_id).with_for_update(key_share=True)
    today = local_day(now, zone_of(session.scalars(locked).one()))
    begins_on = wanted.since or today
    _check_start(begins_on, today)
    present = [each for each in settings_of(session, by.site_id).site if each.begins_on <= begins_on][-1]
    if present.plan == wanted.plan:
        return False
    _add(session, by, wanted, begins_on, after=present, patient_id=None, now=now)
    return True


def set_for_patient(
    session: Session, by: Principal, patient: Patient, wanted: PlanRequest, *, now: datetime
) -> bool:
    """Let a plan hold for a patient, whose row the caller has locked; say whether something was written.

    Raises:
        InvalidMoment: Its first day is past, or too far ahead.
    """
    today = local_day(now, zone_of(patient.timezone))
    begins_on = wanted.since or today
    _check_start(begins_on, today)
    own = settings_of(session, patient.site_id, patient.id).own
    present = [NOTHING_SET, *(each for each in own if each.begins_on <= begins_on)][-1]
    if present.plan == wanted.plan:
        return False
    _add(session, by, wanted, begins_on, after=present, patient_id=patient.id, now=now)
    return True


def _add(
    session: Session,
    by: Principal,
    wanted: PlanRequest,
    begins_on: date,
    *,
    after: PlanSetting,
    patient_id: UUID | None,
    now: datetime,
) -> None:
    plan = wanted.plan
    preset = plan.name if plan is not None and PRESETS.get(plan.name) == plan else None
    written_at = max(now, after.row.created_at + _INSTANT) if after.row else now  # the newest is the last set
    row = PlanRow(
        id=uuid4(),
        site_id=by.site_id,
        patient_id=patient_id,
        preset=preset,
        document=document_of(plan) if plan is not None and preset is None else None,
        effective_from=begins_on,
        set_by=by.id,
        note=wanted.note,
        created_at=written_at,
    )
    session.add(row)
    session.flush()
    detail = {"plan": preset or ("site" if plan is None else "document"), "effective_from": str(begins_on)}
    audit.record(session, "plan.set", by=by, now=now, patient_id=patient_id, object_id=row.id, detail=detail)


def _check_start(begins_on: date, today: date) -> None:
    past = "is past; what was due then stays as it was"
    check_start(begins_on, today, past=past, field=f"is past; today is {today}")


def _set(site_id: UUID, patient_id: UUID | None) -> Select[PlanRow, str]:
    of_site = PlanRow.patient_id.is_(None)
    whose = of_site if patient_id is None else or_(of_site, PlanRow.patient_id == patient_id)
    return (
        select(PlanRow, Staff.name)
        .join(Staff, Staff.id == PlanRow.set_by)
        .where(PlanRow.site_id == site_id, whose)
        .order_by(PlanRow.effective_from, PlanRow.created_at, PlanRow.id)
    )


def _one_a_day(settings: Sequence[PlanSetting]) -> list[PlanSetting]:
    """Return what holds of each day: the last that was set for it."""
    return list({each.begins_on: each for each in settings}.values())


def _plan_of(row: PlanRow) -> Plan | None:
    if row.preset is not None:
        return PRESETS[row.preset]
    return None if row.document is None else _parse(row.document)


def _parse(document: Any) -> Plan:
    return parse_document(read_plan, document, InvalidPlan, "plan")
