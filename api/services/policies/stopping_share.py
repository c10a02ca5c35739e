"""Share of a site's patients who stop within 12 months: as assumed, and against recorded outcomes."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.diary.treatments import NOT_EARLY
from api.domain.enrolment import PatientStatus
from api.domain.risk.base_rate import TimeOnTablets, check_base_rate
from api.domain.trajectory.engine import Engine
from api.models.patient import Patient, Trajectory

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

    Follow-up begins with the enrolment, and ends with stopping, the last entry of a patient who is no
    longer monitored, or today. Where no stopping is recorded, nothing is checked: it may never be recorded.
    """
    rate = engine.model.base_rate
    rows = session.execute(
        select(
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
    followed = [
        _follow_up(
            enrolled_at.date(),
            started,
            stopped,
            now.date() if status == PatientStatus.ACTIVE else last_day,
            is_early=why not in NOT_EARLY,
        )
        for enrolled_at, started, stopped, why, status, last_day in rows
    ]
    known = [each for each in followed if each is not None]
    found = check_base_rate(rate, known) if any(each.stopped for each in known) else None
    if found is None:
        return StoppingShare(rate, base_rate_source(engine))
    warning = found.sentence() if found.contradicts else None
    shares = (found.share, found.low, found.high)
    return StoppingShare(rate, base_rate_source(engine), found.stopped, found.expected, *shares, warning)


def _follow_up(
    enrolled: date, started: date | None, stopped: date | None, until: date | None, *, is_early: bool
) -> TimeOnTablets | None:
    """Return the time on the tablets under observation; None where there is none.

    An end that is not ``is_early``, such as the planned one, ends the observation.
    """
    end = stopped or until
    begins = started or enrolled
    first = max(enrolled, begins)
    if end is None or end <= first:
        return None
    return TimeOnTablets((first - begins).days, (end - begins).days, stopped is not None and is_early)
