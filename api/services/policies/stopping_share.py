"""Share of a site's patients who stop within 12 months: as assumed, and against recorded outcomes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.diary.treatments import StopReason, Treatment, is_stopped_early
from api.domain.enrolment import PatientStatus
from api.domain.risk.base_rate import TimeOnTablets, check_base_rate
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory
from api.models.treatment import PastTreatment

OF_MODEL = "the risk model of this server, calibrated on outcomes"


@dataclass(frozen=True, slots=True)
class StoppingShare:
    """The share that risks of a site assume; what outcomes are recorded, and the warning, or None."""

    share: float
    source: str
    stopped: int | None = None
    expected: float | None = None
    observed_share: float | None = None
    observed_share_low: float | None = None
    observed_share_high: float | None = None
    warning: str | None = None


def base_rate_source(engine: Engine) -> str:
    """Return the source of the base rate of an engine's risk model."""
    share = engine.policy.stopping_share
    return share.source if engine.model.base_rate == share.value else OF_MODEL


def stopping_share_at(session: Session, site_id: UUID, engine: Engine, *, now: datetime) -> StoppingShare:
    """Return the share assumed at a site, checked against the days of stopping that the team has recorded.

    Each treatment is followed from its first day, or from the enrolment if that is later. Follow-up ends
    with the treatment, the last entry of a patient who is no longer monitored, or today. Ends before the
    present treatment count by `is_stopped_early`: a switch does not. Where no stopping is recorded, nothing
    is checked: it may never be recorded.
    """
    rate = engine.model.base_rate
    rows = session.execute(
        select(
            Patient.id,
            Patient.enrolled_at,
            Patient.ai_started_on,
            Patient.ai_stopped_on,
            Patient.ai_why_stopped,
            Patient.status,
            Trajectory.last_day,
        )
        .join_from(Patient, Trajectory, Trajectory.patient_id == Patient.id)
        .where(Patient.site_id == site_id)
    )
    before = _past_treatments(session, site_id)
    known: list[TimeOnTablets] = []
    for patient_id, enrolled_at, started, stopped, why, status, last_day in rows:
        present = Treatment(None, started, stopped, None if why is None else StopReason(why))
        until = now.date() if status == PatientStatus.ACTIVE else last_day
        known += _followed(enrolled_at.date(), [*before.get(patient_id, ()), present], until)
    found = check_base_rate(rate, known) if any(each.stopped for each in known) else None
    if found is None:
        return StoppingShare(rate, base_rate_source(engine))
    warning = found.sentence() if found.contradicts else None
    shares = (found.share, found.low, found.high)
    return StoppingShare(rate, base_rate_source(engine), found.stopped, found.expected, *shares, warning)


def _past_treatments(session: Session, site_id: UUID) -> Mapping[UUID, list[Treatment]]:
    """Return the treatments before the present one of a site's patients, in the order of time."""
    query = (
        select(PastTreatment)
        .join(Patient, Patient.id == PastTreatment.patient_id)
        .where(Patient.site_id == site_id)
        .order_by(PastTreatment.patient_id, PastTreatment.number)
    )
    found: dict[UUID, list[Treatment]] = defaultdict(list)
    for row in session.scalars(query):
        why = None if row.why_stopped is None else StopReason(row.why_stopped)
        found[row.patient_id].append(Treatment(None, row.began_on, row.ended_on, why))
    return found


def _followed(enrolled: date, treatments: Sequence[Treatment], until: date | None) -> Iterator[TimeOnTablets]:
    """Yield the time on each treatment under observation, as far as there is one."""
    for each, following in zip_longest(treatments, treatments[1:]):
        begins = each.since or enrolled
        first, end = max(enrolled, begins), each.until or until
        if end is not None and end > first:
            stopped = is_stopped_early(each, following)
            yield TimeOnTablets((first - begins).days, (end - begins).days, stopped)
