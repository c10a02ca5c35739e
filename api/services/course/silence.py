"""Whether a patient is silent at present, on her own clock, and whether her team knows."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from api.domain.findings import Finding
from api.domain.schedule import local_day, zone_of
from api.domain.trajectory.engine import Course
from api.services.alerting import alerts


class Whose(NamedTuple):
    """Whose silence, on which clock, and when her newest entry was recorded, whatever day it is about."""

    patient_id: UUID
    timezone: str
    heard_at: datetime | None

    def day_of(self, moment: datetime) -> date:
        """Return the day it is where she lives."""
        return local_day(moment, zone_of(self.timezone))

    @property
    def heard_on(self) -> date | None:
        """The day her newest entry was recorded."""
        return None if self.heard_at is None else self.day_of(self.heard_at)


def lasting(whose: Whose, course: Course, *, now: datetime) -> Finding | None:
    """Return the silence that lasts; None when there is none."""
    return course.silent_at(whose.day_of(now), whose.heard_on)


def told(session: Session, whose: Whose, course: Course, *, now: datetime) -> tuple[Finding, ...]:
    """Return the silence that lasts and that the team has been told of: scoring must not withdraw it.

    That it has begun some days later than was thought, as a late entry may say, makes it no other one.
    A new one is not scoring's to tell: it runs as entries come in, perhaps old ones one by one.
    `silence_watch` tells it.
    """
    found = lasting(whose, course, now=now)
    if found is None or course.last_day is None:
        return ()
    is_known = alerts.is_told_after(session, whose.patient_id, found.kind, course.last_day)
    return (found,) if is_known else ()
