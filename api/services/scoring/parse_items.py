"""Parses the items of a request, with the patient's time zone and the phone's clock."""

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.entries.clock_skew import clock_of
from api.domain.entries.parse import parse_moment, read_entry
from api.domain.entries.questions import Entry
from api.domain.errors import InvalidEntry
from api.models.patient import PatientZone
from api.services.scoring import date_floor
from api.services.scoring.patient_lock import LockedPatient


def read_items(
    session: Session,
    locked: LockedPatient,
    items: Sequence[object],
    *,
    now: datetime,
    sent_at: datetime | None,
) -> list[Entry | InvalidEntry]:
    """Return for each item the entry, or its error; ``sent_at`` is the ``Date`` of the request."""
    zone_at = zones_of(session, locked)
    claims = (parse_moment(item.get("recorded_at")) for item in items if isinstance(item, dict))
    clock = clock_of(claims, now=now, sent_at=sent_at)
    found: list[Entry | InvalidEntry] = []
    for item in items:
        try:
            entry = read_entry(item, zone_at=zone_at, born_in=locked.birth_year, now=now, clock=clock)
            date_floor.check_entry(session, locked, entry)
            found.append(entry)
        except InvalidEntry as problem:
            found.append(problem)
    return found


def zones_of(session: Session, locked: LockedPatient) -> Callable[[datetime], tzinfo]:
    """Return a function to the patient's time zone at a moment, loaded at its first call."""
    history: list[tuple[datetime, str]] = []

    def zone_at(moment: datetime) -> tzinfo:
        if not history:
            rows = session.execute(
                select(PatientZone.since, PatientZone.timezone)
                .where(PatientZone.patient_id == locked.patient_id)
                .order_by(PatientZone.since)
            )
            history.extend((since, zone) for since, zone in rows)
        before = [zone for since, zone in history if since <= moment]
        first = history[0][1] if history else locked.timezone
        return ZoneInfo(before[-1] if before else first)

    return zone_at
